-- The amounts that came onto a card and left it. For every card the total balance is the sum of
-- its amounts, and the pending balance the sum of those that are pending. The amounts are in the
-- card's currency.
CREATE TABLE ibanera_transaction (
    id INTEGER PRIMARY KEY,
    cards_id INTEGER NOT NULL REFERENCES ibanera_card (id) ON DELETE CASCADE,
    amount TEXT NOT NULL,
    description TEXT NOT NULL,
    -- Milliseconds since 1970.
    date_time INTEGER NOT NULL,
    pending INTEGER NOT NULL,
    refund_of INTEGER,
    -- What it is in a world file at most, as for cards.
    file_bytes INTEGER GENERATED ALWAYS AS (
        140 + octet_length(json_array(id, amount, description, refund_of))
    ) VIRTUAL
) STRICT;
CREATE INDEX ibanera_transaction_by_card ON ibanera_transaction (cards_id, date_time, id);

CREATE TRIGGER ibanera_transaction_comes AFTER INSERT ON ibanera_transaction BEGIN
    UPDATE held SET bytes = bytes + new.file_bytes;
END;
CREATE TRIGGER ibanera_transaction_changes AFTER UPDATE ON ibanera_transaction BEGIN
    UPDATE held SET bytes = bytes + new.file_bytes - old.file_bytes;
END;
CREATE TRIGGER ibanera_transaction_goes AFTER DELETE ON ibanera_transaction BEGIN
    UPDATE held SET bytes = bytes - old.file_bytes;
END;

-- The balances of before become a transaction each, of the time of those in a new world:
-- 2026-01-01T00:00:00Z.
INSERT INTO ibanera_transaction (cards_id, amount, description, date_time, pending)
SELECT id, amount, description, 1767225600000, pending FROM (
    SELECT id, minus(total_balance, pending_balance) AS amount,
        'Opening balance' AS description, 0 AS pending
    FROM ibanera_card
    UNION ALL
    SELECT id, pending_balance, 'Pending at the opening', 1 FROM ibanera_card
)
WHERE amount GLOB '*[1-9]*'
ORDER BY id, pending;
