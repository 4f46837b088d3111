use super::*;
use crate::Sandbox;
use crate::testing::{Harness, registration};
use crate::world::airpay::{CUSTOMER, MOBILE_NO, PASSWORD, SECRET_KEY, TOKEN};

const FAIL: &str = r#"{"status":400,"message":"fail"}"#;

async fn log_in(sandbox: &Harness, mobile_no: &str, password: &str) -> String {
    let fields = [("mobile_no", mobile_no), ("password", password)];
    let reply = sandbox.airpay("user-login", &fields).await;
    assert_eq!(reply.status, 200);
    reply.body
}

fn token_of(body: &str) -> String {
    let start = r#"{"status":200,"message":"success","data":{"token":""#;
    let token = body
        .strip_prefix(start)
        .and_then(|rest| rest.strip_suffix("\"}}"));
    token.unwrap_or_else(|| panic!("{body}")).to_owned()
}

async fn update_with(sandbox: &Harness, token: &str) -> String {
    let sum = cards_sign::checksum([CUSTOMER], SECRET_KEY.as_bytes()).to_string();
    let headers = [("token", token), ("checksum", &*sum)];
    let fields = [("entity_id", CUSTOMER)];
    sandbox
        .airpay_with("update-customer", &headers, &fields)
        .await
        .body
}

#[tokio::test]
async fn the_token_works_for_30_minutes() {
    let sandbox = Harness::new();
    let token = token_of(&log_in(&sandbox, MOBILE_NO, PASSWORD).await);
    assert_eq!(token.len(), 64);
    assert_ne!(
        token,
        token_of(&log_in(&sandbox, MOBILE_NO, PASSWORD).await)
    );

    sandbox.advance(30 * 60 - 1);
    assert!(update_with(&sandbox, &token).await.contains("success"));
    sandbox.advance(1);
    assert_eq!(update_with(&sandbox, &token).await, FAIL);
    assert_eq!(sandbox.why(), "the token has expired");
    sandbox.advance(2 * 86_400);
    log_in(&sandbox, MOBILE_NO, PASSWORD).await;
    assert_eq!(update_with(&sandbox, &token).await, FAIL);
    assert_eq!(
        sandbox.why(),
        "the token is unknown",
        "forgotten after a day"
    );
}

#[tokio::test]
async fn a_registered_customer_logs_in_with_the_password_given_then() {
    let sandbox = Harness::new();
    sandbox
        .airpay("register-user", &registration(&[("mobile_no", MOBILE_NO)]))
        .await;
    token_of(&log_in(&sandbox, MOBILE_NO, "Quiet#Sea42").await);
    token_of(&log_in(&sandbox, MOBILE_NO, PASSWORD).await);
}

/// No document binds a token to a customer: the id in the body counts.
#[tokio::test]
async fn a_token_speaks_for_every_customer() {
    let sandbox = Harness::new();
    let other = registration(&[("mobile_no", "9000000001")]);
    sandbox.airpay("register-user", &other).await;
    let token = token_of(&log_in(&sandbox, "9000000001", "Quiet#Sea42").await);
    let body = update_with(&sandbox, &token).await;
    assert!(body.contains("success"), "{body}");
}

/// Every call that takes a token is tried; the standing one goes on speaking for all.
#[tokio::test]
async fn a_bound_token_speaks_for_its_customer_alone() {
    let sandbox = Harness::with(Sandbox::builder().bound_tokens());
    let other = registration(&[("mobile_no", "9000000001")]);
    let reply = sandbox.airpay("register-user", &other).await;
    let id = "AIRPAYCUST0002";
    assert!(reply.body.contains(id), "{}", reply.body);
    let own = token_of(&log_in(&sandbox, MOBILE_NO, PASSWORD).await);
    let others = token_of(&log_in(&sandbox, "9000000001", "Quiet#Sea42").await);
    let calls: [(&str, &[(&str, &str)]); 5] = [
        ("update-customer", &[]),
        ("customer-preference", &[]),
        (
            "lock-unlock",
            &[
                ("kit_no", "100000000978"),
                ("flag", "L"),
                ("reason", "Lost"),
            ],
        ),
        ("card-replacement", &[]),
        (
            "update-kyc-status",
            &[
                ("doc_type", "PAN"),
                ("doc_number", "1"),
                ("kyc_type", "MIN"),
                ("reg_date", "2018-10-25"),
                ("reason_desc", "x"),
            ],
        ),
    ];
    for (call, rest) in calls {
        let fields = [&[("entity_id", CUSTOMER)], rest].concat();
        let values = fields.iter().map(|(_, value)| *value);
        let sum = cards_sign::checksum(values, SECRET_KEY.as_bytes()).to_string();
        for (token, is_taken) in [(&*others, false), (&*own, true), (TOKEN, true)] {
            let headers = [("token", token), ("checksum", &*sum)];
            let body = sandbox.airpay_with(call, &headers, &fields).await.body;
            assert_eq!(body.contains("success"), is_taken, "{call}: {body}");
            if !is_taken {
                assert_eq!(body, FAIL);
                assert_eq!(sandbox.why(), "the token is another customer's");
            }
        }
    }
}

