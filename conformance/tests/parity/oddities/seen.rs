//! Records what a caller sees of an odd reply.

use std::error::Error as _;
use std::time::Duration;

use cards_transport::{BackendOptions, Call, ErrorKind, Provider, Settings, TransportErrorKind};
use conformance::server::{RawServer, Reaction};

use super::odd::{Odd, Then, Verdict};
use crate::common::clients::{AnyClient, Backend};
use crate::setup::NEVER;

/// Everything that a caller can see of an outcome.
#[derive(Debug)]
pub(super) struct Seen {
    failure: Option<Failure>,
    arrived: Option<Arrived>,
    pub(super) is_not_sent: bool,
    pub(super) attempts: u32,
    /// The number of times that the server got the request.
    pub(super) received: usize,
    /// The causes, each in the words of its library.
    pub(super) causes: String,
}

#[derive(Debug, PartialEq, Eq)]
struct Failure {
    kind: ErrorKind,
    transport: Option<TransportErrorKind>,
    is_timeout: bool,
    message: String,
}

#[derive(PartialEq, Eq)]
struct Arrived {
    status: u16,
    headers: Vec<(String, Vec<u8>)>,
    body: Vec<u8>,
}

impl std::fmt::Debug for Arrived {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (headers, body) = (self.headers.len(), self.body.len());
        write!(f, "{}, {headers} headers, {body} bytes", self.status)
    }
}

/// The time that a server is silent before that is told.
const SILENCE: Duration = Duration::from_secs(1);

impl Seen {
    pub(super) fn of<B: Backend, P: Provider, C: Call<Provider = P>>(
        odd: &Odd,
        provider: impl Fn(&str) -> P,
        settings: Settings,
        call: &C,
    ) -> Self {
        let bytes = odd.bytes.clone();
        let server = RawServer::playing([match odd.then {
            Then::Closes => Reaction::SendAndClose(bytes),
            Then::Resets => Reaction::SendAndReset(bytes),
            Then::Stays => Reaction::SendAndStall(bytes),
        }]);
        let server = server.unwrap();
        let options = BackendOptions::new();
        let options = match odd.then {
            Then::Stays => options.read_timeout(SILENCE),
            Then::Closes | Then::Resets => options.read_timeout(NEVER),
        };
        let settings = settings.total_timeout(NEVER);
        let client = B::client(provider(&server.url()), &options, settings);
        let outcome = client.send(call);

        let raw = match &outcome {
            Ok(reply) => Some(reply.raw()),
            Err(error) => error.raw(),
        };
        let arrived = raw.map(|raw| Arrived {
            status: raw.status().as_u16(),
            headers: raw
                .headers()
                .iter()
                .map(|(name, value)| (name.to_string(), value.as_bytes().to_vec()))
                .collect(),
            body: raw.body().to_vec(),
        });
        let error = outcome.as_ref().err();
        let causes = std::iter::successors(error.and_then(|e| e.source()), |&e| e.source());
        Self {
            arrived,
            failure: error.map(|error| Failure {
                kind: error.kind(),
                transport: error.transport_kind(),
                is_timeout: error.is_timeout(),
                message: error.to_string(),
            }),
            is_not_sent: error.is_some_and(cards_transport::Error::is_not_sent),
            attempts: match &outcome {
                Ok(reply) => reply.attempts(),
                Err(error) => error.attempts(),
            },
            received: server.received().len(),
            causes: causes
                .map(ToString::to_string)
                .collect::<Vec<_>>()
                .join(": "),
        }
    }

    pub(super) fn kind(&self) -> Option<ErrorKind> {
        self.failure.as_ref().map(|failure| failure.kind)
    }

    /// The parts that must be equal in both backends, which are all but the
    /// libraries' own words.
    pub(super) fn told(&self) -> impl PartialEq {
        let Self {
            failure,
            arrived,
            is_not_sent,
            attempts,
            received,
            causes: _,
        } = self;
        (failure, arrived, *is_not_sent, *attempts, *received)
    }

    /// The verdict on a reply around this body. `None`: it is none of those that
    /// an odd reply may bring.
    pub(super) fn verdict(&self, whole: &str) -> Option<Verdict> {
        use TransportErrorKind::{Interrupted, Protocol, Timeout};
        let body = self.arrived.as_ref().map(|arrived| arrived.body.len());
        let Some(failure) = &self.failure else {
            // White space may be before it, which no JSON minds.
            let came = self.arrived.as_ref()?.body.trim_ascii();
            return (came == whole.as_bytes()).then_some(Verdict::Value);
        };
        match (failure.transport, &self.arrived, body) {
            (None, Some(arrived), Some(body)) => Some(Verdict::Reply(arrived.status, body)),
            (Some(Protocol), None, _) => Some(Verdict::Protocol),
            (Some(Interrupted), _, None) => Some(Verdict::CutHead),
            (Some(Interrupted), _, Some(body)) => Some(Verdict::Cut(body)),
            (Some(Timeout), _, None) => Some(Verdict::LateHead),
            (Some(Timeout), _, Some(body)) => Some(Verdict::Late(body)),
            _ => None,
        }
    }
}
