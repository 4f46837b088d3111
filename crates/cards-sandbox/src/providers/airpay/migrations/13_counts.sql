-- How many customers there are, for the page.
INSERT INTO row_count SELECT 'airpay_customer', 63, 0, count(*) FROM airpay_customer;

CREATE TRIGGER airpay_customer_is_counted AFTER INSERT ON airpay_customer BEGIN
    INSERT INTO row_count VALUES ('airpay_customer', 63, 0, 1)
    ON CONFLICT DO UPDATE SET rows = rows + 1;
END;
CREATE TRIGGER airpay_customer_is_counted_no_more AFTER DELETE ON airpay_customer BEGIN
    UPDATE row_count SET rows = rows - 1
    WHERE name = 'airpay_customer' AND bits = 63 AND block = 0;
END;

-- What each call looks up by more than its key: what is over, and the newest code of a number.
CREATE INDEX airpay_one_time_password_by_expiry ON airpay_one_time_password (expires_at);
DROP INDEX airpay_one_time_password_by_mobile;
CREATE INDEX airpay_one_time_password_by_mobile
    ON airpay_one_time_password (mobile_key, expires_at);
CREATE INDEX airpay_password_reset_by_expiry ON airpay_password_reset (expires_at);
CREATE INDEX airpay_password_reset_by_customer ON airpay_password_reset (entity_id);
