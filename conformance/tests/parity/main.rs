//! One suite for both backends: the same faults, the same errors, to the last
//! predicate. Every scenario is a function of the backend, and a test in each
//! of the modules `reqwest` and `ureq`.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "this is test code, outside of `#[test]` functions"
)]

#[path = "../common/mod.rs"]
mod common;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use bytes::Bytes;
use cards_model::airpay::{Channel, CustomerPreference, RegisterUser, UpdateCustomer};
use cards_model::ibanera::{CardsByCustomer, ListCustomerCards};
use cards_model::paysafe::{CardStatus, ListPrepaidCards};
use cards_transport::airpay::Airpay;
use cards_transport::ibanera::{Ibanera, OtpReuse};
use cards_transport::paysafe::Paysafe;
use cards_transport::{
    BackendOptions, CallOptions, Client, Error, ErrorKind, Limits, PagingTrouble, ReqwestTransport,
    Retry, Settings, TransportError, TransportErrorKind, Validation, blocking,
};
use conformance::server::{RawServer, Reaction, raw, reply};
use http::Request;
use sha2::{Digest as _, Sha256};

use common::clients::{AnyClient, Backend, for_both_backends};
use common::fake::{Fake, FakeClock, json};
use common::operations::Operation;
use common::{case, noon};

for_both_backends! {
    a_success_is_a_value_with_its_raw_reply,
    a_refusal_in_the_body_is_refused,
    a_redirect_is_not_followed,
    an_error_status_keeps_status_headers_and_body,
    an_error_object_is_read,
    html_is_kept,
    an_empty_body_is_malformed,
    a_204_is_malformed,
    a_wrong_content_type_does_not_matter,
    a_body_that_is_short_is_interrupted_and_its_part_is_kept,
    a_body_that_is_long_is_cut_at_its_length,
    chunked_and_closed_bodies_are_whole,
    a_chunked_body_that_breaks_off_is_interrupted,
    what_is_no_chunk_is_interrupted,
    a_chunk_that_is_longer_than_said_is_interrupted,
    compression_is_not_asked_for,
    nothing_is_unpacked,
    many_headers_and_a_long_one_arrive,
    a_header_twice_arrives_twice,
    a_slow_reply_within_the_limits_arrives,
    silence_before_the_reply_times_out,
    silence_within_the_reply_times_out_and_its_part_is_kept,
    drops_that_never_pause_too_long_meet_the_total_limit,
    the_limit_of_a_call_overrides_that_of_the_client,
    nobody_listens,
    a_reset_before_the_head_is_interrupted,
    an_end_before_the_head_is_interrupted,
    a_reset_within_the_head_is_interrupted,
    a_reset_within_the_body_is_interrupted_and_its_part_is_kept,
    an_oversized_reply_is_cut_at_the_limit,
    a_reply_of_exactly_the_limit_arrives,
    what_is_no_http_is_told,
    a_connection_is_used_again,
    each_request_of_a_client_carries_its_own_checksum,
    a_request_that_breaks_a_rule_is_not_sent,
    an_id_that_a_path_would_swallow_is_never_sent,
    register_user_is_never_sent_twice,
    register_user_on_a_connection_that_dies_is_not_sent_twice,
    register_user_without_a_connection_is_certainly_not_sent,
    register_user_with_an_unclear_answer_is_an_unknown_outcome,
    register_user_that_is_refused_has_a_known_outcome,
    a_mutation_is_tried_again_after_a_refused_connection_only,
    a_read_is_tried_again,
    a_read_gives_up_after_its_attempts,
    retry_after_is_waited_for,
    a_status_that_will_not_pass_is_not_tried_again,
    an_airpay_token_is_renewed_once_by_the_clock,
    a_paysafe_token_is_renewed_once_after_a_401,
    an_ibanera_token_is_renewed_once_after_a_401,
    a_paysafe_token_is_renewed_before_it_expires,
    a_second_401_is_the_callers,
    a_failed_renewal_is_shared,
    a_retry_at_ibanera_carries_a_new_code,
    a_code_is_used_again_where_that_is_allowed,
    a_list_of_137_cards_is_walked_in_three_pages,
    items_are_the_cards_of_all_pages,
    a_limit_that_the_server_cuts_is_noticed,
    a_server_that_ignores_the_offset_is_noticed,
    a_server_that_never_ends_is_left,
    customers_are_walked_by_the_number_of_pages,
    customers_are_walked_without_a_number_of_pages,
    an_error_ends_a_walk,
    what_is_unknown_and_null_is_read,
}

// ------------------------------------------------------------------ helpers

const GET_CARDS: &str = r#"{"cards":[{"cardId":"c1","status":"ACTIVE"}],"meta":{"numberOfRecords":1,"limit":10,"offset":0,"page":1}}"#;
const REGISTERED: &str = r#"{"status":200,"message":"success","data":{"entity_id":"E1"}}"#;
const CUSTOMER: &str = r#"{"status":"1","errors":[],"details":{"customersId":7,"cards":[]}}"#;

fn list() -> ListPrepaidCards {
    ListPrepaidCards::new("12345678")
}

fn register() -> RegisterUser {
    let case = case("airpay/register-user/valid");
    RegisterUser::from_input(case.input.as_ref().unwrap()).unwrap()
}

fn paysafe(url: &str) -> Paysafe {
    Paysafe::new(url.parse().unwrap()).token("fake-token")
}

fn airpay(url: &str) -> Airpay {
    Airpay::new(url.parse().unwrap(), "fake-secret-key").keys("fake-aff", "fake-processor-key")
}

fn ibanera(url: &str) -> Ibanera {
    let ibanera = Ibanera::new(url.parse().unwrap());
    ibanera
        .totp_base32("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")
        .unwrap()
}

/// One attempt, at the fixtures' noon.
fn once() -> Settings {
    FakeClock::new().settings().retry(Retry::never())
}

/// As often as usual, without the waiting.
fn soon(attempts: u32) -> Settings {
    let retry = Retry::new(attempts).first_pause(Duration::from_millis(1));
    FakeClock::new().settings().retry(retry)
}

fn quick() -> BackendOptions {
    BackendOptions::new().read_timeout(Duration::from_millis(400))
}

/// What a list of cards brings from a server that reacts so, with one attempt.
fn read_from<B: Backend>(
    reaction: Reaction,
    settings: Settings,
) -> Result<cards_transport::Reply<cards_model::paysafe::CardPage>, Error> {
    let server = RawServer::playing([reaction]).unwrap();
    let client = B::client(paysafe(&server.url()), &quick(), settings);
    let outcome = client.send(&list());
    assert_eq!(server.received().len(), 1, "{}", B::NAME);
    outcome
}

fn failed<B: Backend>(reaction: Reaction) -> Error {
    read_from::<B>(reaction, once()).map(drop).unwrap_err()
}

/// The kinds and every predicate, in one line.
#[track_caller]
fn is(error: &Error, kind: ErrorKind, predicates: &[&str]) {
    assert_eq!(error.kind(), kind, "{error:?}");
    let all = [
        ("invalid", error.is_invalid()),
        ("not sent", error.is_not_sent()),
        ("outcome unknown", error.is_outcome_unknown()),
        ("timeout", error.is_timeout()),
        ("connect", error.is_connect()),
        ("refused", error.is_refused()),
        ("unauthorized", error.is_unauthorized()),
    ];
    let held: Vec<_> = all
        .iter()
        .filter(|(_, holds)| *holds)
        .map(|(name, _)| *name)
        .collect();
    assert_eq!(held, predicates, "{error:?}");
}

