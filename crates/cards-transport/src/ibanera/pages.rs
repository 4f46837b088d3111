//! Lists whose pages are counted from 1, with a bearer token and a one-time code.

use bytes::Bytes;
use cards_model::ibanera::{
    CardBalance, CardTransaction, CustomerCards, CustomerCardsReply, CustomerCardsReplyView,
    ListCardBalances, ListCardTransactions, ListCustomerCards, Page,
};
use cards_model::{Operation, Request as _, Rules, Violations};
use http::Request;
use serde::de::DeserializeOwned;

use super::about::about;
use super::reply::{customers, envelope, no_customers};
use super::{BearerAndCode, Ibanera};
use crate::call::{Attempt, Call, Way};
use crate::cause::ConfigError;
use crate::json::{body_text, read_object, read_part};
use crate::paging::{Paged, Viewed};
use crate::reply::Warning;
use crate::unreadable::Unreadable;

/// Implements [`Call`] and [`Paged`] for a call with the fields `page_number` and
/// `page_size`: its reply, the member of it that holds the items, their type and
/// what tells one from another, the reader of a body, and the page size where
/// nothing is said, which is the documents': no largest one is known. Behind `of` stands the
/// field of call and item alike by which the items are asked for, where there is one.
macro_rules! pages {
    ($($call:ident -> $reply:ty, $items:ident: $item:ident by $id:ident, $reader:ident, $size:ident
        $(, of $asked:ident as $field:literal)?;)+) => {$(
        impl Call for $call {
            type Provider = Ibanera;
            type Reply = $reply;

            const NEEDS_TOKEN: bool = <BearerAndCode as Way<Self>>::NEEDS_TOKEN;
            const NEEDS_CODE: bool = <BearerAndCode as Way<Self>>::NEEDS_CODE;

            fn operation() -> &'static Operation {
                Self::OPERATION
            }

            #[inline]
            fn violations(&self, rules: &Rules) -> Result<(), Violations> {
                self.check(rules)
            }

            #[inline]
            fn request(
                &self,
                attempt: &Attempt<'_, Ibanera>,
            ) -> Result<Request<Bytes>, ConfigError> {
                BearerAndCode::request(self, attempt)
            }

            #[inline]
            fn parse(body: &[u8]) -> Result<$reply, Unreadable> {
                $reader(body)
            }

            fn warnings(&self, page: &$reply) -> Vec<Warning> {
                let came = page.$items.len();
                // The size is a maximum, so that only more than that is odd.
                let size = page.page_size.filter(|&size| size > 0);
                let is_less = |size: &i64| usize::try_from(*size).is_ok_and(|size| came > size);
                [
                    Warning::records(size.filter(is_less), came),
                    Warning::size(self.page_size, size),
                    Warning::place(self.page_number.unwrap_or(1).into(), page.page_number),
                ]
                .into_iter()
                .flatten()
                $(.chain(page.$items.iter().find_map(|item| about($field, self.$asked, item.$asked))))?
                .collect()
            }
        }

        impl Paged for $call {
            type Item = $item;

            const ITEMS: &'static str = "details";

            fn into_items(page: $reply) -> Vec<$item> {
                page.$items
            }

            fn identity(page: &$reply) -> Vec<String> {
                page.$items.iter().map(|item| item.$id.to_string()).collect()
            }

            fn join(page: &mut $reply, next: $reply) {
                page.$items.extend(next.$items);
                (page.page_size, page.page_number, page.number_of_pages) = (None, None, None);
            }

            fn first(self) -> Self {
                let number = self.page_number.unwrap_or(1);
                let size = self.page_size.unwrap_or(Self::$size);
                self.page_number(number).page_size(size)
            }

            /// The number of pages decides where the reply tells a positive one; it
            /// may be absent. Otherwise a page that is not full is the last, and where
            /// the size is not told either, an empty page.
            fn next(&self, page: &$reply) -> Option<Self> {
                let number = self.page_number.unwrap_or(1);
                let records = page.$items.len() as i64;
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

            fn number(&self) -> Option<i64> {
                Some(self.page_number.unwrap_or(1).into())
            }

            fn announced(page: &$reply) -> Option<i64> {
                page.number_of_pages
            }
        }
    )+};
}

pages! {
    ListCustomerCards -> CustomerCardsReply, customers: CustomerCards by customers_id, customers, EXAMPLE_SIZE;
    ListCardBalances -> Page<CardBalance>, details: CardBalance by id, page, DEFAULT_SIZE,
        of customers_id as "customersID";
    ListCardTransactions -> Page<CardTransaction>, details: CardTransaction by id, page, DEFAULT_SIZE,
        of cards_id as "cardsId";
}

impl Viewed for ListCustomerCards {
    type View<'a> = CustomerCardsReplyView<'a>;

    #[inline]
    fn view(body: &[u8]) -> Result<CustomerCardsReplyView<'_>, Unreadable> {
        match CustomerCardsReplyView::from_success(body_text(body)?) {
            Some(view) => Ok(view),
            None => Err(no_customers(body)),
        }
    }
}

/// A page of items. A success whose `details` are null has none.
fn page<T: DeserializeOwned>(body: &[u8]) -> Result<Page<T>, Unreadable> {
    let details = envelope(body)?.details_text();
    let body = body_text(body)?;
    if details != "null" {
        // To learn which item is at fault, where one is.
        read_part::<Vec<T>>("details", body, details)?;
    }
    read_object("", body, body)
}
