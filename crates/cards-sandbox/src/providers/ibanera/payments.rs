//! Payments with a card: held back, settled, given back.
//!
//! A payment is a pending amount that leaves the card. Unlike a pending amount that comes, it counts
//! as gone at once: what can be spent is all but what is still to come (Ibanera, Accounts). That its
//! transaction keeps its id when it is settled, and is off the list when it is reversed, is assumed.

use rusqlite::{OptionalExtension, Transaction as Write, params};

use super::ledger::{self, Entry};
use super::numbered::{Given, TRANSACTION, id_of};
use super::section::Amount;
use cards_sandbox_core::decimal;
use cards_sandbox_core::issuer::IssuerError;
use cards_sandbox_core::store::StoreError;

/// A payment as it stands in the ledger.
struct Payment {
    id: i64,
    cards_id: i64,
    amount: String,
    is_pending: bool,
    /// Says whether it is a refund, or what no payment has made.
    is_other: bool,
}

/// A payment that was made, changed or taken back, and its card.
pub(super) struct Booked {
    pub(super) transaction: i64,
    pub(super) cards_id: i64,
}

/// Holds an amount back of what a card has. The card can be used: that is the caller's.
pub(super) fn authorise(
    write: &Write<'_>,
    cards_id: i64,
    amount: &str,
    description: &str,
    now: i64,
) -> Result<Booked, IssuerError> {
    let balances = ledger::balances(write, cards_id)?;
    let balances = balances.ok_or(IssuerError::NotFound(NO_CARD))?;
    if ledger::OWN.contains(&description) {
        let what = "another text: this one is of what is no payment";
        return Err(IssuerError::field("description", what));
    }
    if is_less(&balances.available, amount) {
        return Err(IssuerError::conflict(
            "the card has less to spend than that",
        ));
    }
    let gone = negative(amount);
    let entry = Entry {
        is_pending: true,
        ..Entry::new(written(&gone)?, description, now)
    };
    let id = TRANSACTION.id(write, None, &Given::default())?;
    entry.book(write, cards_id, id)?;
    move_balances(write, cards_id, [&gone, &gone, &gone])?;
    Ok(Booked {
        transaction: id,
        cards_id,
    })
}

/// Settles a payment, or a part of it; what is left goes back.
pub(super) fn clear(
    write: &Write<'_>,
    transaction: &str,
    part: Option<&str>,
) -> Result<Booked, IssuerError> {
    let payment = Payment::pending(write, transaction)?;
    let held = negative(&payment.amount);
    let part = part.unwrap_or(&held);
    if is_less(&held, part) {
        return Err(IssuerError::conflict("less was authorised than that"));
    }
    let back = difference(&held, part);
    let sql = "UPDATE ibanera_transaction SET amount = ?2, pending = 0 WHERE id = ?1";
    write
        .prepare_cached(sql)?
        .execute(params![payment.id, negative(part)])?;
    move_balances(write, payment.cards_id, [&back, &back, &held])?;
    Ok(payment.booked())
}

/// Gives all of a payment back that is not settled.
pub(super) fn reverse(write: &Write<'_>, transaction: &str) -> Result<Booked, IssuerError> {
    let payment = Payment::pending(write, transaction)?;
    let held = negative(&payment.amount);
    TRANSACTION.spend(write, payment.id)?;
    write
        .prepare_cached("DELETE FROM ibanera_transaction WHERE id = ?1")?
        .execute([payment.id])?;
    move_balances(write, payment.cards_id, [&held, &held, &held])?;
    Ok(payment.booked())
}

/// Gives a settled payment back, or a part of it, in a transaction that names it.
pub(super) fn refund(
    write: &Write<'_>,
    transaction: &str,
    part: Option<&str>,
    description: &str,
    now: i64,
) -> Result<Booked, IssuerError> {
    let payment = Payment::find(write, transaction)?;
    if payment.is_pending {
        return Err(IssuerError::conflict(
            "the payment is not settled: reverse it",
        ));
    }
    let sql = "SELECT amount FROM ibanera_transaction WHERE refund_of = ?1 AND cards_id = ?2";
    let mut refunds = write.prepare_cached(sql)?;
    let refunds = refunds.query_map([payment.id, payment.cards_id], |row| row.get(0))?;
    let refunds: Vec<String> = refunds.collect::<Result<_, _>>()?;
    let refunded = decimal::sum(refunds.iter().map(String::as_str)).unwrap_or_default();
    let left = difference(&negative(&payment.amount), &refunded);
    let part = part.unwrap_or(&left);
    // A world file may have given more back than was paid.
    if decimal::is_zero(part) || !is_less("0", &left) || is_less(&left, part) {
        return Err(IssuerError::conflict("less is left to refund than that"));
    }
    let entry = Entry {
        refund_of: Some(payment.id),
        ..Entry::new(written(part)?, description, now)
    };
    let id = TRANSACTION.id(write, None, &Given::default())?;
    entry.book(write, payment.cards_id, id)?;
    move_balances(write, payment.cards_id, [part, part, "0"])?;
    Ok(Booked {
        transaction: id,
        cards_id: payment.cards_id,
    })
}

