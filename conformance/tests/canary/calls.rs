//! Calls through every answer that a server can give.

use std::error::Error as _;
use std::fmt::Debug;
use std::marker::PhantomData;
use std::thread;
use std::time::{Duration, Instant};

use cards_model::Operation;
use cards_model::airpay::{RegisterUser, UserLogin};
use cards_model::ibanera::CardsByCustomer;
use cards_model::paysafe::ListPrepaidCards;
use cards_transport::airpay::Airpay;
use cards_transport::paysafe::Paysafe;
use cards_transport::{BackendOptions, Call, CallOptions, Provider, Visit, operations, visit};
use conformance::server::{RawServer, Reaction, raw};

use crate::common::clients::{AnyClient, Backend, Reqwest, Ureq, for_both_backends};
use crate::markers::{MARK, clean, clean_debug, clean_error};
use crate::traces::{clean_traces, heard, traces};
use crate::values::{marked, provider, tokenless, unchecked};

for_both_backends! {
    no_marker_of_any_call_is_shown_whatever_the_server_does,
    no_marker_is_shown_where_nobody_listens,
    no_marker_of_a_reply_is_shown,
}

/// Each call, and the login that it needs, with the same answers.
fn no_marker_of_any_call_is_shown_whatever_the_server_does<B: Backend>() {
    struct Driven<B>(PhantomData<B>);

    impl<B: Backend> Visit for Driven<B> {
        type Output = usize;

        fn visit<C: Call>(self) -> usize {
            if C::is_login() {
                let login = provider::<C::Provider>("http://localhost").login();
                drive::<B, _>(provider, &login.unwrap());
            }
            let has_fields = !C::operation().fields.is_empty();
            if has_fields {
                drive::<B, _>(provider, &marked::<C>());
            }
            usize::from(C::is_login()) + usize::from(has_fields)
        }
    }

    let each = |name| visit(name, Driven::<B>(PhantomData)).unwrap();
    // Each is some hundred connections: not all at once, for which a client gives up.
    let all: Vec<_> = operations().collect();
    let some_at_once = |some: &[&Operation]| -> usize {
        thread::scope(|scope| {
            let calls = some.iter().map(|one| scope.spawn(|| each(one.name)));
            let calls: Vec<_> = calls.collect();
            calls.into_iter().map(|call| call.join().unwrap()).sum()
        })
    };
    let driven: usize = all.chunks(6).map(some_at_once).sum();
    assert!(driven >= 10, "{driven}");
    // The login within a call.
    drive::<B, _>(tokenless::<Paysafe>, &ListPrepaidCards::new("12345678"));
}

fn client<B: Backend, P: Provider>(url: &str) -> B::Client<P> {
    B::client(provider(url), &BackendOptions::new(), unchecked())
}

fn no_marker_is_shown_where_nobody_listens<B: Backend>() {
    traces();
    let client_of_airpay = client::<B, Airpay>("http://127.0.0.1:1");
    let error = client_of_airpay.send(&marked::<RegisterUser>());
    clean_error("nobody listens", &error.unwrap_err());
    // The customer's id is a part of the address.
    let id = "id-of-a-customer";
    let error = client::<B, Paysafe>("http://127.0.0.1:1").send(&ListPrepaidCards::new(id));
    let error = error.unwrap_err();
    let causes = std::iter::successors(error.source(), |&cause| cause.source());
    let causes: String = causes.map(ToString::to_string).collect();
    let shown = format!("{error} {error:?} {causes}");
    assert!(!shown.contains(id), "{shown}");
}

/// Requires that there is something to look through, from this workspace and
/// from both backends.
#[test]
fn traces_are_heard() {
    no_marker_is_shown_where_nobody_listens::<Reqwest>();
    no_marker_is_shown_where_nobody_listens::<Ureq>();
    let traces = heard();
    for source in [
        "cards_transport",
        "ureq",
        "hyper_util",
        "a hook is told",
        "call{",
    ] {
        assert!(traces.contains(source), "{source} is not heard");
    }
}

