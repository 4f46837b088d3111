use serde_json::{Value, json};

use crate::Sandbox;
use crate::testing::Harness;
use crate::world::airpay::{CUSTOMER, PLACEHOLDER};

const FAIL: &str = r#"{"status":400,"message":"fail"}"#;

async fn load(sandbox: &Harness, entity_id: &str, amount: &str) -> String {
    let fields = [("entity_id", entity_id), ("amount", amount)];
    let reply = sandbox.airpay("topup", &fields).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    reply.body
}

fn loaded(number: usize) -> String {
    format!(
        r#"{{"status":200,"message":"success","data":{{"transaction_id":"AIRPAYTXN{number:04}"}}}}"#
    )
}

async fn customer(sandbox: &Harness, at: usize) -> Value {
    let world = sandbox.get_json("/_sandbox/world").await;
    world["airpay"]["customers"][at].clone()
}

/// Sets how a customer is known, as a world file does.
async fn known(sandbox: &Harness, status: &str, until: &str) {
    let saved = sandbox.get("/_sandbox/world/file", &[]).await.body;
    let mut file: Value = serde_json::from_str(&saved).unwrap();
    let customer = &mut file["airpay"]["customers"][1];
    customer["kyc_status"] = status.into();
    customer["kyc_expiry_date"] = until.into();
    let reply = sandbox
        .control("PUT", "/_sandbox/world", &file.to_string())
        .await;
    assert!(reply.status.is_success(), "{}", reply.body);
}

#[tokio::test]
async fn each_call_loads() {
    let sandbox = Harness::new();
    assert_eq!(customer(&sandbox, 1).await.get("balance"), None);
    for (number, amount, balance) in [
        (1, "0.01", "0.01"),
        (2, "0.01", "0.02"),
        (3, "99.5", "99.52"),
        (4, "0000000.08", "99.60"),
        (5, "100", "199.60"),
    ] {
        assert_eq!(load(&sandbox, CUSTOMER, amount).await, loaded(number));
        assert_eq!(customer(&sandbox, 1).await["balance"], balance);
    }
    assert_eq!(load(&sandbox, PLACEHOLDER, "1").await, loaded(6));
    assert_eq!(customer(&sandbox, 0).await["balance"], "1.00");
    let first =
        json!({"transaction_id": "AIRPAYTXN0001", "amount": "0.01", "at": crate::testing::START});
    assert_eq!(customer(&sandbox, 1).await["transactions"][0], first);
}

