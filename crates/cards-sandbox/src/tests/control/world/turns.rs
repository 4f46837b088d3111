//! Checks that worlds which come at once take turns.

use axum::body::Body;
use rusqlite::Transaction;
use tokio::sync::{mpsc, oneshot};

use super::save;
use crate::Limits;
use crate::Sandbox;
use crate::testing::Harness;
use cards_sandbox_core::store::StoreError;

/// Makes a body that comes piece by piece, and tells when the first one is asked
/// for.
fn pieces() -> (mpsc::Sender<&'static str>, oneshot::Receiver<()>, Body) {
    let (sender, mut receiver) = mpsc::channel::<&'static str>(2);
    let (begun, is_begun) = oneshot::channel();
    let mut begun = Some(begun);
    let pieces = futures_util::stream::poll_fn(move |context| {
        if let Some(begun) = begun.take() {
            begun.send(()).ok();
        }
        let piece = receiver.poll_recv(context);
        piece.map(|piece| piece.map(Ok::<_, std::convert::Infallible>))
    });
    (sender, is_begun, Body::from_stream(pieces))
}

/// Tells whether a future, polled once, has to wait.
async fn is_pending(future: &mut (impl Future + Unpin)) -> bool {
    tokio::select! {
        biased;
        _ = future => false,
        () = std::future::ready(()) => true,
    }
}

fn put(body: Body) -> axum::http::Request<Body> {
    let request = axum::http::Request::put("/_sandbox/world");
    let request = request.header("content-type", "application/json");
    let request = request.header("host", "127.0.0.1");
    request.body(body).unwrap()
}

/// Several worlds together would fill the memory. A world has its turn from its
/// first byte until it is stored, also where its client is gone.
#[tokio::test]
async fn of_worlds_that_come_at_once_one_is_in_memory_at_a_time() {
    let sandbox = Harness::new();
    let turns = || sandbox.app.loading.available_permits();
    assert_eq!(turns(), 1);
    let (first_body, first_begun, body) = pieces();
    let mut first = Box::pin(sandbox.send(put(body)));
    tokio::select! {
        _ = &mut first => panic!("the first has no body yet"),
        begun = first_begun => begun.unwrap(),
    }
    assert_eq!(turns(), 0);
    let (second_body, mut second_begun, body) = pieces();
    let mut second = Box::pin(sandbox.send(put(body)));
    assert!(is_pending(&mut second).await);
    assert!(second_begun.try_recv().is_err(), "it is not read");

    // The first is read and checked, and waits for the writer.
    let (let_go, held) = std::sync::mpsc::channel::<()>();
    let (taken, is_taken) = oneshot::channel();
    let app = sandbox.app.clone();
    let hold = tokio::spawn(async move {
        let job = move |_: &Transaction<'_>| -> Result<(), StoreError> {
            taken.send(()).unwrap();
            held.recv().ok();
            Ok(())
        };
        app.store.write(job).await
    });
    is_taken.await.unwrap();
    first_body
        .send(r#"{"airpay":{"customers":[{}]}}"#)
        .await
        .unwrap();
    drop(first_body);
    while sandbox.app.store.waiting() == 0 {
        tokio::select! {
            _ = &mut first => panic!("the first is not stored yet"),
            () = tokio::task::yield_now() => {}
        }
        assert_eq!(turns(), 0);
    }
    drop(first);
    assert_eq!(turns(), 0, "its client is gone, it is not");
    assert!(is_pending(&mut second).await);
    assert!(second_begun.try_recv().is_err(), "it is not read");

    drop(let_go);
    hold.await.unwrap().unwrap();
    second_body.send("{}").await.unwrap();
    drop(second_body);
    assert_eq!(second.await.status, 200);
    assert_eq!(turns(), 1);
}

#[tokio::test]
async fn a_world_waits_for_its_turn_as_long_as_a_body_may_take() {
    let mut limits = Limits::default();
    limits.body_time = std::time::Duration::from_millis(1);
    let sandbox = Harness::with(Sandbox::builder().limits(limits));
    let before = save(&sandbox).await;
    let turn = sandbox.app.loading.acquire().await.unwrap();
    let waiting = sandbox.control("PUT", "/_sandbox/world", "{}");
    let waiting = tokio::time::timeout(std::time::Duration::from_secs(60), waiting);
    let reply = waiting.await.expect("an end to the waiting");
    assert_eq!(reply.status, 503);
    assert_eq!(reply.headers["retry-after"], "1");
    assert_eq!(
        reply.body,
        r#"{"error":"another world is being loaded; send this one again later"}"#
    );
    assert_eq!(save(&sandbox).await, before);
    drop(turn);
    let reply = sandbox.control("PUT", "/_sandbox/world", "{}").await;
    assert_eq!(reply.status, 200);
}
