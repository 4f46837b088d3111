//! The customers and cards that are there from the start, and the amounts on them.

use rusqlite::{Transaction, params};

use super::ledger;
use super::review::{Kind, ReviewRow};
use crate::world::ibanera::{CUSTOMER, CUSTOMERS, REVIEWED};
use cards_sandbox_core::store::StoreError;

/// Currency, last four digits, total, available and pending balance, suppressed.
type Card = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    bool,
);

/// The day since which the last two customers are there.
const SINCE: &str = "2025-01-15";

/// The first customer's cards. Balances keep their digits, zeros included.
const CARDS: [Card; 4] = [
    ("usd", "4242", "1250.75", "1200.25", "50.50", false),
    ("usd", "1881", "0", "0", "0", false),
    ("eur", "4444", "89.10", "89.10", "0.00", false),
    ("usd", "0002", "15.00", "0", "15.00", true),
];

pub(super) fn seed(transaction: &Transaction<'_>) -> Result<(), StoreError> {
    let (mut cards, mut booked) = (0, 0);
    for (index, customers_id) in (CUSTOMER..).take(CUSTOMERS as usize).enumerate() {
        transaction.execute(
            "INSERT INTO ibanera_customer (customers_id, customers_reference) VALUES (?1, ?2)",
            params![customers_id, format!("customer-ref-{}", index + 1)],
        )?;
        // The others have none, one or two of the same.
        let count = if index == 0 { CARDS.len() } else { index % 3 };
        for (currency, last_four, total, available, pending, suppressed) in &CARDS[..count] {
            transaction.execute(
                "INSERT INTO ibanera_card (
                    id, customers_id, currency, card_number, total_balance, available_balance,
                    pending_balance, suppressed
                 ) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                params![
                    1001 + cards,
                    customers_id,
                    currency,
                    format!("424242******{last_four}"),
                    total,
                    available,
                    pending,
                    suppressed,
                ],
            )?;
            let opening = ledger::opening(total, pending, ledger::OPENED);
            for entry in opening.into_iter().flatten() {
                booked += 1;
                entry.book(transaction, 1001 + cards, 5000 + booked)?;
            }
            cards += 1;
        }
    }
    // The last two, a person and a business, are customers for more than six months.
    for (kind, customers_id) in Kind::ALL.into_iter().zip(REVIEWED) {
        ReviewRow::new(kind, SINCE).insert(transaction, customers_id)?;
    }
    Ok(())
}
