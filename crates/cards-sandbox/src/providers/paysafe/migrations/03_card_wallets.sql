-- A Paysafe card's mobile wallets are shown only where they are asked for: kept
-- apart, the rest is a list's JSON as it stands.
ALTER TABLE paysafe_card ADD COLUMN tokenizations TEXT;

UPDATE paysafe_card
SET tokenizations = json_extract(body, '$.tokenizations'),
    body = json_remove(body, '$.tokenizations')
WHERE json_type(body, '$.tokenizations') IS NOT NULL;
