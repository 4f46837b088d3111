//! A client's own limits: what waits, in what order, and what it costs to give up.

use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Waker};
use std::time::{Duration, Instant};

use bytes::Bytes;
use cards_transport::model::ibanera::CardsByCustomer;
use cards_transport::model::paysafe::ListPrepaidCards;
use cards_transport::paysafe::Paysafe;
use cards_transport::{
    CallOptions, Client, Error, IssuedToken, Limits, Rate, Retry, Settings, TokenSource, blocking,
};
use event_listener::Event;
use futures_util::future::join_all;
use http::{Request, Response};
use proptest::prelude::*;

use crate::calls::samples::{NO_CARDS, ONE_CUSTOMER, ibanera, paysafe};
use crate::calls::script::{Outcome, Script, reset};

fn list() -> ListPrepaidCards {
    ListPrepaidCards::new("1")
}

/// A rate of so many a second.
fn a_second(requests: u32) -> Rate {
    Rate::new(requests, Duration::from_secs(1)).unwrap()
}

#[test]
fn requests_are_spaced_evenly_and_a_burst_goes_first() {
    for (burst, pauses) in [(0, 4), (1, 4), (3, 2), (9, 0)] {
        for is_async in [true, false] {
            let script = Script::new(&[NO_CARDS; 5]);
            let settings = script.settings().rate(a_second(2).burst(burst));
            let before = Instant::now();
            if is_async {
                let client = Client::with_settings(paysafe(), script.clone(), settings);
                for _ in 0..5 {
                    pollster::block_on(client.send(&list())).unwrap();
                }
            } else {
                let client = blocking::Client::with_settings(paysafe(), script.clone(), settings);
                for _ in 0..5 {
                    client.send(&list()).unwrap();
                }
            }
            let waited: Duration = script.pauses().into_iter().sum();
            let most = pauses * Duration::from_millis(500);
            // The first call takes its time before it counts, and the others some of the pauses.
            let is_due = waited.abs_diff(most) <= before.elapsed();
            assert!(is_due, "{waited:?} of {most:?}");
        }
    }
}

#[test]
fn every_attempt_and_login_counts() {
    let token: fn() -> Outcome = || crate::calls::script::response(200, r#"{"access_token":"t"}"#);
    let script = Script::new(&[token, reset, NO_CARDS]);
    let fetching = Paysafe::new("http://localhost:1".parse().unwrap()).client("b", "id", "secret");
    let retry = Retry::new(3).first_pause(Duration::from_millis(1)).seed(1);
    let settings = script.settings().retry(retry).rate(a_second(1));
    let client = blocking::Client::with_settings(fetching, script.clone(), settings);
    client.send(&list()).unwrap();
    let long = script
        .pauses()
        .into_iter()
        .filter(|pause| *pause > Duration::from_millis(500));
    assert_eq!(long.count(), 2);
}

#[test]
fn a_call_that_cannot_be_in_time_is_not_sent_and_says_why() {
    let script = Script::new(&[NO_CARDS]);
    let rate = Rate::new(1, Duration::from_secs(3_600)).unwrap();
    let settings = script.settings().rate(rate);
    let client = blocking::Client::with_settings(paysafe(), script.clone(), settings);
    client.send(&list()).unwrap();
    let before = Instant::now();
    let error = client.send(&list()).unwrap_err();
    assert!(before.elapsed() < Duration::from_secs(10));
    assert!(error.is_timeout() && error.is_not_sent());
    let why = std::error::Error::source(&error).unwrap().to_string();
    assert_eq!(why, "it waited for its turn under the client's own limits");
    assert_eq!(script.urls().len(), 1);
}

/// A transport that holds every request until it is let go.
#[derive(Clone, Default)]
struct Gate(Arc<Held>);

#[derive(Default)]
struct Held {
    /// The customers of the requests so far, in the order in which they left.
    left: Mutex<Vec<String>>,
    inside: AtomicUsize,
    most: AtomicUsize,
    may_go: AtomicUsize,
    changed: Event,
}

impl Gate {
    fn open(&self, requests: usize) {
        self.0.may_go.fetch_add(requests, Ordering::SeqCst);
        self.0.changed.notify(usize::MAX);
    }

    fn left(&self) -> Vec<String> {
        self.0.left.lock().unwrap().clone()
    }

    fn most(&self) -> usize {
        self.0.most.load(Ordering::SeqCst)
    }
}

impl cards_transport::AsyncTransport for Gate {
    async fn send(&self, request: Request<Bytes>, _: Limits) -> Outcome {
        let path = request.uri().path().to_owned();
        let id = path.split('/').nth(3).unwrap_or_default().to_owned();
        self.0.left.lock().unwrap().push(id);
        let inside = self.0.inside.fetch_add(1, Ordering::SeqCst) + 1;
        self.0.most.fetch_max(inside, Ordering::SeqCst);
        let _leaves = Leaves(&self.0);
        loop {
            let changed = self.0.changed.listen();
            let taken = self
                .0
                .may_go
                .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| {
                    left.checked_sub(1)
                });
            match taken {
                Ok(_) => break,
                Err(_) => changed.await,
            }
        }
        NO_CARDS()
    }

    async fn sleep(&self, pause: Duration) {
        futures_timer::Delay::new(pause).await;
    }
}

