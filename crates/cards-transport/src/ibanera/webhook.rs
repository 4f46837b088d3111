//! Ibanera's events: `webhook-signature`, a hash of the body and a secret.

use std::borrow::Cow;
use std::str::FromStr;

use cards_model::Timestamp;
use cards_model::ibanera::{Event, EventKind};
use cards_sign::{HashEncoding, HashMistake, HashSecret};

use super::Ibanera;
use crate::cause::ConfigError;
use crate::json::read_object;
use crate::unreadable::Unreadable;
use crate::vars::word;
use crate::webhook::{Inbound, Webhook};

impl Ibanera {
    /// A receiver of Ibanera's events, with the hash secret that support gives when callbacks are
    /// set up.
    ///
    /// ```
    /// use cards_transport::ibanera::Ibanera;
    /// use cards_transport::model::ibanera::{ApprovalStatus, Event};
    /// use cards_transport::sign::HashSecret;
    ///
    /// let webhook = Ibanera::webhook(HashSecret::new("fake-secret")?);
    /// let sent = webhook.sign(
    ///     r#"{"Id":"1","Type":" MANAGEE_CARD_APPROVAL_UPDATED","Data":{"TopUpCardsId":7,"Status":"Approved"}}"#,
    /// );
    /// let Event::CardApproval(approval) = webhook.verify(sent.headers(), sent.body())?.event()? else {
    ///     panic!("an approval");
    /// };
    /// assert_eq!(approval.status, ApprovalStatus::Approved);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn webhook(secret: HashSecret) -> Webhook<Self> {
        Webhook::new(secret)
    }

    /// Reads `CARDS_IBANERA_WEBHOOK_SECRET`, as it is, and where they are set
    /// `CARDS_IBANERA_WEBHOOK_OTHER_SECRET`, which is taken too, and
    /// `CARDS_IBANERA_WEBHOOK_ENCODING` (`base64`, `hex`, `upper-hex` or `any`).
    ///
    /// # Errors
    ///
    /// Names the variable that is missing or wrong.
    pub fn webhook_from_vars(
        var: impl Fn(&str) -> Option<String>,
    ) -> Result<Webhook<Self>, ConfigError> {
        const SECRET: &str = "CARDS_IBANERA_WEBHOOK_SECRET";
        const OTHER: &str = "CARDS_IBANERA_WEBHOOK_OTHER_SECRET";
        const ENCODING: &str = "CARDS_IBANERA_WEBHOOK_ENCODING";
        let secret = |name: &str, text: String| {
            let secret = HashSecret::new(text);
            secret.map_err(|error| ConfigError::new(error.to_string()).of(name))
        };
        let first = var(SECRET).ok_or_else(|| ConfigError::missing(SECRET))?;
        let mut webhook = Self::webhook(secret(SECRET, first)?);
        if let Some(other) = var(OTHER) {
            webhook = webhook.or_key(secret(OTHER, other)?);
        }
        if let Some(encoding) = word(&var, ENCODING) {
            let reading = encoding.parse::<HashReading>();
            webhook = webhook.encoding(reading.map_err(|error| error.of(ENCODING))?);
        }
        Ok(webhook)
    }
}

/// The forms of a hash that a receiver takes.
///
/// ```
/// use cards_transport::ibanera::HashReading;
/// use cards_transport::sign::HashEncoding;
///
/// assert_eq!(HashReading::default(), HashReading::from(HashEncoding::Base64));
/// assert_eq!("any".parse(), Ok(HashReading::Any));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HashReading {
    /// This one alone.
    Only(HashEncoding),
    /// Any of them, until it is known which arrives. Events for tests are signed in base64.
    Any,
}

impl HashReading {
    /// The one form, or the default one where any is taken.
    fn encoding(self) -> HashEncoding {
        match self {
            Self::Only(encoding) => encoding,
            Self::Any => HashEncoding::default(),
        }
    }
}

impl Default for HashReading {
    fn default() -> Self {
        Self::Only(HashEncoding::default())
    }
}

