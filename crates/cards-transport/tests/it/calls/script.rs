//! A transport that plays a script, and both drivers over it.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use cards_transport::{
    AsyncTransport, BlockingTransport, Call, CallOptions, Client, Error, Limits, Provider, Reply,
    Retry, Settings, TransportError, TransportErrorKind, blocking,
};
use http::{Request, Response};

pub(crate) type Outcome = Result<Response<Bytes>, TransportError>;

/// A transport that plays a script, keeps what it was given, and whose sleep
/// moves a clock.
#[derive(Clone)]
pub(crate) struct Script(Arc<Played>);

struct Played {
    script: Mutex<VecDeque<Box<dyn Fn() -> Outcome + Send>>>,
    requests: Mutex<Vec<Request<Bytes>>>,
    pauses: Mutex<Vec<Duration>>,
    now: Mutex<SystemTime>,
}

impl Script {
    pub(crate) fn new(script: &[fn() -> Outcome]) -> Self {
        Self::with(script.iter().map(|play| Box::new(*play) as _).collect())
    }

    /// A script of outcomes that are made already.
    pub(crate) fn playing(outcomes: Vec<Outcome>) -> Self {
        let once = |outcome| {
            let outcome = Mutex::new(Some(outcome));
            Box::new(move || outcome.lock().unwrap().take().unwrap()) as _
        };
        Self::with(outcomes.into_iter().map(once).collect())
    }

    fn with(script: VecDeque<Box<dyn Fn() -> Outcome + Send>>) -> Self {
        Self(Arc::new(Played {
            script: Mutex::new(script),
            requests: Mutex::default(),
            pauses: Mutex::default(),
            // 10 seconds into a step of one-time codes.
            now: Mutex::new(UNIX_EPOCH + Duration::from_secs(1_800_000_010)),
        }))
    }

    pub(crate) fn settings(&self) -> Settings {
        let played = Arc::clone(&self.0);
        Settings::new()
            .retry(Retry::new(3).seed(1))
            .clock(move || *played.now.lock().unwrap())
    }

    fn play(&self, request: Request<Bytes>) -> Outcome {
        self.0.requests.lock().unwrap().push(request);
        let next = self.0.script.lock().unwrap().pop_front();
        next.unwrap_or_else(|| panic!("more requests than the script has replies"))()
    }

    pub(crate) fn now(&self) -> SystemTime {
        *self.0.now.lock().unwrap()
    }

    pub(crate) fn set_back(&self, by: Duration) {
        *self.0.now.lock().unwrap() -= by;
    }

    pub(crate) fn pass(&self, pause: Duration) {
        self.0.pauses.lock().unwrap().push(pause);
        *self.0.now.lock().unwrap() += pause;
    }

    pub(crate) fn headers(&self, name: &str) -> Vec<String> {
        let requests = self.0.requests.lock().unwrap();
        let value = |r: &Request<Bytes>| Some(r.headers().get(name)?.to_str().unwrap().to_owned());
        requests.iter().filter_map(value).collect()
    }

    pub(crate) fn urls(&self) -> Vec<String> {
        self.0
            .requests
            .lock()
            .unwrap()
            .iter()
            .map(|r| r.uri().to_string())
            .collect()
    }

    pub(crate) fn pauses(&self) -> Vec<Duration> {
        self.0.pauses.lock().unwrap().clone()
    }
}

impl BlockingTransport for Script {
    fn send(&self, request: Request<Bytes>, _: Limits) -> Outcome {
        self.play(request)
    }

    fn sleep(&self, pause: Duration) {
        self.pass(pause);
    }
}

impl AsyncTransport for Script {
    async fn send(&self, request: Request<Bytes>, _: Limits) -> Outcome {
        self.play(request)
    }

    async fn sleep(&self, pause: Duration) {
        self.pass(pause);
    }
}

/// Plays the script through both drivers, which must not differ.
pub(crate) fn send<P: Provider + Clone, C: Call<Provider = P>>(
    provider: &P,
    call: &C,
    script: &[fn() -> Outcome],
) -> (Result<Reply<C::Reply>, Error>, Script) {
    send_with(provider, call, script, &CallOptions::new())
}

pub(crate) fn send_with<P: Provider + Clone, C: Call<Provider = P>>(
    provider: &P,
    call: &C,
    script: &[fn() -> Outcome],
    options: &CallOptions,
) -> (Result<Reply<C::Reply>, Error>, Script) {
    let one = Script::new(script);
    let client = Client::with_settings(provider.clone(), one.clone(), one.settings());
    let from_async = pollster::block_on(client.send_with(call, options));

    let two = Script::new(script);
    let client = blocking::Client::with_settings(provider.clone(), two.clone(), two.settings());
    let from_blocking = client.send_with(call, options);

    let told = |outcome: &Result<Reply<C::Reply>, Error>| match outcome {
        Ok(reply) => (None, Some(reply.attempts())),
        Err(error) => (Some((error.kind(), error.to_string())), None),
    };
    assert_eq!(told(&from_async), told(&from_blocking));
    assert_eq!(one.urls(), two.urls());
    assert_eq!(one.pauses(), two.pauses());
    (from_async, one)
}

pub(crate) fn response(status: u16, body: &'static str) -> Outcome {
    Ok(Response::builder()
        .status(status)
        .body(Bytes::from(body))
        .unwrap())
}

pub(crate) fn reset() -> Outcome {
    Err(TransportError::maybe_sent(TransportErrorKind::Interrupted))
}

pub(crate) fn refused() -> Outcome {
    Err(TransportError::not_sent(TransportErrorKind::Connect))
}
