//! The error object of every Paysafe reply that is no success.
//!
//! The document gives the shape and one code, that of the 500. The other codes
//! are those that Paysafe published for an earlier version of this API.

use std::collections::BTreeSet;

use axum::http::{StatusCode, header};
use schemars::JsonSchema;
use serde::Serialize;

use super::settings::PaysafeUpdateRefusal;
use cards_sandbox_core::answer::{Answer, Rejection};
use cards_sandbox_core::store::StoreError;

/// The body of every reply that is no success.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "PaysafeError")]
pub(crate) struct ErrorBody<'a> {
    error: ErrorDetails<'a>,
}

/// The error that occurred.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct ErrorDetails<'a> {
    code: &'a str,
    /// A sentence.
    message: &'a str,
    /// More sentences.
    details: Vec<&'a str>,
    /// The fields at fault.
    field_errors: &'a [&'a FieldError],
}

/// One field at fault.
#[derive(PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub(super) struct FieldError {
    pub(super) field: &'static str,
    /// Sentence that says what the field should be.
    pub(super) error: String,
}

/// A kind of error: HTTP status, code, message.
#[derive(Clone, Copy)]
pub(super) struct Kind(StatusCode, &'static str, &'static str);

/// Names what is wrong with credentials: code, message. The status is 401,
/// which has to come with a challenge.
#[derive(Clone, Copy)]
pub(super) struct Unauthorized(&'static str, &'static str);

pub(super) const INVALID: Kind = Kind(
    StatusCode::BAD_REQUEST,
    "5068",
    "A field is missing or malformed.",
);
pub(super) const TOKEN_EXPIRED: Unauthorized =
    Unauthorized("5275", "The credentials have expired.");
pub(super) const CREDENTIALS_INVALID: Unauthorized =
    Unauthorized("5279", "The credentials are invalid.");
pub(super) const CREDENTIALS_ABSENT: Unauthorized =
    Unauthorized("5280", "The credentials are absent.");
pub(super) const UNKNOWN_ID: Kind = Kind(
    StatusCode::NOT_FOUND,
    "5269",
    "The id in the path is unknown.",
);
/// Refuses a card beyond the limits of a world: a conflict, as in the control API.
const FULL: Kind = Kind(
    StatusCode::CONFLICT,
    "DW-CUSTOMER-CONFLICT",
    "The sandbox is full.",
);
const FORBIDDEN: Kind = Kind(
    StatusCode::CONFLICT,
    "DW-CUSTOMER-CONFLICT",
    "The card's status forbids it.",
);
const INTERNAL: Kind = Kind(
    StatusCode::INTERNAL_SERVER_ERROR,
    "DW-INTERNAL-SERVER-ERROR",
    "Internal Server Error.",
);

/// A refusal; `why` is told to the caller too.
pub(super) fn refused(kind: Kind, why: &'static str) -> Answer {
    answer(kind, &[why], &[], why.to_owned())
}

/// A refusal of credentials, with the challenge that tells which are wanted.
pub(super) fn unauthorized(
    what: Unauthorized,
    challenge: &'static str,
    why: &'static str,
) -> Answer {
    refused(what.into(), why).header(header::WWW_AUTHENTICATE, challenge)
}

/// A refusal of a signature; `why` is told to the caller too.
pub(super) fn unsigned(what: Unauthorized, challenge: &'static str, why: &str) -> Answer {
    answer(what.into(), &[why], &[], why.to_owned()).header(header::WWW_AUTHENTICATE, challenge)
}

impl From<Unauthorized> for Kind {
    fn from(Unauthorized(code, message): Unauthorized) -> Self {
        Self(StatusCode::UNAUTHORIZED, code, message)
    }
}

/// A refusal of fields. What is wrong of one is told once, however often it comes: a query may repeat
/// it thousands of times.
pub(super) fn refused_fields(fields: &[FieldError]) -> Answer {
    let mut told = BTreeSet::new();
    let fields: Vec<_> = fields.iter().filter(|field| told.insert(*field)).collect();
    let each: Vec<_> = fields
        .iter()
        .map(|field| format!("{}: {}", field.field, field.error))
        .collect();
    let details: Vec<_> = each.iter().map(String::as_str).collect();
    answer(INVALID, &details, &fields, each.join("; "))
}

/// A refusal of a status that the card's life forbids, under the HTTP status that is set.
pub(super) fn forbidden(refusal: PaysafeUpdateRefusal, why: &str) -> Answer {
    let field = FieldError {
        field: "status",
        error: why.to_owned(),
    };
    match refusal {
        PaysafeUpdateRefusal::Conflict => answer(FORBIDDEN, &[why], &[&field], why.to_owned()),
        PaysafeUpdateRefusal::BadRequest => refused_fields(&[field]),
    }
}

pub(super) fn store_trouble(error: &StoreError) -> Answer {
    if let StoreError::OverQuota(limit) = error {
        let limit = limit.to_string();
        return answer(FULL, &[&limit], &[], limit.clone());
    }
    tracing::error!(%error, "the store failed");
    answer(INTERNAL, &[INTERNAL.2], &[], error.verdict().to_owned())
}

pub(super) fn rejected(rejection: Rejection) -> Answer {
    let (code, message) = match rejection {
        Rejection::UnknownPath => ("5273", "There is nothing under this URL."),
        Rejection::WrongMethod => ("5281", "The method is not allowed."),
        _ => ("5023", "The request cannot be read."),
    };
    let why = rejection.why();
    answer(
        Kind(rejection.status(), code, message),
        &[&why],
        &[],
        why.to_string(),
    )
}

/// The error object under any status, ordered. The document has that of the
/// 500, and other codes follow the earlier version where it has one.
pub(super) fn failure(status: StatusCode, challenge: &'static str) -> Answer {
    let Kind(_, code, message) = match status.as_u16() {
        400 => INVALID,
        401 => CREDENTIALS_INVALID.into(),
        403 => Kind(status, "5270", "There is no permission."),
        404 => UNKNOWN_ID,
        405 => Kind(status, "5281", "The method is not allowed."),
        429 => Kind(status, "1200", "There are too many requests."),
        402..500 => Kind(status, "5023", "The request cannot be read."),
        502 => Kind(status, "1001", "A server behind this one failed."),
        503 => Kind(status, "DW-SERVICE-UNAVAILABLE", "Service Unavailable."),
        _ => INTERNAL,
    };
    let answer = plain(status, code, message);
    match status {
        StatusCode::UNAUTHORIZED => answer.header(header::WWW_AUTHENTICATE, challenge),
        _ => answer,
    }
}

/// An error that tells nothing but its code and its message.
pub(super) fn plain(status: StatusCode, code: &'static str, message: &'static str) -> Answer {
    let kind = Kind(status, code, message);
    answer(kind, &[message], &[], String::new())
}

fn answer(kind: Kind, details: &[&str], fields: &[&FieldError], why: String) -> Answer {
    let Kind(status, code, message) = kind;
    let body = ErrorBody {
        error: ErrorDetails {
            code,
            message,
            details: details.to_vec(),
            field_errors: fields,
        },
    };
    Answer::refused(status, &body, why)
}
