//! The client against a sandbox that takes each of Ibanera's codes once: a
//! session of a login, calls and a walk goes through in the steps it needs,
//! whatever the client was told about codes.
//!
//! Time is virtual: it stands still while anybody is at work, and moves to the
//! next moment that somebody waits for once all wait.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "this is test code, outside of `#[test]` functions"
)]

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use cards_model::Decimal;
use cards_model::ibanera::{CardsByCustomer, ListCustomerCards, SimulatePayin, TransferType};
use cards_sandbox::{Fault, OneTimePasswords, Running, Sandbox, world};
use cards_transport::ibanera::{Ibanera, OtpReuse};
use cards_transport::{
    AsyncTransport, BlockingTransport, Client, Limits, ReqwestTransport, Settings, TransportError,
    UreqTransport, blocking,
};
use futures_util::StreamExt;
use futures_util::future::join_all;
use http::{Request, Response};
use tokio::runtime::Builder;

/// A clock that nobody has to wait for.
#[derive(Clone)]
struct Time(Arc<Inner>);

struct Inner {
    millis: AtomicU64,
    sending: AtomicUsize,
    /// The moments that somebody waits for, or has waited for.
    awaited: Mutex<BTreeSet<u64>>,
    is_over: AtomicBool,
}

impl Time {
    /// Ten seconds into a step.
    const START: u64 = 1_795_248_010_000;

    fn new() -> Self {
        let time = Self(Arc::new(Inner {
            millis: AtomicU64::new(Self::START),
            sending: AtomicUsize::new(0),
            awaited: Mutex::default(),
            is_over: AtomicBool::new(false),
        }));
        let moving = time.clone();
        thread::spawn(move || moving.go_on());
        time
    }

    /// Moves on once nothing has been on its way for a while.
    ///
    /// Only looks that come on time count: on a machine that is busy with other
    /// programs this thread is late, and so may be one that is about to send.
    fn go_on(&self) {
        const EVERY: Duration = Duration::from_millis(2);
        const QUIET_LOOKS: u32 = 20;
        const LONGEST: Duration = Duration::from_secs(2);
        let (mut looks, mut since) = (0, Instant::now());
        while !self.0.is_over.load(Ordering::SeqCst) {
            let before = Instant::now();
            thread::sleep(EVERY);
            let is_late = before.elapsed() > 3 * EVERY;
            if self.0.sending.load(Ordering::SeqCst) > 0 {
                (looks, since) = (0, Instant::now());
            } else if is_late {
                looks = 0;
            } else {
                looks += 1;
            }
            let is_quiet = looks > QUIET_LOOKS || since.elapsed() > LONGEST;
            let awaited = self.0.awaited.lock().unwrap();
            let next = awaited.range(self.millis() + 1..).next().copied();
            if let Some(next) = next.filter(|_| is_quiet) {
                self.0.millis.fetch_max(next, Ordering::SeqCst);
                (looks, since) = (0, Instant::now());
            }
        }
    }

    fn millis(&self) -> u64 {
        self.0.millis.load(Ordering::SeqCst)
    }

    fn now(&self) -> SystemTime {
        UNIX_EPOCH + Duration::from_millis(self.millis())
    }

    fn passed(&self) -> Duration {
        Duration::from_millis(self.millis() - Self::START)
    }

    /// The moment at which a pause is over, which somebody waits for from now on.
    fn after(&self, pause: Duration) -> u64 {
        let pause = u64::try_from(pause.as_millis()).unwrap_or(u64::MAX / 4);
        let until = self.millis() + pause + 1;
        self.0.awaited.lock().unwrap().insert(until);
        until
    }
}

/// A backend that sleeps by that clock.
struct Timed<T> {
    inner: T,
    time: Time,
}

impl<T: BlockingTransport> BlockingTransport for Timed<T> {
    fn send(&self, request: Request<Bytes>, l: Limits) -> Result<Response<Bytes>, TransportError> {
        self.time.0.sending.fetch_add(1, Ordering::SeqCst);
        let outcome = self.inner.send(request, l);
        self.time.0.sending.fetch_sub(1, Ordering::SeqCst);
        outcome
    }

    fn sleep(&self, pause: Duration) {
        let until = self.time.after(pause);
        while self.time.millis() < until {
            thread::sleep(Duration::from_millis(1));
        }
    }
}

