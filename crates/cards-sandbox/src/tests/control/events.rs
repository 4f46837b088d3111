//! Checks exchanges as a stream of events.

use std::time::Duration;

use axum::body::{Body, BodyDataStream};
use futures_util::StreamExt;
use tower::ServiceExt;

use crate::Sandbox;
use crate::testing::{Harness, request};

/// Reads a stream, in pieces.
struct Reader(BodyDataStream);

impl Reader {
    async fn open(sandbox: &Harness, query: &str, headers: &[(&str, &str)]) -> Self {
        let target = format!("/_sandbox/exchanges{query}");
        let headers = [headers, &[("accept", "text/event-stream")]].concat();
        let request = request("GET", &target, &headers, "");
        let response = sandbox.router().oneshot(request).await.unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Self(Body::into_data_stream(response.into_body()))
    }

    async fn next(&mut self) -> Option<String> {
        let next = tokio::time::timeout(Duration::from_secs(60), self.0.next());
        let bytes = next.await.expect("an event in time")?;
        Some(String::from_utf8(bytes.unwrap().into()).unwrap())
    }

    /// The next event's name, and its id or how many were missed.
    async fn event(&mut self) -> (String, String) {
        let event = self.next().await.expect("an event");
        let line = |name: &str| {
            let mut lines = event.lines();
            lines
                .find_map(|line| line.strip_prefix(name))
                .unwrap_or_default()
                .to_owned()
        };
        let data: serde_json::Value = serde_json::from_str(&line("data: ")).unwrap();
        match &*line("event: ") {
            "exchange" => {
                assert_eq!(data["id"].to_string(), line("id: "));
                (String::from("exchange"), line("id: "))
            }
            other => (other.to_owned(), data["missed"].to_string()),
        }
    }

    async fn ids(&mut self, count: usize) -> Vec<String> {
        let mut ids = Vec::new();
        for _ in 0..count {
            let (name, id) = self.event().await;
            assert_eq!(name, "exchange");
            ids.push(id);
        }
        ids
    }
}

async fn call(sandbox: &Harness, times: usize) {
    for _ in 0..times {
        sandbox.get("/airpay", &[]).await;
    }
}

#[tokio::test]
async fn exchanges_come_as_they_happen_and_as_asked_for() {
    let sandbox = Harness::new();
    call(&sandbox, 2).await;
    let mut all = Reader::open(&sandbox, "", &[]).await;
    let mut from_start = Reader::open(&sandbox, "?after=0", &[]).await;
    let mut paysafe = Reader::open(&sandbox, "?provider=paysafe&limit=1", &[]).await;
    call(&sandbox, 1).await;
    sandbox.get("/customers", &[]).await;
    assert_eq!(all.ids(2).await, ["3", "4"]);
    assert_eq!(from_start.ids(4).await, ["1", "2", "3", "4"]);
    assert_eq!(paysafe.ids(1).await, ["4"]);
    assert!(
        paysafe.next().await.is_none(),
        "there were as many as asked for"
    );
}

#[tokio::test]
async fn a_reader_goes_on_where_it_left_off() {
    let sandbox = Harness::new();
    call(&sandbox, 3).await;
    let mut resumed = Reader::open(&sandbox, "?after=0", &[("last-event-id", "2")]).await;
    assert_eq!(resumed.ids(1).await, ["3"]);
    let mut of_another = Reader::open(&sandbox, "", &[("last-event-id", "4")]).await;
    assert_eq!(of_another.ids(3).await, ["1", "2", "3"]);
    for wrong in ["x", "", "-1"] {
        let headers = [("accept", "text/event-stream"), ("last-event-id", wrong)];
        let reply = sandbox.get("/_sandbox/exchanges", &headers).await;
        assert_eq!(reply.status, 400);
        let error =
            r#"{"error":"Last-Event-ID: has to be an exchange's id","field":"Last-Event-ID"}"#;
        assert_eq!(reply.body, error);
    }
}

#[tokio::test]
async fn a_slow_reader_is_told_what_it_missed() {
    let sandbox = Harness::with(Sandbox::builder().journal(10));
    let mut slow = Reader::open(&sandbox, "", &[]).await;
    call(&sandbox, 15).await;
    assert_eq!(slow.event().await, ("missed".into(), "5".into()));
    assert_eq!(slow.ids(10).await[0], "6");
}

#[tokio::test(start_paused = true)]
async fn a_silent_stream_is_kept_alive() {
    let sandbox = Harness::new();
    let mut reader = Reader::open(&sandbox, "", &[]).await;
    assert_eq!(reader.next().await.as_deref(), Some(":\n\n"));
}
