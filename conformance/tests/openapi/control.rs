//! Calls of the control API: each of its operations once with success, and its
//! refusals.

use std::collections::BTreeSet;

use cards_sandbox::openapi::Api;
use serde_json::Value;

use crate::documents;
use crate::exchange::Sandbox;
use crate::judge;

/// Requests that are taken fit the control document, those that are refused
/// for what is in them do not, and every reply fits; of no operation is there
/// no success.
#[test]
fn every_control_call_fits() {
    let documents = documents();
    let sandbox = Sandbox::start_with("received").unwrap();
    let url = sandbox.running.url();
    let send = |method: &str, target: &str, body: &str, origin: Option<&str>| {
        let mut request = http::Request::builder().method(method).uri(target);
        let json = (!body.is_empty()).then_some("application/json");
        for (name, value) in [("content-type", json), ("origin", origin)] {
            request = value
                .into_iter()
                .fold(request, |request, value| request.header(name, value));
        }
        let request = request.body(bytes::Bytes::from(body.to_owned())).unwrap();
        (request.clone(), sandbox.send(request).unwrap())
    };
    // Something for the journal, and a world beside the first.
    send("GET", &format!("{url}/airpay/other"), "", None);
    send(
        "GET",
        &format!("{url}/_worlds/beside/airpay/other"),
        "",
        None,
    );

    let mut done = BTreeSet::new();
    let calls = CALLS.iter().flat_map(|(line, calls)| {
        let (method, target) = line.split_once(' ').unwrap();
        calls.iter().map(move |call| (method, target, call))
    });
    for (method, target, (status, body)) in calls {
        let place = format!("{method} {target} {body}");
        let target = format!("{url}/_sandbox{target}");
        let (request, reply) = send(method, &target, body, None);
        let text = String::from_utf8_lossy(reply.body());
        assert_eq!(reply.status(), *status, "{place}: {text}");
        let of_path = judge::of_target(&documents, request.method(), request.uri());
        let described = of_path.unwrap_or_else(|| panic!("{place}: not described"));
        assert_eq!(described.trouble_of_reply(&reply), None, "{place}");
        let trouble = described.trouble_of_request(&request);
        match status {
            200 | 201 => {
                assert_eq!(trouble, None, "{place}: taken");
                done.insert(described.value["operationId"].to_string());
            }
            404 => {
                done.insert(described.value["operationId"].to_string());
            }
            400 => assert!(trouble.is_some(), "{place}: refused, {text}"),
            _ => {}
        }
        if method != "GET" {
            // The same from another site's page.
            let origin = Some("http://other.example");
            let (_, reply) = send(method, &target, body, origin);
            assert_eq!(reply.status(), 403, "{place}");
            assert_eq!(described.trouble_of_reply(&reply), None, "{place}");
        }
    }
    let control = documents.iter().find(|(api, _)| *api == Api::Control);
    for described in judge::operations(&control.unwrap().1) {
        let id = described.value["operationId"].to_string();
        assert!(done.contains(&id), "{id} was never called");
    }
}

#[test]
fn the_journal_is_described_as_a_stream_too() {
    let documents = documents();
    let sandbox = Sandbox::start_with("received").unwrap();
    let url = sandbox.running.url();
    let request = |target: &str| http::Request::get(format!("{url}{target}"));
    let any = request("/airpay/other").body(bytes::Bytes::new()).unwrap();
    sandbox.send(any).unwrap();
    // It ends when one exchange has come.
    let follow = request("/_sandbox/exchanges?after=0&limit=1");
    let follow = follow.header("accept", "text/event-stream");
    let reply = sandbox
        .send(follow.body(bytes::Bytes::new()).unwrap())
        .unwrap();
    let described = judge::named(&documents, "exchanges").unwrap();
    let media_type = reply.headers()["content-type"].to_str().unwrap();
    let media = &described.value["responses"]["200"]["content"][media_type];
    let text = std::str::from_utf8(reply.body()).unwrap();
    let data = text.lines().find_map(|line| line.strip_prefix("data: "));
    let exchange: Value = serde_json::from_str(data.unwrap()).unwrap();
    let schema = &media["schema"]["contentSchema"];
    let trouble = judge::trouble(described.document, schema, &exchange);
    assert_eq!(trouble, None, "{text}");
}

