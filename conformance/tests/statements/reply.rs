//! Checks what the client makes of a reply, and what it concludes from it: the
//! next page's call, and the provider-neutral view of its cards.

use std::any::Any;

use bytes::Bytes;
use cards_model::CardSummary;
use cards_model::airpay::CustomerCards;
use cards_model::ibanera::CustomerCardsReply;
use cards_model::paysafe::CardPage;
use cards_transport::{Call, Paged, Visit};
use http::Response;
use http::header::CONTENT_TYPE;
use serde_json::Value;

use crate::case::{ReplyCase, from};
use crate::common::operations::{Input, valid, visited};
use crate::operation::{Read, at, of, query, read, same};

pub(crate) fn run(case: &ReplyCase) -> Result<(), String> {
    visited(&case.operation, case)?
}

impl Visit for &ReplyCase {
    type Output = Result<(), String>;

    fn visit<C: Call>(self) -> Self::Output {
        let case = self;
        let response = Response::builder().status(case.status.unwrap_or(200));
        let response = match &case.content_type {
            Some(content_type) => response.header(CONTENT_TYPE, content_type),
            None => response,
        };
        let response = response.body(Bytes::from(case.body.clone()));
        let response = response.map_err(|error| error.to_string())?;
        let Read {
            value,
            unlisted,
            broken,
        } = match read::<C>(response)? {
            Ok(read) => match &case.outcome {
                None => read,
                Some(expected) => return Err(format!("it is read, and not {expected}")),
            },
            Err(error) => return refused(case, &error),
        };
        let there = |pointer: &str| at(&value, &from(pointer, &case.at));
        for (pointer, expected) in &case.reads {
            same(pointer, expected, there(pointer))?;
        }
        // A null that is written back says no more than absence.
        let is_there = |pointer: &&String| !there(pointer).is_null();
        if let Some(pointer) = case.lacks.iter().find(is_there) {
            return Err(format!("{pointer} is there"));
        }
        if let Some(expected) = case.unlisted {
            same("unlisted values", &expected, &unlisted)?;
        }
        if let Some(expected) = &case.breaks {
            let expected = expected.iter();
            let of_part = |(field, rule): (&String, &String)| {
                (format!("{}{field}", case.field), rule.clone())
            };
            let expected: Vec<_> = expected.map(of_part).collect();
            let mut broken = broken.ok_or("no rules are stated for this reply")?;
            broken.sort();
            same("broken rules", &expected, &broken)?;
        }
        if let Some(expected) = &case.next {
            same("the next page", expected, &next(case)?)?;
        }
        if !case.summary.is_empty() {
            let summaries = summaries(case)?;
            for (pointer, expected) in &case.summary {
                same(
                    &format!("summary {pointer}"),
                    expected,
                    at(&summaries, &from(pointer, "/0")),
                )?;
            }
        }
        Ok(())
    }
}

fn refused(case: &ReplyCase, error: &cards_transport::Error) -> Result<(), String> {
    let kind = format!("{:?}", error.kind()).to_lowercase();
    let expected = case.outcome.as_ref().map(|kind| kind.replace('-', ""));
    same("the outcome", &expected.as_deref(), &Some(&*kind))?;
    for (name, expected) in &case.refusal {
        let refusal = error.refusal().ok_or("the error carries no refusal")?;
        let found = match name.as_str() {
            "code" => refusal.code.as_deref(),
            "message" => refusal.message.as_deref(),
            field => refusal
                .fields
                .iter()
                .find(|f| f.field == field)
                .map(|f| f.error.as_str()),
        };
        same(&format!("the refusal's {name}"), &Some(&**expected), &found)?;
    }
    if error.raw().map(|raw| raw.body().as_ref()) != Some(case.body.as_bytes()) {
        return Err("the error has lost the body".to_owned());
    }
    let cause = if error.json().is_some() {
        "malformed"
    } else if error.refusal().is_some() {
        "refused"
    } else {
        "http"
    };
    match &case.cause {
        Some(expected) => same("the cause", &&**expected, &cause),
        None => Ok(()),
    }
}

/// The query of the call that follows a page, empty after the last one.
fn next(case: &ReplyCase) -> Result<String, String> {
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
fn summaries(case: &ReplyCase) -> Result<Value, String> {
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
        } else if let Some(reply) = reply.downcast_ref::<CustomerCards>() {
            reply.items().iter().map(CardSummary::from).collect()
        } else {
            return Err(format!("{} brings no cards", C::operation().name));
        };
        serde_json::to_value(summaries).map_err(|error| error.to_string())
    }
}

fn parsed<C: Call>(body: &str) -> Result<C::Reply, String> {
    C::parse(body.as_bytes()).map_err(|error| format!("no success: {error:?}"))
}
