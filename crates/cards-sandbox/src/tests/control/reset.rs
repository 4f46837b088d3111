//! Checks that a reset brings everything back, or changes nothing.

use serde_json::Value;

use crate::Fault;
use crate::OneTimePasswords;
use crate::Sandbox;
use crate::World;
use crate::testing::{Harness, registration};
use crate::world::airpay::{MOBILE_NO, PASSWORD};
use cards_sandbox_core::store::StoreError;

async fn reset(sandbox: &Harness) {
    let reply = sandbox.control("POST", "/_sandbox/reset", "").await;
    assert_eq!(
        (reply.status.as_u16(), &*reply.body),
        (200, r#"{"status":"ok"}"#)
    );
}

#[tokio::test]
async fn everything_is_as_it_was() {
    let never = Fault::status(503).probability(0.0, 1).carry_out(false);
    let builder = Sandbox::builder()
        .one_time_passwords(OneTimePasswords::SingleUse)
        .fault(never.clone());
    let sandbox = Harness::with(builder);
    let world = sandbox.get_json("/_sandbox/world").await;

    let registered = sandbox.airpay("register-user", &registration(&[])).await;
    assert!(registered.body.contains("AIRPAYCUST0002"));
    let fields = [("entity_id", "AIRPAYCUST0001"), ("status", "ALLOWED")];
    sandbox.airpay("customer-preference", &fields).await;
    let card = "/_sandbox/paysafe/cards/12345678-0000-4000-8000-000000000001/actions";
    sandbox
        .control("POST", card, r#"{"action":"CANCEL"}"#)
        .await;
    let path = "/_sandbox/world/ibanera/customers/11057";
    assert_eq!(sandbox.control("DELETE", path, "").await.status, 200);
    let login = [("mobile_no", MOBILE_NO), ("password", PASSWORD)];
    let reply = sandbox.airpay("user-login", &login).await;
    let body: Value = serde_json::from_str(&reply.body).unwrap();
    let token = body["data"]["token"].as_str().unwrap().to_owned();
    let path = "/_sandbox/airpay/one-time-passwords";
    let reply = sandbox.control("POST", path, "{}").await;
    let issued: Value = serde_json::from_str(&reply.body).unwrap();
    let otp = issued["otp"].as_str().unwrap().to_owned();
    let told = sandbox
        .get("/_sandbox/credentials", &[("host", "localhost")])
        .await;
    let told: Value = serde_json::from_str(&told.body).unwrap();
    let code = told["ibanera"]["otp"].as_str().unwrap();
    let headers = [
        ("authorization", "Bearer sandbox-ibanera-token"),
        ("otp", code),
    ];
    let list = "/api/v1/customer/cards/byuser/list";
    assert_eq!(sandbox.get(list, &headers).await.status, 200);
    assert_eq!(sandbox.get(list, &headers).await.status, 401);
    sandbox
        .control("POST", "/_sandbox/clock/advance", r#"{"seconds":5}"#)
        .await;
    sandbox
        .control("POST", "/_sandbox/faults", r#"{"fault":"lost-reply"}"#)
        .await;
    assert_ne!(sandbox.get_json("/_sandbox/world").await, world);
    let last = sandbox.last().id;

    reset(&sandbox).await;
    assert_eq!(sandbox.get_json("/_sandbox/world").await, world);
    assert_eq!(sandbox.get_json("/_sandbox/clock").await["ahead"], 0);
    assert!(sandbox.app.journal.exchanges().is_empty());
    let faults = sandbox.app.faults.list();
    assert_eq!(faults.len(), 1, "the one from the start");
    assert_eq!((&faults[0].fault, faults[0].matched), (&never, 0));

    // The reset has forgotten all that was used up, taken or logged in.
    assert_eq!(sandbox.get(list, &headers).await.status, 200);
    assert_eq!(sandbox.last().id, last + 1, "the journal counts on");
    let sum = cards_sign::checksum(["AIRPAYCUST0001"], b"sandbox-secret-key").to_string();
    let headers = [("token", &*token), ("checksum", &*sum)];
    let fields = [("entity_id", "AIRPAYCUST0001")];
    sandbox
        .airpay_with("update-customer", &headers, &fields)
        .await;
    assert_eq!(sandbox.why(), "the token is unknown");
    let spent = registration(&[("otp", &*otp)]);
    sandbox.airpay("register-user", &spent).await;
    assert_eq!(sandbox.why(), "the one-time password is not the sandbox's");
    let registered = sandbox.airpay("register-user", &registration(&[])).await;
    assert!(
        registered.body.contains("AIRPAYCUST0002"),
        "{}",
        registered.body
    );
}

#[tokio::test]
async fn a_world_that_was_given_comes_back() {
    let world = r#"{"paysafe":{"customers":[{"customerId":"7","cards":[{}]}]}}"#;
    let world = World::from_json(world).unwrap();
    let sandbox = Harness::with(Sandbox::builder().world(world));
    let before = sandbox.get_json("/_sandbox/world").await;
    assert_eq!(
        before["paysafe"]["customers"][0]["cards"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    assert_eq!(before["airpay"]["customers"].as_array().unwrap().len(), 0);
    let path = "/_sandbox/world/paysafe/customers/7";
    assert_eq!(sandbox.control("DELETE", path, "").await.status, 200);
    reset(&sandbox).await;
    assert_eq!(sandbox.get_json("/_sandbox/world").await, before);
}

#[tokio::test]
async fn a_reset_that_fails_changes_nothing() {
    let sandbox = Harness::new();
    sandbox.airpay("register-user", &registration(&[])).await;
    let advance = r#"{"seconds":500000000}"#;
    sandbox
        .control("POST", "/_sandbox/clock/advance", advance)
        .await;
    sandbox
        .control("POST", "/_sandbox/faults", r#"{"fault":"lost-reply"}"#)
        .await;
    let world = sandbox.get_json("/_sandbox/world").await;
    // In memory all have one connection.
    let read_only = |is: bool| {
        let set = move |connection: &rusqlite::Connection| -> Result<(), StoreError> {
            Ok(connection.pragma_update(None, "query_only", is)?)
        };
        sandbox.app.store.read(set)
    };
    read_only(true).await.unwrap();
    let reply = sandbox.control("POST", "/_sandbox/reset", "").await;
    assert!(reply.status.is_server_error(), "{}", reply.status);
    assert_eq!(sandbox.get_json("/_sandbox/world").await, world);
    let clock = sandbox.get_json("/_sandbox/clock").await;
    assert_eq!(clock["ahead"], 500_000_000);
    assert_eq!(sandbox.app.faults.list().len(), 1);
    assert_eq!(sandbox.app.journal.exchanges().len(), 1);

    // The world comes back by the clock that comes back.
    read_only(false).await.unwrap();
    reset(&sandbox).await;
    let new = Harness::new().get_json("/_sandbox/world").await;
    let back = sandbox.get_json("/_sandbox/world").await;
    assert_eq!(back["paysafe"], new["paysafe"]);
    assert_eq!(back["ibanera"], new["ibanera"]);
}
