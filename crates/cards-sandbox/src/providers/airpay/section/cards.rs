//! The card: its row in a world file, as it is shown, and in the table.

use cards_model::airpay::RegisterUser;
use cards_model::{Pan, ProviderId};
use rusqlite::types::Value;
use rusqlite::{Connection, Transaction};
use schemars::JsonSchema;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

use super::insert::insert;
use super::{Given, synthetic};
use crate::providers::airpay::{customers, listed};
use cards_sandbox_core::card_number;
use cards_sandbox_core::field_error::FieldError;
use cards_sandbox_core::issuer::Shipment;
use cards_sandbox_core::store::{Fingerprints, of_row};
use cards_sandbox_core::world::invented::{fingerprint_from, free, hex};
use cards_sandbox_core::world::section::{NO_CUSTOMER, Row};
use cards_sandbox_core::world_error::WorldError;

/// A card. With `card_fingerprint` and `kit_fingerprint` it was saved by a
/// sandbox; without, the numbers are given whole and kept masked.
#[derive(Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, expecting = "struct Card")]
#[schemars(rename = "AirpayCardInFile")]
pub(crate) struct CardRow {
    #[serde(default)]
    pub(crate) card_no: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) card_fingerprint: Option<String>,
    #[serde(default)]
    pub(crate) kit_no: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) kit_fingerprint: Option<String>,
    #[serde(default)]
    pub(crate) card_type: Option<String>,
    #[serde(default)]
    pub(crate) card_expiry: Option<String>,
    /// Lock on it: `L`, or `BL` for good.
    #[serde(
        default,
        deserialize_with = "lock",
        skip_serializing_if = "Option::is_none"
    )]
    #[schemars(schema_with = "listed::lock_or_null")]
    pub(crate) lock: Option<String>,
    /// The PIN as a sandbox saves it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) pin_hash: Option<String>,
    /// The day on which the PIN lapses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) pin_until: Option<String>,
    /// The number of the kit that has come in its place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) replaced_by: Option<String>,
    /// The place of its plastic; left out, it was never shipped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) shipment: Option<Shipment>,
    /// Another number is made up where somebody has this one.
    #[serde(skip)]
    pub(crate) is_card_no_invented: bool,
    #[serde(skip)]
    pub(crate) is_kit_no_invented: bool,
}

/// A card of a sandbox's Airpay, as the control API and the page show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(
    rename = "AirpayCard",
    description = "A card as the control API and the page show it."
)]
#[non_exhaustive]
pub struct Card {
    /// First six and last four digits.
    pub card_no: String,
    /// The number of the kit, masked.
    pub kit_no: String,
    /// The type: `V` and the like.
    #[schemars(schema_with = "listed::card_type")]
    pub card_type: String,
    /// The expiry: `12/49`.
    pub card_expiry: String,
    /// Lock on it: `L`, or `BL` for good; not there where it is not locked.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "listed::lock")]
    pub lock: Option<String>,
    /// The day on which its PIN lapses: `2027-11-21`; not there where none was set.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String", extend("format" = "date"))]
    pub pin_until: Option<String>,
    /// The number of the kit that has come in its place, masked; not there before that.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    pub replaced_by: Option<String>,
}

impl From<CardRow> for Card {
    fn from(row: CardRow) -> Self {
        Self {
            card_no: row.card_no.unwrap_or_default(),
            kit_no: row.kit_no.unwrap_or_default(),
            card_type: row.card_type.unwrap_or_default(),
            card_expiry: row.card_expiry.unwrap_or_default(),
            lock: row.lock,
            pin_until: row.pin_until,
            replaced_by: row.replaced_by,
        }
    }
}

/// Reads how a card is locked.
fn lock<'de, D: Deserializer<'de>>(input: D) -> Result<Option<String>, D::Error> {
    let lock: Option<String> = Option::deserialize(input)?;
    let is_known = |lock: &str| listed::LOCKS.contains(&lock);
    if lock.as_deref().is_none_or(is_known) {
        Ok(lock)
    } else {
        Err(D::Error::custom("L or BL"))
    }
}