#[track_caller]
fn kept(error: &Error, status: u16, body: &str) {
    assert_eq!(
        error.status().map(|status| status.as_u16()),
        Some(status),
        "{error:?}"
    );
    let raw = error.raw().unwrap();
    assert_eq!(String::from_utf8_lossy(raw.body()), body);
}

/// A port on which nobody listens: no system gives it to a socket that asks for
/// any, so no other test can come to listen there.
const NOBODY: &str = "http://127.0.0.1:1";

/// Longer than [`RawServer`] stalls before it ends the connection: a limit that
/// is so long never is what ends a call.
const NEVER: Duration = Duration::from_secs(300);

// ------------------------------------------------------------------ replies

fn a_success_is_a_value_with_its_raw_reply<B: Backend>() {
    let answer = Reaction::reply(
        "200 OK",
        &["content-type: application/json", "X-Trace: t1"],
        GET_CARDS,
    );
    let reply = read_from::<B>(answer, once()).unwrap();
    assert_eq!(reply.cards[0].card_id, "c1");
    assert_eq!(reply.status(), 200);
    assert_eq!(reply.headers()["x-trace"], "t1");
    assert_eq!(reply.body(), GET_CARDS);
    assert_eq!(reply.attempts(), 1);
}

fn a_refusal_in_the_body_is_refused<B: Backend>() {
    let body = r#"{"status":400,"message":"fail"}"#;
    let server = RawServer::playing([Reaction::json("200 OK", body)]).unwrap();
    let client = B::client(airpay(&server.url()), &quick(), once());
    let error = client.send(&register()).unwrap_err();
    is(&error, ErrorKind::Refused, &["refused"]);
    kept(&error, 200, body);
    assert_eq!(error.attempts(), 1);
    assert_eq!(error.refusal().unwrap().code.as_deref(), Some("fail"));
}

fn a_redirect_is_not_followed<B: Backend>() {
    let elsewhere = RawServer::playing([Reaction::json("200 OK", GET_CARDS)]).unwrap();
    for status in [
        "301 Moved Permanently",
        "302 Found",
        "303 See Other",
        "307 Temporary Redirect",
        "308 Permanent Redirect",
    ] {
        let location = format!(
            "location: {}/customers/12345678/prepaid/cards",
            elsewhere.url()
        );
        let error = failed::<B>(Reaction::reply(status, &[&location], "moved"));
        is(&error, ErrorKind::Http, &[]);
        kept(&error, status[..3].parse().unwrap(), "moved");
        assert_eq!(
            error.raw().unwrap().headers()["location"],
            location["location: ".len()..]
        );

        let server = RawServer::playing([Reaction::reply(status, &[&location], "moved")]).unwrap();
        let client = B::client(airpay(&server.url()), &quick(), soon(3));
        let error = client.send(&register()).unwrap_err();
        is(&error, ErrorKind::Http, &[]);
        assert_eq!(server.received().len(), 1);
    }
    assert_eq!(elsewhere.received().len(), 0);
}

fn an_error_status_keeps_status_headers_and_body<B: Backend>() {
    for status in [
        "400 Bad Request",
        "403 Forbidden",
        "404 Not Found",
        "405 Method Not Allowed",
        "408 Request Timeout",
        "413 Too Large",
        "429 Too Many Requests",
        "500 Internal Server Error",
        "501 Not Implemented",
        "502 Bad Gateway",
        "503 Unavailable",
        "504 Gateway Timeout",
        "599 Odd",
    ] {
        let error = failed::<B>(Reaction::reply(status, &["x-why: because"], "some words"));
        is(&error, ErrorKind::Http, &[]);
        kept(&error, status[..3].parse().unwrap(), "some words");
        assert_eq!(error.raw().unwrap().headers()["x-why"], "because");
        assert_eq!(error.attempts(), 1);
    }
    let error = failed::<B>(Reaction::reply(
        "401 Unauthorized",
        &["x-why: because"],
        "no",
    ));
    is(&error, ErrorKind::Unauthorized, &["unauthorized"]);
    kept(&error, 401, "no");
}

fn an_error_object_is_read<B: Backend>() {
    let case = case("paysafe/list-prepaid-cards/internal-error");
    let error = failed::<B>(Reaction::Send(case.reply.unwrap().to_bytes()));
    is(&error, ErrorKind::Refused, &["refused"]);
    assert_eq!(error.status().unwrap(), 500);
    let refusal = error.refusal().unwrap();
    assert_eq!(refusal.code.as_deref(), Some("DW-INTERNAL-SERVER-ERROR"));
}

fn html_is_kept<B: Backend>() {
    let page = "<html><body>Bad gateway</body></html>";
    let error = failed::<B>(Reaction::reply(
        "500 Internal Server Error",
        &["content-type: text/html"],
        page,
    ));
    is(&error, ErrorKind::Http, &[]);
    kept(&error, 500, page);
    let error = failed::<B>(Reaction::reply(
        "200 OK",
        &["content-type: text/html"],
        page,
    ));
    is(&error, ErrorKind::Malformed, &[]);
    kept(&error, 200, page);
    assert!(error.json().unwrap().is_syntax());
}

fn an_empty_body_is_malformed<B: Backend>() {
    let error = failed::<B>(Reaction::reply("200 OK", &[], ""));
    is(&error, ErrorKind::Malformed, &[]);
    kept(&error, 200, "");
}

fn a_204_is_malformed<B: Backend>() {
    let error = failed::<B>(Reaction::Send(raw("204 No Content", &[], "")));
    is(&error, ErrorKind::Malformed, &[]);
    kept(&error, 204, "");
}

fn a_wrong_content_type_does_not_matter<B: Backend>() {
    for content_type in [
        "content-type: text/plain; charset=latin1",
        "content-type: ",
        "x-none: 1",
    ] {
        let reply = read_from::<B>(
            Reaction::reply("200 OK", &[content_type], GET_CARDS),
            once(),
        );
        assert_eq!(reply.unwrap().cards.len(), 1, "{content_type}");
    }
}

fn a_body_that_is_short_is_interrupted_and_its_part_is_kept<B: Backend>() {
    let short = raw("200 OK", &["content-length: 1000"], "{\"cards\"");
    let error = failed::<B>(Reaction::SendAndClose(short));
    is(&error, ErrorKind::Interrupted, &[]);
    kept(&error, 200, "{\"cards\"");
}

fn a_body_that_is_long_is_cut_at_its_length<B: Backend>() {
    let length = format!("content-length: {}", GET_CARDS.len());
    let long = raw("200 OK", &[&length], format!("{GET_CARDS}and more"));
    let reply = read_from::<B>(Reaction::SendAndClose(long), once()).unwrap();
    assert_eq!(reply.body(), GET_CARDS);
}

fn chunked_and_closed_bodies_are_whole<B: Backend>() {
    let (head, tail) = GET_CARDS.split_at(20);
    let chunks = format!(
        "{:x}\r\n{head}\r\n{:X};x=y\r\n{tail}\r\n0\r\n\r\n",
        head.len(),
        tail.len()
    );
    let chunked = raw("200 OK", &["transfer-encoding: chunked"], chunks);
    let closed = raw("200 OK", &["connection: close"], GET_CARDS);
    for answer in [Reaction::Send(chunked), Reaction::SendAndClose(closed)] {
        assert_eq!(read_from::<B>(answer, once()).unwrap().body(), GET_CARDS);
    }
}

fn a_chunked_body_that_breaks_off_is_interrupted<B: Backend>() {
    let half = raw("200 OK", &["transfer-encoding: chunked"], "3\r\n{\"c\r\n");
    let error = failed::<B>(Reaction::SendAndClose(half));
    is(&error, ErrorKind::Interrupted, &[]);
    kept(&error, 200, "{\"c");
}

