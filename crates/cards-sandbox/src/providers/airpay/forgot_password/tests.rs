use serde_json::{Value, json};

use crate::testing::{Harness, Reply};
use crate::world::airpay::{AFFILIATE, CUSTOMER, MOBILE_NO, PASSWORD, PROCESSOR_KEY, SECRET_KEY};

const FAIL: &str = r#"{"status":400,"message":"fail"}"#;
const BORN: &str = "1990-01-31";
const NEW: &str = "New#Pass77";

async fn forgot(sandbox: &Harness, mobile_no: &str, dob: &str) -> Reply {
    let fields = [("mobile_no", mobile_no), ("dob", dob)];
    let sum = cards_sign::checksum([mobile_no, dob], SECRET_KEY.as_bytes()).to_string();
    let headers = [
        ("affiliate", AFFILIATE),
        ("processor-key", PROCESSOR_KEY),
        ("checksum", &*sum),
        ("host", "cards.example:8484"),
    ];
    sandbox
        .airpay_with("forgot-password", &headers, &fields)
        .await
}

/// The token of the link.
async fn link(sandbox: &Harness) -> String {
    let reply = forgot(sandbox, MOBILE_NO, BORN).await;
    let body: Value = serde_json::from_str(&reply.body).unwrap();
    let url = body["data"]["url"].as_str().unwrap().to_owned();
    let (address, token) = url.split_once("?token=").unwrap();
    assert!(address.starts_with("http://cards.example:8484/"), "{url}");
    assert!(
        address.ends_with("/_sandbox/airpay/password-resets"),
        "{url}"
    );
    token.to_owned()
}

async fn set(sandbox: &Harness, token: &str, password: &str) -> Reply {
    let body = json!({"token": token, "password": password}).to_string();
    let path = "/_sandbox/airpay/password-resets";
    sandbox.control("POST", path, &body).await
}

async fn can_log_in(sandbox: &Harness, password: &str) -> bool {
    let fields = [("mobile_no", MOBILE_NO), ("password", password)];
    sandbox
        .airpay("user-login", &fields)
        .await
        .body
        .contains("success")
}

#[tokio::test]
async fn a_link_sets_a_new_password_once() {
    let sandbox = Harness::new();
    let token = link(&sandbox).await;
    for password in ["", "short", "nocapital#1"] {
        let refused = set(&sandbox, &token, password).await;
        assert_eq!(refused.status, 400, "{}", refused.body);
        assert!(
            refused.body.contains(r#""field":"password""#),
            "{}",
            refused.body
        );
    }
    let done = set(&sandbox, &token, NEW).await;
    assert_eq!(
        (done.status.as_u16(), &*done.body),
        (200, r#"{"entity_id":"AIRPAYCUST0001"}"#)
    );
    assert!(can_log_in(&sandbox, NEW).await);
    assert!(!can_log_in(&sandbox, PASSWORD).await);
    assert_eq!(set(&sandbox, &token, PASSWORD).await.status, 404);
    assert!(can_log_in(&sandbox, NEW).await);
}

#[tokio::test]
async fn a_link_is_good_for_half_an_hour_and_the_last_one_counts() {
    let sandbox = Harness::new();
    let first = link(&sandbox).await;
    let token = link(&sandbox).await;
    assert_ne!(first, token);
    assert_eq!(set(&sandbox, &first, NEW).await.status, 404);
    sandbox.advance(30 * 60 - 1);
    assert_eq!(set(&sandbox, &token, NEW).await.status, 200);
    let token = link(&sandbox).await;
    sandbox.advance(30 * 60);
    assert_eq!(set(&sandbox, &token, PASSWORD).await.status, 404);
    assert_eq!(set(&sandbox, "x", NEW).await.status, 404);
}

#[tokio::test]
async fn whatever_part_is_wrong_the_answer_is_one_and_the_same() {
    let sandbox = Harness::new();
    let why = "no customer has this mobile number and day of birth";
    for (mobile_no, dob) in [
        ("9000000979", BORN),
        (MOBILE_NO, "1990-02-01"),
        ("9000000979", "1990-02-01"),
    ] {
        assert_eq!(forgot(&sandbox, mobile_no, dob).await.body, FAIL);
        assert_eq!(sandbox.why(), why);
    }
}

#[tokio::test]
async fn of_several_with_one_number_the_birth_decides_and_else_nobody_gets_a_link() {
    let sandbox = Harness::new();
    let customers = "/_sandbox/world/airpay/customers";
    let other = json!({"mobile_no": MOBILE_NO, "dob": "1991-01-31"}).to_string();
    assert_eq!(sandbox.control("POST", customers, &other).await.status, 200);
    assert!(
        forgot(&sandbox, MOBILE_NO, BORN)
            .await
            .body
            .contains("success")
    );
    let same = json!({"mobile_no": MOBILE_NO, "dob": BORN}).to_string();
    assert_eq!(sandbox.control("POST", customers, &same).await.status, 200);
    assert_eq!(forgot(&sandbox, MOBILE_NO, BORN).await.body, FAIL);
    let why = "more than one customer has this mobile number and day of birth";
    assert_eq!(sandbox.why(), why);
}

#[tokio::test]
async fn a_code_goes_with_its_customer_and_with_the_world() {
    let sandbox = Harness::new();
    let token = link(&sandbox).await;
    let saved = sandbox.get("/_sandbox/world/file", &[]).await.body;
    assert!(!saved.contains(&token));
    let loaded = sandbox.control("PUT", "/_sandbox/world", &saved).await;
    assert!(loaded.status.is_success(), "{}", loaded.body);
    assert_eq!(set(&sandbox, &token, NEW).await.status, 404);
    let token = link(&sandbox).await;
    let customer = format!("/_sandbox/world/airpay/customers/{CUSTOMER}");
    let gone = sandbox.control("DELETE", &customer, "").await;
    assert!(gone.status.is_success(), "{}", gone.body);
    assert_eq!(set(&sandbox, &token, NEW).await.status, 404);
}

#[tokio::test]
async fn the_link_is_kept_nowhere_even_where_values_are() {
    let sandbox = Harness::with(crate::Sandbox::builder().keep_values());
    let token = link(&sandbox).await;
    let exchanges = sandbox.get("/_sandbox/exchanges", &[]).await.body;
    assert!(exchanges.contains("forgot-password"), "{exchanges}");
    assert!(!exchanges.contains(&token), "{exchanges}");
}
