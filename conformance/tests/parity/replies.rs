//! Checks what a reply means by its status and its contents.

use cards_model::paysafe::CardStatus;
use cards_transport::ErrorKind;
use conformance::server::{RawServer, Reaction, raw};

use crate::common::clients::{AnyClient, Backend, for_both_backends};
use crate::common::{case, registration};
use crate::setup::{GET_CARDS, airpay, failed, is, kept, once, quick, read_from, soon};

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
    what_is_unknown_and_null_is_read,
}

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
    let error = client.send(&registration()).unwrap_err();
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
        let error = client.send(&registration()).unwrap_err();
        is(&error, ErrorKind::OutcomeUnknown, &["outcome unknown"]);
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

fn what_is_unknown_and_null_is_read<B: Backend>() {
    let case = case("paysafe/list-prepaid-cards/unknown-and-null");
    let reply = read_from::<B>(Reaction::Send(case.reply.unwrap().to_bytes()), once()).unwrap();
    assert_eq!(
        reply.cards[0].status,
        Some(CardStatus::Unknown("FROZEN".into()))
    );
    assert!(reply.cards[0].expiry.is_none() && reply.meta.is_none());
}