impl<T: AsyncTransport> AsyncTransport for Timed<T> {
    async fn send(
        &self,
        request: Request<Bytes>,
        limits: Limits,
    ) -> Result<Response<Bytes>, TransportError> {
        self.time.0.sending.fetch_add(1, Ordering::SeqCst);
        let outcome = self.inner.send(request, limits).await;
        self.time.0.sending.fetch_sub(1, Ordering::SeqCst);
        outcome
    }

    async fn sleep(&self, pause: Duration) {
        let until = self.time.after(pause);
        while self.time.millis() < until {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }
}

/// A sandbox and what a client needs to call it, on one clock.
struct Scene {
    sandbox: Running,
    time: Time,
}

impl Scene {
    fn new(passwords: OneTimePasswords) -> Self {
        let time = Time::new();
        let clock = time.clone();
        let builder = Sandbox::builder().clock(Arc::new(move || clock.now()));
        let sandbox = builder.one_time_passwords(passwords).start_blocking();
        let sandbox = sandbox.unwrap();
        Self { sandbox, time }
    }

    fn ibanera(&self) -> Ibanera {
        Ibanera::new(self.sandbox.ibanera_url().parse().unwrap())
            .login(world::ibanera::USERNAME, world::ibanera::PASSWORD)
            .totp_base32(world::ibanera::TOTP_SECRET)
            .unwrap()
    }

    fn settings(&self, reuse: OtpReuse) -> Settings {
        let clock = self.time.clone();
        Settings::new()
            .clock(move || clock.now())
            .otp_reuse(reuse)
            .total_timeout(Duration::from_secs(24 * 60 * 60))
    }

    fn timed<T>(&self, inner: T) -> Timed<T> {
        Timed {
            inner,
            time: self.time.clone(),
        }
    }

    fn blocking(&self, reuse: OtpReuse) -> blocking::Client<Ibanera, Timed<UreqTransport>> {
        let transport = self.timed(UreqTransport::new().unwrap());
        blocking::Client::with_settings(self.ibanera(), transport, self.settings(reuse))
    }

    /// Counts the requests that came, and those of them that were refused.
    fn requests(&self) -> (usize, usize) {
        let exchanges = self.sandbox.exchanges();
        let refused = exchanges.iter().filter(|exchange| !exchange.accepted);
        (exchanges.len(), refused.count())
    }

