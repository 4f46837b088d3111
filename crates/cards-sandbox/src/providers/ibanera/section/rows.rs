//! The rows of both tables, as a world file and the control API have them: the rules that
//! they keep, and what is made up where they say nothing.

use cards_model::Pan;
use rusqlite::Connection;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::transactions::{Transactions, settle};
use super::values::{Amount, check_text};
use crate::providers::ibanera::documents;
use crate::providers::ibanera::numbered::{CARD, CUSTOMER, REQUEST, TRANSACTION, check_id};
use crate::providers::ibanera::requested::RequestedRow;
use crate::providers::ibanera::review::ReviewRow;
use cards_sandbox_core::card_number::{self, is_test_card};
use cards_sandbox_core::field_error::FieldError;
use cards_sandbox_core::issuer::Shipment;
use cards_sandbox_core::listed::decimal_or_null;
use cards_sandbox_core::quota;
use cards_sandbox_core::world::invented::random_digits;
use cards_sandbox_core::world::section::{Check, Context, each};
use cards_sandbox_core::world_error::WorldError;

/// All customers, by id.
#[derive(Clone, Default, Deserialize, JsonSchema)]
#[serde(
    deny_unknown_fields,
    expecting = "struct Section",
    rename_all = "camelCase"
)]
#[schemars(rename = "IbaneraSection")]
pub(crate) struct Rows {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) spent_ids: Option<SpentIds>,
    #[serde(default, deserialize_with = "quota::customers")]
    pub(super) customers: Vec<CustomerRow>,
}

/// The highest ids of customers, cards, transactions and requests that went, which are not given again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(
    deny_unknown_fields,
    expecting = "struct SpentIds",
    rename_all = "camelCase"
)]
#[schemars(rename = "IbaneraSpentIdsInFile")]
pub(crate) struct SpentIds {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    customers: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    cards: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    transactions: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    requested_cards: Option<i64>,
}

impl SpentIds {
    /// Reads the ids of what went. `None`: nothing went.
    pub(super) fn read(connection: &Connection) -> rusqlite::Result<Option<Self>> {
        let spent = Self {
            customers: CUSTOMER.spent(connection)?,
            cards: CARD.spent(connection)?,
            transactions: TRANSACTION.spent(connection)?,
            requested_cards: REQUEST.spent(connection)?,
        };
        Ok((spent != Self::default()).then_some(spent))
    }

    /// Keeps the ids from being given again.
    pub(super) fn spend(self, connection: &Connection) -> rusqlite::Result<()> {
        for (numbered, id) in [
            (CUSTOMER, self.customers),
            (CARD, self.cards),
            (TRANSACTION, self.transactions),
            (REQUEST, self.requested_cards),
        ] {
            id.map_or(Ok(()), |id| numbered.spend(connection, id))?;
        }
        Ok(())
    }

    fn check(self) -> Result<(), FieldError> {
        check_id("spentIds.customers", self.customers)?;
        check_id("spentIds.cards", self.cards)?;
        check_id("spentIds.transactions", self.transactions)?;
        check_id("spentIds.requestedCards", self.requested_cards)
    }
}

/// A customer; what is left out is made up.
#[derive(Clone, Deserialize, Serialize, JsonSchema)]
#[serde(
    deny_unknown_fields,
    expecting = "struct Customer",
    rename_all = "camelCase"
)]
#[schemars(rename = "IbaneraCustomerInFile")]
pub(crate) struct CustomerRow {
    #[serde(default)]
    pub(super) customers_id: Option<i64>,
    #[serde(default)]
    pub(super) customers_reference: Option<String>,
    #[serde(default, deserialize_with = "quota::cards")]
    pub(super) cards: Vec<CardRow>,
    /// The details to be told again before a card is made; left out, none have to be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) review: Option<ReviewRow>,
    /// The types of the documents that are on file.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) documents: Vec<String>,
    /// The cards that were asked for and wait until they are approved or rejected.
    #[serde(
        default,
        deserialize_with = "quota::rows",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub(super) requested_cards: Vec<RequestedRow>,
}

/// A card; its number is given whole or as it is shown.
#[derive(Clone, Default, Deserialize, Serialize, JsonSchema)]
#[serde(
    deny_unknown_fields,
    expecting = "struct Card",
    rename_all = "camelCase"
)]
#[schemars(rename = "IbaneraCardInFile")]
pub(crate) struct CardRow {
    #[serde(default)]
    pub(super) id: Option<i64>,
    #[serde(default)]
    pub(super) currency: Option<String>,
    #[serde(default)]
    pub(super) card_number: Option<String>,
    #[serde(default)]
    #[schemars(schema_with = "decimal_or_null")]
    pub(super) total_balance: Option<Amount>,
    #[serde(default)]
    #[schemars(schema_with = "decimal_or_null")]
    pub(super) available_balance: Option<Amount>,
    #[serde(default)]
    #[schemars(schema_with = "decimal_or_null")]
    pub(super) pending_balance: Option<Amount>,
    #[serde(default)]
    pub(super) b_suppressed: Option<bool>,
    /// The place of its plastic; left out, it was never shipped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) shipment: Option<Shipment>,
    /// The amounts that came onto the card and left it, which add up to the balances. Left
    /// out, the balances are what it begins with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) transactions: Option<Transactions>,
}