fn what_is_no_chunk_is_interrupted<B: Backend>() {
    let wrong = raw(
        "200 OK",
        &["transfer-encoding: chunked"],
        "zz\r\n{}\r\n0\r\n\r\n",
    );
    let error = failed::<B>(Reaction::SendAndClose(wrong));
    is(&error, ErrorKind::Interrupted, &[]);
    kept(&error, 200, "");
}

fn a_chunk_that_is_longer_than_said_is_interrupted<B: Backend>() {
    let wrong = raw(
        "200 OK",
        &["transfer-encoding: chunked"],
        "2\r\n{}}\r\n0\r\n\r\n",
    );
    let error = failed::<B>(Reaction::SendAndClose(wrong));
    is(&error, ErrorKind::Interrupted, &[]);
    assert_eq!(error.status().unwrap(), 200);
}

fn compression_is_not_asked_for<B: Backend>() {
    let server = RawServer::playing([Reaction::json("200 OK", REGISTERED)]).unwrap();
    B::client(airpay(&server.url()), &quick(), once())
        .send(&register())
        .unwrap();
    B::client(paysafe(&server.url()), &quick(), once())
        .send(&list())
        .unwrap();
    for captured in server.received() {
        let request = captured.request().unwrap();
        for absent in [
            "accept-encoding",
            "te",
            "transfer-encoding",
            "expect",
            "referer",
            "cookie",
        ] {
            assert_eq!(request.header(absent), None, "{absent}");
        }
    }
}

fn nothing_is_unpacked<B: Backend>() {
    let packed = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3];
    let error = failed::<B>(Reaction::reply(
        "200 OK",
        &["content-encoding: gzip"],
        packed,
    ));
    is(&error, ErrorKind::Malformed, &[]);
    assert_eq!(error.raw().unwrap().body()[..], packed);
}

fn many_headers_and_a_long_one_arrive<B: Backend>() {
    let many: Vec<String> = (0..60).map(|n| format!("x-{n}: {n}")).collect();
    let long = format!("x-long: {}", "l".repeat(8_000));
    let headers: Vec<&str> = many
        .iter()
        .map(|header| &**header)
        .chain([&*long])
        .collect();
    let reply = read_from::<B>(Reaction::reply("200 OK", &headers, GET_CARDS), once()).unwrap();
    assert_eq!(reply.headers()["x-59"], "59");
    assert_eq!(reply.headers()["x-long"].len(), 8_000);
}

fn a_header_twice_arrives_twice<B: Backend>() {
    let headers = ["x-two: a", "X-Two: b", "x-empty:", "x-odd: caf\u{e9}"];
    let reply = read_from::<B>(Reaction::reply("200 OK", &headers, GET_CARDS), once()).unwrap();
    let two: Vec<_> = reply.headers().get_all("x-two").iter().collect();
    assert_eq!(two, ["a", "b"]);
    assert_eq!(reply.headers()["x-empty"], "");
    assert_eq!(reply.headers()["x-odd"].as_bytes(), "caf\u{e9}".as_bytes());
}

// ------------------------------------------------------------------ time

fn a_slow_reply_within_the_limits_arrives<B: Backend>() {
    let drops = Reaction::Drip(
        reply("200 OK", &[], GET_CARDS),
        20,
        Duration::from_millis(20),
    );
    assert_eq!(read_from::<B>(drops, once()).unwrap().body(), GET_CARDS);
    let late = Reaction::Delay(Duration::from_millis(100), reply("200 OK", &[], GET_CARDS));
    assert_eq!(read_from::<B>(late, once()).unwrap().body(), GET_CARDS);
}

fn silence_before_the_reply_times_out<B: Backend>() {
    let settings = once().total_timeout(NEVER);
    let error = read_from::<B>(Reaction::SendAndStall(Vec::new()), settings);
    let error = error.map(drop).unwrap_err();
    is(&error, ErrorKind::Timeout, &["timeout"]);
    assert!(error.raw().is_none());
}

fn silence_within_the_reply_times_out_and_its_part_is_kept<B: Backend>() {
    let part = raw("200 OK", &["content-length: 100"], "{\"cards\"");
    let settings = once().total_timeout(NEVER);
    let error = read_from::<B>(Reaction::SendAndStall(part), settings);
    let error = error.map(drop).unwrap_err();
    is(&error, ErrorKind::Timeout, &["timeout"]);
    kept(&error, 200, "{\"cards\"");
}

/// Without the limit, all drops would make a reply.
fn drops_that_never_pause_too_long_meet_the_total_limit<B: Backend>() {
    let drops = Reaction::Drip(
        reply("200 OK", &[], GET_CARDS),
        1,
        Duration::from_millis(50),
    );
    let settings = once().total_timeout(Duration::from_millis(300));
    let error = read_from::<B>(drops, settings).map(drop).unwrap_err();
    is(&error, ErrorKind::Timeout, &["timeout"]);
}

fn the_limit_of_a_call_overrides_that_of_the_client<B: Backend>() {
    let server = RawServer::playing([Reaction::SendAndStall(Vec::new())]).unwrap();
    let patient = BackendOptions::new().read_timeout(NEVER);
    let settings = once().total_timeout(NEVER);
    let client = B::client(paysafe(&server.url()), &patient, settings);
    let options = CallOptions::new().total_timeout(Duration::from_millis(100));
    let error = client.send_with(&list(), &options).unwrap_err();
    is(&error, ErrorKind::Timeout, &["timeout"]);
}

// ------------------------------------------------------------------ connections

fn nobody_listens<B: Backend>() {
    let client = B::client(paysafe(NOBODY), &quick(), soon(3));
    let error = client.send(&list()).unwrap_err();
    is(&error, ErrorKind::Connect, &["not sent", "connect"]);
    assert_eq!(error.attempts(), 3);
    assert_eq!(error.transport_kind(), Some(TransportErrorKind::Connect));
    assert!(error.raw().is_none());
}

fn a_reset_before_the_head_is_interrupted<B: Backend>() {
    let error = failed::<B>(Reaction::SendAndReset(Vec::new()));
    is(&error, ErrorKind::Interrupted, &[]);
    assert_eq!(
        error.transport_kind(),
        Some(TransportErrorKind::Interrupted)
    );
    assert!(error.raw().is_none());
}

fn an_end_before_the_head_is_interrupted<B: Backend>() {
    let error = failed::<B>(Reaction::SendAndClose(Vec::new()));
    is(&error, ErrorKind::Interrupted, &[]);
    assert_eq!(
        error.transport_kind(),
        Some(TransportErrorKind::Interrupted)
    );
}

fn a_reset_within_the_head_is_interrupted<B: Backend>() {
    for part in ["HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\ncontent-le"] {
        let error = failed::<B>(Reaction::SendAndReset(part.into()));
        is(&error, ErrorKind::Interrupted, &[]);
        let error = failed::<B>(Reaction::SendAndClose(part.into()));
        is(&error, ErrorKind::Interrupted, &[]);
    }
}

fn a_reset_within_the_body_is_interrupted_and_its_part_is_kept<B: Backend>() {
    let part = raw("200 OK", &["content-length: 100"], "{\"cards\"");
    let error = failed::<B>(Reaction::SendAndReset(part));
    is(&error, ErrorKind::Interrupted, &[]);
    kept(&error, 200, "{\"cards\"");
}

fn an_oversized_reply_is_cut_at_the_limit<B: Backend>() {
    let body = "x".repeat(100_000);
    let settings = || once().reply_bytes(1_000);
    let chunked = raw(
        "200 OK",
        &["transfer-encoding: chunked"],
        format!("{:x}\r\n{body}\r\n0\r\n\r\n", body.len()),
    );
    let closed = raw("200 OK", &[], &body);
    for answer in [
        Reaction::reply("200 OK", &[], &body),
        Reaction::Send(chunked),
        Reaction::SendAndClose(closed),
    ] {
        let error = read_from::<B>(answer, settings()).map(drop).unwrap_err();
        is(&error, ErrorKind::TooLarge, &[]);
        kept(&error, 200, &body[..1_000]);
    }
}