#[tokio::test]
async fn who_is_not_loaded() {
    let sandbox = Harness::new();
    assert_eq!(load(&sandbox, "nobody", "1").await, FAIL);
    assert_eq!(sandbox.why(), "entity_id: there is no such customer");
    let lock = async |flag| {
        let kit = ("kit_no", "100000000978");
        let fields = [
            ("entity_id", CUSTOMER),
            kit,
            ("flag", flag),
            ("reason", "Lost"),
        ];
        sandbox.airpay("lock-unlock", &fields).await
    };
    lock("L").await;
    assert_eq!(load(&sandbox, CUSTOMER, "1").await, loaded(1));
    lock("BL").await;
    let blocked =
        "entity_id: the customer has no card that is neither blocked for good nor replaced";
    assert_eq!(load(&sandbox, CUSTOMER, "1").await, FAIL);
    assert_eq!(sandbox.why(), blocked);
    // Another card makes up for it.
    let cards = format!("/_sandbox/world/airpay/customers/{CUSTOMER}/cards");
    sandbox
        .control("POST", &cards, r#"{"kit_no":"100000000002"}"#)
        .await;
    assert_eq!(load(&sandbox, CUSTOMER, "1").await, loaded(2));
    for kit in ["100000000978", "100000000002"] {
        sandbox
            .control("DELETE", &format!("{cards}/{kit}"), "")
            .await;
    }
    assert_eq!(load(&sandbox, CUSTOMER, "1").await, FAIL);
    assert_eq!(sandbox.why(), blocked);
    assert_eq!(customer(&sandbox, 1).await["balance"], "2.00");
}

#[tokio::test]
async fn a_months_loads_end_at_the_limit_of_the_standing() {
    for (status, limit, beyond, below) in [
        ("MIN_KYC", "10000", "10000.01", "9999.99"),
        ("PARTIAL", "10000", "10000.01", "9999.99"),
        ("FULL_KYC", "100000", "100000.01", "99999.99"),
        ("FULL", "100000", "100000.01", "99999.99"),
    ] {
        let sandbox = Harness::new();
        known(&sandbox, status, "2030-01-01").await;
        assert_eq!(load(&sandbox, CUSTOMER, beyond).await, FAIL, "{status}");
        let why = |left| {
            format!("amount: {status} may load {limit} rupees in a month, of which {left} are left")
        };
        assert_eq!(sandbox.why(), why(limit));
        assert_eq!(load(&sandbox, CUSTOMER, below).await, loaded(1));
        assert_eq!(load(&sandbox, CUSTOMER, "0.02").await, FAIL);
        assert_eq!(sandbox.why(), why("0.01"));
        assert_eq!(load(&sandbox, CUSTOMER, "0.01").await, loaded(2));
        assert_eq!(load(&sandbox, CUSTOMER, "0.01").await, FAIL);
        assert_eq!(sandbox.why(), why("0"));
        // Nobody else's.
        assert_eq!(load(&sandbox, PLACEHOLDER, "1").await, loaded(3));
    }
}

#[tokio::test]
async fn a_month_is_that_of_india() {
    let sandbox = Harness::new();
    assert_eq!(load(&sandbox, CUSTOMER, "10000").await, loaded(1));
    // It is 13:30 on the 21st there; the month ends in nine days, ten hours and a half.
    let rest = (9 * 24 + 10) * 3600 + 30 * 60;
    sandbox.advance(rest - 1);
    assert_eq!(load(&sandbox, CUSTOMER, "0.01").await, FAIL);
    sandbox.advance(1);
    assert_eq!(load(&sandbox, CUSTOMER, "10000").await, loaded(2));
    assert_eq!(customer(&sandbox, 1).await["balance"], "20000.00");
}

#[tokio::test]
async fn the_minimum_kyc_lapses_and_the_full_one_does_not() {
    let sandbox = Harness::new();
    known(&sandbox, "MIN_KYC", "2026-11-21").await;
    assert_eq!(load(&sandbox, CUSTOMER, "1").await, loaded(1));
    known(&sandbox, "MIN_KYC", "2026-11-20").await;
    assert_eq!(load(&sandbox, CUSTOMER, "1").await, FAIL);
    let why = "entity_id: the minimum KYC has lapsed, after which nothing is loaded";
    assert_eq!(sandbox.why(), why);
    known(&sandbox, "FULL_KYC", "2026-11-20").await;
    assert_eq!(load(&sandbox, CUSTOMER, "1").await, loaded(2));
}

#[tokio::test]
async fn without_limits_only_the_digits_end() {
    let sandbox = Harness::with(Sandbox::builder().unlimited_loads());
    known(&sandbox, "MIN_KYC", "2020-01-01").await;
    assert_eq!(load(&sandbox, CUSTOMER, "999999999999.98").await, loaded(1));
    assert_eq!(load(&sandbox, CUSTOMER, "0.02").await, FAIL);
    let why = "amount: the balance would have more digits than an amount";
    assert_eq!(sandbox.why(), why);
    assert_eq!(load(&sandbox, CUSTOMER, "0.01").await, loaded(2));
    assert_eq!(customer(&sandbox, 1).await["balance"], "999999999999.99");
}

#[tokio::test]
async fn what_waived_rules_let_through_is_no_debit() {
    let builder = Sandbox::builder();
    let builder = builder.waive(("topup/amount", cards_model::Rule::Format));
    let builder = builder.waive(("topup/amount", cards_model::Rule::Range));
    let sandbox = Harness::with(builder.unlimited_loads());
    for amount in ["-5", "1.001", "1e3", "ten", "99999999999999999999", "NaN"] {
        assert_eq!(load(&sandbox, CUSTOMER, amount).await, FAIL, "{amount}");
        assert_eq!(sandbox.why(), "amount: no whole number of paise");
    }
    assert_eq!(load(&sandbox, CUSTOMER, "0.000").await, loaded(1));
    assert_eq!(customer(&sandbox, 1).await["balance"], "0.00");
}

#[tokio::test]
async fn a_saved_world_brings_transactions_along() {
    let sandbox = Harness::new();
    for amount in ["1", "2.50"] {
        load(&sandbox, CUSTOMER, amount).await;
    }
    let before = customer(&sandbox, 1).await;
    let saved = sandbox.get("/_sandbox/world/file", &[]).await.body;
    load(&sandbox, CUSTOMER, "7").await;
    let loaded_again = sandbox.control("PUT", "/_sandbox/world", &saved).await;
    assert!(loaded_again.status.is_success(), "{}", loaded_again.body);
    assert_eq!(customer(&sandbox, 1).await, before);
    assert_eq!(load(&sandbox, CUSTOMER, "7").await, loaded(3));
    // Whoever goes takes the money along.
    let path = format!("/_sandbox/world/airpay/customers/{CUSTOMER}");
    assert_eq!(sandbox.control("DELETE", &path, "").await.status, 200);
    let world = sandbox.get("/_sandbox/world", &[]).await.body;
    assert!(!world.contains("AIRPAYTXN"), "{world}");
}

#[tokio::test]
async fn a_world_file_has_transactions_of_its_own() {
    let sandbox = Harness::with(Sandbox::builder().unlimited_loads());
    let add = async |transactions: Value| {
        let body = json!({"cards": [{}], "transactions": transactions}).to_string();
        let path = "/_sandbox/world/airpay/customers";
        sandbox.control("POST", path, &body).await
    };
    let one = |id: &str, amount: &str| json!({"transaction_id": id, "amount": amount, "at": 7});
    let added = add(json!([one("AIRPAYTXN0002", "1.5"), one("x", "0")])).await;
    assert_eq!(added.status, 200, "{}", added.body);
    let shown: Value = serde_json::from_str(&added.body).unwrap();
    assert_eq!(shown["balance"], "1.50");
    // Its id is given to nobody else.
    let next = load(&sandbox, CUSTOMER, "1").await;
    assert_eq!(next, loaded(3));
    for (transactions, field) in [
        (json!([one("y", "-1")]), "transactions[0].amount"),
        (json!([one("y", "1.234")]), "transactions[0].amount"),
        (json!([one("y", "1000000000000")]), "transactions[0].amount"),
        (json!([one("", "1")]), "transactions[0].transaction_id"),
        (
            json!([one("4111111111111111", "1")]),
            "transactions[0].transaction_id",
        ),
        (json!([one("x", "1")]), "transactions[0].transaction_id"),
        (
            json!([one("y", "1"), one("y", "1")]),
            "transactions[1].transaction_id",
        ),
        (
            json!([one("y", "999999999999.99"), one("z", "0.01")]),
            "transactions",
        ),
        (json!([[]]), "transactions[0]"),
    ] {
        let refused = add(transactions).await;
        assert_eq!(refused.status, 400, "{}", refused.body);
        let problem: Value = serde_json::from_str(&refused.body).unwrap();
        assert_eq!(problem["field"], field, "{problem}");
    }
}

#[tokio::test]
async fn the_page_shows_balance_and_latest_transactions() {
    let sandbox = Harness::new();
    let page = async || sandbox.get("/_sandbox/page/customers", &[]).await.body;
    assert!(!page().await.contains("INR"));
    for _ in 0..12 {
        load(&sandbox, CUSTOMER, "1.50").await;
    }
    let page = page().await;
    assert!(
        page.contains("18.00 INR: AIRPAYTXN0012 of 1.50, AIRPAYTXN0011"),
        "{page}"
    );
    assert!(
        page.contains("AIRPAYTXN0003 of 1.50 and 2 before"),
        "{page}"
    );
}
