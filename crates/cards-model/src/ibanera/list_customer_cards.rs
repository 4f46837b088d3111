//! `GET /api/v1/customer/cards/byuser/list`
//!
//! Ibanera, Get Customer Cards: the cards of all managed customers.

use crate::capability::Capability;
use crate::operation::Operation;
use crate::provider::{Effect, Method, ProviderId};

crate::request! {
    operation: Operation::new(
        ProviderId::IBANERA,
        "list-customer-cards",
        Method::Get,
        "/api/v1/customer/cards/byuser/list",
        Effect::Read,
        "Ibanera Get Customer Cards",
    )
    .offers(&[Capability::ListCards, Capability::Balance]),
    body: none,
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
    /// The first page, of the provider's default size.
    fn new();
}

impl ListCustomerCards {
    /// The records of a page in the document's success example.
    pub const EXAMPLE_SIZE: u32 = 10;
}
