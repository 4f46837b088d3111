//! The causes of an [`Error`](crate::Error). This file imports nothing of the
//! call's life.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;

use cards_model::Violations;

use crate::refusal::Refusal;
use crate::transport::TransportError;

/// The cause of an error.
pub(crate) enum Cause {
    /// The request breaks documented rules.
    Violations(Violations),
    /// Credentials are missing or cannot be sent.
    Config(ConfigError),
    /// The caller's own source brought no token.
    TokenSource(Box<dyn StdError + Send + Sync>),
    /// The backend brought no whole reply.
    Transport(TransportError),
    /// The provider said no.
    Refusal(Refusal),
    /// The body is not what the document describes.
    Json(JsonTrouble),
    /// The pages of a list contradict each other.
    Paging(PagingTrouble),
    /// The body reports success under a status that is none.
    Contradiction,
    /// The status is no success, and the body does not say why.
    Status,
}

/// Credentials that are missing or cannot be sent. It names the setting, never
/// its value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ConfigError(Cow<'static, str>);

impl ConfigError {
    pub(crate) fn new(message: impl Into<Cow<'static, str>>) -> Self {
        Self(message.into())
    }

    pub(crate) fn missing(variable: &str) -> Self {
        Self(format!("{variable} is not set").into())
    }

    /// Names the variable that the value came from in the same error.
    pub(crate) fn of(self, variable: &str) -> Self {
        Self(format!("{variable}: {}", self.0).into())
    }
}

/// The place where a JSON body is not what was expected. It shows no value of
/// the body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JsonTrouble {
    pub(crate) path: String,
    pub(crate) line: usize,
    pub(crate) column: usize,
    pub(crate) problem: Problem,
}

/// The fault at a place of a JSON body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Problem {
    /// The text is no JSON there, or ends.
    Syntax,
    /// The value is of another kind than the document describes.
    Value,
    /// A field is absent without which the reply says nothing; where one is
    /// there that differs in its spelling alone, its name.
    Missing(Option<String>),
}

impl JsonTrouble {
    /// The path of the field at fault, such as `cards[0].expiry.month`; `.`
    /// for the whole.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The line in the body, counted from 1.
    pub fn line(&self) -> usize {
        self.line
    }

    /// The column in the body, counted from 1.
    pub fn column(&self) -> usize {
        self.column
    }

    /// Tells whether the text is no JSON at all, or ends too early.
    pub fn is_syntax(&self) -> bool {
        self.problem == Problem::Syntax
    }

    /// Tells whether the field at [`path`](Self::path) is absent.
    pub fn is_missing(&self) -> bool {
        matches!(self.problem, Problem::Missing(_))
    }
}

impl fmt::Display for JsonTrouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            path, line, column, ..
        } = self;
        match &self.problem {
            Problem::Syntax => write!(f, "no JSON at {path}")?,
            Problem::Value => write!(f, "not what the document describes at {path}")?,
            Problem::Missing(None) => write!(f, "{path} is missing")?,
            Problem::Missing(Some(other)) => {
                write!(
                    f,
                    "{path} is missing; {other} is there, which is spelled otherwise"
                )?;
            }
        }
        write!(f, " (line {line}, column {column})")
    }
}

/// The ways in which a list's pages can contradict each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PagingTrouble {
    /// A page or an item of it came that had come before: the list changed on
    /// the way, or the provider passes over the page asked for.
    ///
    /// It is noticed always in a walk of up to 2,048 items. A longer one takes no more memory: an
    /// item is then compared with the page before it, with the first page, and with 1,024 to 2,048
    /// items that are spread over all the walk.
    Repeated,
    /// The provider announced more than it sent: records of a page, or more pages than came, on any
    /// page of the walk; or it says of a page that it stands behind the place that was asked for. A
    /// list that became shorter on the way may have lost some to it that stay
    /// on the list.
    Missing,
    /// More pages came than the settings allow.
    Endless,
}

impl fmt::Display for PagingTrouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Repeated => {
                "the server sent what it had sent before; its paging is broken, or the list \
                 changed on the way, and something may be missing: walk it again"
            }
            Self::Missing => {
                "the server announced more than it sent, or passed over a part; something of the list \
                 is missing"
            }
            Self::Endless => {
                "the list has more pages than the settings let the client follow; allow more, or \
                 ask for larger pages"
            }
        })
    }
}
