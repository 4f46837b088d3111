//! `GET /customers/{customerId}/prepaid/cards/{cardId}`
//!
//! Paysafe, Get prepaid card: one card of a customer. A page beside the five
//! documents; the reply is the [`Card`](super::Card) by itself.

use crate::capability::{Capability, Source};
use crate::open_enum::open_enum;
use crate::operation::Operation;
use crate::provider::{Effect, Method, ProviderId};
use crate::rule;

crate::request! {
    operation: Operation::new(
        ProviderId::PAYSAFE,
        "get-prepaid-card",
        Method::Get,
        "/customers/{customerId}/prepaid/cards/{cardId}",
        Effect::Read,
        "Paysafe Get prepaid card",
    )
    .offers(&[Capability::ShowCard])
    .known_from(Source::Reference),
    body: none,
    /// Asks for one card of a customer.
    ///
    /// ```
    /// use cards_model::paysafe::{CardInclude, GetPrepaidCard};
    ///
    /// let card = GetPrepaidCard::new("12345678", "f16ba382-eb42-481a-b08f-c57bdc9aae24")
    ///     .include([CardInclude::Tokenizations]);
    /// ```
    pub struct GetPrepaidCard {
        /// The id of the customer whose card it is.
        #[validate(custom(function = rule::required), custom(function = rule::path_segment))]
        "customerId" in "Path Parameters, customerId" sampled "12345678"
            => pub customer_id: String,
        /// The card's id, as a list of cards tells it.
        #[validate(custom(function = rule::required), custom(function = rule::path_segment))]
        "cardId" in "Path Parameters, cardId" sampled "f16ba382-eb42-481a-b08f-c57bdc9aae24"
            => pub card_id: String,
        /// The additions to the card.
        #[serde(default)]
        #[validate(custom(function = rule::all_listed))]
        "include" in "Query Parameters, include" => pub include: Vec<CardInclude>,
    }
    /// The card of this id, without additions.
    fn new(customer_id: String, card_id: String);
}

open_enum! {
    /// The things that can be added to a card asked for by itself (Query
    /// Parameters, `include`): fewer than to the cards of a list.
    pub enum CardInclude {
        /// The mobile wallets that hold the card.
        Tokenizations = "TOKENIZATIONS",
    }
}
