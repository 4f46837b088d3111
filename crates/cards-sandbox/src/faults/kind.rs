//! Lists the kinds of faults.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

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

    /// The name, as in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Delay => "delay",
            Self::Drip => "drip",
            Self::ResetBeforeHeaders => "reset-before-headers",
            Self::ResetAfterHeaders => "reset-after-headers",
            Self::ResetInBody => "reset-in-body",
            Self::TruncatedBody => "truncated-body",
            Self::WrongLength => "wrong-length",
            Self::Garbage => "garbage",
            Self::InvalidJson => "invalid-json",
            Self::OversizedBody => "oversized-body",
            Self::Status => "status",
            Self::LostReply => "lost-reply",
        }
    }

    /// Whether a call is carried out where the order does not say.
    pub(crate) const fn carries_out(self) -> bool {
        !matches!(self, Self::Status | Self::ResetBeforeHeaders)
    }
}

impl fmt::Display for FaultKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
