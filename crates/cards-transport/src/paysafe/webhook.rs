//! Paysafe's events: `Signature`, an HMAC of the body.

use std::borrow::Cow;

use cards_model::Timestamp;
use cards_model::paysafe::{Event, EventKind};
use cards_sign::{SignatureKey, SignatureMistake};

use super::Paysafe;
use crate::cause::ConfigError;
use crate::json::read_object;
use crate::unreadable::Unreadable;
use crate::webhook::{Inbound, Verified, Webhook, WebhookError};

impl Paysafe {
    /// A receiver of Paysafe's events, with the key that they are signed with. It is exchanged
    /// with Paysafe as base64, as that of requests is, and may be another one.
    ///
    /// ```
    /// use cards_transport::model::paysafe::{CardStatus, Event};
    /// use cards_transport::paysafe::Paysafe;
    ///
    /// let webhook = Paysafe::webhook("ZmFrZS1rZXk=".parse()?);
    /// let sent = webhook.sign(r#"{"id":"1","cardId":"C1","oldStatus":"ISSUED","newStatus":"ACTIVE"}"#);
    /// let Event::CardStatus(update) = webhook.verify(sent.headers(), sent.body())?.event()? else {
    ///     panic!("a change of the status");
    /// };
    /// assert_eq!(update.new_status, CardStatus::Active);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn webhook(key: SignatureKey) -> Webhook<Self> {
        Webhook::new(key)
    }

    /// Reads `CARDS_PAYSAFE_WEBHOOK_KEY`: a key in base64, or several with commas between.
    ///
    /// # Errors
    ///
    /// Names the variable where it is missing or wrong.
    pub fn webhook_from_vars(
        var: impl Fn(&str) -> Option<String>,
    ) -> Result<Webhook<Self>, ConfigError> {
        const KEY: &str = "CARDS_PAYSAFE_WEBHOOK_KEY";
        let text = var(KEY).ok_or_else(|| ConfigError::missing(KEY))?;
        let key = |text: &str| {
            let key = text.trim().parse::<SignatureKey>();
            key.map_err(|error| ConfigError::new(error.to_string()).of(KEY))
        };
        let (first, others) = match text.split_once(',') {
            Some((first, others)) => (first, Some(others)),
            None => (&*text, None),
        };
        let others = others.into_iter().flat_map(|others| others.split(','));
        let mut webhook = Self::webhook(key(first)?);
        for other in others {
            webhook = webhook.or_key(key(other)?);
        }
        Ok(webhook)
    }
}

impl Webhook<Paysafe> {
    /// Says of which type all events are, for a receiver at a URL that is registered for that
    /// type alone. Without this the type follows from a body's fields; see [`EventKind::of`].
    #[must_use]
    pub fn kind(self, kind: EventKind) -> Self {
        self.with_reading(Some(kind))
    }
}

impl Verified<'_, Paysafe> {
    /// Reads the event as [`event`](Self::event) does, of the type whose documented URL the path
    /// that it came to ends with. Where it ends with none of them, the body's fields tell.
    ///
    /// # Errors
    ///
    /// Returns those of [`event`](Self::event).
    pub fn event_at(&self, path: &str) -> Result<Event, WebhookError> {
        self.event_as(&EventKind::at(path))
    }
}

impl Inbound for Paysafe {
    type Key = SignatureKey;
    type Reading = Option<EventKind>;
    type Event = Event;

    const HEADER: &'static str = "Signature";

    const UNSIGNED: &'static str = "Paysafe signs events once that is switched on for the account, and unsigned ones are \
         anybody's";

    fn check_form(_: &Option<EventKind>, given: &str) -> Result<(), Cow<'static, str>> {
        match SignatureMistake::of_form(given) {
            Some(mistake) => Err(mistake.to_string().into()),
            None => Ok(()),
        }
    }

    fn is_signed(key: &SignatureKey, _: &Option<EventKind>, body: &[u8], given: &str) -> bool {
        key.sign(body).verify(given)
    }

    fn explain(
        key: &SignatureKey,
        _: &Option<EventKind>,
        body: &[u8],
        given: &str,
    ) -> Option<Cow<'static, str>> {
        let mistake = key.explain(body, &[], given);
        let is_known = mistake != SignatureMistake::Unknown;
        is_known.then(|| mistake.to_string().into())
    }

    fn write(key: &SignatureKey, _: &Option<EventKind>, body: &[u8]) -> String {
        key.sign(body).to_string()
    }

    #[inline]
    fn read(kind: &Option<EventKind>, text: &str) -> Result<Event, Unreadable> {
        match kind.or_else(|| EventKind::of(text)) {
            Some(EventKind::CardStatus) => read_object("", text, text).map(Event::CardStatus),
            Some(EventKind::CardToken) => read_object("", text, text).map(Event::CardToken),
            Some(EventKind::CardTokenization) => {
                read_object("", text, text).map(Event::CardTokenization)
            }
            _ => Ok(Event::unknown(text)),
        }
    }

    fn time(event: &Event) -> Option<&Timestamp> {
        event.time()
    }
}
