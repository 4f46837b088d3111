use crate::testing::Harness;
use crate::world::airpay::CUSTOMER;

const SUCCESS: &str = r#"{"status":200,"message":"success","data":[]}"#;
const FAIL: &str = r#"{"status":400,"message":"fail"}"#;

async fn preferences(sandbox: &Harness) -> String {
    let world = sandbox.get("/_sandbox/world", &[]).await.body;
    let world: serde_json::Value = serde_json::from_str(&world).unwrap();
    world["airpay"]["customers"][1]["preferences"].to_string()
}

#[tokio::test]
async fn one_kind_of_place_is_set_and_set_again() {
    let sandbox = Harness::new();
    for status in ["ALLOWED", "NOTALLOWED"] {
        let fields = [("entity_id", CUSTOMER), ("status", status), ("type", "ATM")];
        let reply = sandbox.airpay("customer-preference", &fields).await;
        assert_eq!((reply.status.as_u16(), &*reply.body), (200, SUCCESS));
        assert_eq!(
            preferences(&sandbox).await,
            format!(r#"{{"ATM":"{status}"}}"#)
        );
    }
}

#[tokio::test]
async fn without_a_type_every_kind_is_set_and_without_a_status_none() {
    let sandbox = Harness::new();
    let fields = [("entity_id", CUSTOMER), ("type", "POS")];
    assert_eq!(
        sandbox.airpay("customer-preference", &fields).await.body,
        SUCCESS
    );
    assert_eq!(preferences(&sandbox).await, "{}");
    let fields = [
        ("entity_id", CUSTOMER),
        ("status", "NOTALLOWED"),
        ("type", ""),
    ];
    assert_eq!(
        sandbox.airpay("customer-preference", &fields).await.body,
        SUCCESS
    );
    assert_eq!(
        preferences(&sandbox).await,
        r#"{"ATM":"NOTALLOWED","CONTACTLESS":"NOTALLOWED","ECOM":"NOTALLOWED","POS":"NOTALLOWED"}"#
    );
}

#[tokio::test]
async fn an_unknown_customer_and_unlisted_values_are_refused() {
    let sandbox = Harness::new();
    let fields = [
        ("entity_id", "nobody"),
        ("status", "ALLOWED"),
        ("type", "ATM"),
    ];
    assert_eq!(
        sandbox.airpay("customer-preference", &fields).await.body,
        FAIL
    );
    assert_eq!(sandbox.why(), "entity_id: there is no such customer");

    let fields = [
        ("entity_id", CUSTOMER),
        ("status", "allowed"),
        ("type", "WEB"),
    ];
    assert_eq!(
        sandbox.airpay("customer-preference", &fields).await.body,
        FAIL
    );
    let broken: Vec<_> = sandbox
        .last()
        .violations
        .into_iter()
        .map(|v| v.field)
        .collect();
    assert_eq!(broken, ["status", "type"]);
}
