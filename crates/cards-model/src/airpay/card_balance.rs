//! `POST /airpay/ms/cards/api/card-balance`
//!
//! Airpay, Fetch balance: a public page beside the five documents. One balance of
//! a customer, and not of each card. The page's table and its sample name the
//! fields in two ways; either is read.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize, Serializer};

use crate::capability::{Capability, Source};
use crate::operation::Operation;
use crate::provider::{Effect, Method, ProviderId};
use crate::{lenient, money, rule};

crate::request! {
    operation: Operation::new(
        ProviderId::AIRPAY,
        "card-balance",
        Method::Post,
        "/airpay/ms/cards/api/card-balance",
        Effect::Read,
        "Airpay Fetch Balance",
    )
    .offers(&[Capability::Balance])
    .known_from(Source::Reference),
    body: form in ["entity_id"],
    /// Asks for a customer's balance.
    ///
    /// ```
    /// use cards_model::airpay::{Balance, CardBalance};
    ///
    /// let request = CardBalance::new("AIRPAYCUST0001");
    /// let sample = r#"{"entityId": "E1", "balance": "440.0", "productId": "GENERAL"}"#;
    /// let balance: Balance = serde_json::from_str(sample)?;
    /// assert_eq!(balance.balance.to_string(), "440.0");
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub struct CardBalance {
        /// The customer's id: 1 to 50 characters.
        #[validate(length(max = 50), custom(function = rule::required))]
        "entity_id" in "Parameter, entity_id"
            sampled "91f5evhk72f56432ec678sdfes685h42sd2t21k430912508233b7r37562g2hps"
            => pub entity_id: String,
    }
    /// The balance of the customer with this id.
    fn new(entity_id: String);
}

/// The balance of a customer (Success 200, `data`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Received")]
#[non_exhaustive]
pub struct Balance {
    /// The customer's id: `entityId` in the page's sample, `entity_id` in its table.
    pub entity_id: Option<String>,
    /// The balance. The page names no currency. Assumption: it is INR.
    #[serde(serialize_with = "as_text")]
    pub balance: Decimal,
    /// The product, in any spelling: `GENERAL` in the page's sample, `General` in its
    /// table.
    pub product_id: Option<String>,
}

/// The fields by both of their names.
#[derive(Deserialize)]
struct Received {
    #[serde(default, deserialize_with = "lenient::text_if_any")]
    entity_id: Option<String>,
    #[serde(
        default,
        rename = "entityId",
        deserialize_with = "lenient::text_if_any"
    )]
    entity_id_in_sample: Option<String>,
    #[serde(deserialize_with = "money::required")]
    balance: Decimal,
    #[serde(default, deserialize_with = "lenient::text_if_any")]
    product_id: Option<String>,
    #[serde(
        default,
        rename = "productId",
        deserialize_with = "lenient::text_if_any"
    )]
    product_id_in_sample: Option<String>,
}

impl From<Received> for Balance {
    fn from(received: Received) -> Self {
        Self {
            entity_id: received.entity_id_in_sample.or(received.entity_id),
            balance: received.balance,
            product_id: received.product_id_in_sample.or(received.product_id),
        }
    }
}

/// Writes an amount as the page has it, which is text.
fn as_text<S: Serializer>(amount: &Decimal, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(amount)
}
