//! Calls through every answer that a server can give.

use std::error::Error as _;
use std::fmt::Debug;
use std::marker::PhantomData;
use std::thread;
use std::time::Duration;

use cards_model::airpay::UserLogin;
use cards_model::ibanera::CardsByCustomer;
use cards_model::paysafe::ListPrepaidCards;
use cards_transport::ibanera::{LoginCall, OtpReuse};
use cards_transport::{Call, CallOptions, Provider, Visit, operations, visit};
use conformance::server::{RawServer, Reaction, raw};

use crate::common::clients::{AnyClient, Backend, Reqwest, Ureq, for_both_backends};
use crate::markers::{MARK, clean, clean_debug, clean_error, mark};
use crate::traces::{clean_traces, heard, traces};
use crate::values::{
    airpay, ibanera, marked, paysafe, paysafe_client, provider, quick, register, unchecked,
};

for_both_backends! {
    no_marker_of_any_call_is_shown_whatever_the_server_does,
    no_marker_of_a_login_is_shown_whatever_the_server_does,
    no_marker_is_shown_where_nobody_listens,
    no_marker_of_a_reply_is_shown,
}

fn no_marker_of_any_call_is_shown_whatever_the_server_does<B: Backend>() {
    struct Driven<B>(PhantomData<B>);

    impl<B: Backend> Visit for Driven<B> {
        type Output = bool;

        fn visit<C: Call>(self) -> bool {
            let has_fields = !C::operation().fields.is_empty();
            if has_fields {
                let call = marked::<C>();
                clean_debug(C::operation().name, &call);
                drive::<B, _>(provider::<C::Provider>, &call);
            }
            has_fields
        }
    }

    let mut driven = 0;
    thread::scope(|scope| {
        let drive = |name| visit(name, Driven::<B>(PhantomData)) == Some(true);
        let calls: Vec<_> = operations()
            .map(|operation| scope.spawn(move || drive(operation.name)))
            .collect();
        driven = calls
            .into_iter()
            .map(|call| usize::from(call.join().unwrap()))
            .sum();
    });
    assert!(driven >= 7, "{driven}");
}

/// The login that a call needs, with the same answers.
fn no_marker_of_a_login_is_shown_whatever_the_server_does<B: Backend>() {
    drive::<B, _>(paysafe_client, &ListPrepaidCards::new("12345678"));
    drive::<B, _>(
        airpay,
        &UserLogin {
            mobile_no: mark("mobile").into(),
            password: mark("password").into(),
        },
    );
    drive::<B, _>(
        |url| ibanera(url).otp_reuse(OtpReuse::Allowed),
        &LoginCall::new("user", mark("password")),
    );
}

fn no_marker_is_shown_where_nobody_listens<B: Backend>() {
    traces();
    let client = B::client(airpay("http://127.0.0.1:1"), &quick(), unchecked());
    clean_error("nobody listens", &client.send(&register()).unwrap_err());
    // The customer's id is a part of the address.
    let client = B::client(paysafe("http://127.0.0.1:1"), &quick(), unchecked());
    let error = client
        .send(&ListPrepaidCards::new("id-of-a-customer"))
        .unwrap_err();
    let causes = std::iter::successors(error.source(), |&cause| cause.source());
    for text in causes
        .map(ToString::to_string)
        .chain([format!("{error} {error:?}")])
    {
        assert!(!text.contains("id-of-a-customer"), "{text}");
    }
}

/// Requires that there is something to look through, from this workspace and
/// from both backends.
#[test]
fn traces_are_heard() {
    no_marker_is_shown_where_nobody_listens::<Reqwest>();
    no_marker_is_shown_where_nobody_listens::<Ureq>();
    let traces = heard();
    for source in ["cards_transport", "ureq", "hyper_util"] {
        assert!(traces.contains(source), "{source} is not heard");
    }
}

