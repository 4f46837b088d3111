-- One-time passwords of registrations that are good now.
CREATE TABLE airpay_one_time_password (
    digest BLOB PRIMARY KEY,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