/// Counts a request as gone, also where it is dropped.
struct Leaves<'a>(&'a Held);

impl Drop for Leaves<'_> {
    fn drop(&mut self) {
        self.0.inside.fetch_sub(1, Ordering::SeqCst);
    }
}

type Sending = Pin<Box<dyn Future<Output = Result<(), Error>>>>;

/// The call of one customer, polled once.
fn begun(client: &Client<Paysafe, Gate>, id: usize) -> Sending {
    let client = client.clone();
    let call = ListPrepaidCards::new(format!("{}", 100 + id));
    let mut sending: Sending = Box::pin(async move { client.send(&call).await.map(drop) });
    let polled = sending
        .as_mut()
        .poll(&mut Context::from_waker(Waker::noop()));
    assert!(polled.is_pending());
    sending
}

fn limited(most_at_once: usize) -> (Client<Paysafe, Gate>, Gate) {
    let gate = Gate::default();
    let settings = Settings::new().most_at_once(most_at_once);
    (
        Client::with_settings(paysafe(), gate.clone(), settings),
        gate,
    )
}

fn ids(of: impl IntoIterator<Item = usize>) -> Vec<String> {
    of.into_iter().map(|id| (100 + id).to_string()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// A call that is given up, on its way or while it waits, makes room; all others go in the
    /// order in which they came, and never more at once than may.
    #[test]
    fn the_order_is_kept_and_a_dropped_call_makes_room(
        most in 1_usize..4,
        calls in 1_usize..12,
        dropped in proptest::collection::btree_set(0_usize..12, 0..8),
    ) {
        let (client, gate) = limited(most);
        let mut sending: Vec<_> = (0..calls).map(|id| Some(begun(&client, id))).collect();
        prop_assert_eq!(gate.left(), ids(0..calls.min(most)));
        for &id in dropped.iter().filter(|&&id| id < calls) {
            sending[id] = None;
        }
        gate.open(calls);
        let rest = join_all(sending.into_iter().flatten());
        for outcome in pollster::block_on(rest) {
            prop_assert!(outcome.is_ok());
        }
        prop_assert!(gate.most() <= most);
        let begun_at_once = 0..calls.min(most);
        let stayed = (calls.min(most)..calls).filter(|id| !dropped.contains(id));
        prop_assert_eq!(gate.left(), ids(begun_at_once.chain(stayed)));
        // All places are free again.
        gate.open(1);
        prop_assert!(pollster::block_on(client.send(&list())).is_ok());
    }
}

#[test]
fn a_call_whose_time_is_over_leaves_the_queue() {
    let (client, gate) = limited(1);
    let first = begun(&client, 0);
    let short = CallOptions::new().total_timeout(Duration::from_millis(20));
    let error = pollster::block_on(client.send_with(&list(), &short)).unwrap_err();
    assert!(error.is_timeout() && error.is_not_sent(), "{error:?}");
    gate.open(2);
    pollster::block_on(first).unwrap();
    pollster::block_on(client.send(&list())).unwrap();
}

#[test]
fn threads_go_through_the_same_limits() {
    let inside = Arc::new(AtomicUsize::new(0));
    let most = Arc::new(AtomicUsize::new(0));
    let (counted, seen) = (Arc::clone(&inside), Arc::clone(&most));
    let transport = move |_: Request<Bytes>, _: Limits| {
        let now = counted.fetch_add(1, Ordering::SeqCst) + 1;
        seen.fetch_max(now, Ordering::SeqCst);
        std::thread::sleep(Duration::from_millis(2));
        counted.fetch_sub(1, Ordering::SeqCst);
        NO_CARDS()
    };
    let rate = Rate::new(200, Duration::from_secs(1)).unwrap().burst(4);
    let settings = Settings::new().most_at_once(3).rate(rate);
    let client = blocking::Client::with_settings(paysafe(), transport, settings);
    let before = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..24 {
            scope.spawn(|| client.send(&list()).unwrap());
        }
    });
    assert!(most.load(Ordering::SeqCst) <= 3);
    assert!(
        before.elapsed() >= Duration::from_millis(95),
        "{:?}",
        before.elapsed()
    );
}

