//! Amounts of money, read from the number's own text and written as such; for
//! `#[serde(with = "money")]`.
//!
//! A float would lose digits, and `serde_json`'s `arbitrary_precision` would
//! change the behaviour of everybody else's serde_json in the same build; the
//! raw text does neither.

use rust_decimal::Decimal;
use serde::de::{self, Deserializer};
use serde::ser::{self, Serializer};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// Reads a JSON number, or the same as text, exactly as written; absent, null
/// and empty text alike.
pub(crate) fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<Option<Decimal>, D::Error> {
    let raw = <&RawValue>::deserialize(d)?.get();
    let text = raw.trim_matches('"');
    if raw == "null" || text.is_empty() {
        return Ok(None);
    }
    parse(text)
        .map(Some)
        .ok_or_else(|| de::Error::custom("expected a decimal number of at most 28 digits"))
}

/// Reads as [`deserialize`] does, an amount that must be there.
pub(crate) fn required<'de, D: Deserializer<'de>>(d: D) -> Result<Decimal, D::Error> {
    deserialize(d)?.ok_or_else(|| de::Error::custom("expected a decimal number"))
}

/// Writes a JSON number with all its digits, trailing zeros included.
pub(crate) fn serialize<S: Serializer>(amount: &Option<Decimal>, s: S) -> Result<S::Ok, S::Error> {
    let raw = amount
        .map(|amount| RawValue::from_string(amount.to_string()))
        .transpose();
    raw.map_err(ser::Error::custom)?.serialize(s)
}

fn parse(text: &str) -> Option<Decimal> {
    if text.bytes().any(|b| matches!(b, b'e' | b'E')) {
        Decimal::from_scientific(text).ok()
    } else {
        Decimal::from_str_exact(text).ok()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rust_decimal::Decimal;
    use serde::{Deserialize, Serialize};

    #[derive(Debug, Serialize, Deserialize)]
    struct Balance {
        #[serde(default, with = "super")]
        amount: Option<Decimal>,
    }

    fn again(json: &str) -> String {
        serde_json::to_string(&serde_json::from_str::<Balance>(json).unwrap()).unwrap()
    }

    #[test]
    fn digits_survive_that_a_float_would_lose() {
        for json in [
            r#"{"amount":12.50}"#,
            r#"{"amount":0.1}"#,
            r#"{"amount":9007199254740993}"#,
            r#"{"amount":-1234567890123456789012345.678}"#,
            r#"{"amount":null}"#,
        ] {
            assert_eq!(again(json), json);
        }
    }

    #[test]
    fn other_forms_are_read() {
        assert_eq!(again(r#"{"amount":"440.0"}"#), r#"{"amount":440.0}"#);
        assert_eq!(again(r#"{"amount":1e2}"#), r#"{"amount":100}"#);
        assert_eq!(again(r#"{"amount":""}"#), r#"{"amount":null}"#);
        assert_eq!(again("{}"), r#"{"amount":null}"#);
    }

    #[test]
    fn what_is_no_amount_is_an_error_that_does_not_repeat_it() {
        for json in [
            r#"{"amount":"12,50"}"#,
            r#"{"amount":{}}"#,
            r#"{"amount":1e99}"#,
            r#"{"amount":true}"#,
        ] {
            let error = serde_json::from_str::<Balance>(json)
                .unwrap_err()
                .to_string();
            assert!(error.starts_with("expected a decimal number"), "{error}");
        }
        let long = format!(r#"{{"amount":0.{}}}"#, "1".repeat(40));
        assert!(serde_json::from_str::<Balance>(&long).is_err());
    }

    proptest! {
        #[test]
        fn text_to_value_to_text(units in any::<i64>(), scale in 0u32..=18) {
            let json = format!(r#"{{"amount":{}}}"#, Decimal::new(units, scale));
            prop_assert_eq!(again(&json), json);
        }
    }
}
