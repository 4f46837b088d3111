//! A caller's own function panics, at each point at which one is called: that ends the
//! call of its thread at most, and no other.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use bytes::Bytes;
use cards_model::ibanera::CardsByCustomer;
use cards_model::paysafe::ListPrepaidCards;
use cards_transport::ibanera::{Ibanera, OneTimeCodes, OtpReuse};
use cards_transport::paysafe::Paysafe;
use cards_transport::{
    AsyncTransport, AttemptEnd, BlockingTransport, CallEvent, Client, Hooks, IssuedToken, Limits,
    Renewed, Retry, Sent, Settings, TokenSource, TransportError, TransportErrorKind, blocking,
};
use http::Request;

use crate::common::fake::{FakeClock, json};
use crate::polls::{LONG, code, path, runtime, within};

const CUSTOMER: &str = r#"{"status":"1","errors":[],"details":{"customersId":7,"cards":[]}}"#;
const LOGGED_IN: &str =
    r#"{"status":"1","errors":[],"details":{"accessToken":"t","expiresIn":3600}}"#;
const CALL: CardsByCustomer = CardsByCustomer {
    customers_id: Some(7),
};

/// Goes off when it has been touched so many times.
#[derive(Clone)]
struct Bomb(Arc<AtomicUsize>);

impl Bomb {
    fn touched(&self) {
        let left = self.0.fetch_sub(1, Ordering::SeqCst);
        assert!(left != 0, "as it is to");
    }

    fn is_whole(&self) -> bool {
        // It counts on, below nothing.
        self.0.load(Ordering::SeqCst) < usize::MAX / 2
    }
}

/// Touches it in the transport, in hooks and wherever else a caller's own code runs.
#[derive(Clone)]
struct Own {
    bomb: Bomb,
    clock: FakeClock,
    codes: Arc<Mutex<Vec<String>>>,
}

impl Own {
    fn new(touches: usize) -> Self {
        Self {
            bomb: Bomb(Arc::new(AtomicUsize::new(touches))),
            clock: FakeClock::new(),
            codes: Arc::default(),
        }
    }

    fn settings(&self) -> Settings {
        let (clock, watcher) = (self.clone(), self.bomb.clone());
        Settings::new()
            .clock(move || {
                clock.bomb.touched();
                clock.clock.now()
            })
            .otp_watcher(move |_| watcher.touched())
            .hooks(self.clone())
            .most_at_once(1)
            .otp_reuse(OtpReuse::Never)
            .retry(Retry::new(2).first_pause(Duration::from_millis(1)))
            .total_timeout(LONG)
    }

    /// Ibanera with codes of one's own and a login.
    fn ibanera(&self) -> Ibanera {
        let (bomb, next) = (self.bomb.clone(), AtomicUsize::new(100_000));
        let codes = OneTimeCodes::from_fn(move |_| {
            bomb.touched();
            format!("{}", next.fetch_add(1, Ordering::SeqCst)).into()
        });
        let ibanera = Ibanera::new("http://localhost".parse().unwrap());
        ibanera.login("u", "p").one_time_codes(codes)
    }

    /// Fails before it is sent for the first time, so that it is tried again.
    fn answers(&self, request: &Request<Bytes>) -> Sent {
        self.bomb.touched();
        let mut codes = self.codes.lock().unwrap();
        codes.push(code(request).unwrap());
        match codes.len() {
            1 => Err(TransportError::not_sent(TransportErrorKind::Connect)),
            _ if path(request).ends_with("/login") => json(200, LOGGED_IN),
            _ => json(200, CUSTOMER),
        }
    }

    /// No code was sent twice.
    fn is_sound(&self) {
        let mut codes = self.codes.lock().unwrap().clone();
        let all = codes.len();
        codes.sort();
        codes.dedup();
        assert_eq!(codes.len(), all);
    }
}

impl Hooks for Own {
    fn before_send(&self, _: &CallEvent<'_>) {
        self.bomb.touched();
    }

    fn after_reply(&self, _: &CallEvent<'_>, _: AttemptEnd, _: Duration) {
        self.bomb.touched();
    }

    fn on_retry(&self, _: &CallEvent<'_>, _: AttemptEnd, _: Duration) {
        self.bomb.touched();
    }

    fn on_renewal(&self, _: &CallEvent<'_>, _: Renewed) {
        self.bomb.touched();
    }
}

impl BlockingTransport for Own {
    fn send(&self, request: Request<Bytes>, _: Limits) -> Sent {
        self.answers(&request)
    }

    fn sleep(&self, pause: Duration) {
        self.bomb.touched();
        self.clock.advance(pause);
    }
}

impl AsyncTransport for Own {
    async fn send(&self, request: Request<Bytes>, _: Limits) -> Sent {
        tokio::task::yield_now().await;
        self.answers(&request)
    }

    async fn sleep(&self, pause: Duration) {
        tokio::task::yield_now().await;
        self.bomb.touched();
        self.clock.advance(pause);
    }
}

