//! `GET /api/v1/customer/cards/byuser/list` with a bearer token and a one-time
//! code.

use bytes::Bytes;
use cards_model::ibanera::{CustomerCards, CustomerCardsReply, ListCustomerCards};
use cards_model::{Operation, Request as _, Rules, Violations};
use http::Request;

use super::{Ibanera, customers, lookup};
use crate::call::{Attempt, Call};
use crate::error::Rejection;
use crate::paging::Paged;
use crate::provider::{ConfigError, Sealed};

impl Sealed for ListCustomerCards {}

impl Call for ListCustomerCards {
    type Provider = Ibanera;
    type Reply = CustomerCardsReply;

    const NEEDS_TOKEN: bool = true;

    fn operation(&self) -> &'static Operation {
        Self::OPERATION
    }

    fn violations(&self, rules: &Rules) -> Result<(), Violations> {
        self.check(rules)
    }

    fn request(&self, attempt: &Attempt<'_, Ibanera>) -> Result<Request<Bytes>, ConfigError> {
        lookup(self, attempt)
    }

    fn parse(body: &[u8]) -> Result<CustomerCardsReply, Rejection> {
        customers(body)
    }
}

impl Paged for ListCustomerCards {
    type Item = CustomerCards;

    fn into_items(page: CustomerCardsReply) -> Vec<CustomerCards> {
        page.customers
    }

    fn identity(page: &CustomerCardsReply) -> Vec<String> {
        page.customers
            .iter()
            .map(|customer| customer.customers_id.to_string())
            .collect()
    }

    /// The number of pages decides where the reply tells a positive one; it
    /// may be absent. Otherwise a page that is not full is the last.
    fn next(&self, page: &CustomerCardsReply) -> Option<Self> {
        let number = self.page_number.unwrap_or(1);
        let records = page.customers.len() as i64;
        let size = page
            .page_size
            .filter(|&size| size > 0)
            .or(self.page_size.map(i64::from));
        let is_last = match page.number_of_pages.filter(|&pages| pages > 0) {
            Some(pages) => i64::from(number) >= pages,
            // Where nothing tells the size either, an empty page is the end.
            None => size.is_some_and(|size| records < size),
        };
        let next = number.checked_add(1)?;
        (records > 0 && !is_last).then(|| self.clone().page_number(next))
    }
}
