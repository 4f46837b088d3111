-- Cards that were asked for and wait to be approved. One is counted as somewhat more than the card
-- that it may become, and is in no world file.
CREATE TABLE ibanera_requested_card (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    customers_id INTEGER NOT NULL
        REFERENCES ibanera_customer (customers_id) ON DELETE CASCADE,
    currency TEXT NOT NULL,
    file_bytes INTEGER GENERATED ALWAYS AS (400 + octet_length(currency)) VIRTUAL
) STRICT;
CREATE INDEX ibanera_requested_card_by_customer ON ibanera_requested_card (customers_id);

CREATE TRIGGER ibanera_requested_card_comes AFTER INSERT ON ibanera_requested_card BEGIN
    UPDATE held SET bytes = bytes + new.file_bytes;
END;
CREATE TRIGGER ibanera_requested_card_goes AFTER DELETE ON ibanera_requested_card BEGIN
    UPDATE held SET bytes = bytes - old.file_bytes;
END;

-- Ids that were given out and are on no row any more: they are not given again.
CREATE TABLE ibanera_spent_id (
    name TEXT PRIMARY KEY,
    id INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TRIGGER ibanera_card_leaves_no_shipment AFTER DELETE ON ibanera_card BEGIN
    DELETE FROM shipment WHERE provider = 'ibanera' AND card = CAST(old.id AS TEXT);
END;
