//! Test values of Airpay: each brings the one documented failure, for a reason that the journal names.
//!
//! They follow one pattern: a 9 or a range that nobody has, and the HTTP status that would say the
//! reason best.

use axum::http::StatusCode;

use super::reply::failure;
use cards_sandbox_core::answer::Answer;
use cards_sandbox_core::test_values::TestValue;

/// Says what no page states of any of them.
const ASSUMED: &str = "the call fails for this reason, as the pages name none for any failure";

/// Makes a row for exactly this text.
pub(super) const fn is(field: &'static str, text: &'static str, why: &'static str) -> TestValue {
    TestValue::is(field, text, why, fail).assuming(ASSUMED)
}

/// Makes a row for every text that ends with this one.
pub(super) const fn ends_with(
    field: &'static str,
    end: &'static str,
    why: &'static str,
) -> TestValue {
    TestValue::ends_with(field, end, why, fail).assuming(ASSUMED)
}

/// The reasons of every call that is about one customer.
pub(super) const BY_CUSTOMER: &[TestValue] = &[
    is("entity_id", "AIRPAYCUST-401", "the token has expired"),
    is(
        "entity_id",
        "AIRPAYCUST-403",
        "the token is another customer's",
    ),
    is("entity_id", "AIRPAYCUST-404", "there is no such customer"),
];

/// The reasons for which a card of one kit is not changed.
pub(super) const BY_KIT: &[TestValue] = &[
    ends_with("kit_no", "00009403", "the card is blocked for good"),
    ends_with("kit_no", "00009404", "the customer has no card of this kit"),
    ends_with("kit_no", "00009410", "the card is replaced by another"),
];

/// The reasons for which a new card is not taken.
pub(super) const NEW_CARD: &[TestValue] = &[
    ends_with("kit_no", "00009409", "the kit is registered already"),
    ends_with("card_no", "00009409", "the card is registered already"),
];

/// The mobile number that another customer has.
pub(super) const TAKEN_MOBILE_NO: TestValue =
    is("mobile_no", "6000000409", "another customer has it");

/// The e-mail address that another customer has.
pub(super) const TAKEN_EMAIL: TestValue = is(
    "email",
    "taken-409@sandbox.example",
    "another customer has it",
);

fn fail() -> Answer {
    failure(StatusCode::OK)
}
