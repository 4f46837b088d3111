//! What the client concludes from a reply: the next page's call, the
//! provider-neutral view of its cards, and what it knows of the operation.

use cards_transport::Paged;
use cards_transport::model::airpay::{CustomerPreference, RegisterUser, UpdateCustomer};
use cards_transport::model::ibanera::{CardsByCustomer, CustomerCardsReply, ListCustomerCards};
use cards_transport::model::paysafe::{CardPage, ListPrepaidCards};
use cards_transport::model::{CardSummary, Query, Request};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::operation::Input;

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
            Ok(query(read::<ListPrepaidCards>(&asked)?.next(&page)))
        }
        "list-customer-cards" => {
            let page = CustomerCardsReply::from_success(body).ok_or("no success")?;
            Ok(query(read::<ListCustomerCards>(asked)?.next(&page)))
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
    fn of<R: Request>() -> &'static str {
        R::OPERATION.document
    }
    Ok(match name {
        "register-user" => of::<RegisterUser>(),
        "update-customer" => of::<UpdateCustomer>(),
        "customer-preference" => of::<CustomerPreference>(),
        "list-prepaid-cards" => of::<ListPrepaidCards>(),
        "list-customer-cards" => of::<ListCustomerCards>(),
        "cards-by-customer" => of::<CardsByCustomer>(),
        other => return Err(format!("no operation is called {other}")),
    })
}

fn query(call: Option<impl Query>) -> String {
    let pairs = call.map(|call| call.query()).unwrap_or_default();
    let pairs: Vec<_> = pairs
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    pairs.join("&")
}

fn read<R: DeserializeOwned>(input: &Input) -> Result<R, String> {
    let object = Value::Object(input.clone().into_iter().collect());
    serde_json::from_value(object).map_err(|error| error.to_string())
}
