//! A body whose signature was found right.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::error::{Trouble, WebhookError};
use super::inbound::Inbound;
use crate::cause::{JsonTrouble, Problem};
use crate::json::{body_text, read_part};
use crate::unreadable::Unreadable;

/// Reads the events of a webhook.
pub(super) struct Reader<P: Inbound> {
    pub(super) reading: P::Reading,
    pub(super) window: Option<Duration>,
    pub(super) clock: Arc<dyn Fn() -> SystemTime + Send + Sync>,
}

impl<P: Inbound> Clone for Reader<P> {
    fn clone(&self) -> Self {
        Self {
            reading: self.reading.clone(),
            window: self.window,
            clock: Arc::clone(&self.clock),
        }
    }
}

/// A body that the provider has signed, not yet read. See
/// [`Webhook::verify`](super::Webhook::verify).
pub struct Verified<'a, P: Inbound> {
    reader: &'a Reader<P>,
    body: &'a [u8],
    key: usize,
}

impl<'a, P: Inbound> Verified<'a, P> {
    pub(super) fn new(reader: &'a Reader<P>, body: &'a [u8], key: usize) -> Self {
        Self { reader, body, key }
    }

    /// The place of the key that the body is signed with, counted from 0 in the order in which
    /// the keys were given; the first, where one was given twice.
    pub fn key(&self) -> usize {
        self.key
    }

    /// The bytes that were signed. They may hold personal values.
    pub fn body(&self) -> &'a [u8] {
        self.body
    }

    /// Reads the event, leniently: unknown fields are passed over, unknown values kept, and an
    /// event of an unknown type is whole in its own variant.
    ///
    /// # Errors
    ///
    /// The body is no JSON; it lacks what an event of its type is about; or the event is outside
    /// the [replay window](super::Webhook::replay_window).
    pub fn event(&self) -> Result<P::Event, WebhookError> {
        self.event_as(&self.reader.reading)
    }

    /// Reads the event by other settings than those of the webhook.
    pub(crate) fn event_as(&self, reading: &P::Reading) -> Result<P::Event, WebhookError> {
        let event = self.read(reading);
        let event = event.map_err(|trouble| WebhookError::new(P::HEADER, trouble))?;
        let in_time = self.check_time(&event);
        in_time.map_err(|trouble| WebhookError::new(P::HEADER, trouble))?;
        Ok(event)
    }

    fn read(&self, reading: &P::Reading) -> Result<P::Event, Trouble> {
        let read = body_text(self.body).and_then(|text| {
            // A type that is not known is not read any further than this.
            read_part::<serde::de::IgnoredAny>("", text, text)?;
            P::read(reading, text)
        });
        read.map_err(|unreadable| match unreadable {
            Unreadable::Malformed(json) => Trouble::Json(json),
            // An event says yes or no to nothing.
            Unreadable::Refused(_) => Trouble::Json(JsonTrouble {
                path: ".".into(),
                line: 1,
                column: 1,
                problem: Problem::Value,
            }),
        })
    }

    /// Tells whether the event's time is inside the window, where it has one and there is one.
    fn check_time(&self, event: &P::Event) -> Result<(), Trouble> {
        let (Some(window), Some(time)) = (self.reader.window, P::time(event)) else {
            return Ok(());
        };
        let time = time.unix_millis().ok_or(Trouble::UnreadableTime)?;
        let ahead = i128::from(time) - unix_millis((self.reader.clock)());
        let is_inside = ahead.unsigned_abs() <= window.as_millis();
        match is_inside {
            true => Ok(()),
            false => Err(Trouble::OutsideWindow {
                ahead: ahead / 1000,
                window,
            }),
        }
    }
}

/// Milliseconds since 1970, negative before.
fn unix_millis(time: SystemTime) -> i128 {
    let millis = |since: Duration| i128::try_from(since.as_millis()).unwrap_or(i128::MAX);
    match time.duration_since(UNIX_EPOCH) {
        Ok(since) => millis(since),
        Err(before) => -millis(before.duration()),
    }
}

impl<P: Inbound> Clone for Verified<'_, P> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<P: Inbound> Copy for Verified<'_, P> {}

impl<P: Inbound> fmt::Debug for Verified<'_, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verified")
            .field("key", &self.key)
            .field("bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}
