//! `GET /_sandbox/page/customers`: the customers and cards of each provider.

use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use cards_model::Date;
use cards_model::paysafe::Action;
use maud::{Markup, html};
use rusqlite::Connection;

use super::layout;
use super::{Page, form, form_field, see, store_trouble, views};
use crate::airpay::{self, Airpay};
use crate::app::App;
use crate::ibanera::{self, Ibanera};
use crate::paysafe::{self, NotChanged, Paysafe, Shown};
use crate::store::StoreError;
use crate::world::section::TypedSection;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route(views::CUSTOMERS.path, get(show))
        .route(ACT, post(act))
}

const ACT: &str = "/_sandbox/page/customers/act";

/// A customer with more cards than this is closed until it is opened, and so
/// are all where there are more customers.
const MANY: usize = 20;

/// Says what could not be done with a card, and why.
struct Refusal {
    card_id: String,
    action: Action,
    why: String,
}

async fn show(State(app): State<App>) -> Page {
    page(&app, StatusCode::OK, None).await
}

/// Does what the cardholder chose to do with a Paysafe card.
async fn act(State(app): State<App>, request: Request) -> Response {
    let trouble =
        |status, why: &str| layout::trouble(&app, views::CUSTOMERS, status, why).into_response();
    let form = match form(&app, views::CUSTOMERS, request).await {
        Ok(form) => form,
        Err(page) => return page.into_response(),
    };
    let field = |name: &str| form_field(&form, name).to_owned();
    let (card_id, action) = (field("card_id"), Action::from(field("action")));
    if !action.is_known() {
        return trouble(StatusCode::BAD_REQUEST, "action: has to be one of the list");
    }
    let why = match paysafe::act(&app, card_id.clone(), action.clone()).await {
        // Ids are letters, digits, hyphens and underscores.
        Ok(_) => return see(&format!("{}#card-{card_id}", views::CUSTOMERS.path)),
        Err(NotChanged::NoSuchCard) => {
            let error = "card_id: there is no card of this id";
            return trouble(StatusCode::NOT_FOUND, error);
        }
        Err(NotChanged::Store(error)) => {
            return store_trouble(&app, views::CUSTOMERS, &error).into_response();
        }
        Err(NotChanged::Forbidden(why)) => why.to_owned(),
        Err(NotChanged::OverQuota(limit)) => limit.to_string(),
    };
    let refusal = Refusal {
        card_id,
        action,
        why,
    };
    page(&app, StatusCode::CONFLICT, Some(&refusal))
        .await
        .into_response()
}

async fn page(app: &App, status: StatusCode, refusal: Option<&Refusal>) -> Page {
    let today = app.today();
    let read = move |connection: &Connection| World::read(connection, today);
    match app.store.read_all(read).await {
        Ok(world) => {
            let main = all(&world, refusal);
            layout::page(app, views::CUSTOMERS, status, &main)
        }
        Err(error) => store_trouble(app, views::CUSTOMERS, &error),
    }
}

/// Every provider's customers and cards, as of one moment.
struct World {
    airpay: Vec<airpay::WorldCustomer>,
    paysafe: Vec<paysafe::WorldCustomer>,
    ibanera: Vec<ibanera::WorldCustomer>,
}

impl World {
    fn read(connection: &Connection, today: Date) -> Result<Self, StoreError> {
        Ok(Self {
            airpay: Airpay::show(connection, today, None)?,
            paysafe: Paysafe::show(connection, today, None)?,
            ibanera: Ibanera::show(connection, today, None)?,
        })
    }
}

fn all(world: &World, refusal: Option<&Refusal>) -> Markup {
    let sections = [
        ("airpay", "Airpay", airpay(&world.airpay)),
        ("paysafe", "Paysafe", paysafe(&world.paysafe, refusal)),
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

/// Shows what can be done with a card, as buttons; or why nothing can.
fn actions(card: &Shown, refusal: Option<&Refusal>) -> Cell {
    let number = format!("{}******{}", card.bin, card.last_four);
    let refusal = refusal.filter(|refusal| refusal.card_id == card.card_id);
    let markup = html! {
        div id={ "card-" (card.card_id) } {
            @match &card.actions {
                Ok(actions) => form method="post" action=(ACT) class="actions" {
                    input type="hidden" name="card_id" value=(card.card_id);
                    @for action in actions {
                        button type="submit" name="action" value=(action.as_str())
                            aria-label={ (action.as_str()) " " (number) } { (action.as_str()) }
                    }
                },
                Err(why) => span class="note" { (why) },
            }
            @if let Some(Refusal { action, why, .. }) = refusal {
                p class="trouble" role="alert" { (action.as_str()) ": " (why) }
            }
        }
    };
    Cell {
        class: None,
        markup,
    }
}

const HIDDEN: &str = "hidden";

fn airpay(world: &[airpay::WorldCustomer]) -> Vec<Markup> {
    let heads = ["Card", "Type", "Expiry", "Kit"];
    let is_open = world.len() <= MANY;
    let customers = world.iter().map(|one| {
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

fn paysafe(world: &[paysafe::WorldCustomer], refusal: Option<&Refusal>) -> Vec<Markup> {
    let heads = [
        "Card",
        "Status",
        "Actions",
        "Type",
        "Scheme",
        "Expiry",
        "Currency",
        "Programme",
        "Wallets",
        "Card id",
    ];
    let is_open = world.len() <= MANY;
    let customers = world.iter().map(|one| {
        let cards: Vec<_> = one
            .cards
            .iter()
            .map(|card| {
                vec![
                    code(&format!("{}******{}", card.bin, card.last_four)),
                    state(&card.status, card.status == "ACTIVE"),
                    actions(card, refusal),
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

fn ibanera(world: &[ibanera::WorldCustomer]) -> Vec<Markup> {
    let heads = [
        "Card",
        "State",
        "Currency",
        "Total",
        "Available",
        "Pending",
        "Card id",
    ];
    let is_open = world.len() <= MANY;
    let customers = world.iter().map(|one| {
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
                    number(card.total_balance.as_str()),
                    number(card.available_balance.as_str()),
                    number(card.pending_balance.as_str()),
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
        sandbox.post(super::ACT, &form, &fields).await
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
