//! Shows Ibanera's customers and cards on the page.

use axum::Router;
use maud::html;
use rusqlite::Connection;

use super::customers::{COUNTED, Customer};
use super::documents;
use super::ledger::Span;
use super::review::ReviewRow;
use super::section::IbaneraSection;
use cards_sandbox_core::clock::iso;
use cards_sandbox_core::plugin::CustomersView;
use cards_sandbox_core::showing::Showing;
use cards_sandbox_core::store::StoreError;
use cards_sandbox_core::view::{CardRefusal, Cell, CustomerEntry};
use cards_sandbox_core::world::section::{TypedSection, Who};

/// The number of transactions of a card that are shown.
const NEWEST: u64 = 5;

pub(super) const CUSTOMERS: CustomersView = CustomersView {
    title: "Ibanera",
    heads: &[
        "Card",
        "State",
        "Currency",
        "Total",
        "Available",
        "Pending",
        "Transactions",
        "Card id",
    ],
    counted: COUNTED,
    list,
    routes: Router::new,
};

fn list(
    connection: &Connection,
    showing: Showing,
    who: Who<'_>,
    _: Option<&CardRefusal>,
) -> Result<Vec<CustomerEntry>, StoreError> {
    let shown = IbaneraSection::show(connection, showing, who)?;
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
        Ok(vec![
            Cell::code(&card.card_number),
            Cell::state(word, !card.suppressed),
            Cell::text(&card.currency),
            Cell::number(card.total_balance.as_str()),
            Cell::number(card.available_balance.as_str()),
            Cell::number(card.pending_balance.as_str()),
            transactions(connection, card.id)?,
            Cell::code(&card.id.to_string()),
        ])
    });
    let cards = cards.collect::<Result<_, StoreError>>()?;
    let mut facts = vec![("Reference", customer.customers_reference)];
    let review = ReviewRow::read(connection, customer.customers_id)?;
    facts.extend(review.map(|review| ("Review", review.to_string())));
    let documents = documents::of(connection, customer.customers_id)?;
    facts.extend((!documents.is_empty()).then(|| ("Documents", documents.join(", "))));
    Ok(CustomerEntry {
        cards,
        id: customer.customers_id.to_string(),
        facts,
    })
}

/// The cell of a card's newest transactions, behind their number.
fn transactions(connection: &Connection, cards_id: i64) -> Result<Cell, StoreError> {
    let all = Span::all(cards_id);
    let (count, newest) = (all.count(connection)?, all.page(connection, NEWEST, 0)?);
    Ok(Cell::new(html! {
        @if count == 0 { "0" } @else {
            details {
                summary { (count) }
                ul {
                    @for (entry, _) in &newest {
                        li {
                            (entry.amount.as_str()) " " (entry.description) " " (iso(entry.date_time))
                            @if entry.is_pending { " (pending)" }
                        }
                    }
                }
            }
        }
    }))
}
