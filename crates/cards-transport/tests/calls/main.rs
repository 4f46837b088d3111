//! The life of a call over a scripted transport, through both drivers: what
//! is sent, what is sent again, and what the error says.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may fail by panicking"
)]

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use cards_transport::airpay::Airpay;
use cards_transport::ibanera::{Ibanera, OtpReuse};
use cards_transport::model::airpay::{CustomerPreference, UpdateCustomer};
use cards_transport::model::ibanera::{CardsByCustomer, ListCustomerCards};
use cards_transport::model::paysafe::ListPrepaidCards;
use cards_transport::paysafe::Paysafe;
use cards_transport::{
    AsyncTransport, BlockingTransport, Call, CallOptions, Client, Error, ErrorKind, Limits,
    PagingTrouble, Provider, Reply, Retry, Settings, TransportError, TransportErrorKind,
    Validation, blocking,
};
use http::{Request, Response};

type Outcome = Result<Response<Bytes>, TransportError>;

/// A transport that plays a script, keeps what it was given, and whose sleep
/// moves a clock.
#[derive(Clone)]
struct Script(Arc<Played>);

struct Played {
    script: Mutex<VecDeque<fn() -> Outcome>>,
    requests: Mutex<Vec<Request<Bytes>>>,
    pauses: Mutex<Vec<Duration>>,
    now: Mutex<SystemTime>,
}

impl Script {
    fn new(script: &[fn() -> Outcome]) -> Self {
        Self(Arc::new(Played {
            script: Mutex::new(script.iter().copied().collect()),
            requests: Mutex::default(),
            pauses: Mutex::default(),
            // 10 seconds into a step of one-time codes.
            now: Mutex::new(UNIX_EPOCH + Duration::from_secs(1_800_000_010)),
        }))
    }

    fn settings(&self) -> Settings {
        let played = Arc::clone(&self.0);
        Settings::new()
            .retry(Retry::new(3).seed(1))
            .clock(move || *played.now.lock().unwrap())
    }

    fn play(&self, request: Request<Bytes>) -> Outcome {
        self.0.requests.lock().unwrap().push(request);
        let next = self.0.script.lock().unwrap().pop_front();
        next.unwrap_or_else(|| panic!("more requests than the script has replies"))()
    }

    fn pass(&self, pause: Duration) {
        self.0.pauses.lock().unwrap().push(pause);
        *self.0.now.lock().unwrap() += pause;
    }

    fn headers(&self, name: &str) -> Vec<String> {
        let requests = self.0.requests.lock().unwrap();
        let value = |r: &Request<Bytes>| Some(r.headers().get(name)?.to_str().unwrap().to_owned());
        requests.iter().filter_map(value).collect()
    }

    fn urls(&self) -> Vec<String> {
        self.0
            .requests
            .lock()
            .unwrap()
            .iter()
            .map(|r| r.uri().to_string())
            .collect()
    }
}

impl BlockingTransport for Script {
    fn send(&self, request: Request<Bytes>, _: Limits) -> Outcome {
        self.play(request)
    }

    fn sleep(&self, pause: Duration) {
        self.pass(pause);
    }
}

impl AsyncTransport for Script {
    async fn send(&self, request: Request<Bytes>, _: Limits) -> Outcome {
        self.play(request)
    }

    async fn sleep(&self, pause: Duration) {
        self.pass(pause);
    }
}

/// Plays the script through both drivers, which must not differ.
fn send<P: Provider + Clone, C: Call<Provider = P>>(
    provider: &P,
    call: &C,
    script: &[fn() -> Outcome],
) -> (Result<Reply<C::Reply>, Error>, Script) {
    send_with(
        provider,
        call,
        script,
        |settings| settings,
        &CallOptions::new(),
    )
}

fn send_with<P: Provider + Clone, C: Call<Provider = P>>(
    provider: &P,
    call: &C,
    script: &[fn() -> Outcome],
    adjust: fn(Settings) -> Settings,
    options: &CallOptions,
) -> (Result<Reply<C::Reply>, Error>, Script) {
    let one = Script::new(script);
    let client = Client::with_settings(provider.clone(), one.clone(), adjust(one.settings()));
    let from_async = pollster::block_on(client.send_with(call, options));

    let two = Script::new(script);
    let client =
        blocking::Client::with_settings(provider.clone(), two.clone(), adjust(two.settings()));
    let from_blocking = client.send_with(call, options);

    let told = |outcome: &Result<Reply<C::Reply>, Error>| match outcome {
        Ok(reply) => (None, Some(reply.attempts())),
        Err(error) => (Some((error.kind(), error.to_string())), None),
    };
    assert_eq!(told(&from_async), told(&from_blocking));
    assert_eq!(one.urls(), two.urls());
    assert_eq!(*one.0.pauses.lock().unwrap(), *two.0.pauses.lock().unwrap());
    (from_async, one)
}

