//! `POST <your address>/prepaid/card/token/events`
//!
//! Paysafe, Webhooks, Card token update.

use serde::{Deserialize, Serialize};

use crate::date::Timestamp;
use crate::lenient;
use crate::open_enum::open_enum;

/// Tells what happened to the token that stands for a card in a wallet.
///
/// ```
/// use cards_model::paysafe::{CardTokenUpdate, TokenAction};
///
/// let update: CardTokenUpdate = serde_json::from_str(
///     r#"{"id": "af5c8b52-0afd-4799-85ab-fe659a076932", "cardId": "C1", "result": "string",
///         "tokenAction": "TOKEN_FROZEN", "eventId": "14450949864",
///         "eventTimestamp": "2021-07-15T17:54:12Z"}"#,
/// )?;
/// assert_eq!(update.token_action, TokenAction::Frozen);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct CardTokenUpdate {
    /// An id, a UUID. The sample gives it and the card's the same.
    #[serde(default, deserialize_with = "lenient::optional_text")]
    pub id: Option<String>,
    /// The card's id.
    #[serde(deserialize_with = "lenient::id")]
    pub card_id: String,
    /// The id of the customer whose card it is, at most 50 characters.
    #[serde(default, deserialize_with = "lenient::optional_text")]
    pub customer_id: Option<String>,
    /// The result, of which no value is documented.
    #[serde(default, deserialize_with = "lenient::optional_text")]
    pub result: Option<String>,
    /// The action that was taken.
    pub token_action: TokenAction,
    /// The id of the event, at most 50 characters.
    #[serde(default, deserialize_with = "lenient::optional_text")]
    pub event_id: Option<String>,
    /// The time of the event.
    #[serde(default)]
    pub event_timestamp: Option<Timestamp>,
}

open_enum! {
    /// The actions that are taken with a card's token.
    pub enum TokenAction {
        /// It can be used again.
        Unfrozen = "TOKEN_UNFROZEN",
        /// It ended.
        Cancelled = "TOKEN_CANCELLED",
        /// Another one took its place.
        Reissued = "TOKEN_REISSUED",
        /// It cannot be used for now.
        Frozen = "TOKEN_FROZEN",
    }
}
