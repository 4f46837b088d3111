//! The reply to a call, and what is odd about it.

use std::fmt;
use std::ops::Deref;
use std::time::{Duration, Instant, SystemTime};

use bytes::Bytes;
use cards_model::Effect;
use http::{HeaderMap, StatusCode, header};

use crate::ids::is_another;
use crate::redact::small_number;
use crate::retry::retry_after;

/// A typed reply with everything that came with it.
///
/// It dereferences to the value: `reply.entity_id`. `Debug` shows the value
/// and the status, never the headers or the raw body.
pub struct Reply<T> {
    value: T,
    raw: RawReply,
    warnings: Vec<Warning>,
}

/// The parts of a [`Reply`].
#[derive(Debug)]
#[non_exhaustive]
pub struct ReplyParts<T> {
    /// The parsed value.
    pub value: T,
    /// The reply as it was received.
    pub raw: RawReply,
    /// The oddities of a reply that is a success all the same.
    pub warnings: Vec<Warning>,
}

/// An oddity of a reply that is a success all the same, so that nothing of it is lost.
///
/// The fields hold the numbers as they came. `Display` and `Debug` show those
/// that are as small as a number of records, a page's size or its place, since a
/// larger one may be anybody's number.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Warning {
    /// The page announces another number of records than it holds.
    RecordsDiffer {
        /// The number that it announces.
        announced: i64,
        /// The number that it holds.
        came: usize,
    },
    /// The server uses another page size than the one asked for.
    SizeDiffers {
        /// The size asked for.
        asked: i64,
        /// The size that the server says it used.
        told: i64,
    },
    /// The server says that the page is another than the one asked for. A walk over all pages ends with
    /// [`PagingTrouble::Missing`](crate::PagingTrouble::Missing) where it stands behind that one.
    PlaceDiffers {
        /// The offset or page number asked for.
        asked: i64,
        /// The one that the server tells.
        told: i64,
    },
    /// The reply is about another customer or card than the call: it has another id. What it shows
    /// belongs to somebody else, or the provider writes the id in a form that no document names.
    AboutAnother {
        /// The id's name on the wire.
        field: &'static str,
    },
}

impl Warning {
    /// Warns of a page that holds another number of records than it announces.
    pub(crate) fn records(announced: Option<i64>, came: usize) -> Option<Self> {
        let announced = announced.filter(|&announced| usize::try_from(announced) != Ok(came))?;
        Some(Self::RecordsDiffer { announced, came })
    }

    /// Warns of a page that is of another size than the one asked for.
    pub(crate) fn size(asked: Option<u32>, told: Option<i64>) -> Option<Self> {
        let asked = i64::from(asked?);
        let told = told.filter(|&told| told != asked)?;
        Some(Self::SizeDiffers { asked, told })
    }

    /// Warns of a page that is another than the one asked for.
    pub(crate) fn place(asked: i64, told: Option<i64>) -> Option<Self> {
        let told = told.filter(|&told| told != asked)?;
        Some(Self::PlaceDiffers { asked, told })
    }

    /// Warns of a reply that shows another id than the one that was asked for, as far as it shows
    /// one whole.
    pub(crate) fn about(field: &'static str, asked: &str, shown: Option<&str>) -> Option<Self> {
        is_another(asked, shown).then_some(Self::AboutAnother { field })
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::RecordsDiffer { announced, came } => write!(
                f,
                "the page announces {} records and holds {came}",
                small_number(*announced)
            ),
            Self::SizeDiffers { asked, told } => write!(
                f,
                "pages of {asked} were asked for, and the server makes them of {}",
                small_number(*told)
            ),
            Self::PlaceDiffers { asked, told } => write!(
                f,
                "the page at {asked} was asked for, and the server says that it is the one at {}",
                small_number(*told)
            ),
            Self::AboutAnother { field } => write!(
                f,
                "the reply has another `{field}` than the call: what it shows may be somebody else's"
            ),
        }
    }
}

impl fmt::Debug for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Warning({self})")
    }
}

/// A reply before it is parsed: status, headers, body and what it cost.
#[derive(Clone)]
pub struct RawReply {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
    elapsed: Duration,
    attempts: u32,
    /// The time of its receipt, by the client's clock and by the machine's own.
    received: (SystemTime, Instant),
}

