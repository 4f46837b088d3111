-- What was kept otherwise by older sandboxes, and would be refused in a saved world.
-- A card that has no lock to undo returns to nothing.
UPDATE paysafe_card SET status_before_lock = NULL
WHERE status_before_lock IS NOT NULL AND status NOT IN ('LOCKED', 'SUSPENDED');

-- Card numbers that were written in groups, or came about in what was made up. Airpay's
-- texts are kept as calls keep them now; the others have a longest length, and keep
-- theirs. A mobile number of Paysafe's is taken for no card's.
UPDATE airpay_customer
SET mobile_no = masked(mobile_no),
    first_name = masked(first_name),
    last_name = masked(last_name),
    title = masked(title),
    gender = masked(gender),
    dob = masked(dob),
    email = masked(email),
    address = masked(address),
    city = masked(city),
    state = masked(state),
    country = masked(country),
    pincode = masked(pincode),
    doc_type = masked(doc_type),
    doc_number = masked(doc_number),
    doc_expiry = masked(doc_expiry),
    doc_country_issue = masked(doc_country_issue),
    kyc_status = masked(kyc_status);
UPDATE airpay_card SET kit_shown = masked(kit_shown);
UPDATE paysafe_card
SET body = json_replace(
        body,
        '$.programName', starred(body ->> '$.programName'),
        '$.accountId', starred(body ->> '$.accountId'),
        '$.externalId', starred(body ->> '$.externalId'),
        '$.deliveryAddress.address1', starred(body ->> '$.deliveryAddress.address1'),
        '$.deliveryAddress.address2', starred(body ->> '$.deliveryAddress.address2'),
        '$.deliveryAddress.address3', starred(body ->> '$.deliveryAddress.address3'),
        '$.deliveryAddress.postalCode', starred(body ->> '$.deliveryAddress.postalCode')
    )
WHERE starred(body) <> body;
UPDATE paysafe_card SET tokenizations = starred(tokenizations);
UPDATE ibanera_customer SET customers_reference = starred(customers_reference);
UPDATE ibanera_card SET currency = starred(currency);

-- How much the world holds, so that no more comes in than a world file takes
-- back. What each row is in such a file at most, in bytes: its texts as JSON, and
-- for the names beside them, the fingerprints and the preferences a number that a
-- test holds to be enough. Triggers count, whoever writes.
ALTER TABLE airpay_customer ADD COLUMN file_bytes INTEGER GENERATED ALWAYS AS (
    700 + octet_length(json_array(
        entity_id, number, mobile_no, first_name, last_name, title, gender, dob, email, address,
        city, state, country, pincode, doc_type, doc_number, doc_expiry, doc_country_issue,
        password_hash, kyc_status, kyc_expiry_date
    ))
) VIRTUAL;
ALTER TABLE airpay_card ADD COLUMN file_bytes INTEGER GENERATED ALWAYS AS (
    300 + octet_length(json_array(first_six, last_four, kit_shown, card_type, card_expiry))
) VIRTUAL;
ALTER TABLE paysafe_customer ADD COLUMN file_bytes INTEGER GENERATED ALWAYS AS (
    50 + octet_length(json_array(customer_id))
) VIRTUAL;
ALTER TABLE paysafe_card ADD COLUMN file_bytes INTEGER GENERATED ALWAYS AS (
    80 + octet_length(body) + coalesce(octet_length(tokenizations), 0)
) VIRTUAL;
ALTER TABLE ibanera_customer ADD COLUMN file_bytes INTEGER GENERATED ALWAYS AS (
    80 + octet_length(json_array(customers_id, customers_reference))
) VIRTUAL;
ALTER TABLE ibanera_card ADD COLUMN file_bytes INTEGER GENERATED ALWAYS AS (
    160 + octet_length(json_array(
        id, currency, card_number, total_balance, available_balance, pending_balance
    ))
) VIRTUAL;

