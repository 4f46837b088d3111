//! The envelope around every Ibanera reply, and the cards inside it.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::{lenient, money};

/// An Ibanera reply before its `details` are read.
///
/// Ibanera, Get Customer Cards: `status` is `"1"` for success and `"0"` for
/// failure; `details` is an object, an array or null.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Envelope<'a> {
    /// `"1"` or `"0"`; read from a number too.
    #[serde(default, deserialize_with = "lenient::optional_text")]
    pub status: Option<String>,
    /// What went wrong; empty on success.
    #[serde(default, deserialize_with = "lenient::list")]
    pub errors: Vec<ErrorItem>,
    /// Not used by the documented calls.
    #[serde(default, deserialize_with = "lenient::integer")]
    pub id: Option<i64>,
    /// The payload as JSON text, unread.
    #[serde(borrow, default)]
    pub details: Option<&'a RawValue>,
    /// Records a page.
    #[serde(default, deserialize_with = "lenient::integer")]
    pub page_size: Option<i64>,
    /// The page's number, counted from 1.
    #[serde(default, deserialize_with = "lenient::integer")]
    pub page_number: Option<i64>,
    /// How many pages there are; the prose example leaves it out.
    #[serde(default, deserialize_with = "lenient::integer")]
    pub number_of_pages: Option<i64>,
}

impl Envelope<'_> {
    /// Whether the body reports success.
    pub fn is_success(&self) -> bool {
        self.status.as_deref() == Some("1")
    }

    /// The payload's JSON text; `null` where there is none.
    pub fn details_text(&self) -> &str {
        self.details.map_or("null", RawValue::get)
    }

    /// Reads the payload as customers with their cards: one object or an array
    /// of them, the document shows both for the same call.
    pub fn customers(&self) -> Result<CustomerCardsReply, serde_json::Error> {
        let text = self.details_text();
        let customers = match text.bytes().next() {
            Some(b'[') => serde_json::from_str(text)?,
            Some(b'{') => vec![serde_json::from_str(text)?],
            _ => serde_json::from_str::<Option<Vec<_>>>(text)?.unwrap_or_default(),
        };
        Ok(CustomerCardsReply {
            customers,
            page_size: self.page_size,
            page_number: self.page_number,
            number_of_pages: self.number_of_pages,
        })
    }
}

/// One thing that went wrong.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ErrorItem {
    /// Shown for one of the two calls only.
    #[serde(
        default,
        deserialize_with = "lenient::optional_text",
        skip_serializing_if = "Option::is_none"
    )]
    pub error_type: Option<String>,
    /// The request's field, or the step, at fault.
    #[serde(default, deserialize_with = "lenient::optional_text")]
    pub field_name: Option<String>,
    /// A code such as `Required` or `Invalid`.
    #[serde(default, deserialize_with = "lenient::optional_text")]
    pub message_code: Option<String>,
}

/// Customers with their cards, and where in the whole list they stand.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct CustomerCardsReply {
    /// The customers; one, where one was asked for.
    pub customers: Vec<CustomerCards>,
    /// Records a page.
    pub page_size: Option<i64>,
    /// The page's number, counted from 1.
    pub page_number: Option<i64>,
    /// How many pages there are, where the provider tells.
    pub number_of_pages: Option<i64>,
}

impl CustomerCardsReply {
    /// All the cards of all the customers.
    pub fn cards(&self) -> impl Iterator<Item = &Card> {
        self.customers.iter().flat_map(|customer| &customer.cards)
    }
}

/// One customer with all cards.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct CustomerCards {
    /// The customer's id.
    #[serde(deserialize_with = "lenient::required_integer")]
    pub customers_id: i64,
    /// The reference given when the customer was made.
    #[serde(default, deserialize_with = "lenient::optional_text")]
    pub customers_reference: Option<String>,
    /// The cards.
    #[serde(default, deserialize_with = "lenient::list")]
    pub cards: Vec<Card>,
}

impl CustomerCards {
    /// A customer with these cards, for servers.
    pub fn new(customers_id: i64, customers_reference: Option<String>, cards: Vec<Card>) -> Self {
        Self {
            customers_id,
            customers_reference,
            cards,
        }
    }
}

/// One card with its balances, in units of its currency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Card {
    /// The card's id.
    #[serde(deserialize_with = "lenient::required_integer")]
    pub id: i64,
    /// Currency, in lower case in the document's example (`usd`).
    #[serde(default, deserialize_with = "lenient::optional_text")]
    pub currency: Option<String>,
    /// Card number, in the generated samples only; shown redacted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub card_number: Option<crate::Pan>,
    /// Everything on the card.
    #[serde(default, with = "money")]
    pub total_balance: Option<Decimal>,
    /// What can be spent.
    #[serde(default, with = "money")]
    pub available_balance: Option<Decimal>,
    /// The sum of all pending transactions.
    #[serde(default, with = "money")]
    pub pending_balance: Option<Decimal>,
    /// Whether use of the card is disabled.
    #[serde(default, rename = "bSuppressed", deserialize_with = "lenient::boolean")]
    pub suppressed: Option<bool>,
}
