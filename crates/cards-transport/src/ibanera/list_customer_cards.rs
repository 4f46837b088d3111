//! `GET /api/v1/customer/cards/byuser/list` with a bearer token and a one-time
//! code.

use bytes::Bytes;
use cards_model::ibanera::{CustomerCards, CustomerCardsReply, ListCustomerCards};
use cards_model::{Operation, Request as _, Rules, Violations};
use http::Request;

use super::{BearerAndCode, Ibanera, customers};
use crate::call::{Attempt, Call, Way};
use crate::cause::ConfigError;
use crate::paging::Paged;
use crate::reply::Warning;
use crate::unreadable::Unreadable;

impl Call for ListCustomerCards {
    type Provider = Ibanera;
    type Reply = CustomerCardsReply;

    const NEEDS_TOKEN: bool = <BearerAndCode as Way<Self>>::NEEDS_TOKEN;
    const NEEDS_CODE: bool = <BearerAndCode as Way<Self>>::NEEDS_CODE;

    fn operation() -> &'static Operation {
        Self::OPERATION
    }

    fn violations(&self, rules: &Rules) -> Result<(), Violations> {
        self.check(rules)
    }

    fn request(&self, attempt: &Attempt<'_, Ibanera>) -> Result<Request<Bytes>, ConfigError> {
        BearerAndCode::request(self, attempt)
    }

    fn parse(body: &[u8]) -> Result<CustomerCardsReply, Unreadable> {
        customers(body)
    }

    fn warnings(&self, page: &CustomerCardsReply) -> Vec<Warning> {
        let came = page.customers.len();
        // The size is a maximum, so that only more than that is odd.
        let size = page.page_size.filter(|&size| size > 0);
        let overfull = size.filter(|&size| usize::try_from(size).is_ok_and(|size| came > size));
        [
            Warning::records(overfull, came),
            Warning::size(self.page_size, size),
            Warning::place(self.page_number.unwrap_or(1).into(), page.page_number),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

impl Paged for ListCustomerCards {
    type Item = CustomerCards;

    const ITEMS: &'static str = "details";

    fn into_items(page: CustomerCardsReply) -> Vec<CustomerCards> {
        page.customers
    }

    fn identity(page: &CustomerCardsReply) -> Vec<String> {
        page.customers
            .iter()
            .map(|customer| customer.customers_id.to_string())
            .collect()
    }

    fn join(page: &mut CustomerCardsReply, next: CustomerCardsReply) {
        page.customers.extend(next.customers);
        (page.page_size, page.page_number, page.number_of_pages) = (None, None, None);
    }

    /// No largest page is documented: the size is that of the document's
    /// example.
    fn first(self) -> Self {
        let number = self.page_number.unwrap_or(1);
        let size = self.page_size.unwrap_or(Self::EXAMPLE_SIZE);
        self.page_number(number).page_size(size)
    }

    /// The number of pages decides where the reply tells a positive one; it
    /// may be absent. Otherwise a page that is not full is the last, and where
    /// the size is not told either, an empty page.
    fn next(&self, page: &CustomerCardsReply) -> Option<Self> {
        let number = self.page_number.unwrap_or(1);
        let records = page.customers.len() as i64;
        let size = page.page_size.filter(|&size| size > 0);
        let is_last = match page.number_of_pages.filter(|&pages| pages > 0) {
            Some(pages) => i64::from(number) >= pages,
            None => size.is_some_and(|size| records < size),
        };
        let next = number.checked_add(1)?;
        if records == 0 || is_last {
            return None;
        }
        let call = self.clone().page_number(next);
        // Nobody says what one parameter means without the other: the pages after
        // one whose size was the server's choice have that size.
        let chosen = size.and_then(|size| u32::try_from(size).ok());
        Some(match (self.page_size, chosen) {
            (None, Some(size)) => call.page_size(size),
            _ => call,
        })
    }

    fn announces_more(&self, page: &CustomerCardsReply) -> bool {
        let number = i64::from(self.page_number.unwrap_or(1));
        page.number_of_pages.is_some_and(|pages| number < pages)
    }
}
