//! A customer with one card, which creating and activating a card bring back.

use serde::{Deserialize, Serialize};

use super::envelope::{Card, CustomerCards, CustomerCardsReply};
use crate::lenient;

/// Holds a customer with the card that was created or activated.
///
/// Ibanera, Create card and Activate card. Creating may have to be approved
/// first: a success need not name a card.
///
/// ```
/// use cards_model::ibanera::CustomerCard;
///
/// let created: CustomerCard = serde_json::from_str(
///     r#"{"customersId": 14387, "customersReference": "card-ref-1",
///         "card": {"id": 1359, "currency": "USD", "totalBalance": 0, "status": "Deactivated"}}"#,
/// )?;
/// assert_eq!(created.card.as_ref().map(|card| card.id), Some(1359));
/// assert_eq!(created.reference(), Some("card-ref-1"));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct CustomerCard {
    /// The customer's id.
    #[serde(default, deserialize_with = "lenient::integer")]
    pub customers_id: Option<i64>,
    /// The customer's reference, as creating a card spells it.
    #[serde(
        default,
        deserialize_with = "lenient::optional_text",
        skip_serializing_if = "Option::is_none"
    )]
    pub customers_reference: Option<String>,
    /// The customer's reference, as activating a card spells it.
    #[serde(
        default,
        deserialize_with = "lenient::optional_text",
        skip_serializing_if = "Option::is_none"
    )]
    pub customer_reference: Option<String>,
    /// The card. `None`: the reply names none.
    #[serde(default, deserialize_with = "lenient::quiet")]
    pub card: Option<Card>,
    /// The id of the request for a card that is still to be approved, where the reply to creating
    /// one names no card. [`CardApproval::requested_top_up_cards_id`] tells it once more when it
    /// is decided. It is no card's id.
    ///
    /// [`CardApproval::requested_top_up_cards_id`]: super::CardApproval::requested_top_up_cards_id
    #[serde(skip_deserializing, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<i64>,
}

impl CustomerCard {
    /// The customer's reference, in whichever spelling it came.
    pub fn reference(&self) -> Option<&str> {
        let both = [&self.customers_reference, &self.customer_reference];
        both.into_iter().flatten().next().map(String::as_str)
    }

    /// Reads the reply as a list of one customer. `None`: the reply names no customer.
    pub fn listed(&self) -> Option<CustomerCardsReply> {
        let reference = self.reference().map(str::to_owned);
        let cards = self.card.iter().cloned().collect();
        Some(CustomerCardsReply {
            customers: vec![CustomerCards::new(self.customers_id?, reference, cards)],
            ..CustomerCardsReply::default()
        })
    }
}
