//! The kinds of rules, and how a check says that one is broken.

use std::borrow::Cow;
use std::fmt;

use serde::Serialize;
use validator::ValidationError;

/// The kind of rule that a value breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Rule {
    /// A value that must be given is empty or absent.
    Required,
    /// Too short or too long.
    Length,
    /// A character that the field does not take.
    Characters,
    /// Not in the documented format.
    Format,
    /// Not one of the documented values.
    Allowed,
    /// A number or date outside its bounds.
    Range,
    /// Lacks a kind of character that it must have.
    Composition,
    /// At odds with another field.
    Consistency,
}

impl Rule {
    /// All kinds.
    pub const ALL: [Self; 8] = [
        Self::Required,
        Self::Length,
        Self::Characters,
        Self::Format,
        Self::Allowed,
        Self::Range,
        Self::Composition,
        Self::Consistency,
    ];

    /// The name in lower case, which is also the code inside `validator`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Required => "required",
            Self::Length => "length",
            Self::Characters => "characters",
            Self::Format => "format",
            Self::Allowed => "allowed",
            Self::Range => "range",
            Self::Composition => "composition",
            Self::Consistency => "consistency",
        }
    }

    pub(crate) fn from_code(code: &str) -> Self {
        Self::ALL
            .into_iter()
            .find(|rule| rule.as_str() == code)
            .unwrap_or(Self::Format)
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The limit of a field that is empty or absent.
pub(crate) const MUST_BE_GIVEN: &str = "must be given";

/// The name under which a rule over several fields says which one is at fault.
pub(crate) const AT: &str = "at";

/// A broken rule, for the functions that `#[validate]` names.
pub(crate) fn unmet_rule(rule: Rule, limit: impl Into<Cow<'static, str>>) -> ValidationError {
    ValidationError::new(rule.as_str()).with_message(limit.into())
}

/// Makes an [`unmet_rule`] of a rule over several fields.
pub(crate) fn unmet_rule_at(
    field: &'static str,
    rule: Rule,
    limit: &'static str,
) -> ValidationError {
    let mut error = unmet_rule(rule, limit);
    error.add_param(AT.into(), &field);
    error
}
