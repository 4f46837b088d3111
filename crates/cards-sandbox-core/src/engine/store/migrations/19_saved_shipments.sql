-- A world file has the way of each card's plastic, in at most 30 bytes, and the ids of requests that
-- were given out.
UPDATE held SET bytes = bytes + 60 + 30 * (SELECT count(*) FROM shipment);

CREATE TRIGGER shipment_comes AFTER INSERT ON shipment BEGIN
    UPDATE held SET bytes = bytes + 30;
END;
CREATE TRIGGER shipment_goes AFTER DELETE ON shipment BEGIN
    UPDATE held SET bytes = bytes - 30;
END;
