//! A token is renewed in time, once, and by one of all calls that wait for it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use cards_model::airpay::UpdateCustomer;
use cards_model::ibanera::CardsByCustomer;
use cards_transport::ibanera::OtpReuse;
use cards_transport::paysafe::Paysafe;
use cards_transport::{BackendOptions, Call, IssuedToken, Settings, TokenSource};
use conformance::server::{Captured, RawServer, Reaction};

use crate::common::clients::{AnyClient, Backend, for_both_backends};
use crate::common::fake::{Fake, FakeClock, json};
use crate::common::noon;
use crate::setup::{CUSTOMER, GET_CARDS, airpay, ibanera, is, list, quick};

for_both_backends! {
    an_airpay_token_is_renewed_once_by_the_clock,
    a_paysafe_token_is_renewed_once_after_a_401,
    an_ibanera_token_is_renewed_once_after_a_401,
    a_paysafe_token_is_renewed_before_it_expires,
    a_second_401_is_the_callers,
    a_failed_renewal_is_shared,
    a_source_is_asked_once_for_all_that_wait,
}

const CALLS: usize = 20;

/// Paysafe, where the token has to be fetched.
fn fetching(url: &str) -> Paysafe {
    Paysafe::new(url.parse().unwrap()).client("b", "id", "secret")
}

/// Counts requests whose path holds the text.
fn count(server: &RawServer, path: &str) -> usize {
    let received = server.received().into_iter();
    let is_there = |captured: &Captured| captured.request().unwrap().target.contains(path);
    received.filter(is_there).count()
}

