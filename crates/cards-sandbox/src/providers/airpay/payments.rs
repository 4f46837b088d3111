//! Payments of Airpay's customers: held back, settled, given back.
//!
//! One balance is for all cards of a customer, and no page shows a payment. Assumption: what is held
//! back is gone from the balance, and a payment that is reversed was never there.

use cards_model::Amount;
use rusqlite::{Connection, OptionalExtension, Transaction as Write, params};

use super::ledger::{self, DECIMALS, MOST, NewEntry, SUM};
use super::transaction_kind::TransactionKind as Kind;
use cards_sandbox_core::issuer::IssuerError;

/// A payment as it stands in the ledger.
struct Payment {
    entity_id: String,
    /// The amount that it takes: not below nothing.
    paise: i64,
}

/// A payment that was made, changed or taken back, and its customer.
pub(super) struct Booked {
    pub(super) transaction_id: String,
    pub(super) entity_id: String,
}

/// Reads an amount of an order: above nothing.
pub(super) fn paise(amount: &Amount) -> Result<i64, IssuerError> {
    let paise = amount.minor_units(DECIMALS);
    let paise = paise.filter(|paise| (1..=MOST).contains(paise));
    let what = "rupees above 0, with two decimals at most: 99.50";
    paise.ok_or_else(|| IssuerError::field("amount", what))
}

/// Holds an amount back of what a customer has. The card can be used: that is the caller's.
pub(super) fn authorise(
    write: &Write<'_>,
    entity_id: &str,
    paise: i64,
    at: i64,
) -> Result<Booked, IssuerError> {
    if ledger::balance(write, entity_id)? < paise {
        return Err(IssuerError::conflict(
            "the customer has less to spend than that",
        ));
    }
    let entry = NewEntry {
        entity_id,
        kind: Kind::Authorised,
        paise: -paise,
        refund_of: None,
        at,
    };
    Ok(Booked {
        transaction_id: ledger::add(write, entry)?,
        entity_id: entity_id.to_owned(),
    })
}

/// Settles a payment, or a part of it; what is left goes back.
pub(super) fn clear(write: &Write<'_>, id: &str, part: Option<i64>) -> Result<Booked, IssuerError> {
    let payment = authorised(write, id)?;
    let part = part.unwrap_or(payment.paise);
    if part > payment.paise {
        return Err(IssuerError::conflict("less was authorised than that"));
    }
    payment.check_room(write, payment.paise - part)?;
    let sql =
        "UPDATE airpay_transaction SET kind = 'cleared', paise = ?2 WHERE transaction_id = ?1";
    write.prepare_cached(sql)?.execute(params![id, -part])?;
    Ok(payment.booked(id))
}

/// Gives all of a payment back that is not settled.
pub(super) fn reverse(write: &Write<'_>, id: &str) -> Result<Booked, IssuerError> {
    let payment = authorised(write, id)?;
    payment.check_room(write, payment.paise)?;
    let sql = "DELETE FROM airpay_transaction WHERE transaction_id = ?1";
    write.prepare_cached(sql)?.execute([id])?;
    Ok(payment.booked(id))
}

/// Gives a settled payment back, or a part of it, in a transaction that names it.
pub(super) fn refund(
    write: &Write<'_>,
    id: &str,
    part: Option<i64>,
    at: i64,
) -> Result<Booked, IssuerError> {
    let payment = match find(write, id)? {
        (Kind::Cleared, payment) => payment,
        _ => {
            let why = "the payment is not settled: reverse it";
            return Err(IssuerError::conflict(why));
        }
    };
    let sql =
        format!("SELECT {SUM} FROM airpay_transaction WHERE refund_of = ?1 AND entity_id = ?2");
    let mut refunded = write.prepare_cached(&sql)?;
    let refunded = refunded.query_row([id, &*payment.entity_id], ledger::joined)?;
    let left = payment.paise.saturating_sub(refunded);
    let part = part.unwrap_or(left);
    if part <= 0 || part > left {
        return Err(IssuerError::conflict("less is left to refund than that"));
    }
    payment.check_room(write, part)?;
    let entry = NewEntry {
        entity_id: &payment.entity_id,
        kind: Kind::Refund,
        paise: part,
        refund_of: Some(id),
        at,
    };
    let transaction_id = ledger::add(write, entry)?;
    Ok(payment.booked(&transaction_id))
}

impl Payment {
    /// Checks that so much can go back to the customer.
    fn check_room(&self, connection: &Connection, paise: i64) -> Result<(), IssuerError> {
        if ledger::has_room(connection, &self.entity_id, paise)? {
            return Ok(());
        }
        let why = "the balance would have more digits than an amount";
        Err(IssuerError::conflict(why))
    }

    fn booked(self, id: &str) -> Booked {
        Booked {
            transaction_id: id.to_owned(),
            entity_id: self.entity_id,
        }
    }
}

fn authorised(connection: &Connection, id: &str) -> Result<Payment, IssuerError> {
    match find(connection, id)? {
        (Kind::Authorised, payment) => Ok(payment),
        _ => Err(IssuerError::conflict("the payment is settled: refund it")),
    }
}

fn find(connection: &Connection, id: &str) -> Result<(Kind, Payment), IssuerError> {
    let sql = "SELECT kind, entity_id, paise FROM airpay_transaction WHERE transaction_id = ?1";
    let read = |row: &rusqlite::Row<'_>| {
        let paise: i64 = row.get(2)?;
        let payment = Payment {
            entity_id: row.get(1)?,
            paise: -paise,
        };
        Ok((Kind::of(&row.get::<_, String>(0)?), payment))
    };
    let found = connection
        .prepare_cached(sql)?
        .query_row([id], read)
        .optional()?;
    // What comes to a customer is no payment.
    let found = found.filter(|(kind, _)| kind.is_payment());
    found.ok_or(IssuerError::NotFound("there is no payment of this id"))
}
