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

#[tokio::test]
async fn many_customers_are_shown_a_page_at_a_time_and_each_is_found() {
    let sandbox = Harness::new();
    let customers: Vec<_> = (0..250)
        .map(|at| {
            format!(
                r#"{{"customerId":"{}","cards":[{{"cardId":"c-{at}"}}]}}"#,
                20_000_000 + at
            )
        })
        .collect();
    let world = format!(r#"{{"paysafe":{{"customers":[{}]}}}}"#, customers.join(","));
    let reply = sandbox.control("PUT", "/_sandbox/world", &world).await;
    assert_eq!(reply.status, 200, "{}", reply.body);

    let mut next = "/_sandbox/page/customers".to_owned();
    let mut shown = Vec::new();
    for pages_left in [2, 1, 0] {
        let page = sandbox.get(&next, &[]).await.body;
        assert!(page.contains("250 customers"));
        let ids = page.split("<code class=\"id\">").skip(1);
        shown.extend(ids.map(|rest| rest.split('<').next().unwrap().to_owned()));
        let link = page
            .split("<a href=\"")
            .find(|rest| rest.contains(">Next of Paysafe<"));
        assert_eq!(link.is_some(), pages_left > 0, "{next}");
        if let Some(link) = link {
            next = link.split('"').next().unwrap().replace("&amp;", "&");
        }
    }
    let all: Vec<_> = (0..250).map(|at| (20_000_000 + at).to_string()).collect();
    assert_eq!(shown, all);

    // Who is on a later page is found there again after a button was pressed.
    let place = "/_sandbox/page/customers?provider=paysafe&customer=20000249";
    let page = sandbox.get(place, &[]).await.body;
    assert_eq!(page.matches("data-label=\"Card\"").count(), 1);
    assert!(page.contains(r#"name="customer" value="20000249""#));
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let fields = [
        ("card_id", "c-249"),
        ("action", "CANCEL"),
        ("customer", "20000249"),
    ];
    let act = "/_sandbox/page/customers/act";
    let reply = sandbox.post(act, &form, &encoded(&fields)).await;
    assert_eq!(
        reply.headers["location"].to_str().unwrap(),
        format!("{place}#card-c-249")
    );
    let refused = sandbox.post(act, &form, &encoded(&fields)).await;
    assert_eq!(refused.status, 409);
    assert_eq!(refused.body.matches("role=\"alert\"").count(), 1);

    let nobody = sandbox
        .get("/_sandbox/page/customers?customer=nobody", &[])
        .await;
    assert_eq!(nobody.body.matches("No customer of this id.").count(), 3);
    let unknown = sandbox
        .get("/_sandbox/page/customers?provider=acme", &[])
        .await;
    assert_eq!(unknown.status, 400);
}
