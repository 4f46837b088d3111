//! Shows Airpay's customers and cards on the page.

use axum::Router;
use rusqlite::Connection;

use super::section::{Customer, show_customers};
use cards_sandbox_core::plugin::CustomersView;
use cards_sandbox_core::showing::{Fact, Showing, line};
use cards_sandbox_core::store::{Counted, StoreError};
use cards_sandbox_core::view::{CardRefusal, Cell, CustomerEntry, HIDDEN};
use cards_sandbox_core::world::section::Who;

pub(super) const CUSTOMERS: CustomersView = CustomersView {
    title: "Airpay",
    heads: &[
        "Card",
        "Lock",
        "Type",
        "Expiry",
        "Kit",
        "PIN until",
        "Replaced by",
    ],
    counted: Counted::new("airpay_customer"),
    list,
    routes: Router::new,
};

fn list(
    connection: &Connection,
    showing: Showing,
    who: Who<'_>,
    _: Option<&CardRefusal>,
) -> Result<Vec<CustomerEntry>, StoreError> {
    let shown = show_customers(connection, showing, who)?;
    Ok(shown.into_iter().map(entry).collect())
}

fn entry(customer: Customer) -> CustomerEntry {
    let kyc = format!("{} until {}", customer.kyc_status, customer.kyc_expiry_date);
    let mut facts = vec![("KYC", kyc)];
    facts.extend(person(&customer));
    if !customer.preferences.is_empty() {
        let each = customer.preferences.iter();
        let each = each.map(|(channel, status)| format!("{channel} {status}"));
        facts.push(("Preferences", each.collect::<Vec<_>>().join(", ")));
    }
    facts.extend(money(&customer));
    let cards = customer.cards.iter().map(|card| {
        vec![
            Cell::code(&card.card_no),
            Cell::state(card.lock.as_deref().unwrap_or("none"), card.lock.is_none()),
            Cell::text(&card.card_type),
            Cell::text(&card.card_expiry),
            Cell::code(&card.kit_no),
            Cell::text(card.pin_until.as_deref().unwrap_or_default()),
            Cell::code(card.replaced_by.as_deref().unwrap_or_default()),
        ]
    });
    CustomerEntry {
        cards: cards.collect(),
        id: customer.entity_id,
        facts,
    }
}

/// The transactions that are shown, the latest.
const LATEST: usize = 10;

/// Shows the balance and the latest transactions; `None` before the first.
fn money(customer: &Customer) -> Option<(&'static str, String)> {
    let balance = customer.balance.as_ref()?;
    let all = &customer.transactions;
    let latest = all.iter().rev().take(LATEST);
    let latest: Vec<_> = latest
        .map(|one| format!("{} of {}", one.transaction_id, one.amount))
        .collect();
    let mut line = format!("{balance} INR: {}", latest.join(", "));
    let others = all.len().saturating_sub(LATEST);
    if others > 0 {
        line.push_str(&format!(" and {others} before"));
    }
    Some(("Balance", line))
}

/// The facts about the person, in groups; one where all of them are hidden.
fn person(customer: &Customer) -> Vec<(&'static str, String)> {
    let of = |facts: &[&Fact]| line(facts.iter().copied());
    let one = customer;
    let mut address = vec![&one.address, &one.city, &one.state];
    address.extend(&one.country);
    address.push(&one.pincode);
    let document = [
        &one.doc_type,
        &one.doc_number,
        &one.doc_expiry,
        &one.doc_country_issue,
    ];
    let groups = vec![
        (
            "Name",
            of(&[&one.title, &one.first_name, &one.last_name]).replace(", ", " "),
        ),
        ("Phone", of(&[&one.mobile_no])),
        ("E-mail", of(&[&one.email])),
        ("Address", of(&address)),
        ("Born", of(&[&one.dob])),
        ("Gender", of(&[&one.gender])),
        ("Document", of(&document)),
    ];
    match groups.iter().all(|(_, line)| line == HIDDEN) {
        true => vec![(
            "Name, phone, e-mail, address, birth, document",
            HIDDEN.to_owned(),
        )],
        false => groups,
    }
}
