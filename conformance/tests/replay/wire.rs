//! Stage 4: both backends, against a server of plain bytes.

use std::marker::PhantomData;

use cards_transport::{BackendOptions, Call};
use conformance::fixture::Case;
use conformance::server::{RawServer, Reaction};

use crate::common::clients::{AnyClient, Backend, for_both_backends};
use crate::common::fake::FakeClock;
use crate::common::normal;
use crate::common::operations::outcome;
use crate::stage::{Stage, any_call, input, login_code, provider, replay, replies, requests, same};

for_both_backends!(
    captured_bytes_are_the_stated_request,
    recorded_replies_are_read_as_stated,
);

fn captured_bytes_are_the_stated_request<B: Backend>() {
    for case in requests() {
        replay::<Captured<B>>(&case);
    }
}

struct Captured<B>(PhantomData<B>);

impl<B: Backend> Stage for Captured<B> {
    fn replay<C: Call>(case: &Case) {
        let server = RawServer::playing([Reaction::json("200 OK", "{}")]).unwrap();
        let clock = FakeClock::new();
        let provider = provider::<C>(case, &server.url());
        let client = B::client(provider, &BackendOptions::new(), clock.unchecked());
        let _ = client.send(&input::<C>(case));
        let received = server.received();
        assert_eq!(received.len(), 1, "fixtures/{}: {}", case.id(), B::NAME);
        let request = received[0].request().unwrap();
        assert_eq!(request.header("host"), Some(&*server.address().to_string()));
        let stage = format!("captured bytes, {}", B::NAME);
        same(
            case,
            &stage,
            &login_code(&normal(&request)),
            case.request.as_ref().unwrap(),
        );
    }
}

fn recorded_replies_are_read_as_stated<B: Backend>() {
    for case in replies() {
        replay::<Recorded<B>>(&case);
    }
}

struct Recorded<B>(PhantomData<B>);

impl<B: Backend> Stage for Recorded<B> {
    fn replay<C: Call>(case: &Case) {
        let reply = case.reply.as_ref().unwrap();
        let server = RawServer::playing([Reaction::Send(reply.to_bytes())]).unwrap();
        let provider = provider::<C>(case, &server.url());
        let client = B::client(
            provider,
            &BackendOptions::new(),
            FakeClock::new().unchecked(),
        );
        let result = client.send(&any_call::<C>(case));
        let shown = outcome(&result, |reply| reply.value());
        let stage = format!("parsed reply, {}", B::NAME);
        same(case, &stage, &shown, case.parsed.as_ref().unwrap());
        let raw = match &result {
            Ok(reply) => reply.raw(),
            Err(error) => error.raw().unwrap(),
        };
        same(case, "raw reply", &&raw.body()[..], &&reply.body[..]);
        for (name, value) in &reply.headers {
            assert_eq!(raw.headers()[name], &**value, "{}", case.id());
        }
    }
}
