//! Test values of Ibanera: each brings one code of the pages.
//!
//! An id among them is 900, the HTTP status, and a number that tells codes under one status apart.

use super::envelope::{ErrorItem, Refusal};
use axum::http::StatusCode;
use cards_sandbox_core::answer::Answer;

/// Says what is assumed of a code that the call's own page has.
pub(super) const STATUS: &str =
    "the code comes under this HTTP status, which its page does not give";

/// Says what is assumed of a code that only another call's page has.
pub(super) const CODE: &str =
    "the call has this code too, which another call's page names, and under this HTTP status";

/// Makes a row for exactly this text of a field: its HTTP status, and the error's field and code.
macro_rules! row {
    ($field:literal = $text:literal, $status:ident $at:literal $code:literal, $words:literal) => {
        row!($field = $text, $status $at $code, $words, plain)
    };
    (
        $field:literal = $text:literal, $status:ident $at:literal $code:literal, $words:literal,
        $finish:ident
    ) => {
        cards_sandbox_core::test_values::TestValue::is(
            $field,
            $text,
            concat!($code, ", ", $words),
            || {
                $crate::providers::ibanera::test_values::$finish(
                    axum::http::StatusCode::$status,
                    $at,
                    $code,
                )
            },
        )
    };
}

/// Makes the rows of a field that holds an id.
macro_rules! by_id {
    ($field:literal, $required:ident) => {
        &[
            row!($field = "9004001", BAD_REQUEST $field "Required", "the id has to be given")
                .assuming($crate::providers::ibanera::test_values::$required),
            row!($field = "9004002", BAD_REQUEST $field "Invalid", "nobody has this id")
                .assuming($crate::providers::ibanera::test_values::$required),
            row!(
                $field = "9004011", UNAUTHORIZED "Authorization" "Invalid",
                "the token has expired"
            )
            .assuming($crate::providers::ibanera::test_values::CODE),
        ]
    };
}

pub(super) use {by_id, row};

/// Makes a refusal as most calls have it.
pub(super) fn plain(status: StatusCode, field: &'static str, code: &'static str) -> Answer {
    Refusal::documented(status, ErrorItem::new(field, code)).into()
}

/// Makes a refusal with the type of its error.
pub(super) fn typed(status: StatusCode, field: &'static str, code: &'static str) -> Answer {
    let refusal = Refusal::documented(status, ErrorItem::new(field, code));
    refusal.with_error_type().into()
}
