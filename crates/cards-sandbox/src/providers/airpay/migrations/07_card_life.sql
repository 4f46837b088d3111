-- The PIN of a card as a hash, the day on which it lapses, and the kit of the card that has come in
-- its place. What a row is in a world file at most grows by them.
DROP TRIGGER airpay_card_comes;
DROP TRIGGER airpay_card_changes;
DROP TRIGGER airpay_card_goes;
UPDATE held SET bytes = bytes - (SELECT coalesce(sum(file_bytes), 0) FROM airpay_card);
ALTER TABLE airpay_card DROP COLUMN file_bytes;

ALTER TABLE airpay_card ADD COLUMN pin_hash TEXT;
ALTER TABLE airpay_card ADD COLUMN pin_until TEXT;
ALTER TABLE airpay_card ADD COLUMN replaced_by TEXT;

ALTER TABLE airpay_card ADD COLUMN file_bytes INTEGER GENERATED ALWAYS AS (
    360 + octet_length(json_array(
        first_six, last_four, kit_shown, card_type, card_expiry, pin_hash, pin_until, replaced_by
    ))
) VIRTUAL;
UPDATE held SET bytes = bytes + (SELECT coalesce(sum(file_bytes), 0) FROM airpay_card);

CREATE TRIGGER airpay_card_comes AFTER INSERT ON airpay_card BEGIN
    UPDATE held SET cards = cards + 1, bytes = bytes + new.file_bytes;
END;
CREATE TRIGGER airpay_card_changes AFTER UPDATE ON airpay_card BEGIN
    UPDATE held SET bytes = bytes + new.file_bytes - old.file_bytes;
END;
CREATE TRIGGER airpay_card_goes AFTER DELETE ON airpay_card BEGIN
    UPDATE held SET cards = cards - 1, bytes = bytes - old.file_bytes;
END;
