-- Payments beside loads: what a row is of, and the payment that a refund gives back. An amount that
-- leaves is negative. The table is made anew, as its check forbids that.
DROP TRIGGER airpay_transaction_comes;
DROP TRIGGER airpay_transaction_changes;
DROP TRIGGER airpay_transaction_goes;
DROP INDEX airpay_transaction_by_customer;
UPDATE held SET bytes = bytes - (SELECT coalesce(sum(file_bytes), 0) FROM airpay_transaction);
ALTER TABLE airpay_transaction RENAME TO airpay_transaction_10;

CREATE TABLE airpay_transaction (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    transaction_id TEXT NOT NULL UNIQUE,
    entity_id TEXT NOT NULL REFERENCES airpay_customer (entity_id),
    kind TEXT NOT NULL CHECK (kind IN ('load', 'authorised', 'cleared', 'refund')),
    paise INTEGER NOT NULL CHECK ((paise >= 0) = (kind IN ('load', 'refund')) OR paise = 0),
    refund_of TEXT,
    at INTEGER NOT NULL,
    file_bytes INTEGER GENERATED ALWAYS AS (
        160 + octet_length(json_array(transaction_id, paise, at, refund_of))
    ) VIRTUAL
) STRICT;
CREATE INDEX airpay_transaction_by_customer ON airpay_transaction (entity_id, at, paise);
CREATE INDEX airpay_transaction_by_payment ON airpay_transaction (refund_of)
    WHERE refund_of IS NOT NULL;

INSERT INTO airpay_transaction (number, transaction_id, entity_id, kind, paise, at)
SELECT number, transaction_id, entity_id, 'load', paise, at FROM airpay_transaction_10;
-- Ids go on from the last that was given, also where nothing is there any more.
DELETE FROM sqlite_sequence WHERE name = 'airpay_transaction';
INSERT INTO sqlite_sequence (name, seq)
SELECT 'airpay_transaction', seq FROM sqlite_sequence WHERE name = 'airpay_transaction_10';
DROP TABLE airpay_transaction_10;
UPDATE held SET bytes = bytes + (SELECT coalesce(sum(file_bytes), 0) FROM airpay_transaction);

CREATE TRIGGER airpay_transaction_comes AFTER INSERT ON airpay_transaction BEGIN
    UPDATE held SET bytes = bytes + new.file_bytes;
END;
CREATE TRIGGER airpay_transaction_changes AFTER UPDATE ON airpay_transaction BEGIN
    UPDATE held SET bytes = bytes + new.file_bytes - old.file_bytes;
END;
CREATE TRIGGER airpay_transaction_goes AFTER DELETE ON airpay_transaction BEGIN
    UPDATE held SET bytes = bytes - old.file_bytes;
END;

CREATE TRIGGER airpay_card_leaves_no_shipment AFTER DELETE ON airpay_card BEGIN
    DELETE FROM shipment WHERE provider = 'airpay' AND card = CAST(old.number AS TEXT);
END;