fn an_airpay_token_is_renewed_once_by_the_clock<B: Backend>() {
    let tokens = AtomicUsize::new(0);
    let server = RawServer::deciding(move |request| {
        let data = match request.target.contains("user-login") {
            true => {
                let token = tokens.fetch_add(1, Ordering::SeqCst);
                format!(r#"{{"token":"token-{token}"}}"#)
            }
            false => "[]".to_owned(),
        };
        let body = format!(r#"{{"status":200,"message":"success","data":{data}}}"#);
        Reaction::json("200 OK", body)
    });
    let server = server.unwrap();
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
    let sent = received.iter().filter_map(|captured| {
        let request = captured.request().unwrap();
        request.header("token").map(str::to_owned)
    });
    let sent: Vec<_> = sent.collect();
    assert_eq!(sent[..2], ["token-0"; 2]);
    assert_eq!(sent[2..], ["token-1"; CALLS]);
}

/// The server takes only the newest token, and says 401 to all others.
fn is_renewed_once_after_a_401<B: Backend, C: Call>(
    (login, issue): (&'static str, fn(usize) -> String),
    good: &'static str,
    provider: impl Fn(&str) -> C::Provider,
    call: &C,
) {
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
    let server = server.unwrap();
    let settings = FakeClock::new().settings();
    let client = B::client(provider(&server.url()), &quick(), settings);
    client.send(call).unwrap();
    // The provider withdraws the token in the middle of things.
    newest.fetch_add(1, Ordering::SeqCst);
    for reply in client.send_many(call, CALLS) {
        assert!(reply.unwrap().attempts() <= 2);
    }
    assert_eq!(count(&server, login), 2);
}

fn a_paysafe_token_is_renewed_once_after_a_401<B: Backend>() {
    let issue = |n| format!(r#"{{"access_token":"token-{n}","expires_in":36000}}"#);
    is_renewed_once_after_a_401::<B, _>(("/auth/", issue), GET_CARDS, fetching, &list());
}

fn an_ibanera_token_is_renewed_once_after_a_401<B: Backend>() {
    let issue = |n| {
        let token = format!(r#"{{"accessToken":"token-{n}","expiresIn":3600}}"#);
        format!(r#"{{"status":"1","errors":[],"details":{token}}}"#)
    };
    // The time of a retry is that of the first attempt here: nobody waits.
    let provider = |url: &str| ibanera(url).login("u", "p").otp_reuse(OtpReuse::Allowed);
    let call = CardsByCustomer::new(7);
    is_renewed_once_after_a_401::<B, _>(("/auth/login", issue), CUSTOMER, provider, &call);
}

fn a_paysafe_token_is_renewed_before_it_expires<B: Backend>() {
    let clock = FakeClock::new();
    let fake = Fake::new(&clock, |request, number| {
        let issued = format!(r#"{{"access_token":"token-{number}","expires_in":900}}"#);
        match request.uri().path().starts_with("/auth/") {
            true => json(200, issued),
            false => json(200, GET_CARDS),
        }
    });
    let provider = fetching("http://localhost");
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
    let provider = fetching("http://localhost");
    let client = B::faked(provider, &fake, clock.settings());
    let error = client.send(&list()).unwrap_err();
    is(&error, "Unauthorized, unauthorized");
    assert_eq!(error.attempts(), 2);
    // Two tokens, two calls.
    assert_eq!(fake.sent().len(), 4);
}

fn a_source_is_asked_once_for_all_that_wait<B: Backend>() {
    let asked = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&asked);
    let source = TokenSource::new(move |_| {
        let token = format!("own-{}", counted.fetch_add(1, Ordering::SeqCst));
        Ok(IssuedToken::new(token).lasting(Duration::from_secs(900)))
    });
    let clock = FakeClock::new();
    let fake = Fake::new(&clock, |_, _| json(200, GET_CARDS));
    let paysafe = Paysafe::new("http://localhost".parse().unwrap()).token_source(source);
    let client = B::faked(paysafe, &fake, clock.settings());
    for round in 1..=2 {
        for reply in client.send_many(&list(), CALLS) {
            reply.unwrap();
        }
        assert_eq!(asked.load(Ordering::SeqCst), round);
        clock.advance(Duration::from_secs(900));
    }
    let sent = fake.sent();
    assert_eq!(sent.len(), 2 * CALLS);
    assert_eq!(sent[0].headers()["authorization"], "Bearer own-0");
    assert_eq!(sent[CALLS].headers()["authorization"], "Bearer own-1");
}

/// Returns once all calls wait for the one that logs in, by how often the clock
/// was read: once as the client was made, twice by the login, and by each call as
/// it starts and as it looks for a token. Then it is read no more.
fn until_all_wait(readings: &AtomicUsize) {
    let given_up = Instant::now() + Duration::from_secs(25);
    let (mut last, mut quiet) = (0, 0);
    while quiet < 20 {
        assert!(Instant::now() < given_up, "{last} readings of the clock");
        thread::sleep(Duration::from_millis(5));
        let now = readings.load(Ordering::SeqCst);
        let all_wait = now >= 3 + 2 * CALLS && now == last;
        quiet = if all_wait { quiet + 1 } else { 0 };
        last = now;
    }
}

fn a_failed_renewal_is_shared<B: Backend>() {
    let readings = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&readings);
    let settings = Settings::new().clock(move || {
        counted.fetch_add(1, Ordering::SeqCst);
        noon()
    });
    // The answer is held back until all calls wait for it.
    let server = RawServer::deciding(move |_| {
        until_all_wait(&readings);
        Reaction::reply("400 Bad Request", &[], r#"{"error":{"code":"BAD-CLIENT"}}"#)
    });
    let server = server.unwrap();
    let paysafe = fetching(&server.url());
    let client = B::client(paysafe, &BackendOptions::new(), settings);
    for reply in client.send_many(&list(), CALLS) {
        let error = reply.map(drop).unwrap_err();
        // The login was refused, and the list was not sent.
        is(&error, "Refused, not sent, refused");
        assert_eq!(error.operation().name, "issue-access-token");
    }
    assert_eq!(server.received().len(), 1, "{}", B::NAME);
    // A call that comes later asks again.
    assert!(client.send(&list()).is_err());
    assert_eq!(server.received().len(), 2);
}
