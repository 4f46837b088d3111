//! Failures on demand: what goes wrong, of which calls, how often.
//!
//! [`Fault`] is the order, [`Faults`] the list of those in force. A layer
//! around the providers' paths ([`inject`]) asks the list about each call and
//! changes the reply; what no HTTP server would do is written down as a
//! [`Script`] that the connection plays instead of the reply.

mod check;
mod inject;
mod registry;
mod schema;
mod script;

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use cards_model::Provider;
use schemars::JsonSchema;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

pub use check::FaultError;
pub(crate) use check::operations;
pub(crate) use inject::inject;
pub use registry::{Faults, OrderedFault};
pub(crate) use schema::Order;
pub(crate) use script::{Effect, Script};

/// One thing that goes wrong, of some calls, some times.
///
/// Without a scope it is of every call below a provider's paths; never of
/// `/_sandbox/...`. It stays in force until it has fired as often as
/// [`times`](Self::times) says, or is removed.
///
/// ```
/// use std::time::Duration;
///
/// use cards_model::Provider;
/// use cards_sandbox::{Fault, Sandbox};
///
/// let sandbox = Sandbox::builder()
///     .fault(Fault::delay(Duration::from_millis(500)).at(Provider::Airpay))
///     .start_blocking()?;
/// let id = sandbox.faults().add(Fault::lost_reply().operation("register-user").times(1))?;
/// assert_eq!(sandbox.faults().get(id).map(|fault| fault.fired), Some(0));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// As JSON it is what `POST /_sandbox/faults` takes:
///
/// ```
/// # use cards_sandbox::Fault;
/// let json = r#"{"fault":"status","status":503,"headers":{"retry-after":"1"},"probability":0.25,"seed":42}"#;
/// let fault: Fault = serde_json::from_str(json)?;
/// assert_eq!(fault, Fault::status(503).header("retry-after", "1").probability(0.25, 42));
/// # Ok::<(), serde_json::Error>(())
/// ```
///
/// Whether a call in its scope is carried out before the fault shows is told
/// for each kind below, and can be set with [`carry_out`](Self::carry_out).
/// Where a call is not carried out, the reply that a fault works on is the
/// provider's documented failure under HTTP status 500.
///
/// Of several faults that fire on one call, all delays count, and of the
/// others the first to have been ordered.
#[derive(Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(
    rename_all = "camelCase",
    deny_unknown_fields,
    expecting = "an object that says which fault"
)]
#[must_use]
pub struct Fault {
    #[serde(rename = "fault")]
    pub(crate) kind: FaultKind,
    #[serde(
        default,
        deserialize_with = "given",
        skip_serializing_if = "Option::is_none"
    )]
    #[schemars(schema_with = "crate::openapi::listed::provider_name")]
    pub(crate) provider: Option<Provider>,
    #[serde(
        default,
        deserialize_with = "given",
        skip_serializing_if = "Option::is_none"
    )]
    #[schemars(with = "String")]
    pub(crate) operation: Option<String>,
    #[serde(
        default,
        deserialize_with = "given",
        skip_serializing_if = "Option::is_none"
    )]
    #[schemars(with = "u64")]
    pub(crate) times: Option<u64>,
    #[serde(
        default,
        deserialize_with = "given",
        skip_serializing_if = "Option::is_none"
    )]
    #[schemars(with = "f64")]
    pub(crate) probability: Option<f64>,
    #[serde(
        default,
        deserialize_with = "given",
        skip_serializing_if = "Option::is_none"
    )]
    #[schemars(with = "u64")]
    pub(crate) seed: Option<u64>,
    #[serde(
        default,
        deserialize_with = "given",
        skip_serializing_if = "Option::is_none"
    )]
    #[schemars(with = "bool")]
    pub(crate) carry_out: Option<bool>,
    #[serde(
        default,
        deserialize_with = "given",
        skip_serializing_if = "Option::is_none"
    )]
    #[schemars(with = "u64")]
    pub(crate) millis: Option<u64>,
    #[serde(
        default,
        deserialize_with = "given",
        skip_serializing_if = "Option::is_none"
    )]
    #[schemars(with = "u64")]
    pub(crate) bytes: Option<u64>,
    #[serde(
        default,
        deserialize_with = "given",
        skip_serializing_if = "Option::is_none"
    )]
    #[schemars(with = "i64")]
    pub(crate) difference: Option<i64>,
    #[serde(
        default,
        deserialize_with = "given",
        skip_serializing_if = "Option::is_none"
    )]
    #[schemars(with = "u16")]
    pub(crate) status: Option<u16>,
    #[serde(
        default,
        deserialize_with = "texts",
        skip_serializing_if = "BTreeMap::is_empty"
    )]
    pub(crate) headers: BTreeMap<String, String>,
    #[serde(
        default,
        deserialize_with = "given",
        skip_serializing_if = "Option::is_none"
    )]
    #[schemars(with = "String")]
    pub(crate) body: Option<String>,
}

