-- What has to be told again before a card is made: of whom, and since when the time runs.
-- Customers of before have none.
CREATE TABLE ibanera_review (
    customers_id INTEGER PRIMARY KEY REFERENCES ibanera_customer (customers_id),
    kind TEXT NOT NULL CHECK (kind IN ('Personal', 'Business')),
    since TEXT NOT NULL,
    -- What it is in a world file at most, as for cards.
    file_bytes INTEGER GENERATED ALWAYS AS (
        60 + octet_length(json_array(kind, since))
    ) VIRTUAL
) STRICT;

CREATE TRIGGER ibanera_review_comes AFTER INSERT ON ibanera_review BEGIN
    UPDATE held SET bytes = bytes + new.file_bytes;
END;
CREATE TRIGGER ibanera_review_changes AFTER UPDATE ON ibanera_review BEGIN
    UPDATE held SET bytes = bytes + new.file_bytes - old.file_bytes;
END;
CREATE TRIGGER ibanera_review_goes AFTER DELETE ON ibanera_review BEGIN
    UPDATE held SET bytes = bytes - old.file_bytes;
END;
