//! `/_sandbox/page/faults`: what goes wrong on order, and ordering it.

use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use maud::{Markup, html};

use super::fault_form::Form;
use super::layout::{self, form, form_field};
use super::reply::{Page, see};
use super::views;
use crate::engine::app::App;
use crate::engine::faults::{Fault, FaultKind, OrderedFault};

const REMOVE: &str = "/_sandbox/page/faults/remove";
const CLEAR: &str = "/_sandbox/page/faults/clear";

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route(views::FAULTS.path, get(show).post(order))
        .route(REMOVE, post(remove))
        .route(CLEAR, post(clear))
}

async fn show(State(app): State<App>) -> Page {
    page(&app, StatusCode::OK, &Form::new())
}

async fn order(State(app): State<App>, request: Request) -> Response {
    let mut form = match form(&app, views::FAULTS, request).await {
        Ok(typed) => Form::of(typed),
        Err(page) => return page.into_response(),
    };
    let Some(fault) = form.order(&app.operations) else {
        return page(&app, StatusCode::BAD_REQUEST, &form).into_response();
    };
    match app.faults.ordered(fault) {
        Ok(_) => see(views::FAULTS.path),
        Err(error) => {
            let (status, field) = match error.field() {
                Some(field) => (StatusCode::BAD_REQUEST, field),
                None => (StatusCode::CONFLICT, ""),
            };
            form.wrong(field, error.what());
            page(&app, status, &form).into_response()
        }
    }
}

/// Removes a fault. One that is gone already is no error: the page was older than
/// that.
async fn remove(State(app): State<App>, request: Request) -> Response {
    let form = match form(&app, views::FAULTS, request).await {
        Ok(form) => form,
        Err(page) => return page.into_response(),
    };
    match form_field(&form, "id").parse() {
        Ok(id) => {
            app.faults.remove(id);
            see(views::FAULTS.path)
        }
        Err(_) => {
            let why = "id: has to be a fault's number";
            layout::trouble(&app, views::FAULTS, StatusCode::BAD_REQUEST, why).into_response()
        }
    }
}

async fn clear(State(app): State<App>) -> Response {
    app.faults.clear();
    see(views::FAULTS.path)
}

fn page(app: &App, status: StatusCode, form: &Form) -> Page {
    let faults = app.faults.list();
    let events = format!("/_sandbox/exchanges?after={}", app.journal.last_id());
    let main = html! {
        p class="lead" {
            "What goes wrong of the calls to the providers, so that a program can be tried against \
             it. Nothing of the sandbox's own paths is touched. Of several faults that meet one \
             call all delays count, and of the others the first to have been ordered."
        }
        section id="faults" class="panel" aria-labelledby="in-force" data-counts=(events) {
            div class="head" {
                h2 id="in-force" { "Ordered" span class="count" { (faults.len()) } }
                @if !faults.is_empty() {
                    form method="post" action=(CLEAR) {
                        button type="submit" class="quiet" { "Remove all" }
                    }
                }
            }
            @if faults.is_empty() {
                p class="empty" { "No fault is in force: every call is answered as it should be." }
            } @else { (list(&faults)) }
        }
        (form.show(views::FAULTS.path, &app.operations))
    };
    layout::page(app, views::FAULTS, status, &main)
}

fn list(faults: &[OrderedFault]) -> Markup {
    html! {
        table class="cards" role="table" {
            caption class="unseen" { "Faults" }
            thead role="rowgroup" { tr role="row" {
                @for head in ["No.", "Fault", "Of", "Matched", "Fired", "State"] {
                    th scope="col" role="columnheader" { (head) }
                }
                th scope="col" role="columnheader" { span class="unseen" { "Remove" } }
            } }
            tbody role="rowgroup" {
                @for OrderedFault { id, fault, matched, fired, spent, .. } in faults {
                    tr role="row" {
                        td role="cell" data-label="No." { (id) }
                        td role="cell" data-label="Fault" {
                            span { code title=(fault.kind.description()) { (fault.kind) } " " (settings(fault)) }
                        }
                        td role="cell" data-label="Of" { span { (scope(fault)) } }
                        td role="cell" data-label="Matched" { span id={ "matched-" (id) } data-count { (matched) } }
                        td role="cell" data-label="Fired" { span id={ "fired-" (id) } data-count { (fired) } }
                        td role="cell" data-label="State" {
                            span id={ "state-" (id) } data-count {
                                @if *spent { span class="state" { "spent" } }
                                @else { span class="state good" { "in force" } }
                            }
                        }
                        td role="cell" data-label="" {
                            form method="post" action=(REMOVE) {
                                input type="hidden" name="id" value=(id);
                                button type="submit" class="quiet" aria-label={ "Remove fault " (id) } { "Remove" }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The settings of this kind.
fn settings(fault: &Fault) -> String {
    let mut each = Vec::new();
    if let Some(status) = fault.status {
        each.push(status.to_string());
    }
    if let Some(bytes) = fault.bytes {
        each.push(format!("{bytes} bytes"));
    }
    if let Some(millis) = fault.millis {
        each.push(format!("{millis} ms"));
    }
    if let Some(difference) = fault.difference {
        each.push(format!("{difference:+} bytes"));
    }
    match fault.headers.len() {
        0 => {}
        1 => each.push("a header".to_owned()),
        count => each.push(format!("{count} headers")),
    }
    if let Some(body) = &fault.body {
        each.push(format!("a body of {} bytes", body.len()));
    }
    if let Some(carry_out) = fault.carry_out
        && fault.kind != FaultKind::LostReply
    {
        let word = if carry_out {
            "carried out"
        } else {
            "not carried out"
        };
        each.push(word.to_owned());
    }
    each.join(", ")
}

/// Says which calls it is of, and how many of them.
fn scope(fault: &Fault) -> String {
    let mut scope = match (&fault.provider, &fault.operation) {
        (None, None) => "every call".to_owned(),
        (Some(provider), None) => format!("{provider}, every call"),
        (None, Some(operation)) => operation.clone(),
        (Some(provider), Some(operation)) => format!("{provider} {operation}"),
    };
    match fault.times {
        None => {}
        Some(1) => scope.push_str(", once"),
        Some(times) => scope.push_str(&format!(", {times} times")),
    }
    if let Some(probability) = fault.probability {
        let seed = fault.seed.unwrap_or_default();
        scope.push_str(&format!(", probability {probability}, seed {seed}"));
    }
    scope
}