/// What goes wrong.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum FaultKind {
    /// The reply is held back, after the call was carried out; no longer than
    /// until the client ends its side of the connection.
    Delay,
    /// The reply, its head included, comes a few bytes at a time; then the
    /// connection ends in order. The call is carried out.
    Drip,
    /// The connection is reset before a byte of the reply. The call is not
    /// carried out.
    ResetBeforeHeaders,
    /// The connection is reset after the reply's head. The call is carried out.
    ResetAfterHeaders,
    /// The connection is reset after half of the reply's body. The call is
    /// carried out.
    ResetInBody,
    /// The connection ends in order after half of the body that the head
    /// announced. The call is carried out.
    TruncatedBody,
    /// `Content-Length` announces fewer or more bytes than are sent. With
    /// fewer, the rest follows and the connection ends in order; with more, it
    /// stays open for a minute without another byte. The call is carried out.
    WrongLength,
    /// Bytes that are no HTTP instead of the reply; then the connection ends in
    /// order. The call is carried out.
    Garbage,
    /// The reply's body breaks off in its middle, in a reply that is whole. The
    /// call is carried out.
    InvalidJson,
    /// The reply's body, still the same JSON, is padded with blanks. The call
    /// is carried out.
    OversizedBody,
    /// Another status, with the provider's documented failure as the body, or a
    /// body of one's own. The call is not carried out.
    Status,
    /// The connection ends in order without a byte of the reply, after the call
    /// was carried out.
    LostReply,
}

impl FaultKind {
    /// All, in the order in which the page lists them.
    pub(crate) const ALL: [Self; 12] = [
        Self::Status,
        Self::Delay,
        Self::LostReply,
        Self::ResetBeforeHeaders,
        Self::ResetAfterHeaders,
        Self::ResetInBody,
        Self::TruncatedBody,
        Self::Drip,
        Self::WrongLength,
        Self::InvalidJson,
        Self::OversizedBody,
        Self::Garbage,
    ];

    /// The name, as in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Delay => "delay",
            Self::Drip => "drip",
            Self::ResetBeforeHeaders => "reset-before-headers",
            Self::ResetAfterHeaders => "reset-after-headers",
            Self::ResetInBody => "reset-in-body",
            Self::TruncatedBody => "truncated-body",
            Self::WrongLength => "wrong-length",
            Self::Garbage => "garbage",
            Self::InvalidJson => "invalid-json",
            Self::OversizedBody => "oversized-body",
            Self::Status => "status",
            Self::LostReply => "lost-reply",
        }
    }

    /// Whether a call is carried out where the order does not say.
    pub(crate) const fn carries_out(self) -> bool {
        !matches!(self, Self::Status | Self::ResetBeforeHeaders)
    }
}

impl fmt::Display for FaultKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A fault that fired on a call, as the call's [`Exchange`](crate::Exchange)
/// has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct FiredFault {
    /// The fault's number in [`Faults`].
    pub id: u64,
    /// What it did.
    #[serde(rename = "fault")]
    pub kind: FaultKind,
    /// Whether the call was handed to its operation all the same, which may
    /// have refused it.
    pub carried_out: bool,
}

impl Fault {
    pub(crate) const fn new(kind: FaultKind) -> Self {
        Self {
            kind,
            provider: None,
            operation: None,
            times: None,
            probability: None,
            seed: None,
            carry_out: None,
            millis: None,
            bytes: None,
            difference: None,
            status: None,
            headers: BTreeMap::new(),
            body: None,
        }
    }

    /// See [`FaultKind::Delay`]; from 1 ms to 5 minutes.
    pub fn delay(delay: Duration) -> Self {
        let millis = Some(millis(delay));
        Self {
            millis,
            ..Self::new(FaultKind::Delay)
        }
    }

