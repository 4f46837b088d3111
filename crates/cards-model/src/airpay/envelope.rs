//! The envelope around every Airpay reply: `status`, `message`, `data`.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::lenient;

/// An Airpay reply before its `data` is read.
///
/// Every document's Success 200 table: `status` 200 for success and 400 for
/// failure *in the body*, `message`, `data`. The failure example has no `data`.
///
/// `Debug` shows none of its texts, which are all unread: a token may be among them.
///
/// ```
/// use cards_model::airpay::Envelope;
///
/// let body = r#"{"status":200,"message":"success","data":{"token":"abc"}}"#;
/// let envelope: Envelope<'_> = serde_json::from_str(body)?;
/// assert_eq!(envelope.data_text(), r#"{"token":"abc"}"#);
/// assert_eq!(format!("{envelope:?}"), "Envelope { is_success: true, .. }");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Deserialize)]
#[non_exhaustive]
pub struct Envelope<'a> {
    /// 200 or 400; read from a number or from text, since the tables show
    /// `400,200` in a text column.
    #[serde(default, deserialize_with = "lenient::integer")]
    pub status: Option<i64>,
    /// `success` or `fail`, in any case.
    #[serde(default, deserialize_with = "lenient::text_if_any")]
    pub message: Option<String>,
    /// The payload as JSON text, unread.
    #[serde(borrow, default)]
    pub data: Option<&'a RawValue>,
}

impl<'a> Envelope<'a> {
    /// Tells whether the body reports success.
    pub fn is_success(&self) -> bool {
        self.status == Some(200)
    }

    /// The payload's JSON text; `null` where there is none.
    pub fn data_text(&self) -> &'a str {
        self.data.map_or("null", RawValue::get)
    }
}

impl fmt::Debug for Envelope<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Envelope")
            .field("is_success", &self.is_success())
            .finish_non_exhaustive()
    }
}

/// A success that brings nothing: `data` is `[]`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Acknowledged {}

/// Passes over whatever `data` holds.
impl<'de> Deserialize<'de> for Acknowledged {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        serde::de::IgnoredAny::deserialize(deserializer).map(|_| Self {})
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documented_answers() {
        let success: Envelope<'_> =
            serde_json::from_str(r#"{"status": 200, "message": "success", "data": []}"#).unwrap();
        assert!(success.is_success());
        assert_eq!(success.data_text(), "[]");
        let fail: Envelope<'_> =
            serde_json::from_str(r#"{"status": 400, "message": "fail"}"#).unwrap();
        assert!(!fail.is_success());
        assert_eq!(fail.data_text(), "null");
    }

    #[test]
    fn status_as_text_counts_and_a_missing_status_is_no_success() {
        let read = |json| {
            serde_json::from_str::<Envelope<'_>>(json)
                .unwrap()
                .is_success()
        };
        assert!(read(r#"{"status":"200","extra":{"a":[1]}}"#));
        assert!(!read(r#"{"message":"success"}"#));
        assert!(!read(r#"{"status":null}"#));
    }
}
