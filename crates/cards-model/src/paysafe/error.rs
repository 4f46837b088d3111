//! The error object of every Paysafe reply that is not a success.

use std::fmt;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;

use crate::lenient;
use crate::open_enum::code;

/// Paysafe, Get customer prepaid cards, Responses 500. No part of it is
/// marked as required, so none is relied on, and one of another type than the
/// document's is passed over, so that the rest is not lost by it.
///
/// Its `Debug`, and those of its parts, show no text but a code of capitals: a sentence may
/// repeat what was sent.
///
/// ```
/// use cards_model::paysafe::ErrorBody;
///
/// let body = r#"{"error":{"code":"CONFLICT","message":"Ann Smith is known","details":["x"]}}"#;
/// let error: ErrorBody = serde_json::from_str(body)?;
/// assert_eq!(
///     format!("{error:?}"),
///     "ErrorBody { error: Some(ErrorDetails { code: Some(CONFLICT), .. }), .. }"
/// );
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ErrorBody {
    /// The error itself. Where it is one of the codes of token endpoints, such
    /// as `invalid_client` (RFC 6749, 5.2), that is its code. Any other text is
    /// somebody else's: gateways write `"error":"Not Found"`.
    #[serde(default, deserialize_with = "details_or_code")]
    pub error: Option<ErrorDetails>,
    /// A sentence beside an error that is a text (RFC 6749, 5.2).
    #[serde(
        default,
        deserialize_with = "lenient::text_if_any",
        skip_serializing_if = "Option::is_none"
    )]
    pub error_description: Option<String>,
}

impl fmt::Debug for ErrorBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ErrorBody")
            .field("error", &self.error)
            .finish_non_exhaustive()
    }
}

fn details_or_code<'de, D: Deserializer<'de>>(d: D) -> Result<Option<ErrorDetails>, D::Error> {
    let raw = Box::<RawValue>::deserialize(d)?;
    let details = || match raw.get().as_bytes().first() {
        // serde reads a list into any struct.
        Some(b'{') => serde_json::from_str(raw.get()).ok(),
        Some(b'[') => listed(raw.get()),
        _ => None,
    };
    let is_code = |text: &String| {
        let mut bytes = text.bytes();
        !text.is_empty() && bytes.all(|b| b.is_ascii_lowercase() || b == b'_')
    };
    let code = || {
        let text = serde_json::from_str::<String>(raw.get()).ok();
        text.filter(is_code)
    };
    Ok(details().or_else(|| {
        Some(ErrorDetails {
            code: Some(code()?),
            ..ErrorDetails::default()
        })
    }))
}

/// Reads a list of errors, which the document's schema can be taken for. `None`:
/// it is empty, or something else is among the first.
fn listed(text: &str) -> Option<ErrorDetails> {
    let lenient::First(all) = serde_json::from_str(text).ok()?;
    let one = |raw: &RawValue| match raw.get().starts_with('{') {
        true => serde_json::from_str(raw.get()).ok(),
        false => None,
    };
    ErrorDetails::joined(all.into_iter().map(one).collect::<Option<Vec<_>>>()?)
}

/// Holds the error bodies of a list, which some gateways send: the first 1,000 of them. All of those
/// have to be objects.
///
/// ```
/// use cards_model::paysafe::ErrorBodies;
///
/// let list = r#"[{"error":{"code":"1"}},{}]"#;
/// assert_eq!(serde_json::from_str::<ErrorBodies>(list)?.0.len(), 2);
/// assert!(serde_json::from_str::<ErrorBodies>("[7]").is_err());
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ErrorBodies(pub Vec<ErrorBody>);

impl<'de> Deserialize<'de> for ErrorBodies {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let lenient::First(all) = lenient::quiet(deserializer)?;
        let one = |raw: &RawValue| match raw.get().starts_with('{') {
            true => serde_json::from_str(raw.get()).map_err(D::Error::custom),
            false => Err(D::Error::custom("not an object")),
        };
        all.into_iter().map(one).collect::<Result<_, _>>().map(Self)
    }
}

impl ErrorDetails {
    /// Makes one error of several: the first, with the sentences and the fields of
    /// the others behind its own, the first 1,000 of each. `None` where there are none.
    ///
    /// ```
    /// use cards_model::paysafe::ErrorBody;
    ///
    /// let two = r#"{"error":[{"code":"1","message":"a"},{"code":"2","message":"b"}]}"#;
    /// let error = serde_json::from_str::<ErrorBody>(two)?.error.unwrap();
    /// assert_eq!(error.code.as_deref(), Some("1"));
    /// assert_eq!(error.details, ["2: b"]);
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn joined(all: impl IntoIterator<Item = Self>) -> Option<Self> {
        let mut all = all.into_iter();
        let mut first = all.next()?;
        for other in all {
            let told = [other.code, other.message].into_iter().flatten();
            let told: Vec<_> = told.collect();
            if !told.is_empty() {
                first.details.push(told.join(": "));
            }
            first.details.extend(other.details);
            first.field_errors.extend(other.field_errors);
            first.details.truncate(lenient::MOST_ERRORS);
            first.field_errors.truncate(lenient::MOST_ERRORS);
        }
        Some(first)
    }
}

/// Holds an error as Paysafe tells it.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ErrorDetails {
    /// The code of the error, such as `DW-INTERNAL-SERVER-ERROR`.
    #[serde(default, deserialize_with = "lenient::text_if_any")]
    pub code: Option<String>,
    /// A sentence.
    #[serde(default, deserialize_with = "lenient::text_if_any")]
    pub message: Option<String>,
    /// More sentences, on any parameter: the first 1,000.
    #[serde(default, deserialize_with = "lenient::readable")]
    pub details: Vec<String>,
    /// The fields at fault: the first 1,000.
    #[serde(default, deserialize_with = "lenient::readable")]
    pub field_errors: Vec<FieldError>,
}

impl fmt::Debug for ErrorDetails {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ErrorDetails")
            .field("code", &self.code.as_deref().map(Code))
            .finish_non_exhaustive()
    }
}

/// A code as it can be shown.
struct Code<'a>(&'a str);

impl fmt::Debug for Code<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(code(self.0))
    }
}

/// Names a field at fault.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FieldError {
    /// The JSON field.
    #[serde(default, deserialize_with = "lenient::text_if_any")]
    pub field: Option<String>,
    /// The fault.
    #[serde(default, deserialize_with = "lenient::text_if_any")]
    pub error: Option<String>,
}

impl fmt::Debug for FieldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FieldError").finish_non_exhaustive()
    }
}
