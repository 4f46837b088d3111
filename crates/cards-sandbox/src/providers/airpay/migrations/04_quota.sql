-- What was kept otherwise by older sandboxes, and would be refused in a saved world.
-- Card numbers that were written in groups, or came about in what was made up. They are kept as
-- calls keep them now.
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

-- What each row is in a world file at most, in bytes: its texts as JSON, and for the
-- names beside them, the fingerprints and the preferences a number that a test holds to be enough.
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

UPDATE held SET
    customers = customers + (SELECT count(*) FROM airpay_customer),
    cards = cards + (SELECT count(*) FROM airpay_card),
    bytes = bytes
        + (SELECT coalesce(sum(file_bytes), 0) FROM airpay_customer)
        + (SELECT coalesce(sum(file_bytes), 0) FROM airpay_card);

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
