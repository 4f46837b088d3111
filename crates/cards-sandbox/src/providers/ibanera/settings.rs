//! The settings of Ibanera.

use std::time::Duration;

use cards_sign::HashEncoding;

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

/// Says whether a card that is asked for at Ibanera is made at once. Its page of events speaks of
/// creations that wait for approval, and no page says which do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum IbaneraCardApproval {
    /// At once.
    #[default]
    AtOnce,
    /// Once somebody approves it, as the control API does.
    Manual,
}

/// The provider, with what can be set about it.
#[derive(Clone, Debug)]
pub(crate) struct Ibanera {
    pub(crate) authorization: IbaneraAuthorization,
    pub(crate) balance_names: BalanceNames,
    pub(crate) one_time_passwords: OneTimePasswords,
    pub(crate) token_lifetime: Duration,
    pub(crate) card_approval: IbaneraCardApproval,
    /// The writing of an event's hash.
    pub(crate) event_hash: HashEncoding,
    /// Says whether the type of an event begins with a space, as in the page's sample.
    pub(crate) padded_event_type: bool,
}

impl Default for Ibanera {
    fn default() -> Self {
        Self {
            authorization: IbaneraAuthorization::default(),
            balance_names: BalanceNames::default(),
            one_time_passwords: OneTimePasswords::default(),
            token_lifetime: Duration::from_secs(3_600),
            card_approval: IbaneraCardApproval::default(),
            event_hash: HashEncoding::default(),
            padded_event_type: false,
        }
    }
}
