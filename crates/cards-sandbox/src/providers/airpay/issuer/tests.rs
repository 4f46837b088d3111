use serde_json::json;

use crate::testing::Harness;
use crate::world::airpay::CUSTOMER;

/// A year of a card has two digits, which stand for the years 2000 to 2099.
#[tokio::test]
async fn a_card_expires_in_a_month_that_a_card_can_have() {
    let order = |action: &str| {
        let order = json!({"action": action, "customer": CUSTOMER, "card": "100000000978"});
        order.to_string()
    };
    for (now, expiry) in [
        ("0001-01-01T00:00:00Z", None),
        ("1999-12-15T00:00:00Z", None),
        ("2000-01-15T00:00:00Z", None),
        ("2000-02-15T00:00:00Z", Some("01/00")),
        ("2000-03-01T00:00:00Z", Some("02/00")),
        ("2099-12-15T00:00:00Z", Some("11/99")),
        ("2100-01-15T00:00:00Z", Some("12/99")),
        ("2100-02-15T00:00:00Z", None),
        ("9999-12-30T00:00:00Z", None),
    ] {
        let sandbox = Harness::new();
        // One that no clock ends.
        let write = |transaction: &rusqlite::Transaction<'_>| {
            let sql = "UPDATE airpay_card SET card_expiry = 'soon'";
            transaction.execute(sql, [])?;
            Ok::<_, cards_sandbox_core::store::StoreError>(())
        };
        sandbox.app.store.write(write).await.unwrap();
        let clock = json!({"now": now, "frozen": true}).to_string();
        let set = sandbox.control("PUT", "/_sandbox/clock", &clock).await;
        assert_eq!(set.status, 200, "{}", set.body);
        let path = "/_sandbox/issuer/airpay";
        let reply = sandbox.control("POST", path, &order("expire")).await;
        let expected = if expiry.is_some() { 200 } else { 409 };
        assert_eq!(reply.status, expected, "{now}: {}", reply.body);
        let world = sandbox.get_json("/_sandbox/world/file").await;
        let card = &world["airpay"]["customers"][1]["cards"][0];
        assert_eq!(card["card_expiry"], expiry.unwrap_or("soon"), "{now}");
        // It has ended then.
        if expiry.is_some() {
            let again = sandbox.control("POST", path, &order("expire")).await;
            assert_eq!(again.status, 409, "{now}: {}", again.body);
        }
    }
}
