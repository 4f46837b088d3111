//! `GET /api/v1/customer/cards/byuser/list`
//!
//! Ibanera, Get Customer Cards: the cards of all managed customers.

use crate::operation::Operation;
use crate::provider::{Effect, Method, Provider};
use crate::request::{Query, query_request};

query_request! {
    operation: Operation::new(
        Provider::Ibanera,
        "list-customer-cards",
        Method::Get,
        "/api/v1/customer/cards/byuser/list",
        Effect::Read,
        "Ibanera Get Customer Cards",
    ),
    /// Asks for one page of all managed customers with their cards.
    ///
    /// ```
    /// use cards_model::ibanera::ListCustomerCards;
    ///
    /// let second = ListCustomerCards::new().page_number(2).page_size(25);
    /// ```
    #[derive(Default)]
    pub struct ListCustomerCards {
        /// The page, counted from 1.
        #[serde(default)]
        #[validate(range(min = 1))]
        "pageNumber" in "Query Parameters, pageNumber" of page => pub page_number: Option<u32>,
        /// Records a page, at least 1; no maximum is stated.
        #[serde(default)]
        #[validate(range(min = 1))]
        "pageSize" in "Query Parameters, pageSize" of page => pub page_size: Option<u32>,
    }
}

impl ListCustomerCards {
    /// The records of a page in the document's success example.
    pub const EXAMPLE_SIZE: u32 = 10;

    /// The first page, of the provider's default size.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets [`page_number`](Self::page_number).
    #[must_use]
    pub fn page_number(self, page_number: u32) -> Self {
        Self {
            page_number: Some(page_number),
            ..self
        }
    }

    /// Sets [`page_size`](Self::page_size).
    #[must_use]
    pub fn page_size(self, page_size: u32) -> Self {
        Self {
            page_size: Some(page_size),
            ..self
        }
    }
}

impl Query for ListCustomerCards {
    fn query(&self) -> Vec<(&'static str, String)> {
        [
            ("pageNumber", self.page_number),
            ("pageSize", self.page_size),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?.to_string())))
        .collect()
    }
}