/// Method and path with query; then the calls in turn, each with the status that
/// the answer has, and its body.
// One line a call.
#[rustfmt::skip]
const CALLS: &[(&str, &[(u16, &str)])] = &[
    ("GET /health", &[(200, "")]),
    ("GET /credentials", &[(200, "")]),
    ("DELETE /credentials/tokens", &[(200, "")]),
    ("POST /airpay/one-time-passwords", &[
        (200, r#"{"mobile_no":"9000000001","lifetimeSeconds":86400}"#),
        (200, "{}"),
        (400, r#"{"lifetimeSeconds":86401}"#),
        (400, r#"{"lifetimeSeconds":0}"#),
        (400, r#"{"mobile_no":"12345678901"}"#),
    ]),
    ("GET /airpay/one-time-passwords/9000000001", &[(200, "")]),
    ("GET /airpay/one-time-passwords/9000000002", &[(404, "")]),
    ("POST /airpay/password-resets", &[
        (404, r#"{"token":"x","password":"Quiet#Sea42"}"#),
        (400, r#"{"token":"x","password":"quiet"}"#),
        (400, "{}"),
    ]),
    ("GET /worlds", &[(200, "")]),
    ("DELETE /worlds/beside", &[(200, ""), (404, "")]),
    ("GET /world", &[(200, "")]),
    ("GET /world/file", &[(200, "")]),
    ("POST /world/airpay/customers", &[(200, r#"{"mobile_no":"9000000001","cards":[{"kit_no":"7"},{"lock":"BL"}]}"#)]),
    ("POST /world/airpay/customers", &[(200, r#"{"cards":[{"lock":null}]}"#), (400, r#"{"cards":[{"lock":"locked"}]}"#)]),
    ("POST /world/paysafe/customers", &[(200, r#"{"customerId":"7","cards":[{"cardId":"seven"}]}"#)]),
    ("POST /world/ibanera/customers", &[(200, r#"{"customersId":7,"cards":[{"id":7,"totalBalance":1.10}]}"#)]),
    ("POST /world/paysafe/customers", &[(400, r#"{"cards":7}"#)]),
    ("POST /world/paysafe/customers/7/cards", &[(200, "{}")]),
    ("POST /world/ibanera/customers/8/cards", &[(404, "{}")]),
    ("PUT /ibanera/cards/7", &[
        (200, r#"{"availableBalance":-2.50,"bSuppressed":true}"#),
        (400, "{}"),
        (400, r#"{"bSuppressed":null}"#),
    ]),
    ("PUT /ibanera/cards/8", &[(404, r#"{"bSuppressed":true}"#)]),
    ("POST /paysafe/cards/seven/actions", &[
        (200, r#"{"action":"LOCK"}"#),
        (409, r#"{"action":"LOCK"}"#),
        (400, r#"{"action":"BREAK"}"#),
    ]),
    ("POST /paysafe/cards/eight/actions", &[(404, r#"{"action":"LOCK"}"#)]),
    ("PUT /paysafe/cards/seven/status", &[
        (200, r#"{"status":"CANCELLED"}"#),
        (400, r#"{"status":"BROKEN"}"#),
    ]),
    ("POST /issuer/paysafe", &[
        (200, r#"{"action":"expire","card":"12345678-0000-4000-8000-000000000002"}"#),
        (409, r#"{"action":"ship","card":"12345678-0000-4000-8000-000000000002"}"#),
        (404, r#"{"action":"ship","card":"nobody"}"#),
        (400, r#"{"action":"sell","card":"nobody"}"#),
        (400, "{}"),
    ]),
    ("POST /issuer/ibanera", &[
        (200, r#"{"action":"authorise","card":"1005","amount":"1.10","description":"Coffee"}"#),
        (404, r#"{"action":"clear","transaction":"1"}"#),
    ]),
    ("GET /test-values", &[(200, "")]),
    ("GET /test-values?provider=paysafe", &[(200, "")]),
    ("GET /test-values?provider=other", &[(400, "")]),
    ("POST /receivers", &[
        (200, r#"{"provider":"paysafe","url":"http://127.0.0.1:9/x"}"#),
        (200, r#"{"provider":"paysafe","event":"card-status","url":"http://127.0.0.1:9/y"}"#),
        (400, r#"{"provider":"paysafe","url":"ftp://127.0.0.1/"}"#),
        (400, r#"{"provider":"paysafe"}"#),
    ]),
    ("GET /receivers", &[(200, "")]),
    ("GET /events?provider=paysafe&limit=2", &[(200, "")]),
    ("GET /events/1", &[(200, "")]),
    ("GET /events/99", &[(404, "")]),
    ("POST /events/1/resend", &[(200, "")]),
    ("POST /events/99/resend", &[(404, "")]),
    ("GET /event-steps?event=card-status", &[(200, "")]),
    ("DELETE /receivers/1", &[(200, ""), (404, "")]),
    ("POST /delivery-faults", &[
        (201, r#"{"fault":"status","status":503,"times":1}"#),
        (400, r#"{"fault":"status","status":99}"#),
        (400, r#"{"fault":"none"}"#),
    ]),
    ("GET /delivery-faults", &[(200, "")]),
    ("DELETE /delivery-faults/1", &[(200, ""), (404, "")]),
    ("DELETE /delivery-faults", &[(200, "")]),
    ("DELETE /world/ibanera/customers/7/cards/7", &[
        (200, ""),
        (404, ""),
    ]),
    ("DELETE /world/ibanera/customers/7", &[
        (200, ""),
        (404, ""),
    ]),
    ("PUT /world", &[
        (200, r#"{"paysafe":{"customers":[{"cards":[{"tokenizations":{"mobileWalletTokenizations":[{"walletType":"APPLE_PAY"}]}}]}]}}"#),
        (400, r#"{"version":2}"#),
        (400, "[]"),
    ]),
    ("GET /clock", &[(200, "")]),
    ("PUT /clock", &[
        (200, r#"{"now":"2030-01-01T00:00:00+01:00","frozen":true}"#),
        (400, "{}"),
        (400, r#"{"now":null,"frozen":null}"#),
        (400, r#"{"now":"tomorrow"}"#),
    ]),
    ("POST /clock/advance", &[
        (200, r#"{"seconds":-90}"#),
        (400, r#"{"seconds":315537897601}"#),
        (400, r#"{"seconds":1.5}"#),
    ]),
    ("DELETE /clock", &[(200, "")]),
    ("POST /faults", &[
        (201, r#"{"fault":"delay","millis":300000,"operation":"register-user"}"#),
        (201, r#"{"fault":"drip","millis":1,"bytes":65536,"provider":"airpay","operation":"user-login","times":1}"#),
        (201, r#"{"fault":"status","status":999,"headers":{"retry-after":"1"},"body":"","probability":0.25,"seed":42,"carryOut":true,"provider":"paysafe"}"#),
        (201, r#"{"fault":"wrong-length","difference":-1,"operation":"login"}"#),
        (201, r#"{"fault":"oversized-body","bytes":1073741824,"operation":"login"}"#),
        (201, r#"{"fault":"lost-reply","carryOut":true,"operation":"login"}"#),
        (400, r#"{"fault":"delay"}"#),
        (400, r#"{"fault":"delay","millis":300001}"#),
        (400, r#"{"fault":"delay","millis":0}"#),
        (400, r#"{"fault":"delay","millis":1,"carryOut":true}"#),
        (400, r#"{"fault":"drip","millis":1,"bytes":65537}"#),
        (400, r#"{"fault":"oversized-body","bytes":1073741825}"#),
        (400, r#"{"fault":"garbage","bytes":1}"#),
        (400, r#"{"fault":"garbage","seed":1}"#),
        (400, r#"{"fault":"garbage","times":0}"#),
        (400, r#"{"fault":"garbage","probability":1.5}"#),
        (400, r#"{"fault":"garbage","provider":"paysafe","operation":"login"}"#),
        (400, r#"{"fault":"status","status":199}"#),
        (400, r#"{"fault":"status","status":1000}"#),
        (400, r#"{"fault":"status","status":500,"headers":{"Content-Length":"1"}}"#),
        (400, r#"{"fault":"status","status":500,"headers":{"a b":"1"}}"#),
        (400, r#"{"fault":"wrong-length","difference":0}"#),
        (400, r#"{"fault":"lost-reply","carryOut":false}"#),
        (400, r#"{"fault":"other"}"#),
    ]),
    ("GET /faults", &[(200, "")]),
    ("GET /faults/1", &[(200, "")]),
    ("DELETE /faults/1", &[(200, "")]),
    ("GET /faults/1", &[(404, "")]),
    ("DELETE /faults/one", &[(400, "")]),
    ("DELETE /faults", &[(200, "")]),
    ("GET /exchanges?provider=airpay&operation=register-user&accepted=false&status=999&after=0&limit=1000", &[(200, "")]),
    ("GET /exchanges?limit=1001", &[(400, "")]),
    ("GET /exchanges?limit=0", &[(400, "")]),
    ("GET /exchanges?status=1000", &[(400, "")]),
    ("GET /exchanges?provider=other", &[(400, "")]),
    ("GET /exchanges?operation=Login", &[(400, "")]),
    ("GET /exchanges?accepted=yes", &[(400, "")]),
    ("GET /exchanges?after=-1", &[(400, "")]),
    ("GET /exchanges/1", &[(200, "")]),
    ("GET /exchanges/1000", &[(404, "")]),
    ("GET /exchanges/one", &[(400, "")]),
    ("DELETE /exchanges", &[(200, "")]),
    ("POST /reset", &[(200, "")]),
    ("GET /openapi/control.json", &[(200, "")]),
    ("GET /openapi/other.json", &[(404, "")]),
];
