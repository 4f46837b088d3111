-- How many customers and cards there are, in all and in blocks of ids: a page of either is found by
-- its number, however many come before it.
INSERT INTO row_count SELECT 'ibanera_customer', 63, 0, count(*) FROM ibanera_customer;
INSERT INTO row_count
SELECT 'ibanera_customer', 15, customers_id >> 15, count(*) FROM ibanera_customer GROUP BY 3
UNION ALL
SELECT 'ibanera_customer', 10, customers_id >> 10, count(*) FROM ibanera_customer GROUP BY 3
UNION ALL
SELECT 'ibanera_customer', 5, customers_id >> 5, count(*) FROM ibanera_customer GROUP BY 3;

CREATE TRIGGER ibanera_customer_is_counted AFTER INSERT ON ibanera_customer BEGIN
    INSERT INTO row_count VALUES
        ('ibanera_customer', 63, 0, 1),
        ('ibanera_customer', 15, new.customers_id >> 15, 1),
        ('ibanera_customer', 10, new.customers_id >> 10, 1),
        ('ibanera_customer', 5, new.customers_id >> 5, 1)
    ON CONFLICT DO UPDATE SET rows = rows + 1;
END;
CREATE TRIGGER ibanera_customer_is_counted_no_more AFTER DELETE ON ibanera_customer BEGIN
    UPDATE row_count SET rows = rows - 1
    WHERE name = 'ibanera_customer' AND bits = 63 AND block = 0;
    UPDATE row_count SET rows = rows - 1
    WHERE name = 'ibanera_customer' AND bits = 15 AND block = old.customers_id >> 15;
    UPDATE row_count SET rows = rows - 1
    WHERE name = 'ibanera_customer' AND bits = 10 AND block = old.customers_id >> 10;
    UPDATE row_count SET rows = rows - 1
    WHERE name = 'ibanera_customer' AND bits = 5 AND block = old.customers_id >> 5;
END;

INSERT INTO row_count SELECT 'ibanera_card', 63, 0, count(*) FROM ibanera_card;
INSERT INTO row_count
SELECT 'ibanera_card', 15, id >> 15, count(*) FROM ibanera_card GROUP BY 3
UNION ALL
SELECT 'ibanera_card', 10, id >> 10, count(*) FROM ibanera_card GROUP BY 3
UNION ALL
SELECT 'ibanera_card', 5, id >> 5, count(*) FROM ibanera_card GROUP BY 3;

CREATE TRIGGER ibanera_card_is_counted AFTER INSERT ON ibanera_card BEGIN
    INSERT INTO row_count VALUES
        ('ibanera_card', 63, 0, 1),
        ('ibanera_card', 15, new.id >> 15, 1),
        ('ibanera_card', 10, new.id >> 10, 1),
        ('ibanera_card', 5, new.id >> 5, 1)
    ON CONFLICT DO UPDATE SET rows = rows + 1;
END;
CREATE TRIGGER ibanera_card_is_counted_no_more AFTER DELETE ON ibanera_card BEGIN
    UPDATE row_count SET rows = rows - 1
    WHERE name = 'ibanera_card' AND bits = 63 AND block = 0;
    UPDATE row_count SET rows = rows - 1
    WHERE name = 'ibanera_card' AND bits = 15 AND block = old.id >> 15;
    UPDATE row_count SET rows = rows - 1
    WHERE name = 'ibanera_card' AND bits = 10 AND block = old.id >> 10;
    UPDATE row_count SET rows = rows - 1
    WHERE name = 'ibanera_card' AND bits = 5 AND block = old.id >> 5;
END;
