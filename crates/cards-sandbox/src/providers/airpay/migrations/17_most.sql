-- One-time passwords are in no world's quota, and with a clock that stands none ever ends: at most
-- 100,000 are kept. One more takes the place of the one that ends first.
DELETE FROM airpay_one_time_password WHERE digest IN (
    SELECT digest FROM airpay_one_time_password ORDER BY expires_at DESC LIMIT -1 OFFSET 100000
);
INSERT INTO row_count
SELECT 'airpay_one_time_password', 63, 0, count(*) FROM airpay_one_time_password;

CREATE TRIGGER airpay_one_time_password_is_counted AFTER INSERT ON airpay_one_time_password BEGIN
    INSERT INTO row_count VALUES ('airpay_one_time_password', 63, 0, 1)
    ON CONFLICT DO UPDATE SET rows = rows + 1;
    DELETE FROM airpay_one_time_password WHERE digest = (
        SELECT digest FROM airpay_one_time_password WHERE digest <> NEW.digest
        ORDER BY expires_at LIMIT 1
    ) AND 100000 < (
        SELECT rows FROM row_count
        WHERE name = 'airpay_one_time_password' AND bits = 63 AND block = 0
    );
END;
CREATE TRIGGER airpay_one_time_password_is_counted_no_more
AFTER DELETE ON airpay_one_time_password BEGIN
    UPDATE row_count SET rows = rows - 1
    WHERE name = 'airpay_one_time_password' AND bits = 63 AND block = 0;
END;