    /// See [`FaultKind::Drip`]: so many bytes, from 1 to 64 KiB, then a pause,
    /// from 1 ms to 5 minutes.
    pub fn drip(bytes: u64, pause: Duration) -> Self {
        let millis = Some(millis(pause));
        Self {
            bytes: Some(bytes),
            millis,
            ..Self::new(FaultKind::Drip)
        }
    }

    /// See [`FaultKind::ResetBeforeHeaders`].
    pub const fn reset_before_headers() -> Self {
        Self::new(FaultKind::ResetBeforeHeaders)
    }

    /// See [`FaultKind::ResetAfterHeaders`].
    pub const fn reset_after_headers() -> Self {
        Self::new(FaultKind::ResetAfterHeaders)
    }

    /// See [`FaultKind::ResetInBody`].
    pub const fn reset_in_body() -> Self {
        Self::new(FaultKind::ResetInBody)
    }

    /// See [`FaultKind::TruncatedBody`].
    pub const fn truncated_body() -> Self {
        Self::new(FaultKind::TruncatedBody)
    }

    /// See [`FaultKind::WrongLength`]: so many bytes more are announced than
    /// sent, or fewer where it is negative; up to 1 GiB either way. No fewer
    /// than 0 are announced.
    pub fn wrong_length(difference: i64) -> Self {
        Self {
            difference: Some(difference),
            ..Self::new(FaultKind::WrongLength)
        }
    }

    /// See [`FaultKind::Garbage`].
    pub const fn garbage() -> Self {
        Self::new(FaultKind::Garbage)
    }

    /// See [`FaultKind::InvalidJson`].
    pub const fn invalid_json() -> Self {
        Self::new(FaultKind::InvalidJson)
    }

    /// See [`FaultKind::OversizedBody`]: the body's length, from 1 to 1 GiB. A
    /// reply that is longer stays as it is.
    pub fn oversized_body(bytes: u64) -> Self {
        Self {
            bytes: Some(bytes),
            ..Self::new(FaultKind::OversizedBody)
        }
    }

    /// See [`FaultKind::Status`]: from 200 to 999. With [`body`](Self::body)
    /// and [`header`](Self::header) the rest of the reply can be given.
    pub fn status(status: u16) -> Self {
        Self {
            status: Some(status),
            ..Self::new(FaultKind::Status)
        }
    }

    /// See [`FaultKind::LostReply`].
    pub const fn lost_reply() -> Self {
        Self::new(FaultKind::LostReply)
    }

    /// Only of calls to this provider, known operations or not.
    pub fn at(self, provider: Provider) -> Self {
        Self {
            provider: Some(provider),
            ..self
        }
    }

    /// Only of calls of this operation, by its name, as in `register-user`.
    pub fn operation(self, name: impl Into<String>) -> Self {
        Self {
            operation: Some(name.into()),
            ..self
        }
    }

    /// It fires so often and no more; at least once. Without this there is no
    /// end to it.
    pub fn times(self, times: u64) -> Self {
        Self {
            times: Some(times),
            ..self
        }
    }

    /// How likely it is to fire on a call in its scope, from 0 to 1. Whether it
    /// fires on the n-th of them follows from the seed and n alone; in JSON the
    /// seed may be left out and is 0.
    pub fn probability(self, probability: f64, seed: u64) -> Self {
        Self {
            probability: Some(probability),
            seed: Some(seed),
            ..self
        }
    }

    /// Whether a call is carried out before the fault shows, where it is to
    /// differ from what the [kind](FaultKind) does. A delay changes no answer,
    /// so it takes neither; a lost reply is of a call that was carried out.
    pub fn carry_out(self, carry_out: bool) -> Self {
        Self {
            carry_out: Some(carry_out),
            ..self
        }
    }

    /// The body of a [status](Self::status) fault, up to 64 KiB; its
    /// `content-type` is JSON's, unless a header says otherwise.
    pub fn body(self, body: impl Into<String>) -> Self {
        Self {
            body: Some(body.into()),
            ..self
        }
    }

    /// A header of a [status](Self::status) fault, such as `retry-after`; none
    /// that frames the message.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.insert(name.into(), value.into());
        self
    }

    /// What goes wrong.
    pub const fn kind(&self) -> FaultKind {
        self.kind
    }

    /// Whether a call on which it fires is carried out.
    fn carries_out(&self) -> bool {
        self.carry_out.unwrap_or(self.kind.carries_out())
    }

    fn pause(&self) -> Duration {
        Duration::from_millis(self.millis.unwrap_or_default())
    }
}

