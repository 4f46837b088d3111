-- Whether the event was sent that a card has expired by the clock.
ALTER TABLE paysafe_card ADD COLUMN expiry_told INTEGER NOT NULL DEFAULT 0;
