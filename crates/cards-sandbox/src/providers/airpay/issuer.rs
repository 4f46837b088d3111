//! The issuer's side of Airpay's cards: payments, the plastic, the end, and KYC.
//!
//! Airpay's documents have no events, so that none is sent. A card that ends has its expiry moved to
//! the month before: its pages have no state for it.

use std::borrow::Cow;

use cards_model::airpay::KycType;
use cards_model::{CardExpiry, Date, ProviderId};
use rusqlite::{OptionalExtension, Transaction, params};

use super::customers;
use super::kyc;
use super::lifecycle::State;
use super::payments::{self, Booked};
use super::settings::Airpay;
use super::standing::Standing;
use cards_sandbox_core::issuer::{
    self, Issuer, IssuerAction, IssuerDone, IssuerError, IssuerOrder,
};

const ACTIONS: &[IssuerAction] = &[
    IssuerAction::Authorise,
    IssuerAction::Clear,
    IssuerAction::Reverse,
    IssuerAction::Refund,
    IssuerAction::Expire,
    IssuerAction::Ship,
    IssuerAction::Deliver,
    IssuerAction::ApproveKyc,
    IssuerAction::RejectKyc,
];

impl Issuer for Airpay {
    fn actions(&self) -> &'static [IssuerAction] {
        ACTIONS
    }

    fn act(
        &self,
        transaction: &Transaction<'_>,
        order: &IssuerOrder,
        now: i64,
    ) -> Result<IssuerDone, IssuerError> {
        use IssuerAction as A;

        let seconds = now.div_euclid(1000);
        let today = self.utc_offset.date(seconds);
        let part = order.amount.as_ref().map(payments::paise).transpose()?;
        let booked = match order.action {
            A::Authorise => {
                usable(transaction, order, today)?;
                let paise = payments::paise(order.need_amount()?)?;
                payments::authorise(transaction, order.need_customer()?, paise, seconds)?
            }
            A::Clear => payments::clear(transaction, order.need_transaction()?, part)?,
            A::Reverse => payments::reverse(transaction, order.need_transaction()?)?,
            A::Refund => payments::refund(transaction, order.need_transaction()?, part, seconds)?,
            A::ApproveKyc => return self.settle_kyc(transaction, order, &KycType::Full),
            A::RejectKyc => return self.settle_kyc(transaction, order, &KycType::Minimum),
            _ => return plastic(transaction, order, today),
        };
        let Booked {
            transaction_id,
            entity_id,
        } = booked;
        Ok(IssuerDone {
            customer: entity_id,
            card: order.card.clone(),
            transaction: Some(transaction_id),
        })
    }
}

impl Airpay {
    /// Brings a customer's standing to the level that a review leads to.
    fn settle_kyc(
        &self,
        transaction: &Transaction<'_>,
        order: &IssuerOrder,
        level: &KycType,
    ) -> Result<IssuerDone, IssuerError> {
        let entity_id = order.need_customer()?;
        let sql = "SELECT kyc_status FROM airpay_customer WHERE entity_id = ?1";
        let before: Option<String> = transaction
            .prepare_cached(sql)?
            .query_row([entity_id], |row| row.get(0))
            .optional()?;
        let before = before.ok_or(NO_CUSTOMER)?;
        let level = kyc::after(&before, level, self.any_kyc_order);
        let level = level.map_err(|_| IssuerError::conflict("MIN_KYC comes before FULL_KYC"))?;
        let sql = "UPDATE airpay_customer SET kyc_status = ?2 WHERE entity_id = ?1";
        transaction
            .prepare_cached(sql)?
            .execute(params![entity_id, level])?;
        Ok(IssuerDone {
            customer: entity_id.to_owned(),
            ..IssuerDone::default()
        })
    }
}

const NO_CUSTOMER: IssuerError = IssuerError::NotFound("there is no customer of this id");
const NO_CARD: IssuerError = IssuerError::NotFound("the customer has no card of this kit");

const NO_EXPIRY: IssuerError = IssuerError::Conflict(Cow::Borrowed(
    "a card's expiry is a month of the years 2000 to 2099, and the one before today is none",
));

/// Finds the card of an order by the number of its kit.
fn find(transaction: &Transaction<'_>, order: &IssuerOrder) -> Result<Standing, IssuerError> {
    let entity_id = order.need_customer()?;
    if !customers::exists(transaction, entity_id)? {
        return Err(NO_CUSTOMER);
    }
    Standing::of(transaction, entity_id, order.need_card()?)?.ok_or(NO_CARD)
}

/// Checks that somebody can pay with the card of an order.
fn usable(
    transaction: &Transaction<'_>,
    order: &IssuerOrder,
    today: Date,
) -> Result<(), IssuerError> {
    let card = find(transaction, order)?;
    match card.state {
        State::Locked => Err(IssuerError::conflict("the card is locked")),
        _ => is_good(&card, today),
    }
}

/// Checks that a card is good for anything still, locked or not.
fn is_good(card: &Standing, today: Date) -> Result<(), IssuerError> {
    let why = match card.state {
        State::Blocked => "the card is blocked for good",
        State::Replaced => "the card is replaced by another",
        State::Active | State::Locked if has_ended(card, today) => "the card has expired",
        State::Active | State::Locked => return Ok(()),
    };
    Err(IssuerError::conflict(why))
}

/// Tells whether a card's last month is over.
fn has_ended(card: &Standing, today: Date) -> bool {
    let expiry: Result<CardExpiry, _> = card.card_expiry.parse();
    expiry.is_ok_and(|expiry| expiry.months_after(today) < 0)
}

/// Ships, delivers or ends a card.
fn plastic(
    transaction: &Transaction<'_>,
    order: &IssuerOrder,
    today: Date,
) -> Result<IssuerDone, IssuerError> {
    let card = find(transaction, order)?;
    // The kit is kept as a fingerprint, and so is what it names.
    let name = card.number.to_string();
    match order.action {
        IssuerAction::Expire if has_ended(&card, today) => {
            return Err(IssuerError::conflict("the card has expired"));
        }
        IssuerAction::Expire => {
            let expiry = month_before(today).ok_or(NO_EXPIRY)?;
            let sql = "UPDATE airpay_card SET card_expiry = ?2 WHERE number = ?1";
            transaction
                .prepare_cached(sql)?
                .execute(params![card.number, expiry.to_string()])?;
        }
        _ if card.card_type != "P" => {
            return Err(IssuerError::conflict("only a physical card is shipped"));
        }
        IssuerAction::Ship => {
            is_good(&card, today)?;
            issuer::ship(transaction, ProviderId::AIRPAY, &name)?;
        }
        _ => issuer::deliver(transaction, ProviderId::AIRPAY, &name)?,
    }
    Ok(IssuerDone {
        customer: order.need_customer()?.to_owned(),
        card: order.card.clone(),
        transaction: None,
    })
}

/// The month before a day's. `None`: no card's two digits of a year mean it.
fn month_before(today: Date) -> Option<CardExpiry> {
    let (year, month) = match today.month() {
        1 => (today.year().saturating_sub(1), 12),
        month => (today.year(), month - 1),
    };
    CardExpiry::new(month, year).ok()
}

#[cfg(test)]
mod tests;
