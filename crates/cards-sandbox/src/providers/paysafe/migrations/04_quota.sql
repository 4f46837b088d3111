-- What was kept otherwise by older sandboxes, and would be refused in a saved world.
-- A card that has no lock to undo returns to nothing.
UPDATE paysafe_card SET status_before_lock = NULL
WHERE status_before_lock IS NOT NULL AND status NOT IN ('LOCKED', 'SUSPENDED');

-- Card numbers that were written in groups, or came about in what was made up. A mobile
-- number is taken for no card's.
UPDATE paysafe_card
SET body = json_replace(
        body,
        '$.programName', starred(body ->> '$.programName'),
        '$.accountId', starred(body ->> '$.accountId'),
        '$.externalId', starred(body ->> '$.externalId'),
        '$.deliveryAddress.address1', starred(body ->> '$.deliveryAddress.address1'),
        '$.deliveryAddress.address2', starred(body ->> '$.deliveryAddress.address2'),
        '$.deliveryAddress.address3', starred(body ->> '$.deliveryAddress.address3'),
        '$.deliveryAddress.postalCode', starred(body ->> '$.deliveryAddress.postalCode')
    )
WHERE starred(body) <> body;
UPDATE paysafe_card SET tokenizations = starred(tokenizations);

-- What each row is in a world file at most, in bytes: its texts as JSON, and for the
-- names beside them a number that a test holds to be enough.
ALTER TABLE paysafe_customer ADD COLUMN file_bytes INTEGER GENERATED ALWAYS AS (
    50 + octet_length(json_array(customer_id))
) VIRTUAL;
ALTER TABLE paysafe_card ADD COLUMN file_bytes INTEGER GENERATED ALWAYS AS (
    80 + octet_length(body) + coalesce(octet_length(tokenizations), 0)
) VIRTUAL;

UPDATE held SET
    customers = customers + (SELECT count(*) FROM paysafe_customer),
    cards = cards + (SELECT count(*) FROM paysafe_card),
    bytes = bytes
        + (SELECT coalesce(sum(file_bytes), 0) FROM paysafe_customer)
        + (SELECT coalesce(sum(file_bytes), 0) FROM paysafe_card);

CREATE TRIGGER paysafe_customer_comes AFTER INSERT ON paysafe_customer BEGIN
    UPDATE held SET customers = customers + 1, bytes = bytes + new.file_bytes;
END;
CREATE TRIGGER paysafe_customer_changes AFTER UPDATE ON paysafe_customer BEGIN
    UPDATE held SET bytes = bytes + new.file_bytes - old.file_bytes;
END;
CREATE TRIGGER paysafe_customer_goes AFTER DELETE ON paysafe_customer BEGIN
    UPDATE held SET customers = customers - 1, bytes = bytes - old.file_bytes;
END;

CREATE TRIGGER paysafe_card_comes AFTER INSERT ON paysafe_card BEGIN
    UPDATE held SET cards = cards + 1, bytes = bytes + new.file_bytes;
END;
CREATE TRIGGER paysafe_card_changes AFTER UPDATE ON paysafe_card BEGIN
    UPDATE held SET bytes = bytes + new.file_bytes - old.file_bytes;
END;
CREATE TRIGGER paysafe_card_goes AFTER DELETE ON paysafe_card BEGIN
    UPDATE held SET cards = cards - 1, bytes = bytes - old.file_bytes;
END;
