-- How many customers there are, for the page.
INSERT INTO row_count SELECT 'paysafe_customer', 63, 0, count(*) FROM paysafe_customer;

CREATE TRIGGER paysafe_customer_is_counted AFTER INSERT ON paysafe_customer BEGIN
    INSERT INTO row_count VALUES ('paysafe_customer', 63, 0, 1)
    ON CONFLICT DO UPDATE SET rows = rows + 1;
END;
CREATE TRIGGER paysafe_customer_is_counted_no_more AFTER DELETE ON paysafe_customer BEGIN
    UPDATE row_count SET rows = rows - 1
    WHERE name = 'paysafe_customer' AND bits = 63 AND block = 0;
END;

-- The ids that are numbers, of which the highest is followed by the next that is made up.
CREATE INDEX paysafe_customer_by_number ON paysafe_customer (CAST(customer_id AS INTEGER))
    WHERE length(customer_id) <= 12 AND customer_id NOT GLOB '*[^0-9]*';

-- The cards of which it is still to be told that they expire.
CREATE INDEX paysafe_card_to_expire ON paysafe_card (expires)
    WHERE expiry_told = 0 AND status NOT IN ('CANCELLED', 'REJECTED', 'EXPIRED');
