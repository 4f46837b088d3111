//! `POST /airpay/ms/cards/api/topup`
//!
//! Airpay, Top-up: a public page beside the five documents. Loads a customer's
//! card from the affiliate's side.
//!
//! The call has no reference of the caller's, so that Airpay cannot tell a
//! repetition from a second load: sent twice, it loads twice. No client sends it
//! again once it may have been sent.

use serde::{Deserialize, Serialize};

use crate::amount::Amount;
use crate::capability::{Capability, Source};
use crate::lenient;
use crate::operation::Operation;
use crate::provider::{Effect, Method, ProviderId};
use crate::rule;

crate::request! {
    operation: Operation::new(
        ProviderId::AIRPAY,
        "topup",
        Method::Post,
        "/airpay/ms/cards/api/topup",
        Effect::Mutation,
        "Airpay Top-up",
    )
    .offers(&[Capability::Load])
    .known_from(Source::Reference),
    body: form in ["entity_id", "amount"],
    /// Loads a customer's card. Every call loads: a second one does so once more.
    ///
    /// ```
    /// use cards_model::airpay::TopUp;
    /// use cards_model::{Decimal, Form};
    ///
    /// let load = TopUp::new("AIRPAYCUST0001", Decimal::new(9950, 2));
    /// assert_eq!(load.fields()[1], ("amount", "99.50"));
    /// ```
    pub struct TopUp {
        /// The customer's id: 1 to 50 characters.
        #[validate(length(max = 50), custom(function = rule::required))]
        "entity_id" in "Parameter, entity_id"
            sampled "91f5evhk72f56432ec678sdfes685h42sd2t21k430912508233b7r37562g2hps"
            => pub entity_id: String,
        /// The amount in rupees, above 0: at most 12 digits, and 2 behind the point.
        /// It is signed and sent as given. Assumption: `00.00` on the page asks for no
        /// more decimals, and not for just so many digits.
        #[validate(custom(function = rule::required), custom(function = rule::amount))]
        "amount" in "Parameter, amount" sampled "1" => pub amount: Amount,
    }
    /// A load of so many rupees.
    fn new(entity_id: String, amount: Amount);
}

/// A load that was made (Success 200, `data`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ToppedUp {
    /// The id of the transaction, which is empty in the page's example. `None`: the
    /// reply has none. Money has moved all the same.
    #[serde(default, deserialize_with = "lenient::text_if_any")]
    pub transaction_id: Option<String>,
}
