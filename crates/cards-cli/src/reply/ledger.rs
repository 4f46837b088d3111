//! The columns of Ibanera's balances and transactions.

use std::any::Any;

use cards_transport::model::CardSummary;
use cards_transport::model::ibanera::{CardBalance, CardTransaction, Page};

use crate::sheet::{Sheet, short_number, state, text};

/// The heads of the columns of a card of Ibanera's, with its customer and its balances.
pub(super) const BALANCES: [&str; 8] = [
    "customer",
    "card id",
    "number",
    "state",
    "cur",
    "total",
    "available",
    "pending",
];

/// Fills the columns of [`BALANCES`] but the first, which tells the customer.
pub(super) fn balances(card: &CardSummary) -> Vec<String> {
    vec![
        card.card_id.clone(),
        short_number(card),
        state(card),
        text(card.currency.as_ref()),
        text(card.total_balance.as_ref()),
        text(card.available_balance.as_ref()),
        text(card.pending_balance.as_ref()),
    ]
}

/// The columns that fit a terminal.
pub(super) fn table(reply: &dyn Any) -> Option<Sheet> {
    if let Some(page) = reply.downcast_ref::<Page<CardBalance>>() {
        let row = |card: &CardBalance| {
            let customer = vec![text(card.customers_id.as_ref())];
            [customer, balances(&CardSummary::from(card))].concat()
        };
        return Some(Sheet {
            figures_from: 5,
            ..Sheet::new(BALANCES, page.details.iter().map(row).collect())
        });
    }
    let page = reply.downcast_ref::<Page<CardTransaction>>()?;
    let row = |one: &CardTransaction| {
        let pending = one.pending.map(|is| if is { "pending" } else { "booked" });
        vec![
            one.id.to_string(),
            text(one.date_time.as_ref()),
            text(pending.as_ref()),
            text(one.description.as_ref()),
            text(one.currency.as_ref()),
            text(one.amount.as_ref()),
        ]
    };
    let head = ["id", "time", "state", "description", "cur", "amount"];
    Some(Sheet {
        figures_from: 5,
        ..Sheet::new(head, page.details.iter().map(row).collect())
    })
}

/// The columns of a spreadsheet: all fields but the holder's name, under their names on the
/// wire.
pub(super) fn csv(reply: &dyn Any) -> Option<Sheet> {
    if let Some(page) = reply.downcast_ref::<Page<CardBalance>>() {
        let row = |card: &CardBalance| {
            vec![
                text(card.customers_id.as_ref()),
                text(card.customers_reference.as_ref()),
                card.id.to_string(),
                text(card.card_last4.as_ref()),
                text(card.currency.as_ref()),
                text(card.total_balance.as_ref()),
                text(card.available_balance.as_ref()),
                text(card.pending_balance.as_ref()),
                text(card.status.as_ref()),
            ]
        };
        let head = [
            "customersID",
            "customersReference",
            "id",
            "cardLast4",
            "currency",
            "totalBalance",
            "availableBalance",
            "pendingBalance",
            "status",
        ];
        return Some(Sheet::new(head, page.details.iter().map(row).collect()));
    }
    let page = reply.downcast_ref::<Page<CardTransaction>>()?;
    let row = |one: &CardTransaction| {
        vec![
            one.id.to_string(),
            text(one.cards_id.as_ref()),
            text(one.amount.as_ref()),
            text(one.currency.as_ref()),
            text(one.description.as_ref()),
            text(one.date_time.as_ref()),
            text(one.pending.as_ref()),
            text(one.refund_transactions_id.as_ref()),
        ]
    };
    let head = [
        "id",
        "cardsId",
        "amount",
        "currency",
        "description",
        "dateTime",
        "bPending",
        "RefundTransactionsID",
    ];
    Some(Sheet::new(head, page.details.iter().map(row).collect()))
}