/// Lists the texts beside the two numbers: columns, and fields of a world file.
macro_rules! texts {
    ($row:expr $(, $mutable:tt)?) => {
        [
            ("card_type", &$($mutable)? $row.card_type),
            ("card_expiry", &$($mutable)? $row.card_expiry),
            ("lock", &$($mutable)? $row.lock),
            ("pin_until", &$($mutable)? $row.pin_until),
            ("replaced_by", &$($mutable)? $row.replaced_by),
        ]
    };
}

impl CardRow {
    /// Makes the card of a registration.
    pub(crate) fn of(form: &RegisterUser) -> Self {
        Self {
            card_no: Some(form.card_no.expose().to_owned()),
            kit_no: Some(form.kit_no.clone()),
            card_type: Some(form.card_type.as_str().to_owned()),
            card_expiry: Some(form.card_expiry.clone()),
            ..Self::default()
        }
    }

    /// Reads the cards of a customer, each by one of the two functions below.
    pub(crate) fn all(
        connection: &Connection,
        entity_id: &str,
        read: fn(&Connection, &rusqlite::Row<'_>) -> rusqlite::Result<Self>,
    ) -> rusqlite::Result<Vec<Self>> {
        let sql = "SELECT * FROM airpay_card WHERE entity_id = ?1 ORDER BY number";
        let mut cards = connection.prepare_cached(sql)?;
        let cards = cards.query_map([entity_id], |row| read(connection, row))?;
        cards.collect()
    }

    /// Reads a row as a sandbox saves it.
    pub(super) fn saved(
        connection: &Connection,
        row: &rusqlite::Row<'_>,
    ) -> rusqlite::Result<Self> {
        of_row("airpay_card", "number", row, |row| {
            Ok(Self {
                card_fingerprint: Some(hex(&row.get("card_key")?)),
                kit_fingerprint: Some(hex(&row.get("kit_key")?)),
                pin_hash: row.get("pin_hash")?,
                shipment: Shipment::of(
                    connection,
                    ProviderId::AIRPAY,
                    &row.get::<_, i64>("number")?.to_string(),
                )?,
                ..Self::shown(connection, row)?
            })
        })
    }

    /// Reads a row without its fingerprints.
    pub(crate) fn shown(_: &Connection, row: &rusqlite::Row<'_>) -> rusqlite::Result<Self> {
        of_row("airpay_card", "number", row, |row| {
            let first_six: String = row.get("first_six")?;
            let last_four: String = row.get("last_four")?;
            let mut card = Self {
                card_no: Some(format!("{first_six}******{last_four}")),
                kit_no: row.get("kit_shown")?,
                ..Self::default()
            };
            for (column, text) in texts!(card, mut) {
                *text = row.get(column)?;
            }
            Ok(card)
        })
    }

    /// Gives the saved fingerprints of card and kit.
    pub(super) fn saved_keys(&self) -> Result<[Option<[u8; 32]>; 2], FieldError> {
        Ok([
            fingerprint_from("card_fingerprint", self.card_fingerprint.as_deref())?,
            fingerprint_from("kit_fingerprint", self.kit_fingerprint.as_deref())?,
        ])
    }
}

impl Row for CardRow {
    fn add(
        &self,
        transaction: &Transaction<'_>,
        owner: Option<&str>,
    ) -> Result<String, WorldError> {
        let owner = owner.unwrap_or_default();
        if !customers::exists(transaction, owner)? {
            return Err(WorldError::NotFound(NO_CUSTOMER));
        }
        let fingerprints = Fingerprints::of(transaction)?;
        let given = self.given(&fingerprints)?.collect();
        self.add_beside(transaction, &fingerprints, owner, &given)?;
        Ok(owner.to_owned())
    }
}

impl CardRow {
    /// Gives the fingerprints of the card and of the kit, as far as they are given.
    pub(super) fn given(
        &self,
        fingerprints: &Fingerprints,
    ) -> Result<impl Iterator<Item = [u8; 32]> + use<>, FieldError> {
        let [(_, card), (_, kit)] = self.keys(fingerprints)?;
        let card = (!self.is_card_no_invented).then_some(card);
        let kit = (!self.is_kit_no_invented).then_some(kit);
        Ok(card.into_iter().chain(kit))
    }

