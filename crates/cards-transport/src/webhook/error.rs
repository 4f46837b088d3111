//! The reasons why an event is not taken.

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use http::StatusCode;

use crate::cause::JsonTrouble;

/// The reason why an event is not taken. It says what to do, and shows no value of the body, of
/// the signature or of a key.
///
/// ```
/// use cards_transport::http::HeaderMap;
/// use cards_transport::paysafe::Paysafe;
/// use cards_transport::webhook::WebhookErrorKind;
///
/// let webhook = Paysafe::webhook("ZmFrZS1rZXk=".parse()?);
/// let error = webhook.verify(&HeaderMap::new(), b"{}").unwrap_err();
/// assert_eq!(error.kind(), WebhookErrorKind::Missing);
/// assert_eq!(error.answer(), 401);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct WebhookError {
    header: &'static str,
    trouble: Trouble,
}

/// The kinds of [`WebhookError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum WebhookErrorKind {
    /// The body is larger than the limit.
    TooLarge,
    /// There is no signature.
    Missing,
    /// The header of the signature came several times.
    Repeated,
    /// The value of the header can be no signature.
    Malformed,
    /// The signature is of another body or of another key.
    WrongSignature,
    /// The body is signed, and not an event as the documents describe one.
    Unreadable,
    /// The time of the event is outside the replay window, or cannot be read.
    OutsideWindow,
}

impl WebhookErrorKind {
    /// The kind as one word, such as `wrong_signature`: for logs and metrics.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::TooLarge => "too_large",
            Self::Missing => "missing",
            Self::Repeated => "repeated",
            Self::Malformed => "malformed",
            Self::WrongSignature => "wrong_signature",
            Self::Unreadable => "unreadable",
            Self::OutsideWindow => "outside_window",
        }
    }
}

#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Trouble {
    TooLarge {
        bytes: usize,
        most: usize,
    },
    Missing {
        /// The provider's advice.
        unsigned: &'static str,
    },
    Repeated {
        times: usize,
    },
    Malformed(Cow<'static, str>),
    Wrong {
        keys: usize,
        /// The usual mistake that it comes from. `None`: it comes from none of them.
        why: Option<Cow<'static, str>>,
    },
    Json(JsonTrouble),
    OutsideWindow {
        /// The seconds by which the event is ahead of the clock.
        ahead: i128,
        window: Duration,
    },
    UnreadableTime,
}

impl WebhookError {
    pub(crate) fn new(header: &'static str, trouble: Trouble) -> Self {
        Self { header, trouble }
    }

    /// The kind of failure.
    pub fn kind(&self) -> WebhookErrorKind {
        match self.trouble {
            Trouble::TooLarge { .. } => WebhookErrorKind::TooLarge,
            Trouble::Missing { .. } => WebhookErrorKind::Missing,
            Trouble::Repeated { .. } => WebhookErrorKind::Repeated,
            Trouble::Malformed(_) => WebhookErrorKind::Malformed,
            Trouble::Wrong { .. } => WebhookErrorKind::WrongSignature,
            Trouble::Json(_) => WebhookErrorKind::Unreadable,
            Trouble::OutsideWindow { .. } | Trouble::UnreadableTime => {
                WebhookErrorKind::OutsideWindow
            }
        }
    }

    /// Tells whether it is certain that the provider has signed the body, which is not taken for
    /// another reason.
    pub fn is_verified(&self) -> bool {
        matches!(
            self.kind(),
            WebhookErrorKind::Unreadable | WebhookErrorKind::OutsideWindow
        )
    }

    /// The status to answer with: 413 for too large a body, 401 for a signature, 400 for a signed
    /// body that is no event. Providers send again what is not answered with 200; whoever wants
    /// no more of a signed event answers 200 to it.
    pub fn answer(&self) -> StatusCode {
        match self.kind() {
            WebhookErrorKind::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            WebhookErrorKind::Unreadable | WebhookErrorKind::OutsideWindow => {
                StatusCode::BAD_REQUEST
            }
            _ => StatusCode::UNAUTHORIZED,
        }
    }

    /// The place where a signed body is not what was expected.
    pub fn json(&self) -> Option<&JsonTrouble> {
        match &self.trouble {
            Trouble::Json(json) => Some(json),
            _ => None,
        }
    }
}

/// The advice after a signature that is of another body.
const RAW: &str = "verify the bytes as they came, before any JSON parsing";

impl fmt::Display for WebhookError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let header = self.header;
        match &self.trouble {
            Trouble::TooLarge { bytes, most } => write!(
                f,
                "event not taken: its body has {bytes} bytes, and at most {most} are taken; \
                 that limit is a setting"
            ),
            Trouble::Missing { unsigned } => {
                write!(
                    f,
                    "event not taken: there is no header {header}; {unsigned}"
                )
            }
            Trouble::Repeated { times } => write!(
                f,
                "event not taken: the header {header} came {times} times, and has to come once"
            ),
            Trouble::Malformed(why) => write!(
                f,
                "event not taken: the header {header} is no signature: {why}"
            ),
            Trouble::Wrong { keys, why } => {
                let of = match keys {
                    1 => "by the key".to_owned(),
                    keys => format!("by any of the {keys} keys"),
                };
                write!(
                    f,
                    "event not taken: the header {header} is not of this body {of}: {}; {RAW}",
                    why.as_deref()
                        .unwrap_or("the key or the signed bytes are others")
                )
            }
            Trouble::Json(json) => write!(f, "signed event not understood: {json}"),
            Trouble::OutsideWindow { ahead, window } => {
                let way = if *ahead > 0 { "ahead of" } else { "behind" };
                write!(
                    f,
                    "signed event not taken: its time is {} s {way} the clock, and the replay \
                     window is {window:?}",
                    ahead.unsigned_abs()
                )
            }
            Trouble::UnreadableTime => f.write_str(
                "signed event not taken: there is a replay window, and the event's time is not \
                 ISO 8601",
            ),
        }
    }
}

impl fmt::Debug for WebhookError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebhookError")
            .field("kind", &self.kind())
            .field("message", &self.to_string())
            .finish()
    }
}

impl std::error::Error for WebhookError {}
