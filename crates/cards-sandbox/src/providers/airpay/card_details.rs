//! `POST /airpay/ms/cards/api/card-details`
//!
//! Airpay, Card details. All cards of a customer, in the shape of the page's sample
//! or, where the sandbox is set so, of its table. The letters and words of a locked
//! card and of a blocked one are guesses.

use std::borrow::Cow;

use cards_model::airpay::CardDetails;
use rusqlite::Connection;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Value, json};

use super::access::Access;
use super::call::Handle;
use super::customers;
use super::listed;
use super::reply::Refusal;
use super::section::CardRow;
use super::settings::Airpay;
use super::test_values::BY_CUSTOMER;
use cards_sandbox_core::app::App;
use cards_sandbox_core::openapi::About;
use cards_sandbox_core::store::StoreError;
use cards_sandbox_core::test_values::TestValues;

/// `data` of a customer's cards, in one of the page's two shapes.
#[derive(Serialize, JsonSchema)]
#[serde(untagged)]
#[schemars(rename = "AirpayCustomerCards")]
pub(crate) enum Cards {
    /// As the sample has them.
    Sample(Vec<InSample>),
    /// As the table has them.
    Table { cards: Vec<InTable> },
}

/// A card as the sample has it.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "AirpayCardInSample")]
pub(crate) struct InSample {
    card_no: String,
    kit_no: String,
    expiry_date: String,
    #[schemars(extend("enum" = ["A", "L", "B"]))]
    card_status: &'static str,
    #[schemars(schema_with = "listed::card_type")]
    card_type: String,
}

/// A card as the table has it, whose expiry is spelt so.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "AirpayCardInTable")]
pub(crate) struct InTable {
    card_no: String,
    kit_no: String,
    expity: String,
    #[schemars(extend("enum" = ["ALLOCATED", "LOCKED", "BLOCKED"]))]
    card_status: &'static str,
    #[schemars(extend("enum" = ["PHYSICAL", "VIRTUAL"]))]
    card_type: String,
}

impl Handle for CardDetails {
    const ACCESS: Access = Access::Token;
    const ABOUT: About = About {
        tag: "customers",
        summary: "Show a customer's cards",
        text: "All cards of a customer, the oldest first, their numbers masked; so is a kit number of 13 digits or more, which a card number may have been typed for: other calls take the whole one alone.\n\n\
               The page's sample has a list, and its table an object with one; names and \
               values differ too. The sandbox answers as the sample does, and can be set to \
               answer as the table. Assumption: `L` or `LOCKED` is the state of a locked card, \
               and `B` or `BLOCKED` that of one that is blocked for good; the page has `A` and \
               `ALLOCATED` alone. Assumption: the table's `expity` is the expiry, as MM/YY.",
        page: Some("https://docs.airpay.co.in/v4/prepaid-card/get-card-details/"),
    };
    const TEST_VALUES: TestValues = &[BY_CUSTOMER];
    type Data = WrittenCards;

    fn example() -> Value {
        json!([{
            "card_no": "462294XXXXXX1234",
            "kit_no": "100000001218",
            "expiry_date": "03/22",
            "card_status": "A",
            "card_type": "V",
        }])
    }

    async fn carry_out(self, app: &App) -> Result<WrittenCards, Refusal> {
        let is_table = app.providers.get::<Airpay>().table_replies;
        let entity_id = self.entity_id;
        let read = app.store.read(move |connection| -> Result<_, StoreError> {
            let Some(cards) = cards(connection, &entity_id)? else {
                return Ok(None);
            };
            let cards = cards.into_iter();
            Ok(Some(WrittenCards::of(&match is_table {
                false => Cards::Sample(cards.map(InSample::from).collect()),
                true => Cards::Table {
                    cards: cards.map(InTable::from).collect(),
                },
            })))
        });
        let found = read.await?;
        found.ok_or_else(|| Refusal::because("entity_id: there is no such customer"))
    }
}

/// The cards as the JSON that is sent: they may be many, and are written by the thread that read
/// them.
#[derive(Serialize)]
pub(crate) struct WrittenCards(Box<RawValue>);

impl WrittenCards {
    fn of(cards: &Cards) -> Self {
        // Texts alone: nothing fails.
        Self(to_raw_value(cards).unwrap_or_default())
    }
}

impl JsonSchema for WrittenCards {
    fn schema_name() -> Cow<'static, str> {
        Cards::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        Cards::json_schema(generator)
    }
}

/// Reads the cards of a customer; `None` where there is no such one.
fn cards(connection: &Connection, entity_id: &str) -> rusqlite::Result<Option<Vec<CardRow>>> {
    match customers::exists(connection, entity_id)? {
        true => CardRow::all(connection, entity_id, CardRow::shown).map(Some),
        false => Ok(None),
    }
}

/// The state of a card: its letter, and its word.
fn status(card: &CardRow) -> (&'static str, &'static str) {
    match card.lock.as_deref() {
        None => ("A", "ALLOCATED"),
        Some("L") => ("L", "LOCKED"),
        Some(_) => ("B", "BLOCKED"),
    }
}

/// The number with its middle hidden as the sample hides it.
fn number(card: &CardRow) -> String {
    card.card_no
        .as_deref()
        .unwrap_or_default()
        .replace('*', "X")
}

impl From<CardRow> for InSample {
    fn from(card: CardRow) -> Self {
        Self {
            card_no: number(&card),
            card_status: status(&card).0,
            kit_no: card.kit_no.unwrap_or_default(),
            expiry_date: card.card_expiry.unwrap_or_default(),
            card_type: card.card_type.unwrap_or_default(),
        }
    }
}

impl From<CardRow> for InTable {
    fn from(card: CardRow) -> Self {
        let card_type = card.card_type.as_deref().unwrap_or_default();
        Self {
            card_no: number(&card),
            card_status: status(&card).1,
            card_type: match card_type {
                "P" => "PHYSICAL".to_owned(),
                "V" => "VIRTUAL".to_owned(),
                other => other.to_owned(),
            },
            kit_no: card.kit_no.unwrap_or_default(),
            expity: card.card_expiry.unwrap_or_default(),
        }
    }
}

#[cfg(test)]
mod tests;
