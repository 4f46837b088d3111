//! Ibanera's part of a world file, and what the control API adds, changes and
//! takes away.

use cards_model::Pan;
use rusqlite::{Connection, OptionalExtension, Transaction, params};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::airpay::is_test_card;
use crate::store::StoreError;
use crate::world::file::{Refused, Wrong, no_card_number, random_digits};
use crate::world::room;

/// All customers, by id.
#[derive(Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "IbaneraSection")]
pub(crate) struct Section {
    #[serde(
        default,
        deserialize_with = "room::at_most::<{ room::CUSTOMERS }, _, _>"
    )]
    customers: Vec<Customer>,
}

/// A customer; what is left out is made up.
#[derive(Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[schemars(rename = "IbaneraCustomerInFile")]
pub(crate) struct Customer {
    #[serde(default)]
    customers_id: Option<i64>,
    #[serde(default)]
    customers_reference: Option<String>,
    #[serde(default, deserialize_with = "room::at_most::<{ room::CARDS }, _, _>")]
    cards: Vec<Card>,
}

/// A card; its number is given whole or as it is shown.
#[derive(Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[schemars(rename = "IbaneraCardInFile")]
pub(crate) struct Card {
    #[serde(default)]
    id: Option<i64>,
    #[serde(default)]
    currency: Option<String>,
    #[serde(default)]
    card_number: Option<String>,
    // Numbers as their own text, so that no digit is lost.
    #[serde(default)]
    #[schemars(schema_with = "crate::openapi::listed::decimal_or_null")]
    total_balance: Option<Box<RawValue>>,
    #[serde(default)]
    #[schemars(schema_with = "crate::openapi::listed::decimal_or_null")]
    available_balance: Option<Box<RawValue>>,
    #[serde(default)]
    #[schemars(schema_with = "crate::openapi::listed::decimal_or_null")]
    pending_balance: Option<Box<RawValue>>,
    #[serde(default)]
    b_suppressed: Option<bool>,
}

/// What of a card can be changed; what is left out stays.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[schemars(rename = "IbaneraCardChange", extend("anyOf" = change_of_one()))]
pub(crate) struct Change {
    #[serde(default)]
    #[schemars(schema_with = "crate::openapi::listed::decimal_or_null")]
    total_balance: Option<Box<RawValue>>,
    #[serde(default)]
    #[schemars(schema_with = "crate::openapi::listed::decimal_or_null")]
    available_balance: Option<Box<RawValue>>,
    #[serde(default)]
    #[schemars(schema_with = "crate::openapi::listed::decimal_or_null")]
    pending_balance: Option<Box<RawValue>>,
    b_suppressed: Option<bool>,
}

/// The schema of a change that changes anything.
fn change_of_one() -> serde_json::Value {
    let number = |field| (field, "number");
    crate::control::one_of(&[
        number("totalBalance"),
        number("availableBalance"),
        number("pendingBalance"),
        ("bSuppressed", "boolean"),
    ])
}

/// A section that keeps the rules.
pub(crate) struct ReadySection(Vec<ReadyCustomer>);

/// A customer who keeps the rules.
pub(crate) struct ReadyCustomer {
    customers_id: Option<i64>,
    customers_reference: Option<String>,
    cards: Vec<ReadyCard>,
}

/// A card that keeps the rules.
pub(crate) struct ReadyCard {
    id: Option<i64>,
    currency: String,
    card_number: String,
    total_balance: String,
    available_balance: String,
    pending_balance: String,
    is_suppressed: bool,
}

/// A change that keeps the rules.
pub(crate) struct ReadyChange {
    total_balance: Option<String>,
    available_balance: Option<String>,
    pending_balance: Option<String>,
    is_suppressed: Option<bool>,
}

impl Section {
    /// How many cards each customer has.
    pub(crate) fn sizes(&self) -> impl Iterator<Item = usize> {
        self.customers.iter().map(|customer| customer.cards.len())
    }

    pub(crate) fn ready(self) -> Result<ReadySection, Refused> {
        let customers = self.customers.into_iter().enumerate();
        let ready = customers.map(|(at, customer)| {
            customer
                .ready()
                .map_err(|refused| refused.within(&format!("customers[{at}]")))
        });
        Ok(ReadySection(ready.collect::<Result<_, _>>()?))
    }
}

impl ReadySection {
    /// Into empty tables.
    pub(crate) fn fill(&self, transaction: &Transaction<'_>) -> Result<(), Refused> {
        for (at, customer) in self.0.iter().enumerate() {
            customer
                .add(transaction)
                .map_err(|refused| refused.within(&format!("customers[{at}]")))?;
        }
        Ok(())
    }
}

