-- What was kept otherwise by older sandboxes, and would be refused in a saved world.
-- Card numbers that were written in groups, or came about in what was made up.
UPDATE ibanera_customer SET customers_reference = starred(customers_reference);
UPDATE ibanera_card SET currency = starred(currency);

-- What each row is in a world file at most, in bytes: its texts as JSON, and for the
-- names beside them a number that a test holds to be enough.
ALTER TABLE ibanera_customer ADD COLUMN file_bytes INTEGER GENERATED ALWAYS AS (
    80 + octet_length(json_array(customers_id, customers_reference))
) VIRTUAL;
ALTER TABLE ibanera_card ADD COLUMN file_bytes INTEGER GENERATED ALWAYS AS (
    160 + octet_length(json_array(
        id, currency, card_number, total_balance, available_balance, pending_balance
    ))
) VIRTUAL;

UPDATE held SET
    customers = customers + (SELECT count(*) FROM ibanera_customer),
    cards = cards + (SELECT count(*) FROM ibanera_card),
    bytes = bytes
        + (SELECT coalesce(sum(file_bytes), 0) FROM ibanera_customer)
        + (SELECT coalesce(sum(file_bytes), 0) FROM ibanera_card);

CREATE TRIGGER ibanera_customer_comes AFTER INSERT ON ibanera_customer BEGIN
    UPDATE held SET customers = customers + 1, bytes = bytes + new.file_bytes;
END;
CREATE TRIGGER ibanera_customer_changes AFTER UPDATE ON ibanera_customer BEGIN
    UPDATE held SET bytes = bytes + new.file_bytes - old.file_bytes;
END;
CREATE TRIGGER ibanera_customer_goes AFTER DELETE ON ibanera_customer BEGIN
    UPDATE held SET customers = customers - 1, bytes = bytes - old.file_bytes;
END;

CREATE TRIGGER ibanera_card_comes AFTER INSERT ON ibanera_card BEGIN
    UPDATE held SET cards = cards + 1, bytes = bytes + new.file_bytes;
END;
CREATE TRIGGER ibanera_card_changes AFTER UPDATE ON ibanera_card BEGIN
    UPDATE held SET bytes = bytes + new.file_bytes - old.file_bytes;
END;
CREATE TRIGGER ibanera_card_goes AFTER DELETE ON ibanera_card BEGIN
    UPDATE held SET cards = cards - 1, bytes = bytes - old.file_bytes;
END;
