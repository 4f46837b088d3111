//! A card as the document's Responses 200 has it: its keys, in its order.

use cards_model::paysafe::{Action, CardStatus, CardType};
use rusqlite::{Connection, Transaction, params};
use serde::{Deserialize, Serialize};

use crate::store::StoreError;

#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Card {
    pub(super) card_id: String,
    pub(super) status: String,
    pub(super) expiry: Expiry,
    pub(super) bin: String,
    pub(super) last_four: String,
    pub(super) customer_id: String,
    pub(super) card_type: String,
    pub(super) program_name: String,
    pub(super) currency: String,
    pub(super) mobile: String,
    /// For a PHYSICAL card only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) delivery_address: Option<DeliveryAddress>,
    pub(super) created_date: String,
    pub(super) account_id: String,
    pub(super) scheme: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) activation_date: Option<String>,
    pub(super) is_pin_set: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) external_id: Option<String>,
    /// Shown where it is asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) tokenizations: Option<Tokenizations>,
    /// Worked out where it is asked for; never stored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) available_actions: Option<Vec<AvailableAction>>,
}

#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Expiry {
    pub(crate) month: u8,
    pub(crate) year: u16,
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct DeliveryAddress {
    pub(super) address1: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) address2: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) address3: Option<String>,
    pub(super) city: String,
    pub(super) country_code: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) state: Option<String>,
    pub(super) postal_code: String,
}

#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Tokenizations {
    pub(super) mobile_wallet_tokenizations: Vec<Tokenization>,
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Tokenization {
    pub(super) dpan_ref: String,
    /// At Google Pay only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) wallet_id: Option<String>,
    pub(super) wallet_type: String,
    pub(super) status: String,
}

#[derive(Clone, Serialize, Deserialize)]
pub(super) struct AvailableAction {
    pub(super) action: String,
}

impl Expiry {
    /// The month that the card is good until the end of, counted from January
    /// of the year 0.
    pub(super) fn months(&self) -> i64 {
        i64::from(self.year) * 12 + i64::from(self.month) - 1
    }
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
                    (customer_id, position, card_id, status, card_type, expires, body)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )?
            .execute(params![
                self.customer_id,
                position,
                self.card_id,
                self.status,
                self.card_type,
                self.expiry.months(),
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
#[derive(Serialize)]
pub(crate) struct World {
    pub(crate) customers: Vec<Customer>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Customer {
    pub(crate) customer_id: String,
    pub(crate) cards: Vec<Shown>,
}

/// A card without what is personal in it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Shown {
    pub(crate) card_id: String,
    pub(crate) status: String,
    pub(crate) expiry: Expiry,
    pub(crate) bin: String,
    pub(crate) last_four: String,
    pub(crate) card_type: String,
    pub(crate) program_name: String,
    pub(crate) currency: String,
    pub(crate) scheme: String,
    pub(crate) wallets: usize,
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
