//! The settings that only some kinds of faults have, each with its limits: for the check of an order
//! and for its schema alike.

use serde_json::{Value, json};

pub(super) const MOST_BYTES: u64 = 1 << 30;
pub(super) const LARGEST_DROP: u64 = 64 * 1024;
pub(super) const MOST_MILLIS: u64 = 5 * 60 * 1000;
pub(super) const LARGEST_BODY: usize = 64 * 1024;
pub(super) const MOST_HEADERS: usize = 32;
pub(super) const LONGEST_HEADER: usize = 8 * 1024;

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

    /// Tells whether a kind that has it cannot do without.
    pub(super) const fn is_required(self) -> bool {
        !matches!(self, Self::Headers | Self::Body)
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
