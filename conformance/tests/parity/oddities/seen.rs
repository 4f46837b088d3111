//! Records what a caller sees of an odd reply.

use std::error::Error as _;
use std::time::Duration;

use bytes::Bytes;
use cards_transport::{BackendOptions, Call, Provider, Settings, TransportErrorKind};
use conformance::server::{RawServer, Reaction};
use http::HeaderMap;

use super::odd::{Odd, Then, Verdict};
use crate::common::clients::{AnyClient, Backend};
use crate::setup::{NEVER, told};

/// Everything that a caller can see of an outcome, which must be equal in both
/// backends.
#[derive(PartialEq)]
pub(super) struct Seen {
    /// Kind and predicates of the error, and its message. `None`: it is a value.
    pub(super) error: Option<(String, String)>,
    transport: Option<TransportErrorKind>,
    arrived: Option<(u16, HeaderMap, Bytes)>,
    pub(super) is_not_sent: bool,
    pub(super) attempts: u32,
    /// The number of times that the server got the request.
    pub(super) received: usize,
}

impl std::fmt::Debug for Seen {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let arrived = self.arrived.as_ref();
        let arrived = arrived.map(|(status, headers, body)| (status, headers.len(), body.len()));
        let (attempts, received) = (self.attempts, self.received);
        let (error, transport) = (&self.error, &self.transport);
        write!(
            f,
            "{arrived:?} {error:?} {transport:?}, {attempts} sent, {received} received"
        )
    }
}

/// The time that a server is silent before that is told.
const SILENCE: Duration = Duration::from_secs(1);

impl Seen {
    /// The outcome, and its causes in the words of their libraries.
    pub(super) fn of<B: Backend, P: Provider, C: Call<Provider = P>>(
        odd: &Odd,
        provider: impl Fn(&str) -> P,
        settings: Settings,
        call: &C,
    ) -> (Self, String) {
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
        let error = outcome.as_ref().err();
        let causes = std::iter::successors(error.and_then(|e| e.source()), |&e| e.source());
        let seen = Self {
            error: error.map(|error| (told(error), error.to_string())),
            transport: error.and_then(cards_transport::Error::transport_kind),
            arrived: raw.map(|raw| {
                let status = raw.status().as_u16();
                (status, raw.headers().clone(), raw.body().clone())
            }),
            is_not_sent: error.is_some_and(cards_transport::Error::is_not_sent),
            attempts: match &outcome {
                Ok(reply) => reply.attempts(),
                Err(error) => error.attempts(),
            },
            received: server.received().len(),
        };
        (seen, causes.map(|cause| format!("{cause}: ")).collect())
    }

    /// The verdict on a reply around this body. `None`: it is none of those that
    /// an odd reply may bring.
    pub(super) fn verdict(&self, whole: &str) -> Option<Verdict> {
        use TransportErrorKind::{Interrupted, Protocol, Timeout};
        let body = self.arrived.as_ref().map(|(_, _, body)| body);
        if !body.is_none_or(|body| is_alike(body, whole.as_bytes())) {
            return None;
        }
        if self.error.is_none() {
            // White space may be before it, which no JSON minds.
            return (body?.trim_ascii() == whole.as_bytes()).then_some(Verdict::Value);
        }
        match (self.transport, &self.arrived) {
            // It came whole; a change is left open by some statuses all the same (E-X-57).
            (None, Some((200..300, _, body))) if body.trim_ascii() == whole.as_bytes() => {
                Some(Verdict::Value)
            }
            (None, Some((status, _, body))) => Some(Verdict::Reply(*status, body.len())),
            (Some(Protocol), None) => Some(Verdict::Protocol),
            (Some(Interrupted), None) => Some(Verdict::CutHead),
            (Some(Interrupted), Some((_, _, body))) => Some(Verdict::Cut(body.len())),
            (Some(Timeout), None) => Some(Verdict::LateHead),
            (Some(Timeout), Some((_, _, body))) => Some(Verdict::Late(body.len())),
            _ => None,
        }
    }
}

/// Tells whether a body is what was sent, as far as it goes; there may be white space before it,
/// which no JSON minds.
fn is_alike(body: &[u8], whole: &[u8]) -> bool {
    let body = body.trim_ascii_start();
    whole.starts_with(body) || body.starts_with(whole)
}
