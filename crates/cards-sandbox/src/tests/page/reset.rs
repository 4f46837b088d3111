//! Checks the reset on the page.

use crate::Fault;
use crate::providers::paysafe;
use crate::testing::{Harness, Log};
use cards_sandbox_core::store::StoreError;

const PATH: &str = "/_sandbox/page/reset";

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
