//! `POST /airpay/ms/cards/api/set-pin`
//!
//! Airpay, Set PIN: a public page beside the five documents. Gives a card its
//! PIN, which lapses after 365 days.

use crate::capability::{Capability, Source};
use crate::operation::Operation;
use crate::provider::{Effect, Method, ProviderId};
use crate::rule;
use crate::sensitive::Secret;

crate::request! {
    operation: Operation::new(
        ProviderId::AIRPAY,
        "set-pin",
        Method::Post,
        "/airpay/ms/cards/api/set-pin",
        Effect::Mutation,
        "Airpay Set PIN",
    )
    .offers(&[Capability::Pin])
    .known_from(Source::Reference),
    body: form in ["entity_id", "kit_no", "pin", "expiryDate"],
    /// Sets the PIN of a card.
    ///
    /// ```
    /// use cards_model::airpay::SetPin;
    /// use cards_model::{Date, Request, Rules};
    ///
    /// let pin = SetPin::new("AIRPAYCUST0001", "100000000978", "7141", "1249");
    /// pin.check(&Rules::on(Date::new(2026, 11, 21)?))?;
    /// assert!(!format!("{pin:?}").contains("7141"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct SetPin {
        /// The customer's id: 1 to 50 characters.
        #[validate(length(max = 50), custom(function = rule::required))]
        "entity_id" in "Parameter, entity_id"
            sampled "91f5evhk72f56432ec678sdfes685h42sd2t21k430912508233b7r37562g2hps"
            => pub entity_id: String,
        /// The kit number of the customer's card: 1 to 16 characters.
        #[validate(length(max = 16), custom(function = rule::required))]
        "kit_no" in "Parameter, kit_no" sampled "100000001203" => pub kit_no: String,
        /// The new PIN: 4 digits.
        #[validate(
            custom(function = rule::required), custom(function = rule::pin_length),
            custom(function = rule::digits)
        )]
        "pin" in "Parameter, pin" sampled "1234" => pub pin: Secret,
        /// The card's expiry as `MMYY`. Assumption: it is the card's, and not the PIN's.
        #[validate(custom(function = rule::required), custom(function = rule::month_and_year))]
        "expiryDate" in "Parameter, expiryDate" sampled "0224" => pub expiry_date: String,
    }
    /// The PIN of one customer's card.
    fn new(entity_id: String, kit_no: String, pin: Secret, expiry_date: String);
}
