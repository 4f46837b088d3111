//! `GET /api/v1/customer/cards/byuser`
//!
//! Ibanera, Get Customer Cards, section Get Cards By Customer: one customer's
//! cards.

use crate::operation::Operation;
use crate::provider::{Effect, Method, Provider};
use crate::request::{Query, query_request};

query_request! {
    operation: Operation::new(
        Provider::Ibanera,
        "cards-by-customer",
        Method::Get,
        "/api/v1/customer/cards/byuser",
        Effect::Read,
        "Ibanera Get Cards By Customer",
    ),
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
}

impl CardsByCustomer {
    /// The cards of the customer with this id.
    pub fn new(customers_id: i64) -> Self {
        Self {
            customers_id: Some(customers_id),
        }
    }
}

impl Query for CardsByCustomer {
    fn query(&self) -> Vec<(&'static str, String)> {
        self.customers_id
            .map(|id| ("customersId", id.to_string()))
            .into_iter()
            .collect()
    }
}
