//! `GET /_sandbox/page/customers`: the customers and cards of each provider.

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use maud::{Markup, html};

use super::Page;
use super::layout::{self, View};
use crate::app::App;
use crate::control::world::{self, World};
use crate::{airpay, ibanera, paysafe};

pub(super) fn routes() -> Router<App> {
    Router::new().route(View::Customers.path(), get(show))
}

/// A customer with more cards than this is closed until it is opened, and so
/// are all where there are more customers.
const MANY: usize = 20;

async fn show(State(app): State<App>) -> Page {
    match world::read(&app).await {
        Ok(world) => {
            let main = all(&world);
            layout::page(&app, View::Customers, StatusCode::OK, &main)
        }
        Err(error) => {
            tracing::error!(%error, "the store failed");
            let status = StatusCode::INTERNAL_SERVER_ERROR;
            let why = "The store failed; the log says why.";
            layout::trouble(&app, View::Customers, status, why)
        }
    }
}

fn all(world: &World) -> Markup {
    let sections = [
        ("airpay", "Airpay", airpay(&world.airpay)),
        ("paysafe", "Paysafe", paysafe(&world.paysafe)),
        ("ibanera", "Ibanera", ibanera(&world.ibanera)),
    ];
    html! {
        p class="lead" {
            "Names, addresses, phone numbers and e-mail addresses are hidden; of a card's number \
             the first six and the last four digits are kept, and no more."
        }
        @for (id, name, customers) in &sections {
            section class="provider-section" aria-labelledby=(id) {
                h2 id=(id) { (name) span class="count" { (count(customers.len(), "customer")) } }
                @for customer in customers { (customer) }
                @if customers.is_empty() { p class="empty" { "No customers." } }
            }
        }
    }
}

