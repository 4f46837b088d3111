//! A mutation is sent once, unless it is certain that nothing was sent. The
//! meaning of each answer is told by the tests of `cards-transport` and by the
//! statements.

use std::marker::PhantomData;

use bytes::Bytes;
use cards_model::Effect;
use cards_transport::{Call, Error, Visit, blocking, operations, visit};
use conformance::fixture;
use conformance::server::{RawServer, Reaction};
use serde_json::Value;

use crate::common::cases;
use crate::common::clients::{AnyClient, Backend, for_both_backends};
use crate::common::operations::{from_input, nested, provider, valid};
use crate::setup::{NOBODY, once, quick, soon, told};

/// A change is told as done under 200, 201 and 204 alone, whatever the body: after a 202 it is not
/// done yet.
#[test]
fn a_change_is_done_under_three_statuses_alone() {
    struct Answered<'a>(u16, &'a [u8]);

    impl Visit for Answered<'_> {
        type Output = Result<(), Error>;

        fn visit<C: Call>(self) -> Self::Output {
            let Self(status, body) = self;
            let name = C::operation().name;
            let call: C = from_input(&nested(&valid(name).unwrap())).unwrap();
            let body = Bytes::copy_from_slice(body);
            let answer = move |_: http::Request<Bytes>, _| {
                let reply = http::Response::builder().status(status);
                Ok(reply.body(body.clone()).unwrap())
            };
            let keys = fixture::world().unwrap().own;
            let provider = provider::<C::Provider>(NOBODY, &keys);
            let client = blocking::Client::with_settings(provider, answer, once());
            client.send(&call).map(drop)
        }
    }

    let success = |name: &str| {
        let is_value = |parsed: &Value| parsed["outcome"] == "value";
        let mut cases = cases().into_iter().filter(|case| case.operation == name);
        let case =
            cases.find(|case| case.reply.is_some() && case.parsed.as_ref().is_some_and(is_value));
        // Generate OTP has no example.
        let acknowledged = br#"{"status":200,"message":"success","data":[]}"#;
        case.map_or(acknowledged.to_vec(), |case| case.reply.unwrap().body)
    };
    let changes = operations().filter(|operation| operation.effect == Effect::Mutation);
    for change in changes {
        let success = success(change.name);
        for status in (200..=208).chain([226, 250, 299]) {
            for body in [&*success, b"", b" \n", "\u{feff}\r\n".as_bytes()] {
                let told = visit(change.name, Answered(status, body)).unwrap();
                let is_done = matches!(status, 200 | 201 | 204);
                let may_be_empty = change.name == "update-prepaid-card";
                let is_told = is_done && (*body == *success || may_be_empty);
                let at = format!("{change} under {status}, {} bytes", body.len());
                assert_eq!(told.is_ok(), is_told, "{at}");
                let is_unknown = told.is_err_and(|error| error.is_outcome_unknown());
                assert_eq!(is_unknown, !is_told, "{at}");
            }
        }
    }
}

for_both_backends! { every_mutation_is_sent_once }

/// Holds for every operation in the list, whatever becomes of what was sent.
fn every_mutation_is_sent_once<B: Backend>() {
    struct SentOnce<B>(PhantomData<B>);

    impl<B: Backend> Visit for SentOnce<B> {
        type Output = ();

        fn visit<C: Call>(self) {
            let operation = C::operation();
            let call: C = from_input(&nested(&valid(operation.name).unwrap())).unwrap();
            let keys = fixture::world().unwrap().own;
            let provider = |url: &str| provider::<C::Provider>(url, &keys);
            for fault in [
                Reaction::SendAndReset(Vec::new()),
                Reaction::SendAndClose(b"HTTP/1.1 200 OK\r\n".to_vec()),
                Reaction::reply("503 Busy", &["retry-after: 0"], ""),
                Reaction::json("200 OK", "<html>"),
            ] {
                let server = RawServer::playing([fault.clone()]).unwrap();
                let client = B::client(provider(&server.url()), &quick(), soon(3));
                let error = client.send(&call).map(drop).unwrap_err();
                assert_eq!(
                    told(&error),
                    "OutcomeUnknown, outcome unknown",
                    "{operation}"
                );
                assert_eq!(server.received().len(), 1, "{operation} {fault:?}");
            }
            let client = B::client(provider(NOBODY), &quick(), soon(2));
            let error = client.send(&call).map(drop).unwrap_err();
            assert_eq!(told(&error), "Connect, not sent, connect", "{operation}");
            assert_eq!(error.attempts(), 2, "{operation}");
        }
    }

    let mutations = operations().filter(|operation| operation.effect == Effect::Mutation);
    let visits = mutations.map(|one| visit(one.name, SentOnce::<B>(PhantomData)).unwrap());
    assert!(visits.count() >= 3);
}
