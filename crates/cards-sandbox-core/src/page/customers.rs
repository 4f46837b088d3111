//! `GET /_sandbox/page/customers`: the customers and cards of each provider.

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Extension, Router};
use cards_model::ProviderId;
use maud::{Markup, html};
use rusqlite::Connection;

use super::layout::{self, store_trouble};
use super::reply::Page;
use super::views;
use crate::engine::app::App;
use crate::engine::plugin::{CustomersView, Plugins};
use crate::engine::showing::Showing;
use crate::engine::store::StoreError;
use crate::engine::view::{CardRefusal, CustomerEntry};

pub(super) fn routes() -> Router<App> {
    Router::new().route(views::CUSTOMERS.path, get(show))
}

/// A customer with more cards than this is closed until it is opened, and so
/// are all where there are more customers.
const MANY: usize = 20;

async fn show(State(app): State<App>, Extension(plugins): Extension<Plugins>) -> Page {
    page(&app, &plugins, StatusCode::OK, None).await
}

/// Shows every provider's customers and cards, as of one moment; and beside a card what could not
/// be done with it.
pub async fn page(
    app: &App,
    plugins: &Plugins,
    status: StatusCode,
    refusal: Option<CardRefusal>,
) -> Page {
    let (showing, plugins) = (app.showing(), plugins.clone());
    let read = move |connection: &Connection| {
        let each = plugins.iter().filter_map(|plugin| {
            let view = plugin.customers.as_ref()?;
            let customers = (view.list)(connection, showing, refusal.as_ref());
            Some(customers.map(|customers| section(plugin.provider.id(), view, &customers)))
        });
        each.collect::<Result<Vec<_>, StoreError>>()
    };
    match app.store.read_all(read).await {
        Ok(sections) => layout::page(app, views::CUSTOMERS, status, &all(showing, &sections)),
        Err(error) => store_trouble(app, views::CUSTOMERS, &error),
    }
}

fn all(showing: Showing, sections: &[Markup]) -> Markup {
    html! {
        p class="lead" {
            @if !showing.everybody {
                "Names, addresses, phone numbers and e-mail addresses of whoever was registered are \
                 hidden; the sandbox's own people are made up. "
            }
            "Of a card's number the first six and the last four digits are kept, and no more."
        }
        @for section in sections { (section) }
    }
}

fn section(id: ProviderId, view: &CustomersView, customers: &[CustomerEntry]) -> Markup {
    let is_open = customers.len() <= MANY;
    html! {
        section class="provider-section" aria-labelledby=(id) {
            h2 id=(id) { (view.title) span class="count" { (count(customers.len(), "customer")) } }
            @for one in customers { (customer(is_open, view.heads, one)) }
            @if customers.is_empty() { p class="empty" { "No customers." } }
        }
    }
}

/// A customer: a line of facts, and a table of cards below it.
fn customer(is_open: bool, heads: &[&str], customer: &CustomerEntry) -> Markup {
    let CustomerEntry { id, facts, cards } = customer;
    let line = html! {
        code class="id" { (id) }
        span class="count" { (count(cards.len(), "card")) }
        @for (name, value) in facts {
            span class="fact" { span class="label" { (name) } " " (value) }
        }
    };
    if cards.is_empty() {
        return html! { div class="customer" { p { (line) } } };
    }
    html! {
        details class="customer" open[is_open && cards.len() <= MANY] {
            summary { (line) }
            // Said outright: the style makes blocks of it on a narrow screen, and
            // a block is no row to a screen reader.
            table class="cards" role="table" {
                caption class="unseen" { "Cards of " (id) }
                thead role="rowgroup" { tr role="row" {
                    @for head in heads { th scope="col" role="columnheader" { (head) } }
                } }
                tbody role="rowgroup" {
                    @for card in cards {
                        tr role="row" {
                            @for (head, cell) in heads.iter().zip(card) {
                                td role="cell" data-label=(head) class=[cell.class] { (cell.markup) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn count(count: usize, what: &str) -> String {
    match count {
        0 => format!("no {what}s"),
        1 => format!("1 {what}"),
        _ => format!("{count} {what}s"),
    }
}
