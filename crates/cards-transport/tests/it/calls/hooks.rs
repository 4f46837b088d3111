//! Hooks and spans: what is told, in which order, and what is not.

use std::fmt::Debug;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use cards_transport::airpay::Airpay;
use cards_transport::model::airpay::UpdateCustomer;
use cards_transport::model::paysafe::ListPrepaidCards;
use cards_transport::paysafe::Paysafe;
use cards_transport::{
    AttemptEnd, Call, CallEvent, CallId, CallOptions, Client, ErrorKind, Hooks, IssuedToken,
    Renewed, Settings, TokenSource, blocking,
};

use crate::calls::samples::{ACKNOWLEDGED, NO_CARDS, airpay, paysafe};
use crate::calls::script::{Outcome, Script, refused, reset, response};

/// Keeps all that is told, but for times.
#[derive(Clone, Default)]
struct Heard {
    lines: Arc<Mutex<Vec<String>>>,
    calls: Arc<Mutex<Vec<CallId>>>,
}

impl Heard {
    fn note(&self, event: &CallEvent<'_>, what: impl Debug) {
        self.calls.lock().unwrap().push(event.call);
        let line = format!(
            "{what:?} {} {} {}:{} {}",
            event.method().as_str(),
            event.operation.name,
            event.host,
            event.port,
            event.attempt
        );
        self.lines.lock().unwrap().push(line);
    }

    fn lines(&self) -> Vec<String> {
        self.lines.lock().unwrap().clone()
    }
}

impl Hooks for Heard {
    fn before_send(&self, event: &CallEvent<'_>) {
        self.note(event, "sends");
    }

    fn after_reply(&self, event: &CallEvent<'_>, end: AttemptEnd, took: Duration) {
        assert!(took < Duration::from_secs(60));
        self.note(event, end);
    }

    fn on_retry(&self, event: &CallEvent<'_>, end: AttemptEnd, pause: Duration) {
        self.note(event, ("again", end, pause.is_zero()));
    }

    fn on_renewal(&self, event: &CallEvent<'_>, renewal: Renewed) {
        self.note(event, (renewal.need, renewal.is_renewed));
    }
}

/// The lines of one call, which both drivers tell alike.
fn told<C: Call>(
    provider: &C::Provider,
    call: &C,
    script: &[fn() -> Outcome],
    options: &CallOptions,
) -> Vec<String>
where
    C::Provider: Clone,
{
    let run = |is_async: bool| {
        let (heard, script) = (Heard::default(), Script::new(script));
        let settings = script.settings().hooks(heard.clone());
        let provider = provider.clone();
        let _ = match is_async {
            true => {
                let client = Client::with_settings(provider, script, settings);
                pollster::block_on(client.send_with(call, options)).map(drop)
            }
            false => {
                let client = blocking::Client::with_settings(provider, script, settings);
                client.send_with(call, options).map(drop)
            }
        };
        // All of one call, its login included, and of no other.
        let mut calls = heard.calls.lock().unwrap().clone();
        calls.dedup();
        assert_eq!(calls.len(), 1);
        (heard.lines(), calls[0])
    };
    let (from_async, one) = run(true);
    let (from_blocking, two) = run(false);
    assert_eq!(from_async, from_blocking);
    assert_ne!(one, two);
    from_async
}

