//! Checks what a reply means, and what the error keeps of it.

use bytes::Bytes;
use cards_transport::model::airpay::CustomerPreference;
use cards_transport::model::ibanera::CardsByCustomer;
use cards_transport::model::paysafe::ListPrepaidCards;
use cards_transport::{
    Call, CallOptions, Error, ErrorKind, Provider, Retry, TransportError, TransportErrorKind,
    Unreadable, Viewed, blocking,
};
use http::Response;
use serde_json::json;

use crate::calls::samples::{airpay, ibanera, paysafe, registration};
use crate::calls::script::{Outcome, Script, response, send};

#[test]
fn a_refusal_in_the_body_of_a_success() {
    let fail: fn() -> Outcome = || response(200, r#"{"status": 400, "message": "fail"}"#);
    let (outcome, _) = send(&airpay(), &CustomerPreference::new("E1"), &[fail]);
    let error = outcome.unwrap_err();
    assert!(error.is_refused() && !error.is_outcome_unknown());
    assert_eq!(error.refusal().unwrap().message.as_deref(), Some("fail"));
    // A sentence may repeat what was sent: only those who ask see it.
    let told: fn() -> Outcome = || response(200, r#"{"status":400,"message":"OTP 1234 is wrong"}"#);
    let (outcome, _) = send(&airpay(), &CustomerPreference::new("E1"), &[told]);
    let told = outcome.unwrap_err();
    assert!(!format!("{told} {told:?} {:?}", told.refusal()).contains("1234"));
    assert_eq!(
        told.refusal().unwrap().message.as_deref(),
        Some("OTP 1234 is wrong")
    );

    // Neither yes nor no: the document knows 200 and 400.
    let odd: fn() -> Outcome = || response(200, r#"{"status":500,"message":"internal"}"#);
    let (outcome, _) = send(&airpay(), &CustomerPreference::new("E1"), &[odd]);
    let odd = outcome.unwrap_err();
    assert!(odd.is_outcome_unknown() && !odd.is_refused());
    insta::assert_snapshot!(error, @"airpay customer-preference: refused: fail (HTTP 200, 34 bytes)");

    let invalid: fn() -> Outcome = || {
        response(
            400,
            r#"{"status":"0","details":null,"errors":[{"fieldName":"customersId","messageCode":"Invalid"}]}"#,
        )
    };
    let (outcome, _) = send(&ibanera(), &CardsByCustomer::new(7), &[invalid]);
    insta::assert_snapshot!(outcome.unwrap_err(), @"ibanera cards-by-customer: refused: Invalid: customersId Invalid (HTTP 400, 92 bytes)");
}

/// Whichever part of it repeats what was sent: those who ask see it, and no log.
#[test]
fn no_part_of_a_refusal_shows_a_card_number() {
    const NUMBER: &str = "4622940000003713";
    let code: fn() -> Outcome = || response(400, r#"{"error":{"code":"C 4622940000003713"}}"#);
    let sentence: fn() -> Outcome = || {
        response(
            400,
            r#"{"error":{"code":"5068","message":"card 4622940000003713"}}"#,
        )
    };
    let field: fn() -> Outcome = || {
        response(
            400,
            r#"{"error":{"code":"5068","fieldErrors":[{"field":"4622940000003713","error":"x"}]}}"#,
        )
    };
    let field_error: fn() -> Outcome = || {
        response(
            400,
            r#"{"error":{"code":"5068","fieldErrors":[{"field":"x","error":"no 4622940000003713"}]}}"#,
        )
    };
    for reply in [code, sentence, field, field_error] {
        let (outcome, _) = send(&paysafe(), &ListPrepaidCards::new("1"), &[reply]);
        let error = outcome.unwrap_err();
        let refusal = error.refusal().unwrap();
        let shown = format!("{error} {error:?} {refusal} {refusal:?}");
        assert!(!shown.contains(NUMBER), "{shown}");
        let fields = refusal
            .fields
            .iter()
            .map(|f| [&*f.field, &*f.error].join(" "));
        let parts = refusal.code.iter().chain(&refusal.message).cloned();
        let told = parts.chain(fields).collect::<String>();
        assert!(told.contains(NUMBER), "{told}");
    }
}

#[test]
fn a_server_error_keeps_its_status_and_its_html() {
    let html: fn() -> Outcome = || response(500, "<html>card 4622940000003713</html>");
    let call = ListPrepaidCards::new("12345678");
    let (outcome, _) = send(&paysafe(), &call, &[html, html, html]);
    let error = outcome.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Http);
    assert_eq!(error.status().unwrap(), 500);
    assert_eq!(&error.raw().unwrap().body()[..6], b"<html>");
    insta::assert_snapshot!(error, @"paysafe list-prepaid-cards: unexpected status (HTTP 500, 34 bytes) after 3 attempts");
    assert!(!format!("{error:?}").contains("4622"));

    let (outcome, _) = send(&airpay(), &CustomerPreference::new("E1"), &[html]);
    assert!(outcome.unwrap_err().is_outcome_unknown());
}

#[test]
fn a_registration_is_not_lost_for_an_odd_type_beside_the_id() {
    let odd: fn() -> Outcome = || {
        let body = r#"{"status":200,"data":{"entity_id":"E9","kyc_status":[],"kyc_expiry_date":{},"kycRefNo":1.5}}"#;
        response(200, body)
    };
    let provider = airpay().keys("fake-a", "fake-p");
    let (outcome, _) = send(&provider, &registration(), &[odd]);
    assert_eq!(outcome.unwrap().entity_id, "E9");

    let odd: fn() -> Outcome = || {
        response(
            400,
            r#"{"status":"0","errors":["text",null,{"messageCode":"Invalid"}]}"#,
        )
    };
    let (outcome, _) = send(&ibanera(), &CardsByCustomer::new(7), &[odd]);
    assert_eq!(
        outcome.unwrap_err().refusal().unwrap().code.as_deref(),
        Some("Invalid")
    );
}

#[test]
fn a_body_that_is_not_as_documented_says_where() {
    let wrong: fn() -> Outcome = || {
        response(
            200,
            r#"{"cards":[{"cardId":"c","expiry":{"month":"March","year":2028}}]}"#,
        )
    };
    let (outcome, _) = send(&paysafe(), &ListPrepaidCards::new("1"), &[wrong]);
    let error = outcome.unwrap_err();
    assert_eq!(error.json().unwrap().path(), "cards[0].expiry.month");
    insta::assert_snapshot!(error, @"paysafe list-prepaid-cards: reply not understood: not what the document describes at cards[0].expiry.month (line 1, column 49) (HTTP 200, 65 bytes)");

    let cut: fn() -> Outcome = || response(200, r#"{"status":"1","details":{"customersId":"#);
    let (outcome, _) = send(&ibanera(), &CardsByCustomer::new(7), &[cut]);
    let error = outcome.unwrap_err();
    assert!(error.json().unwrap().is_syntax());

    // The place is that in the body, not in the part of it that is at fault.
    let part: fn() -> Outcome =
        || response(200, "{\"status\": 200,\n \"data\": {\"entity_id\": []}}");
    let (outcome, _) = send(&airpay().keys("fake-a", "fake-p"), &registration(), &[part]);
    let error = outcome.unwrap_err();
    let json = error.json().unwrap();
    assert_eq!(
        (json.path(), json.line(), json.column()),
        ("data.entity_id", 2, 26)
    );

    let bytes: fn() -> Outcome = || Ok(Response::new(Bytes::from_static(b"{\"status\":\"\xff\"}")));
    let (outcome, _) = send(&ibanera(), &CardsByCustomer::new(7), &[bytes]);
    assert_eq!(outcome.unwrap_err().kind(), ErrorKind::Malformed);

    let nested: fn() -> Outcome = || {
        response(
            200,
            r#"{"status":"1","details":[{"customersId":1,"cards":[{"id":"x"}]}]}"#,
        )
    };
    let (outcome, _) = send(&ibanera(), &CardsByCustomer::new(7), &[nested]);
    assert_eq!(
        outcome.unwrap_err().json().unwrap().path(),
        "details[0].cards[0].id"
    );
}

/// A page is read, and viewed, up to its first card whose id is empty or blank.
#[test]
fn no_page_has_a_card_without_an_id() {
    for (ids, place) in [
        (&[][..], None),
        (&["c1"], None),
        (&["0", "."], None),
        (&["0", " "], Some(1)),
        (&[""], Some(0)),
        (&["c1", "c2", ""], Some(2)),
        (&["c1", "", "c2", ""], Some(1)),
    ] {
        let cards: Vec<_> = ids.iter().map(|id| json!({"cardId": id})).collect();
        let body = json!({ "cards": cards }).to_string();
        let read = ListPrepaidCards::parse(body.as_bytes()).map(|page| page.cards.len());
        let viewed = ListPrepaidCards::view(body.as_bytes()).map(|page| page.cards.len());
        for came in [read, viewed] {
            match (came, place) {
                (Ok(cards), None) => assert_eq!(cards, ids.len()),
                (Err(Unreadable::Malformed(json)), Some(at)) => {
                    assert_eq!(json.path(), format!("cards[{at}].cardId"));
                }
                (came, _) => unreachable!("{ids:?} {came:?}"),
            }
        }
    }
}

/// A server may put what was sent into the name of a field.
#[test]
fn where_a_body_is_no_json_the_path_names_no_field_of_its_own() {
    let told = |call: fn(&'static str) -> Error, body, path| {
        let error = call(body);
        assert_eq!(error.json().unwrap().path(), path, "{body}");
        assert!(error.json().unwrap().is_syntax(), "{body}");
        assert!(!format!("{error} {error:?}").contains("marker"), "{error}");
    };
    let paysafe = |body| first(&paysafe(), &ListPrepaidCards::new("1"), body);
    for body in [
        r#"{"marker":{"#,
        r#"{"marker":nothing}"#,
        r#"{"cards":[{"cardId":"1","marker":}]}"#,
        r#"{"cards":[{"cardId":"1","expiry":{"marker":[1,"#,
    ] {
        told(paysafe, body, ".");
    }
    let ibanera = |body| first(&ibanera(), &CardsByCustomer::new(7), body);
    for body in [
        r#"{"status":"1","details":{"customersId":1,"marker":{"a":"#,
        r#"{"status":"1","marker":"\q"}"#,
    ] {
        told(ibanera, body, ".");
    }
    let airpay = |body| first(&airpay(), &CustomerPreference::new("E1"), body);
    told(airpay, r#"{"status":200,"data":{"marker":{"b":tru}}}"#, ".");
}

/// The error of a call that is answered with this body.
fn first<C: Call<Provider: Clone>>(provider: &C::Provider, call: &C, body: &'static str) -> Error {
    let script = Script::playing(vec![response(200, body)]);
    let settings = script.settings();
    let client = blocking::Client::with_settings(provider.clone(), script, settings);
    match client.send(call) {
        Ok(_) => panic!("{body} was read"),
        Err(error) => error,
    }
}

#[test]
fn what_arrived_before_the_connection_ended_is_kept() {
    let cut: fn() -> Outcome = || {
        let partial = Response::new(Bytes::from_static(b"{\"cards\":["));
        Err(TransportError::maybe_sent(TransportErrorKind::Interrupted).with_partial(partial))
    };
    let (outcome, _) = send(&paysafe(), &ListPrepaidCards::new("1"), &[cut, cut, cut]);
    let error = outcome.unwrap_err();
    assert_eq!(error.raw().unwrap().body().as_ref(), b"{\"cards\":[");
    insta::assert_snapshot!(error, @"paysafe list-prepaid-cards: the connection ended before the reply did (HTTP 200, 10 bytes) after 3 attempts");
}

#[test]
fn no_debug_shows_what_arrived_or_a_proxy() {
    let partial = Response::new(Bytes::from_static(b"marker"));
    let error = TransportError::maybe_sent(TransportErrorKind::Interrupted).with_partial(partial);
    assert!(!format!("{error:?}").contains("marker"));
    let client = blocking::Client::new(airpay(), Script::new(&[]));
    assert!(!format!("{client:?}").contains("fake"));
}

/// The kind of failure and the refusal's words, under a 400 and under a 200.
fn told<P: Provider + Clone, C: Call<Provider = P>>(
    provider: &P,
    call: &C,
    body: &'static str,
) -> [Option<String>; 2] {
    [400, 200].map(|status| {
        let script = Script::playing(vec![response(status, body)]);
        let client =
            blocking::Client::with_settings(provider.clone(), script.clone(), script.settings());
        let once = CallOptions::new().retry(Retry::never());
        let error = client.send_with(call, &once).map(drop).unwrap_err();
        let is_no = error.is_refused() || error.is_unauthorized();
        // Under a 2xx the document has no error.
        let is_told = is_no || status == 200 && error.is_failed_in_passing();
        assert_eq!(is_told, error.refusal().is_some(), "{error}");
        error.refusal().map(ToString::to_string)
    })
}

/// The schema of the error begins with an array that holds nothing.
#[test]
fn a_list_of_errors_is_read_to_its_last() {
    let call = ListPrepaidCards::new("12345678");
    for (body, words) in [
        (
            r#"{"error":[{"code":"5068","message":"first"},{"code":"7","message":"second"}]}"#,
            "5068: first: 7: second",
        ),
        (
            r#"{"error":[{"code":"5068","fieldErrors":[{"field":"limit","error":"7"}]},{}]}"#,
            "5068: limit 7",
        ),
    ] {
        let words = Some(words.to_owned());
        let came = told(&paysafe(), &call, body);
        assert_eq!(came, [words.clone(), words], "{body}");
    }
    // Under a 200 a list says nothing of what was done.
    for (body, words) in [
        (
            r#"[{"error":{"code":"5068","message":"first"}},{"error":{"message":"second"}}]"#,
            "5068: first: second",
        ),
        // An object without an error is passed over, wherever it stands.
        (
            r#"[{"error":{"code":"5068","message":"first"}},{"x":1}]"#,
            "5068: first",
        ),
        (
            r#"[{"x":1},{},{"error":[]},{"error":{"code":"5068"}},{"error":[{"code":"7"},{"code":"8"}]}]"#,
            "5068: 7: 8",
        ),
    ] {
        let came = told(&paysafe(), &call, body);
        assert_eq!(came, [Some(words.to_owned()), None], "{body}");
    }
    for body in [
        r"[]",
        r#"[{"x":1}]"#,
        r#"[{"code":"5068","message":"first"}]"#,
        r#"[{"error":{"code":"5068"}},1]"#,
        r#"[{"error":{"code":"5068"}},null]"#,
        r#"[[{"error":{"code":"5068"}}]]"#,
        r#"{"error":[{"code":"5068"},1]}"#,
    ] {
        assert_eq!(told(&paysafe(), &call, body), [None, None], "{body}");
    }
}

#[test]
fn what_is_odd_in_a_refusal_does_not_lose_the_rest() {
    let call = ListPrepaidCards::new("12345678");
    for (body, words) in [
        (
            r#"{"error":{"code":5068,"message":{"a":1},"details":{"x":1}}}"#,
            "5068",
        ),
        (
            r#"{"error":{"code":["x"],"message":"is bad","fieldErrors":{}}}"#,
            "is bad",
        ),
        (
            r#"{"error":{"code":"5068","details":[1,"more",{"a":"b"}],"fieldErrors":[null,"x",{"field":"limit","error":7}]}}"#,
            "5068: more: limit 7",
        ),
        (r#"{"error":{}}"#, "no reason given"),
        // RFC 6749, 5.2.
        (r#"{"error":"invalid_client"}"#, "invalid_client"),
        (
            r#"{"error":"invalid_client","error_description":"no such client"}"#,
            "invalid_client: no such client",
        ),
    ] {
        let words = Some(words.to_owned());
        assert_eq!(
            told(&paysafe(), &call, body),
            [words.clone(), words],
            "{body}"
        );
    }
    for body in [
        r#"{"error":[]}"#,
        r#"{"error":["A","B"]}"#,
        r#"{"error":[["A","B"]]}"#,
        r#"{"error":[{"code":"A"},7]}"#,
        "[]",
        "[[]]",
        r#"[{"code":"A","message":"B"}]"#,
        r#"{"error":null}"#,
        r#"{"error":7}"#,
        r#"{"error":""}"#,
        r#"{"status":404,"error":"Not Found"}"#,
    ] {
        assert_eq!(told(&paysafe(), &call, body), [None, None], "{body}");
    }

    let call = CustomerPreference::new("E1");
    for (body, words) in [
        (
            r#"{"status":400,"message":{"a":1},"data":[]}"#,
            "no reason given",
        ),
        (r#"{"status":401,"message":["x y"]}"#, "status 401"),
        (r#"{"status":402,"message":"x y"}"#, "status 402: x y"),
    ] {
        let words = Some(words.to_owned());
        assert_eq!(
            told(&airpay(), &call, body),
            [words.clone(), words],
            "{body}"
        );
    }
}
