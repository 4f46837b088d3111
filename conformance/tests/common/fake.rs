//! A transport without a network, for both clients, and a clock that moves
//! only when told to, or when somebody sleeps.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use cards_transport::{
    AsyncTransport, BlockingTransport, Call, Error, Limits, Retry, Settings, TransportError,
    Validation, blocking,
};
use http::{Request, Response};

/// A clock at the fixtures' noon.
#[derive(Clone, Debug)]
pub(crate) struct FakeClock(Arc<AtomicU64>);

impl FakeClock {
    pub(crate) fn new() -> Self {
        Self(Arc::new(AtomicU64::new(super::NOON * 1_000)))
    }

    pub(crate) fn now(&self) -> SystemTime {
        UNIX_EPOCH + Duration::from_millis(self.0.load(Ordering::SeqCst))
    }

    pub(crate) fn advance(&self, by: Duration) {
        let millis = u64::try_from(by.as_millis()).unwrap();
        self.0.fetch_add(millis, Ordering::SeqCst);
    }

    /// Default settings that tell the time by this clock.
    pub(crate) fn settings(&self) -> Settings {
        let clock = self.clone();
        Settings::new().clock(move || clock.now())
    }

    /// Checks nothing, so that the documents' own examples can be sent, and
    /// sends nothing twice.
    pub(crate) fn unchecked(&self) -> Settings {
        let settings = self.settings().validation(Validation::Off);
        settings.retry(Retry::never())
    }
}

type Handler =
    dyn Fn(&Request<Bytes>, usize) -> Result<Response<Bytes>, TransportError> + Send + Sync;

/// Answers each request by a function of it and of its number, counted from 0.
#[derive(Clone)]
pub(crate) struct Fake {
    handler: Arc<Handler>,
    sent: Arc<Mutex<Vec<Request<Bytes>>>>,
    pauses: Arc<Mutex<Vec<Duration>>>,
    clock: FakeClock,
}

impl Fake {
    pub(crate) fn new(
        clock: &FakeClock,
        handler: impl Fn(&Request<Bytes>, usize) -> Result<Response<Bytes>, TransportError>
        + Send
        + Sync
        + 'static,
    ) -> Self {
        Self {
            handler: Arc::new(handler),
            sent: Arc::default(),
            pauses: Arc::default(),
            clock: clock.clone(),
        }
    }

    /// Every request so far.
    pub(crate) fn sent(&self) -> Vec<Request<Bytes>> {
        self.sent.lock().unwrap().clone()
    }

    /// Every pause so far. No test waits for them: the clock moves instead.
    pub(crate) fn pauses(&self) -> Vec<Duration> {
        self.pauses.lock().unwrap().clone()
    }

    fn answer(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let number = {
            let mut sent = self.sent.lock().unwrap();
            sent.push(request.clone());
            sent.len() - 1
        };
        (self.handler)(&request, number)
    }

    fn pause(&self, pause: Duration) {
        self.pauses.lock().unwrap().push(pause);
        self.clock.advance(pause);
    }
}

impl BlockingTransport for Fake {
    fn send(&self, request: Request<Bytes>, _: Limits) -> Result<Response<Bytes>, TransportError> {
        self.answer(request)
    }

    fn sleep(&self, pause: Duration) {
        self.pause(pause);
    }
}

impl AsyncTransport for Fake {
    async fn send(
        &self,
        request: Request<Bytes>,
        _: Limits,
    ) -> Result<Response<Bytes>, TransportError> {
        // Lets the calls beside this one go on.
        tokio::task::yield_now().await;
        self.answer(request)
    }

    async fn sleep(&self, pause: Duration) {
        tokio::task::yield_now().await;
        self.pause(pause);
    }
}

/// The request that the core hands to a transport for a call that is not
/// checked, or why it hands over none.
pub(crate) fn request<C: Call>(call: &C, provider: C::Provider) -> Result<Request<Bytes>, Error> {
    let clock = FakeClock::new();
    let fake = Fake::new(&clock, |_, _| json(200, "{}"));
    let client = blocking::Client::with_settings(provider, fake.clone(), clock.unchecked());
    let outcome = client.send(call);
    let sent = fake.sent().pop();
    sent.ok_or_else(|| outcome.map(drop).unwrap_err())
}

/// A reply of JSON.
pub(crate) fn json(status: u16, body: impl Into<Bytes>) -> Result<Response<Bytes>, TransportError> {
    let response = Response::builder()
        .status(status)
        .header("content-type", "application/json");
    Ok(response.body(body.into()).unwrap())
}
