//! Shows Ibanera's customers and cards on the page.

use axum::Router;
use rusqlite::Connection;

use super::customers::Customer;
use super::review::ReviewRow;
use super::section::IbaneraSection;
use cards_sandbox_core::plugin::CustomersView;
use cards_sandbox_core::showing::Showing;
use cards_sandbox_core::store::StoreError;
use cards_sandbox_core::view::{CardRefusal, Cell, CustomerEntry};
use cards_sandbox_core::world::section::TypedSection;

pub(super) const CUSTOMERS: CustomersView = CustomersView {
    title: "Ibanera",
    heads: &[
        "Card",
        "State",
        "Currency",
        "Total",
        "Available",
        "Pending",
        "Card id",
    ],
    list,
    routes: Router::new,
};

fn list(
    connection: &Connection,
    showing: Showing,
    _: Option<&CardRefusal>,
) -> Result<Vec<CustomerEntry>, StoreError> {
    let shown = IbaneraSection::show(connection, showing, None)?;
    let entries = shown.into_iter().map(|one| entry(connection, one));
    entries.collect()
}

fn entry(connection: &Connection, customer: Customer) -> Result<CustomerEntry, StoreError> {
    let cards = customer.cards.iter().map(|card| {
        let word = if card.suppressed {
            "suppressed"
        } else {
            "active"
        };
        vec![
            Cell::code(&card.card_number),
            Cell::state(word, !card.suppressed),
            Cell::text(&card.currency),
            Cell::number(card.total_balance.as_str()),
            Cell::number(card.available_balance.as_str()),
            Cell::number(card.pending_balance.as_str()),
            Cell::code(&card.id.to_string()),
        ]
    });
    let cards = cards.collect();
    let mut facts = vec![("Reference", customer.customers_reference)];
    let review = ReviewRow::read(connection, customer.customers_id)?;
    facts.extend(review.map(|review| ("Review", review.to_string())));
    Ok(CustomerEntry {
        cards,
        id: customer.customers_id.to_string(),
        facts,
    })
}
