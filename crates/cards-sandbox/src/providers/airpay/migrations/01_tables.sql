-- The first schema. *_key columns hold keyed fingerprints to compare by; NULL where
-- nothing has to be unique.

CREATE TABLE airpay_customer (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    entity_id TEXT NOT NULL UNIQUE,
    mobile_no TEXT NOT NULL,
    first_name TEXT NOT NULL,
    last_name TEXT NOT NULL,
    title TEXT NOT NULL,
    gender TEXT NOT NULL,
    dob TEXT NOT NULL,
    email TEXT NOT NULL,
    email_key BLOB UNIQUE,
    address TEXT NOT NULL,
    city TEXT NOT NULL,
    state TEXT NOT NULL,
    country TEXT,
    pincode TEXT NOT NULL,
    doc_type TEXT NOT NULL,
    doc_number TEXT NOT NULL,
    doc_expiry TEXT NOT NULL,
    doc_country_issue TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    kyc_status TEXT NOT NULL,
    kyc_expiry_date TEXT NOT NULL
) STRICT;
CREATE INDEX airpay_customer_by_mobile ON airpay_customer (mobile_no);

CREATE TABLE airpay_card (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    entity_id TEXT NOT NULL REFERENCES airpay_customer (entity_id),
    card_key BLOB NOT NULL UNIQUE,
    first_six TEXT NOT NULL,
    last_four TEXT NOT NULL,
    kit_key BLOB NOT NULL UNIQUE,
    kit_shown TEXT NOT NULL,
    card_type TEXT NOT NULL,
    card_expiry TEXT NOT NULL
) STRICT;
CREATE INDEX airpay_card_by_customer ON airpay_card (entity_id);

CREATE TABLE airpay_preference (
    entity_id TEXT NOT NULL REFERENCES airpay_customer (entity_id),
    type TEXT NOT NULL,
    status TEXT NOT NULL,
    PRIMARY KEY (entity_id, type)
) STRICT, WITHOUT ROWID;
