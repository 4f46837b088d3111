//! `/_sandbox/page/clock`: the sandbox's clock, moved and stopped.

use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use maud::{Markup, html};

use super::layout::{self, form, form_field};
use super::reply::{Page, see};
use super::views;
use crate::engine::app::App;
use crate::engine::clock::{self, RANGE};

const HOLD: &str = "/_sandbox/page/clock/hold";
const ADVANCE: &str = "/_sandbox/page/clock/advance";
const SET: &str = "/_sandbox/page/clock/set";
const REAL: &str = "/_sandbox/page/clock/real";

/// Seconds to go on by, and how they are called.
const STEPS: [(i64, &str); 4] = [
    (60, "1 minute"),
    (30 * 60, "30 minutes"),
    (86_400, "1 day"),
    (365 * 86_400, "1 year"),
];

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route(views::CLOCK.path, get(show))
        .route(HOLD, post(hold))
        .route(ADVANCE, post(advance))
        .route(SET, post(set))
        .route(REAL, post(real))
}

/// A field that could not be taken.
struct Wrong {
    field: &'static str,
    typed: String,
    what: String,
}

async fn show(State(app): State<App>) -> Page {
    page(&app, StatusCode::OK, None)
}

async fn hold(State(app): State<App>, request: Request) -> Response {
    let frozen = match field(&app, request, "frozen").await {
        Ok(typed) => typed.parse().ok(),
        Err(trouble) => return trouble,
    };
    match frozen {
        // The time that it shows is never out of range.
        Some(frozen) if app.clock.set(None, Some(frozen)).is_ok() => see(views::CLOCK.path),
        _ => {
            let why = "frozen: has to be true or false";
            layout::trouble(&app, views::CLOCK, StatusCode::BAD_REQUEST, why).into_response()
        }
    }
}

async fn advance(State(app): State<App>, request: Request) -> Response {
    let typed = match field(&app, request, "seconds").await {
        Ok(typed) => typed,
        Err(trouble) => return trouble,
    };
    let what = match typed.trim().parse::<i64>() {
        Err(_) => "a whole number".to_owned(),
        Ok(seconds) => {
            let millis = seconds.checked_mul(1000);
            if millis.is_some_and(|millis| app.clock.advance(millis).is_ok()) {
                return see(views::CLOCK.path);
            }
            format!("they have to lead to {RANGE}")
        }
    };
    refused(&app, "seconds", typed, what)
}

async fn set(State(app): State<App>, request: Request) -> Response {
    let typed = match field(&app, request, "now").await {
        Ok(typed) => typed,
        Err(trouble) => return trouble,
    };
    let what = match clock::parse_iso(typed.trim()) {
        None => "ISO 8601 with an offset, as in 2026-11-21T08:00:00Z, up to 9999-12-30T22:00:00Z",
        Some(now) if app.clock.set(Some(now), None).is_ok() => return see(views::CLOCK.path),
        Some(_) => RANGE,
    };
    refused(&app, "now", typed, what.to_owned())
}

async fn real(State(app): State<App>) -> Response {
    app.clock.reset();
    see(views::CLOCK.path)
}

/// The field of a form that has one.
async fn field(app: &App, request: Request, name: &str) -> Result<String, Response> {
    let form = form(app, views::CLOCK, request).await;
    form.map(|form| form_field(&form, name).to_owned())
        .map_err(IntoResponse::into_response)
}

fn refused(app: &App, field: &'static str, typed: String, what: String) -> Response {
    let wrong = Wrong { field, typed, what };
    page(app, StatusCode::BAD_REQUEST, Some(&wrong)).into_response()
}

fn page(app: &App, status: StatusCode, wrong: Option<&Wrong>) -> Page {
    let reading = app.clock.read();
    let main = html! {
        p class="lead" {
            "Tokens, one-time passwords and cards end by this clock. Move it to see them end, or \
             stop it where a test has to be sure of the time."
        }
        div class="panels" {
            section class="panel" aria-labelledby="now-title" {
                h2 id="now-title" { "Now" }
                dl class="request" {
                    div { dt { "Time" } dd { code id="shown" { (clock::iso(reading.now)) } } }
                    div { dt { "State" } dd id="state" { @if reading.is_frozen { "frozen" } @else { "running" } } }
                    div { dt { "Beside the real time" } dd id="ahead" {
                        @if reading.ahead.div_euclid(1000) == 0 { "the same" } @else {
                            (layout::distance(reading.ahead)) " (" (reading.ahead.div_euclid(1000)) " s)"
                        }
                    } }
                }
                div class="buttons" {
                    form method="post" action=(HOLD) {
                        button type="submit" name="frozen" value=(!reading.is_frozen) {
                            @if reading.is_frozen { "Let it run" } @else { "Freeze" }
                        }
                    }
                    form method="post" action=(REAL) { button type="submit" { "Back to real time" } }
                }
            }
            section class="panel" aria-labelledby="advance-title" {
                h2 id="advance-title" { "Advance" }
                form method="post" action=(ADVANCE) class="buttons" {
                    @for (seconds, label) in STEPS {
                        button type="submit" name="seconds" value=(seconds) { (label) }
                    }
                }
                (entry(wrong, ADVANCE, "seconds", "Seconds", "Negative: back. A year above is 365 days.", "", "Advance"))
            }
            section class="panel" aria-labelledby="set-title" {
                h2 id="set-title" { "Set" }
                (entry(wrong, SET, "now", "Time", "ISO 8601 with an offset.", &clock::iso(reading.now), "Set"))
            }
            section class="panel" aria-labelledby="over-title" {
                h2 id="over-title" { "Start over" }
                p { "Not the clock alone: everything as it was at the start. You are asked first." }
                p { a class="button" href=(views::RESET.path) { "Reset…" } }
            }
        }
    };
    layout::page(app, views::CLOCK, status, &main)
}

fn entry(
    wrong: Option<&Wrong>,
    action: &str,
    name: &str,
    label: &str,
    note: &str,
    value: &str,
    button: &str,
) -> Markup {
    let wrong = wrong.filter(|wrong| wrong.field == name);
    let error = wrong.map(|_| format!("{name}-error"));
    html! {
        form method="post" action=(action) class="setting entry" autocomplete="off" {
            label for=(name) { (label) }
            div class="row" {
                input id=(name) name=(name) type="text" class="mono" spellcheck="false"
                    value=(wrong.map_or(value, |wrong| &wrong.typed))
                    aria-invalid=[wrong.map(|_| "true")] aria-describedby=[error.as_deref()];
                button type="submit" { (button) }
            }
            p class="note" { (note) }
            @if let Some(wrong) = wrong { p class="wrong" id=[error] { (wrong.what) } }
        }
    }
}