fn a_reply_of_exactly_the_limit_arrives<B: Backend>() {
    let answer = || Reaction::json("200 OK", GET_CARDS);
    let exact = once().reply_bytes(GET_CARDS.len());
    assert_eq!(read_from::<B>(answer(), exact).unwrap().body(), GET_CARDS);
    let short = once().reply_bytes(GET_CARDS.len() - 1);
    let error = read_from::<B>(answer(), short).map(drop).unwrap_err();
    is(&error, ErrorKind::TooLarge, &[]);
    kept(&error, 200, &GET_CARDS[..GET_CARDS.len() - 1]);
}

fn what_is_no_http_is_told<B: Backend>() {
    for bytes in [
        "SSH-2.0-OpenSSH_9.6\r\n\r\n",
        "{\"cards\":[]}\r\n\r\n",
        "HTTP/1.1 2x0 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nno colon here\r\n\r\n",
    ] {
        let error = failed::<B>(Reaction::SendAndClose(bytes.into()));
        assert_eq!(
            error.transport_kind(),
            Some(TransportErrorKind::Protocol),
            "{bytes:?} {error:?}"
        );
        is(&error, ErrorKind::Interrupted, &[]);
    }
}

fn a_connection_is_used_again<B: Backend>() {
    let server = RawServer::playing([Reaction::json("200 OK", GET_CARDS)]).unwrap();
    let client = B::client(paysafe(&server.url()), &quick(), once());
    for _ in 0..3 {
        client.send(&list()).unwrap();
    }
    let connections: Vec<_> = server
        .received()
        .iter()
        .map(|captured| captured.connection)
        .collect();
    assert_eq!(connections, [0, 0, 0]);
}

/// By an implementation of our own, over what each body decodes to.
fn each_request_of_a_client_carries_its_own_checksum<B: Backend>() {
    let server = RawServer::playing([Reaction::json("200 OK", REGISTERED)]).unwrap();
    let client = B::client(airpay(&server.url()).token("t"), &quick(), once());
    let otp = |otp: &str| RegisterUser {
        otp: otp.into(),
        ..register()
    };
    for call in [otp("1234"), otp("4321"), otp("1234")] {
        client.send(&call).unwrap();
    }
    let city = |city: &str| UpdateCustomer::new("E1").city(city);
    for call in [city("Kochi"), city("Kottayam"), city("Kochi")] {
        client.send(&call).unwrap();
    }
    let channel = |channel| CustomerPreference::new("E1").channel(channel);
    for call in [Channel::Atm, Channel::Pos, Channel::Atm].map(channel) {
        client.send(&call).unwrap();
    }
    let received = server.received();
    let checksums: Vec<String> = received
        .iter()
        .map(|captured| {
            let request = captured.request().unwrap();
            let mut hash = Sha256::new();
            for (_, value) in form_urlencoded::parse(&request.body) {
                hash.update(&*value);
            }
            let digest = hash.chain_update("fake-secret-key").finalize();
            let right: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
            assert_eq!(request.header("checksum"), Some(&*right), "{}", B::NAME);
            right
        })
        .collect();
    assert_eq!(checksums.len(), 9);
    for three in checksums.chunks(3) {
        assert_ne!(three[0], three[1]);
        assert_eq!(three[0], three[2]);
    }
}

// ------------------------------------------------------------------ sending twice

fn a_request_that_breaks_a_rule_is_not_sent<B: Backend>() {
    let server = RawServer::playing([Reaction::json("200 OK", REGISTERED)]).unwrap();
    let client = B::client(airpay(&server.url()), &quick(), once());
    let error = client
        .send(&RegisterUser {
            otp: "".into(),
            ..register()
        })
        .unwrap_err();
    is(&error, ErrorKind::Invalid, &["invalid", "not sent"]);
    assert_eq!(
        error.violations().unwrap().fields().collect::<Vec<_>>(),
        ["otp"]
    );
    assert_eq!(error.attempts(), 0);
    assert_eq!(server.received().len(), 0);
}

/// Not even unchecked: the two URL types would make different paths of it.
fn an_id_that_a_path_would_swallow_is_never_sent<B: Backend>() {
    let server = RawServer::playing([Reaction::json("200 OK", GET_CARDS)]).unwrap();
    let client = B::client(paysafe(&server.url()), &quick(), once());
    let unchecked = CallOptions::new().validation(Validation::Off);
    for id in ["", ".", ".."] {
        let error = client.send_with(&ListPrepaidCards::new(id), &unchecked);
        is(&error.unwrap_err(), ErrorKind::Config, &["not sent"]);
    }
    assert_eq!(server.received().len(), 0);
    for (id, sent) in [
        ("...", "..."),
        ("%2e%2e", "%252e%252e"),
        ("a/../b", "a%2F..%2Fb"),
    ] {
        client
            .send_with(&ListPrepaidCards::new(id), &unchecked)
            .unwrap();
        let target = server.received().pop().unwrap().request().unwrap().target;
        assert_eq!(target, format!("/customers/{sent}/prepaid/cards"));
    }
}

fn register_user_is_never_sent_twice<B: Backend>() {
    let part = raw("200 OK", &["content-length: 100"], "{\"status\"");
    let faults = [
        Reaction::SendAndReset(Vec::new()),
        Reaction::SendAndClose(Vec::new()),
        Reaction::SendAndReset(b"HTTP/1.1 200".to_vec()),
        Reaction::SendAndReset(part.clone()),
        Reaction::SendAndClose(part.clone()),
        Reaction::SendAndStall(Vec::new()),
        Reaction::SendAndStall(part),
        Reaction::SendAndClose(b"nonsense\r\n\r\n".to_vec()),
        Reaction::Send(raw("200 OK", &[], "x".repeat(2_000))),
    ];
    for fault in faults {
        let server = RawServer::playing([fault.clone()]).unwrap();
        let client = B::client(airpay(&server.url()), &quick(), soon(3).reply_bytes(1_000));
        let error = client.send(&register()).unwrap_err();
        assert_eq!(server.received().len(), 1, "{fault:?}");
        assert_eq!(
            error.kind(),
            ErrorKind::OutcomeUnknown,
            "{fault:?} {error:?}"
        );
        assert!(error.is_outcome_unknown() && !error.is_not_sent());
        assert_eq!(error.attempts(), 1);
    }
}

/// The second call takes up the first one's connection, which then dies.
fn register_user_on_a_connection_that_dies_is_not_sent_twice<B: Backend>() {
    for death in [
        Reaction::SendAndReset(Vec::new()),
        Reaction::SendAndClose(Vec::new()),
    ] {
        let good = Reaction::json("200 OK", REGISTERED);
        let server = RawServer::playing([good.clone(), death, good]).unwrap();
        let client = B::client(airpay(&server.url()), &quick(), soon(3));
        client.send(&register()).unwrap();
        let error = client.send(&register()).unwrap_err();
        is(&error, ErrorKind::OutcomeUnknown, &["outcome unknown"]);
        let received = server.received();
        assert_eq!(received.len(), 2);
        assert_eq!(received[1].connection, 0);
    }
}

fn register_user_without_a_connection_is_certainly_not_sent<B: Backend>() {
    let client = B::client(airpay(NOBODY), &quick(), soon(3));
    let error = client.send(&register()).unwrap_err();
    is(&error, ErrorKind::Connect, &["not sent", "connect"]);
    assert_eq!(error.attempts(), 3);
}