fn no_marker_of_a_reply_is_shown<B: Backend>() {
    traces();
    let m = MARK;
    let card = format!(
        r#"{{"cards":[{{"cardId":"1","mobile":"{m}","deliveryAddress":{{"address1":"{m}","address2":"{m}","address3":"{m}","city":"{m}","state":"{m}","postalCode":"{m}"}}}}],"unlisted":"{m}"}}"#
    );
    let server = RawServer::playing([Reaction::reply(
        "200 OK",
        &[&format!("set-cookie: {m}")],
        card,
    )])
    .unwrap();
    let client = B::client(paysafe(&server.url()), &quick(), unchecked());
    let reply = client.send(&ListPrepaidCards::new("1")).unwrap();
    assert_eq!(reply.cards[0].mobile.as_ref().unwrap().expose(), m);
    clean_debug("a page of cards", &reply);
    clean(
        "a page as JSON",
        &serde_json::to_string(reply.value()).unwrap(),
    );
    clean("its check", &reply.check().unwrap_err().to_string());

    let customer = format!(
        r#"{{"status":"1","details":{{"customersId":1,"cards":[{{"id":1,"cardNumber":"462294{m}3713"}}]}}}}"#
    );
    let server = RawServer::playing([Reaction::json("200 OK", customer)]).unwrap();
    let client = B::client(ibanera(&server.url()), &quick(), unchecked());
    let reply = client.send(&CardsByCustomer::new(1)).unwrap();
    clean_debug("a customer's cards", &reply);
    clean(
        "the cards as JSON",
        &serde_json::to_string(reply.value()).unwrap(),
    );

    for body in [
        format!(r#"{{"status":200,"message":"success","data":{{"token":"{m}"}}}}"#),
        format!(r#"{{"status":200,"message":"{m}","data":{{"token":"{m}"}}}}"#),
    ] {
        let server = RawServer::playing([Reaction::json("200 OK", body)]).unwrap();
        let client = B::client(airpay(&server.url()), &quick(), unchecked());
        let login = UserLogin {
            mobile_no: "1".into(),
            password: "p".into(),
        };
        clean_debug("a token", &client.send(&login).unwrap());
    }
    clean_traces();
}

/// Drives one call through every answer and looks at what comes of it.
fn drive<B: Backend, C>(provider: impl Fn(&str) -> C::Provider, call: &C)
where
    C: Call<Reply: Debug>,
{
    traces();
    let mut failures = 0;
    for answer in answers() {
        let server = RawServer::playing([answer.clone()]).unwrap();
        let provider = provider(&server.url());
        clean_debug_of_provider(&provider);
        let settings = unchecked().reply_bytes(10_000);
        let client = B::client(provider, &quick(), settings);
        let options = CallOptions::new().total_timeout(Duration::from_secs(5));
        let what = format!("{} after {answer:?}", B::NAME);
        let what = what.split_at(what.len().min(60)).0;
        match client.send_with(call, &options) {
            Ok(reply) => clean_debug(what, &reply),
            Err(error) => {
                clean_error(what, &error);
                failures += 1;
            }
        }
        assert!(!server.received().is_empty());
    }
    assert!(failures > 20, "{failures}");
    clean_traces();
}

/// Every provider shows itself, without its credentials.
fn clean_debug_of_provider<P: Provider>(provider: &P) {
    if let Some(token) = provider.standing_token() {
        clean_debug("a token", &token);
    }
}

/// Every way to answer, each with markers in it wherever a server can put
/// them: what was sent comes back.
fn answers() -> Vec<Reaction> {
    let m = MARK;
    // A refusal's code is shown where it looks like one; what was sent does not.
    let airpay = format!(r#"{{"status":400,"message":"{m}@example.com"}}"#);
    let paysafe = format!(
        r#"{{"error":{{"code":"{m}-46229400","message":"{m}","details":["{m}"],"fieldErrors":[{{"field":"+{m}","error":"{m} is not a mobile number here"}}]}}}}"#
    );
    let ibanera = format!(
        r#"{{"status":"0","errors":[{{"errorType":"{m}","fieldName":"{m}: x","messageCode":"{m}-462294000"}}]}}"#
    );
    // ureq logs where a redirect leads, at the level debug.
    let location = "location: http://127.0.0.1:1/";
    let header = format!("x-echo: {m}");
    let mut answers = vec![
        Reaction::json("200 OK", format!(r#"{{"status":"{m}","data":"{m}"}}"#)),
        Reaction::json("200 OK", format!(r#"{{"{m}":{{"{m}":1}}}}"#)),
        Reaction::json(
            "200 OK",
            format!(r#"{{"cards":[{{"cardId":{{"{m}":1}}}}]}}"#),
        ),
        Reaction::json(
            "200 OK",
            format!(r#"{{"cards":[{{"cardId":"1","expiry":"{m}"}}]}}"#),
        ),
        Reaction::json(
            "200 OK",
            format!(r#"{{"status":200,"data":{{"entity_id":["{m}"]}}}}"#),
        ),
        Reaction::json(
            "200 OK",
            format!(r#"{{"status":"1","details":{{"customersId":"{m}"}}}}"#),
        ),
        Reaction::json("200 OK", format!("{m} is no JSON")),
        Reaction::reply(
            "500 Internal Server Error",
            &[&header],
            format!("<html>{m}</html>"),
        ),
        Reaction::reply("302 Found", &[location], m),
        Reaction::Send(raw("200 OK", &[&header], "x".repeat(20_000))),
        Reaction::SendAndClose(raw("200 OK", &["content-length: 100", &header], m)),
        Reaction::SendAndReset(raw("200 OK", &["content-length: 100", &header], m)),
        Reaction::SendAndReset(Vec::new()),
        Reaction::SendAndStall(raw("200 OK", &["content-length: 100", &header], m)),
        Reaction::SendAndStall(Vec::new()),
        Reaction::SendAndClose(format!("{m} {m}\r\n\r\n").into()),
        Reaction::SendAndClose(raw("200 OK", &[&format!("{m} {m}: 1")], "")),
        Reaction::SendAndClose(raw(
            "200 OK",
            &["transfer-encoding: chunked"],
            format!("{m}\r\n"),
        )),
    ];
    for body in [airpay, paysafe, ibanera] {
        for status in [
            "200 OK",
            "400 Bad Request",
            "401 Unauthorized",
            "500 Internal Server Error",
        ] {
            answers.push(Reaction::json(status, &body));
        }
    }
    answers
}
