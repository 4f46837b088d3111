//! Test values of Paysafe: each brings one of the codes that it published for an earlier version.
//!
//! A customer's id among them is 9000 and the code of four digits; of a code that is a name, 9000, a
//! number that tells those of one status apart, and the HTTP status.

use axum::http::{StatusCode, header};

use super::error;
use cards_sandbox_core::answer::Answer;
use cards_sandbox_core::test_values::TestValue;

/// Says what is assumed of every code but one.
pub(super) const EARLIER: &str = "the codes of an earlier version still apply";

/// Makes rows of a field, each with its HTTP status, code and message.
macro_rules! rows {
    (
        $field:literal $matches:ident $challenge:literal:
        $($text:literal => $status:ident $code:literal $message:literal,)+
    ) => {
        &[$(
            cards_sandbox_core::test_values::TestValue::$matches(
                $field,
                $text,
                concat!($code, " \"", $message, "\""),
                || {
                    $crate::providers::paysafe::test_values::answer(
                        axum::http::StatusCode::$status, $code, $message, $challenge,
                    )
                },
            )
            .assuming($crate::providers::paysafe::test_values::EARLIER),
        )+]
    };
}

pub(super) use rows;

/// Makes an error with its code and its message.
pub(super) fn answer(
    status: StatusCode,
    code: &'static str,
    message: &'static str,
    challenge: &'static str,
) -> Answer {
    let answer = error::plain(status, code, message);
    match status {
        StatusCode::UNAUTHORIZED => answer.header(header::WWW_AUTHENTICATE, challenge),
        StatusCode::TOO_MANY_REQUESTS => answer.header(header::RETRY_AFTER, "1"),
        _ => answer,
    }
}

/// The errors of every call that is about a customer's cards.
#[rustfmt::skip]
pub(super) const BY_CUSTOMER: &[TestValue] = rows! {
    "customerId" is "Bearer":
    "90005023" => BAD_REQUEST "5023" "The request cannot be read.",
    "90005068" => BAD_REQUEST "5068" "A field is missing or malformed.",
    "90000400" => BAD_REQUEST "DW-CUSTOMER-BAD-REQUEST" "The request is wrong.",
    "90001400" => BAD_REQUEST "DW-CUSTOMER-ID-SHOULD-BE-NUMERIC" "The customer's id should be numeric.",
    "90002400" => BAD_REQUEST "DW-CUSTOMER-ACCOUNT-ID-SHOULD-BE-NUMERIC" "The account's id should be numeric.",
    "90003400" => BAD_REQUEST "DW-CUSTOMER-COUNTRY-NOT-SUPPORTED" "The country is not supported.",
    "90004400" => BAD_REQUEST "DW-CUSTOMER-CURRENCY-NOT-SUPPORTED" "The currency is not supported.",
    "90005400" => BAD_REQUEST "DW-TERMS-AND-CONDITIONS-NOT-ACCEPTED" "The terms and conditions are not accepted.",
    "90005275" => UNAUTHORIZED "5275" "The credentials have expired.",
    "90005276" => UNAUTHORIZED "5276" "The credentials are disabled.",
    "90005277" => UNAUTHORIZED "5277" "The credentials are locked.",
    "90005278" => UNAUTHORIZED "5278" "The credentials are rejected.",
    "90005279" => UNAUTHORIZED "5279" "The credentials are invalid.",
    "90005280" => UNAUTHORIZED "5280" "The credentials are absent.",
    "90005270" => FORBIDDEN "5270" "There is no permission.",
    "90005269" => NOT_FOUND "5269" "The id in the path is unknown.",
    "90000409" => CONFLICT "DW-CUSTOMER-CONFLICT" "The customer's state forbids it.",
    "90001409" => CONFLICT "DW-CUSTOMER-ALREADY-ACTIVATED" "The customer is activated already.",
    "90002409" => CONFLICT "DW-CUSTOMER-ALREADY-DEACTIVATED" "The customer is deactivated already.",
    "90003409" => CONFLICT "DW-CUSTOMER-ALREADY-ONBOARDED" "The customer is onboarded already.",
    "90001200" => TOO_MANY_REQUESTS "1200" "There are too many requests.",
    "90001000" => INTERNAL_SERVER_ERROR "1000" "Internal Server Error.",
    "90001002" => INTERNAL_SERVER_ERROR "1002" "Internal Server Error.",
    "90001003" => INTERNAL_SERVER_ERROR "1003" "Internal Server Error.",
    "90001007" => INTERNAL_SERVER_ERROR "1007" "Internal Server Error.",
    "90001008" => INTERNAL_SERVER_ERROR "1008" "Internal Server Error.",
    "90001500" => INTERNAL_SERVER_ERROR "DW-CUSTOMER-INTERNAL-SERVER-ERROR" "Internal Server Error.",
    "90001001" => BAD_GATEWAY "1001" "A server behind this one failed.",
    "90000503" => SERVICE_UNAVAILABLE "DW-SERVICE-UNAVAILABLE" "Service Unavailable.",
};

/// The error that the page of the list documents.
const INTERNAL: TestValue = TestValue::is(
    "customerId",
    "90000500",
    "DW-INTERNAL-SERVER-ERROR \"Internal Server Error.\"",
    internal,
);

/// The one documented error, of the call whose page has it.
pub(super) const DOCUMENTED: &[TestValue] = &[INTERNAL];

/// The one documented error, of the other calls.
pub(super) const OF_THE_LIST: &[TestValue] =
    &[INTERNAL.assuming("the call has the one error that the page of the list documents")];

fn internal() -> Answer {
    error::plain(
        StatusCode::INTERNAL_SERVER_ERROR,
        "DW-INTERNAL-SERVER-ERROR",
        "Internal Server Error.",
    )
}

/// The errors of the calls that are about one card.
pub(super) const BY_CARD: &[TestValue] = rows! {
    "cardId" ends_with "Bearer":
    "900000005270" => FORBIDDEN "5270" "There is no permission.",
    "900000005269" => NOT_FOUND "5269" "The id in the path is unknown.",
    "900000000503" => SERVICE_UNAVAILABLE "DW-SERVICE-UNAVAILABLE" "Service Unavailable.",
};
