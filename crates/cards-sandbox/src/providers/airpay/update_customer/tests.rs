use crate::testing::{Harness, registration};
use crate::world::airpay::CUSTOMER;

const SUCCESS: &str = r#"{"status":200,"message":"success","data":[]}"#;
const FAIL: &str = r#"{"status":400,"message":"fail"}"#;

async fn column(sandbox: &Harness, column: &'static str) -> String {
    let sql = format!("SELECT {column} FROM airpay_customer WHERE entity_id = ?1");
    let read = move |connection: &rusqlite::Connection| {
        connection
            .query_row(&sql, [CUSTOMER], |row| row.get(0))
            .map_err(cards_sandbox_core::store::StoreError::from)
    };
    sandbox.app.store.read(read).await.unwrap()
}

#[tokio::test]
async fn what_is_given_changes_and_the_rest_stays() {
    let sandbox = Harness::new();
    let fields = [
        ("entity_id", CUSTOMER),
        ("city", "Sofia"),
        ("state", ""),
        ("country", "Bulgaria"),
    ];
    let reply = sandbox.airpay("update-customer", &fields).await;
    assert_eq!((reply.status.as_u16(), &*reply.body), (200, SUCCESS));
    assert_eq!(column(&sandbox, "city").await, "Sofia");
    assert_eq!(
        column(&sandbox, "state").await,
        "Kerala",
        "empty changes nothing"
    );
    assert_eq!(column(&sandbox, "pincode").await, "682308");
    assert_eq!(column(&sandbox, "email").await, "standing@sandbox.example");
}

#[tokio::test]
async fn an_id_alone_is_a_success_that_changes_nothing() {
    let reply = Harness::new()
        .airpay("update-customer", &[("entity_id", CUSTOMER)])
        .await;
    assert_eq!(reply.body, SUCCESS);
}

#[tokio::test]
async fn an_unknown_customer_is_refused() {
    let sandbox = Harness::new();
    let fields = [("entity_id", "AIRPAYCUST9999"), ("city", "Kochi")];
    let reply = sandbox.airpay("update-customer", &fields).await;
    assert_eq!((reply.status.as_u16(), &*reply.body), (200, FAIL));
    assert_eq!(sandbox.why(), "entity_id: there is no such customer");
}

#[tokio::test]
async fn an_email_address_of_another_is_refused_and_ones_own_is_not() {
    let sandbox = Harness::new();
    sandbox.airpay("register-user", &registration(&[])).await;
    let taken = [("entity_id", CUSTOMER), ("email", "Asha@Example.com")];
    let reply = sandbox.airpay("update-customer", &taken).await;
    assert_eq!(reply.body, FAIL);
    assert_eq!(sandbox.why(), "email: another customer has it");
    let own = [
        ("entity_id", "AIRPAYCUST0002"),
        ("email", "asha@example.com"),
    ];
    assert_eq!(sandbox.airpay("update-customer", &own).await.body, SUCCESS);

    // An address that is given up is free again.
    let moved = [
        ("entity_id", "AIRPAYCUST0002"),
        ("email", "nair@example.com"),
    ];
    assert_eq!(
        sandbox.airpay("update-customer", &moved).await.body,
        SUCCESS
    );
    assert_eq!(
        sandbox.airpay("update-customer", &taken).await.body,
        SUCCESS
    );
}

#[tokio::test]
async fn the_rules_of_the_table_are_applied() {
    let sandbox = Harness::new();
    let fields = [
        ("entity_id", CUSTOMER),
        ("email", "nobody"),
        ("address", "12, MG Road"),
        ("city", "New Delhi"),
        ("state", "Tamil Nadu"),
        ("pincode", "68230"),
    ];
    let reply = sandbox.airpay("update-customer", &fields).await;
    assert_eq!(reply.body, FAIL);
    let broken: Vec<_> = sandbox
        .last()
        .violations
        .into_iter()
        .map(|v| v.field)
        .collect();
    assert_eq!(broken, ["email", "address", "city", "state", "pincode"]);
}