fn response(status: u16, body: &'static str) -> Outcome {
    Ok(Response::builder()
        .status(status)
        .body(Bytes::from(body))
        .unwrap())
}

fn reset() -> Outcome {
    Err(TransportError::maybe_sent(TransportErrorKind::Interrupted))
}

fn refused() -> Outcome {
    Err(TransportError::not_sent(TransportErrorKind::Connect))
}

fn airpay() -> Airpay {
    Airpay::new("http://localhost:1".parse().unwrap(), "fake-secret").token("fake-token")
}

fn paysafe() -> Paysafe {
    Paysafe::new("http://localhost:1/v1".parse().unwrap()).token("fake-old")
}

fn ibanera() -> Ibanera {
    let base = "http://localhost:1".parse().unwrap();
    Ibanera::new(base)
        .token("fake")
        .totp_base32("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")
        .unwrap()
}

fn registration() -> cards_transport::model::airpay::RegisterUser {
    use cards_transport::model::Form;
    let form = [
        ("mobile_no", "9000000513"),
        ("kit_no", "100000001200"),
        ("card_type", "V"),
        ("card_no", "4622940000003713"),
        ("card_expiry", "01/30"),
        ("first_name", "Prasanth"),
        ("last_name", "Kumar"),
        ("title", "Mr"),
        ("gender", "M"),
        ("dob", "1989-11-09"),
        ("email", "xyz@airpay.co.in"),
        ("address", "Kochi"),
        ("city", "Ernakulam"),
        ("state", "Kerala"),
        ("pincode", "689673"),
        ("doc_type", "AADHAAR"),
        ("doc_number", "59048961234"),
        ("doc_expiry", "2031-12-31"),
        ("doc_country_issue", "India"),
        ("otp", "1234"),
        ("password", "PaSwd@1234"),
    ];
    Form::from_fields(form)
}