impl<T> Reply<T> {
    pub(crate) fn new(value: T, raw: RawReply, warnings: Vec<Warning>) -> Self {
        Self {
            value,
            raw,
            warnings,
        }
    }

    /// The parsed value.
    pub fn value(&self) -> &T {
        &self.value
    }

    /// The parsed value alone.
    pub fn into_value(self) -> T {
        self.value
    }

    /// All that it is made of, each to be moved on its own.
    pub fn into_parts(self) -> ReplyParts<T> {
        ReplyParts {
            value: self.value,
            raw: self.raw,
            warnings: self.warnings,
        }
    }

    /// Status, headers, body and cost.
    pub fn raw(&self) -> &RawReply {
        &self.raw
    }

    /// Lists the oddities of the reply, though it is a success.
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    /// The HTTP status.
    pub fn status(&self) -> StatusCode {
        self.raw.status
    }

    /// The reply's headers.
    pub fn headers(&self) -> &HeaderMap {
        &self.raw.headers
    }

    /// The body as received.
    pub fn body(&self) -> &Bytes {
        &self.raw.body
    }

    /// The time from the start of the call to its end, attempts and pauses
    /// included.
    pub fn elapsed(&self) -> Duration {
        self.raw.elapsed
    }

    /// The number of times that the request was sent.
    pub fn attempts(&self) -> u32 {
        self.raw.attempts
    }
}

impl<T> Deref for Reply<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T: fmt::Debug> fmt::Debug for Reply<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reply")
            .field("value", &self.value)
            .field("raw", &self.raw)
            .field("warnings", &self.warnings)
            .finish()
    }
}

impl RawReply {
    pub(crate) fn new(
        response: http::Response<Bytes>,
        elapsed: Duration,
        attempts: u32,
        received: (SystemTime, Instant),
    ) -> Self {
        let (head, body) = response.into_parts();
        Self {
            status: head.status,
            headers: head.headers,
            body,
            elapsed,
            attempts,
            received,
        }
    }

    /// The HTTP status.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// Tells whether a call whose success the body tells was carried out by its status too. Of a
    /// change 200, 201 and 204 alone say so: after a 202 it is not done yet, and of 206 and the
    /// like nobody knows what was (E-X-57).
    pub(crate) fn is_done(&self, effect: Effect) -> bool {
        match effect {
            Effect::Read => self.status.is_success(),
            Effect::Mutation => matches!(self.status.as_u16(), 200 | 201 | 204),
        }
    }

    /// The headers.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The body as received; it may hold personal data.
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// The time from the start of the call to its end.
    pub fn elapsed(&self) -> Duration {
        self.elapsed
    }

    /// The number of times that the request was sent.
    pub fn attempts(&self) -> u32 {
        self.attempts
    }

    /// The time that it asks to wait for, counted from now by the client's clock.
    pub(crate) fn asked_wait(&self) -> Option<Duration> {
        let (received, at) = self.received;
        let now = received.checked_add(at.elapsed()).unwrap_or(received);
        retry_after(&self.headers, now)
    }

    /// The seconds by which the client's clock is ahead of the server's, where it is
    /// off by more than the step of a one-time code and its neighbours allow.
    ///
    /// The server dated its reply between the begin of the attempt and the receipt: it is certainly
    /// ahead by what it was at the one, and behind by what it was at the other.
    pub(crate) fn clock_ahead(&self, attempted: SystemTime) -> Option<i64> {
        const ALLOWED: u64 = 30;
        let date = self.headers.get(header::DATE)?.to_str().ok()?;
        let theirs = httpdate::parse_http_date(date).ok()?;
        let (received, _) = self.received;
        let (off, sign) = match attempted.duration_since(theirs) {
            Ok(ahead) => (ahead, 1),
            Err(_) => (theirs.duration_since(received).unwrap_or_default(), -1),
        };
        let seconds = i64::try_from(off.as_secs()).unwrap_or(i64::MAX);
        (off.as_secs() > ALLOWED).then_some(sign * seconds)
    }
}

impl fmt::Debug for RawReply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawReply")
            .field("status", &self.status.as_u16())
            .field("body", &format_args!("[{} bytes]", self.body.len()))
            .field("elapsed", &self.elapsed)
            .field("attempts", &self.attempts)
            .finish_non_exhaustive()
    }
}
