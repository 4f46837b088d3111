-- The tokens of links that set a new password, by their digests.
CREATE TABLE airpay_password_reset (
    digest BLOB PRIMARY KEY,
    entity_id TEXT NOT NULL REFERENCES airpay_customer (entity_id) ON DELETE CASCADE,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
