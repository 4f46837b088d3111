//! The rules that a world file keeps to, and what is made up where it says
//! nothing.

use std::ops::RangeInclusive;

use cards_model::Pan;
use serde_json::value::RawValue;

use super::{Card, Change, Customer, Section};
use crate::card_number::{self, is_test_card};
use crate::world::file::{Refused, Wrong, no_card_number};
use crate::world::invented::random_digits;
use crate::world::limits::TEXT;

/// A section that keeps the rules.
pub(crate) struct ReadySection(pub(super) Vec<ReadyCustomer>);

/// A customer who keeps the rules.
pub(crate) struct ReadyCustomer {
    pub(super) customers_id: Option<i64>,
    pub(super) customers_reference: Option<String>,
    pub(super) cards: Vec<ReadyCard>,
}

/// A card that keeps the rules.
pub(crate) struct ReadyCard {
    pub(super) id: Option<i64>,
    pub(super) currency: String,
    pub(super) card_number: String,
    pub(super) total_balance: String,
    pub(super) available_balance: String,
    pub(super) pending_balance: String,
    pub(super) is_suppressed: bool,
}

/// A change that keeps the rules.
pub(crate) struct ReadyChange {
    pub(super) total_balance: Option<String>,
    pub(super) available_balance: Option<String>,
    pub(super) pending_balance: Option<String>,
    pub(super) is_suppressed: Option<bool>,
}

impl Section {
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

/// The provider's ids are counted from 1, as the rule of `customersId` has it,
/// and are numbers that JavaScript reads.
pub(super) const IDS: RangeInclusive<i64> = 1..=(1 << 53) - 1;

fn check_id(field: &'static str, id: Option<i64>) -> Result<(), Wrong> {
    match id {
        Some(id) if !IDS.contains(&id) => Err(Wrong::at(
            field,
            format!("{} to {}", IDS.start(), IDS.end()),
        )),
        _ => Ok(()),
    }
}

/// The reference of a customer who was given none. Some ids are as long as a
/// card number, and one in ten of those would be taken for one.
pub(super) fn reference(id: i64) -> String {
    let reference = format!("customer-ref-{id}");
    if card_number::is_in(&reference) {
        let halves = (id / 100_000_000, id % 100_000_000);
        return format!("customer-ref-{}x{:08}", halves.0, halves.1);
    }
    reference
}

fn check_text(field: &'static str, text: &str) -> Result<(), Wrong> {
    if !(1..=TEXT).contains(&text.chars().count()) {
        return Err(Wrong::at(field, format!("1 to {TEXT} characters")));
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
