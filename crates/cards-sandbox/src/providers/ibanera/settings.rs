//! The settings of Ibanera.

use std::time::Duration;

/// Says how often Ibanera's code of 30 seconds opens the door. Its document
/// calls it a one-time password for the request, and does not say that it serves
/// once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum OneTimePasswords {
    /// As often as it comes in its time. A client that makes two calls within
    /// 30 seconds has no other code.
    #[default]
    Reusable,
    /// For the one call that it let through.
    SingleUse,
}

/// Says how the token stands in Ibanera's `Authorization`. Its document calls the header a bearer
/// token, and its example shows a bare key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum IbaneraAuthorization {
    /// `Bearer`, a space, the token.
    #[default]
    Bearer,
    /// The token alone.
    Bare,
}

/// Says how the fields of Ibanera's list of balances are spelled. Two copies of its page differ.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum BalanceNames {
    /// `customersReference`, and `customersID` as text.
    #[default]
    Newer,
    /// `CustomersReference`, and `CustomersID` as a number.
    Older,
}

/// The provider, with what can be set about it.
#[derive(Clone, Debug)]
pub(crate) struct Ibanera {
    pub(crate) authorization: IbaneraAuthorization,
    pub(crate) balance_names: BalanceNames,
    pub(crate) one_time_passwords: OneTimePasswords,
    pub(crate) token_lifetime: Duration,
}

impl Default for Ibanera {
    fn default() -> Self {
        Self {
            authorization: IbaneraAuthorization::default(),
            balance_names: BalanceNames::default(),
            one_time_passwords: OneTimePasswords::default(),
            token_lifetime: Duration::from_secs(3_600),
        }
    }
}
