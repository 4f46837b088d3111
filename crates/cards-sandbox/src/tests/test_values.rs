//! Checks every test value of every operation: the refusal that it brings, that nothing is changed,
//! the journal's words, and that a value beside it brings nothing.

use cards_model::Operation;
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Value, json};

use crate::Sandbox;
use crate::testing::{ENTITY_ID, Fields, Harness, accepted, is_number, send, with};
use crate::world;
use cards_sandbox_core::test_values::{Matches, TestValue};

/// A value that is the test value; one that only has to end so begins as an accepted one does.
fn typed(row: &TestValue, fields: &Fields) -> String {
    match row.matches() {
        Matches::Is(text) => text.to_owned(),
        Matches::EndsWith(end) => {
            let usual = fields.iter().find(|(name, _)| *name == row.field());
            let usual = &usual.expect("a field of the accepted request").1;
            format!("{}{end}", &usual[..usual.len() - end.len()])
        }
    }
}

async fn state(sandbox: &Harness) -> String {
    sandbox.get("/_sandbox/world/file", &[]).await.body
}

/// The listed rows of an operation, in the order of its own.
async fn listed(sandbox: &Harness, operation: &Operation) -> Vec<Value> {
    let target = format!("/_sandbox/test-values?provider={}", operation.provider);
    let mut rows = sandbox.get_json(&target).await["values"].take();
    let rows = std::mem::take(rows.as_array_mut().unwrap());
    let own = rows.into_iter();
    own.filter(|row| row["operation"] == operation.name)
        .collect()
}

#[tokio::test]
async fn every_test_value_brings_its_refusal_and_changes_nothing() {
    let sandbox = Harness::new();
    let known: Vec<_> = sandbox.app.operations.of(None).collect();
    for known in known {
        let operation = known.operation;
        let sandbox = Harness::new();
        let before = state(&sandbox).await;
        let usual = accepted(&sandbox, operation);
        let rows = listed(&sandbox, operation).await;
        assert_eq!(rows.len(), known.test_values().count(), "{operation}");
        assert!(!rows.is_empty(), "{operation} has no test value");
        for (row, listed) in known.test_values().zip(&rows) {
            let place = format!("{operation}, {row}");
            let fields = with(&usual, row.field(), &typed(row, &usual));
            let reply = send(&sandbox, known, &fields).await;
            let exchange = sandbox.last();
            let words = format!("the test value {row}: {}", row.brings());
            assert_eq!(
                (exchange.verdict, exchange.accepted),
                (words, false),
                "{place}"
            );
            assert_eq!(exchange.violations, [], "{place}");
            assert_eq!(json!(reply.status.as_u16()), listed["status"], "{place}");
            let body: Value = serde_json::from_str(&reply.body).unwrap();
            assert_eq!(body, listed["reply"], "{place}");
            assert_eq!(json!(row.field()), listed["field"], "{place}");
            assert_eq!(json!(row.matches().text()), listed["value"], "{place}");
            assert_eq!(state(&sandbox).await, before, "{place}");
        }
        let reply = send(&sandbox, known, &usual).await;
        let why = sandbox.why();
        assert!(sandbox.last().accepted, "{operation}: {why} {}", reply.body);
    }
}

#[tokio::test]
async fn a_sandbox_without_test_values_takes_each_for_what_it_is() {
    let sandbox = Harness::with(Sandbox::builder().without_test_values());
    let rows = sandbox.get_json("/_sandbox/test-values").await;
    assert_eq!(rows, json!({"values": []}));
    let known: Vec<_> = sandbox.app.operations.of(None).collect();
    let mut taken = Vec::new();
    for known in known {
        let usual = accepted(&sandbox, known.operation);
        for row in known.test_values() {
            let fields = with(&usual, row.field(), &typed(row, &usual));
            send(&sandbox, known, &fields).await;
            let exchange = sandbox.last();
            let place = format!("{} {row}: {}", known.operation, exchange.verdict);
            assert!(!exchange.verdict.contains("test value"), "{place}");
            taken.extend(exchange.accepted.then(|| row.to_string()));
        }
    }
    for row in [
        "amount = 9410.01",
        "externalId = test-409",
        "kit_no ending in 00009409",
    ] {
        assert!(taken.iter().any(|taken| taken == row), "{row}: {taken:?}");
    }
}

#[test]
fn no_two_test_values_of_an_operation_are_of_one_value() {
    let sandbox = Harness::new();
    for known in sandbox.app.operations.of(None) {
        let rows: Vec<_> = known.test_values().collect();
        for (at, row) in rows.iter().enumerate() {
            let others = rows[at + 1..]
                .iter()
                .filter(|other| other.field() == row.field());
            for other in others {
                let [one, two] = [row.matches(), other.matches()];
                let overlap = one.has(two.text()) || two.has(one.text());
                assert!(!overlap, "{}: {row} and {other}", known.operation);
            }
        }
    }
}

/// Each value stands on the page once, with all operations that have it.
#[tokio::test]
async fn the_page_has_a_line_for_each_value() {
    let sandbox = Harness::new();
    let page = sandbox.get("/_sandbox/page/test-values", &[]).await.body;
    for known in sandbox.app.operations.of(None) {
        for row in known.test_values() {
            let text = row.matches().text();
            assert!(page.contains(&format!("<code>{text}</code>")), "{row}");
        }
    }
    assert_eq!(page.matches("<code>AIRPAYCUST-404</code>").count(), 1);
    let of = "lock-unlock, set-pin, card-replacement, update-kyc-status";
    assert!(page.contains(of), "{page}");
    let sandbox = Harness::with(Sandbox::builder().without_test_values());
    let page = sandbox.get("/_sandbox/page/test-values", &[]).await.body;
    assert!(page.contains("the sandbox has none") && !page.contains("AIRPAYCUST-404"));
}

