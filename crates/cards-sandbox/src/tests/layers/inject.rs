//! Checks that faults meet the calls that they are meant for.

use std::time::Duration;

use cards_model::Operation;

use crate::Builder;
use crate::Fault;
use crate::Sandbox;
use crate::providers::operations;
use crate::testing::{Harness, REGISTRATION, Reply, request};
use crate::world::paysafe::PREFIX;
use cards_sandbox_core::operations::KnownOperation;

fn with(fault: Fault) -> Harness {
    Harness::with(Sandbox::builder().fault(fault))
}

async fn customers(sandbox: &Harness) -> usize {
    let world = sandbox.get_json("/_sandbox/world").await;
    world["airpay"]["customers"].as_array().unwrap().len()
}

/// Every operation by a path of its own, and its method.
fn all() -> Vec<(&'static Operation, String)> {
    let path = |known: &KnownOperation| {
        let prefix = known.prefixes.first().unwrap();
        format!("{prefix}{}", known.operation.path)
    };
    let all = operations();
    all.of(None).map(|it| (it.operation, path(it))).collect()
}

#[tokio::test]
async fn every_operation_is_found_by_its_path_and_method() {
    let known = all();
    assert!(known.len() >= 9, "{}", known.len());
    for (operation, path) in &known {
        let fault = Fault::status(599).at(operation.provider);
        let sandbox = with(fault.operation(operation.name));
        for (other, other_path) in &known {
            let path = other_path.replace(['{', '}'], "");
            let reply = sandbox
                .send(request(other.method.as_str(), &path, &[], ""))
                .await;
            assert_eq!(
                reply.status == 599,
                operation == other,
                "{operation} {other}"
            );
            assert_eq!(sandbox.last().operation, Some(other.name));
        }
        let path = path.replace(['{', '}'], "");
        let reply = sandbox.send(request("PUT", &path, &[], "")).await;
        assert_eq!(reply.status, 405);
    }
    // Paysafe's path with and without its prefix, and a HEAD as a GET.
    let sandbox = with(Fault::status(599).operation("list-prepaid-cards"));
    let path = "/customers/12345678/prepaid/cards";
    for method in ["GET", "HEAD"] {
        for path in [path.to_owned(), format!("{PREFIX}{path}")] {
            let reply = sandbox.send(request(method, &path, &[], "")).await;
            assert_eq!(reply.status, 599, "{method} {path}");
        }
    }
}

#[tokio::test]
async fn nothing_but_the_providers_paths_meets_a_fault() {
    let sandbox = with(Fault::status(599));
    assert_eq!(sandbox.get("/_sandbox/health", &[]).await.status, 200);
    assert_eq!(sandbox.get("/", &[]).await.status, 200);
    assert_eq!(sandbox.app.faults.list()[0].matched, 0);
    assert_eq!(sandbox.get("/airpay/unknown", &[]).await.status, 599);
    assert_eq!(sandbox.app.faults.list()[0].matched, 1);
}

