-- How much the world holds, so that no more comes in than a world file takes
-- back. Each provider adds what its rows are in such a file, in bytes, and triggers on
-- its tables count, whoever writes.
CREATE TABLE held (
    customers INTEGER NOT NULL,
    cards INTEGER NOT NULL,
    bytes INTEGER NOT NULL
) STRICT;
INSERT INTO held VALUES (0, 0, 400);
