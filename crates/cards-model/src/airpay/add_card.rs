//! `POST /airpay/ms/cards/api/add-card`
//!
//! Airpay, Add card: a public page beside the five documents. Attaches a further
//! card to a customer who is there already.

use super::register_user::CardType;
use crate::capability::{Capability, Source};
use crate::operation::Operation;
use crate::provider::{Effect, Method, ProviderId};
use crate::rule;
use crate::sensitive::Pan;

crate::request! {
    operation: Operation::new(
        ProviderId::AIRPAY,
        "add-card",
        Method::Post,
        "/airpay/ms/cards/api/add-card",
        Effect::Mutation,
        "Airpay Add Card",
    )
    .offers(&[Capability::CreateCard])
    .known_from(Source::Reference),
    body: form in ["entity_id", "card_type", "card_no", "kit_no", "card_expiry"],
    /// Attaches a further card to a customer; all five fields are required.
    ///
    /// ```
    /// use cards_model::airpay::{AddCard, CardType};
    /// use cards_model::{CardExpiry, Date, Request, Rules};
    ///
    /// let card = AddCard {
    ///     entity_id: "AIRPAYCUST0001".into(),
    ///     card_type: CardType::Virtual,
    ///     kit_no: "100000001236".into(),
    ///     card_no: "4622940000003713".into(),
    ///     card_expiry: CardExpiry::new(1, 2030)?.in_full(),
    /// };
    /// card.check(&Rules::on(Date::new(2026, 11, 21)?))?;
    /// assert_eq!(card.card_expiry, "01/2030");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub struct AddCard {
        /// The customer's id: 1 to 50 characters.
        #[validate(length(max = 50), custom(function = rule::required))]
        "entity_id" in "Parameter, entity_id"
            sampled "91f5evhk72f56432ec678sdfes685h42sd2t21k430912508233b7r37562g2hps"
            => pub entity_id: String,
        /// Physical or virtual.
        #[validate(custom(function = rule::required), custom(function = rule::listed))]
        "card_type" in "Parameter, card_type" sampled "V" => pub card_type: CardType,
        /// The proxy for the card number, or number of the kit: 1 to 16 characters.
        #[validate(length(max = 16), custom(function = rule::required))]
        "kit_no" in "Parameter, kit_no" sampled "100000001236" => pub kit_no: String,
        /// Card number: 16 digits.
        #[validate(custom(function = rule::required), custom(function = rule::card_number))]
        "card_no" in "Parameter, card_no" sampled "462294XXXXXX3713" => pub card_no: Pan,
        /// Expiry as `MM/YYYY`, 1 month to 25 years ahead. See
        /// [`CardExpiry::in_full`](crate::CardExpiry::in_full).
        #[validate(
            custom(function = rule::required),
            custom(function = rule::card_expiry_in_full, use_context)
        )]
        "card_expiry" in "Parameter, card_expiry" sampled "12/2022" => pub card_expiry: String,
    }
}