#[test]
fn every_step_of_a_call_is_told_in_order() {
    let options = CallOptions::new();
    let token: fn() -> Outcome = || response(200, r#"{"access_token":"t"}"#);
    let unauthorized: fn() -> Outcome = || response(401, "{}");
    let fetching = Paysafe::new("http://localhost:1/v1".parse().unwrap())
        .client("b", "id", "secret")
        .token_base("https://tokens.example".parse().unwrap());
    let script = [token, reset, unauthorized, token, NO_CARDS];
    assert_eq!(
        told(&fetching, &ListPrepaidCards::new("1"), &script, &options),
        [
            "\"sends\" POST issue-access-token tokens.example:443 1",
            "Reply(200) POST issue-access-token tokens.example:443 1",
            "(First, true) GET list-prepaid-cards localhost:1 0",
            "\"sends\" GET list-prepaid-cards localhost:1 1",
            "Failed(Interrupted) GET list-prepaid-cards localhost:1 1",
            "(\"again\", Failed(Interrupted), false) GET list-prepaid-cards localhost:1 1",
            "\"sends\" GET list-prepaid-cards localhost:1 2",
            "Reply(401) GET list-prepaid-cards localhost:1 2",
            "(\"again\", Reply(401), true) GET list-prepaid-cards localhost:1 2",
            "\"sends\" POST issue-access-token tokens.example:443 1",
            "Reply(200) POST issue-access-token tokens.example:443 1",
            "(Refused, true) GET list-prepaid-cards localhost:1 2",
            "\"sends\" GET list-prepaid-cards localhost:1 3",
            "Reply(200) GET list-prepaid-cards localhost:1 3",
        ]
    );

    let update = UpdateCustomer::new("E1").city("Kochi");
    let script = [refused, ACKNOWLEDGED];
    assert_eq!(
        told(&airpay(), &update, &script, &options),
        [
            "\"sends\" POST update-customer localhost:1 1",
            "Failed(Connect) POST update-customer localhost:1 1",
            "(\"again\", Failed(Connect), false) POST update-customer localhost:1 1",
            "\"sends\" POST update-customer localhost:1 2",
            "Reply(200) POST update-customer localhost:1 2",
        ]
    );
}

#[test]
fn a_source_is_told_as_a_renewal() {
    let base = || "http://localhost:1".parse().unwrap();
    let good = TokenSource::new(|_| Ok(IssuedToken::new("t")));
    let bad = TokenSource::new(|_| Err("sealed".into()));
    let update = UpdateCustomer::new("E1").city("Kochi");
    let options = CallOptions::new();
    let own = |source| Airpay::new(base(), "fake-secret").token_source(source);
    let lines = told(&own(good), &update, &[ACKNOWLEDGED], &options);
    assert_eq!(lines[0], "(First, true) POST update-customer localhost:1 0");
    assert_eq!(lines.len(), 3);
    let lines = told(&own(bad), &update, &[], &options);
    assert_eq!(lines, ["(First, false) POST update-customer localhost:1 0"]);
}

/// Panics wherever it is called.
struct Panics;

impl Hooks for Panics {
    fn before_send(&self, _: &CallEvent<'_>) {
        panic!("before");
    }

    fn after_reply(&self, _: &CallEvent<'_>, _: AttemptEnd, _: Duration) {
        panic!("after");
    }

    fn on_retry(&self, _: &CallEvent<'_>, _: AttemptEnd, _: Duration) {
        std::panic::panic_any(PanicsAgain);
    }

    fn on_renewal(&self, _: &CallEvent<'_>, _: Renewed) {
        panic!("renewal");
    }
}

struct PanicsAgain;

impl Drop for PanicsAgain {
    fn drop(&mut self) {
        panic!("again");
    }
}

#[test]
fn a_hook_that_panics_loses_no_outcome() {
    let script: &[fn() -> Outcome] = &[
        || response(401, "{}"),
        || response(200, r#"{"access_token":"t"}"#),
        reset,
        NO_CARDS,
        NO_CARDS,
    ];
    let provider = || paysafe().client("b", "id", "secret");
    let list = ListPrepaidCards::new("1");
    for is_async in [true, false] {
        let played = Script::new(script);
        let settings = played.settings().hooks(Panics).most_at_once(1);
        let attempts = match is_async {
            true => {
                let client = Client::with_settings(provider(), played.clone(), settings);
                let first = pollster::block_on(client.send(&list)).unwrap().attempts();
                pollster::block_on(client.send(&list)).unwrap();
                first
            }
            false => {
                let client = blocking::Client::with_settings(provider(), played.clone(), settings);
                let first = client.send(&list).unwrap().attempts();
                client.send(&list).unwrap();
                first
            }
        };
        assert_eq!(attempts, 3);
        assert_eq!(played.urls().len(), 5);
    }
    // Of a mutation that may have been carried out, the outcome is told as ever.
    let played = Script::new(&[reset]);
    let settings = played.settings().hooks(Panics);
    let client = blocking::Client::with_settings(airpay(), played, settings);
    let error = client.send(&UpdateCustomer::new("E1")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::OutcomeUnknown);
}

#[test]
fn a_request_that_is_not_sent_is_told_to_nobody() {
    let heard = Heard::default();
    let settings = Settings::new().hooks(heard.clone());
    let client = blocking::Client::with_settings(
        airpay(),
        |_: http::Request<bytes::Bytes>, _| ACKNOWLEDGED(),
        settings,
    );
    let invalid = UpdateCustomer::new("E1").city("7141");
    assert_eq!(
        client.send(&invalid).unwrap_err().kind(),
        ErrorKind::Invalid
    );
    assert!(heard.lines().is_empty());
}

/// Makes a call with the client that tells it of a renewal, and keeps what came of it.
#[derive(Clone, Default)]
struct CallsAgain(Arc<Again>);

#[derive(Default)]
struct Again {
    client: OnceLock<blocking::Client<Paysafe, Script>>,
    is_done: AtomicBool,
    came: Mutex<Vec<Option<ErrorKind>>>,
}

impl Hooks for CallsAgain {
    fn on_renewal(&self, _: &CallEvent<'_>, _: Renewed) {
        if self.0.is_done.swap(true, Ordering::SeqCst) {
            return;
        }
        let options = CallOptions::new().total_timeout(Duration::from_secs(5));
        let client = self.0.client.get().unwrap();
        let outcome = client.send_with(&ListPrepaidCards::new("2"), &options);
        let kind = outcome.err().map(|error| error.kind());
        self.0.came.lock().unwrap().push(kind);
    }
}

/// A renewal is settled when it is told of, so that nobody waits for it any more.
#[test]
fn a_call_may_be_made_where_a_renewal_is_told_of() {
    let fetching = || paysafe_without_token().client("b", "id", "secret");
    let token: fn() -> Outcome = || response(200, r#"{"access_token":"t"}"#);
    let no: fn() -> Outcome = || response(401, "{}");
    let good = TokenSource::new(|_| Ok(IssuedToken::new("t")));
    let bad = TokenSource::new(|_| Err("sealed".into()));
    let empty = TokenSource::new(|_| Ok(IssuedToken::new("")));
    let own = |source| paysafe_without_token().token_source(source);
    let cases = [
        (fetching(), vec![token, NO_CARDS, NO_CARDS], None),
        (fetching(), vec![no, no], Some(ErrorKind::Unauthorized)),
        (own(good), vec![NO_CARDS, NO_CARDS], None),
        (own(bad), vec![], Some(ErrorKind::TokenSource)),
        (own(empty), vec![], Some(ErrorKind::Config)),
    ];
    for (provider, script, came) in cases {
        let (again, script) = (CallsAgain::default(), Script::new(&script));
        let settings = script.settings().hooks(again.clone()).most_at_once(1);
        let client = blocking::Client::with_settings(provider, script, settings);
        let client = again.0.client.get_or_init(|| client);
        let outcome = client.send(&ListPrepaidCards::new("1"));
        assert_eq!(outcome.err().map(|error| error.kind()), came);
        assert_eq!(*again.0.came.lock().unwrap(), [came]);
    }
}

fn paysafe_without_token() -> Paysafe {
    Paysafe::new("http://localhost:1/v1".parse().unwrap())
}