/// Headers by their names, the body by its length: their values may be large,
/// and somebody's own.
impl fmt::Debug for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            kind,
            provider,
            operation,
            times,
            probability,
            seed,
            carry_out,
            millis,
            bytes,
            difference,
            status,
            headers,
            body,
        } = self;
        f.debug_struct("Fault")
            .field("kind", kind)
            .field("provider", provider)
            .field("operation", operation)
            .field("times", times)
            .field("probability", probability)
            .field("seed", seed)
            .field("carry_out", carry_out)
            .field("millis", millis)
            .field("bytes", bytes)
            .field("difference", difference)
            .field("status", status)
            .field("headers", &headers.keys())
            .field("body_bytes", &body.as_ref().map(String::len))
            .finish()
    }
}

/// Whole milliseconds, and no pause shortened to none.
fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros().div_ceil(1000)).unwrap_or(u64::MAX)
}

/// A setting may be left out; null is none.
fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(input: D) -> Result<Option<T>, D::Error> {
    T::deserialize(input).map(Some)
}

/// Texts by name. A refusal must not repeat a name, so that the path to it is
/// not followed further.
fn texts<'de, D: Deserializer<'de>>(input: D) -> Result<BTreeMap<String, String>, D::Error> {
    let wrong = || D::Error::custom("an object of texts belongs here");
    let serde_json::Value::Object(object) = Deserialize::deserialize(input)? else {
        return Err(wrong());
    };
    let texts = object.into_iter().map(|(name, value)| match value {
        serde_json::Value::String(text) => Ok((name, text)),
        _ => Err(wrong()),
    });
    texts.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_json_of_every_kind_there_and_back() {
        let second = Duration::from_secs(1);
        for (fault, json) in [
            (Fault::delay(second), r#"{"fault":"delay","millis":1000}"#),
            (
                Fault::drip(3, second),
                r#"{"fault":"drip","millis":1000,"bytes":3}"#,
            ),
            (
                Fault::reset_before_headers(),
                r#"{"fault":"reset-before-headers"}"#,
            ),
            (
                Fault::reset_after_headers(),
                r#"{"fault":"reset-after-headers"}"#,
            ),
            (Fault::reset_in_body(), r#"{"fault":"reset-in-body"}"#),
            (Fault::truncated_body(), r#"{"fault":"truncated-body"}"#),
            (
                Fault::wrong_length(-5),
                r#"{"fault":"wrong-length","difference":-5}"#,
            ),
            (Fault::garbage(), r#"{"fault":"garbage"}"#),
            (Fault::invalid_json(), r#"{"fault":"invalid-json"}"#),
            (
                Fault::oversized_body(9),
                r#"{"fault":"oversized-body","bytes":9}"#,
            ),
            (
                Fault::status(418).body("x").header("a", "b"),
                r#"{"fault":"status","status":418,"headers":{"a":"b"},"body":"x"}"#,
            ),
            (Fault::lost_reply(), r#"{"fault":"lost-reply"}"#),
            (
                Fault::garbage()
                    .at(Provider::Ibanera)
                    .operation("login")
                    .times(2)
                    .probability(0.5, 7)
                    .carry_out(false),
                r#"{"fault":"garbage","provider":"ibanera","operation":"login","times":2,"probability":0.5,"seed":7,"carryOut":false}"#,
            ),
        ] {
            assert_eq!(serde_json::to_string(&fault).unwrap(), json);
            assert_eq!(serde_json::from_str::<Fault>(json).unwrap(), fault);
            let name = fault.kind().as_str();
            assert!(json.contains(&format!("\"fault\":\"{name}\"")), "{json}");
        }
    }

    #[test]
    fn debug_has_the_headers_names_and_the_bodys_length() {
        let fault = Fault::status(418)
            .body("4622940000003713")
            .header("x-card", "4622940000003713");
        insta::assert_snapshot!(format!("{fault:?}"), @r#"Fault { kind: Status, provider: None, operation: None, times: None, probability: None, seed: None, carry_out: None, millis: None, bytes: None, difference: None, status: Some(418), headers: ["x-card"], body_bytes: Some(16) }"#);
    }

    #[test]
    fn a_pause_is_never_shortened() {
        assert_eq!(millis(Duration::ZERO), 0);
        assert_eq!(millis(Duration::from_nanos(1)), 0);
        assert_eq!(millis(Duration::from_micros(1)), 1);
        assert_eq!(millis(Duration::from_micros(1001)), 2);
        assert_eq!(millis(Duration::MAX), u64::MAX);
    }
}
