//! The header `checksum`, and what a wrong one was made from.

use std::fmt;

use axum::http::HeaderMap;
use cards_model::airpay::IDENTIFYING_HEADERS;
use cards_model::{Operation, Rule};
use cards_sign::Recipe;
use maud::{Markup, html};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};

use super::access::unmet_header;
use super::comparison::{Beside, Comparison, Sequence, compare, set_to};
use super::sequences;
use crate::world::airpay::SECRET_KEY;
use cards_sandbox_core::answer::UnmetRule;
use cards_sandbox_core::detail::Detail;
use cards_sandbox_core::html::quoted;
use cards_sandbox_core::intake::{HeaderValue, header};

/// The verdict on a call's checksum.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(tag = "result", rename_all = "lowercase")]
#[non_exhaustive]
pub enum ChecksumVerdict {
    /// It is that of the values and the sandbox's secret key.
    Right,
    /// There is none, or there are two.
    Missing,
    /// It is not.
    Wrong {
        /// Sentence on what it was made from, as far as `cards_sign::explain` can tell.
        explanation: String,
        /// Mistake other than the order, where one is known: `without the secret`.
        mistake: Option<String>,
        /// The body's fields in each order, the one received first; none where
        /// the body is too large to compare orders.
        sequences: Vec<Sequence>,
    },
}

impl ChecksumVerdict {
    /// Tells whether the call may go on.
    pub const fn is_right(&self) -> bool {
        matches!(self, Self::Right)
    }

    /// The rule that it breaks where it is not right.
    pub(super) fn unmet_rule(&self) -> UnmetRule {
        let (rule, limit) = match self {
            Self::Missing => (Rule::Required, "must be given, once"),
            Self::Right | Self::Wrong { .. } => {
                (Rule::Allowed, "that of the values and the secret")
            }
        };
        unmet_header("checksum", rule, limit)
    }
}

/// The name of a verdict in an exchange.
pub(super) const DETAIL: &str = "checksum";

impl Detail for ChecksumVerdict {
    fn name(&self) -> &'static str {
        DETAIL
    }

    fn weight(&self) -> usize {
        match self {
            Self::Right | Self::Missing => 0,
            Self::Wrong {
                explanation,
                mistake,
                sequences,
            } => {
                explanation.len()
                    + mistake.as_ref().map_or(0, String::len)
                    + sequences.iter().map(Sequence::weight).sum::<usize>()
            }
        }
    }

    fn json(&self) -> Option<Box<RawValue>> {
        to_raw_value(self).ok()
    }

    fn reason(&self, verdict: &str) -> Option<Markup> {
        let Self::Wrong { explanation, .. } = self else {
            return None;
        };
        (verdict == self.to_string()).then(|| {
            html! {
                p class="reason" { "The checksum is wrong." }
                p { (quoted(explanation)) }
            }
        })
    }

    fn show(&self) -> Markup {
        html! {
            @if let Self::Wrong { mistake, sequences, .. } = self {
                (sequences::compared(sequences, mistake.as_deref()))
            }
        }
    }
}

impl fmt::Display for ChecksumVerdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Right => f.write_str("the checksum is right"),
            Self::Missing => f.write_str("the header checksum is missing or sent twice"),
            Self::Wrong { explanation, .. } => write!(f, "the checksum is wrong: {explanation}"),
        }
    }
}

/// Judges the checksum over all `fields`, those included that no document
/// knows.
pub(super) fn judge(
    operation: &'static Operation,
    recipe: Recipe,
    headers: &HeaderMap,
    fields: &[(&str, &str)],
    now: i64,
) -> ChecksumVerdict {
    let HeaderValue::Text(given) = header(headers, "checksum") else {
        return ChecksumVerdict::Missing;
    };
    let came = IDENTIFYING_HEADERS.map(|name| (name, header(headers, name)));
    let came: Vec<(&str, &str)> = came
        .into_iter()
        .filter_map(|(name, value)| match value {
            HeaderValue::Text(value) => Some((name, value)),
            HeaderValue::Missing | HeaderValue::Unreadable(_) => None,
        })
        .collect();
    let beside = Beside {
        now,
        headers: &came,
    };
    let secret = SECRET_KEY.as_bytes();
    let Some(comparison) = compare(operation, recipe, fields, secret, given, beside) else {
        return ChecksumVerdict::Right;
    };
    let Comparison {
        mut explanation,
        mistake,
        sequences,
    } = comparison;
    if let Some(recipe) = set_to(recipe) {
        explanation.push_str(&format!(" This sandbox was set to {recipe}."));
    }
    ChecksumVerdict::Wrong {
        explanation,
        mistake,
        sequences,
    }
}