CREATE TABLE held (
    customers INTEGER NOT NULL,
    cards INTEGER NOT NULL,
    bytes INTEGER NOT NULL
) STRICT;
INSERT INTO held
SELECT
    (SELECT count(*) FROM airpay_customer)
        + (SELECT count(*) FROM paysafe_customer)
        + (SELECT count(*) FROM ibanera_customer),
    (SELECT count(*) FROM airpay_card)
        + (SELECT count(*) FROM paysafe_card)
        + (SELECT count(*) FROM ibanera_card),
    400
        + (SELECT coalesce(sum(file_bytes), 0) FROM airpay_customer)
        + (SELECT coalesce(sum(file_bytes), 0) FROM airpay_card)
        + (SELECT coalesce(sum(file_bytes), 0) FROM paysafe_customer)
        + (SELECT coalesce(sum(file_bytes), 0) FROM paysafe_card)
        + (SELECT coalesce(sum(file_bytes), 0) FROM ibanera_customer)
        + (SELECT coalesce(sum(file_bytes), 0) FROM ibanera_card);

CREATE TRIGGER airpay_customer_comes AFTER INSERT ON airpay_customer BEGIN
    UPDATE held SET customers = customers + 1, bytes = bytes + new.file_bytes;
END;
CREATE TRIGGER airpay_customer_changes AFTER UPDATE ON airpay_customer BEGIN
    UPDATE held SET bytes = bytes + new.file_bytes - old.file_bytes;
END;
CREATE TRIGGER airpay_customer_goes AFTER DELETE ON airpay_customer BEGIN
    UPDATE held SET customers = customers - 1, bytes = bytes - old.file_bytes;
END;

CREATE TRIGGER airpay_card_comes AFTER INSERT ON airpay_card BEGIN
    UPDATE held SET cards = cards + 1, bytes = bytes + new.file_bytes;
END;
CREATE TRIGGER airpay_card_changes AFTER UPDATE ON airpay_card BEGIN
    UPDATE held SET bytes = bytes + new.file_bytes - old.file_bytes;
END;
CREATE TRIGGER airpay_card_goes AFTER DELETE ON airpay_card BEGIN
    UPDATE held SET cards = cards - 1, bytes = bytes - old.file_bytes;
END;

CREATE TRIGGER paysafe_customer_comes AFTER INSERT ON paysafe_customer BEGIN
    UPDATE held SET customers = customers + 1, bytes = bytes + new.file_bytes;
END;
CREATE TRIGGER paysafe_customer_changes AFTER UPDATE ON paysafe_customer BEGIN
    UPDATE held SET bytes = bytes + new.file_bytes - old.file_bytes;
END;
CREATE TRIGGER paysafe_customer_goes AFTER DELETE ON paysafe_customer BEGIN
    UPDATE held SET customers = customers - 1, bytes = bytes - old.file_bytes;
END;

CREATE TRIGGER paysafe_card_comes AFTER INSERT ON paysafe_card BEGIN
    UPDATE held SET cards = cards + 1, bytes = bytes + new.file_bytes;
END;
CREATE TRIGGER paysafe_card_changes AFTER UPDATE ON paysafe_card BEGIN
    UPDATE held SET bytes = bytes + new.file_bytes - old.file_bytes;
END;
CREATE TRIGGER paysafe_card_goes AFTER DELETE ON paysafe_card BEGIN
    UPDATE held SET cards = cards - 1, bytes = bytes - old.file_bytes;
END;

CREATE TRIGGER ibanera_customer_comes AFTER INSERT ON ibanera_customer BEGIN
    UPDATE held SET customers = customers + 1, bytes = bytes + new.file_bytes;
END;
CREATE TRIGGER ibanera_customer_changes AFTER UPDATE ON ibanera_customer BEGIN
    UPDATE held SET bytes = bytes + new.file_bytes - old.file_bytes;
END;
CREATE TRIGGER ibanera_customer_goes AFTER DELETE ON ibanera_customer BEGIN
    UPDATE held SET customers = customers - 1, bytes = bytes - old.file_bytes;
END;

CREATE TRIGGER ibanera_card_comes AFTER INSERT ON ibanera_card BEGIN
    UPDATE held SET cards = cards + 1, bytes = bytes + new.file_bytes;
END;
CREATE TRIGGER ibanera_card_changes AFTER UPDATE ON ibanera_card BEGIN
    UPDATE held SET bytes = bytes + new.file_bytes - old.file_bytes;
END;
CREATE TRIGGER ibanera_card_goes AFTER DELETE ON ibanera_card BEGIN
    UPDATE held SET cards = cards - 1, bytes = bytes - old.file_bytes;
END;
