//! The settings of the sandbox's Ibanera.

use cards_sandbox::{IbaneraAuthorization, IbaneraBalanceNames, OneTimePasswords};

/// [`OneTimePasswords`] for the command line.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
pub(super) enum Codes {
    /// As often as it comes in its 30 seconds
    Reusable,
    /// For the one call that it let through
    SingleUse,
}

impl From<Codes> for OneTimePasswords {
    fn from(codes: Codes) -> Self {
        match codes {
            Codes::Reusable => Self::Reusable,
            Codes::SingleUse => Self::SingleUse,
        }
    }
}

/// [`IbaneraAuthorization`] for the command line.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
pub(super) enum Authorization {
    /// Bearer, a space, the token
    Bearer,
    /// The token alone
    Bare,
}

impl From<Authorization> for IbaneraAuthorization {
    fn from(authorization: Authorization) -> Self {
        match authorization {
            Authorization::Bearer => Self::Bearer,
            Authorization::Bare => Self::Bare,
        }
    }
}

/// [`IbaneraBalanceNames`] for the command line.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
pub(super) enum BalanceNames {
    /// customersReference, and customersID as text
    Newer,
    /// CustomersReference, and CustomersID as a number
    Older,
}

impl From<BalanceNames> for IbaneraBalanceNames {
    fn from(names: BalanceNames) -> Self {
        match names {
            BalanceNames::Newer => Self::Newer,
            BalanceNames::Older => Self::Older,
        }
    }
}
