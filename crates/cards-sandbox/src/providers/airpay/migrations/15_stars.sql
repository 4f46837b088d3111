-- Ids of transactions in which a card number stood whole. A refund keeps its payment, and of ids that
-- would be the same all but one have the number of their row.
CREATE TABLE airpay_starred (was TEXT PRIMARY KEY, kept TEXT NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO airpay_starred
SELECT was, kept || iif(place > 1, '*' || number, '')
FROM (
    SELECT
        number,
        transaction_id AS was,
        starred(transaction_id) AS kept,
        row_number() OVER (
            PARTITION BY starred(transaction_id)
            ORDER BY starred(transaction_id) <> transaction_id, number
        ) AS place
    FROM airpay_transaction
)
WHERE kept <> was;
UPDATE airpay_transaction
SET refund_of = coalesce(
        (SELECT kept FROM airpay_starred WHERE was = refund_of), starred(refund_of)
    )
WHERE starred(refund_of) <> refund_of;
UPDATE airpay_transaction
SET transaction_id = (SELECT kept FROM airpay_starred WHERE was = transaction_id)
WHERE transaction_id IN (SELECT was FROM airpay_starred);
DROP TABLE airpay_starred;