/// Plays a call that panics at the first point, one at the second, and so on; after each
/// a whole one. Gives how many there were.
fn at_every_point<C>(
    client: impl Fn(&Own) -> C,
    send: impl Fn(&C) -> Result<(), cards_transport::Error>,
) -> usize {
    for touches in 0..1_000 {
        // The clock is read as the client is made.
        let own = Own::new(touches + 1);
        let client = client(&own);
        let outcome = catch_unwind(AssertUnwindSafe(|| send(&client)));
        // A hook's panic is passed over.
        if let Ok(outcome) = outcome {
            outcome.unwrap();
        }
        let is_whole = own.bomb.is_whole();
        own.bomb.0.store(usize::MAX / 4, Ordering::SeqCst);
        send(&client).unwrap_or_else(|error| panic!("after {touches} touches: {error:?}"));
        own.is_sound();
        if is_whole {
            return touches;
        }
    }
    panic!("it never ends");
}

#[test]
fn a_panic_at_any_point_leaves_the_blocking_client_as_good_as_new() {
    let points = at_every_point(
        |own| blocking::Client::with_settings(own.ibanera(), own.clone(), own.settings()),
        |client| client.send(&CALL).map(drop),
    );
    assert!(points > 20, "{points}");
}

#[test]
fn a_panic_at_any_point_leaves_the_async_client_as_good_as_new() {
    let runtime = runtime();
    let points = at_every_point(
        |own| Client::with_settings(own.ibanera(), own.clone(), own.settings()),
        |client| runtime.block_on(client.send(&CALL)).map(drop),
    );
    assert!(points > 20, "{points}");
}

/// Paysafe, whose token has to be fetched.
fn paysafe() -> Paysafe {
    Paysafe::new("http://localhost".parse().unwrap()).client("b", "id", "secret")
}

const CARDS: &str = r#"{"cards":[],"meta":{}}"#;

/// Several threads, of which the first fails while the others wait for it.
fn the_first_of_many_fails<T: BlockingTransport>(client: &blocking::Client<Paysafe, T>) {
    let list = ListPrepaidCards::new("1");
    thread::scope(|scope| {
        let first = scope.spawn(|| client.send(&list));
        thread::sleep(Duration::from_millis(20));
        let others: Vec<_> = (0..6).map(|_| scope.spawn(|| client.send(&list))).collect();
        assert!(first.join().is_err(), "it does not panic");
        others
            .into_iter()
            .for_each(|other| drop(other.join().unwrap().unwrap()));
    });
}

#[test]
fn a_renewal_whose_thread_panics_is_taken_over() {
    let asked = Arc::new(AtomicUsize::new(0));
    let fails = |asked: &AtomicUsize| {
        let is_first = asked.fetch_add(1, Ordering::SeqCst) == 0;
        thread::sleep(Duration::from_millis(100));
        assert!(!is_first, "as it is to");
    };
    let counted = Arc::clone(&asked);
    let transport = move |request: Request<Bytes>, _: Limits| {
        if path(&request).starts_with("/auth/") {
            fails(&counted);
            return json(200, r#"{"access_token":"t"}"#);
        }
        json(200, CARDS)
    };
    the_first_of_many_fails(&blocking::Client::new(paysafe(), transport));
    assert_eq!(asked.load(Ordering::SeqCst), 2);

    let counted = Arc::new(AtomicUsize::new(0));
    let source = TokenSource::new(move |_| {
        fails(&counted);
        Ok(IssuedToken::new("t"))
    });
    let transport = |_: Request<Bytes>, _: Limits| json(200, CARDS);
    the_first_of_many_fails(&blocking::Client::new(
        paysafe().token_source(source),
        transport,
    ));
}

/// A source that cannot be interrupted outlasts its call: the others wait for it no
/// longer than that call had, and the token that comes late is not used.
#[test]
fn a_source_that_hangs_is_not_waited_for_beyond_its_callers_time() {
    let (ends, end) = std::sync::mpsc::channel();
    let (asked, end) = (AtomicUsize::new(0), Mutex::new(end));
    let (begins, begun) = std::sync::mpsc::channel();
    let source = TokenSource::new(move |_| match asked.fetch_add(1, Ordering::SeqCst) {
        0 => {
            begins.send(())?;
            end.lock().unwrap().recv()?;
            Ok(IssuedToken::new("late"))
        }
        _ => Ok(IssuedToken::new("soon")),
    });
    let used = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&used);
    let transport = move |request: Request<Bytes>, _: Limits| {
        let token = request.headers()["authorization"].to_str().unwrap();
        kept.lock().unwrap().push(token.to_owned());
        json(200, CARDS)
    };
    let client = blocking::Client::new(paysafe().token_source(source), transport);
    let list = ListPrepaidCards::new("1");
    thread::scope(|scope| {
        let hasty = within(Duration::from_millis(50));
        let (first, of_all) = (client.clone(), list.clone());
        let first = scope.spawn(move || first.send_with(&of_all, &hasty).map(drop));
        begun.recv().unwrap();
        client.send(&list).unwrap();
        ends.send(()).unwrap();
        assert!(first.join().unwrap().unwrap_err().is_timeout());
    });
    client.send(&list).unwrap();
    assert_eq!(*used.lock().unwrap(), ["Bearer soon"; 2]);
}
