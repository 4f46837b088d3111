//! `/_sandbox/page/reset`: everything as it was at the start, once that is
//! confirmed.

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use maud::html;

use super::layout;
use super::{Page, see, store_trouble, views};
use crate::app::App;
use crate::world_error::WorldError;

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

#[cfg(test)]
mod tests {
    use super::views;

    const PATH: &str = views::RESET.path;

    use crate::store::StoreError;
    use crate::testing::{Harness, Log};
    use crate::{Fault, paysafe};

    #[tokio::test]
    async fn a_store_that_fails_is_told_and_the_log_says_why() {
        let (log, _guard) = Log::capture();
        let sandbox = Harness::new();
        let job = |transaction: &rusqlite::Transaction<'_>| {
            transaction.execute_batch("DROP TABLE paysafe_card")?;
            Ok::<_, StoreError>(())
        };
        sandbox.app.store.write(job).await.unwrap();
        let reply = sandbox.post(PATH, &[], "").await;
        assert_eq!(reply.status, 500);
        for part in [
            "The store failed; the log says why.",
            "<a href=\"/_sandbox/page/reset\">Back to Reset</a>",
        ] {
            assert!(reply.body.contains(part), "{part}: {}", reply.body);
        }
        let said = log.take();
        assert!(said.contains("no such table"), "{said}");
    }

    #[tokio::test]
    async fn it_is_asked_first_and_then_done() {
        let sandbox = Harness::new();
        sandbox.get("/customers/1/prepaid/cards", &[]).await;
        sandbox.app.clock.advance(60_000).unwrap();
        sandbox.app.faults.add(Fault::garbage()).unwrap();
        let card = "12345678-0000-4000-8000-000000000001".to_owned();
        paysafe::act(&sandbox.app, card, "LOCK".into())
            .await
            .unwrap();
        let world = Harness::new().get_json("/_sandbox/world").await;

        let page = sandbox.get(PATH, &[]).await;
        assert_eq!(page.status, 200);
        assert!(page.body.contains("This cannot be undone."));
        assert_eq!(sandbox.app.faults.list().len(), 1, "only asked");
        assert_ne!(sandbox.get_json("/_sandbox/world").await, world);

        let reply = sandbox.post(PATH, &[], "").await;
        assert_eq!(
            (
                reply.status.as_u16(),
                reply.headers["location"].to_str().unwrap()
            ),
            (303, "/")
        );
        assert!(sandbox.app.faults.list().is_empty());
        assert_eq!(sandbox.app.clock.read().ahead, 0);
        assert!(sandbox.app.journal.exchanges().is_empty());
        assert_eq!(sandbox.get_json("/_sandbox/world").await, world);
    }
}
