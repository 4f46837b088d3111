-- What a Paysafe card returns to when it is unlocked, and its last month as
-- year * 12 + month - 1, by which it expires. The table is made anew because a
-- column cannot be added that is never NULL and has no default.
ALTER TABLE paysafe_card RENAME TO paysafe_card_01;

CREATE TABLE paysafe_card (
    customer_id TEXT NOT NULL REFERENCES paysafe_customer (customer_id),
    position INTEGER NOT NULL,
    card_id TEXT NOT NULL UNIQUE,
    status TEXT NOT NULL,
    status_before_lock TEXT,
    card_type TEXT NOT NULL,
    expires INTEGER NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (customer_id, position)
) STRICT, WITHOUT ROWID;

INSERT INTO paysafe_card (
    customer_id, position, card_id, status, status_before_lock, card_type, expires, body
)
SELECT
    customer_id,
    position,
    card_id,
    status,
    NULL,
    card_type,
    json_extract(body, '$.expiry.year') * 12 + json_extract(body, '$.expiry.month') - 1,
    body
FROM paysafe_card_01;

DROP TABLE paysafe_card_01;
