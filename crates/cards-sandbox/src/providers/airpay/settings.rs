//! The provider's value, which holds its settings.

use std::time::Duration;

use axum::http::StatusCode;
use cards_model::{DocExpiry, UtcOffset};
use cards_sign::Recipe;

/// The provider, with what can be set about it.
#[derive(Clone, Debug)]
pub(crate) struct Airpay {
    pub(crate) checksum: Recipe,
    /// The HTTP status under a refusal, of which the documents state only the one in the body.
    pub(crate) failure_status: StatusCode,
    pub(crate) token_lifetime: Duration,
    /// The zone whose day is "today".
    pub(crate) utc_offset: UtcOffset,
    pub(crate) doc_expiry: DocExpiry,
    /// Says whether a mobile number belongs to one customer.
    pub(crate) unique_mobile_numbers: bool,
    /// Says whether a token of a login speaks for the customer alone who logged in.
    pub(crate) bound_tokens: bool,
    /// Says whether `set-pin` takes an expiry that is not the card's.
    pub(crate) any_pin_expiry: bool,
    /// Says whether a card has to be blocked before it is replaced.
    pub(crate) replaces_blocked_only: bool,
    /// Says whether a KYC level may come after any other.
    pub(crate) any_kyc_order: bool,
    /// Says whether a registration takes no one-time password but one that was given out.
    pub(crate) issued_otp_only: bool,
    /// Says whether the limits hold that Airpay's pages name for loads in a month.
    pub(crate) load_limits: bool,
    /// Says whether cards and balances are told as the pages' tables have them, and not as their
    /// samples.
    pub(crate) table_replies: bool,
}

impl Default for Airpay {
    fn default() -> Self {
        Self {
            checksum: Recipe::RECEIVED,
            failure_status: StatusCode::OK,
            token_lifetime: Duration::from_secs(30 * 60),
            utc_offset: UtcOffset::INDIA,
            doc_expiry: DocExpiry::default(),
            unique_mobile_numbers: false,
            bound_tokens: false,
            any_pin_expiry: false,
            replaces_blocked_only: false,
            any_kyc_order: false,
            issued_otp_only: false,
            load_limits: true,
            table_replies: false,
        }
    }
}
