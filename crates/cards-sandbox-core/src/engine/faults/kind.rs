//! Lists the kinds of faults.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use self::CarryOut::{Always, Untouched, Usually};
use super::setting::Setting::{self, Body, Bytes, Difference, Headers, Millis, Status};
use super::setting::{LARGEST_DROP, MOST_BYTES};

/// Lists the kinds: what each does, its name, whether a call is carried out, its settings in the
/// order in which they are checked, and a sentence for the page. The check of an order, its schema
/// and the page's form are made from these rows.
macro_rules! kinds {
    ($(
        $(#[$docs:meta])+
        $kind:ident = $name:literal, $carry_out:expr, [$($setting:expr),*], $description:literal;
    )+) => {
        /// The ways in which a fault makes a call go wrong.
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
        )]
        #[serde(rename_all = "kebab-case")]
        #[non_exhaustive]
        pub enum FaultKind {
            $($(#[$docs])+ $kind,)+
        }

        impl FaultKind {
            /// The name, as in JSON.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$kind => $name,)+
                }
            }

            /// Tells in a sentence how the fault shows.
            pub const fn description(self) -> &'static str {
                match self {
                    $(Self::$kind => $description,)+
                }
            }

            pub(super) const fn settings(self) -> &'static [Setting] {
                match self {
                    $(Self::$kind => &[$($setting),*],)+
                }
            }

            pub(super) const fn carry_out(self) -> CarryOut {
                match self {
                    $(Self::$kind => $carry_out,)+
                }
            }
        }
    };
}

kinds! {
    /// The reply is held back, after the call was carried out; no longer than
    /// until the fault is removed or the client ends its side of the connection.
    Delay = "delay", Untouched, [Millis],
        "The answer is right, and comes late.";
    /// The reply, its head included, comes a few bytes at a time; then the
    /// connection ends in order. When the fault is removed, the rest comes at
    /// once. The call is carried out.
    Drip = "drip", Usually(true), [Millis, Bytes { most: LARGEST_DROP }],
        "The answer comes a few bytes at a time.";
    /// The connection is reset before a byte of the reply. The call is not
    /// carried out.
    ResetBeforeHeaders = "reset-before-headers", Usually(false), [],
        "The connection is reset before any answer.";
    /// The connection is reset after the reply's head. The call is carried out.
    ResetAfterHeaders = "reset-after-headers", Usually(true), [],
        "The connection is reset after the headers.";
    /// The connection is reset after half of the reply's body. The call is
    /// carried out.
    ResetInBody = "reset-in-body", Usually(true), [],
        "The connection is reset in the middle of the body.";
    /// The connection ends in order after half of the body that the head
    /// announced. The call is carried out.
    TruncatedBody = "truncated-body", Usually(true), [],
        "The connection closes in order in the middle of the body.";
    /// `Content-Length` announces fewer or more bytes than are sent. With
    /// fewer, the rest follows and the connection ends in order; with more, it
    /// stays open without another byte, for a minute or until the fault is
    /// removed. The call is carried out.
    WrongLength = "wrong-length", Usually(true), [Difference],
        "Content-Length is not the body's length.";
    /// Bytes that are no HTTP instead of the reply; then the connection ends in
    /// order. The call is carried out.
    Garbage = "garbage", Usually(true), [],
        "Bytes come that are no HTTP.";
    /// The reply's body breaks off in its middle, in a reply that is whole. The
    /// call is carried out.
    InvalidJson = "invalid-json", Usually(true), [],
        "The body is whole, but its JSON breaks off.";
    /// The reply's body, still the same JSON, is padded with blanks. The call
    /// is carried out.
    OversizedBody = "oversized-body", Usually(true), [Bytes { most: MOST_BYTES }],
        "The body is the same JSON, padded with blanks.";
    /// Another status, with the provider's documented failure as the body, or a
    /// body of one's own. The call is not carried out.
    Status = "status", Usually(false), [Status, Headers, Body],
        "The answer is this HTTP status, with the provider's own failure.";
    /// The connection ends in order without a byte of the reply, after the call
    /// was carried out.
    LostReply = "lost-reply", Always, [],
        "The call is carried out, and no answer comes.";
}

/// Says whether a call on which a fault fires is carried out.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum CarryOut {
    /// It is, as the fault changes no answer.
    Untouched,
    /// It is, as otherwise there would be nothing to lose.
    Always,
    /// It is carried out as the order says; where it does not say, as here.
    Usually(bool),
}

impl FaultKind {
    /// All, in the order in which the page lists them.
    pub const ALL: [Self; 12] = [
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

    /// Tells whether an order of it may have this field: one of its own, or one that every kind
    /// has.
    pub(crate) fn has_field(self, field: &str) -> bool {
        let is_named = |setting: &Setting| setting.name() == field;
        match field {
            "carryOut" => matches!(self.carry_out(), CarryOut::Usually(_)),
            _ => !Setting::ALL.iter().any(is_named) || self.settings().iter().any(is_named),
        }
    }

    /// Tells whether the connection ends before the whole body of the reply is out, of which the
    /// head came.
    pub(super) const fn cuts_body(self) -> bool {
        matches!(
            self,
            Self::ResetAfterHeaders | Self::ResetInBody | Self::TruncatedBody
        )
    }

    /// Tells whether a call is carried out where the order does not say.
    pub(crate) const fn carries_out(self) -> bool {
        !matches!(self.carry_out(), CarryOut::Usually(false))
    }
}

impl fmt::Display for FaultKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
