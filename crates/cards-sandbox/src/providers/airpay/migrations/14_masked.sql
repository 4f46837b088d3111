-- What waived rules let pass before it was masked, and would be refused in a saved world.
UPDATE airpay_customer
SET mobile_no = masked(mobile_no),
    first_name = masked(first_name),
    last_name = masked(last_name),
    title = masked(title),
    gender = masked(gender),
    dob = masked(dob),
    city = masked(city),
    state = masked(state),
    doc_type = masked(doc_type),
    doc_expiry = masked(doc_expiry),
    doc_country_issue = masked(doc_country_issue);
UPDATE airpay_card SET card_type = masked(card_type), card_expiry = masked(card_expiry);
-- Numbers that are shorter than a card's had no digits that could be kept.
UPDATE airpay_card SET first_six = '000000', last_four = '0000' WHERE first_six = '';
