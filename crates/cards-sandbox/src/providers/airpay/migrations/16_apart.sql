-- Card numbers whose groups stood further apart than by a space or a hyphen, which were kept whole. They
-- are kept as calls keep them now; ids of transactions follow in the same version.
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
UPDATE airpay_card
SET kit_shown = masked(kit_shown),
    replaced_by = masked(replaced_by),
    card_type = masked(card_type),
    card_expiry = masked(card_expiry);