/// The fields of a card that can be changed; one that is left out stays.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[schemars(rename = "IbaneraCardChange", extend("anyOf" = change_of_one()))]
pub(crate) struct Change {
    #[serde(default)]
    #[schemars(schema_with = "decimal_or_null")]
    pub(super) total_balance: Option<Amount>,
    #[serde(default)]
    #[schemars(schema_with = "decimal_or_null")]
    pub(super) available_balance: Option<Amount>,
    #[serde(default)]
    #[schemars(schema_with = "decimal_or_null")]
    pub(super) pending_balance: Option<Amount>,
    pub(super) b_suppressed: Option<bool>,
}

/// Makes the schema of a change that changes anything.
fn change_of_one() -> serde_json::Value {
    let number = |field| (field, "number");
    cards_sandbox_core::listed::one_of(&[
        number("totalBalance"),
        number("availableBalance"),
        number("pendingBalance"),
        ("bSuppressed", "boolean"),
    ])
}

impl Check for Rows {
    fn check(&mut self, context: &Context) -> Result<(), WorldError> {
        self.spent_ids.map_or(Ok(()), SpentIds::check)?;
        each("customers", &mut self.customers, |one| one.check(context))
    }
}

impl Check for CustomerRow {
    fn check(&mut self, context: &Context) -> Result<(), WorldError> {
        check_id("customersId", self.customers_id)?;
        if let Some(reference) = &self.customers_reference {
            check_text("customersReference", reference)?;
        }
        if let Some(review) = &self.review {
            review.check()?;
        }
        documents::check(&self.documents)?;
        let requested = &mut self.requested_cards;
        each("requestedCards", requested, |asked| {
            check_id("id", asked.id)?;
            let mut currency = asked.currency.iter();
            Ok(currency.try_for_each(|text| check_text("currency", text))?)
        })?;
        each("cards", &mut self.cards, |card| card.check(context))
    }
}

impl Check for CardRow {
    fn check(&mut self, context: &Context) -> Result<(), WorldError> {
        check_id("id", self.id)?;
        if let Some(currency) = &self.currency {
            check_text("currency", currency)?;
        }
        self.card_number = Some(match &self.card_number {
            Some(number) => shown("cardNumber", number)?,
            None => format!("424242******{}", random_digits(4)),
        });
        self.check_balances()?;
        let balances = [
            &mut self.total_balance,
            &mut self.available_balance,
            &mut self.pending_balance,
        ];
        settle(&mut self.transactions, balances, context)?;
        self.check_balances()
    }
}

impl CardRow {
    fn check_balances(&self) -> Result<(), WorldError> {
        Ok(check_balances([
            ("totalBalance", &self.total_balance),
            ("availableBalance", &self.available_balance),
            ("pendingBalance", &self.pending_balance),
        ])?)
    }
}

impl Change {
    pub(crate) fn check(&self) -> Result<(), WorldError> {
        let balances = [
            ("totalBalance", &self.total_balance),
            ("availableBalance", &self.available_balance),
            ("pendingBalance", &self.pending_balance),
        ];
        check_balances(balances)?;
        if self.b_suppressed.is_none() && balances.iter().all(|(_, amount)| amount.is_none()) {
            let what = "bSuppressed, a balance or several of them have to be given";
            return Err(FieldError::of_whole(what).into());
        }
        Ok(())
    }
}

/// Makes the reference of a customer who was given none. Some ids are as long as a
/// card number, and one in ten of those would be taken for one.
pub(super) fn reference(id: i64) -> String {
    let reference = format!("customer-ref-{id}");
    if card_number::is_in(&reference) {
        let halves = (id / 100_000_000, id % 100_000_000);
        return format!("customer-ref-{}x{:08}", halves.0, halves.1);
    }
    reference
}

fn check_balances(balances: [(&'static str, &Option<Amount>); 3]) -> Result<(), FieldError> {
    let mut given = balances.into_iter();
    given.try_for_each(|(field, balance)| balance.iter().try_for_each(|one| one.check(field)))
}

/// Gives a card number as it is shown and kept: six digits, stars, four digits.
fn shown(field: &'static str, number: &str) -> Result<String, FieldError> {
    let is_masked = number.len() == 16
        && number.bytes().enumerate().all(|(at, byte)| match at {
            6..12 => byte == b'*',
            _ => byte.is_ascii_digit(),
        });
    if is_masked {
        return Ok(number.to_owned());
    }
    if number.len() != 16 || !number.bytes().all(|byte| byte.is_ascii_digit()) {
        let what = "16 digits, of which the middle six may be stars";
        return Err(FieldError::at(field, what));
    }
    if !is_test_card(number) {
        return Err(FieldError::at(field, "only test card numbers are taken"));
    }
    Ok(Pan::new(number).to_string())
}
