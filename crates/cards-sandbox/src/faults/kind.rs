//! Lists the kinds of faults.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::setting::{LARGEST_DROP, MOST_BYTES, Setting};

/// What goes wrong.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum FaultKind {
    /// The reply is held back, after the call was carried out; no longer than
    /// until the fault is removed or the client ends its side of the connection.
    Delay,
    /// The reply, its head included, comes a few bytes at a time; then the
    /// connection ends in order. When the fault is removed, the rest comes at
    /// once. The call is carried out.
    Drip,
    /// The connection is reset before a byte of the reply. The call is not
    /// carried out.
    ResetBeforeHeaders,
    /// The connection is reset after the reply's head. The call is carried out.
    ResetAfterHeaders,
    /// The connection is reset after half of the reply's body. The call is
    /// carried out.
    ResetInBody,
    /// The connection ends in order after half of the body that the head
    /// announced. The call is carried out.
    TruncatedBody,
    /// `Content-Length` announces fewer or more bytes than are sent. With
    /// fewer, the rest follows and the connection ends in order; with more, it
    /// stays open without another byte, for a minute or until the fault is
    /// removed. The call is carried out.
    WrongLength,
    /// Bytes that are no HTTP instead of the reply; then the connection ends in
    /// order. The call is carried out.
    Garbage,
    /// The reply's body breaks off in its middle, in a reply that is whole. The
    /// call is carried out.
    InvalidJson,
    /// The reply's body, still the same JSON, is padded with blanks. The call
    /// is carried out.
    OversizedBody,
    /// Another status, with the provider's documented failure as the body, or a
    /// body of one's own. The call is not carried out.
    Status,
    /// The connection ends in order without a byte of the reply, after the call
    /// was carried out.
    LostReply,
}

/// What there is to know of a kind. The check of an order, its schema and the page's form are made
/// from these.
struct Kind {
    name: &'static str,
    /// A sentence for the page.
    description: &'static str,
    settings: &'static [Setting],
    carry_out: CarryOut,
}

/// Whether a call on which a fault fires is carried out.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum CarryOut {
    /// It is, as the fault changes no answer.
    Untouched,
    /// It is, as otherwise there would be nothing to lose.
    Always,
    /// As the order says; where it says nothing, as here.
    Usually(bool),
}

impl FaultKind {
    /// All, in the order in which the page lists them.
    pub(crate) const ALL: [Self; 12] = [
        Self::Status,
        Self::Delay,
        Self::LostReply,
        Self::ResetBeforeHeaders,
        Self::ResetAfterHeaders,
        Self::ResetInBody,
        Self::TruncatedBody,
        Self::Drip,
        Self::WrongLength,
        Self::InvalidJson,
        Self::OversizedBody,
        Self::Garbage,
    ];

    const fn row(self) -> Kind {
        use CarryOut::{Always, Untouched, Usually};
        let (name, carry_out, settings, description): (_, _, &[Setting], _) = match self {
            Self::Delay => (
                "delay",
                Untouched,
                &[Setting::Millis],
                "The answer is right, and comes late.",
            ),
            Self::Drip => (
                "drip",
                Usually(true),
                &[Setting::Millis, Setting::Bytes { most: LARGEST_DROP }],
                "The answer comes a few bytes at a time.",
            ),
            Self::ResetBeforeHeaders => (
                "reset-before-headers",
                Usually(false),
                &[],
                "The connection is reset before any answer.",
            ),
            Self::ResetAfterHeaders => (
                "reset-after-headers",
                Usually(true),
                &[],
                "The connection is reset after the headers.",
            ),
            Self::ResetInBody => (
                "reset-in-body",
                Usually(true),
                &[],
                "The connection is reset in the middle of the body.",
            ),
            Self::TruncatedBody => (
                "truncated-body",
                Usually(true),
                &[],
                "The connection closes in order in the middle of the body.",
            ),
            Self::WrongLength => (
                "wrong-length",
                Usually(true),
                &[Setting::Difference],
                "Content-Length is not the body's length.",
            ),
            Self::Garbage => (
                "garbage",
                Usually(true),
                &[],
                "Bytes come that are no HTTP.",
            ),
            Self::InvalidJson => (
                "invalid-json",
                Usually(true),
                &[],
                "The body is whole, but its JSON breaks off.",
            ),
            Self::OversizedBody => (
                "oversized-body",
                Usually(true),
                &[Setting::Bytes { most: MOST_BYTES }],
                "The body is the same JSON, padded with blanks.",
            ),
            Self::Status => (
                "status",
                Usually(false),
                &[Setting::Status, Setting::Headers, Setting::Body],
                "The answer is this HTTP status, with the provider's own failure.",
            ),
            Self::LostReply => (
                "lost-reply",
                Always,
                &[],
                "The call is carried out, and no answer comes.",
            ),
        };
        Kind {
            name,
            description,
            settings,
            carry_out,
        }
    }

    /// The name, as in JSON.
    pub const fn as_str(self) -> &'static str {
        self.row().name
    }

    /// Tells in a sentence how the fault shows.
    pub(crate) const fn description(self) -> &'static str {
        self.row().description
    }

    /// The settings that it has, in the order in which they are checked.
    pub(super) const fn settings(self) -> &'static [Setting] {
        self.row().settings
    }

    pub(super) const fn carry_out(self) -> CarryOut {
        self.row().carry_out
    }

    /// Tells whether an order of it may have this field: one of its own, or one that every kind
    /// has.
    pub(crate) fn has_field(self, field: &str) -> bool {
        let is_named = |setting: &Setting| setting.name() == field;
        match field {
            "carryOut" => matches!(self.carry_out(), CarryOut::Usually(_)),
            _ => !Setting::ALL.iter().any(is_named) || self.settings().iter().any(is_named),
        }
    }

    /// Whether a call is carried out where the order does not say.
    pub(crate) const fn carries_out(self) -> bool {
        !matches!(self.carry_out(), CarryOut::Usually(false))
    }
}

impl fmt::Display for FaultKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
