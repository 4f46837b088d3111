-- The documents of customers that are on file: which, and nothing that is in them.
CREATE TABLE ibanera_document (
    customers_id INTEGER NOT NULL REFERENCES ibanera_customer (customers_id),
    type TEXT NOT NULL CHECK (type IN ('Tax Document', 'Corporate Authorization Document')),
    -- What it is in a world file at most, as for cards.
    file_bytes INTEGER GENERATED ALWAYS AS (
        30 + octet_length(json_array(type))
    ) VIRTUAL,
    PRIMARY KEY (customers_id, type)
) STRICT;

CREATE TRIGGER ibanera_document_comes AFTER INSERT ON ibanera_document BEGIN
    UPDATE held SET bytes = bytes + new.file_bytes;
END;
CREATE TRIGGER ibanera_document_goes AFTER DELETE ON ibanera_document BEGIN
    UPDATE held SET bytes = bytes - old.file_bytes;
END;
