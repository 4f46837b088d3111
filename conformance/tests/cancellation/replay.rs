//! The sandbox's replies to an operation and its login, recorded once and replayed
//! without a network, with several points at which a call can be dropped.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, UNIX_EPOCH};

use bytes::Bytes;
use cards_sandbox::Running;
use cards_transport::{
    AsyncTransport, Call, Client, ErrorKind, Limits, ReqwestTransport, Sent, Settings,
};
use http::{Request, Response};
use tokio::task::yield_now;

use crate::common::fake::FakeClock;
use crate::common::operations::{from_input, nested, valid};
use crate::common::sandbox::{Carries, provider_of};
use crate::polls::{LONG, code, path, runtime};

type Replies = BTreeMap<String, Response<Bytes>>;

/// A request as a transport was handed it.
#[derive(Clone)]
pub(crate) struct Handed {
    pub(crate) code: Option<String>,
    /// The step of one-time codes that it was then.
    pub(crate) step: u64,
}

/// Replays, without a network. Whoever sleeps moves the clock.
#[derive(Clone)]
pub(crate) struct Replay(Arc<Inner>);

struct Inner {
    replies: Replies,
    clock: FakeClock,
    handed: Mutex<Vec<Handed>>,
}

impl Replay {
    pub(crate) fn new(replies: &Replies) -> Self {
        Self(Arc::new(Inner {
            replies: replies.clone(),
            clock: FakeClock::new(),
            handed: Mutex::default(),
        }))
    }

    pub(crate) fn settings(&self) -> Settings {
        // Time enough for all, but not to wait for one that is gone.
        let settings = self.0.clock.settings().total_timeout(LONG);
        settings.most_at_once(1)
    }

    pub(crate) fn handed(&self) -> Vec<Handed> {
        self.0.handed.lock().unwrap().clone()
    }
}

impl AsyncTransport for Replay {
    async fn send(&self, request: Request<Bytes>, _: Limits) -> Sent {
        let now = self.0.clock.now().duration_since(UNIX_EPOCH).unwrap();
        self.0.handed.lock().unwrap().push(Handed {
            code: code(&request),
            step: now.as_secs() / 30,
        });
        for _ in 0..3 {
            yield_now().await;
        }
        Ok(self.0.replies[path(&request)].clone())
    }

    async fn sleep(&self, pause: Duration) {
        yield_now().await;
        self.0.clock.advance(pause);
    }
}

/// An operation's valid request.
pub(crate) fn call<C: Call>() -> C {
    from_input(&nested(&valid(C::operation().name).unwrap())).unwrap()
}

/// The end of a call: a value, or the kind of its error.
pub(crate) fn end<T>(outcome: &Result<T, cards_transport::Error>) -> Option<ErrorKind> {
    outcome.as_ref().err().map(cards_transport::Error::kind)
}

/// Plays a call in a sandbox, with the login that it needs.
pub(crate) fn recorded<C: Call>(sandbox: &Running, call: &C) -> (Replies, Option<ErrorKind>) {
    let backend = ReqwestTransport::new().unwrap();
    let replies = Arc::new(Mutex::new(Replies::new()));
    let kept = Arc::clone(&replies);
    let transport = move |request: Request<Bytes>, limits| {
        let (backend, kept) = (backend.clone(), Arc::clone(&kept));
        async move {
            let at = path(&request).to_owned();
            let reply = backend.send(request, limits).await?;
            kept.lock().unwrap().insert(at, reply.clone());
            Ok(reply)
        }
    };
    let provider = provider_of::<C::Provider>(sandbox, Carries::Login);
    let client = Client::with_settings(provider, transport, FakeClock::new().settings());
    let outcome = end(&runtime().block_on(client.send(call)));
    let replies = replies.lock().unwrap().clone();
    (replies, outcome)
}
