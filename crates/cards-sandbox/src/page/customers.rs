//! `GET /_sandbox/page/customers`: the customers and cards of each provider.

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Extension, Router};
use maud::{Markup, html};
use rusqlite::Connection;

use super::layout::{self, store_trouble};
use super::reply::Page;
use super::views;
use crate::app::App;
use crate::plugin::{Plugin, Plugins};
use crate::store::StoreError;
use crate::view::{CardRefusal, CustomerEntry};

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
pub(crate) async fn page(
    app: &App,
    plugins: &Plugins,
    status: StatusCode,
    refusal: Option<CardRefusal>,
) -> Page {
    let (today, plugins) = (app.today(), plugins.clone());
    let read = move |connection: &Connection| {
        let list = |plugin: &Plugin| (plugin.customers.list)(connection, today, refusal.as_ref());
        let each = plugins
            .iter()
            .map(|plugin| Ok(section(plugin, &list(plugin)?)));
        each.collect::<Result<Vec<_>, StoreError>>()
    };
    match app.store.read_all(read).await {
        Ok(sections) => layout::page(app, views::CUSTOMERS, status, &all(&sections)),
        Err(error) => store_trouble(app, views::CUSTOMERS, &error),
    }
}

fn all(sections: &[Markup]) -> Markup {
    html! {
        p class="lead" {
            "Names, addresses, phone numbers and e-mail addresses are hidden; of a card's number \
             the first six and the last four digits are kept, and no more."
        }
        @for section in sections { (section) }
    }
}

fn section(plugin: &Plugin, customers: &[CustomerEntry]) -> Markup {
    let id = plugin.provider.id();
    let view = &plugin.customers;
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

#[cfg(test)]
mod tests {
    use crate::testing::{Harness, Reply, encoded, registration};

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

    async fn act(sandbox: &Harness, card_id: &str, action: &str) -> Reply {
        let form = [("content-type", "application/x-www-form-urlencoded")];
        let fields = encoded(&[("card_id", card_id), ("action", action)]);
        sandbox
            .post("/_sandbox/page/customers/act", &form, &fields)
            .await
    }

    #[tokio::test]
    async fn a_card_is_locked_on_the_page_and_a_refusal_says_why_beside_it() {
        let sandbox = Harness::new();
        let card = "12345678-0000-4000-8000-000000000001";
        let cell = |page: &str| {
            let cell = page.split(&format!("id=\"card-{card}\"")).nth(1).unwrap();
            cell.split("</td>").next().unwrap().to_owned()
        };
        let reply = act(&sandbox, card, "LOCK").await;
        assert_eq!(reply.status, 303, "{}", reply.body);
        let place = format!("/_sandbox/page/customers#card-{card}");
        assert_eq!(reply.headers["location"].to_str().unwrap(), place);
        let page = sandbox.get("/_sandbox/page/customers", &[]).await.body;
        assert!(
            cell(&page).contains("value=\"UNLOCK\"") && !cell(&page).contains("value=\"LOCK\"")
        );

        let reply = act(&sandbox, card, "LOCK").await;
        assert_eq!(reply.status, 409);
        let why = "LOCK: a LOCKED card is unlocked or cancelled, nothing else";
        assert!(cell(&reply.body).contains(why), "{}", cell(&reply.body));
        assert_eq!(reply.body.matches("role=\"alert\"").count(), 1);

        // The clock ends it.
        sandbox.app.clock.advance(10 * 365 * 86_400_000).unwrap();
        let page = sandbox.get("/_sandbox/page/customers", &[]).await.body;
        assert!(page.contains(">EXPIRED<"));
        assert!(
            cell(&page).contains("an EXPIRED card stays so"),
            "{}",
            cell(&page)
        );

        assert_eq!(act(&sandbox, "nobody", "LOCK").await.status, 404);
        assert_eq!(act(&sandbox, card, "MELT").await.status, 400);
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