    /// Gives the numbers of card and kit, each with its fingerprint.
    fn keys(&self, fingerprints: &Fingerprints) -> Result<[(String, [u8; 32]); 2], FieldError> {
        let [card, kit] = self.saved_keys()?;
        let with_key = |number: &Option<String>, key: Option<[u8; 32]>| {
            let number = number.clone().unwrap_or_default();
            let key = key.unwrap_or_else(|| fingerprints.make(&number));
            (number, key)
        };
        Ok([with_key(&self.card_no, card), with_key(&self.kit_no, kit)])
    }

    pub(super) fn add_beside(
        &self,
        transaction: &Transaction<'_>,
        fingerprints: &Fingerprints,
        entity_id: &str,
        given: &Given,
    ) -> Result<(), WorldError> {
        let [mut card, mut kit] = self.keys(fingerprints)?;
        let draw = |number: fn() -> String| {
            let number = number();
            let key = fingerprints.make(&number);
            (number, key)
        };
        if self.is_card_no_invented {
            let is_taken = |(_, key): &(_, _)| -> rusqlite::Result<bool> {
                Ok(given.contains(key) || customers::is_card_taken(transaction, key)?)
            };
            card = free(card, || draw(synthetic::number), is_taken)?;
        }
        if self.is_kit_no_invented {
            let is_taken = |(_, key): &(_, _)| -> rusqlite::Result<bool> {
                Ok(given.contains(key) || customers::is_kit_taken(transaction, key)?)
            };
            kit = free(kit, || draw(synthetic::kit), is_taken)?;
        }
        if customers::is_card_taken(transaction, &card.1)? {
            return Err(FieldError::at("card_no", "the card is registered already").into());
        }
        if customers::is_kit_taken(transaction, &kit.1)? {
            return Err(FieldError::at("kit_no", "the kit is registered already").into());
        }
        self.insert(transaction, entity_id, &card, &kit)?;
        if let Some(shipment) = self.shipment {
            let number = transaction.last_insert_rowid().to_string();
            shipment.keep(transaction, ProviderId::AIRPAY, &number)?;
        }
        Ok(())
    }

    /// Adds a row, which has all but the two numbers.
    pub(crate) fn insert(
        &self,
        transaction: &Transaction<'_>,
        entity_id: &str,
        (card_no, card_key): &(String, [u8; 32]),
        (kit_no, kit_key): &(String, [u8; 32]),
    ) -> rusqlite::Result<()> {
        let card_no = Pan::new(card_no);
        let own: [(&str, Value); 7] = [
            ("entity_id", entity_id.to_owned().into()),
            ("card_key", card_key.to_vec().into()),
            (
                "first_six",
                card_no.bin().unwrap_or_default().to_owned().into(),
            ),
            (
                "last_four",
                card_no.last_four().unwrap_or_default().to_owned().into(),
            ),
            ("kit_key", kit_key.to_vec().into()),
            ("kit_shown", card_number::masked(kit_no).into()),
            ("pin_hash", self.pin_hash.clone().into()),
        ];
        // A waived rule may have let a card number pass.
        let kept = |text: &Option<String>| text.as_deref().map(card_number::masked);
        let texts = texts!(self).map(|(column, text)| (column, kept(text).into()));
        insert(transaction, "airpay_card", own.into_iter().chain(texts))
    }
}
