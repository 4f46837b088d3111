-- Ids that were given out and are on no row any more: they are not given again.
CREATE TABLE paysafe_spent_id (
    name TEXT PRIMARY KEY,
    id INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
