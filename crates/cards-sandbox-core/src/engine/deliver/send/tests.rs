//! Sends to a receiver that is here, and looks at what is made of its answers.

use std::sync::Mutex;

use axum::http::{HeaderName, HeaderValue};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::*;
use crate::acme::{ACME, Sends};
use crate::engine::outbox::{NewEvent, Receiver};
use crate::engine::plugin::Plugins;
use crate::setup::Setup;

/// A sender that signs with the length of a body, and waits a second before it sends again.
struct Hooks;

impl EventSender for Hooks {
    fn kinds(&self) -> &'static [EventKind] {
        &[EventKind {
            name: "changed",
            path: "/changes",
            about: "",
        }]
    }

    fn sign(&self, body: &[u8]) -> Vec<(HeaderName, HeaderValue)> {
        vec![(HeaderName::from_static("x-length"), body.len().into())]
    }

    fn pause(&self, _: u32, _: Duration) -> Option<Duration> {
        Some(Duration::from_secs(1))
    }
}

/// A receiver that answers each request with the next of these statuses, and keeps what came.
struct Listening {
    app: App,
    came: Arc<Mutex<Vec<String>>>,
}

impl Listening {
    async fn with(statuses: &'static [u16]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let came = Arc::<Mutex<Vec<String>>>::default();
        let kept = Arc::clone(&came);
        tokio::spawn(async move {
            for status in statuses {
                let (mut stream, _) = listener.accept().await.unwrap();
                let mut request = Vec::new();
                while !request.ends_with(b"\r\n\r\n{}") {
                    let mut byte = [0];
                    stream.read_exact(&mut byte).await.unwrap();
                    request.push(byte[0]);
                }
                kept.lock()
                    .unwrap()
                    .push(String::from_utf8(request).unwrap());
                let answer = format!("HTTP/1.1 {status} X\r\ncontent-length: 0\r\n\r\n");
                stream.write_all(answer.as_bytes()).await.unwrap();
            }
        });
        let hooks = Sends {
            id: ACME,
            sender: Hooks,
        };
        let plugins = Plugins::new(&[], [hooks.plugin()]);
        let (app, _) = Setup::default().open(plugins).unwrap();
        let receiver = Receiver::all(ACME, url.parse().unwrap());
        let put = move |tx: &Transaction<'_>| -> Result<(), StoreError> {
            outbox::add(tx, &receiver).unwrap();
            let event = NewEvent {
                provider: ACME,
                name: "changed",
                subject: "s",
                id: "id",
                body: "{}",
                at: 0,
            };
            outbox::put(tx, &event)?;
            Ok(())
        };
        app.store.write(put).await.unwrap();
        Self { app, came }
    }

    /// Sends the event once.
    async fn send(&self, decision: DeliveryDecision) -> Sent {
        let now = self.app.now_millis() + 3_600_000;
        let found = move |connection: &Connection| outbox::due(connection, 1, now, &[], 1);
        let due = self.app.store.read(found).await.unwrap().due;
        send(&self.app, due.into_iter().next().unwrap(), decision).await
    }

    /// Lists the path and the signature of each request.
    fn came(&self) -> Vec<(String, String)> {
        let came = self.came.lock().unwrap();
        let of = |request: &String| {
            let path = request.split(' ').nth(1).unwrap().to_owned();
            let mut lines = request.lines();
            let signed = lines.find_map(|line| line.strip_prefix("x-length: "));
            (path, signed.unwrap().to_owned())
        };
        came.iter().map(of).collect()
    }
}

fn came(signed: &str) -> (String, String) {
    ("/changes".to_owned(), signed.to_owned())
}

#[tokio::test]
async fn an_event_is_taken_with_a_success_and_otherwise_sent_again() {
    let receiver = Listening::with(&[503, 302, 204]).await;
    for (status, is_taken) in [(503, false), (302, false), (204, true)] {
        let attempt = receiver.send(DeliveryDecision::default()).await;
        let attempt = attempt.ok().unwrap();
        assert_eq!(attempt.status, Some(status));
        let reason = StatusCode::from_u16(status).unwrap();
        let why = (!is_taken).then(|| format!("answered with {reason}"));
        assert_eq!(attempt.trouble, why);
        let next_at = (!is_taken).then_some(attempt.at + 1000);
        assert_eq!(attempt.next_at, next_at, "{status}");
    }
    assert_eq!(receiver.came(), vec![came("2"); 3]);
    let all = |connection: &Connection| outbox::due(connection, 1, i64::MAX, &[], 1);
    assert!(receiver.app.store.read(all).await.unwrap().due.is_empty());
}

#[tokio::test]
async fn what_was_ordered_of_a_delivery_is_what_comes_of_it() {
    let of = |decision| async move {
        let receiver = Listening::with(&[200, 409]).await;
        let attempt = receiver.send(decision).await.ok().unwrap();
        (attempt.status, attempt.trouble, receiver.came())
    };
    let none = DeliveryDecision::default;
    let status = DeliveryDecision {
        status: Some(500),
        ..none()
    };
    let why = "a fault: answered with 500 Internal Server Error".to_owned();
    assert_eq!(of(status).await, (Some(500), Some(why), vec![came("2")]));
    let no_answer = DeliveryDecision {
        no_answer: true,
        ..none()
    };
    let (status, why, all) = of(no_answer).await;
    assert_eq!((status, all), (None, vec![came("2")]));
    assert!(why.unwrap().starts_with("a fault: no answer within "));
    let wrong_signature = DeliveryDecision {
        wrong_signature: true,
        ..none()
    };
    let sent = of(wrong_signature).await;
    assert_eq!(sent, (Some(200), None, vec![came("3")]));
    // The first answer has taken it, whatever the second is.
    let duplicate = DeliveryDecision {
        duplicate: true,
        ..none()
    };
    let sent = of(duplicate).await;
    assert_eq!(sent, (Some(200), None, vec![came("2"); 2]));
}

#[tokio::test]
async fn what_has_gone_meanwhile_is_not_sent() {
    let receiver = Listening::with(&[]).await;
    let now = receiver.app.now_millis();
    let found = move |connection: &Connection| outbox::due(connection, 1, now, &[], 1);
    let due = receiver.app.store.read(found).await.unwrap().due;
    let remove = |tx: &Transaction<'_>| outbox::remove(tx, 1).map_err(StoreError::from);
    receiver.app.store.write(remove).await.unwrap();
    let due = due.into_iter().next().unwrap();
    let sent = send(&receiver.app, due, DeliveryDecision::default()).await;
    assert_eq!(sent.err().unwrap().delivery, 1);
}
