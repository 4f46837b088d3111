//! `POST /airpay/ms/cards/api/card-balance`
//!
//! Airpay, Fetch balance. The sum of a customer's transactions, under the names of
//! the page's sample or, where the sandbox is set so, of its table.

use std::borrow::Cow;

use cards_model::airpay::CardBalance;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;
use serde_json::{Value, json};

use super::access::Access;
use super::call::Handle;
use super::reply::Refusal;
use super::settings::Airpay;
use super::test_values::BY_CUSTOMER;
use super::{customers, ledger};
use crate::world::airpay::PLACEHOLDER;
use cards_sandbox_core::app::App;
use cards_sandbox_core::openapi::About;
use cards_sandbox_core::store::StoreError;
use cards_sandbox_core::test_values::TestValues;

/// `data` of a balance, in one of the page's two forms.
#[derive(Serialize)]
#[serde(untagged)]
pub(crate) enum Balance {
    Sample(InSample),
    /// As the table has it, for sandboxes that are set so.
    Table {
        entity_id: String,
        balance: String,
        product_id: &'static str,
    },
}

/// The balance as the page's sample has it; a sandbox that is set so answers as the table does.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "AirpayBalance")]
pub(crate) struct InSample {
    entity_id: String,
    #[schemars(regex(pattern = r"^[0-9]+\.[0-9]{1,2}$"))]
    balance: String,
    product_id: &'static str,
}

/// The default form alone: generators make the same name of `entityId` and `entity_id`.
impl JsonSchema for Balance {
    fn schema_name() -> Cow<'static, str> {
        InSample::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        InSample::json_schema(generator)
    }
}

impl Handle for CardBalance {
    const ACCESS: Access = Access::Token;
    const ABOUT: About = About {
        tag: "money",
        summary: "Show a customer's balance",
        text: "One balance for all cards of a customer: the sum of what was loaded, in rupees, \
               as text.\n\n\
               The page's sample and its table name the fields in two ways. The sandbox answers \
               as the sample does, and can be set to answer as the table. Assumption: the \
               balance of somebody whose cards are locked or blocked is told all the same.",
        page: Some("https://docs.airpay.co.in/v4/prepaid-card/fetch-balance/"),
    };
    const TEST_VALUES: TestValues = &[BY_CUSTOMER];
    type Data = Balance;

    fn example() -> Value {
        json!({"entityId": PLACEHOLDER, "balance": "440.0", "productId": "GENERAL"})
    }

    async fn carry_out(self, app: &App) -> Result<Balance, Refusal> {
        let is_table = app.providers.get::<Airpay>().table_replies;
        let entity_id = self.entity_id.clone();
        let read = app.store.read(move |connection| -> Result<_, StoreError> {
            if !customers::exists(connection, &self.entity_id)? {
                return Ok(None);
            }
            Ok(Some(ledger::balance(connection, &self.entity_id)?))
        });
        let Some(paise) = read.await? else {
            return Err(Refusal::because("entity_id: there is no such customer"));
        };
        Ok(match is_table {
            false => Balance::Sample(InSample {
                entity_id,
                balance: with_a_decimal(paise),
                product_id: "GENERAL",
            }),
            true => Balance::Table {
                entity_id,
                balance: ledger::rupees(paise).normalize().to_string(),
                product_id: "General",
            },
        })
    }
}

/// Writes an amount as the sample does: with one decimal, or with two where it
/// needs them.
fn with_a_decimal(paise: i64) -> String {
    let (rupees, rest) = (paise / 100, paise % 100);
    match rest % 10 {
        0 => format!("{rupees}.{}", rest / 10),
        _ => format!("{rupees}.{rest:02}"),
    }
}

#[cfg(test)]
mod tests;
