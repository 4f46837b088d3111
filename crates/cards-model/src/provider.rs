//! The providers, and how an operation is asked for and what it does.

use std::fmt;

use serde::{Deserialize, Serialize};

/// One of the three card programmes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Provider {
    /// Airpay, India.
    Airpay,
    /// Paysafe Embedded Wallets, Europe.
    Paysafe,
    /// Ibanera, United States.
    Ibanera,
}

impl Provider {
    /// All of them, in the order of the documents.
    pub const ALL: &[Self] = &[Self::Airpay, Self::Paysafe, Self::Ibanera];

    /// The name in lower case.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Airpay => "airpay",
            Self::Paysafe => "paysafe",
            Self::Ibanera => "ibanera",
        }
    }
}

impl fmt::Display for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The HTTP methods that the documents use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Method {
    /// Reads.
    Get,
    /// Does anything else: what it does, and whether it may be sent again, is
    /// told by the operation's [`Effect`], as for every method.
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