/// A call that waits in the queue may need a new token meanwhile, which is fetched by a request
/// that has to go through the queue too.
#[test]
fn a_token_that_ends_in_the_queue_locks_nobody_out() {
    let script = Script::new(&[]);
    let clock = script.clone();
    let sent = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&sent);
    let passing = script.clone();
    let transport = move |request: Request<Bytes>, _: Limits| {
        counted.fetch_add(1, Ordering::SeqCst);
        // Each request outlives the token.
        passing.pass(Duration::from_secs(100));
        let is_login = request.uri().path().contains("/auth/");
        async move {
            futures_timer::Delay::new(Duration::from_millis(1)).await;
            match is_login {
                true => Ok(Response::new(Bytes::from_static(
                    br#"{"access_token":"t","expires_in":50}"#,
                ))),
                false => NO_CARDS(),
            }
        }
    };
    let settings = clock.settings().most_at_once(1);
    let fetching = Paysafe::new("http://localhost:1".parse().unwrap()).client("b", "id", "secret");
    let client = Client::with_settings(fetching, transport, settings);
    let (a, b) = (list(), list());
    let all = join_all([
        client.send(&a),
        client.send(&b),
        client.send(&a),
        client.send(&b),
    ]);
    let time_up = pin!(futures_timer::Delay::new(Duration::from_secs(20)));
    let done = pollster::block_on(futures_util::future::select(all, time_up));
    let futures_util::future::Either::Left((outcomes, _)) = done else {
        panic!("they wait for each other");
    };
    assert!(outcomes.iter().all(Result::is_ok));
    assert!(sent.load(Ordering::SeqCst) >= 5);
}

/// The same of a one-time code, which one call at a time may carry.
#[test]
fn codes_and_limits_do_not_wait_for_each_other() {
    let transport = |_: Request<Bytes>, _: Limits| async {
        futures_timer::Delay::new(Duration::from_millis(1)).await;
        ONE_CUSTOMER()
    };
    let settings = Settings::new().most_at_once(1).rate(a_second(1_000));
    let client = Client::with_settings(ibanera(), transport, settings);
    let call = CardsByCustomer::new(7);
    let all = join_all((0..20).map(|_| client.send(&call)));
    for outcome in pollster::block_on(all) {
        outcome.unwrap();
    }
}

/// A clock that stands, or goes back, does not stop the client.
#[test]
fn a_clock_that_stands_or_goes_back_locks_nobody_out() {
    use std::time::{SystemTime, UNIX_EPOCH};
    let steps = AtomicUsize::new(1_000_000);
    let back = move || {
        let step = steps.fetch_sub(1, Ordering::SeqCst);
        UNIX_EPOCH + Duration::from_secs(1_700_000_000 + step as u64)
    };
    let stands: fn() -> SystemTime = || UNIX_EPOCH + Duration::from_secs(1_700_000_000);
    let transport = |_: Request<Bytes>, _: Limits| NO_CARDS();
    let rate = Rate::new(100, Duration::from_secs(1)).unwrap();
    for settings in [Settings::new().clock(back), Settings::new().clock(stands)] {
        let client = blocking::Client::with_settings(paysafe(), transport, settings.rate(rate));
        let before = Instant::now();
        for _ in 0..5 {
            client.send(&list()).unwrap();
        }
        let took = before.elapsed();
        assert!(
            took >= Duration::from_millis(38) && took < Duration::from_secs(20),
            "{took:?}"
        );
    }
}

#[test]
fn a_source_waits_for_no_turn() {
    let (client, gate) = {
        let gate = Gate::default();
        let source = TokenSource::new(|_| Ok(IssuedToken::new("own")));
        let own = Paysafe::new("http://localhost:1/v1".parse().unwrap()).token_source(source);
        let settings = Settings::new().most_at_once(1);
        (Client::with_settings(own, gate.clone(), settings), gate)
    };
    gate.open(1);
    pollster::block_on(client.send(&list())).unwrap();
    assert_eq!(gate.left().len(), 1);
}

#[test]
fn a_rate_reads_from_a_text() {
    for (text, requests, seconds) in [
        ("5/s", 5, 1),
        ("300/m", 300, 60),
        ("1000/h", 1_000, 3_600),
        (" 1/s ", 1, 1),
        ("5 / M", 5, 60),
        ("7/H", 7, 3_600),
    ] {
        let rate = Rate::new(requests, Duration::from_secs(seconds)).unwrap();
        assert_eq!(text.parse::<Rate>().unwrap(), rate, "{text}");
    }
    for text in [
        "",
        "5",
        "/s",
        "0/s",
        "-1/s",
        "+1/s",
        "5/d",
        "5/",
        "1.5/s",
        "5/s/s",
        "5 0/s",
        "9999999999/s",
    ] {
        let said = text.parse::<Rate>().unwrap_err().to_string();
        assert_eq!(said, "not a rate such as 5/s, 300/m or 1000/h", "{text}");
    }
    for (requests, per) in [
        (0, Duration::from_secs(1)),
        (1, Duration::ZERO),
        (1, Duration::from_secs(86_401)),
    ] {
        assert!(Rate::new(requests, per).is_err());
    }
}
