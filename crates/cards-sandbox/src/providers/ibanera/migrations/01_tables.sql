CREATE TABLE ibanera_customer (
    customers_id INTEGER PRIMARY KEY,
    customers_reference TEXT NOT NULL
) STRICT;

CREATE TABLE ibanera_card (
    id INTEGER PRIMARY KEY,
    customers_id INTEGER NOT NULL REFERENCES ibanera_customer (customers_id),
    currency TEXT NOT NULL,
    card_number TEXT NOT NULL,
    total_balance TEXT NOT NULL,
    available_balance TEXT NOT NULL,
    pending_balance TEXT NOT NULL,
    suppressed INTEGER NOT NULL
) STRICT;
CREATE INDEX ibanera_card_by_customer ON ibanera_card (customers_id);
