//! The order of a fault, and its JSON.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use schemars::JsonSchema;
use serde::de::{EnumAccess, Error as _, VariantAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use super::FaultKind;

/// One thing that goes wrong, of some calls, some times.
///
/// Without a scope it is of every call below a provider's paths; never of
/// `/_sandbox/...`. It stays in force until it has fired as often as
/// [`times`](Self::times) says, or is removed, which also ends what it holds
/// back.
///
/// ```
/// use std::time::Duration;
///
/// # use cards_sandbox_core::{Fault, Setup};
/// # let sandbox = Setup::default().start_blocking([])?;
/// sandbox.faults().add(Fault::delay(Duration::from_millis(500)).times(3))?;
/// let id = sandbox.faults().add(Fault::lost_reply().probability(0.1, 42))?;
/// assert_eq!(sandbox.faults().get(id).map(|fault| fault.fired), Some(0));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// As JSON it is what `POST /_sandbox/faults` takes:
///
/// ```
/// # use cards_sandbox_core::Fault;
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
    #[serde(default, deserialize_with = "word", skip_serializing_if = "is_none")]
    #[schemars(schema_with = "crate::engine::listed::provider_name")]
    pub(crate) provider: Option<Cow<'static, str>>,
    #[serde(default, deserialize_with = "some", skip_serializing_if = "is_none")]
    #[schemars(with = "String")]
    pub(crate) operation: Option<String>,
    #[serde(default, deserialize_with = "some", skip_serializing_if = "is_none")]
    #[schemars(with = "u64")]
    pub(crate) times: Option<u64>,
    #[serde(default, deserialize_with = "some", skip_serializing_if = "is_none")]
    #[schemars(with = "f64")]
    pub(crate) probability: Option<f64>,
    #[serde(default, deserialize_with = "some", skip_serializing_if = "is_none")]
    #[schemars(with = "u64")]
    pub(crate) seed: Option<u64>,
    #[serde(default, deserialize_with = "some", skip_serializing_if = "is_none")]
    #[schemars(with = "bool")]
    pub(crate) carry_out: Option<bool>,
    #[serde(default, deserialize_with = "some", skip_serializing_if = "is_none")]
    #[schemars(with = "u64")]
    pub(crate) millis: Option<u64>,
    #[serde(default, deserialize_with = "some", skip_serializing_if = "is_none")]
    #[schemars(with = "u64")]
    pub(crate) bytes: Option<u64>,
    #[serde(default, deserialize_with = "some", skip_serializing_if = "is_none")]
    #[schemars(with = "i64")]
    pub(crate) difference: Option<i64>,
    #[serde(default, deserialize_with = "some", skip_serializing_if = "is_none")]
    #[schemars(with = "u16")]
    pub(crate) status: Option<u16>,
    #[serde(
        default,
        deserialize_with = "texts",
        skip_serializing_if = "BTreeMap::is_empty"
    )]
    pub(crate) headers: BTreeMap<String, String>,
    #[serde(default, deserialize_with = "some", skip_serializing_if = "is_none")]
    #[schemars(with = "String")]
    pub(crate) body: Option<String>,
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

    /// Gives the kind of the fault: what goes wrong.
    pub const fn kind(&self) -> FaultKind {
        self.kind
    }

    /// Tells whether a call on which it fires is carried out.
    pub(super) fn carries_out(&self) -> bool {
        self.carry_out.unwrap_or(self.kind.carries_out())
    }

    pub(crate) fn pause(&self) -> Duration {
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

const fn is_none<T>(setting: &Option<T>) -> bool {
    setting.is_none()
}

/// A setting may be left out; null is none.
fn some<'de, D: Deserializer<'de>, T: Deserialize<'de>>(input: D) -> Result<Option<T>, D::Error> {
    T::deserialize(input).map(Some)
}

/// Reads one word of a list that is not known here, as a list's words are read: nothing but a text is
/// one.
fn word<'de, D: Deserializer<'de>>(input: D) -> Result<Option<Cow<'static, str>>, D::Error> {
    struct Word;

    impl<'de> Visitor<'de> for Word {
        type Value = String;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a word")
        }

        fn visit_enum<A: EnumAccess<'de>>(self, word: A) -> Result<String, A::Error> {
            let (word, rest) = word.variant()?;
            rest.unit_variant()?;
            Ok(word)
        }
    }

    let word = input.deserialize_enum("Provider", &[], Word)?;
    Ok(Some(word.into()))
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
mod tests;
