//! `POST <your address>/prepaid/card/status/events`
//!
//! Paysafe, Webhooks, Card status update: the page was seen up to `newStatus`.

use serde::{Deserialize, Serialize};

use super::card::CardStatus;
use crate::date::Timestamp;
use crate::lenient;

/// Tells that a card's status changed.
///
/// Assumption: it has `eventTimestamp`, as the other two card events do. The page was cut off
/// before it, so that the field may be absent; events of one card may then come in any order, and
/// reading the card tells its status now.
///
/// ```
/// use cards_model::paysafe::{CardStatus, CardStatusUpdate};
///
/// let update: CardStatusUpdate = serde_json::from_str(
///     r#"{"id": "af5c8b52-0afd-4799-85ab-fe659a076932", "cardId": "C1", "customerId": "12345678",
///         "oldStatus": "ISSUED", "newStatus": "ACTIVE"}"#,
/// )?;
/// assert_eq!(update.new_status, CardStatus::Active);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct CardStatusUpdate {
    /// The id of the change.
    #[serde(default, deserialize_with = "lenient::optional_text")]
    pub id: Option<String>,
    /// The card's id.
    #[serde(deserialize_with = "lenient::id")]
    pub card_id: String,
    /// The id of the customer whose card it is, at most 50 characters.
    #[serde(default, deserialize_with = "lenient::optional_text")]
    pub customer_id: Option<String>,
    /// The status before.
    #[serde(default)]
    pub old_status: Option<CardStatus>,
    /// The status from now on.
    pub new_status: CardStatus,
    /// The time of the event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event_timestamp: Option<Timestamp>,
}
