//! Receiving the events that a provider sends: verify the raw bytes, then read them.
//!
//! ```
//! use cards_transport::http::HeaderMap;
//! use cards_transport::model::paysafe::Event;
//! use cards_transport::paysafe::Paysafe;
//! use cards_transport::webhook::{Webhook, WebhookError};
//!
//! fn receive(webhook: &Webhook<Paysafe>, headers: &HeaderMap, body: &[u8]) -> Result<(), WebhookError> {
//!     match webhook.verify(headers, body)?.event()? {
//!         Event::CardStatus(update) => println!("{}: {}", update.card_id, update.new_status),
//!         other => println!("an event that is not acted on: {other:?}"),
//!     }
//!     Ok(())
//! }
//!
//! let webhook = Paysafe::webhook("ZmFrZS1rZXk=".parse()?);
//! let sent = webhook.sign(r#"{"id":"1","cardId":"C1","oldStatus":"ISSUED","newStatus":"ACTIVE"}"#);
//! receive(&webhook, sent.headers(), sent.body())?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The [guide](crate::guides::receive_events) has a whole receiver.
//!
//! # Invariants
//!
//! - Nothing of a body is read, not even as JSON, before its signature is found right.
//! - Signatures are compared in constant time, with every key, and whole.
//! - No error and no `Debug` shows a key or a value of a body.

mod error;
mod inbound;
mod latest;
mod seen;
mod verified;

pub use error::{WebhookError, WebhookErrorKind};
pub use inbound::Inbound;
pub use latest::{Age, Latest};
pub use seen::{Seen, Sighting};
pub use verified::Verified;

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, header};

use self::error::Trouble;
use self::verified::Reader;
use crate::transport::bounded;

/// A receiver of one provider's events: its keys and what it takes.
///
/// It is made by [`Paysafe::webhook`](crate::paysafe::Paysafe::webhook) or
/// [`Ibanera::webhook`](crate::ibanera::Ibanera::webhook). Keep one for all events.
///
/// ```
/// use cards_transport::paysafe::Paysafe;
/// use std::time::Duration;
///
/// // While keys are changed, both are taken, and the matching one is told.
/// let webhook = Paysafe::webhook("bmV3LWtleQ==".parse()?)
///     .or_key("b2xkLWtleQ==".parse()?)
///     .replay_window(Duration::from_secs(300));
/// let old = Paysafe::webhook("b2xkLWtleQ==".parse()?).sign("{}");
/// assert_eq!(webhook.verify(old.headers(), old.body())?.key(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Webhook<P: Inbound> {
    keys: Vec<P::Key>,
    most_bytes: usize,
    reader: Reader<P>,
}

impl<P: Inbound> Webhook<P> {
    /// The largest body that is taken where nothing is set: 64 KiB, many times that of any
    /// documented event.
    pub const MOST_BYTES: usize = 64 * 1024;

    pub(crate) fn new(key: P::Key) -> Self {
        Self {
            keys: vec![key],
            most_bytes: Self::MOST_BYTES,
            reader: Reader {
                reading: P::Reading::default(),
                window: None,
                clock: Arc::new(SystemTime::now),
            },
        }
    }

    /// Adds a key that events may be signed with, such as the old one while keys are changed.
    #[must_use]
    pub fn or_key(mut self, key: P::Key) -> Self {
        self.keys.push(key);
        self
    }

    /// Sets the largest body that is taken, in bytes. A larger one is refused before anything is
    /// computed of it. Limit what your server reads, too: there the bytes arrive.
    #[must_use]
    pub fn most_bytes(self, most_bytes: usize) -> Self {
        Self { most_bytes, ..self }
    }

    /// Refuses events whose time is further away from now than this, before or after. Without
    /// this none is.
    ///
    /// It is about the time that is part of the signed body, and so about few events: Paysafe's
    /// token events have one; its status event is not known to, and Ibanera's have none. Those
    /// are taken whenever they come. An event that is sent again, which both providers do for
    /// hours, keeps its time: a short window loses what was late. [`Seen`] tells repeated ones
    /// without that.
    #[must_use]
    pub fn replay_window(mut self, window: Duration) -> Self {
        self.reader.window = Some(bounded(window));
        self
    }

    /// Sets where the time comes from, for [`replay_window`](Self::replay_window).
    #[must_use]
    pub fn clock(mut self, clock: impl Fn() -> SystemTime + Send + Sync + 'static) -> Self {
        self.reader.clock = Arc::new(clock);
        self
    }

