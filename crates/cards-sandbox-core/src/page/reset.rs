//! `/_sandbox/page/reset`: everything as it was at the start, once that is
//! confirmed.

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use maud::html;

use super::layout::{self, store_trouble};
use super::reply::{Page, see};
use super::views;
use crate::engine::app::App;
use crate::engine::world_error::WorldError;

pub(super) fn routes() -> Router<App> {
    Router::new().route(views::RESET.path, get(ask).post(reset))
}

async fn ask(State(app): State<App>) -> Page {
    let main = html! {
        div class="panel ask" {
            p { "Everything becomes as it was when the sandbox started:" }
            ul {
                li { "customers and cards are those of the start; what was registered or changed is lost" }
                li { "nobody is logged in, and no one-time password is used up" }
                li { "the clock is back at the real time" }
                li { "only the faults ordered at the start are in force" }
                li { "all events are forgotten, and they are sent where they were at the start" }
                li { "all exchanges are forgotten; their numbers go on" }
            }
            p { "This cannot be undone." }
            div class="buttons" {
                form method="post" action=(views::RESET.path) { button type="submit" class="main" { "Reset everything" } }
                a class="button" href=(views::EXCHANGES.path) { "Cancel" }
            }
        }
    };
    layout::page(&app, views::RESET, StatusCode::OK, &main)
}

async fn reset(State(app): State<App>) -> Response {
    match app.reset().await {
        Ok(()) => see(views::EXCHANGES.path),
        Err(WorldError::Store(error)) => store_trouble(&app, views::RESET, &error).into_response(),
        Err(WorldError::Field(wrong)) => trouble(&app, StatusCode::BAD_REQUEST, &wrong.to_string()),
        Err(WorldError::NotFound(what)) => trouble(&app, StatusCode::NOT_FOUND, what),
    }
}

fn trouble(app: &App, status: StatusCode, why: &str) -> Response {
    layout::trouble(app, views::RESET, status, why).into_response()
}
