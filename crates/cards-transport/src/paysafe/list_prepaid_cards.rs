//! `GET /customers/{customerId}/prepaid/cards` with a bearer token.

use bytes::Bytes;
use cards_model::paysafe::{Card, CardPage, ListPrepaidCards};
use cards_model::{Operation, Query as _, Request as _, Rules, Violations};
use http::{HeaderMap, Method, Request, header};

use super::Paysafe;
use crate::call::{Attempt, Call};
use crate::error::Rejection;
use crate::json::{body_text, read_json};
use crate::paging::Paged;
use crate::provider::{ConfigError, Provider as _, Sealed, bearer};
use crate::request::request;

impl Sealed for ListPrepaidCards {}

impl Call for ListPrepaidCards {
    type Provider = Paysafe;
    type Reply = CardPage;

    const NEEDS_TOKEN: bool = true;

    fn operation(&self) -> &'static Operation {
        Self::OPERATION
    }

    fn violations(&self, rules: &Rules) -> Result<(), Violations> {
        self.check(rules)
    }

    fn request(&self, attempt: &Attempt<'_, Paysafe>) -> Result<Request<Bytes>, ConfigError> {
        let headers = HeaderMap::from_iter([(header::AUTHORIZATION, bearer(attempt.token)?)]);
        let base = &attempt.provider.base;
        let url = base.join(Self::OPERATION.path, self.path_parameter(), &self.query())?;
        request(Method::GET, &url, headers, Bytes::new())
    }

    fn parse(body: &[u8]) -> Result<CardPage, Rejection> {
        let page: CardPage = read_json(body_text(body)?)?;
        // An error object under a 200 would pass for a customer without cards.
        if page.cards.is_empty()
            && let Some(refusal) = Paysafe::refusal(body)
        {
            return Err(Rejection::Refused(refusal));
        }
        Ok(page)
    }
}

impl Paged for ListPrepaidCards {
    type Item = Card;

    fn into_items(page: CardPage) -> Vec<Card> {
        page.cards
    }

    fn identity(page: &CardPage) -> Vec<String> {
        page.cards.iter().map(|card| card.card_id.clone()).collect()
    }

    /// Fewer records than the limit mean the last page. The limit is the one
    /// that the server says it used, since it may use a smaller one.
    fn next(&self, page: &CardPage) -> Option<Self> {
        let meta = page.meta.as_ref();
        let said = meta.and_then(|meta| u64::try_from(meta.limit?).ok());
        let limit = said.unwrap_or_else(|| self.limit.unwrap_or(Self::DEFAULT_LIMIT).into());
        let told = meta.and_then(|meta| u64::try_from(meta.number_of_records?).ok());
        let records = told.unwrap_or_default().max(page.cards.len() as u64);
        let is_last = records == 0 || records < limit;
        let offset = self.offset.unwrap_or(0).checked_add(records)?;
        (!is_last).then(|| self.clone().offset(offset))
    }
}
