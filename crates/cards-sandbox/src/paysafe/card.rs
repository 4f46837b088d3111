//! A card as the document's Responses 200 has it: its keys, in its order.

use cards_model::paysafe::{Action, CardStatus, CardType};
use rusqlite::{Connection, Transaction, params};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::openapi::listed;
use crate::store::StoreError;

#[derive(Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "PaysafeCard")]
pub(super) struct Card {
    #[schemars(extend("format" = "uuid"))]
    pub(super) card_id: String,
    #[schemars(schema_with = "listed::card_status")]
    pub(super) status: String,
    pub(super) expiry: Expiry,
    /// The first digits of the card number.
    #[schemars(regex(pattern = "^[0-9]+$"))]
    pub(super) bin: String,
    #[schemars(length(equal = 4), regex(pattern = "^[0-9]*$"))]
    pub(super) last_four: String,
    pub(super) customer_id: String,
    #[schemars(schema_with = "listed::card_type")]
    pub(super) card_type: String,
    pub(super) program_name: String,
    #[schemars(length(equal = 3))]
    pub(super) currency: String,
    #[schemars(regex(pattern = r"^\+\d+\s?\d{1,16}$"))]
    pub(super) mobile: String,
    /// For a PHYSICAL card only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "DeliveryAddress")]
    pub(super) delivery_address: Option<DeliveryAddress>,
    #[schemars(extend("format" = "date-time"))]
    pub(super) created_date: String,
    pub(super) account_id: String,
    #[schemars(schema_with = "listed::scheme")]
    pub(super) scheme: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String", extend("format" = "date-time"))]
    pub(super) activation_date: Option<String>,
    pub(super) is_pin_set: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    pub(super) external_id: Option<String>,
    /// Shown where it is asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Tokenizations")]
    pub(super) tokenizations: Option<Tokenizations>,
    /// Worked out where it is asked for; never stored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Vec<AvailableAction>")]
    pub(super) available_actions: Option<Vec<AvailableAction>>,
}

#[derive(Clone, Serialize, Deserialize, JsonSchema)]
pub(super) struct Expiry {
    #[schemars(range(min = 1, max = 12))]
    pub(super) month: u8,
    #[schemars(range(min = 1000, max = 9999))]
    pub(super) year: u16,
}

#[derive(Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(extend("if" = us(), "then" = us_rules()))]
pub(super) struct DeliveryAddress {
    #[schemars(length(min = 4, max = 40))]
    pub(super) address1: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String", length(max = 30))]
    pub(super) address2: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String", length(max = 30))]
    pub(super) address3: Option<String>,
    /// Letters, spaces, hyphens and periods.
    #[schemars(length(max = 30), regex(pattern = r"^[^0-9!-,/:-@\[-`{-~]*$"))]
    pub(super) city: String,
    /// ISO 3166 alpha-2.
    #[schemars(length(equal = 2), regex(pattern = "^[A-Za-z]*$"))]
    pub(super) country_code: String,
    /// Needed in the US.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String", length(max = 3))]
    pub(super) state: Option<String>,
    #[schemars(length(min = 1, max = 16))]
    pub(super) postal_code: String,
}

/// The mobile wallets that hold the card.
#[derive(Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Tokenizations {
    pub(super) mobile_wallet_tokenizations: Vec<Tokenization>,
}

#[derive(Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Tokenization {
    pub(super) dpan_ref: String,
    /// At Google Pay only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    pub(super) wallet_id: Option<String>,
    #[schemars(schema_with = "listed::wallet_type")]
    pub(super) wallet_type: String,
    #[schemars(schema_with = "listed::tokenization_status")]
    pub(super) status: String,
}

#[derive(Clone, Serialize, Deserialize, JsonSchema)]
pub(super) struct AvailableAction {
    #[schemars(schema_with = "listed::action")]
    pub(super) action: String,
}

/// The schema of an address in the US.
fn us() -> serde_json::Value {
    serde_json::json!({"properties": {"countryCode": {"const": "US"}}})
}

/// What holds there beside the rest.
fn us_rules() -> serde_json::Value {
    serde_json::json!({
        "required": ["state"],
        "properties": {
            "state": {"minLength": 2},
            "postalCode": {"minLength": 4, "maxLength": 10, "pattern": "^[a-zA-Z0-9\\- ]*$"},
        },
    })
}

impl Card {
    /// The card with what was asked for and without what was not.
    pub(super) fn with(mut self, tokenizations: bool, actions: bool) -> Self {
        self.tokenizations = tokenizations.then(|| self.tokenizations.unwrap_or_default());
        self.available_actions = actions.then(|| {
            available(&self.status, &self.card_type, self.is_pin_set)
                .iter()
                .map(|action| AvailableAction {
                    action: action.as_str().to_owned(),
                })
                .collect()
        });
        self
    }

