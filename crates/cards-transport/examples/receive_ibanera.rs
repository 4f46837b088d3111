//! Receives Ibanera's events: verifies them, answers at once, and acts on them behind the answer.
//!
//! ```text
//! CARDS_IBANERA_WEBHOOK_SECRET=fake-secret cargo run -p cards-transport --example receive_ibanera
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
use cards_transport::http::{HeaderMap, StatusCode};
use cards_transport::ibanera::Ibanera;
use cards_transport::model::ibanera::Event;
use cards_transport::webhook::{Seen, Webhook};

struct Receiver {
    webhook: Webhook<Ibanera>,
    seen: Seen,
    later: Sender<Event>,
}

async fn receive(
    State(receiver): State<Arc<Receiver>>,
    headers: HeaderMap,
    body: Bytes,
) -> StatusCode {
    let verified = receiver.webhook.verify(&headers, &body);
    let event = match verified.and_then(|verified| verified.event()) {
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

pub(crate) fn router(webhook: Webhook<Ibanera>, later: Sender<Event>) -> Router {
    let seen = Seen::new(10_000);
    Router::new()
        .route("/callbacks/ibanera", post(receive))
        .layer(DefaultBodyLimit::max(Webhook::<Ibanera>::MOST_BYTES))
        .with_state(Arc::new(Receiver {
            webhook,
            seen,
            later,
        }))
}

pub(crate) fn main() -> Result<(), Box<dyn std::error::Error>> {
    let webhook = Ibanera::webhook_from_vars(|name| std::env::var(name).ok())?;
    let (later, events) = channel();
    std::thread::spawn(move || events.iter().for_each(|event| println!("{event:?}")));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:8081").await?;
        println!(
            "POST events to http://{}/callbacks/ibanera",
            listener.local_addr()?
        );
        Ok(axum::serve(listener, router(webhook, later)).await?)
    })
}
