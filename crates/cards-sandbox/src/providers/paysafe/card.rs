//! A card as the document's Responses 200 has it: its keys, in its order.

use cards_model::paysafe::{CardStatus, CardType};
use rusqlite::{Connection, OptionalExtension, Transaction, params};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};

use super::lifecycle::{self, STATUS_NOW, Standing};
use super::listed;
use cards_sandbox_core::card_number;
use cards_sandbox_core::limits::ID;
use cards_sandbox_core::store::of_row;

// A list gives what is stored: a change of this JSON needs a migration.
#[derive(Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "PaysafeCard")]
pub(crate) struct Card {
    #[schemars(length(min = 1, max = ID), regex(pattern = "^[A-Za-z0-9_\\-]+$"))]
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

/// The month in which a card ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Expiry {
    /// 1 to 12.
    #[schemars(range(min = 1, max = 12))]
    pub month: u8,
    /// Year of four digits.
    #[schemars(range(min = 1, max = 9999))]
    pub year: u16,
}

#[derive(Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[schemars(extend("if" = us(), "then" = us_rules()))]
pub(super) struct DeliveryAddress {
    #[schemars(length(min = 4, max = 40))]
    pub(super) address1: String,
    #[serde(
        default,
        deserialize_with = "given",
        skip_serializing_if = "Option::is_none"
    )]
    #[schemars(with = "String", length(max = 30))]
    pub(super) address2: Option<String>,
    #[serde(
        default,
        deserialize_with = "given",
        skip_serializing_if = "Option::is_none"
    )]
    #[schemars(with = "String", length(max = 30))]
    pub(super) address3: Option<String>,
    /// Letters, spaces, hyphens and periods.
    #[schemars(length(max = 30), regex(pattern = r"^[^0-9!-,/:-@\[-`{-~]*$"))]
    pub(super) city: String,
    /// ISO 3166 alpha-2.
    #[schemars(length(equal = 2), regex(pattern = "^[A-Za-z]*$"))]
    pub(super) country_code: String,
    /// Needed in the US.
    #[serde(
        default,
        deserialize_with = "given",
        skip_serializing_if = "Option::is_none"
    )]
    #[schemars(with = "String", length(max = 3))]
    pub(super) state: Option<String>,
    #[schemars(length(min = 1, max = 16))]
    pub(super) postal_code: String,
}

/// The mobile wallets that hold the card.
#[derive(Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct Tokenizations {
    pub(super) mobile_wallet_tokenizations: Vec<Tokenization>,
}

#[derive(Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[schemars(transform = without_made_up)]
pub(super) struct Tokenization {
    #[serde(default = "dpan_ref")]
    pub(super) dpan_ref: String,
    /// At Google Pay only.
    #[serde(
        default,
        deserialize_with = "given",
        skip_serializing_if = "Option::is_none"
    )]
    #[schemars(with = "String")]
    pub(super) wallet_id: Option<String>,
    #[schemars(schema_with = "listed::wallet_type")]
    pub(super) wallet_type: String,
    #[serde(default = "completed")]
    #[schemars(schema_with = "listed::tokenization_status")]
    pub(super) status: String,
}

impl Tokenization {
    /// A token that a wallet of this type has. Of Google's the wallet's id is not made up.
    pub(super) fn completed(wallet_type: &str) -> Self {
        Self {
            dpan_ref: dpan_ref(),
            wallet_id: None,
            wallet_type: wallet_type.to_owned(),
            status: completed(),
        }
    }

    /// Tells whether the wallet has it.
    pub(super) fn is_completed(&self) -> bool {
        self.status == completed()
    }

    /// Puts another token in its place.
    pub(super) fn renew(&mut self) {
        self.dpan_ref = dpan_ref();
    }
}

/// A default that is another one each time is none to publish.
fn without_made_up(schema: &mut schemars::Schema) {
    let reference = schema.pointer_mut("/properties/dpanRef");
    if let Some(reference) = reference.and_then(serde_json::Value::as_object_mut) {
        reference.remove("default");
    }
}

/// Reads a text that may be left out, but is no null.
fn given<'de, D: Deserializer<'de>>(input: D) -> Result<Option<String>, D::Error> {
    String::deserialize(input).map(Some)
}

/// Makes up a reference for a wallet that a world file only names.
fn dpan_ref() -> String {
    let draw = || format!("DAPL{}", uuid::Uuid::new_v4().simple());
    let mut drawn = draw();
    // A draw in some hundreds has digits in a row that could be a card's number.
    while card_number::is_in(&drawn) {
        drawn = draw();
    }
    drawn
}