    /// Sets how events are signed and read.
    pub(crate) fn with_reading(mut self, reading: P::Reading) -> Self {
        self.reader.reading = reading;
        self
    }

    /// Verifies that the provider has signed these bytes.
    ///
    /// `body` is what arrived, byte for byte. A body that was read as JSON and written again is
    /// another one: white space, the order of fields and the digits of numbers count.
    ///
    /// # Errors
    ///
    /// The body is too large; the header of the signature is missing, came twice or is malformed;
    /// or the signature is of none of the keys. The body was not read then.
    pub fn verify<'a>(
        &'a self,
        headers: &HeaderMap,
        body: &'a [u8],
    ) -> Result<Verified<'a, P>, WebhookError> {
        let error = |trouble| WebhookError::new(P::HEADER, trouble);
        if body.len() > self.most_bytes {
            return Err(error(Trouble::TooLarge {
                bytes: body.len(),
                most: self.most_bytes,
            }));
        }
        let reading = &self.reader.reading;
        let given = signature(headers, P::HEADER, P::UNSIGNED).map_err(error)?;
        P::check_form(reading, given).map_err(|why| error(Trouble::Malformed(why)))?;
        // Each key is tried, so that the time does not tell which of them is right.
        let mut matching = None;
        for (at, key) in self.keys.iter().enumerate().rev() {
            if P::is_signed(key, reading, body, given) {
                matching = Some(at);
            }
        }
        match matching {
            Some(key) => Ok(Verified::new(&self.reader, body, key)),
            None => {
                let mut keys = self.keys.iter();
                Err(error(Trouble::Wrong {
                    keys: self.keys.len(),
                    why: keys.find_map(|key| P::explain(key, reading, body, given)),
                }))
            }
        }
    }

    /// Makes a signed event for a test, with the headers that the provider sends, signed with
    /// the first key. Its address is `/`; set another one with `uri_mut`.
    ///
    /// ```
    /// use cards_transport::ibanera::Ibanera;
    /// use cards_transport::sign::HashSecret;
    ///
    /// let webhook = Ibanera::webhook(HashSecret::new("fake-secret")?);
    /// let event = webhook.sign(r#"{"Id":"1","Type":"MANAGEE_KYC_UPDATED","Data":{}}"#);
    /// assert!(event.headers().contains_key("webhook-signature"));
    /// webhook.verify(event.headers(), event.body())?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn sign(&self, body: impl Into<Bytes>) -> Request<Bytes> {
        let body = body.into();
        let mut request = Request::new(Bytes::new());
        *request.method_mut() = Method::POST;
        *request.headers_mut() = self.headers(&body);
        *request.body_mut() = body;
        request
    }

    /// The headers of an event with this body, as [`sign`](Self::sign) has them.
    #[must_use]
    pub fn headers(&self, body: &[u8]) -> HeaderMap {
        let signature = P::write(&self.keys[0], &self.reader.reading, body);
        let signature = HeaderValue::try_from(signature).expect("base64 and hex are ASCII");
        let name = HeaderName::try_from(P::HEADER).expect("a provider's header has a name");
        HeaderMap::from_iter([
            (
                header::CONTENT_TYPE,
                HeaderValue::from_static("application/json"),
            ),
            (name, signature),
        ])
    }
}

/// The one value of a header.
fn signature<'a>(
    headers: &'a HeaderMap,
    name: &'static str,
    unsigned: &'static str,
) -> Result<&'a str, Trouble> {
    let mut values = headers.get_all(name).iter();
    let value = values.next().ok_or(Trouble::Missing { unsigned })?;
    match values.count() {
        0 => value
            .to_str()
            .map_err(|_| Trouble::Malformed("it holds bytes that are no visible ASCII".into())),
        more => Err(Trouble::Repeated { times: more + 1 }),
    }
}

impl<P: Inbound> Clone for Webhook<P> {
    fn clone(&self) -> Self {
        Self {
            keys: self.keys.clone(),
            most_bytes: self.most_bytes,
            reader: self.reader.clone(),
        }
    }
}

impl<P: Inbound> fmt::Debug for Webhook<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Webhook")
            .field("header", &P::HEADER)
            .field("keys", &self.keys)
            .field("reading", &self.reader.reading)
            .field("most_bytes", &self.most_bytes)
            .field("replay_window", &self.reader.window)
            .finish_non_exhaustive()
    }
}
