//! `POST /api/v1/customer/cards/activate`
//!
//! Ibanera, Activate card: a page beside the five documents.

use crate::capability::{Capability, Source};
use crate::operation::Operation;
use crate::provider::{Effect, Method, ProviderId};

crate::request! {
    operation: Operation::new(
        ProviderId::IBANERA,
        "activate-card",
        Method::Post,
        "/api/v1/customer/cards/activate",
        Effect::Mutation,
        "Ibanera Activate Card",
    )
    .offers(&[Capability::CardState])
    .known_from(Source::Reference),
    body: json,
    /// Activates a card, which is deactivated when it is made.
    ///
    /// ```
    /// use cards_model::Request;
    /// use cards_model::ibanera::ActivateCard;
    ///
    /// assert_eq!(ActivateCard::new(1359).json(), r#"{"cardsId":1359}"#);
    /// ```
    #[derive(Default)]
    pub struct ActivateCard {
        /// The card's id, from 1 to the largest of 32 bits. The schema calls it
        /// optional, the list of codes has `Required` for it: required is the
        /// reading.
        #[serde(default)]
        #[validate(required, range(min = 1, max = 2147483647))]
        "cardsId" in "Body, cardsId" sampled "1" => pub cards_id: Option<i64>,
    }
    /// The card with this id.
    fn new(cards_id: i64);
}
