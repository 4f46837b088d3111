//! The issuer's side of Ibanera's cards: payments, the plastic, and cards that wait for approval.
//!
//! Assumption: a card that ends is deactivated, as no page shows an expiry.

use cards_model::ProviderId;
use rusqlite::{Transaction, params};

use super::customers::{self, Owned};
use super::events::{self, Approval};
use super::ledger::DIGITS;
use super::lifecycle::{self, Status};
use super::numbered::id_of;
use super::payments::{self, Booked};
use super::requested::{self, Requested};
use super::section::CardRow;
use super::settings::Ibanera;
use cards_sandbox_core::decimal;
use cards_sandbox_core::issuer::{
    self, Issuer, IssuerAction, IssuerDone, IssuerError, IssuerOrder,
};
use cards_sandbox_core::provider::Provider;
use cards_sandbox_core::world::section::{Check as _, Context};

const ACTIONS: &[IssuerAction] = &[
    IssuerAction::Authorise,
    IssuerAction::Clear,
    IssuerAction::Reverse,
    IssuerAction::Refund,
    IssuerAction::Expire,
    IssuerAction::Ship,
    IssuerAction::Deliver,
    IssuerAction::ApproveCard,
    IssuerAction::RejectCard,
];

/// The line of a payment where none is given.
const PAYMENT: &str = "Card payment";
/// The line of a refund where none is given.
const REFUND: &str = "Refund";

impl Issuer for Ibanera {
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

        let described = |or: &'static str| order.description.as_deref().unwrap_or(or);
        let part = part(order)?;
        let part = part.as_deref();
        let booked = match order.action {
            A::Authorise => {
                let card = usable(transaction, order)?;
                order.need_amount()?;
                let amount = part.unwrap_or_default();
                payments::authorise(transaction, card, amount, described(PAYMENT), now)?
            }
            A::Clear => payments::clear(transaction, order.need_transaction()?, part)?,
            A::Reverse => payments::reverse(transaction, order.need_transaction()?)?,
            A::Refund => {
                let paid = order.need_transaction()?;
                payments::refund(transaction, paid, part, described(REFUND), now)?
            }
            A::ApproveCard | A::RejectCard => return self.settle(transaction, order, now),
            _ => return plastic(transaction, order),
        };
        done(transaction, &booked)
    }
}

impl Ibanera {
    /// Makes the card that a request is for, where it is approved, and takes the request away.
    fn settle(
        &self,
        transaction: &Transaction<'_>,
        order: &IssuerOrder,
        now: i64,
    ) -> Result<IssuerDone, IssuerError> {
        let request = id_of(order.need_request()?).ok_or(NO_REQUEST)?;
        let requested = requested::take(transaction, request)?.ok_or(NO_REQUEST)?;
        let (approval, card) = match order.action {
            IssuerAction::ApproveCard => {
                let card = self.make(transaction, &requested, now)?;
                (Approval::Approved { request, card }, Some(card))
            }
            _ => (Approval::Rejected { request }, None),
        };
        events::approval_updated(transaction, self, &approval, now)?;
        Ok(IssuerDone {
            customer: requested.customers_id.to_string(),
            card: card.map(|card| card.to_string()),
            transaction: None,
        })
    }

    fn make(
        &self,
        transaction: &Transaction<'_>,
        requested: &Requested,
        now: i64,
    ) -> Result<i64, IssuerError> {
        let is_suppressed = Status::Deactivated.is_suppressed();
        let mut row = CardRow::made(&requested.currency, is_suppressed);
        row.check(&Context {
            rules: self.rules(now.div_euclid(1000)),
            now,
            has_key: false,
        })?;
        Ok(row.create(transaction, requested.customers_id)?)
    }
}

const NO_REQUEST: IssuerError = IssuerError::NotFound("no request of this id waits");

/// The amount of an order, where it has one: above nothing, without zeros before it, as every action
/// writes it down.
fn part(order: &IssuerOrder) -> Result<Option<String>, IssuerError> {
    let Some(amount) = &order.amount else {
        return Ok(None);
    };
    let read = amount.value().and_then(|_| decimal::sum([amount.as_str()]));
    let is_positive = |part: &String| !part.starts_with('-') && !decimal::is_zero(part);
    let read = read.filter(|part| is_positive(part) && decimal::digits(part) <= DIGITS);
    let what = "a number above 0 of at most 28 digits, without an exponent";
    let wrong = || IssuerError::field("amount", what);
    read.ok_or_else(wrong).map(Some)
}

fn find(transaction: &Transaction<'_>, order: &IssuerOrder) -> Result<Owned, IssuerError> {
    let none = || IssuerError::NotFound(lifecycle::NO_CARD.1);
    let id = id_of(order.need_card()?).ok_or_else(none)?;
    customers::owned(transaction, id)?.ok_or_else(none)
}

/// Gives the card of an order, with which somebody can pay.
fn usable(transaction: &Transaction<'_>, order: &IssuerOrder) -> Result<i64, IssuerError> {
    let card = find(transaction, order)?.card;
    match card.suppressed {
        true => Err(IssuerError::conflict("the card is deactivated")),
        false => Ok(card.id),
    }
}

/// Ships, delivers or ends a card.
fn plastic(transaction: &Transaction<'_>, order: &IssuerOrder) -> Result<IssuerDone, IssuerError> {
    let owned = find(transaction, order)?;
    let id = owned.card.id;
    let card = id.to_string();
    match order.action {
        IssuerAction::Ship => issuer::ship(transaction, ProviderId::IBANERA, &card)?,
        IssuerAction::Deliver => issuer::deliver(transaction, ProviderId::IBANERA, &card)?,
        _ => {
            let sql = "UPDATE ibanera_card SET suppressed = 1 WHERE id = ?1";
            transaction.prepare_cached(sql)?.execute(params![id])?;
        }
    }
    Ok(IssuerDone {
        customer: owned.customers_id.to_string(),
        card: Some(card),
        transaction: None,
    })
}

fn done(transaction: &Transaction<'_>, booked: &Booked) -> Result<IssuerDone, IssuerError> {
    let none = || IssuerError::NotFound(lifecycle::NO_CARD.1);
    let owned = customers::owned(transaction, booked.cards_id)?.ok_or_else(none)?;
    Ok(IssuerDone {
        customer: owned.customers_id.to_string(),
        card: Some(booked.cards_id.to_string()),
        transaction: Some(booked.transaction.to_string()),
    })
}