impl From<HashEncoding> for HashReading {
    fn from(encoding: HashEncoding) -> Self {
        Self::Only(encoding)
    }
}

impl FromStr for HashReading {
    type Err = ConfigError;

    /// Reads `base64`, `hex`, `upper-hex` and `any`, in any case.
    fn from_str(text: &str) -> Result<Self, ConfigError> {
        match text.trim().to_ascii_lowercase().as_str() {
            "base64" => Ok(HashEncoding::Base64.into()),
            "hex" => Ok(HashEncoding::Hex.into()),
            "upper-hex" => Ok(HashEncoding::UpperHex.into()),
            "any" => Ok(Self::Any),
            _ => Err(ConfigError::new(
                "one of base64, hex, upper-hex and any is wanted",
            )),
        }
    }
}

impl Webhook<Ibanera> {
    /// Sets the form in which the hash comes: see [`HashEncoding`] for what is known of it.
    ///
    /// ```
    /// use cards_transport::ibanera::{HashReading, Ibanera};
    /// use cards_transport::sign::HashSecret;
    ///
    /// let webhook = Ibanera::webhook(HashSecret::new("fake-secret")?).encoding(HashReading::Any);
    /// # Ok::<(), cards_transport::sign::HashSecretError>(())
    /// ```
    #[must_use]
    pub fn encoding(self, reading: impl Into<HashReading>) -> Self {
        self.with_reading(reading.into())
    }
}

impl Inbound for Ibanera {
    type Key = HashSecret;
    type Reading = HashReading;
    type Event = Event;

    const HEADER: &'static str = "webhook-signature";

    const UNSIGNED: &'static str =
        "hand over the headers as they came; without it an event may be anybody's";

    fn check_form(reading: &HashReading, given: &str) -> Result<(), Cow<'static, str>> {
        let expected = match *reading {
            HashReading::Only(encoding) if encoding.can_be(given) => return Ok(()),
            HashReading::Any if HashEncoding::ALL.iter().any(|form| form.can_be(given)) => {
                return Ok(());
            }
            HashReading::Only(HashEncoding::Base64) => "base64 of 32 bytes",
            HashReading::Only(HashEncoding::Hex) => "64 lowercase hex digits",
            HashReading::Only(HashEncoding::UpperHex) => "64 uppercase hex digits",
            _ => "base64 or hex of 32 bytes",
        };
        let other = HashEncoding::ALL
            .into_iter()
            .find(|form| form.can_be(given));
        Err(match other {
            Some(other) => format!(
                "{}, and {expected} is expected; the form is a setting",
                HashMistake::WrittenAs(other)
            )
            .into(),
            None => format!("it is not {expected}").into(),
        })
    }

    fn is_signed(secret: &HashSecret, reading: &HashReading, body: &[u8], given: &str) -> bool {
        let hash = secret.sign(body);
        match *reading {
            HashReading::Only(encoding) => hash.verify(given, encoding),
            HashReading::Any => hash.verify_any(given),
        }
    }

    fn explain(
        secret: &HashSecret,
        reading: &HashReading,
        body: &[u8],
        given: &str,
    ) -> Option<Cow<'static, str>> {
        let forms = HashEncoding::ALL.into_iter();
        let form = forms.into_iter().find(|form| form.can_be(given));
        let mistake = secret.explain(body, form.unwrap_or(reading.encoding()), given);
        let is_known = mistake != HashMistake::Unknown;
        is_known.then(|| mistake.to_string().into())
    }

    fn write(secret: &HashSecret, reading: &HashReading, body: &[u8]) -> String {
        secret.sign(body).to_text(reading.encoding())
    }

    #[inline]
    fn read(_: &HashReading, text: &str) -> Result<Event, Unreadable> {
        match EventKind::of(text) {
            Some(EventKind::CardApproval) => read_object("", text, text).map(Event::CardApproval),
            _ => Ok(Event::unknown(text)),
        }
    }

    fn time(_: &Event) -> Option<&Timestamp> {
        None
    }
}
