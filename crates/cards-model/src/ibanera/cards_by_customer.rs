//! `GET /api/v1/customer/cards/byuser`
//!
//! Ibanera, Get Customer Cards, section Get Cards By Customer: one customer's
//! cards.

use crate::capability::Capability;
use crate::operation::Operation;
use crate::provider::{Effect, Method, ProviderId};

crate::request! {
    operation: Operation::new(
        ProviderId::IBANERA,
        "cards-by-customer",
        Method::Get,
        "/api/v1/customer/cards/byuser",
        Effect::Read,
        "Ibanera Get Cards By Customer",
    )
    .offers(&[Capability::ListCards, Capability::Balance]),
    body: none,
    /// Asks for one customer's cards.
    ///
    /// ```
    /// use cards_model::ibanera::CardsByCustomer;
    ///
    /// let request = CardsByCustomer::new(11057);
    /// ```
    #[derive(Default)]
    pub struct CardsByCustomer {
        /// The customer's id, at least 1. The parameter table calls it optional,
        /// the error list has `Required` for it: required is the reading.
        #[serde(default)]
        #[validate(required, range(min = 1))]
        "customersId" in "Query Parameters, customersId" => pub customers_id: Option<i64>,
    }
    /// The cards of the customer with this id.
    fn new(customers_id: i64);
}