#[tokio::test]
async fn a_status_comes_with_each_providers_own_failure() {
    let mut said = String::new();
    for (operation, path) in all() {
        let path = path.replace(['{', '}'], "");
        for status in [200, 401, 500, 503] {
            let sandbox = with(Fault::status(status));
            let method = operation.method.as_str();
            let reply = sandbox.send(request(method, &path, &[], "")).await;
            assert_eq!(reply.status, status);
            assert_eq!(reply.headers["content-type"], "application/json");
            let same = said.lines().any(|line| line.ends_with(&reply.body));
            if !same {
                said.push_str(&format!("{operation} {status}: {}\n", reply.body));
            }
        }
    }
    insta::assert_snapshot!(said, @r#"
    airpay register-user 200: {"status":400,"message":"fail"}
    paysafe list-prepaid-cards 200: {"error":{"code":"DW-INTERNAL-SERVER-ERROR","message":"Internal Server Error.","details":["Internal Server Error."],"fieldErrors":[]}}
    paysafe list-prepaid-cards 401: {"error":{"code":"5279","message":"The credentials are invalid.","details":["The credentials are invalid."],"fieldErrors":[]}}
    paysafe list-prepaid-cards 503: {"error":{"code":"DW-SERVICE-UNAVAILABLE","message":"Service Unavailable.","details":["Service Unavailable."],"fieldErrors":[]}}
    ibanera list-customer-cards 200: {"status":"0","errors":[],"id":0,"details":null}
    ibanera list-customer-cards 401: {"status":"0","errors":[{"errorType":"Authorization","fieldName":"Authorization","messageCode":"Invalid"}],"id":0,"details":null}
    ibanera cards-by-customer 401: {"status":"0","errors":[{"fieldName":"Authorization","messageCode":"Invalid"}],"id":0,"details":null}
    "#);
}

#[tokio::test]
async fn a_401_of_paysafe_has_the_challenge_of_its_call() {
    let sandbox = with(Fault::status(401));
    for (method, path, challenge) in [
        ("GET", "/customers/1/prepaid/cards", "Bearer"),
        (
            "POST",
            &*format!("{PREFIX}/auth/brands/a/token"),
            "Basic realm=\"sandbox\"",
        ),
    ] {
        let reply = sandbox.send(request(method, path, &[], "")).await;
        assert_eq!(reply.status, 401);
        assert_eq!(reply.headers["www-authenticate"], challenge, "{path}");
    }
}

#[tokio::test]
async fn a_status_with_a_given_body_and_headers() {
    let fault = Fault::status(429)
        .body("<p>slow down</p>")
        .header("Content-Type", "text/html")
        .header("retry-after", "7");
    let reply = with(fault).airpay("user-login", &[]).await;
    assert_eq!(reply.status, 429);
    assert_eq!(reply.body, "<p>slow down</p>");
    assert_eq!(reply.headers["content-type"], "text/html");
    assert_eq!(reply.headers["retry-after"], "7");
    assert_eq!(reply.headers["content-length"], "16");
    // The call's own reply does not show, carried out or not.
    for carry_out in [false, true] {
        let sandbox = with(Fault::status(503).carry_out(carry_out));
        let reply = sandbox.airpay("register-user", &REGISTRATION).await;
        assert_eq!(reply.body, r#"{"status":400,"message":"fail"}"#);
        assert_eq!(sandbox.last().accepted, carry_out);
    }
}

#[tokio::test]
async fn the_journal_tells_what_fired_and_whether_the_call_was_carried_out() {
    let register = async |builder: Builder| {
        let sandbox = Harness::with(builder);
        sandbox.airpay("register-user", &REGISTRATION).await;
        (customers(&sandbox).await, sandbox.last())
    };
    let builder = Sandbox::builder;
    let (count, last) = register(builder().fault(Fault::lost_reply())).await;
    assert_eq!((count, last.status, last.accepted), (3, 0, true));
    insta::assert_snapshot!(last.verdict, @"accepted. Then fault 1 (lost-reply) fired.");
    assert!(last.faults[0].carried_out);

    let (count, last) = register(builder().fault(Fault::status(503))).await;
    assert_eq!((count, last.status, last.accepted), (2, 503, false));
    insta::assert_snapshot!(last.verdict, @"not carried out: fault 1 (status) fired");
    assert_eq!(last.operation, Some("register-user"));
    assert!(!last.faults[0].carried_out);

    let carried_out = Fault::status(503).carry_out(true);
    let (count, last) = register(builder().fault(carried_out)).await;
    assert_eq!((count, last.status, last.accepted), (3, 503, true));
    insta::assert_snapshot!(last.verdict, @"accepted. Then fault 1 (status) fired.");

    let delay = Fault::delay(Duration::from_millis(1));
    let both = builder().fault(delay).fault(Fault::reset_before_headers());
    let (count, last) = register(both).await;
    assert_eq!((count, last.status, last.accepted), (2, 0, false));
    insta::assert_snapshot!(last.verdict, @"not carried out: faults 1 (delay) and 2 (reset-before-headers) fired");
    insta::assert_snapshot!(serde_json::to_string(&last.faults).unwrap(), @r#"[{"id":1,"fault":"delay","carriedOut":false},{"id":2,"fault":"reset-before-headers","carriedOut":false}]"#);

    let refused = with(Fault::truncated_body());
    refused.airpay("update-customer", &[]).await;
    assert_eq!(refused.last().status, 200);
    insta::assert_snapshot!(refused.last().verdict, @"entity_id: must be given. Then fault 1 (truncated-body) fired.");
    assert!(!refused.last().accepted);
}

/// Gives the reply to a call with a fault in which the connection has no part.
async fn reply(fault: Fault) -> Reply {
    with(fault).airpay("register-user", &REGISTRATION).await
}

#[tokio::test]
async fn invalid_json_is_half_of_the_reply() {
    let whole = reply(Fault::delay(Duration::from_millis(1))).await.body;
    let half = reply(Fault::invalid_json()).await;
    assert_eq!(half.status, 200);
    assert_eq!(half.body, whole[..whole.len() / 2]);
    assert_eq!(half.headers["content-length"], half.body.len().to_string());
    assert!(serde_json::from_str::<serde_json::Value>(&half.body).is_err());
}

#[tokio::test]
async fn an_oversized_body_is_the_same_json_padded() {
    let whole = reply(Fault::delay(Duration::from_millis(1))).await.body;
    let long = whole.len();
    for (ordered, expected) in [
        (100_000, 100_000),
        (long + 1, long + 1),
        (long, long),
        (1, long),
    ] {
        let padded = reply(Fault::oversized_body(ordered as u64)).await;
        assert_eq!(padded.body.len(), expected);
        assert_eq!(padded.body.trim_end_matches(' '), whole);
        assert_eq!(padded.headers["content-length"], expected.to_string());
    }
    let sandbox = with(Fault::oversized_body(100_000));
    let head = request("HEAD", "/customers/1/prepaid/cards", &[], "");
    assert_eq!(sandbox.send(head).await.body, "");
}

#[test]
fn a_fault_without_sense_keeps_a_sandbox_from_starting() {
    let error = Sandbox::builder()
        .fault(Fault::garbage().times(0))
        .start_blocking()
        .unwrap_err();
    assert!(error.is_settings());
    insta::assert_snapshot!(error.to_string(), @"a fault makes no sense: times: at least 1");
}