impl Customer {
    pub(crate) fn ready(self) -> Result<ReadyCustomer, Refused> {
        check_id("customersId", self.customers_id)?;
        if let Some(reference) = &self.customers_reference {
            check_text("customersReference", reference)?;
        }
        let cards = self.cards.into_iter().enumerate().map(|(at, card)| {
            card.ready()
                .map_err(|refused| refused.within(&format!("cards[{at}]")))
        });
        Ok(ReadyCustomer {
            customers_id: self.customers_id,
            customers_reference: self.customers_reference,
            cards: cards.collect::<Result<_, _>>()?,
        })
    }
}

impl Card {
    pub(crate) fn ready(self) -> Result<ReadyCard, Refused> {
        check_id("id", self.id)?;
        if let Some(currency) = &self.currency {
            check_text("currency", currency)?;
        }
        let given = self.card_number.map(|number| shown("cardNumber", &number));
        let card_number = given.transpose()?;
        let zero = || "0".to_owned();
        Ok(ReadyCard {
            id: self.id,
            currency: self.currency.unwrap_or_else(|| "usd".to_owned()),
            card_number: card_number.unwrap_or_else(|| format!("424242******{}", random_digits(4))),
            total_balance: amount("totalBalance", self.total_balance)?.unwrap_or_else(zero),
            available_balance: amount("availableBalance", self.available_balance)?
                .unwrap_or_else(zero),
            pending_balance: amount("pendingBalance", self.pending_balance)?.unwrap_or_else(zero),
            is_suppressed: self.b_suppressed.unwrap_or(false),
        })
    }
}

impl Change {
    pub(crate) fn ready(self) -> Result<ReadyChange, Refused> {
        let change = ReadyChange {
            total_balance: amount("totalBalance", self.total_balance)?,
            available_balance: amount("availableBalance", self.available_balance)?,
            pending_balance: amount("pendingBalance", self.pending_balance)?,
            is_suppressed: self.b_suppressed,
        };
        let amounts = [
            &change.total_balance,
            &change.available_balance,
            &change.pending_balance,
        ];
        if change.is_suppressed.is_none() && amounts.iter().all(|amount| amount.is_none()) {
            let what = "bSuppressed, a balance or several of them have to be given";
            return Err(Wrong::at("body", what).into());
        }
        Ok(change)
    }
}

/// The provider's ids are counted from 1, as the rule of `customersId` has it.
fn check_id(field: &'static str, id: Option<i64>) -> Result<(), Wrong> {
    match id {
        // The next one has to be a number too, and one that JavaScript reads.
        Some(id) if !(1..1 << 53).contains(&id) => {
            Err(Wrong::at(field, format!("1 to {}", (1_i64 << 53) - 1)))
        }
        _ => Ok(()),
    }
}

fn check_text(field: &'static str, text: &str) -> Result<(), Wrong> {
    if !(1..=100).contains(&text.chars().count()) {
        return Err(Wrong::at(field, "1 to 100 characters"));
    }
    no_card_number(field, text)
}

/// A card number as it is shown and kept: six digits, stars, four digits.
fn shown(field: &'static str, number: &str) -> Result<String, Wrong> {
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
        return Err(Wrong::at(field, what));
    }
    if !is_test_card(number) {
        return Err(Wrong::at(field, "only test card numbers are taken"));
    }
    Ok(Pan::new(number).to_string())
}

/// An amount with its own digits: a plain decimal that any client can read.
fn amount(field: &'static str, given: Option<Box<RawValue>>) -> Result<Option<String>, Wrong> {
    let Some(raw) = given else {
        return Ok(None);
    };
    let text = raw.get();
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let digits = unsigned.bytes().filter(u8::is_ascii_digit).count();
    let is_plain = unsigned
        .bytes()
        .all(|byte| byte.is_ascii_digit() || byte == b'.');
    if is_plain && (1..=28).contains(&digits) {
        Ok(Some(text.to_owned()))
    } else {
        Err(Wrong::at(
            field,
            "a number of at most 28 digits, without an exponent",
        ))
    }
}

impl ReadyCustomer {
    /// Adds the customer with all cards. Gives the id.
    pub(crate) fn add(&self, transaction: &Transaction<'_>) -> Result<i64, Refused> {
        let next = "SELECT coalesce(max(customers_id), 0) + 1 FROM ibanera_customer";
        let id = match self.customers_id {
            Some(id) => id,
            None => transaction.query_row(next, [], |row| row.get(0))?,
        };
        if is_there(transaction, id)? {
            return Err(Wrong::at("customersId", "another customer has it").into());
        }
        let reference = self.customers_reference.clone();
        transaction
            .prepare_cached("INSERT INTO ibanera_customer VALUES (?1, ?2)")?
            .execute(params![
                id,
                reference.unwrap_or_else(|| format!("customer-ref-{id}"))
            ])?;
        for (at, card) in self.cards.iter().enumerate() {
            card.add(transaction, id)
                .map_err(|refused| refused.within(&format!("cards[{at}]")))?;
        }
        Ok(id)
    }
}