/// A customer: a line of facts, and a table of cards below it.
fn customer(
    is_open: bool,
    id: &str,
    facts: &[(&str, String)],
    heads: &[&str],
    cards: &[Vec<Cell>],
) -> Markup {
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

struct Cell {
    class: Option<&'static str>,
    markup: Markup,
}

fn text(text: &str) -> Cell {
    Cell {
        class: None,
        markup: html! { (text) },
    }
}

fn code(text: &str) -> Cell {
    Cell {
        class: None,
        markup: html! { code { (text) } },
    }
}

fn number(text: &str) -> Cell {
    Cell {
        class: Some("number"),
        markup: html! { (text) },
    }
}

/// A state, marked where the card can be used.
fn state(state: &str, is_usable: bool) -> Cell {
    let class = if is_usable { "state good" } else { "state" };
    Cell {
        class: None,
        markup: html! { span class=(class) { (state) } },
    }
}

const HIDDEN: &str = "hidden";

fn airpay(world: &airpay::World) -> Vec<Markup> {
    let heads = ["Card", "Type", "Expiry", "Kit"];
    let is_open = world.customers.len() <= MANY;
    let customers = world.customers.iter().map(|one| {
        let mut facts = vec![
            (
                "KYC",
                format!("{} until {}", one.kyc_status, one.kyc_expiry_date),
            ),
            ("Name, phone, e-mail", HIDDEN.to_owned()),
        ];
        if !one.preferences.is_empty() {
            let each = one.preferences.iter();
            let each = each.map(|(channel, status)| format!("{channel} {status}"));
            facts.push(("Preferences", each.collect::<Vec<_>>().join(", ")));
        }
        let cards: Vec<_> = one
            .cards
            .iter()
            .map(|card| {
                vec![
                    code(&card.card_no),
                    text(&card.card_type),
                    text(&card.card_expiry),
                    code(&card.kit_no),
                ]
            })
            .collect();
        customer(is_open, &one.entity_id, &facts, &heads, &cards)
    });
    customers.collect()
}

fn paysafe(world: &paysafe::World) -> Vec<Markup> {
    let heads = [
        "Card",
        "Status",
        "Type",
        "Scheme",
        "Expiry",
        "Currency",
        "Programme",
        "Wallets",
        "Card id",
    ];
    let is_open = world.customers.len() <= MANY;
    let customers = world.customers.iter().map(|one| {
        let cards: Vec<_> = one
            .cards
            .iter()
            .map(|card| {
                vec![
                    code(&format!("{}******{}", card.bin, card.last_four)),
                    state(&card.status, card.status == "ACTIVE"),
                    text(&card.card_type),
                    text(&card.scheme),
                    text(&format!("{:02}/{}", card.expiry.month, card.expiry.year)),
                    text(&card.currency),
                    text(&card.program_name),
                    number(&card.wallets.to_string()),
                    code(&card.card_id),
                ]
            })
            .collect();
        let facts = [("Phone, address", HIDDEN.to_owned())];
        customer(is_open, &one.customer_id, &facts, &heads, &cards)
    });
    customers.collect()
}

fn ibanera(world: &ibanera::World) -> Vec<Markup> {
    let heads = [
        "Card",
        "State",
        "Currency",
        "Total",
        "Available",
        "Pending",
        "Card id",
    ];
    let is_open = world.customers.len() <= MANY;
    let customers = world.customers.iter().map(|one| {
        let cards: Vec<_> = one
            .cards
            .iter()
            .map(|card| {
                let word = if card.suppressed {
                    "suppressed"
                } else {
                    "active"
                };
                vec![
                    code(&card.card_number),
                    state(word, !card.suppressed),
                    text(&card.currency),
                    number(card.total_balance.get()),
                    number(card.available_balance.get()),
                    number(card.pending_balance.get()),
                    code(&card.id.to_string()),
                ]
            })
            .collect();
        let facts = [("Reference", one.customers_reference.clone())];
        customer(
            is_open,
            &one.customers_id.to_string(),
            &facts,
            &heads,
            &cards,
        )
    });
    customers.collect()
}

fn count(count: usize, what: &str) -> String {
    match count {
        0 => format!("no {what}s"),
        1 => format!("1 {what}"),
        _ => format!("{count} {what}s"),
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{Harness, registration};

    #[tokio::test]
    async fn every_customer_and_card_is_there_and_nothing_personal() {
        let sandbox = Harness::new();
        let fields = registration(&[
            ("first_name", "Canaryfirst"),
            ("email", "canary@example.com"),
            ("mobile_no", "9000000888"),
        ]);
        assert!(
            sandbox
                .airpay("register-user", &fields)
                .await
                .body
                .contains("success")
        );
        let page = sandbox.get("/_sandbox/page/customers", &[]).await.body;
        for part in [
            "AIRPAYCUST0002",
            "<code>411111******1111</code>",
            "3 customers",
            "137 cards",
            "23 customers",
            "1250.75",
            "suppressed",
        ] {
            assert!(page.contains(part), "{part}");
        }
        let world = sandbox.get_json("/_sandbox/world").await;
        let mut cards = 0;
        for provider in ["airpay", "paysafe", "ibanera"] {
            for customer in world[provider]["customers"].as_array().unwrap() {
                cards += customer["cards"].as_array().unwrap().len();
            }
        }
        assert_eq!(page.matches("data-label=\"Card\"").count(), cards);
        for secret in [
            "Canary",
            "canary",
            "9000000888",
            "4111111111111111",
            "Quiet#Sea",
        ] {
            assert!(!page.contains(secret), "{secret}");
        }
    }

    #[tokio::test]
    async fn what_a_caller_stored_is_text_and_no_markup() {
        let sandbox = Harness::new();
        let fields = registration(&[("kit_no", "<script>1</scr")]);
        assert!(
            sandbox
                .airpay("register-user", &fields)
                .await
                .body
                .contains("success")
        );
        let page = sandbox.get("/_sandbox/page/customers", &[]).await.body;
        assert!(page.contains("&lt;script&gt;1&lt;/scr"));
        assert_eq!(page.matches("<script").count(), 1, "our own");
    }
}
