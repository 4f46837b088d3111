//! Checks the page's view of customers.

use crate::testing::{Harness, Reply, encoded, registration};

#[tokio::test]
async fn every_customer_and_card_is_there_and_nothing_personal() {
    let sandbox = Harness::new();
    let fields = registration(&[
        ("first_name", "Canaryfirst"),
        ("email", "canary@example.com"),
        ("mobile_no", "9000000888"),
    ]);
    assert!(
        sandbox
            .airpay("register-user", &fields)
            .await
            .body
            .contains("success")
    );
    let page = sandbox.get("/_sandbox/page/customers", &[]).await.body;
    for part in [
        "AIRPAYCUST0002",
        "<code>411111******1111</code>",
        "3 customers",
        "137 cards",
        "23 customers",
        "1250.75",
        "suppressed",
    ] {
        assert!(page.contains(part), "{part}");
    }
    let world = sandbox.get_json("/_sandbox/world").await;
    let mut cards = 0;
    for provider in ["airpay", "paysafe", "ibanera"] {
        for customer in world[provider]["customers"].as_array().unwrap() {
            cards += customer["cards"].as_array().unwrap().len();
        }
    }
    assert_eq!(page.matches("data-label=\"Card\"").count(), cards);
    for secret in [
        "Canary",
        "canary",
        "9000000888",
        "4111111111111111",
        "Quiet#Sea",
    ] {
        assert!(!page.contains(secret), "{secret}");
    }
}

async fn act(sandbox: &Harness, card_id: &str, action: &str) -> Reply {
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let fields = encoded(&[("card_id", card_id), ("action", action)]);
    sandbox
        .post("/_sandbox/page/customers/act", &form, &fields)
        .await
}

#[tokio::test]
async fn a_card_is_locked_on_the_page_and_a_refusal_says_why_beside_it() {
    let sandbox = Harness::new();
    let card = "12345678-0000-4000-8000-000000000001";
    let cell = |page: &str| {
        let cell = page.split(&format!("id=\"card-{card}\"")).nth(1).unwrap();
        cell.split("</td>").next().unwrap().to_owned()
    };
    let reply = act(&sandbox, card, "LOCK").await;
    assert_eq!(reply.status, 303, "{}", reply.body);
    let place = format!("/_sandbox/page/customers#card-{card}");
    assert_eq!(reply.headers["location"].to_str().unwrap(), place);
    let page = sandbox.get("/_sandbox/page/customers", &[]).await.body;
    assert!(cell(&page).contains("value=\"UNLOCK\"") && !cell(&page).contains("value=\"LOCK\""));

    let reply = act(&sandbox, card, "LOCK").await;
    assert_eq!(reply.status, 409);
    let why = "LOCK: a LOCKED card is unlocked or cancelled, nothing else";
    assert!(cell(&reply.body).contains(why), "{}", cell(&reply.body));
    assert_eq!(reply.body.matches("role=\"alert\"").count(), 1);

    // The clock ends it.
    sandbox.app.clock.advance(10 * 365 * 86_400_000).unwrap();
    let page = sandbox.get("/_sandbox/page/customers", &[]).await.body;
    assert!(page.contains(">EXPIRED<"));
    assert!(
        cell(&page).contains("an EXPIRED card stays so"),
        "{}",
        cell(&page)
    );

    assert_eq!(act(&sandbox, "nobody", "LOCK").await.status, 404);
    assert_eq!(act(&sandbox, card, "MELT").await.status, 400);
}

#[tokio::test]
async fn what_a_caller_stored_is_text_and_no_markup() {
    let sandbox = Harness::new();
    let fields = registration(&[("kit_no", "<script>1</scr")]);
    assert!(
        sandbox
            .airpay("register-user", &fields)
            .await
            .body
            .contains("success")
    );
    let page = sandbox.get("/_sandbox/page/customers", &[]).await.body;
    assert!(page.contains("&lt;script&gt;1&lt;/scr"));
    assert_eq!(page.matches("<script").count(), 1, "our own");
}