/// The value of a reply that shows none of its markers.
fn read<B: Backend, C: Call>(call: &C, body: String) -> C::Reply {
    let cookie = format!("set-cookie: {MARK}");
    let answer = Reaction::reply("200 OK", &[&cookie], body);
    let server = RawServer::playing([answer]).unwrap();
    let reply = client::<B, C::Provider>(&server.url()).send(call).unwrap();
    clean_debug("a reply", &reply);
    clean("as JSON", &serde_json::to_string(reply.value()).unwrap());
    reply.into_value()
}

fn no_marker_of_a_reply_is_shown<B: Backend>() {
    traces();
    let m = MARK;
    let card = format!(
        r#"{{"cards":[{{"cardId":"1","mobile":"{m}","deliveryAddress":{{"address1":"{m}","address2":"{m}","address3":"{m}","city":"{m}","state":"{m}","postalCode":"{m}"}}}}],"unlisted":"{m}"}}"#
    );
    let page = read::<B, _>(&ListPrepaidCards::new("1"), card);
    assert_eq!(page.cards[0].mobile.as_ref().unwrap().expose(), m);
    clean("its check", &page.check().unwrap_err().to_string());

    let customer = format!(
        r#"{{"status":"1","details":{{"customersId":1,"cards":[{{"id":1,"cardNumber":"462294{m}3713"}}]}}}}"#
    );
    read::<B, _>(&CardsByCustomer::new(1), customer);

    let login = UserLogin {
        mobile_no: "1".into(),
        password: "p".into(),
    };
    for word in ["success", m] {
        let token = format!(r#"{{"status":200,"message":"{word}","data":{{"token":"{m}"}}}}"#);
        read::<B, _>(&login, token);
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
        clean_debug("a token", &provider.standing_token());
        let settings = unchecked().reply_bytes(10_000);
        let client = B::client(provider, &patient(&answer), settings);
        let options = CallOptions::new().total_timeout(Duration::from_secs(30));
        let what = format!("{} after {answer:?}", B::NAME);
        let what = what.split_at(what.len().min(60)).0;
        let outcome = client.send_with(call, &options);
        match &outcome {
            Ok(reply) => clean_debug(what, reply),
            Err(error) => {
                clean_error(what, error);
                failures += 1;
            }
        }
        let why = outcome.err();
        assert!(has_received(&server), "{}, {what}: {why:?}", C::operation());
    }
    assert!(failures > 20, "{failures}");
    clean_traces();
}

/// Waits for a server that says nothing no longer than a request takes to be sent.
fn patient(answer: &Reaction) -> BackendOptions {
    match answer {
        Reaction::SendAndStall(_) => BackendOptions::new().read_timeout(Duration::from_millis(300)),
        _ => BackendOptions::new(),
    }
}

/// Tells whether a server has had a request. A client may have given up before a server that is
/// short of time has read what it was sent.
fn has_received(server: &RawServer) -> bool {
    let deadline = Instant::now() + Duration::from_secs(30);
    while server.received().is_empty() && Instant::now() < deadline {
        thread::sleep(Duration::from_millis(5));
    }
    !server.received().is_empty()
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
    let jsons = [
        format!(r#"{{"status":"{m}","data":"{m}"}}"#),
        format!(r#"{{"{m}":{{"{m}":1}}}}"#),
        format!(r#"{{"cards":[{{"cardId":{{"{m}":1}}}}]}}"#),
        format!(r#"{{"cards":[{{"cardId":"1","expiry":"{m}"}}]}}"#),
        format!(r#"{{"status":200,"data":{{"entity_id":["{m}"]}}}}"#),
        format!(r#"{{"status":"1","details":{{"customersId":"{m}"}}}}"#),
        format!("{m} is no JSON"),
    ];
    let page = format!("<html>{m}</html>");
    let mut answers = vec![
        Reaction::reply("500 Internal Server Error", &[&header], page),
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
    answers.extend(jsons.map(|body| Reaction::json("200 OK", body)));
    for body in [airpay, paysafe, ibanera] {
        let statuses = ["200 OK", "400 Bad Request", "401 Unauthorized", "500 Error"];
        answers.extend(statuses.map(|status| Reaction::json(status, &body)));
    }
    answers
}