#[tokio::test]
async fn a_mobile_number_is_one_customers_where_that_is_set() {
    let sandbox = Harness::with(Sandbox::builder().unique_mobile_numbers());
    let register = async |mobile_no: &str| {
        let form = registration(&[("mobile_no", mobile_no)]);
        sandbox.airpay("register-user", &form).await.body
    };
    let update = async |mobile_no: &str| {
        let fields = [("entity_id", CUSTOMER), ("mobile_no", mobile_no)];
        sandbox.airpay("update-customer", &fields).await.body
    };
    assert_eq!(register(MOBILE_NO).await, FAIL);
    assert_eq!(sandbox.why(), "mobile_no: another customer has it");
    assert!(register("9000000001").await.contains("success"));
    assert_eq!(update("9000000001").await, FAIL);
    assert_eq!(sandbox.why(), "mobile_no: another customer has it");
    // One's own, and one that nobody has.
    for free in [MOBILE_NO, "9000000002"] {
        let body = update(free).await;
        assert!(body.contains("success"), "{body}");
    }
    assert_eq!(register("9000000002").await, FAIL);
}

/// Does the write that follows a verified password. Gives whether it succeeded.
async fn issued(sandbox: &Harness, verified: &(String, String)) -> bool {
    let (id, hash) = verified.clone();
    let issue = move |transaction: &Transaction<'_>| issue(transaction, &id, &hash, 0, 60);
    sandbox.app.store.write(issue).await.is_ok()
}

#[tokio::test]
async fn whoever_goes_while_the_password_is_verified_is_not_logged_in() {
    let sandbox = Harness::new();
    let first = |connection: &Connection| -> Result<_, StoreError> {
        Ok(candidates(connection, MOBILE_NO)?.0.remove(0))
    };
    let verified = sandbox.app.store.read(first).await.unwrap();
    assert_eq!(verified.0, CUSTOMER);
    assert!(issued(&sandbox, &verified).await);

    // The same id and mobile number, another password.
    let world = format!(
        r#"{{"airpay":{{"customers":[{{"entity_id":"{CUSTOMER}","mobile_no":"{MOBILE_NO}"}}]}}}}"#
    );
    let reply = sandbox.control("PUT", "/_sandbox/world", &world).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    assert!(!issued(&sandbox, &verified).await);

    let verified = sandbox.app.store.read(first).await.unwrap();
    assert!(issued(&sandbox, &verified).await);
    let path = format!("/_sandbox/world/airpay/customers/{CUSTOMER}");
    let reply = sandbox.control("DELETE", &path, "").await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    assert!(!issued(&sandbox, &verified).await);
}

#[tokio::test]
async fn wrong_and_malformed_credentials_are_refused() {
    let sandbox = Harness::new();
    for (mobile_no, password) in [(MOBILE_NO, "PaSwd@1235"), ("9000000979", PASSWORD)] {
        assert_eq!(log_in(&sandbox, mobile_no, password).await, FAIL);
        assert_eq!(
            sandbox.why(),
            "no customer has this mobile number and password"
        );
    }
    assert_eq!(log_in(&sandbox, "98 76", "").await, FAIL);
    let broken: Vec<_> = sandbox
        .last()
        .violations
        .into_iter()
        .map(|v| v.field)
        .collect();
    assert_eq!(broken, ["mobile_no", "password"]);
}

/// Many customers of a file have one password, which is one to try; nine passwords are one too many, and
/// whoever is before them is told why.
#[tokio::test]
async fn no_more_than_eight_passwords_are_tried_and_the_journal_says_so() {
    let customer =
        |password: &str| serde_json::json!({"mobile_no": "9000000001", "password": password});
    let passwords: Vec<_> = (0..8).map(|at| format!("Quiet#Sea{at}")).collect();
    let mut customers = vec![customer("First#Sea1")];
    customers.extend((0..20).map(|_| customer(&passwords[0])));
    customers.extend(passwords[1..].iter().map(|password| customer(password)));
    let sandbox = Harness::new();
    let last = customers.pop().unwrap();
    let world = serde_json::json!({"airpay": {"customers": customers}}).to_string();
    let reply = sandbox.control("PUT", "/_sandbox/world", &world).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    token_of(&log_in(&sandbox, "9000000001", "First#Sea1").await);
    assert_eq!(log_in(&sandbox, "9000000001", "Nobody#Sea1").await, FAIL);
    assert_eq!(
        sandbox.why(),
        "no customer has this mobile number and password"
    );

    let path = "/_sandbox/world/airpay/customers";
    let reply = sandbox.control("POST", path, &last.to_string()).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    for password in &passwords {
        token_of(&log_in(&sandbox, "9000000001", password).await);
    }
    for password in ["First#Sea1", "Nobody#Sea1"] {
        assert_eq!(log_in(&sandbox, "9000000001", password).await, FAIL);
        assert_eq!(
            sandbox.why(),
            "none of the newest customers with this mobile number has this password, and no more \
             than 8 passwords are tried"
        );
    }
}

/// Customers of one password are looked at up to the 256th, whoever has it.
#[tokio::test]
async fn it_is_told_where_customers_were_not_looked_at() {
    let sandbox = Harness::new();
    for (count, is_cut_off) in [(255, false), (256, false), (257, true)] {
        let customers: Vec<_> = (0..count)
            .map(|_| serde_json::json!({"mobile_no": "9000000003", "password": PASSWORD}))
            .collect();
        let world = serde_json::json!({"airpay": {"customers": customers}}).to_string();
        let reply = sandbox.control("PUT", "/_sandbox/world", &world).await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        let told = sandbox
            .app
            .store
            .read(|connection| -> Result<_, StoreError> {
                Ok(candidates(connection, "9000000003")?)
            });
        let (found, told) = told.await.unwrap();
        assert_eq!((found.len(), told), (1, is_cut_off), "{count}");
    }
}
