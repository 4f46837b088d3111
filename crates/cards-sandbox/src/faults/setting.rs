//! The settings that only some kinds of faults have, each with its limits: for the check of an order
//! and for its schema alike.

use axum::http::{HeaderName, HeaderValue, header};
use serde_json::{Value, json};

use super::{Fault, FaultError};

pub(super) const MOST_BYTES: u64 = 1 << 30;
pub(super) const LARGEST_DROP: u64 = 64 * 1024;
const MOST_MILLIS: u64 = 5 * 60 * 1000;
const LARGEST_BODY: usize = 64 * 1024;
const MOST_HEADERS: usize = 32;
const LONGEST_HEADER: usize = 8 * 1024;

/// A field of an order that some kinds have.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Setting {
    Millis,
    /// From 1 to so many.
    Bytes {
        most: u64,
    },
    Difference,
    Status,
    Headers,
    Body,
}

impl Setting {
    /// Every field, in the order in which they are checked.
    pub(super) const ALL: [Self; 6] = [
        Self::Millis,
        Self::Bytes { most: MOST_BYTES },
        Self::Difference,
        Self::Status,
        Self::Headers,
        Self::Body,
    ];

    /// The name, as in JSON.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Millis => "millis",
            Self::Bytes { .. } => "bytes",
            Self::Difference => "difference",
            Self::Status => "status",
            Self::Headers => "headers",
            Self::Body => "body",
        }
    }

    /// Whether a kind that has it cannot do without.
    pub(super) const fn is_required(self) -> bool {
        !matches!(self, Self::Headers | Self::Body)
    }

    pub(super) fn is_given(self, fault: &Fault) -> bool {
        match self {
            Self::Millis => fault.millis.is_some(),
            Self::Bytes { .. } => fault.bytes.is_some(),
            Self::Difference => fault.difference.is_some(),
            Self::Status => fault.status.is_some(),
            Self::Headers => !fault.headers.is_empty(),
            Self::Body => fault.body.is_some(),
        }
    }

    /// Checks its limits.
    pub(super) fn check(self, fault: &Fault) -> Result<(), FaultError> {
        match self {
            Self::Millis => within("millis", fault.millis, 1, MOST_MILLIS),
            Self::Bytes { most } => within("bytes", fault.bytes, 1, most),
            Self::Difference => match fault.difference.map(i64::unsigned_abs) {
                Some(difference) if !(1..=MOST_BYTES).contains(&difference) => {
                    let what = format!("not 0, and from -{MOST_BYTES} to {MOST_BYTES}");
                    Err(FaultError::new("difference", what))
                }
                _ => Ok(()),
            },
            Self::Status => within("status", fault.status.map(u64::from), 200, 999),
            Self::Headers => check_headers(fault),
            Self::Body => match &fault.body {
                Some(body) if body.len() > LARGEST_BODY => {
                    let what = format!("at most {LARGEST_BODY} bytes");
                    Err(FaultError::new("body", what))
                }
                _ => Ok(()),
            },
        }
    }

    pub(super) fn schema(self) -> Value {
        let from_one = |most: u64| json!({"type": "integer", "minimum": 1, "maximum": most});
        match self {
            Self::Millis => from_one(MOST_MILLIS),
            Self::Bytes { most } => from_one(most),
            Self::Difference => {
                let most = i64::try_from(MOST_BYTES).unwrap_or(i64::MAX);
                json!({
                    "type": "integer",
                    "minimum": -most,
                    "maximum": most,
                    "not": {"const": 0},
                })
            }
            Self::Status => json!({"type": "integer", "minimum": 200, "maximum": 999}),
            Self::Headers => headers(),
            Self::Body => json!({"type": "string", "maxLength": LARGEST_BODY}),
        }
    }
}

fn check_headers(fault: &Fault) -> Result<(), FaultError> {
    const FRAMING: [HeaderName; 4] = [
        header::CONNECTION,
        header::CONTENT_LENGTH,
        header::TRANSFER_ENCODING,
        header::UPGRADE,
    ];
    let wrong = |what: String| Err(FaultError::new("headers", what));
    if fault.headers.len() > MOST_HEADERS {
        return wrong(format!("at most {MOST_HEADERS}"));
    }
    for (name, value) in &fault.headers {
        let Ok(name) = HeaderName::try_from(name.as_str()) else {
            return wrong("one of the names is no header's".to_owned());
        };
        if FRAMING.contains(&name) {
            return wrong(format!("{name} is the sandbox's own"));
        }
        if value.len() > LONGEST_HEADER || HeaderValue::try_from(value.as_str()).is_err() {
            return wrong(format!(
                "a value has to be visible text of at most {LONGEST_HEADER} bytes"
            ));
        }
    }
    Ok(())
}

pub(super) fn within(
    field: &'static str,
    given: Option<u64>,
    least: u64,
    most: u64,
) -> Result<(), FaultError> {
    match given {
        Some(number) if !(least..=most).contains(&number) => {
            let what = if most == u64::MAX {
                format!("at least {least}")
            } else {
                format!("from {least} to {most}")
            };
            Err(FaultError::new(field, what))
        }
        _ => Ok(()),
    }
}

fn headers() -> Value {
    json!({
        "type": "object",
        "maxProperties": MOST_HEADERS,
        "description": "More headers of the reply; not those that frame it: connection, \
            content-length, transfer-encoding, upgrade.",
        "propertyNames": {
            "pattern": "^[!#$%&'*+.^_`|~0-9A-Za-z-]+$",
            "not": {"pattern": FRAMING_IN_ANY_CASE},
        },
        "additionalProperties": {
            "type": "string",
            "maxLength": LONGEST_HEADER,
            "pattern": r"^[^\x00-\x08\x0a-\x1f\x7f]*$",
        },
    })
}

/// The names of headers that frame a message, for a schema, which has no other way to say that they
/// have no case.
const FRAMING_IN_ANY_CASE: &str = "^([cC][oO][nN][nN][eE][cC][tT][iI][oO][nN]\
    |[cC][oO][nN][tT][eE][nN][tT]-[lL][eE][nN][gG][tT][hH]\
    |[tT][rR][aA][nN][sS][fF][eE][rR]-[eE][nN][cC][oO][dD][iI][nN][gG]\
    |[uU][pP][gG][rR][aA][dD][eE])$";
