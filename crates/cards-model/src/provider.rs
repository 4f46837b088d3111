//! The providers, and how an operation is asked for and what it does.

use std::fmt;

use serde::Serialize;

/// A provider's name in lower case, as in `airpay`. The documents' three are constants; whoever
/// describes operations of a fourth gives it a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct ProviderId(&'static str);

impl ProviderId {
    /// Airpay, India.
    pub const AIRPAY: Self = Self::new("airpay");
    /// Paysafe Embedded Wallets, Europe.
    pub const PAYSAFE: Self = Self::new("paysafe");
    /// Ibanera, United States.
    pub const IBANERA: Self = Self::new("ibanera");

    /// Names a provider: lower-case letters, digits and hyphens.
    ///
    /// # Panics
    ///
    /// The name is empty or has another character. In a constant, that is an error of the compiler.
    pub const fn new(name: &'static str) -> Self {
        let bytes = name.as_bytes();
        let mut at = 0;
        while at < bytes.len() {
            assert!(
                matches!(bytes[at], b'a'..=b'z' | b'0'..=b'9' | b'-'),
                "lower-case letters, digits, hyphens"
            );
            at += 1;
        }
        assert!(at > 0, "a provider has a name");
        Self(name)
    }

    /// The name.
    pub const fn as_str(self) -> &'static str {
        self.0
    }
}

impl fmt::Display for ProviderId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.0)
    }
}

/// An HTTP method.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Method {
    /// Reads.
    Get,
    /// Does something else. Whether it may be sent again is told by the operation's [`Effect`], as
    /// for every method.
    Post,
    /// Puts something in the place of what is there.
    Put,
    /// Changes a part of what is there.
    Patch,
    /// Takes something away.
    Delete,
}

impl Method {
    /// The name in capitals.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

/// The effect of a call on the provider's state, and so whether it may be sent
/// again after a failure that leaves its outcome open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Effect {
    /// Changes nothing that matters: may be sent again.
    Read,
    /// Changes something: sent again only when certainly nothing was sent.
    Mutation,
}