fn completed() -> String {
    "COMPLETED".to_owned()
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

/// Gives the rules that hold for an address in the US beside the rest.
pub(super) fn us_rules() -> serde_json::Value {
    serde_json::json!({
        "required": ["state"],
        "properties": {
            "state": {"minLength": 2},
            "postalCode": {"minLength": 4, "maxLength": 10, "pattern": "^[a-zA-Z0-9\\- ]*$"},
        },
    })
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

    /// Gives the parts that decide over what may become of it.
    pub(super) fn standing(&self, before_lock: Option<CardStatus>) -> Standing {
        Standing {
            status: CardStatus::from(self.status.as_str()),
            card_type: CardType::from(self.card_type.as_str()),
            is_pin_set: self.is_pin_set,
            is_activated: self.activation_date.is_some(),
            before_lock,
        }
    }

    /// Writes the card as it is kept, and as a list without extras shows it: without
    /// the wallets, which have a column of their own, and what is worked out.
    fn body(&self) -> String {
        json(&self.clone().with(false, false))
    }

    fn wallets(&self) -> Option<String> {
        self.tokenizations.as_ref().map(json)
    }

    pub(super) fn add(&self, transaction: &Transaction<'_>, position: u32) -> rusqlite::Result<()> {
        transaction
            .prepare_cached(
                "INSERT INTO paysafe_card
                    (customer_id, position, card_id, status, card_type, expires, body,
                     tokenizations)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            )?
            .execute(params![
                self.customer_id,
                position,
                self.card_id,
                self.status,
                self.card_type,
                self.expiry.months(),
                self.body(),
                self.wallets()
            ])?;
        Ok(())
    }

    /// Writes a card, in the status that is to be kept. What a lock is undone to is kept as long as
    /// there is a lock to undo. A new status that is no end, and tokens that have changed, may come to their
    /// end by the clock: that was not told yet.
    pub(super) fn update(
        &self,
        transaction: &Transaction<'_>,
        status: &str,
        before_lock: Option<&CardStatus>,
    ) -> rusqlite::Result<()> {
        let before_lock = before_lock.filter(|_| lifecycle::may_be_unlocked(status));
        let kept = Self {
            status: status.to_owned(),
            ..self.clone()
        };
        transaction
            .prepare_cached(
                "UPDATE paysafe_card
                 SET status = ?2, status_before_lock = ?3, body = ?4, tokenizations = ?5,
                     expiry_told = expiry_told
                         AND (status = ?2 AND tokenizations IS ?5
                             OR ?2 IN ('CANCELLED', 'REJECTED', 'EXPIRED'))
                 WHERE card_id = ?1",
            )?
            .execute(params![
                kept.card_id,
                kept.status,
                before_lock.map(CardStatus::as_str),
                kept.body(),
                kept.wallets()
            ])?;
        Ok(())
    }
}

/// A card that is there.
pub(super) struct Found {
    /// The card in its status by the clock.
    pub(super) card: Card,
    /// The status that is kept.
    pub(super) kept: String,
    /// The status to which it returns when it is unlocked.
    pub(super) before_lock: Option<CardStatus>,
}

/// Finds a card by its id.
pub(super) fn find(
    connection: &Connection,
    card_id: &str,
    month: i64,
) -> rusqlite::Result<Option<Found>> {
    let sql = format!(
        "SELECT body, {STATUS_NOW}, tokenizations, status_before_lock, status, card_id
         FROM paysafe_card WHERE card_id = ?2"
    );
    connection
        .prepare_cached(&sql)?
        .query_row(params![month, card_id], |row| {
            let before: Option<String> = row.get(3)?;
            Ok(Found {
                card: read(row)?,
                kept: row.get(4)?,
                before_lock: before.as_deref().map(CardStatus::from),
            })
        })
        .optional()
}

/// A card of a row that begins with its body, its status by the clock and its
/// wallets, and has its id.
pub(super) fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<Card> {
    of_row("paysafe_card", "card_id", row, |row| {
        let wallets = row.get_ref(2)?.as_str_or_null()?;
        Ok(Card {
            status: row.get(1)?,
            tokenizations: wallets.map(parse).transpose()?,
            ..parse(row.get_ref(0)?.as_str()?)?
        })
    })
}

// These types have text keys only: they are always JSON.
fn json(part: &impl Serialize) -> String {
    serde_json::to_string(part).unwrap_or_default()
}

/// Reads what is stored of a card. The error is a fixed one, as serde's would
/// repeat what is stored, and errors are logged.
fn parse<'a, T: Deserialize<'a>>(stored: &'a str) -> rusqlite::Result<T> {
    serde_json::from_str(stored).map_err(|_| {
        let text = rusqlite::types::Type::Text;
        // The column is not known here.
        rusqlite::Error::FromSqlConversionFailure(usize::MAX, text, "no card".into())
    })
}

/// Reads all cards, and checks that each is stored as a list gives it.
#[cfg(test)]
pub(crate) async fn stored_as_listed(store: &cards_sandbox_core::store::Store) -> Vec<Card> {
    use cards_sandbox_core::store::StoreError;

    let read_all = |connection: &Connection| -> Result<_, StoreError> {
        let sql = "SELECT body, status, tokenizations FROM paysafe_card";
        let mut statement = connection.prepare(sql)?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, read(row)?)))?;
        Ok(rows.collect::<Result<Vec<(String, Card)>, _>>()?)
    };
    let rows = store.read(read_all).await.unwrap();
    let held = |(body, card): (String, Card)| {
        assert_eq!(body, json(&card.clone().with(false, false)));
        card
    };
    rows.into_iter().map(held).collect()
}

#[cfg(test)]
mod tests {
    use cards_sandbox_core::store::StoreError;

    use super::*;

    #[tokio::test]
    async fn a_seeded_card_is_stored_as_it_is_listed() {
        let today = "2026-11-21".parse().unwrap();
        let store = crate::testing::open(&crate::Store::Memory, today).unwrap();
        let cards = stored_as_listed(&store).await;
        assert!(cards.iter().any(|card| card.tokenizations.is_some()));
        assert!(cards.iter().any(|card| card.delivery_address.is_some()));
    }

    #[test]
    fn a_stored_card_that_is_none_is_not_repeated() {
        let error = parse::<Card>(r#"{"cardId":"c-1","status":4622940000003713}"#);
        let Err(error) = error else {
            panic!("it is no card");
        };
        insta::assert_snapshot!(
            StoreError::from(error),
            @"it is damaged, and was left as it is; put a copy in its place, or move it away to start anew (a row that was read holds what it may not)"
        );
    }
}
