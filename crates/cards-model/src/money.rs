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
    read(Box::<RawValue>::deserialize(d)?.get())
}

/// Reads as [`deserialize`] does, without a copy of the number's text: for views, whose
/// source is a text or a slice and lends it.
pub(crate) fn lent<'de, D: Deserializer<'de>>(d: D) -> Result<Option<Decimal>, D::Error> {
    read(<&RawValue>::deserialize(d)?.get())
}

fn read<E: de::Error>(raw: &str) -> Result<Option<Decimal>, E> {
    let text = raw.trim_matches('"');
    if raw == "null" || text.is_empty() {
        return Ok(None);
    }
    parse(text)
        .map(Some)
        .ok_or_else(|| E::custom("expected a decimal number of at most 28 digits"))
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

/// Reads the form of a JSON number, perhaps with zeros before it, to its last digit: nothing
/// is rounded.
fn parse(text: &str) -> Option<Decimal> {
    let (digits, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    if !is_number(digits) {
        return None;
    }
    let number = Decimal::from_str_exact(digits).ok()?;
    shifted(number, exponent.parse().ok()?)
}

/// Tells whether a text is a decimal number in digits.
pub(crate) fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let are_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    are_digits(whole) && are_digits(fraction)
}

/// Multiplies by a power of ten. `None`: the number has more digits then than fit.
fn shifted(mut number: Decimal, exponent: i64) -> Option<Decimal> {
    let scale = i64::from(number.scale()).checked_sub(exponent)?;
    number.set_scale(scale.max(0).try_into().ok()?).ok()?;
    let zeros = scale.min(0).unsigned_abs().try_into().ok()?;
    if zeros == 0 {
        // A product of zero has no decimals.
        return Some(number);
    }
    let power = Decimal::try_from_i128_with_scale(10_i128.checked_pow(zeros)?, 0);
    number.checked_mul(power.ok()?)
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
            r#"{"amount":0.00}"#,
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
        assert_eq!(again(r#"{"amount":0.0e-1}"#), r#"{"amount":0.00}"#);
        assert_eq!(again(r#"{"amount":0e2}"#), r#"{"amount":0}"#);
        assert_eq!(again(r#"{"amount":1.50E+1}"#), r#"{"amount":15.0}"#);
        assert_eq!(again(r#"{"amount":-12.5e-2}"#), r#"{"amount":-0.125}"#);
        assert_eq!(again(r#"{"amount":"1.25e3"}"#), r#"{"amount":1250}"#);
        assert_eq!(again(r#"{"amount":"05.00"}"#), r#"{"amount":5.00}"#);
        assert_eq!(again(r#"{"amount":""}"#), r#"{"amount":null}"#);
        assert_eq!(again("{}"), r#"{"amount":null}"#);
    }

    #[test]
    fn what_is_no_amount_is_an_error_that_does_not_repeat_it() {
        for json in [
            r#"{"amount":"12,50"}"#,
            r#"{"amount":{}}"#,
            r#"{"amount":1e99}"#,
            r#"{"amount":8e28}"#,
            r#"{"amount":1e-29}"#,
            r#"{"amount":1e99999999999999999999}"#,
            r#"{"amount":1.23456789012345678901234567890123e0}"#,
            r#"{"amount":"1_000"}"#,
            r#"{"amount":"1_0e1"}"#,
            r#"{"amount":"+1"}"#,
            r#"{"amount":".5"}"#,
            r#"{"amount":"1e"}"#,
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

        #[test]
        fn an_exponent_moves_the_point(
            units in any::<i32>(), scale in 0u32..=9, exponent in -19i32..=19,
        ) {
            let number = Decimal::new(units.into(), scale);
            let power = (0..exponent.abs()).fold(Decimal::ONE, |power, _| power * Decimal::TEN);
            let moved = if exponent < 0 { number / power } else { number * power };
            let json = format!(r#"{{"amount":{number}e{exponent}}}"#);
            let read: Balance = serde_json::from_str(&json).unwrap();
            prop_assert_eq!(read.amount, Some(moved));
        }
    }
}
