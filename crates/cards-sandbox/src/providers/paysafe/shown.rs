//! Customers and cards as the control API and the page show them.

use std::borrow::Cow;

use cards_model::paysafe::Action;
use rusqlite::{Connection, params};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;
use serde_json::{Value, json};

use super::card::{Card, DeliveryAddress, Expiry, read};
use super::lifecycle::{self, STATUS_NOW, Why};
use super::{listed, seed};
use cards_sandbox_core::limits::ID;
use cards_sandbox_core::showing::{Fact, Showing};
use cards_sandbox_core::store::StoreError;
use cards_sandbox_core::world::section::Who;

/// A customer of a sandbox's Paysafe, as [`RunningWorld::paysafe_customers`](crate::RunningWorld::paysafe_customers)
/// gives one.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "PaysafeCustomer", description = "A customer with all cards.")]
#[non_exhaustive]
pub struct Customer {
    /// The id.
    pub customer_id: String,
    /// The cards, in the order in which they are listed.
    pub cards: Vec<Shown>,
}

/// A card. What is personal is hidden, but for cards that are there from the start, unless values
/// are kept.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "PaysafeCardShown")]
#[non_exhaustive]
pub struct Shown {
    /// The id.
    #[schemars(length(min = 1, max = ID), regex(pattern = "^[A-Za-z0-9_\\-]+$"))]
    pub card_id: String,
    /// The status by the sandbox's clock: `ACTIVE` and the like.
    #[schemars(schema_with = "listed::card_status")]
    pub status: String,
    /// The month in which it ends.
    pub expiry: Expiry,
    /// The first digits of the number.
    pub bin: String,
    /// The last four digits of the number.
    pub last_four: String,
    /// The type: `VIRTUAL` or `PHYSICAL`.
    #[schemars(schema_with = "listed::card_type")]
    pub card_type: String,
    /// The name of the card program.
    pub program_name: String,
    /// The currency: `EUR`.
    pub currency: String,
    /// The scheme: `VISA` or `MASTERCARD`.
    #[schemars(schema_with = "listed::scheme")]
    pub scheme: String,
    /// The mobile number given when the card was made.
    pub mobile: Fact,
    /// The address that a physical card is sent to; left out of the JSON for a virtual one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "DeliveryAddressShown")]
    pub delivery_address: Option<DeliveryAddressShown>,
    /// Number of mobile wallets that it is in.
    pub wallets: usize,
    /// The actions that the cardholder can take, or why there are none; for the
    /// page.
    #[serde(skip)]
    pub(crate) actions: Result<Vec<Action>, Why>,
}

/// The address that a card is sent to.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "PaysafeDeliveryAddressShown")]
#[non_exhaustive]
pub struct DeliveryAddressShown {
    /// The first line.
    pub address1: Fact,
    /// The second line.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Fact")]
    pub address2: Option<Fact>,
    /// The third line.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Fact")]
    pub address3: Option<Fact>,
    /// The city.
    pub city: Fact,
    /// The country: two letters, as ISO 3166 has them.
    pub country_code: Fact,
    /// The state, which is needed in the US.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Fact")]
    pub state: Option<Fact>,
    /// The postal code.
    pub postal_code: Fact,
}

impl DeliveryAddressShown {
    /// Shows what is as in the sandbox's own address, or everything.
    fn of(address: DeliveryAddress, own: Option<&DeliveryAddress>, everybody: bool) -> Self {
        let fact = |text: String, own: Option<&String>| {
            let is_shown = everybody || own == Some(&text);
            Fact::new(text, is_shown)
        };
        let optional = |text: Option<String>, own: Option<&Option<String>>| {
            text.map(|text| fact(text, own.and_then(Option::as_ref)))
        };
        Self {
            address1: fact(address.address1, own.map(|own| &own.address1)),
            address2: optional(address.address2, own.map(|own| &own.address2)),
            address3: optional(address.address3, own.map(|own| &own.address3)),
            city: fact(address.city, own.map(|own| &own.city)),
            country_code: fact(address.country_code, own.map(|own| &own.country_code)),
            state: optional(address.state, own.map(|own| &own.state)),
            postal_code: fact(address.postal_code, own.map(|own| &own.postal_code)),
        }
    }

