//! `GET /api/v1/customer/cards/byuser`
//!
//! Ibanera, Get Customer Cards, section Get Cards By Customer: one customer's
//! cards.

use serde::Deserialize;
use validator::Validate;

use crate::operation::{Effect, Field, Method, Operation, Provider};
use crate::request::{Query, Request};
use crate::rule::Rules;

/// Asks for one customer's cards.
///
/// ```
/// use cards_model::ibanera::CardsByCustomer;
///
/// let request = CardsByCustomer::new(11057);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Validate)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[validate(context = Rules)]
pub struct CardsByCustomer {
    /// The customer's id, at least 1. The parameter table calls it optional,
    /// the error list has `Required` for it: required is the reading.
    #[serde(default)]
    #[validate(required, range(min = 1))]
    pub customers_id: Option<i64>,
}

impl CardsByCustomer {
    /// The cards of the customer with this id.
    pub fn new(customers_id: i64) -> Self {
        Self {
            customers_id: Some(customers_id),
        }
    }
}

impl Request for CardsByCustomer {
    const OPERATION: &'static Operation = &Operation {
        provider: Provider::Ibanera,
        name: "cards-by-customer",
        method: Method::Get,
        path: "/api/v1/customer/cards/byuser",
        effect: Effect::Read,
        document: "Ibanera Get Cards By Customer",
        fields: &[Field {
            wire: "customersId",
            rust: "customers_id",
            required: true,
            row: "Query Parameters, customersId",
            sample: None,
        }],
    };
}

impl Query for CardsByCustomer {
    fn query(&self) -> Vec<(&'static str, String)> {
        self.customers_id
            .map(|id| ("customersId", id.to_string()))
            .into_iter()
            .collect()
    }
}
