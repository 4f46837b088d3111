//! `POST /airpay/ms/cards/api/card-replacement`
//!
//! Airpay, Card Replacement: a public page beside the five documents. Gives a
//! customer a new card in the place of an old one.

use crate::capability::{Capability, Source};
use crate::operation::Operation;
use crate::provider::{Effect, Method, ProviderId};
use crate::rule;

crate::request! {
    operation: Operation::new(
        ProviderId::AIRPAY,
        "card-replacement",
        Method::Post,
        "/airpay/ms/cards/api/card-replacement",
        Effect::Mutation,
        "Airpay Card Replacement",
    )
    .offers(&[Capability::Replace])
    .known_from(Source::Reference),
    body: form in ["entity_id", "old_kit_no", "new_kit_no"],
    /// Replaces a card. The page requires neither kit; which card is replaced without the old
    /// one is not said.
    ///
    /// ```
    /// use cards_model::airpay::CardReplacement;
    ///
    /// let lost = CardReplacement::new("AIRPAYCUST0001").old_kit_no("100000000978");
    /// ```
    pub struct CardReplacement {
        /// The customer's id: 1 to 50 characters.
        #[validate(length(max = 50), custom(function = rule::required))]
        "entity_id" in "Parameter, entity_id"
            sampled "91f5evhk72f56432ec678sdfes685h42sd2t21k430912508233b7r37562g2hps"
            => pub entity_id: String,
        /// The kit number of the card to replace; the page gives no length.
        "old_kit_no" in "Parameter, old_kit_no" sampled "" => pub old_kit_no: Option<String>,
        /// The kit number of the new card: digits.
        #[validate(custom(function = rule::digits))]
        "new_kit_no" in "Parameter, new_kit_no" sampled "" => pub new_kit_no: Option<String>,
    }
    /// A replacement of the customer's card.
    fn new(entity_id: String);
}
