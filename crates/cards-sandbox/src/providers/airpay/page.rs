//! Shows Airpay's customers and cards on the page.

use axum::Router;
use cards_model::Date;
use rusqlite::Connection;

use super::section::{Customer, show_customers};
use cards_sandbox_core::plugin::CustomersView;
use cards_sandbox_core::store::StoreError;
use cards_sandbox_core::view::{CardRefusal, Cell, CustomerEntry, HIDDEN};

pub(super) const CUSTOMERS: CustomersView = CustomersView {
    title: "Airpay",
    heads: &["Card", "Lock", "Type", "Expiry", "Kit"],
    list,
    routes: Router::new,
};

fn list(
    connection: &Connection,
    _: Date,
    _: Option<&CardRefusal>,
) -> Result<Vec<CustomerEntry>, StoreError> {
    let shown = show_customers(connection, None)?;
    Ok(shown.into_iter().map(entry).collect())
}

fn entry(customer: Customer) -> CustomerEntry {
    let kyc = format!("{} until {}", customer.kyc_status, customer.kyc_expiry_date);
    let mut facts = vec![("KYC", kyc), ("Name, phone, e-mail", HIDDEN.to_owned())];
    if !customer.preferences.is_empty() {
        let each = customer.preferences.iter();
        let each = each.map(|(channel, status)| format!("{channel} {status}"));
        facts.push(("Preferences", each.collect::<Vec<_>>().join(", ")));
    }
    let cards = customer.cards.iter().map(|card| {
        vec![
            Cell::code(&card.card_no),
            Cell::state(card.lock.as_deref().unwrap_or("none"), card.lock.is_none()),
            Cell::text(&card.card_type),
            Cell::text(&card.card_expiry),
            Cell::code(&card.kit_no),
        ]
    });
    CustomerEntry {
        cards: cards.collect(),
        id: customer.entity_id,
        facts,
    }
}