    pub(super) fn add(&self, transaction: &Transaction<'_>, position: u32) -> rusqlite::Result<()> {
        // These types have text keys only: they are always JSON.
        let body = serde_json::to_string(self).unwrap_or_default();
        transaction
            .prepare_cached(
                "INSERT INTO paysafe_card
                    (customer_id, position, card_id, status, card_type, body)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?
            .execute(params![
                self.customer_id,
                position,
                self.card_id,
                self.status,
                self.card_type,
                body
            ])?;
        Ok(())
    }
}

/// What can be done with a card, by the document's meanings of states and
/// actions.
fn available(status: &str, card_type: &str, is_pin_set: bool) -> Vec<Action> {
    let is_physical = card_type == CardType::Physical.as_str();
    let mut actions = Vec::new();
    match CardStatus::from(status) {
        CardStatus::Active => {
            actions.extend([Action::Cancel, Action::Lock, Action::ShowDetails]);
            if is_pin_set {
                actions.push(Action::ShowPin);
            }
            actions.push(Action::SetPin);
        }
        // In the post: it can be activated on arrival, and pays online meanwhile.
        CardStatus::Digital if is_physical => actions.extend([
            Action::Activate,
            Action::Cancel,
            Action::Lock,
            Action::ShowDetails,
        ]),
        CardStatus::Issued if is_physical => actions.extend([Action::Activate, Action::Cancel]),
        CardStatus::Locked => actions.extend([Action::Cancel, Action::Unlock]),
        CardStatus::Suspended => actions.push(Action::Cancel),
        // Not there yet, stuck, or at an end.
        _ => {}
    }
    actions
}

/// Reads a stored card.
pub(super) fn parse(body: &str) -> rusqlite::Result<Card> {
    serde_json::from_str(body).map_err(|error| {
        rusqlite::Error::FromSqlConversionFailure(0, rusqlite::types::Type::Text, error.into())
    })
}

/// The customers in `/_sandbox/world`.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "PaysafeWorld")]
pub(crate) struct World {
    customers: Vec<Customer>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "PaysafeCustomer")]
struct Customer {
    customer_id: String,
    cards: Vec<Shown>,
}

/// A card without what is personal in it.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "PaysafeCardShown")]
struct Shown {
    #[schemars(extend("format" = "uuid"))]
    card_id: String,
    #[schemars(schema_with = "listed::card_status")]
    status: String,
    expiry: Expiry,
    bin: String,
    last_four: String,
    #[schemars(schema_with = "listed::card_type")]
    card_type: String,
    program_name: String,
    currency: String,
    #[schemars(schema_with = "listed::scheme")]
    scheme: String,
    /// In how many mobile wallets it is.
    wallets: usize,
}

impl From<Card> for Shown {
    fn from(card: Card) -> Self {
        let wallets = card.tokenizations.unwrap_or_default();
        Self {
            card_id: card.card_id,
            status: card.status,
            expiry: card.expiry,
            bin: card.bin,
            last_four: card.last_four,
            card_type: card.card_type,
            program_name: card.program_name,
            currency: card.currency,
            scheme: card.scheme,
            wallets: wallets.mobile_wallet_tokenizations.len(),
        }
    }
}

pub(crate) fn world(connection: &Connection) -> Result<World, StoreError> {
    let mut cards = connection
        .prepare_cached("SELECT body FROM paysafe_card WHERE customer_id = ?1 ORDER BY position")?;
    let mut customers = connection
        .prepare_cached("SELECT customer_id FROM paysafe_customer ORDER BY customer_id")?;
    let customers = customers.query_map([], |row| {
        let customer_id: String = row.get(0)?;
        let cards = cards.query_map([&customer_id], |row| {
            let body: String = row.get(0)?;
            Ok(Shown::from(parse(&body)?))
        })?;
        Ok(Customer {
            cards: cards.collect::<Result<_, _>>()?,
            customer_id,
        })
    })?;
    Ok(World {
        customers: customers.collect::<Result<_, _>>()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn actions(status: &str, card_type: &str) -> Vec<Action> {
        available(status, card_type, true)
    }

    #[test]
    fn only_a_physical_card_is_ever_activated() {
        for status in CardStatus::ALL {
            assert!(!actions(status.as_str(), "VIRTUAL").contains(&Action::Activate));
        }
        assert!(actions("ISSUED", "PHYSICAL").contains(&Action::Activate));
        assert!(actions("DIGITAL", "PHYSICAL").contains(&Action::Activate));
    }

    #[test]
    fn nothing_leads_out_of_an_end_and_only_a_lock_is_unlocked() {
        for status in ["CANCELLED", "EXPIRED", "REJECTED"] {
            assert!(actions(status, "PHYSICAL").is_empty(), "{status}");
        }
        for status in CardStatus::ALL {
            let unlocks = actions(status.as_str(), "PHYSICAL").contains(&Action::Unlock);
            assert_eq!(unlocks, *status == CardStatus::Locked);
        }
    }

    #[test]
    fn a_pin_that_is_not_set_is_not_shown() {
        assert!(!available("ACTIVE", "VIRTUAL", false).contains(&Action::ShowPin));
        assert!(available("ACTIVE", "VIRTUAL", true).contains(&Action::ShowPin));
    }
}
