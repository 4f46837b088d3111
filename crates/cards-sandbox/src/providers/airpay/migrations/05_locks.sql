-- How a card was locked: until it is unlocked, or for good. Not at all: NULL.
ALTER TABLE airpay_card ADD COLUMN lock TEXT CHECK (lock IN ('L', 'BL'));
