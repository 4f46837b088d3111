//! `/_sandbox/page/events`: the events that the providers send, where they are sent, and what became
//! of each.

use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use maud::{Markup, html};
use rusqlite::{Connection, Transaction};

use super::layout::{self, form, form_field, store_trouble};
use super::reply::{Page, see};
use super::views;
use crate::engine::app::App;
use crate::engine::outbox::{
    self, Delivery, DeliveryState, EventFilter, EventKind, Receiver, RegisteredReceiver, Resent,
    SentEvent,
};
use crate::engine::store::StoreError;
use crate::engine::world_error::WorldError;

const RESEND: &str = "/_sandbox/page/events/resend";
const REGISTER: &str = "/_sandbox/page/events/register";
const REMOVE: &str = "/_sandbox/page/events/remove";

/// The number of events on the page: the newest.
const SHOWN: usize = 100;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route(views::EVENTS.path, get(show))
        .route(RESEND, post(resend))
        .route(REGISTER, post(register))
        .route(REMOVE, post(remove))
}

async fn show(State(app): State<App>) -> Page {
    page(&app, StatusCode::OK, &Typed::default()).await
}

/// The form of a new receiver, as it was typed, and what is wrong with it.
#[derive(Default)]
struct Typed {
    whose: String,
    url: String,
    wrong: Option<String>,
}

/// The parts of the view.
struct Shown {
    events: Vec<SentEvent>,
    receivers: Vec<RegisteredReceiver>,
    last_step: i64,
}

async fn page(app: &App, status: StatusCode, typed: &Typed) -> Page {
    let read = |connection: &Connection| -> Result<_, StoreError> {
        let mut events = outbox::events(connection, &EventFilter::default(), 0, SHOWN)?;
        events.reverse();
        Ok(Shown {
            events,
            receivers: outbox::list(connection)?,
            last_step: outbox::last_step(connection)?,
        })
    };
    let shown = match app.store.read_all(read).await {
        Ok(shown) => shown,
        Err(error) => return store_trouble(app, views::EVENTS, &error),
    };
    let steps = format!("/_sandbox/event-steps?after={}", shown.last_step);
    let main = html! {
        p class="lead" {
            "What the providers send when a card changes, whatever changes it. Each event is sent to \
             every receiver that there is for it, of each card in order, and again until it is taken."
        }
        (receivers(&shown.receivers, app.delivery_faults.known(), typed))
        section id="sent" class="panel" aria-labelledby="sent-head" data-steps=(steps) {
            div class="head" { h2 id="sent-head" { "Sent" } }
            (events(&shown.events))
        }
        p id="news" class="unseen" role="status" aria-live="polite" {}
    };
    layout::page(app, views::EVENTS, status, &main)
}

fn receivers(
    receivers: &[RegisteredReceiver],
    known: &[(&'static str, &'static [EventKind])],
    typed: &Typed,
) -> Markup {
    html! {
        section class="panel" aria-labelledby="receivers" {
            div class="head" {
                h2 id="receivers" { "Receivers" span class="count" { (receivers.len()) } }
            }
            @if receivers.is_empty() {
                p class="empty" { "Nobody receives events yet. They are kept, and can be resent." }
            } @else { (receiver_table(receivers)) }
            @if let Some(wrong) = &typed.wrong { p class="trouble" role="alert" { (wrong) } }
            form method="post" action=(REGISTER) class="filter register" {
                label {
                    span { "Events" }
                    select name="whose" {
                        @for (provider, kinds) in known {
                            (choice(provider, &format!("{provider}, all"), typed))
                            @for kind in *kinds {
                                (choice(&format!("{provider}/{}", kind.name), &format!("{provider}, {}", kind.name), typed))
                            }
                        }
                    }
                }
                label {
                    span { "URL" }
                    input type="text" inputmode="url" name="url" value=(typed.url) size="32"
                        placeholder="http://127.0.0.1:9000/hooks" autocomplete="off" spellcheck="false" required;
                }
                button type="submit" { "Register" }
            }
        }
    }
}

