//! `POST /airpay/ms/cards/api/card-details`
//!
//! Airpay, Card details: a public page beside the five documents. All cards of a
//! customer. The page's sample and its table have two shapes; either is read.

use serde::{Deserialize, Serialize};

use super::register_user::CardType;
use crate::capability::{Capability, Source};
use crate::lenient;
use crate::list_or_object::ListOrObject;
use crate::open_enum::open_enum;
use crate::operation::Operation;
use crate::provider::{Effect, Method, ProviderId};
use crate::rule;
use crate::sensitive::Pan;

crate::request! {
    operation: Operation::new(
        ProviderId::AIRPAY,
        "card-details",
        Method::Post,
        "/airpay/ms/cards/api/card-details",
        Effect::Read,
        "Airpay Card Details",
    )
    .offers(&[Capability::ListCards])
    .known_from(Source::Reference),
    body: form in ["entity_id"],
    /// Asks for all cards of a customer.
    ///
    /// ```
    /// use cards_model::airpay::{CardDetails, CardStatus, CustomerCards};
    ///
    /// let request = CardDetails::new("AIRPAYCUST0001");
    /// for reply in [
    ///     r#"[{"kit_no": "100000001218", "expiry_date": "03/22", "card_status": "A"}]"#,
    ///     r#"{"cards": [{"kit_no": "11111", "expity": "", "card_status": "ALLOCATED"}]}"#,
    /// ] {
    ///     let cards: CustomerCards = serde_json::from_str(reply)?;
    ///     assert_eq!(cards.items()[0].card_status, Some(CardStatus::Allocated));
    /// }
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub struct CardDetails {
        /// The customer's id: 1 to 50 characters.
        #[validate(length(max = 50), custom(function = rule::required))]
        "entity_id" in "Parameter, entity_id"
            sampled "91f5evhk72f56432ec678sdfes685h42sd2t21k430912508233b7r37562g2hps"
            => pub entity_id: String,
    }
    /// The cards of the customer with this id.
    fn new(entity_id: String);
}

/// The cards of a customer (Success 200, `data`): a list, or an object with one.
pub type CustomerCards = ListOrObject<CustomerCard, CardList>;

/// The object that holds the cards in the page's table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CardList {
    /// The cards.
    #[serde(deserialize_with = "lenient::quiet")]
    pub cards: Vec<CustomerCard>,
}

impl AsRef<[CustomerCard]> for CardList {
    fn as_ref(&self) -> &[CustomerCard] {
        &self.cards
    }
}

/// A card of a customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Received")]
#[non_exhaustive]
pub struct CustomerCard {
    /// The number of the card, masked in the page's sample.
    pub card_no: Option<Pan>,
    /// The number of its kit.
    pub kit_no: String,
    /// The expiry: `03/22`, as the page's sample has it. It comes as `expity` in the
    /// table, where it is empty.
    pub expiry_date: Option<String>,
    /// The state: by its letter, whichever of letter and word came.
    pub card_status: Option<CardStatus>,
    /// The material: by its letter, whichever of letter and word came.
    pub card_type: Option<CardType>,
}

open_enum! {
    /// The state of a card (Success 200, `data`, `card_status`). Assumption: `L` and `B`
    /// stand for locked and blocked; the page has no letter but `A`.
    pub enum CardStatus {
        /// Allocated to the customer: `A`, or `ALLOCATED`.
        Allocated = "A",
        /// Locked, until it is unlocked.
        Locked = "L",
        /// Blocked for good.
        Blocked = "B",
    }
}

/// The fields as they come, the expiry by both of its names.
#[derive(Deserialize)]
struct Received {
    #[serde(default, deserialize_with = "lenient::text_if_any")]
    card_no: Option<Pan>,
    #[serde(default, deserialize_with = "lenient::text_if_any")]
    kit_no: Option<String>,
    #[serde(default, deserialize_with = "lenient::text_if_any")]
    expiry_date: Option<String>,
    #[serde(default, deserialize_with = "lenient::text_if_any")]
    expity: Option<String>,
    #[serde(default, deserialize_with = "lenient::text_if_any")]
    card_status: Option<String>,
    #[serde(default, deserialize_with = "lenient::text_if_any")]
    card_type: Option<String>,
}

impl From<Received> for CustomerCard {
    fn from(received: Received) -> Self {
        Self {
            card_no: received.card_no,
            kit_no: received.kit_no.unwrap_or_default(),
            expiry_date: received.expiry_date.or(received.expity),
            card_status: received.card_status.map(|text| letter(&text).into()),
            card_type: received.card_type.map(|text| letter(&text).into()),
        }
    }
}

/// The letter that a word of the table stands for; any other text as it is.
fn letter(text: &str) -> &str {
    match text {
        "ALLOCATED" => "A",
        "LOCKED" => "L",
        "BLOCKED" => "B",
        "PHYSICAL" => "P",
        "VIRTUAL" => "V",
        other => other,
    }
}