/// The refusal has the HTTP status that Airpay's refusals have.
#[tokio::test]
async fn a_test_value_fails_under_the_status_that_is_set() {
    let sandbox = Harness::with(Sandbox::builder().failure_status(422));
    let fields = [("entity_id", "AIRPAYCUST-404")];
    let reply = sandbox.airpay("card-balance", &fields).await;
    assert_eq!(
        (reply.status.as_u16(), &*reply.body),
        (422, r#"{"status":400,"message":"fail"}"#)
    );
    let rows = sandbox
        .get_json("/_sandbox/test-values?provider=airpay")
        .await;
    let rows = rows["values"].as_array().unwrap();
    assert!(rows.iter().all(|row| row["status"] == 422));
}

/// A request that is wrong in another way is told that.
#[tokio::test]
async fn credentials_checksum_and_rules_come_before_a_test_value() {
    let sandbox = Harness::new();
    let fields = [("entity_id", "AIRPAYCUST-404")];
    let headers = [("token", world::airpay::TOKEN), ("checksum", "0")];
    sandbox.airpay_with("card-balance", &headers, &fields).await;
    assert!(!sandbox.why().contains("test value"), "{}", sandbox.why());
    let headers = [("token", "another"), ("checksum", "0")];
    sandbox.airpay_with("card-balance", &headers, &fields).await;
    assert_eq!(sandbox.why(), "the token is unknown");
    let fields = [("entity_id", "AIRPAYCUST-404"), ("amount", "1.001")];
    sandbox.airpay("topup", &fields).await;
    assert!(sandbox.why().starts_with("amount: "), "{}", sandbox.why());
    let path = "/customers/90005269/prepaid/cards";
    let reply = sandbox.get(path, &[]).await;
    assert_eq!(reply.status, 401);
    let bearer = [("authorization", "Bearer sandbox-paysafe-token")];
    let reply = sandbox.get(&format!("{path}?limit=51"), &bearer).await;
    assert_eq!(reply.status, 400, "{}", reply.body);
    let reply = sandbox.get(path, &bearer).await;
    assert_eq!(reply.status, 404, "{}", reply.body);
}

/// The last value of a field that comes twice counts, as everywhere.
#[tokio::test]
async fn the_value_that_counts_is_judged() {
    let sandbox = Harness::new();
    let test_value = ("entity_id", "AIRPAYCUST-404");
    sandbox
        .airpay("card-balance", &[test_value, ENTITY_ID])
        .await;
    assert!(sandbox.last().accepted, "{}", sandbox.why());
    sandbox
        .airpay("card-balance", &[ENTITY_ID, test_value])
        .await;
    assert!(
        sandbox.why().starts_with("the test value"),
        "{}",
        sandbox.why()
    );
    let bearer = ("authorization", world::ibanera::SAMPLE_AUTHORIZATION);
    let headers = [bearer, ("otp", world::ibanera::SAMPLE_OTP)];
    let path = "/api/v1/customer/cards/byuser?CUSTOMERSID=9004002&customersId=11057";
    sandbox.get(path, &headers).await;
    assert!(
        sandbox.why().starts_with("the test value"),
        "{}",
        sandbox.why()
    );
}

/// The text with a character taken away, doubled, added or changed at a place.
fn near(text: &str, kind: usize, at: Index) -> String {
    let mut letters: Vec<char> = text.chars().collect();
    let place = at.index(letters.len());
    match kind {
        0 => drop(letters.remove(place)),
        1 => letters.insert(place, letters[place]),
        2 => letters.push('7'),
        _ => letters[place] = if letters[place] == '7' { '8' } else { '7' },
    }
    letters.into_iter().collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn a_value_beside_a_test_value_brings_nothing(
        operation in any::<Index>(),
        row in any::<Index>(),
        kind in 0..4_usize,
        at in any::<Index>(),
    ) {
        thread_local! {
            static SANDBOX: (tokio::runtime::Runtime, Harness) = (
                tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap(),
                Harness::new(),
            );
        }
        SANDBOX.with(|(runtime, sandbox)| {
            let all: Vec<_> = sandbox.app.operations.of(None).collect();
            let known = all[operation.index(all.len())];
            let rows: Vec<_> = known.test_values().collect();
            let row = rows[row.index(rows.len())];
            let usual = accepted(sandbox, known.operation);
            let text = near(row.matches().text(), kind, at);
            let value = match row.matches() {
                Matches::Is(_) => text,
                // What stands before the end may be anything, and so may be part of it.
                Matches::EndsWith(end) if text.ends_with(end) => return Ok(()),
                Matches::EndsWith(_) => text,
            };
            // A number of another row would be one.
            let texts = rows.iter().filter(|other| other.field() == row.field());
            if texts.clone().any(|other| value.ends_with(other.matches().text())) {
                return Ok(());
            }
            if is_number(known.operation, row.field()) && serde_json::from_str::<Value>(&value).is_err() {
                return Ok(());
            }
            runtime.block_on(send(sandbox, known, &with(&usual, row.field(), &value)));
            let why = sandbox.why();
            prop_assert!(!why.contains("test value"), "{} {}: {}", known.operation, value, why);
            Ok(())
        })?;
    }
}
