-- One-time passwords that were used up, until they would have ended anyway.
CREATE TABLE used_code (
    provider TEXT NOT NULL,
    digest BLOB NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (provider, digest)
) STRICT, WITHOUT ROWID;
