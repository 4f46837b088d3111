//! Receives Paysafe's events: verifies them, answers at once, and acts on them behind the answer.
//!
//! ```text
//! CARDS_PAYSAFE_WEBHOOK_KEY=ZmFrZS1rZXk= cargo run -p cards-transport --example receive_paysafe
//! ```

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "an example shows what it does"
)]

use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};

use axum::extract::{DefaultBodyLimit, State};
use axum::routing::post;
use axum::{Router, body::Bytes};
use cards_transport::http::{HeaderMap, StatusCode, Uri};
use cards_transport::model::paysafe::Event;
use cards_transport::paysafe::Paysafe;
use cards_transport::webhook::{Seen, Webhook};

struct Receiver {
    webhook: Webhook<Paysafe>,
    seen: Seen,
    later: Sender<Event>,
}

async fn receive(
    State(receiver): State<Arc<Receiver>>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> StatusCode {
    let verified = receiver.webhook.verify(&headers, &body);
    let event = match verified.and_then(|verified| verified.event_at(uri.path())) {
        Ok(event) => event,
        Err(error) => {
            eprintln!("{error}");
            return error.answer();
        }
    };
    if event
        .id()
        .is_none_or(|id| receiver.seen.note(id).is_first())
    {
        // Into a queue that outlasts the process, before an answer that says it is kept.
        let _ = receiver.later.send(event);
    }
    StatusCode::OK
}

pub(crate) fn router(webhook: Webhook<Paysafe>, later: Sender<Event>) -> Router {
    let seen = Seen::new(10_000);
    Router::new()
        .route("/prepaid/card/{of}/events", post(receive))
        .layer(DefaultBodyLimit::max(Webhook::<Paysafe>::MOST_BYTES))
        .with_state(Arc::new(Receiver {
            webhook,
            seen,
            later,
        }))
}

pub(crate) fn main() -> Result<(), Box<dyn std::error::Error>> {
    let webhook = Paysafe::webhook_from_vars(|name| std::env::var(name).ok())?;
    let (later, events) = channel();
    std::thread::spawn(move || events.iter().for_each(|event| println!("{event:?}")));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:8080").await?;
        println!(
            "POST events to http://{}/prepaid/card/status/events",
            listener.local_addr()?
        );
        Ok(axum::serve(listener, router(webhook, later)).await?)
    })
}
