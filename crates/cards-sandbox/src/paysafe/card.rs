//! A card as the document's Responses 200 has it: its keys, in its order.

use cards_model::Date;
use cards_model::paysafe::{Action, CardStatus, CardType};
use rusqlite::{Connection, OptionalExtension, Transaction, params};
use serde::{Deserialize, Serialize};

use super::lifecycle::{self, STATUS_NOW, Standing, Why};
use crate::store::StoreError;

#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Card {
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
#[serde(deny_unknown_fields)]
pub(crate) struct Expiry {
    pub(crate) month: u8,
    pub(crate) year: u16,
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
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
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct Tokenizations {
    pub(super) mobile_wallet_tokenizations: Vec<Tokenization>,
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct Tokenization {
    #[serde(default = "dpan_ref")]
    pub(super) dpan_ref: String,
    /// At Google Pay only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) wallet_id: Option<String>,
    pub(super) wallet_type: String,
    #[serde(default = "completed")]
    pub(super) status: String,
}

/// For wallets that a world file only names.
fn dpan_ref() -> String {
    format!("DAPL{}", uuid::Uuid::new_v4().simple())
}

fn completed() -> String {
    "COMPLETED".to_owned()
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
            lifecycle::available(&self.standing(None))
                .iter()
                .map(|action| AvailableAction {
                    action: action.as_str().to_owned(),
                })
                .collect()
        });
        self
    }

    /// What decides over what may become of it.
    pub(super) fn standing(&self, before_lock: Option<CardStatus>) -> Standing {
        Standing {
            status: CardStatus::from(self.status.as_str()),
            card_type: CardType::from(self.card_type.as_str()),
            is_pin_set: self.is_pin_set,
            before_lock,
        }
    }

    /// As it is kept: without what is worked out.
    fn body(&self) -> String {
        // These types have text keys only: they are always JSON.
        serde_json::to_string(self).unwrap_or_default()
    }

    pub(super) fn add(&self, transaction: &Transaction<'_>, position: u32) -> rusqlite::Result<()> {
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
                self.body()
            ])?;
        Ok(())
    }

    /// Writes a card's status and all that goes with it.
    pub(super) fn update(
        &self,
        transaction: &Transaction<'_>,
        before_lock: Option<&CardStatus>,
    ) -> rusqlite::Result<()> {
        transaction
            .prepare_cached(
                "UPDATE paysafe_card SET status = ?2, status_before_lock = ?3, body = ?4
                 WHERE card_id = ?1",
            )?
            .execute(params![
                self.card_id,
                self.status,
                before_lock.map(CardStatus::as_str),
                self.body()
            ])?;
        Ok(())
    }
}

/// A card by its id, and what it returns to when it is unlocked.
pub(super) fn find(
    connection: &Connection,
    card_id: &str,
    month: i64,
) -> rusqlite::Result<Option<(Card, Option<CardStatus>)>> {
    let sql = format!(
        "SELECT body, {STATUS_NOW}, status_before_lock FROM paysafe_card WHERE card_id = ?2"
    );
    connection
        .prepare_cached(&sql)?
        .query_row(params![month, card_id], |row| {
            let before: Option<String> = row.get(2)?;
            Ok((read(row)?, before.as_deref().map(CardStatus::from)))
        })
        .optional()
}

/// A card of a row that begins with its body and its status by the clock.
pub(super) fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<Card> {
    Ok(Card {
        status: row.get(1)?,
        ..parse(row.get_ref(0)?.as_str()?)?
    })
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

impl World {
    /// The one that was asked for.
    pub(crate) fn into_one(mut self) -> Option<impl Serialize> {
        self.customers.pop()
    }
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
    /// What the cardholder can do with it, or why that is nothing; for the
    /// page.
    #[serde(skip)]
    pub(crate) actions: Result<Vec<Action>, Why>,
}

impl From<Card> for Shown {
    fn from(card: Card) -> Self {
        let standing = card.standing(None);
        let actions = match lifecycle::available(&standing) {
            none if none.is_empty() => Err(lifecycle::after(&Action::Cancel, &standing)
                .err()
                .unwrap_or_default()),
            some => Ok(some),
        };
        let wallets = card.tokenizations.unwrap_or_default();
        Self {
            actions,
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

/// All customers, or the one of this id.
pub(crate) fn world(
    connection: &Connection,
    today: Date,
    only: Option<&str>,
) -> Result<World, StoreError> {
    let month = lifecycle::this_month(today);
    let mut cards = connection.prepare_cached(&format!(
        "SELECT body, {STATUS_NOW} FROM paysafe_card WHERE customer_id = ?2 ORDER BY position"
    ))?;
    let mut customers = connection.prepare_cached(
        "SELECT customer_id FROM paysafe_customer
             WHERE ?1 IS NULL OR customer_id = ?1 ORDER BY customer_id",
    )?;
    let customers = customers.query_map([only], |row| {
        let customer_id: String = row.get(0)?;
        let cards = cards.query_map(params![month, customer_id], |row| {
            Ok(Shown::from(read(row)?))
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
