//! `GET /customers/{customerId}/prepaid/cards` with a bearer token.

use bytes::Bytes;
use cards_model::paysafe::{Card, CardPage, CardPageView, ListPrepaidCards, Meta};
use cards_model::{Operation, Request as _, Rules, Violations};
use http::Request;

use super::{Bearer, Paysafe, about, object};
use crate::call::{Attempt, Call, Way};
use crate::cause::ConfigError;
use crate::paging::{Paged, Viewed};
use crate::reply::Warning;
use crate::unreadable::Unreadable;

impl Call for ListPrepaidCards {
    type Provider = Paysafe;
    type Reply = CardPage;

    const NEEDS_TOKEN: bool = true;

    fn operation() -> &'static Operation {
        Self::OPERATION
    }

    #[inline]
    fn violations(&self, rules: &Rules) -> Result<(), Violations> {
        self.check(rules)
    }

    fn request(&self, attempt: &Attempt<'_, Paysafe>) -> Result<Request<Bytes>, ConfigError> {
        Bearer::request(self, attempt)
    }

    #[inline]
    fn parse(body: &[u8]) -> Result<CardPage, Unreadable> {
        object(body)
    }

    fn warnings(&self, page: &CardPage) -> Vec<Warning> {
        let meta = page.meta.as_ref();
        let told = |part: fn(&Meta) -> Option<i64>| meta.and_then(part);
        let offset = i64::try_from(self.offset.unwrap_or(0)).unwrap_or(i64::MAX);
        [
            Warning::records(told(|meta| meta.number_of_records), page.cards.len()),
            Warning::size(self.limit, told(|meta| meta.limit)),
            Warning::place(offset, told(|meta| meta.offset)),
            about::listed(&self.customer_id, &page.cards),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

impl Viewed for ListPrepaidCards {
    type View<'a> = CardPageView<'a>;

    #[inline]
    fn view(body: &[u8]) -> Result<CardPageView<'_>, Unreadable> {
        object(body)
    }
}

impl Paged for ListPrepaidCards {
    type Item = Card;

    const ITEMS: &'static str = "cards";

    fn into_items(page: CardPage) -> Vec<Card> {
        page.cards
    }

    fn identity(page: &CardPage) -> Vec<String> {
        page.cards.iter().map(|card| card.card_id.clone()).collect()
    }

    fn join(page: &mut CardPage, next: CardPage) {
        page.cards.extend(next.cards);
        page.meta = None;
    }

    fn first(self) -> Self {
        let limit = self.limit.unwrap_or(Self::MAX_LIMIT);
        let offset = self.offset.unwrap_or(0);
        self.limit(limit).offset(offset)
    }

    /// Fewer records than the limit mean the last page. The limit is the one
    /// that the server says it used, since it may use a smaller one; where it
    /// says none, an empty page is the end. What counts for the next offset is
    /// the cards that came.
    fn next(&self, page: &CardPage) -> Option<Self> {
        let meta = page.meta.as_ref();
        let limit = meta.and_then(|meta| u64::try_from(meta.limit?).ok());
        let limit = limit.filter(|&limit| limit > 0);
        let announced = meta.and_then(|meta| u64::try_from(meta.number_of_records?).ok());
        let came = page.cards.len() as u64;
        let records = announced.unwrap_or_default().max(came);
        let is_last = came == 0 || limit.is_some_and(|limit| records < limit);
        let offset = self.offset.unwrap_or(0).checked_add(came)?;
        (!is_last).then(|| self.clone().offset(offset))
    }

    fn number(&self) -> Option<i64> {
        None
    }

    /// The provider never tells the total.
    fn announced(_: &CardPage) -> Option<i64> {
        None
    }
}
