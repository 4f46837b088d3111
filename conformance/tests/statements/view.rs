//! What the client concludes from a reply: the next page's call, and the
//! provider-neutral view of its cards.

use std::any::Any;

use cards_model::CardSummary;
use cards_model::ibanera::CustomerCardsReply;
use cards_model::paysafe::CardPage;
use cards_transport::{Call, Paged, Visit};
use serde_json::Value;

use crate::case::ReplyCase;
use crate::common::operations::visited;
use crate::operation::{Input, of, query, valid};

/// The query of the call that follows a page, empty after the last one.
pub(crate) fn next(case: &ReplyCase) -> Result<String, String> {
    let mut asked = valid(&case.operation)?;
    asked.extend(case.asked.clone());
    visited(&case.operation, Next(&asked, &case.body))?
}

struct Next<'a>(&'a Input, &'a str);

impl Visit for Next<'_> {
    type Output = Result<String, String>;

    fn visit<C: Call>(self) -> Self::Output {
        Err(format!("{} has no pages", C::operation().name))
    }

    fn visit_paged<C: Paged>(self) -> Self::Output {
        let Self(asked, body) = self;
        let asked = of::<C>(asked)?;
        match asked.next(&parsed::<C>(body)?) {
            Some(next) => query(&next),
            None => Ok(String::new()),
        }
    }
}

/// Every card of a reply in the view that all providers share.
pub(crate) fn summaries(case: &ReplyCase) -> Result<Value, String> {
    visited(&case.operation, Summaries(&case.body))?
}

struct Summaries<'a>(&'a str);

impl Visit for Summaries<'_> {
    type Output = Result<Value, String>;

    fn visit<C: Call>(self) -> Self::Output {
        let reply = parsed::<C>(self.0)?;
        let reply: &dyn Any = &reply;
        let summaries: Vec<CardSummary> = if let Some(page) = reply.downcast_ref::<CardPage>() {
            page.cards.iter().map(CardSummary::from).collect()
        } else if let Some(reply) = reply.downcast_ref::<CustomerCardsReply>() {
            reply.cards().map(CardSummary::from).collect()
        } else {
            return Err(format!("{} brings no cards", C::operation().name));
        };
        serde_json::to_value(summaries).map_err(|error| error.to_string())
    }
}

fn parsed<C: Call>(body: &str) -> Result<C::Reply, String> {
    C::parse(body.as_bytes()).map_err(|error| format!("no success: {error:?}"))
}