const ACKNOWLEDGED: fn() -> Outcome =
    || response(200, r#"{"status":200,"message":"success","data":[]}"#);
const NO_CARDS: fn() -> Outcome = || response(200, r#"{"cards":[],"meta":{}}"#);
const ONE_CUSTOMER: fn() -> Outcome = || {
    response(
        200,
        r#"{"status":"1","errors":[],"id":0,"details":{"customersId":11057}}"#,
    )
};

#[test]
fn a_mutation_is_not_sent_again_once_it_may_have_been_sent() {
    let call = UpdateCustomer::new("E1").city("Kochi");
    let (outcome, script) = send(&airpay(), &call, &[reset]);
    let error = outcome.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::OutcomeUnknown);
    assert!(error.is_outcome_unknown() && !error.is_not_sent());
    assert_eq!(script.urls().len(), 1);
    insta::assert_snapshot!(error, @"airpay update-customer: outcome unknown: the connection ended before the reply did after the request may have been sent; find out whether it took effect before sending it again");
}

#[test]
fn a_mutation_is_sent_again_when_nothing_was_sent() {
    let call = UpdateCustomer::new("E1").city("Kochi");
    let (outcome, script) = send(&airpay(), &call, &[refused, refused, ACKNOWLEDGED]);
    assert_eq!(outcome.unwrap().attempts(), 3);
    assert_eq!(script.0.pauses.lock().unwrap().len(), 2);
    let (outcome, _) = send(&airpay(), &call, &[refused, refused, refused]);
    let error = outcome.unwrap_err();
    assert!(error.is_connect() && error.is_not_sent() && !error.is_outcome_unknown());
    insta::assert_snapshot!(error, @"airpay update-customer: no connection after 3 attempts");
}

#[test]
fn a_read_is_sent_again_after_an_interruption_and_after_a_server_error() {
    let call = ListPrepaidCards::new("12345678");
    let busy: fn() -> Outcome = || response(503, "busy");
    let (outcome, script) = send(&paysafe(), &call, &[reset, busy, NO_CARDS]);
    assert_eq!(outcome.unwrap().attempts(), 3);
    assert_eq!(
        script.urls(),
        ["http://localhost:1/v1/customers/12345678/prepaid/cards"; 3]
    );
}

#[test]
fn a_server_that_asks_for_more_time_gets_it_up_to_the_time_of_the_call() {
    let call = ListPrepaidCards::new("12345678");
    let wait: fn() -> Outcome = || {
        let response = Response::builder().status(429).header("retry-after", "7");
        Ok(response.body(Bytes::new()).unwrap())
    };
    let (outcome, script) = send(&paysafe(), &call, &[wait, NO_CARDS]);
    assert!(outcome.is_ok());
    assert_eq!(*script.0.pauses.lock().unwrap(), [Duration::from_secs(7)]);

    let short = CallOptions::new().total_timeout(Duration::from_secs(5));
    let (outcome, _) = send_with(&paysafe(), &call, &[wait], |settings| settings, &short);
    assert_eq!(outcome.unwrap_err().status().unwrap(), 429);
}

#[test]
fn retries_can_be_turned_off_for_one_call() {
    let options = CallOptions::new().retry(Retry::never());
    let call = ListPrepaidCards::new("12345678");
    let (outcome, _) = send_with(&paysafe(), &call, &[reset], |settings| settings, &options);
    assert_eq!(outcome.unwrap_err().kind(), ErrorKind::Interrupted);
}

#[test]
fn nothing_is_sent_that_breaks_a_rule_unless_asked_for() {
    let call = CustomerPreference::new("");
    let (outcome, script) = send(&airpay(), &call, &[]);
    let error = outcome.unwrap_err();
    assert!(error.is_invalid() && error.is_not_sent());
    assert_eq!(error.violations().unwrap().len(), 1);
    assert!(script.urls().is_empty());
    insta::assert_snapshot!(error, @r"
    not sent: airpay customer-preference: 1 field breaks the document's rules
      entity_id: must be given (required; Airpay Customer Preference, Parameter, entity_id)
    ");
    let options = CallOptions::new().validation(Validation::Off);
    let (outcome, _) = send_with(
        &airpay(),
        &call,
        &[ACKNOWLEDGED],
        |settings| settings,
        &options,
    );
    assert!(outcome.is_ok());
}

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
        ("data.entity_id", 2, 25)
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

#[test]
fn a_refused_token_is_replaced_once() {
    let unauthorized: fn() -> Outcome = || response(401, "");
    let token: fn() -> Outcome = || {
        response(
            200,
            r#"{"access_token":"fake-new","expires_in":900,"token_type":"Bearer"}"#,
        )
    };
    let provider = paysafe().client("brand", "fake:id", "fake secret");
    let call = ListPrepaidCards::new("1");
    let (outcome, script) = send(&provider, &call, &[unauthorized, token, NO_CARDS]);
    assert!(outcome.is_ok());
    let authorizations = script.headers("authorization");
    assert_eq!(authorizations[0], "Bearer fake-old");
    // base64 of `fake%3Aid:fake%20secret`
    assert_eq!(authorizations[1], "Basic ZmFrZSUzQWlkOmZha2UlMjBzZWNyZXQ=");
    assert_eq!(authorizations[2], "Bearer fake-new");

    let (outcome, _) = send(&provider, &call, &[unauthorized, token, unauthorized]);
    assert!(outcome.unwrap_err().is_unauthorized());
    let (outcome, _) = send(&paysafe(), &call, &[unauthorized]);
    insta::assert_snapshot!(outcome.unwrap_err(), @"paysafe list-prepaid-cards: the credentials are not accepted (HTTP 401, 0 bytes)");
}

#[test]
fn a_token_that_cannot_be_had_is_told_with_the_login_that_failed() {
    let provider = Paysafe::new("http://localhost:1/v1".parse().unwrap());
    let (outcome, _) = send(&provider, &ListPrepaidCards::new("1"), &[]);
    insta::assert_snapshot!(outcome.unwrap_err(), @"paysafe list-prepaid-cards: not sent: no token and no credentials to get one");

    let provider = provider.client("brand", "fake-id", "fake-secret");
    let no: fn() -> Outcome = || response(403, r#"{"error":{"code":"DW-CUSTOMER-NOT-ALLOWED"}}"#);
    let (outcome, _) = send(&provider, &ListPrepaidCards::new("1"), &[no]);
    insta::assert_snapshot!(outcome.unwrap_err(), @"paysafe issue-access-token: refused: DW-CUSTOMER-NOT-ALLOWED (HTTP 403, 44 bytes)");
}

#[test]
fn each_attempt_at_ibanera_carries_a_new_code() {
    let call = CardsByCustomer::new(11057);
    let (outcome, script) = send(&ibanera(), &call, &[reset, reset, ONE_CUSTOMER]);
    assert!(outcome.is_ok());
    let codes = script.headers("otp");
    assert_eq!(codes.len(), 3);
    assert!(codes[0] != codes[1] && codes[1] != codes[2], "{codes:?}");
    // Ten seconds into the first step: 20 seconds until the next, then 30.
    let waited: Duration = script.0.pauses.lock().unwrap().iter().sum();
    assert_eq!(waited, Duration::from_secs(50));

    let (_, script) = send(
        &ibanera().otp_reuse(OtpReuse::Allowed),
        &call,
        &[reset, ONE_CUSTOMER],
    );
    assert!(script.0.pauses.lock().unwrap()[0] < Duration::from_secs(1));
    assert!(script.headers("otp")[0] == script.headers("otp")[1]);
}

#[test]
fn after_a_401_at_ibanera_the_login_comes_at_once_and_the_call_with_a_new_code() {
    let unauthorized: fn() -> Outcome = || response(401, "");
    let login: fn() -> Outcome = || {
        response(
            200,
            r#"{"status":"1","errors":[],"details":{"accessToken":"fake-new"}}"#,
        )
    };
    let provider = ibanera().login("fake-user", "fake-password");
    let call = CardsByCustomer::new(11057);
    let (outcome, script) = send(&provider, &call, &[unauthorized, login, ONE_CUSTOMER]);
    assert_eq!(outcome.unwrap().attempts(), 2);
    let codes = script.headers("otp");
    assert!(codes.len() == 2 && codes[0] != codes[1], "{codes:?}");

    // Without the time for it, the 401 itself is the answer.
    let short = CallOptions::new().total_timeout(Duration::from_secs(2));
    let (outcome, _) = send_with(
        &provider,
        &call,
        &[unauthorized],
        |settings| settings,
        &short,
    );
    let error = outcome.unwrap_err();
    assert!(error.is_unauthorized() && error.raw().is_some());
    // And where one attempt was asked for, it is one.
    let once = CallOptions::new().retry(Retry::never());
    let (outcome, _) = send_with(
        &provider,
        &call,
        &[unauthorized],
        |settings| settings,
        &once,
    );
    assert!(outcome.unwrap_err().is_unauthorized());
}

#[test]
fn nothing_was_sent_only_where_no_attempt_was() {
    let call = ListPrepaidCards::new("1");
    let (outcome, _) = send(&paysafe(), &call, &[reset, refused, refused]);
    let error = outcome.unwrap_err();
    assert!(error.is_connect() && !error.is_not_sent());
}

#[test]
fn a_standing_token_of_airpay_is_replaced_by_the_clock_where_it_can_be() {
    let login: fn() -> Outcome = || {
        response(
            200,
            r#"{"status":200,"message":"success","data":{"token":"fake-new"}}"#,
        )
    };
    let provider = airpay()
        .keys("fake-a", "fake-p")
        .login("9000000978", "PaSwd@1234");
    let script = Script::new(&[ACKNOWLEDGED, login, ACKNOWLEDGED]);
    let client = blocking::Client::with_settings(provider, script.clone(), script.settings());
    let call = CustomerPreference::new("E1");
    client.send(&call).unwrap();
    script.pass(Duration::from_secs(30 * 60));
    client.send(&call).unwrap();
    assert_eq!(script.headers("token"), ["fake-token", "fake-new"]);
}

#[test]
fn a_login_shares_the_time_of_the_call() {
    let transport = |_: Request<Bytes>, limits: Limits| -> Outcome {
        assert!(limits.total <= Duration::from_secs(1), "{limits:?}");
        response(403, "")
    };
    let base = "http://localhost:1/v1".parse().unwrap();
    let provider = Paysafe::new(base).client("brand", "fake-id", "fake-secret");
    let options = CallOptions::new().total_timeout(Duration::from_secs(1));
    let client = blocking::Client::new(provider, transport);
    assert!(
        client
            .send_with(&ListPrepaidCards::new("1"), &options)
            .is_err()
    );
}

#[test]
fn no_debug_shows_what_arrived_or_a_proxy() {
    let partial = Response::new(Bytes::from_static(b"marker"));
    let error = TransportError::maybe_sent(TransportErrorKind::Interrupted).with_partial(partial);
    assert!(!format!("{error:?}").contains("marker"));
    let client = blocking::Client::new(airpay(), Script::new(&[]));
    assert!(!format!("{client:?}").contains("fake"));
}

#[test]
fn an_id_made_of_dots_is_not_sent_even_unchecked() {
    let options = CallOptions::new().validation(Validation::Off);
    let call = ListPrepaidCards::new("..");
    let (outcome, _) = send_with(&paysafe(), &call, &[], |settings| settings, &options);
    insta::assert_snapshot!(outcome.unwrap_err(), @"paysafe list-prepaid-cards: not sent: an id in the path is empty or made of dots");
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

/// Answers Paysafe's list the way `page` says, given the offset.
fn pages_of(page: fn(u64) -> String) -> blocking::Client<Paysafe, impl BlockingTransport> {
    let transport = move |request: Request<Bytes>, _: Limits| -> Outcome {
        let query = request.uri().query().unwrap_or_default();
        let offset = query
            .split('&')
            .find_map(|pair| pair.strip_prefix("offset="));
        let offset = offset.map_or(0, |offset| offset.parse().unwrap());
        Ok(Response::new(Bytes::from(page(offset))))
    };
    blocking::Client::with_settings(paysafe(), transport, Settings::new().most_pages(20))
}

fn cards(from: u64, to: u64, limit: u64) -> String {
    let cards: Vec<_> = (from..to)
        .map(|n| format!(r#"{{"cardId":"c{n}"}}"#))
        .collect();
    format!(
        r#"{{"cards":[{}],"meta":{{"limit":{limit}}}}}"#,
        cards.join(",")
    )
}

#[test]
fn items_come_from_all_pages_and_the_last_page_is_the_short_one() {
    let client = pages_of(|offset| cards(offset, 25.min(offset + 10), 10));
    let ids: Vec<_> = client
        .items(ListPrepaidCards::new("1"))
        .map(|card| card.unwrap().card_id)
        .collect();
    assert_eq!(ids, (0..25).map(|n| format!("c{n}")).collect::<Vec<_>>());

    // Twenty cards in pages of ten: only an empty third page shows the end.
    let client = pages_of(|offset| cards(offset, 20.min(offset + 10), 10));
    assert_eq!(client.pages(ListPrepaidCards::new("1")).count(), 3);
    assert_eq!(client.items(ListPrepaidCards::new("1")).count(), 20);
}

#[test]
fn a_server_that_uses_a_smaller_limit_than_asked_for_loses_no_card() {
    let client = pages_of(|offset| cards(offset, 25.min(offset + 10), 10));
    assert_eq!(
        client.items(ListPrepaidCards::new("1").limit(50)).count(),
        25
    );
}

#[test]
fn a_page_that_comes_again_ends_the_walk() {
    let client = pages_of(|_| cards(0, 10, 10));
    let pages: Vec<_> = client.pages(ListPrepaidCards::new("1")).collect();
    assert_eq!(pages.len(), 2);
    assert!(pages[0].is_ok());
    let error = pages[1].as_ref().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Paging);
    insta::assert_snapshot!(error, @"paysafe list-prepaid-cards: the server sent a page that it had sent before; its paging is broken (HTTP 200, 191 bytes)");
}

#[test]
fn a_list_without_end_is_given_up_after_the_last_page_allowed_is_handed_out() {
    let client = pages_of(|offset| cards(offset, offset + 10, 10));
    let pages: Vec<_> = client.pages(ListPrepaidCards::new("1")).collect();
    assert_eq!(pages.len(), 21);
    assert!(pages[..20].iter().all(Result::is_ok));
    let text = pages[20].as_ref().unwrap_err().to_string();
    assert!(text.contains(&PagingTrouble::Endless.to_string()), "{text}");
}

#[test]
fn ibanera_pages_by_the_number_of_pages_where_it_is_told() {
    fn client(page: fn(u32) -> String) -> blocking::Client<Ibanera, impl BlockingTransport> {
        let transport = move |request: Request<Bytes>, _: Limits| -> Outcome {
            let query = request.uri().query().unwrap_or_default();
            let number = query
                .split('&')
                .find_map(|pair| pair.strip_prefix("pageNumber="));
            let number = number.map_or(1, |number| number.parse().unwrap());
            Ok(Response::new(Bytes::from(page(number))))
        };
        blocking::Client::new(ibanera(), transport)
    }
    let told = client(|number| {
        format!(
            r#"{{"status":"1","details":[{{"customersId":{number}}}],"pageSize":1,"numberOfPages":3}}"#
        )
    });
    assert_eq!(told.items(ListCustomerCards::new()).count(), 3);
    let untold = client(|number| match number {
        3 => r#"{"status":"1","details":[{"customersId":3}],"pageSize":2}"#.to_owned(),
        _ => format!(
            r#"{{"status":"1","details":[{{"customersId":{number}}},{{"customersId":{}}}],"pageSize":2}}"#,
            number + 10
        ),
    });
    assert_eq!(untold.items(ListCustomerCards::new()).count(), 5);
}

#[test]
fn concurrent_calls_share_one_renewal() {
    use std::sync::atomic::{AtomicU32, Ordering};
    let logins = Arc::new(AtomicU32::new(0));
    let counter = Arc::clone(&logins);
    let transport = move |request: Request<Bytes>, _: Limits| -> Outcome {
        if request.uri().path().ends_with("/token") {
            std::thread::sleep(Duration::from_millis(30));
            let n = counter.fetch_add(1, Ordering::SeqCst);
            let body = format!(r#"{{"access_token":"fake-{n}","expires_in":900}}"#);
            return Ok(Response::new(Bytes::from(body)));
        }
        match request.headers()["authorization"].to_str().unwrap() {
            "Bearer fake-old" => response(401, ""),
            _ => NO_CARDS(),
        }
    };
    let provider = paysafe().client("brand", "fake-id", "fake-secret");
    let client = blocking::Client::new(provider, transport);
    std::thread::scope(|scope| {
        for _ in 0..16 {
            scope.spawn(|| client.send(&ListPrepaidCards::new("1")).unwrap());
        }
    });
    assert_eq!(logins.load(Ordering::SeqCst), 1);
}

#[test]
fn a_renewal_that_fails_is_not_repeated_by_those_who_waited_for_it() {
    use std::sync::atomic::{AtomicU32, Ordering};
    let logins = Arc::new(AtomicU32::new(0));
    let counter = Arc::clone(&logins);
    let transport = move |_: Request<Bytes>, _: Limits| -> Outcome {
        std::thread::sleep(Duration::from_millis(100));
        counter.fetch_add(1, Ordering::SeqCst);
        response(403, "")
    };
    let base = "http://localhost:1/v1".parse().unwrap();
    let provider = Paysafe::new(base).client("brand", "fake-id", "fake-secret");
    let client = blocking::Client::new(provider, transport);
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| client.send(&ListPrepaidCards::new("1")).unwrap_err());
        }
    });
    let tried = logins.load(Ordering::SeqCst);
    assert!(tried <= 2, "{tried} logins for eight calls at once");
}

#[test]
fn credentials_from_variables_name_what_is_missing() {
    let error = Airpay::from_vars(|_| None).unwrap_err();
    insta::assert_snapshot!(error, @"CARDS_AIRPAY_BASE_URL is not set");
    let error = Airpay::from_vars(|name| Some(format!("http://fake.example/{name}"))).unwrap_err();
    insta::assert_snapshot!(error, @"CARDS_AIRPAY_BASE_URL: plain http is for this machine only; use https");
    let error = Ibanera::from_vars(|name| match name {
        "CARDS_IBANERA_BASE_URL" => Some("http://localhost".to_owned()),
        "CARDS_IBANERA_TOTP_SECRET" => Some("not base32 !".to_owned()),
        _ => None,
    });
    insta::assert_snapshot!(error.unwrap_err(), @"CARDS_IBANERA_TOTP_SECRET: the shared secret is not base32");
}

#[test]
fn a_header_value_that_no_header_can_carry_is_told_by_its_name() {
    let provider = airpay().token("fake\ntoken");
    let (outcome, _) = send(&provider, &CustomerPreference::new("E1"), &[]);
    insta::assert_snapshot!(outcome.unwrap_err(), @"airpay customer-preference: not sent: token holds a character that no header can carry");
}