    /// Goes through the lines in their order.
    pub(super) fn lines(&self) -> impl Iterator<Item = &Fact> {
        let lines = [
            Some(&self.address1),
            self.address2.as_ref(),
            self.address3.as_ref(),
        ];
        let rest = [
            Some(&self.city),
            self.state.as_ref(),
            Some(&self.postal_code),
        ];
        lines
            .into_iter()
            .chain(rest)
            .chain([Some(&self.country_code)])
            .flatten()
    }
}

impl Shown {
    fn of(card: Card, everybody: bool) -> Self {
        let own = seed::card_of(&card.card_id);
        let is_own = own.as_ref().is_some_and(|own| own.mobile == card.mobile);
        let address = card.delivery_address.clone();
        let address = address.map(|address| {
            let own = own.as_ref().and_then(|own| own.delivery_address.as_ref());
            DeliveryAddressShown::of(address, own, everybody)
        });
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
            mobile: Fact::new(card.mobile, everybody || is_own),
            delivery_address: address,
            wallets: wallets.mobile_wallet_tokenizations.len(),
        }
    }
}

/// A card as the API lists it, after a change by the control API: what is personal is shown as in
/// [`Shown`], and so is the merchant's own id.
#[derive(Serialize)]
#[serde(transparent)]
pub(super) struct Changed(Value);

impl Changed {
    pub(super) fn of(card: Card, everybody: bool) -> Self {
        let own = seed::card_of(&card.card_id).and_then(|own| own.external_id);
        let external_id = card.external_id.clone().map(|id| {
            let is_own = own.as_ref() == Some(&id);
            Fact::new(id, everybody || is_own)
        });
        let mut value = json!(card);
        let shown = Shown::of(card, everybody);
        value["mobile"] = json!(shown.mobile);
        if let Some(address) = shown.delivery_address {
            value["deliveryAddress"] = json!(address);
        }
        if let Some(id) = external_id {
            value["externalId"] = json!(id);
        }
        Self(value)
    }
}

impl JsonSchema for Changed {
    fn schema_name() -> Cow<'static, str> {
        "PaysafeCardChanged".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut schema = Card::json_schema(generator);
        let address = generator.subschema_for::<DeliveryAddressShown>();
        if let Some(Value::Object(properties)) = schema.get_mut("properties") {
            for (name, shown) in [
                ("mobile", json!({"type": "string"})),
                ("externalId", json!({"type": "string"})),
                ("deliveryAddress", address.to_value()),
            ] {
                properties.insert(name.to_owned(), shown);
            }
        }
        schema
    }
}

const ONE: &str = "SELECT customer_id FROM paysafe_customer WHERE customer_id = ?1 LIMIT ?2";

/// Reads the ids after one.
const AFTER: &str = "SELECT customer_id FROM paysafe_customer
    WHERE customer_id > ?1 ORDER BY customer_id LIMIT ?2";

/// Reads customers, by id.
pub(super) fn customers(
    connection: &Connection,
    showing: Showing,
    who: Who<'_>,
) -> Result<Vec<Customer>, StoreError> {
    let month = lifecycle::this_month(showing.today);
    let mut cards = connection.prepare_cached(&format!(
        "SELECT body, {STATUS_NOW}, tokenizations, card_id FROM paysafe_card
         WHERE customer_id = ?2 ORDER BY position"
    ))?;
    let (sql, id, most): (_, _, i64) = match who {
        Who::One(id) => (ONE, id, 1),
        // Every id comes after no text at all.
        Who::All => (AFTER, "", -1),
        Who::Some { after, most } => (AFTER, after.unwrap_or_default(), most.into()),
    };
    let mut customers = connection.prepare_cached(sql)?;
    let customers = customers.query_map(params![id, most], |row| {
        let customer_id: String = row.get(0)?;
        let cards = cards.query_map(params![month, customer_id], |row| {
            Ok(Shown::of(read(row)?, showing.everybody))
        })?;
        Ok(Customer {
            cards: cards.collect::<Result<_, _>>()?,
            customer_id,
        })
    })?;
    Ok(customers.collect::<Result<_, _>>()?)
}
