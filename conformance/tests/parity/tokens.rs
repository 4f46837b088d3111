//! A token is renewed in time, once, and by one of all calls that wait for it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use cards_model::airpay::UpdateCustomer;
use cards_model::ibanera::CardsByCustomer;
use cards_transport::ibanera::OtpReuse;
use cards_transport::paysafe::Paysafe;
use cards_transport::{BackendOptions, ErrorKind, Settings};
use conformance::server::{RawServer, Reaction};

use crate::common::clients::{AnyClient, Backend, for_both_backends};
use crate::common::fake::{Fake, FakeClock, json};
use crate::common::noon;
use crate::setup::{CUSTOMER, GET_CARDS, airpay, ibanera, is, list, paysafe, quick};

for_both_backends! {
    an_airpay_token_is_renewed_once_by_the_clock,
    a_paysafe_token_is_renewed_once_after_a_401,
    an_ibanera_token_is_renewed_once_after_a_401,
    a_paysafe_token_is_renewed_before_it_expires,
    a_second_401_is_the_callers,
    a_failed_renewal_is_shared,
}

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
    /// read the clock when it was made and the login twice; then it is read no
    /// more, since all wait.
    fn until_all_wait(&self, calls: usize) {
        let given_up = Instant::now() + Duration::from_secs(25);
        let (mut last, mut quiet) = (0, 0);
        while quiet < 20 {
            assert!(Instant::now() < given_up, "{last} readings of the clock");
            thread::sleep(Duration::from_millis(5));
            let now = self.0.load(Ordering::SeqCst);
            let all_wait = now >= 3 + 2 * calls && now == last;
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
        // The login was refused, and the list was not sent.
        is(&error, ErrorKind::Refused, &["not sent", "refused"]);
        assert_eq!(error.operation().name, "issue-access-token");
    }
    assert_eq!(server.received().len(), 1, "{}", B::NAME);
    // A call that comes later asks again.
    assert!(client.send(&list()).is_err());
    assert_eq!(server.received().len(), 2);
}