impl ReadyCard {
    /// Adds the card to a customer. Gives its id.
    pub(crate) fn add(
        &self,
        transaction: &Transaction<'_>,
        customers_id: i64,
    ) -> Result<i64, Refused> {
        if !is_there(transaction, customers_id)? {
            return Err(Refused::NotFound("there is no customer of this id"));
        }
        let next = "SELECT coalesce(max(id), 0) + 1 FROM ibanera_card";
        let id = match self.id {
            Some(id) => id,
            None => transaction.query_row(next, [], |row| row.get(0))?,
        };
        let sql = "SELECT 1 FROM ibanera_card WHERE id = ?1";
        if transaction.prepare_cached(sql)?.exists([id])? {
            return Err(Wrong::at("id", "another card has it").into());
        }
        transaction
            .prepare_cached(
                "INSERT INTO ibanera_card (
                    id, customers_id, currency, card_number, total_balance, available_balance,
                    pending_balance, suppressed
                 ) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            )?
            .execute(params![
                id,
                customers_id,
                self.currency,
                self.card_number,
                self.total_balance,
                self.available_balance,
                self.pending_balance,
                self.is_suppressed,
            ])?;
        Ok(id)
    }
}

impl ReadyChange {
    /// Changes a card. Gives whose it is.
    pub(crate) fn make(&self, transaction: &Transaction<'_>, id: i64) -> Result<i64, Refused> {
        let customers_id = transaction
            .prepare_cached(
                "UPDATE ibanera_card SET
                    total_balance = coalesce(?2, total_balance),
                    available_balance = coalesce(?3, available_balance),
                    pending_balance = coalesce(?4, pending_balance),
                    suppressed = coalesce(?5, suppressed)
                 WHERE id = ?1 RETURNING customers_id",
            )?
            .query_row(
                params![
                    id,
                    self.total_balance,
                    self.available_balance,
                    self.pending_balance,
                    self.is_suppressed,
                ],
                |row| row.get(0),
            )
            .optional()?;
        customers_id.ok_or(Refused::NotFound("there is no card of this id"))
    }
}

fn is_there(connection: &Connection, customers_id: i64) -> rusqlite::Result<bool> {
    let sql = "SELECT 1 FROM ibanera_customer WHERE customers_id = ?1";
    connection.prepare_cached(sql)?.exists([customers_id])
}

/// Takes a customer away, with all cards.
pub(crate) fn remove_customer(transaction: &Transaction<'_>, id: i64) -> Result<(), Refused> {
    transaction.execute("DELETE FROM ibanera_card WHERE customers_id = ?1", [id])?;
    match transaction.execute("DELETE FROM ibanera_customer WHERE customers_id = ?1", [id])? {
        0 => Err(Refused::NotFound("there is no customer of this id")),
        _ => Ok(()),
    }
}

/// Takes a customer's card away.
pub(crate) fn remove_card(
    transaction: &Transaction<'_>,
    customers_id: i64,
    id: i64,
) -> Result<(), Refused> {
    let sql = "DELETE FROM ibanera_card WHERE customers_id = ?1 AND id = ?2";
    match transaction.execute(sql, [customers_id, id])? {
        0 => Err(Refused::NotFound("the customer has no card of this id")),
        _ => Ok(()),
    }
}

/// Everything, as a file.
pub(crate) fn save(connection: &Connection) -> Result<Section, StoreError> {
    let mut cards = connection.prepare_cached(
        "SELECT id, currency, card_number, total_balance, available_balance, pending_balance,
             suppressed
         FROM ibanera_card WHERE customers_id = ?1 ORDER BY id",
    )?;
    let mut customers = connection.prepare_cached(
        "SELECT customers_id, customers_reference FROM ibanera_customer ORDER BY customers_id",
    )?;
    let number = |row: &rusqlite::Row<'_>, at| super::customers::number(row, at).map(Some);
    let customers = customers.query_map([], |row| {
        let id: i64 = row.get(0)?;
        let cards = cards.query_map([id], |row| {
            Ok(Card {
                id: row.get(0)?,
                currency: row.get(1)?,
                card_number: row.get(2)?,
                total_balance: number(row, 3)?,
                available_balance: number(row, 4)?,
                pending_balance: number(row, 5)?,
                b_suppressed: row.get(6)?,
            })
        })?;
        Ok(Customer {
            customers_id: Some(id),
            customers_reference: row.get(1)?,
            cards: cards.collect::<Result<_, _>>()?,
        })
    })?;
    Ok(Section {
        customers: customers.collect::<Result<_, _>>()?,
    })
}
