-- Fills a sandbox's file, beside the people whom it has from the start, with as many customers of each
-- provider as `size` says. Each has one card, and a row of whatever else a call adds.
CREATE TEMP TABLE each (i INTEGER PRIMARY KEY);
INSERT INTO each
WITH RECURSIVE next (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM next, size WHERE i < n)
SELECT i FROM next;

INSERT INTO ibanera_customer SELECT 100000 + i, 'customer-ref-' || (100000 + i) FROM each;
INSERT INTO ibanera_card
SELECT 100000 + i, 100000 + i, 'usd', '424242******4242', '12.50', '12.50', '0', 0 FROM each;
INSERT INTO ibanera_transaction (id, cards_id, amount, description, date_time, pending)
SELECT 100000 + i, 100000 + i, '12.50', 'Opening balance', 1767225600000, 0 FROM each;
INSERT INTO ibanera_document (customers_id, type) SELECT 100000 + i, 'Tax Document' FROM each;

INSERT INTO paysafe_customer SELECT CAST(80000000 + i AS TEXT) FROM each;
INSERT INTO paysafe_card (customer_id, position, card_id, status, card_type, expires, body)
SELECT
    CAST(80000000 + i AS TEXT), 0, 'scale-' || i, 'ACTIVE', 'VIRTUAL', 2098 * 12 + 2,
    '{"cardId":"scale-' || i || '","status":"ACTIVE","expiry":{"month":3,"year":2098},'
        || '"bin":"533944","lastFour":"7009","customerId":"' || (80000000 + i) || '",'
        || '"cardType":"VIRTUAL","programName":"BRAND-VIRTUAL-MC","currency":"EUR",'
        || '"mobile":"+359 888333333","createdDate":"2019-08-24T14:15:22Z",'
        || '"accountId":"127623047","scheme":"MC","isPinSet":true}'
FROM each;

INSERT INTO airpay_customer
SELECT
    1000 + i, printf('AIRPAYCUST%04d', 1000 + i), CAST(6000000000 + i AS TEXT), 'Asha', 'Nair', 'Ms',
    'F', '1990-02-28', 'a' || i || '@example.com', CAST('e' || i AS BLOB), '12 MG Road', 'Kochi',
    'Kerala', NULL, '682001', 'PASSPORT', 'P1234567', '2049-05-31', 'India', '$argon2id$', 'MIN_KYC',
    '2048-11-21'
FROM each;
INSERT INTO airpay_card (
    entity_id, card_key, first_six, last_four, kit_key, kit_shown, card_type, card_expiry
)
SELECT
    printf('AIRPAYCUST%04d', 1000 + i), CAST('c' || i AS BLOB), '411111', '1111',
    CAST('k' || i AS BLOB), '1', 'V', '01/40'
FROM each;
INSERT INTO airpay_preference
SELECT printf('AIRPAYCUST%04d', 1000 + i), 'ATM', 'ALLOWED' FROM each;
INSERT INTO airpay_transaction (transaction_id, entity_id, kind, paise, at)
SELECT 'scale-' || i, printf('AIRPAYCUST%04d', 1000 + i), 'load', 100, 1767225600 FROM each;
INSERT INTO airpay_one_time_password (digest, expires_at, mobile_key)
SELECT CAST('o' || i AS BLOB), 4102444800, CAST('m' || i AS BLOB) FROM each;
INSERT INTO airpay_password_reset
SELECT CAST('r' || i AS BLOB), printf('AIRPAYCUST%04d', 1000 + i), 4102444800 FROM each;

INSERT INTO token SELECT CAST('t' || i AS BLOB), 'airpay', 'scale-' || i, 4102444800 FROM each;
INSERT INTO used_code SELECT 'airpay', CAST('u' || i AS BLOB), 4102444800 FROM each;
INSERT INTO shipment SELECT 'paysafe', 'scale-' || i, 'shipped' FROM each;

-- There is room for more: what is asked is what a call costs.
UPDATE held SET customers = 0, cards = 0, bytes = 400;
