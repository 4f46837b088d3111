-- How many rows a table has, in all and in blocks of ids, so that nobody counts them one by one: the
-- block of an id is the id without its low bits, and 63 of them leave one block for all. Each
-- provider's triggers keep what its lists need, whoever writes.
CREATE TABLE row_count (
    name TEXT NOT NULL,
    bits INTEGER NOT NULL,
    block INTEGER NOT NULL,
    rows INTEGER NOT NULL,
    PRIMARY KEY (name, bits, block)
) STRICT, WITHOUT ROWID;

-- What is looked up by more than its key.
CREATE INDEX token_by_subject ON token (provider, subject);
CREATE INDEX used_code_by_expiry ON used_code (provider, expires_at);