fn register_user_with_an_unclear_answer_is_an_unknown_outcome<B: Backend>() {
    for (reaction, kind) in [
        (
            Reaction::reply("500 Internal Server Error", &[], "<html>"),
            ErrorKind::Http,
        ),
        (
            Reaction::reply("503 Unavailable", &["retry-after: 0"], ""),
            ErrorKind::Http,
        ),
        (Reaction::json("200 OK", "{}"), ErrorKind::Malformed),
        (Reaction::json("200 OK", ""), ErrorKind::Malformed),
    ] {
        let server = RawServer::playing([reaction]).unwrap();
        let client = B::client(airpay(&server.url()), &quick(), soon(3));
        let error = client.send(&register()).unwrap_err();
        is(&error, kind, &["outcome unknown"]);
        assert_eq!(server.received().len(), 1);
    }
}

fn register_user_that_is_refused_has_a_known_outcome<B: Backend>() {
    for reaction in [
        Reaction::json("200 OK", r#"{"status":400,"message":"fail"}"#),
        Reaction::json("400 Bad Request", r#"{"status":400,"message":"fail"}"#),
    ] {
        let server = RawServer::playing([reaction]).unwrap();
        let client = B::client(airpay(&server.url()), &quick(), soon(3));
        is(
            &client.send(&register()).unwrap_err(),
            ErrorKind::Refused,
            &["refused"],
        );
        assert_eq!(server.received().len(), 1);
    }
}

fn a_mutation_is_tried_again_after_a_refused_connection_only<B: Backend>() {
    let clock = FakeClock::new();
    let fake = Fake::new(&clock, |_, number| match number {
        0 | 1 => Err(TransportError::not_sent(TransportErrorKind::Connect)),
        _ => json(200, REGISTERED),
    });
    let client = B::faked(airpay("http://localhost"), &fake, clock.settings());
    assert_eq!(client.send(&register()).unwrap().attempts(), 3);
    assert_eq!(fake.pauses().len(), 2);

    let fake = Fake::new(&clock, |_, _| {
        Err(TransportError::maybe_sent(TransportErrorKind::Interrupted))
    });
    for error in [
        B::faked(airpay("http://localhost"), &fake, clock.settings())
            .send(&register())
            .unwrap_err(),
        B::faked(
            airpay("http://localhost").token("t"),
            &fake,
            clock.settings(),
        )
        .send(&UpdateCustomer::new("E1"))
        .unwrap_err(),
        B::faked(
            airpay("http://localhost").token("t"),
            &fake,
            clock.settings(),
        )
        .send(&CustomerPreference::new("E1"))
        .unwrap_err(),
    ] {
        is(&error, ErrorKind::OutcomeUnknown, &["outcome unknown"]);
    }
    assert_eq!(fake.sent().len(), 3);
}

fn a_read_is_tried_again<B: Backend>() {
    for fault in [
        Reaction::SendAndReset(Vec::new()),
        Reaction::SendAndClose(Vec::new()),
        Reaction::SendAndStall(Vec::new()),
        Reaction::SendAndClose(raw("200 OK", &["content-length: 100"], "{")),
        Reaction::reply("503 Unavailable", &[], ""),
        Reaction::json(
            "500 Internal Server Error",
            r#"{"error":{"code":"DW-INTERNAL-SERVER-ERROR"}}"#,
        ),
    ] {
        let good = Reaction::json("200 OK", GET_CARDS);
        let server = RawServer::playing([fault.clone(), good]).unwrap();
        let client = B::client(paysafe(&server.url()), &quick(), soon(3));
        let reply = client
            .send(&list())
            .unwrap_or_else(|error| panic!("{fault:?}: {error}"));
        assert_eq!(reply.attempts(), 2);
        assert_eq!(server.received().len(), 2);
    }
}

fn a_read_gives_up_after_its_attempts<B: Backend>() {
    let server = RawServer::playing([Reaction::SendAndReset(Vec::new())]).unwrap();
    let client = B::client(paysafe(&server.url()), &quick(), soon(4));
    let error = client.send(&list()).unwrap_err();
    is(&error, ErrorKind::Interrupted, &[]);
    assert_eq!((error.attempts(), server.received().len()), (4, 4));
}

fn retry_after_is_waited_for<B: Backend>() {
    let clock = FakeClock::new();
    let fake = Fake::new(&clock, |_, number| match number {
        0 => Ok(http::Response::builder()
            .status(429)
            .header("retry-after", "7")
            .body(Bytes::new())
            .unwrap()),
        _ => json(200, GET_CARDS),
    });
    let client = B::faked(paysafe("http://localhost"), &fake, clock.settings());
    assert_eq!(client.send(&list()).unwrap().attempts(), 2);
    assert_eq!(fake.pauses(), [Duration::from_secs(7)]);
}

fn a_status_that_will_not_pass_is_not_tried_again<B: Backend>() {
    for status in ["400 Bad Request", "404 Not Found", "501 Not Implemented"] {
        let server = RawServer::playing([Reaction::reply(status, &[], "")]).unwrap();
        let client = B::client(paysafe(&server.url()), &quick(), soon(3));
        is(&client.send(&list()).unwrap_err(), ErrorKind::Http, &[]);
        assert_eq!(server.received().len(), 1, "{status}");
    }
}

// ------------------------------------------------------------------ tokens

const CALLS: usize = 20;

/// Counts requests whose path holds the text.
fn count(server: &RawServer, path: &str) -> usize {
    let received = server.received();
    let targets = received
        .iter()
        .map(|captured| captured.request().unwrap().target);
    targets.filter(|target| target.contains(path)).count()
}

fn an_airpay_token_is_renewed_once_by_the_clock<B: Backend>() {
    let tokens = AtomicUsize::new(0);
    let server = RawServer::deciding(move |request| {
        let body = match request.target.contains("user-login") {
            true => {
                let token = tokens.fetch_add(1, Ordering::SeqCst);
                format!(
                    r#"{{"status":200,"message":"success","data":{{"token":"token-{token}"}}}}"#
                )
            }
            false => r#"{"status":200,"message":"success","data":[]}"#.to_owned(),
        };
        Reaction::json("200 OK", body)
    })
    .unwrap();
    let clock = FakeClock::new();
    let airpay = airpay(&server.url()).login("9000000978", "PaSwd@1234");
    let client = B::client(airpay, &quick(), clock.settings());
    let call = UpdateCustomer::new("E1");
    client.send(&call).unwrap();
    client.send(&call).unwrap();
    assert_eq!(count(&server, "user-login"), 1);

    clock.advance(Duration::from_secs(30 * 60));
    for reply in client.send_many(&call, CALLS) {
        reply.unwrap();
    }
    assert_eq!(count(&server, "user-login"), 2);
    assert_eq!(count(&server, "update-customer"), 2 + CALLS);
    let received = server.received();
    let tokens = received.iter().filter_map(|captured| {
        captured
            .request()
            .unwrap()
            .header("token")
            .map(str::to_owned)
    });
    let tokens: Vec<_> = tokens.collect();
    assert!(
        tokens[..2].iter().all(|token| token == "token-0"),
        "{tokens:?}"
    );
    assert!(
        tokens[2..].iter().all(|token| token == "token-1"),
        "{tokens:?}"
    );
}

/// A server that takes only the newest token, and says 401 to all others.
fn takes_only_the_newest(
    login: &'static str,
    issue: fn(usize) -> String,
    good: &'static str,
) -> (RawServer, Arc<AtomicUsize>) {
    let newest = Arc::new(AtomicUsize::new(0));
    let current = Arc::clone(&newest);
    let server = RawServer::deciding(move |request| {
        if request.target.contains(login) {
            return Reaction::json("200 OK", issue(current.fetch_add(1, Ordering::SeqCst) + 1));
        }
        let expected = format!("Bearer token-{}", current.load(Ordering::SeqCst));
        match request.header("authorization") == Some(&expected) {
            true => Reaction::json("200 OK", good),
            false => Reaction::json("401 Unauthorized", "{}"),
        }
    });
    (server.unwrap(), newest)
}

fn a_paysafe_token_is_renewed_once_after_a_401<B: Backend>() {
    let issue = |n| format!(r#"{{"access_token":"token-{n}","expires_in":36000}}"#);
    let (server, newest) = takes_only_the_newest("/auth/", issue, GET_CARDS);
    let paysafe = Paysafe::new(server.url().parse().unwrap()).client("b", "id", "secret");
    let client = B::client(paysafe, &quick(), FakeClock::new().settings());
    client.send(&list()).unwrap();
    // The provider withdraws the token in the middle of things.
    newest.fetch_add(1, Ordering::SeqCst);
    for reply in client.send_many(&list(), CALLS) {
        let attempts = reply.unwrap().attempts();
        assert!(attempts <= 2, "{attempts}");
    }
    assert_eq!(count(&server, "/auth/"), 2);
}

fn an_ibanera_token_is_renewed_once_after_a_401<B: Backend>() {
    let issue = |n| {
        format!(
            r#"{{"status":"1","errors":[],"details":{{"accessToken":"token-{n}","expiresIn":3600}}}}"#
        )
    };
    let (server, newest) = takes_only_the_newest("/auth/login", issue, CUSTOMER);
    // The time of a retry is that of the first attempt here: nobody waits.
    let ibanera = ibanera(&server.url())
        .login("u", "p")
        .otp_reuse(OtpReuse::Allowed);
    let client = B::client(ibanera, &quick(), FakeClock::new().settings());
    client.send(&CardsByCustomer::new(7)).unwrap();
    newest.fetch_add(1, Ordering::SeqCst);
    for reply in client.send_many(&CardsByCustomer::new(7), CALLS) {
        reply.unwrap();
    }
    assert_eq!(count(&server, "/auth/login"), 2);
}

fn a_paysafe_token_is_renewed_before_it_expires<B: Backend>() {
    let clock = FakeClock::new();
    let fake = Fake::new(&clock, |request, number| {
        if request.uri().path().starts_with("/auth/") {
            json(
                200,
                format!(r#"{{"access_token":"token-{number}","expires_in":900}}"#),
            )
        } else {
            json(200, GET_CARDS)
        }
    });
    let provider = Paysafe::new("http://localhost".parse().unwrap()).client("b", "id", "secret");
    let client = B::faked(provider, &fake, clock.settings());
    client.send(&list()).unwrap();
    clock.advance(Duration::from_secs(860));
    client.send(&list()).unwrap();
    assert_eq!(fake.sent().len(), 3);
    clock.advance(Duration::from_secs(15));
    for reply in client.send_many(&list(), CALLS) {
        reply.unwrap();
    }
    assert_eq!(fake.sent().len(), 3 + 1 + CALLS);
    let last = fake.sent().pop().unwrap();
    assert_eq!(last.headers()["authorization"], "Bearer token-3");
}

fn a_second_401_is_the_callers<B: Backend>() {
    let clock = FakeClock::new();
    let fake = Fake::new(&clock, |request, _| {
        match request.uri().path().starts_with("/auth/") {
            true => json(200, r#"{"access_token":"t"}"#),
            false => json(401, "{}"),
        }
    });
    let provider = Paysafe::new("http://localhost".parse().unwrap()).client("b", "id", "secret");
    let client = B::faked(provider, &fake, clock.settings());
    let error = client.send(&list()).unwrap_err();
    is(&error, ErrorKind::Unauthorized, &["unauthorized"]);
    assert_eq!(error.attempts(), 2);
    // Two tokens, two calls.
    assert_eq!(fake.sent().len(), 4);

    // Without credentials for a new one there is nothing to try.
    let fake = Fake::new(&clock, |_, _| json(401, "{}"));
    let client = B::faked(paysafe("http://localhost"), &fake, clock.settings());
    is(
        &client.send(&list()).unwrap_err(),
        ErrorKind::Unauthorized,
        &["unauthorized"],
    );
    assert_eq!(fake.sent().len(), 1);
}

/// Counts how often the clock is read, which tells how far the calls are: each
/// reads it as it starts and as it looks for a token.
#[derive(Clone, Default)]
struct Readings(Arc<AtomicUsize>);

impl Readings {
    fn settings(&self) -> Settings {
        let readings = Arc::clone(&self.0);
        Settings::new().clock(move || {
            readings.fetch_add(1, Ordering::SeqCst);
            noon()
        })
    }

    /// Returns once so many calls wait for the one that logs in. The client has
    /// read the clock when it was made and the login thrice; then it is read no
    /// more, since all wait.
    fn until_all_wait(&self, calls: usize) {
        let given_up = Instant::now() + Duration::from_secs(25);
        let (mut last, mut quiet) = (0, 0);
        while quiet < 20 {
            assert!(Instant::now() < given_up, "{last} readings of the clock");
            thread::sleep(Duration::from_millis(5));
            let now = self.0.load(Ordering::SeqCst);
            let all_wait = now >= 4 + 2 * calls && now == last;
            quiet = if all_wait { quiet + 1 } else { 0 };
            last = now;
        }
    }
}

fn a_failed_renewal_is_shared<B: Backend>() {
    let readings = Readings::default();
    let settings = readings.settings();
    // The answer is held back until all calls wait for it.
    let server = RawServer::deciding(move |_| {
        readings.until_all_wait(CALLS);
        Reaction::reply("400 Bad Request", &[], r#"{"error":{"code":"BAD-CLIENT"}}"#)
    });
    let server = server.unwrap();
    let paysafe = Paysafe::new(server.url().parse().unwrap()).client("b", "id", "secret");
    let client = B::client(paysafe, &BackendOptions::new(), settings);
    for reply in client.send_many(&list(), CALLS) {
        let error = reply.map(drop).unwrap_err();
        is(&error, ErrorKind::Refused, &["refused"]);
        assert_eq!(error.operation().name, "issue-access-token");
    }
    assert_eq!(server.received().len(), 1, "{}", B::NAME);
    // Whoever comes later asks again.
    assert!(client.send(&list()).is_err());
    assert_eq!(server.received().len(), 2);
}

fn otps(fake: &Fake) -> Vec<String> {
    let sent = fake.sent();
    let code = |request: &Request<Bytes>| request.headers()["otp"].to_str().unwrap().to_owned();
    sent.iter().map(code).collect()
}

fn flaky(clock: &FakeClock) -> Fake {
    Fake::new(clock, |_, number| match number {
        0 | 1 => json(503, ""),
        _ => json(200, CUSTOMER),
    })
}

fn a_retry_at_ibanera_carries_a_new_code<B: Backend>() {
    let clock = FakeClock::new();
    let fake = flaky(&clock);
    let settings = clock.settings().total_timeout(Duration::from_secs(600));
    let client = B::faked(ibanera("http://localhost").token("t"), &fake, settings);
    assert_eq!(client.send(&CardsByCustomer::new(7)).unwrap().attempts(), 3);
    let mut codes = otps(&fake);
    codes.dedup();
    assert_eq!(codes.len(), 3, "{codes:?}");
    assert!(codes.iter().all(|code| code.len() == 6));
    // It waits for the next step of 30 seconds and no longer.
    let waited = clock.now().duration_since(noon()).unwrap();
    assert!(
        waited >= Duration::from_secs(60) && waited < Duration::from_secs(62),
        "{waited:?}"
    );
}

fn a_code_is_used_again_where_that_is_allowed<B: Backend>() {
    let clock = FakeClock::new();
    let fake = flaky(&clock);
    let provider = ibanera("http://localhost")
        .token("t")
        .otp_reuse(OtpReuse::Allowed);
    let client = B::faked(provider, &fake, clock.settings());
    client.send(&CardsByCustomer::new(7)).unwrap();
    assert!(clock.now().duration_since(noon()).unwrap() < Duration::from_secs(5));
}

// ------------------------------------------------------------------ pages

fn number(request: &Request<Bytes>, name: &str) -> Option<usize> {
    let query = request.uri().query().unwrap_or_default();
    let mut pairs = form_urlencoded::parse(query.as_bytes());
    pairs.find(|(other, _)| other == name)?.1.parse().ok()
}

fn page(offset: usize, limit: usize, total: usize) -> String {
    let cards: Vec<_> = (offset..total.min(offset + limit))
        .map(|n| format!(r#"{{"cardId":"c{n}"}}"#))
        .collect();
    let records = cards.len();
    format!(
        r#"{{"cards":[{}],"meta":{{"numberOfRecords":{records},"limit":{limit},"offset":{offset},"page":1}}}}"#,
        cards.join(",")
    )
}

/// A list of this many cards, with pages of at most `most`.
fn cards(clock: &FakeClock, total: usize, most: usize) -> Fake {
    Fake::new(clock, move |request, _| {
        let limit = number(request, "limit").unwrap_or(10).min(most);
        json(
            200,
            page(number(request, "offset").unwrap_or(0), limit, total),
        )
    })
}

fn a_list_of_137_cards_is_walked_in_three_pages<B: Backend>() {
    let clock = FakeClock::new();
    for (total, sizes) in [
        (137, &[50, 50, 37][..]),
        (100, &[50, 50, 0]),
        (0, &[0]),
        (1, &[1]),
    ] {
        let fake = cards(&clock, total, 50);
        let client = B::faked(paysafe("http://localhost"), &fake, clock.settings());
        let pages = client.pages(list().limit(50), 9);
        let found: Vec<_> = pages
            .iter()
            .map(|page| page.as_ref().unwrap().cards.len())
            .collect();
        assert_eq!(found, sizes, "{total}");
        assert_eq!(fake.sent().len(), sizes.len());
    }
}

fn items_are_the_cards_of_all_pages<B: Backend>() {
    let clock = FakeClock::new();
    let fake = cards(&clock, 137, 50);
    let client = B::faked(paysafe("http://localhost"), &fake, clock.settings());
    let items = client.items(list().limit(50).offset(7), 1_000);
    let ids: Vec<_> = items
        .into_iter()
        .map(|card| card.unwrap().card_id)
        .collect();
    assert_eq!(ids, (7..137).map(|n| format!("c{n}")).collect::<Vec<_>>());
}

fn a_limit_that_the_server_cuts_is_noticed<B: Backend>() {
    let clock = FakeClock::new();
    let fake = cards(&clock, 45, 20);
    let client = B::faked(paysafe("http://localhost"), &fake, clock.settings());
    assert_eq!(client.items(list().limit(50), 1_000).len(), 45);
}

fn a_server_that_ignores_the_offset_is_noticed<B: Backend>() {
    let clock = FakeClock::new();
    let fake = Fake::new(&clock, |_, _| json(200, page(0, 10, 137)));
    let client = B::faked(paysafe("http://localhost"), &fake, clock.settings());
    let pages = client.pages(list(), 9);
    assert_eq!(pages.len(), 2);
    assert!(pages[0].is_ok());
    is(
        pages[1].as_ref().map(drop).unwrap_err(),
        ErrorKind::Paging,
        &[],
    );
    assert_eq!(fake.sent().len(), 2);
    let said = pages[1].as_ref().unwrap_err().to_string();
    assert!(
        said.contains(&PagingTrouble::Repeated.to_string()),
        "{said}"
    );
}

fn a_server_that_never_ends_is_left<B: Backend>() {
    let clock = FakeClock::new();
    let fake = cards(&clock, usize::MAX / 2, 50);
    let client = B::faked(
        paysafe("http://localhost"),
        &fake,
        clock.settings().most_pages(5),
    );
    let pages = client.pages(list(), 99);
    assert_eq!(pages.len(), 6);
    let trouble = pages[5].as_ref().map(drop).unwrap_err();
    is(trouble, ErrorKind::Paging, &[]);
    assert!(
        trouble
            .to_string()
            .contains(&PagingTrouble::Endless.to_string()),
        "{trouble}"
    );
    assert_eq!(fake.sent().len(), 5);
}

fn customers(clock: &FakeClock, total: usize, tells_pages: bool) -> Fake {
    Fake::new(clock, move |request, _| {
        let size = number(request, "pageSize").unwrap_or(10);
        let number = number(request, "pageNumber").unwrap_or(1);
        let first = (number - 1) * size;
        let customers: Vec<_> = (first..total.min(first + size))
            .map(|n| format!(r#"{{"customersId":{n},"cards":[]}}"#))
            .collect();
        let pages = if tells_pages { total.div_ceil(size) } else { 0 };
        json(
            200,
            format!(
                r#"{{"status":"1","errors":[],"details":[{}],"pageSize":{size},"pageNumber":{number},"numberOfPages":{pages}}}"#,
                customers.join(",")
            ),
        )
    })
}

fn customers_are_walked_by_the_number_of_pages<B: Backend>() {
    walk_customers::<B>(true, &[(20, 2), (23, 3), (0, 1)]);
}

/// Then a last page that is full costs one call more.
fn customers_are_walked_without_a_number_of_pages<B: Backend>() {
    walk_customers::<B>(false, &[(20, 3), (23, 3), (0, 1)]);
}

fn walk_customers<B: Backend>(tells_pages: bool, expected: &[(usize, usize)]) {
    let clock = FakeClock::new();
    for &(total, calls) in expected {
        let fake = customers(&clock, total, tells_pages);
        let client = B::faked(
            ibanera("http://localhost").token("t"),
            &fake,
            clock.settings(),
        );
        let items = client.items(ListCustomerCards::new().page_size(10), 1_000);
        let ids: Vec<_> = items
            .into_iter()
            .map(|customer| customer.unwrap().customers_id)
            .collect();
        assert_eq!(ids, (0..total as i64).collect::<Vec<_>>());
        assert_eq!(fake.sent().len(), calls, "{total}");
    }
}

fn an_error_ends_a_walk<B: Backend>() {
    let clock = FakeClock::new();
    let fake = Fake::new(&clock, |request, _| match number(request, "offset") {
        None => json(200, page(0, 10, 137)),
        Some(_) => json(403, "no"),
    });
    let client = B::faked(paysafe("http://localhost"), &fake, clock.settings());
    let items = client.items(list(), 1_000);
    assert_eq!(items.len(), 11);
    is(
        items[10].as_ref().map(drop).unwrap_err(),
        ErrorKind::Http,
        &[],
    );
}

fn what_is_unknown_and_null_is_read<B: Backend>() {
    let case = case("paysafe/list-prepaid-cards/unknown-and-null");
    let reply = read_from::<B>(Reaction::Send(case.reply.unwrap().to_bytes()), once()).unwrap();
    assert_eq!(
        reply.cards[0].status,
        Some(CardStatus::Unknown("FROZEN".into()))
    );
    assert!(reply.cards[0].expiry.is_none() && reply.meta.is_none());
}

// ------------------------------------------------------------------ oddities

/// Replies that are hardly HTTP, and what both backends make of each.
fn oddities() -> Vec<(&'static str, Vec<u8>)> {
    let with = |headers: &[&str], body: &str| raw("200 OK", headers, body);
    let length = format!("content-length: {}", GET_CARDS.len());
    let many = |count: usize| {
        let headers: Vec<String> = (0..count).map(|n| format!("x-{n}: {n}")).collect();
        let headers: Vec<&str> = headers.iter().map(|header| &**header).collect();
        reply("200 OK", &headers, GET_CARDS)
    };
    let long = |size: usize| {
        let header = format!("x-long: {}", "l".repeat(size));
        reply("200 OK", &[&header], GET_CARDS)
    };
    vec![
        ("HTTP/1.0", format!("HTTP/1.0 200 OK\r\n{length}\r\n\r\n{GET_CARDS}").into()),
        ("HTTP/1.0 until the end", format!("HTTP/1.0 200 OK\r\n\r\n{GET_CARDS}").into()),
        ("HTTP/1.2", format!("HTTP/1.2 200 OK\r\n{length}\r\n\r\n{GET_CARDS}").into()),
        ("HTTP/2.0", format!("HTTP/2.0 200 OK\r\n{length}\r\n\r\n{GET_CARDS}").into()),
        ("http in small letters", format!("http/1.1 200 OK\r\n{length}\r\n\r\n{GET_CARDS}").into()),
        ("no reason", format!("HTTP/1.1 200\r\n{length}\r\n\r\n{GET_CARDS}").into()),
        ("an empty reason", format!("HTTP/1.1 200 \r\n{length}\r\n\r\n{GET_CARDS}").into()),
        ("line feeds alone", format!("HTTP/1.1 200 OK\n{length}\n\n{GET_CARDS}").into()),
        ("an empty line first", format!("\r\nHTTP/1.1 200 OK\r\n{length}\r\n\r\n{GET_CARDS}").into()),
        ("status 099", format!("HTTP/1.1 099 X\r\n{length}\r\n\r\n{GET_CARDS}").into()),
        ("status 600", format!("HTTP/1.1 600 X\r\n{length}\r\n\r\n{GET_CARDS}").into()),
        ("status 999", format!("HTTP/1.1 999 X\r\n{length}\r\n\r\n{GET_CARDS}").into()),
        ("status 1000", format!("HTTP/1.1 1000 X\r\n{length}\r\n\r\n{GET_CARDS}").into()),
        ("100 first", format!("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n{length}\r\n\r\n{GET_CARDS}").into()),
        ("103 first", format!("HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\nHTTP/1.1 200 OK\r\n{length}\r\n\r\n{GET_CARDS}").into()),
        ("101", raw("101 Switching Protocols", &["upgrade: x", "connection: upgrade"], "")),
        ("304", raw("304 Not Modified", &[&length], "")),
        ("205", raw("205 Reset Content", &["content-length: 0"], "")),
        ("a folded header", with(&["x-a: 1", " 2", &length], GET_CARDS)),
        ("a header without a name", with(&[": 1", &length], GET_CARDS)),
        ("a space in a name", with(&["x a: 1", &length], GET_CARDS)),
        ("a space before the colon", with(&["x-a : 1", &length], GET_CARDS)),
        ("a control character in a value", with(&["x-a: \u{1}", &length], GET_CARDS)),
        ("a null in a value", with(&["x-a: \0", &length], GET_CARDS)),
        ("a length that is no number", with(&["content-length: abc"], GET_CARDS)),
        ("a negative length", with(&["content-length: -1"], GET_CARDS)),
        ("a length with a plus", with(&[&length.replace(": ", ": +")], GET_CARDS)),
        ("a huge length", with(&["content-length: 99999999999999999999999"], GET_CARDS)),
        ("two lengths that differ", with(&[&length, "content-length: 5"], GET_CARDS)),
        ("two lengths that agree", with(&[&length, &length], GET_CARDS)),
        ("length and chunks", with(&["content-length: 5", "transfer-encoding: chunked"], &format!("{:x}\r\n{GET_CARDS}\r\n0\r\n\r\n", GET_CARDS.len()))),
        ("an unknown transfer encoding", with(&["transfer-encoding: gzip"], GET_CARDS)),
        ("trailers", with(&["transfer-encoding: chunked"], &format!("{:x}\r\n{GET_CARDS}\r\n0\r\nx-t: 1\r\n\r\n", GET_CARDS.len()))),
        ("90 headers", many(90)),
        ("120 headers", many(120)),
        ("140 headers", many(140)),
        ("a header of 70 KiB", long(70 * 1024)),
        ("99 headers and one", many(99)),
        ("200 headers", many(200)),
        ("a header of 16 KiB", long(16 << 10)),
        ("a header of 60 KiB", long(60_000)),
        ("the smallest reply", b"HTTP/1.1 200 OK\r\n\r\n".to_vec()),
        ("nothing but a line", b"\r\n".to_vec()),
        ("TLS", b"\x15\x03\x01\x00\x02\x02\x28".to_vec()),
        ("HTTP/0.9", GET_CARDS.into()),
    ]
}

/// Everything that a caller can see of an outcome, in one line.
fn seen<B: Backend>(bytes: &[u8]) -> String {
    let server = RawServer::playing([Reaction::SendAndClose(bytes.to_vec())]).unwrap();
    let client = B::client(paysafe(&server.url()), &quick(), once());
    match client.send(&list()) {
        Ok(reply) => format!("value, {}, {} bytes", reply.status(), reply.body().len()),
        Err(error) => {
            let raw = error
                .raw()
                .map(|raw| (raw.status().as_u16(), raw.body().len()));
            let kinds = (error.kind(), error.transport_kind());
            format!("{kinds:?}, timeout {}, {raw:?}", error.is_timeout())
        }
    }
}

#[test]
fn odd_replies_are_judged_alike_by_both() {
    let mut differences = Vec::new();
    for (name, bytes) in oddities() {
        let ours = [
            seen::<common::clients::Reqwest>(&bytes),
            seen::<common::clients::Ureq>(&bytes),
        ];
        if ours[0] != ours[1] {
            differences.push(format!(
                "{name}\n  reqwest: {}\n  ureq:    {}",
                ours[0], ours[1]
            ));
        }
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

// ------------------------------------------------------------------ drivers

#[test]
fn a_closure_is_a_blocking_transport() {
    let transport = |request: Request<Bytes>, limits: Limits| {
        assert_eq!(request.uri().path(), "/customers/12345678/prepaid/cards");
        assert_eq!(limits.reply_bytes, 8 * 1024 * 1024);
        json(200, GET_CARDS)
    };
    let client = blocking::Client::new(paysafe("http://localhost"), transport);
    assert_eq!(client.send(&list()).unwrap().cards.len(), 1);
    assert_eq!(client.items(list()).count(), 1);
}

#[tokio::test]
async fn a_closure_is_an_async_transport() {
    let transport = async |_: Request<Bytes>, _: Limits| json(200, GET_CARDS);
    let transport = move |request, limits| Box::pin(transport(request, limits));
    let client = Client::new(paysafe("http://localhost"), transport);
    assert_eq!(client.send(&list()).await.unwrap().cards.len(), 1);
}

/// A call can be moved to another thread while it waits.
#[test]
fn the_futures_of_calls_are_send() {
    fn is_send(_: &impl Send) {}
    let client = Client::new(airpay("http://localhost"), ReqwestTransport::new().unwrap());
    is_send(&client.send(&register()));
    is_send(&client.send(&UpdateCustomer::new("E1")));
    let client = Client::new(
        paysafe("http://localhost"),
        ReqwestTransport::new().unwrap(),
    );
    is_send(&client.pages(list()));
    is_send(&client.items(list()));
}