    /// Requires that each request had a step of its own, and none was waited
    /// for in vain; counts those that were refused.
    fn took_its_steps(&self, requests: usize) -> usize {
        let (came, refused) = self.requests();
        assert_eq!(came, requests + refused);
        let steps = self.time.passed().as_secs().div_ceil(30);
        assert!(steps as usize <= requests, "{steps} steps for {requests}");
        refused
    }
}

impl Drop for Scene {
    fn drop(&mut self) {
        self.time.0.is_over.store(true, Ordering::SeqCst);
    }
}

const TASKS: usize = 8;
const CUSTOMER: CardsByCustomer = CardsByCustomer {
    customers_id: Some(world::ibanera::CUSTOMER),
};

/// Pages of a size that makes four of them.
fn walk() -> ListCustomerCards {
    let quarter = (world::ibanera::CUSTOMERS as u32).div_ceil(4);
    ListCustomerCards::new().page_size(quarter)
}

/// A login for all, and for each of the tasks three calls and four pages.
const SESSION: usize = 1 + TASKS * (3 + 4);

fn session_of_the_blocking_client(scene: &Scene, reuse: OtpReuse) {
    let client = scene.blocking(reuse);
    thread::scope(|scope| {
        for _ in 0..TASKS {
            scope.spawn(|| {
                for _ in 0..3 {
                    client.send(&CUSTOMER).unwrap();
                }
                let all = client.items(walk()).map(Result::unwrap).count();
                assert_eq!(all, world::ibanera::CUSTOMERS as usize);
            });
        }
    });
}

fn session_of_the_async_client(scene: &Scene, reuse: OtpReuse) {
    let runtime = Builder::new_current_thread().enable_all().build();
    let transport = scene.timed(ReqwestTransport::new().unwrap());
    let client = Client::with_settings(scene.ibanera(), transport, scene.settings(reuse));
    let task = async || {
        for _ in 0..3 {
            client.send(&CUSTOMER).await.unwrap();
        }
        let items: Vec<_> = client.items(walk()).map(Result::unwrap).collect().await;
        assert_eq!(items.len(), world::ibanera::CUSTOMERS as usize);
    };
    runtime
        .unwrap()
        .block_on(join_all((0..TASKS).map(|_| task())));
}

/// Plays a session where each code serves once, and counts what was refused.
fn refused_of(session: fn(&Scene, OtpReuse), reuse: OtpReuse) -> usize {
    let scene = Scene::new(OneTimePasswords::SingleUse);
    session(&scene, reuse);
    scene.took_its_steps(SESSION)
}

#[test]
fn a_session_of_the_blocking_client_learns_by_one_refusal() {
    assert_eq!(
        refused_of(session_of_the_blocking_client, OtpReuse::Learn),
        1
    );
}

#[test]
fn a_session_of_the_async_client_learns_by_one_refusal() {
    assert_eq!(refused_of(session_of_the_async_client, OtpReuse::Learn), 1);
}

#[test]
fn a_session_that_knows_is_never_refused() {
    assert_eq!(
        refused_of(session_of_the_blocking_client, OtpReuse::Never),
        0
    );
    assert_eq!(refused_of(session_of_the_async_client, OtpReuse::Never), 0);
}

#[test]
fn where_codes_serve_twice_nobody_waits() {
    for reuse in [OtpReuse::Learn, OtpReuse::Allowed] {
        let scene = Scene::new(OneTimePasswords::Reusable);
        session_of_the_blocking_client(&scene, reuse);
        session_of_the_async_client(&scene, reuse);
        assert_eq!(scene.requests(), (2 * SESSION, 0));
        assert_eq!(scene.time.passed(), Duration::ZERO, "{reuse}");
    }
}

/// A call without the time for a step of its own is not sent, and takes no
/// step from those who have the time.
#[test]
fn a_call_that_cannot_wait_for_its_step_says_so() {
    let scene = Scene::new(OneTimePasswords::SingleUse);
    let client = scene.blocking(OtpReuse::Never);
    client.send(&CUSTOMER).unwrap();
    let hasty = cards_transport::CallOptions::new().total_timeout(Duration::from_secs(5));
    let error = client.send_with(&CUSTOMER, &hasty).unwrap_err();
    assert!(error.is_timeout() && error.is_not_sent(), "{error:?}");
    let why = std::error::Error::source(&error).unwrap().to_string();
    assert!(why.contains("one-time code"), "{why}");
    client.send(&CUSTOMER).unwrap();
    assert_eq!(scene.took_its_steps(3), 0);
}

/// A code that was sent before may be why a change is refused; it is no reason to send a change again
/// that may have been carried out, nor to learn anything where the server had too many calls.
#[test]
fn a_change_that_may_have_been_carried_out_is_not_sent_again_for_its_code() {
    for (status, is_carried_out) in [
        (302, true),
        (408, true),
        (408, false),
        (500, true),
        (503, true),
    ] {
        let scene = Scene::new(OneTimePasswords::Reusable);
        let client = scene.blocking(OtpReuse::Learn);
        let card = client.send(&CUSTOMER).unwrap().customers[0].cards[0].clone();
        let fault = Fault::status(status).carry_out(is_carried_out);
        scene
            .sandbox
            .faults()
            .add(fault.operation("simulate-payin"))
            .unwrap();
        let payin = SimulatePayin::new(card.id, TransferType::Ach, Decimal::new(550, 2));
        let error = client.send(&payin).unwrap_err();
        assert!(error.is_outcome_unknown(), "{status}: {error}");
        assert_eq!(error.attempts(), 1, "{status}");
        let mut exchanges = scene.sandbox.exchanges();
        exchanges.retain(|exchange| exchange.operation == Some("simulate-payin"));
        let accepted = exchanges
            .iter()
            .filter(|exchange| exchange.accepted)
            .count();
        assert_eq!(
            (exchanges.len(), accepted),
            (1, usize::from(is_carried_out)),
            "{status}"
        );
    }
    // Nothing of codes is learned from a limit: all go out in one step.
    let scene = Scene::new(OneTimePasswords::Reusable);
    let client = scene.blocking(OtpReuse::Learn);
    client.send(&CUSTOMER).unwrap();
    let busy = Fault::status(429).times(1).operation("cards-by-customer");
    scene.sandbox.faults().add(busy).unwrap();
    client.send(&CUSTOMER).unwrap();
    client.send(&CUSTOMER).unwrap();
    assert!(scene.time.passed() < Duration::from_secs(20));
}
