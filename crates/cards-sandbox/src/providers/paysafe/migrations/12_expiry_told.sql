-- Whether the event was sent that a card has expired by the clock.
ALTER TABLE paysafe_card ADD COLUMN expiry_told INTEGER NOT NULL DEFAULT 0;

CREATE TRIGGER paysafe_card_leaves_no_shipment AFTER DELETE ON paysafe_card BEGIN
    DELETE FROM shipment WHERE provider = 'paysafe' AND card = old.card_id;
END;
