CREATE TABLE paysafe_customer (
    customer_id TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;

CREATE TABLE paysafe_card (
    customer_id TEXT NOT NULL REFERENCES paysafe_customer (customer_id),
    position INTEGER NOT NULL,
    card_id TEXT NOT NULL UNIQUE,
    status TEXT NOT NULL,
    card_type TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (customer_id, position)
) STRICT, WITHOUT ROWID;
