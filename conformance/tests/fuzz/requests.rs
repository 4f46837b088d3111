//! Valid requests of every kind.

use cards_model::airpay::{CustomerPreference, RegisterUser, UpdateCustomer};
use cards_model::ibanera::ListCustomerCards;
use cards_model::paysafe::ListPrepaidCards;
use proptest::prelude::*;
use proptest::sample::select;

/// Any character but a null, so that every way of encoding is met.
pub(crate) fn text(most: usize) -> impl Strategy<Value = String> {
    let characters = prop_oneof![
        4 => select("abcXYZ019 &=+%?#/\\\"'<>~*-._@;,".chars().collect::<Vec<_>>()),
        1 => any::<char>().prop_filter("no null", |c| *c != '\0'),
    ];
    proptest::collection::vec(characters, 1..=most).prop_map(|text| text.into_iter().collect())
}

fn one_of(values: &'static [&'static str]) -> impl Strategy<Value = String> {
    select(values).prop_map(str::to_owned)
}

fn date(years: std::ops::Range<u16>) -> impl Strategy<Value = String> {
    (years, 1u8..=12, 1u8..=28).prop_map(|(y, m, d)| format!("{y:04}-{m:02}-{d:02}"))
}

fn email(most: usize) -> impl Strategy<Value = String> {
    (
        "[a-z0-9+_]{1,12}(\\.[A-Z]{1,4})?",
        "[a-z]([a-z-]{0,5}[a-z])?",
        "(co\\.)?[a-z]{2,3}",
    )
        .prop_map(|(local, host, end)| format!("{local}@{host}.{end}"))
        .prop_filter("short enough", move |email| email.len() <= most)
}

fn password() -> impl Strategy<Value = String> {
    (
        "[ -~]{3,16}",
        select("!@#$%^&*+=~?".chars().collect::<Vec<_>>()),
    )
        .prop_map(|(rest, special)| format!("Aa1{special}{rest}"))
}

/// Months from December 2026 to November 2051.
fn expiry() -> impl Strategy<Value = String> {
    (1u32..=300).prop_map(|ahead| {
        let month = 2026 * 12 + 10 + ahead;
        format!("{:02}/{:02}", month % 12 + 1, month / 12 % 100)
    })
}

/// The country and a pincode that fits it.
fn country_and_pincode() -> impl Strategy<Value = (String, String)> {
    prop_oneof![
        (one_of(&["India", "INDIA", "india"]), "[0-9]{6}"),
        ("[A-Za-z]{1,9} [A-Za-z]{1,9}", "[0-9]{1,15}"),
    ]
}

pub(crate) fn register_user() -> impl Strategy<Value = RegisterUser> {
    let card = (
        "[0-9]{1,10}",
        text(16),
        one_of(&["P", "V"]),
        "462294[0-9]{10}",
        expiry(),
    );
    let person = (
        "[A-Za-z]{1,30}",
        "[A-Za-z]{1,30}",
        one_of(&["Mr", "Mrs", "Ms"]),
        one_of(&["M", "F", "T"]),
        date(1..2026),
        email(50),
    );
    let address = (
        "[A-Za-z0-9 ]{1,100}",
        "[A-Za-z]{1,20}",
        "[A-Za-z ]{1,20}",
        country_and_pincode(),
    );
    let document = (
        one_of(&["AADHAAR", "PAN", "VOTERID", "DL", "PASSPORT"]),
        text(20),
        date(1..9999),
        "[0-9]{1,4}",
        password(),
    );
    (card, person, address, document).prop_map(|(card, person, address, document)| {
        let (mobile_no, kit_no, card_type, card_no, card_expiry) = card;
        let (first_name, last_name, title, gender, dob, email) = person;
        let (address, city, state, (doc_country_issue, pincode)) = address;
        let (doc_type, doc_number, doc_expiry, otp, password) = document;
        RegisterUser {
            mobile_no: mobile_no.into(),
            kit_no,
            card_type: card_type.into(),
            card_no: card_no.into(),
            card_expiry,
            first_name: first_name.into(),
            last_name: last_name.into(),
            title: title.into(),
            gender: gender.into(),
            dob: dob.into(),
            email: email.into(),
            address: address.into(),
            city: city.into(),
            state: state.into(),
            pincode: pincode.into(),
            doc_type: doc_type.into(),
            doc_number: doc_number.into(),
            doc_expiry: doc_expiry.into(),
            doc_country_issue: doc_country_issue.into(),
            otp: otp.into(),
            password: password.into(),
        }
    })
}

pub(crate) fn update_customer() -> impl Strategy<Value = UpdateCustomer> {
    use proptest::option::of;
    let home = prop_oneof![
        (of(one_of(&["India", "iNDIA"])), of("[0-9]{6}")),
        (Just(Some("Sri Lanka & more".to_owned())), of("[0-9]{1,6}")),
    ];
    (
        text(50),
        of(email(99)),
        of(text(30)),
        of("[A-Za-z0-9 ]{1,150}"),
        home,
        of("[A-Za-z]{1,40}"),
        of("[A-Za-z]{1,40}"),
    )
        .prop_map(
            |(entity_id, email, mobile_no, address, (country, pincode), city, state)| {
                UpdateCustomer {
                    email: email.map(Into::into),
                    mobile_no: mobile_no.map(Into::into),
                    address: address.map(Into::into),
                    country: country.map(Into::into),
                    city: city.map(Into::into),
                    state: state.map(Into::into),
                    pincode: pincode.map(Into::into),
                    ..UpdateCustomer::new(entity_id)
                }
            },
        )
}

pub(crate) fn customer_preference() -> impl Strategy<Value = CustomerPreference> {
    use proptest::option::of;
    (
        text(50),
        of(one_of(&["ALLOWED", "NOTALLOWED"])),
        of(one_of(&["ATM", "POS", "ECOM", "CONTACTLESS"])),
    )
        .prop_map(|(entity_id, status, channel)| CustomerPreference {
            status: status.map(Into::into),
            channel: channel.map(Into::into),
            ..CustomerPreference::new(entity_id)
        })
}

pub(crate) fn list_prepaid_cards() -> impl Strategy<Value = ListPrepaidCards> {
    use cards_model::paysafe::{CardStatus, CardType, Include};
    use proptest::collection::vec;
    use proptest::option::of;
    let customer = text(30).prop_filter("not swallowed by a path", |id| id != "." && id != "..");
    (
        customer,
        of(1u32..=50),
        of(0..=i64::MAX as u64),
        vec(select(CardStatus::ALL), 0..4),
        vec(select(CardType::ALL), 0..3),
        vec(select(Include::ALL), 0..3),
    )
        .prop_map(
            |(customer, limit, offset, status, card_type, include)| ListPrepaidCards {
                limit,
                offset,
                ..ListPrepaidCards::new(customer)
                    .status(status)
                    .card_type(card_type)
                    .include(include)
            },
        )
}

pub(crate) fn list_customer_cards() -> impl Strategy<Value = ListCustomerCards> {
    use proptest::option::of;
    (of(1u32..), of(1u32..)).prop_map(|(number, size)| {
        let mut list = ListCustomerCards::new();
        (list.page_number, list.page_size) = (number, size);
        list
    })
}
