//! Checks the forms of the page that order events.

use crate::providers::paysafe;
use crate::testing::{Harness, Reply, encoded};

const CARD: &str = "12345678-0000-4000-8000-000000000001";

async fn post(sandbox: &Harness, order: &str, fields: &[(&str, &str)]) -> Reply {
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let path = format!("/_sandbox/page/events/{order}");
    sandbox.post(&path, &form, &encoded(fields)).await
}

/// The deliveries of the first event.
async fn deliveries(sandbox: &Harness) -> usize {
    let events = sandbox.get_json("/_sandbox/events").await;
    events["events"][0]["deliveries"].as_array().unwrap().len()
}

fn leads_back(reply: &Reply) {
    let to = reply.headers["location"].to_str().unwrap();
    assert_eq!((reply.status.as_u16(), to), (303, "/_sandbox/page/events"));
}

#[tokio::test]
async fn an_event_is_sent_again_to_the_receivers_that_are_registered() {
    let sandbox = Harness::new();
    paysafe::act(&sandbox.app, CARD.to_owned(), "LOCK".into())
        .await
        .unwrap();
    let none = post(&sandbox, "resend", &[("number", "1")]).await;
    assert_eq!(none.status, 409);
    assert!(none.body.contains("There is no receiver for this event"));

    let of_paysafe = [("whose", "paysafe"), ("url", "http://127.0.0.1:9/")];
    leads_back(&post(&sandbox, "register", &of_paysafe).await);
    assert_eq!(deliveries(&sandbox).await, 0);
    for count in 1..=2 {
        leads_back(&post(&sandbox, "resend", &[("number", "1")]).await);
        assert_eq!(deliveries(&sandbox).await, count);
    }
    // One that is forgotten was on an older page.
    leads_back(&post(&sandbox, "resend", &[("number", "7")]).await);

    leads_back(&post(&sandbox, "remove", &[("number", "1")]).await);
    let receivers = sandbox.get_json("/_sandbox/receivers").await;
    assert_eq!(receivers["receivers"].as_array().unwrap().len(), 0);
    for order in ["resend", "remove"] {
        for wrong in ["", "x", "1.0"] {
            let reply = post(&sandbox, order, &[("number", wrong)]).await;
            assert_eq!(reply.status, 400, "{order} {wrong}");
        }
    }
}
