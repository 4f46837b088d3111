-- The money of customers: one row for each load, in whole paise. A balance is the sum of the rows.
CREATE TABLE airpay_transaction (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    transaction_id TEXT NOT NULL UNIQUE,
    entity_id TEXT NOT NULL REFERENCES airpay_customer (entity_id),
    paise INTEGER NOT NULL CHECK (paise >= 0),
    at INTEGER NOT NULL,
    file_bytes INTEGER GENERATED ALWAYS AS (
        100 + octet_length(json_array(transaction_id, paise, at))
    ) VIRTUAL
) STRICT;
CREATE INDEX airpay_transaction_by_customer ON airpay_transaction (entity_id, at, paise);

CREATE TRIGGER airpay_transaction_comes AFTER INSERT ON airpay_transaction BEGIN
    UPDATE held SET bytes = bytes + new.file_bytes;
END;
CREATE TRIGGER airpay_transaction_changes AFTER UPDATE ON airpay_transaction BEGIN
    UPDATE held SET bytes = bytes + new.file_bytes - old.file_bytes;
END;
CREATE TRIGGER airpay_transaction_goes AFTER DELETE ON airpay_transaction BEGIN
    UPDATE held SET bytes = bytes - old.file_bytes;
END;
