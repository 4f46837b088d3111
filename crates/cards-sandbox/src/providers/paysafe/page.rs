//! Shows Paysafe's customers and cards on the page, and does what the cardholder chose there to do
//! with a card.

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Extension, Router};
use cards_model::ProviderId;
use cards_model::paysafe::Action;
use maud::html;
use rusqlite::Connection;

use super::change::{self, NotChanged};
use super::section::PaysafeSection;
use super::shown::{Customer, Shown};
use cards_sandbox_core::app::App;
use cards_sandbox_core::page::layout::{self, form, form_field, store_trouble};
use cards_sandbox_core::page::reply::see;
use cards_sandbox_core::page::{customers, views};
use cards_sandbox_core::plugin::{CustomersView, Plugins};
use cards_sandbox_core::showing::{Showing, line};
use cards_sandbox_core::store::{Counted, StoreError};
use cards_sandbox_core::view::{CardRefusal, Cell, CustomerEntry};
use cards_sandbox_core::world::section::{TypedSection, Who};

pub(super) const CUSTOMERS: CustomersView = CustomersView {
    title: "Paysafe",
    heads: &[
        "Card",
        "Status",
        "Actions",
        "Type",
        "Scheme",
        "Expiry",
        "Currency",
        "Programme",
        "Wallets",
        "Phone",
        "Delivered to",
        "Card id",
    ],
    counted: Counted::new("paysafe_customer"),
    list,
    routes: || Router::new().route(ACT, post(act)),
};

const ACT: &str = "/_sandbox/page/customers/act";

async fn act(
    State(app): State<App>,
    Extension(plugins): Extension<Plugins>,
    request: Request,
) -> Response {
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
    let asked = match form_field(&form, "customer") {
        "" => customers::Asked::default(),
        owner => customers::Asked::one(ProviderId::PAYSAFE, owner),
    };
    let why = match change::act(&app, card_id.clone(), action.clone()).await {
        // Ids are letters, digits, hyphens and underscores.
        Ok(_) => return see(&format!("{}#card-{card_id}", asked.href())),
        Err(NotChanged::NoSuchCard) => {
            let error = "card_id: there is no card of this id";
            return trouble(StatusCode::NOT_FOUND, error);
        }
        Err(NotChanged::Store(error)) => {
            return store_trouble(&app, views::CUSTOMERS, &error).into_response();
        }
        Err(NotChanged::Forbidden(why) | NotChanged::NotTaken(why)) => why.to_owned(),
        Err(NotChanged::OverQuota(limit)) => limit.to_string(),
    };
    let refusal = CardRefusal {
        card_id,
        action: action.as_str().to_owned(),
        why,
    };
    customers::page(&app, &plugins, asked, StatusCode::CONFLICT, Some(refusal))
        .await
        .into_response()
}

fn list(
    connection: &Connection,
    showing: Showing,
    who: Who<'_>,
    refusal: Option<&CardRefusal>,
) -> Result<Vec<CustomerEntry>, StoreError> {
    let shown = PaysafeSection::show(connection, showing, who)?;
    let is_first_page = matches!(who, Who::All | Who::Some { after: None, .. });
    let each = shown
        .into_iter()
        .map(|customer| entry(customer, is_first_page, refusal));
    Ok(each.collect())
}

fn entry(customer: Customer, is_first_page: bool, refusal: Option<&CardRefusal>) -> CustomerEntry {
    // Who is on the first page is found there again.
    let owner = (!is_first_page).then_some(&*customer.customer_id);
    let cards = customer.cards.iter().map(|card| {
        vec![
            Cell::code(&format!("{}******{}", card.bin, card.last_four)),
            Cell::state(&card.status, card.status == "ACTIVE"),
            actions(card, owner, refusal),
            Cell::text(&card.card_type),
            Cell::text(&card.scheme),
            Cell::text(&format!("{:02}/{}", card.expiry.month, card.expiry.year)),
            Cell::text(&card.currency),
            Cell::text(&card.program_name),
            Cell::number(&card.wallets.to_string()),
            Cell::text(&line([&card.mobile])),
            Cell::text(
                &card
                    .delivery_address
                    .as_ref()
                    .map_or_else(String::new, |to| line(to.lines())),
            ),
            Cell::code(&card.card_id),
        ]
    });
    CustomerEntry {
        cards: cards.collect(),
        id: customer.customer_id,
        facts: Vec::new(),
    }
}

/// Shows what can be done with a card, as buttons; or why nothing can.
fn actions(card: &Shown, owner: Option<&str>, refusal: Option<&CardRefusal>) -> Cell {
    let number = format!("{}******{}", card.bin, card.last_four);
    let refusal = refusal.filter(|refusal| refusal.card_id == card.card_id);
    Cell::new(html! {
        div id={ "card-" (card.card_id) } {
            @match &card.actions {
                Ok(actions) => form method="post" action=(ACT) class="actions" {
                    input type="hidden" name="card_id" value=(card.card_id);
                    @if let Some(owner) = owner {
                        input type="hidden" name="customer" value=(owner);
                    }
                    @for action in actions {
                        button type="submit" name="action" value=(action.as_str())
                            aria-label={ (action.as_str()) " " (number) } { (action.as_str()) }
                    }
                },
                Err(why) => span class="note" { (why) },
            }
            @if let Some(CardRefusal { action, why, .. }) = refusal {
                p class="trouble" role="alert" { (action) ": " (why) }
            }
        }
    })
}