const NO_CARD: &str = "there is no card of this id";
const NO_PAYMENT: &str = "there is no payment of this id";

impl Payment {
    fn pending(write: &Write<'_>, id: &str) -> Result<Self, IssuerError> {
        let payment = Self::find(write, id)?;
        match payment.is_pending {
            true => Ok(payment),
            false => Err(IssuerError::conflict("the payment is settled: refund it")),
        }
    }

    fn find(write: &Write<'_>, id: &str) -> Result<Self, IssuerError> {
        let none = || IssuerError::NotFound(NO_PAYMENT);
        let id = id_of(id).ok_or_else(none)?;
        let sql = "SELECT id, cards_id, amount, pending, refund_of IS NOT NULL OR description IN
                (SELECT value FROM json_each(?2))
            FROM ibanera_transaction WHERE id = ?1";
        let read = |row: &rusqlite::Row<'_>| {
            Ok(Self {
                id: row.get(0)?,
                cards_id: row.get(1)?,
                amount: row.get(2)?,
                is_pending: row.get(3)?,
                is_other: row.get(4)?,
            })
        };
        let own = serde_json::json!(ledger::OWN).to_string();
        let mut found = write.prepare_cached(sql)?;
        let found = found.query_row(params![id, own], read).optional()?;
        // What comes onto a card is no payment with it.
        let is_payment = |payment: &Self| !payment.is_other && is_negative(&payment.amount);
        found.filter(is_payment).ok_or_else(none)
    }

    const fn booked(&self) -> Booked {
        Booked {
            transaction: self.id,
            cards_id: self.cards_id,
        }
    }
}

/// Moves the total, the available and the pending balance of a card.
fn move_balances(write: &Write<'_>, cards_id: i64, by: [&str; 3]) -> Result<(), IssuerError> {
    let before = ledger::balances(write, cards_id)?;
    let before = before.ok_or(IssuerError::NotFound(NO_CARD))?;
    let balances = [&before.total, &before.available, &before.pending];
    let moved = |(balance, by): (&String, &str)| {
        let sum = decimal::sum([balance.as_str(), by])?;
        (decimal::digits(&sum) <= ledger::DIGITS).then_some(sum)
    };
    let moved: Option<Vec<_>> = balances.into_iter().zip(by).map(moved).collect();
    let Some([total, available, pending]) = moved.as_deref().and_then(|all| all.first_chunk())
    else {
        let why = "a balance would have more digits than any client reads";
        return Err(IssuerError::conflict(why));
    };
    let sql = "UPDATE ibanera_card
        SET total_balance = ?2, available_balance = ?3, pending_balance = ?4 WHERE id = ?1";
    write
        .prepare_cached(sql)?
        .execute(params![cards_id, total, available, pending])?;
    Ok(())
}

/// Gives an amount that is written down; what is no plain decimal comes from a damaged row.
fn written(decimal: &str) -> Result<Amount, IssuerError> {
    let damaged = || StoreError::Corrupt("an amount of a card is no plain decimal".to_owned());
    Ok(Amount::of(decimal).ok_or_else(damaged)?)
}

// What is stored are plain decimals.
fn difference(decimal: &str, other: &str) -> String {
    decimal::difference(decimal, other).unwrap_or_default()
}

fn negative(decimal: &str) -> String {
    difference("0", decimal)
}

fn is_negative(decimal: &str) -> bool {
    decimal.starts_with('-') && !decimal::is_zero(decimal)
}

fn is_less(decimal: &str, other: &str) -> bool {
    is_negative(&difference(decimal, other))
}
