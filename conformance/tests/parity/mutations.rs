//! A mutation is sent once, unless it is certain that nothing was sent.

use std::marker::PhantomData;

use cards_model::Effect;
use cards_model::airpay::{CustomerPreference, UpdateCustomer};
use cards_transport::{Call, ErrorKind, TransportError, TransportErrorKind, Visit, operations};
use conformance::fixture;
use conformance::server::{RawServer, Reaction, raw};

use crate::common::clients::{AnyClient, Backend, for_both_backends};
use crate::common::fake::{Fake, FakeClock, json};
use crate::common::operations::{from_input, provider, visited};
use crate::common::{case, registration};
use crate::setup::{NOBODY, REGISTERED, airpay, is, quick, soon};

for_both_backends! {
    every_mutation_is_sent_once,
    register_user_is_never_sent_twice,
    register_user_on_a_connection_that_dies_is_not_sent_twice,
    register_user_without_a_connection_is_certainly_not_sent,
    register_user_with_an_unclear_answer_is_an_unknown_outcome,
    register_user_that_is_refused_has_a_known_outcome,
    a_mutation_is_tried_again_after_a_refused_connection_only,
}

/// Of every operation in the list, whatever becomes of what was sent.
fn every_mutation_is_sent_once<B: Backend>() {
    struct SentOnce<B>(PhantomData<B>);

    impl<B: Backend> Visit for SentOnce<B> {
        type Output = ();

        fn visit<C: Call>(self) {
            let operation = C::operation();
            let smallest = format!("{}/{}/smallest", operation.provider, operation.name);
            let call: C = from_input(&case(&smallest).input.unwrap()).unwrap();
            let keys = fixture::world().unwrap().own;
            for fault in [
                Reaction::SendAndReset(Vec::new()),
                Reaction::SendAndClose(b"HTTP/1.1 200 OK\r\n".to_vec()),
                Reaction::reply("503 Busy", &["retry-after: 0"], ""),
                Reaction::json("200 OK", "<html>"),
            ] {
                let server = RawServer::playing([fault.clone()]).unwrap();
                let ours = provider::<C::Provider>(&server.url(), &keys);
                let client = B::client(ours, &quick(), soon(3));
                let error = client.send(&call).map(drop).unwrap_err();
                assert_eq!(
                    error.kind(),
                    ErrorKind::OutcomeUnknown,
                    "{operation} {error:?}"
                );
                assert_eq!(server.received().len(), 1, "{operation} {fault:?}");
            }
            let client = B::client(provider::<C::Provider>(NOBODY, &keys), &quick(), soon(2));
            let error = client.send(&call).map(drop).unwrap_err();
            assert_eq!(
                (error.kind(), error.attempts()),
                (ErrorKind::Connect, 2),
                "{operation}"
            );
        }
    }

    let mutations = operations().filter(|operation| operation.effect == Effect::Mutation);
    let visits = mutations.map(|one| visited(one.name, SentOnce::<B>(PhantomData)).unwrap());
    assert!(visits.count() >= 3);
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
        let error = client.send(&registration()).unwrap_err();
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
        client.send(&registration()).unwrap();
        let error = client.send(&registration()).unwrap_err();
        is(&error, ErrorKind::OutcomeUnknown, &["outcome unknown"]);
        let received = server.received();
        assert_eq!(received.len(), 2);
        assert_eq!(received[1].connection, 0);
    }
}

fn register_user_without_a_connection_is_certainly_not_sent<B: Backend>() {
    let client = B::client(airpay(NOBODY), &quick(), soon(3));
    let error = client.send(&registration()).unwrap_err();
    is(&error, ErrorKind::Connect, &["not sent", "connect"]);
    assert_eq!(error.attempts(), 3);
}

fn register_user_with_an_unclear_answer_is_an_unknown_outcome<B: Backend>() {
    let answers = [
        "301 Moved",
        "302 Found",
        "303 See Other",
        "304 Not Modified",
        "307 Again",
        "308 Again",
        "408 Request Timeout",
        "500 Error",
        "501 No",
        "502 Bad",
        "503 Busy",
        "504 Late",
        "599 Odd",
        "600 Odd",
        "999 Odd",
    ]
    .into_iter()
    .flat_map(|status| {
        // A refusal in the body of such an answer is no word of what was done.
        [
            "",
            "<html>",
            r#"{"status":400,"message":"fail"}"#,
            r#"{"status":200,"data":{}}"#,
        ]
        .map(|body| Reaction::reply(status, &["retry-after: 0"], body))
    })
    .chain(
        [
            "",
            "{}",
            "[]",
            "null",
            "[200,\"success\"]",
            "<html>",
            r#"{"status":200}"#,
        ]
        .map(|body| Reaction::json("200 OK", body)),
    )
    .chain([201, 202, 204, 500, 503, 599].map(|status| {
        Reaction::json(
            "200 OK",
            format!(r#"{{"status":{status},"message":"odd"}}"#),
        )
    }))
    .chain(
        ["400 Bad Request", "404 Not Found", "401 Unauthorized"].map(|status| {
            Reaction::json(
                status,
                r#"{"status":200,"message":"success","data":{"entity_id":"E1"}}"#,
            )
        }),
    )
    .chain([Reaction::json(
        "400 Bad Request",
        r#"{"status":500,"message":"fail"}"#,
    )]);
    for reaction in answers {
        let server = RawServer::playing([reaction.clone()]).unwrap();
        let client = B::client(airpay(&server.url()), &quick(), soon(3));
        let error = client.send(&registration()).unwrap_err();
        assert!(
            error.kind() == ErrorKind::OutcomeUnknown && error.status().is_some(),
            "{reaction:?} {error:?}"
        );
        is(&error, ErrorKind::OutcomeUnknown, &["outcome unknown"]);
        let said = error.to_string();
        assert!(
            said.contains("outcome unknown") && said.contains("before sending it again"),
            "{said}"
        );
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
            &client.send(&registration()).unwrap_err(),
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
    assert_eq!(client.send(&registration()).unwrap().attempts(), 3);
    assert_eq!(fake.pauses().len(), 2);

    let fake = Fake::new(&clock, |_, _| {
        Err(TransportError::maybe_sent(TransportErrorKind::Interrupted))
    });
    for error in [
        B::faked(airpay("http://localhost"), &fake, clock.settings())
            .send(&registration())
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