fn choice(value: &str, label: &str, typed: &Typed) -> Markup {
    html! { option value=(value) selected[typed.whose == value] { (label) } }
}

fn receiver_table(receivers: &[RegisteredReceiver]) -> Markup {
    html! {
        table class="cards" role="table" {
            caption class="unseen" { "Receivers" }
            thead role="rowgroup" { tr role="row" {
                @for head in ["No.", "Events", "URL", "Waiting"] {
                    th scope="col" role="columnheader" { (head) }
                }
                th scope="col" role="columnheader" { span class="unseen" { "Remove" } }
            } }
            tbody role="rowgroup" {
                @for one in receivers {
                    tr role="row" {
                        td role="cell" data-label="No." { (one.number) }
                        td role="cell" data-label="Events" {
                            span { (one.provider) ", " (one.event.as_deref().unwrap_or("all")) }
                        }
                        td role="cell" data-label="URL" { code { (one.url) } }
                        td role="cell" data-label="Waiting" {
                            span id={ "waiting-" (one.number) } data-count { (one.waiting) }
                        }
                        td role="cell" data-label="" {
                            form method="post" action=(REMOVE) {
                                input type="hidden" name="number" value=(one.number);
                                button type="submit" class="quiet" aria-label={ "Remove receiver " (one.number) } { "Remove" }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn events(events: &[SentEvent]) -> Markup {
    html! {
        @if events.is_empty() {
            p class="empty" { "No event has come about: nothing has changed that a provider tells of." }
        }
        table class="cards" role="table" hidden[events.is_empty()] {
            caption class="unseen" { "Events" }
            thead role="rowgroup" { tr role="row" {
                @for head in ["No.", "Time", "Event", "Of", "Deliveries"] {
                    th scope="col" role="columnheader" { (head) }
                }
                th scope="col" role="columnheader" { span class="unseen" { "Resend" } }
            } }
            tbody role="rowgroup" {
                @for event in events { (row(event)) }
            }
        }
    }
}

fn row(event: &SentEvent) -> Markup {
    html! {
        tr role="row" data-id=(event.number) {
            td role="cell" data-label="No." { (event.number) }
            td role="cell" data-label="Time" {
                time datetime=(event.made_at) { (event.made_at.get(11..19).unwrap_or_default()) }
            }
            td role="cell" data-label="Event" {
                details {
                    summary { (event.provider) " " code { (event.name) } }
                    pre { code { (event.body) } }
                }
            }
            td role="cell" data-label="Of" { code { (event.subject) } }
            td role="cell" data-label="Deliveries" {
                span id={ "deliveries-" (event.number) } data-count {
                    @if event.deliveries.is_empty() { "no receiver" }
                    @for one in &event.deliveries { (delivery(one)) }
                }
            }
            td role="cell" data-label="" {
                form method="post" action=(RESEND) {
                    input type="hidden" name="number" value=(event.number);
                    button type="submit" class="quiet" aria-label={ "Resend event " (event.number) } { "Resend" }
                }
            }
        }
    }
}

/// The state of a delivery, as a line of its own.
fn delivery(delivery: &Delivery) -> Markup {
    let is_good = delivery.state == DeliveryState::Delivered;
    let class = if is_good { "state good" } else { "state" };
    html! {
        div class="delivery" {
            span class=(class) { (delivery.state.as_str()) }
            " " @if let Some(status) = delivery.status { (status) " " }
            @if delivery.attempts > 1 { "after " (delivery.attempts) " attempts " }
            code { (delivery.url) }
            @if let (false, Some(trouble)) = (is_good, &delivery.trouble) {
                div class="note" {
                    (trouble)
                    @if let Some(next) = &delivery.next_at { "; again at " (next.get(11..19).unwrap_or_default()) }
                }
            }
        }
    }
}

async fn resend(State(app): State<App>, request: Request) -> Response {
    let number = match number(&app, request).await {
        Ok(number) => number,
        Err(page) => return page.into_response(),
    };
    let now = app.now_millis();
    let write = move |transaction: &Transaction<'_>| {
        outbox::resend(transaction, number, now).map_err(StoreError::from)
    };
    match app.store.write(write).await {
        Ok(Resent::NoReceiver) => {
            let why = "There is no receiver for this event: register one first.";
            trouble(&app, StatusCode::CONFLICT, why)
        }
        Ok(Resent::TooOften) => {
            let why = "It was sent as often as one event may be.";
            trouble(&app, StatusCode::CONFLICT, why)
        }
        // An event that is forgotten: the page was older than that.
        Ok(_) => see(views::EVENTS.path),
        Err(error) => store_trouble(&app, views::EVENTS, &error).into_response(),
    }
}

/// Removes a receiver. One that is gone already is no error: the page was older than that.
async fn remove(State(app): State<App>, request: Request) -> Response {
    let number = match number(&app, request).await {
        Ok(number) => number,
        Err(page) => return page.into_response(),
    };
    let write = move |transaction: &Transaction<'_>| {
        outbox::remove(transaction, number).map_err(StoreError::from)
    };
    match app.store.write(write).await {
        Ok(_) => see(views::EVENTS.path),
        Err(error) => store_trouble(&app, views::EVENTS, &error).into_response(),
    }
}

async fn number(app: &App, request: Request) -> Result<i64, Page> {
    let form = form(app, views::EVENTS, request).await?;
    let number = form_field(&form, "number").parse();
    let why = "number: has to be a whole number";
    number.map_err(|_| layout::trouble(app, views::EVENTS, StatusCode::BAD_REQUEST, why))
}

async fn register(State(app): State<App>, request: Request) -> Response {
    let form = match form(&app, views::EVENTS, request).await {
        Ok(form) => form,
        Err(page) => return page.into_response(),
    };
    let mut typed = Typed {
        whose: form_field(&form, "whose").to_owned(),
        url: form_field(&form, "url").trim().to_owned(),
        wrong: None,
    };
    let receiver = match typed.receiver(&app) {
        Ok(receiver) => receiver,
        Err(wrong) => {
            typed.wrong = Some(wrong);
            return page(&app, StatusCode::BAD_REQUEST, &typed)
                .await
                .into_response();
        }
    };
    let write = move |transaction: &Transaction<'_>| outbox::add(transaction, &receiver);
    match app.store.write(write).await {
        Ok(_) => see(views::EVENTS.path),
        Err(WorldError::Store(error)) => store_trouble(&app, views::EVENTS, &error).into_response(),
        Err(WorldError::Field(wrong)) => {
            typed.wrong = Some(wrong.what.into_owned());
            page(&app, StatusCode::BAD_REQUEST, &typed)
                .await
                .into_response()
        }
        Err(WorldError::NotFound(what)) => trouble(&app, StatusCode::NOT_FOUND, what),
    }
}

impl Typed {
    fn receiver(&self, app: &App) -> Result<Receiver, String> {
        let (provider, event) = match self.whose.split_once('/') {
            Some((provider, event)) => (provider, Some(event)),
            None => (&*self.whose, None),
        };
        let known = app.delivery_faults.known();
        outbox::check_scope(known, Some(provider), event).map_err(|wrong| wrong.to_string())?;
        let provider = app.providers.named(provider)?;
        let url = self.url.parse().map_err(|what| format!("URL: {what}"))?;
        let receiver = Receiver::all(provider, url);
        Ok(match event {
            Some(event) => receiver.only(event),
            None => receiver,
        })
    }
}

fn trouble(app: &App, status: StatusCode, why: &str) -> Response {
    layout::trouble(app, views::EVENTS, status, why).into_response()
}
