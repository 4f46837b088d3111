//! Checks what the client concludes from a reply: the next page's call, the
//! provider-neutral view of its cards, and what it knows of the operation.

use cards_model::ibanera::{CustomerCardsReply, ListCustomerCards};
use cards_model::paysafe::{CardPage, ListPrepaidCards};
use cards_model::{CardSummary, Query};
use cards_transport::Paged;
use serde_json::Value;

use crate::common::operations::for_documented;
use crate::operation::{Documented, Input};

/// The query of the call that follows a page, empty after the last one.
pub(crate) fn next(name: &str, asked: &Input, body: &str) -> Result<String, String> {
    match name {
        "list-prepaid-cards" => {
            let mut asked = asked.clone();
            asked
                .entry("customerId".into())
                .or_insert_with(|| "12345678".into());
            let page = serde_json::from_slice::<CardPage>(body.as_bytes())
                .map_err(|error| error.to_string())?;
            Ok(query(ListPrepaidCards::of(&asked)?.next(&page)))
        }
        "list-customer-cards" => {
            let page = CustomerCardsReply::from_success(body).ok_or("no success")?;
            Ok(query(ListCustomerCards::of(asked)?.next(&page)))
        }
        other => Err(format!("{other} has no pages")),
    }
}

/// Every card of a reply in the view that all providers share.
pub(crate) fn summaries(name: &str, body: &str) -> Result<Value, String> {
    let summaries: Vec<CardSummary> = match name {
        "list-prepaid-cards" => {
            let page = serde_json::from_slice::<CardPage>(body.as_bytes())
                .map_err(|error| error.to_string())?;
            page.cards.iter().map(CardSummary::from).collect()
        }
        "list-customer-cards" | "cards-by-customer" => {
            let reply = CustomerCardsReply::from_success(body).ok_or("no success")?;
            reply.cards().map(CardSummary::from).collect()
        }
        other => return Err(format!("{other} brings no cards")),
    };
    serde_json::to_value(summaries).map_err(|error| error.to_string())
}

/// The title of the document that an operation names.
pub(crate) fn document(name: &str) -> Result<&'static str, String> {
    fn of<C: Documented>() -> &'static str {
        C::OPERATION.document
    }
    for_documented!(name, of())
}

fn query(call: Option<impl Query>) -> String {
    let pairs = call.map(|call| call.query()).unwrap_or_default();
    let pairs: Vec<_> = pairs
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    pairs.join("&")
}
