-- The ids of requests that were settled are not given again, as those of all else that went.
INSERT INTO ibanera_spent_id
SELECT name, seq FROM sqlite_sequence WHERE name = 'ibanera_requested_card' AND seq > 0;

-- A world file has requests now, and what each is in it at most is counted, as of cards.
UPDATE held SET bytes = bytes - (
    SELECT coalesce(sum(file_bytes), 0) FROM ibanera_requested_card
);
DROP TRIGGER ibanera_requested_card_comes;
DROP TRIGGER ibanera_requested_card_goes;
ALTER TABLE ibanera_requested_card DROP COLUMN file_bytes;
ALTER TABLE ibanera_requested_card ADD COLUMN file_bytes INTEGER GENERATED ALWAYS AS (
    24 + octet_length(json_array(id, currency))
) VIRTUAL;
UPDATE held SET bytes = bytes + (
    SELECT coalesce(sum(file_bytes), 0) FROM ibanera_requested_card
);

CREATE TRIGGER ibanera_requested_card_comes AFTER INSERT ON ibanera_requested_card BEGIN
    UPDATE held SET bytes = bytes + new.file_bytes;
END;
CREATE TRIGGER ibanera_requested_card_goes AFTER DELETE ON ibanera_requested_card BEGIN
    UPDATE held SET bytes = bytes - old.file_bytes;
END;
