//! Makes up what a world does not say about an Airpay customer.

use cards_model::{CardExpiry, Date};
use rusqlite::Transaction;

use crate::providers::airpay::customers;
use cards_sandbox_core::card_number;
use cards_sandbox_core::store::Fingerprints;
use cards_sandbox_core::world::invented::{free, random_digits};

/// A number of the documents' own range with a wrong check digit: nobody has
/// this card, and nobody will miss it when registering test cards.
pub(super) fn number() -> String {
    let digits = format!("462294{}", random_digits(9));
    let wrong = (card_number::check_digit(&digits) + 1) % 10;
    format!("{digits}{wrong}")
}

pub(super) fn kit() -> String {
    random_digits(12)
}

/// A number with its fingerprint.
type Keyed = (String, [u8; 32]);

fn keyed(number: String, fingerprints: &Fingerprints) -> Keyed {
    let key = fingerprints.make(&number);
    (number, key)
}

/// Makes up the number of a card that nobody has.
pub(crate) fn free_card(
    transaction: &Transaction<'_>,
    fingerprints: &Fingerprints,
) -> rusqlite::Result<Keyed> {
    let draw = || keyed(number(), fingerprints);
    free(draw(), draw, |(_, key)| {
        customers::is_card_taken(transaction, key)
    })
}

/// Makes up the number of a kit that nobody has.
pub(crate) fn free_kit(
    transaction: &Transaction<'_>,
    fingerprints: &Fingerprints,
) -> rusqlite::Result<Keyed> {
    let draw = || keyed(kit(), fingerprints);
    free(draw(), draw, |(_, key)| {
        customers::is_kit_taken(transaction, key)
    })
}

pub(super) fn email() -> String {
    format!("customer{}@sandbox.example", random_digits(9))
}

/// Makes up a date of birth, which is never after today, even by a clock that was
/// moved far back.
pub(super) fn birth(today: Date) -> String {
    let usual = Date::new(1990, 1, 31).unwrap_or(today);
    usual.min(today).to_string()
}

/// Makes up an expiry so many years ahead, as far as the format can write that: it
/// has the years from 2000 to 2099.
pub(crate) fn expiry(today: Date, years: u16) -> String {
    let (month, year) = match today.year().saturating_add(years) {
        ..2000 => (1, 2000),
        year @ 2000..2100 => (today.month(), year),
        _ => (12, 2099),
    };
    CardExpiry::new(month, year).map_or_else(|_| "12/99".to_owned(), String::from)
}

/// Gives what is the same for everybody, in a field about the person.
pub(super) fn usual(field: &str) -> &'static str {
    match field {
        "first_name" => "Sandbox",
        "last_name" => "Customer",
        "title" => "Ms",
        "gender" => "F",
        "address" => "1 Test Road",
        "city" => "Ernakulam",
        "state" => "Kerala",
        "pincode" => "682308",
        "doc_type" => "PASSPORT",
        "doc_expiry" => "2049-12-31",
        "doc_country_issue" => "India",
        _ => "",
    }
}
