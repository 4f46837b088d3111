//! Values as they are written in JSON: the digits of a number are all there, which no float has.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{self, Deserializer, MapAccess, SeqAccess, Visitor};
use zeroize::Zeroizing;

use crate::money::is_number;

/// The name by which `serde_json` is asked for a value's own text, as `RawValue` asks. With another
/// one a value comes as serde gives it, and so does that of another format.
const BY_TEXT: &str = "$serde_json::private::RawValue";

/// A value as it is written. Its text stands in the source where that lends it, so that reading
/// one takes no allocation.
pub(crate) enum Written<'a> {
    /// Null, or nothing at all.
    Null,
    /// True or false.
    Boolean(bool),
    /// A number, in the form that JSON has for one.
    Number(Cow<'a, str>),
    /// A text.
    Text(Cow<'a, str>),
    /// A list, an object, a text with a broken escape, or the float of another format.
    Other,
}

impl<'a> Written<'a> {
    /// Takes the text of a value of JSON apart.
    fn of(json: Cow<'a, str>) -> Self {
        match json {
            Cow::Borrowed(json) => Self::lent(json),
            // The value may be a card's number, and so this copy of it is wiped.
            Cow::Owned(json) => Written::lent(&Zeroizing::new(json)).kept(),
        }
    }

    fn lent(json: &'a str) -> Self {
        match json.as_bytes() {
            b"null" => Self::Null,
            b"true" => Self::Boolean(true),
            b"false" => Self::Boolean(false),
            [b'"', ..] if json.contains('\\') => {
                let text = serde_json::from_str::<String>(json);
                text.map_or(Self::Other, |text| Self::Text(Cow::Owned(text)))
            }
            [b'"', .., b'"'] => Self::Text(Cow::Borrowed(&json[1..json.len() - 1])),
            [b'-' | b'0'..=b'9', ..] => Self::Number(Cow::Borrowed(json)),
            _ => Self::Other,
        }
    }

    /// A copy that outlives the source.
    fn kept<'b>(self) -> Written<'b> {
        match self {
            Self::Null => Written::Null,
            Self::Boolean(value) => Written::Boolean(value),
            Self::Number(number) => Written::Number(Cow::Owned(number.into_owned())),
            Self::Text(text) => Written::Text(Cow::Owned(text.into_owned())),
            Self::Other => Written::Other,
        }
    }

    /// The text, or the digits of a whole number of any size, without a fraction of zeros.
    /// `None`: it is neither.
    pub(crate) fn text(self) -> Option<Cow<'a, str>> {
        match self {
            Self::Text(text) => Some(text),
            Self::Number(number) => digits(number),
            _ => None,
        }
    }

    /// The whole number that the value is, or that its text is: the nearest one that fits. `None`:
    /// it is none.
    pub(crate) fn whole(&self) -> Option<i128> {
        match self {
            Self::Number(number) => whole(number),
            Self::Text(text) => whole(text.trim()),
            _ => None,
        }
    }

    /// Tells whether it is null, or a text of nothing but white space.
    pub(crate) fn is_nothing(&self) -> bool {
        match self {
            Self::Null => true,
            Self::Text(text) => text.trim().is_empty(),
            _ => false,
        }
    }
}

/// The digits of a whole number without the fraction of zeros that it may have. `None`: it has
/// another fraction, or an exponent.
fn digits(mut number: Cow<'_, str>) -> Option<Cow<'_, str>> {
    let (whole, fraction) = number.split_once('.').unwrap_or((&number, ""));
    let is_whole = fraction.bytes().all(|b| b == b'0') && is_number(whole);
    let length = is_whole.then_some(whole.len())?;
    match &mut number {
        Cow::Borrowed(number) => *number = &number[..length],
        Cow::Owned(number) => number.truncate(length),
    }
    Some(number)
}

/// Reads a number that is whole to its last digit, in any form: `7`, `7.00` and `70e-1`. One that
/// does not fit is the nearest that does. `None`: it is no number, or has a fraction.
fn whole(text: &str) -> Option<i128> {
    let (number, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let unsigned = number
        .strip_prefix('+')
        .filter(|number| !number.starts_with('-'));
    let number = unsigned.unwrap_or(number);
    if !is_number(number) {
        return None;
    }
    let (is_negative, number) = match number.strip_prefix('-') {
        Some(number) => (true, number),
        None => (false, number),
    };
    let (before, after) = number.split_once('.').unwrap_or((number, ""));
    // Of all its digits, those before the point.
    let places = length(before).saturating_add(power(exponent)?);
    let (mut whole, mut at) = (0_i128, 0_i64);
    for digit in before.bytes().chain(after.bytes()).map(|b| b - b'0') {
        if at < places {
            whole = whole.saturating_mul(10).saturating_add(digit.into());
        } else if digit != 0 {
            return None;
        }
        at += 1;
    }
    // As many zeros make every number but zero the largest.
    for _ in at..places.min(at.saturating_add(40)) {
        whole = whole.saturating_mul(10);
    }
    Some(if is_negative { -whole } else { whole })
}

fn length(text: &str) -> i64 {
    i64::try_from(text.len()).unwrap_or(i64::MAX)
}

/// Reads an exponent, or the nearest one that fits.
fn power(exponent: &str) -> Option<i64> {
    let (sign, digits) = match exponent.as_bytes() {
        [b'-', ..] => (-1, &exponent[1..]),
        [b'+', ..] => (1, &exponent[1..]),
        _ => (1, exponent),
    };
    let are_digits = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    are_digits.then(|| sign * digits.parse().unwrap_or(i64::MAX))
}

impl<'de> Deserialize<'de> for Written<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_newtype_struct(BY_TEXT, AsWritten)
    }
}

/// A text that is lent where it can be.
#[derive(Deserialize)]
#[serde(transparent)]
struct LentText<'a>(#[serde(borrow)] Cow<'a, str>);

struct AsWritten;

impl<'de> Visitor<'de> for AsWritten {
    type Value = Written<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Written<'de>, A::Error> {
        let mut name = map.next_key::<LentText<'_>>()?;
        if name.as_ref().is_some_and(|name| name.0 == BY_TEXT) {
            let LentText(json) = map.next_value()?;
            return Ok(Written::of(json));
        }
        while name.is_some() {
            map.next_value::<de::IgnoredAny>()?;
            name = map.next_key()?;
        }
        Ok(Written::Other)
    }

    // The rest is how other formats give their values.

    fn visit_newtype_struct<D: Deserializer<'de>>(self, d: D) -> Result<Written<'de>, D::Error> {
        d.deserialize_any(self)
    }

    fn visit_some<D: Deserializer<'de>>(self, d: D) -> Result<Written<'de>, D::Error> {
        d.deserialize_any(self)
    }

    fn visit_none<E>(self) -> Result<Written<'de>, E> {
        Ok(Written::Null)
    }

    fn visit_unit<E>(self) -> Result<Written<'de>, E> {
        Ok(Written::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Written<'de>, E> {
        Ok(Written::Boolean(value))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Written<'de>, E> {
        Ok(Written::Number(Cow::Owned(number.to_string())))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Written<'de>, E> {
        Ok(Written::Number(Cow::Owned(number.to_string())))
    }

    fn visit_i128<E>(self, number: i128) -> Result<Written<'de>, E> {
        Ok(Written::Number(Cow::Owned(number.to_string())))
    }

    fn visit_u128<E>(self, number: u128) -> Result<Written<'de>, E> {
        Ok(Written::Number(Cow::Owned(number.to_string())))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Written<'de>, E> {
        Ok(Written::Other)
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Written<'de>, E> {
        Ok(Written::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Written<'de>, E> {
        Ok(Written::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_string<E>(self, text: String) -> Result<Written<'de>, E> {
        Ok(Written::Text(Cow::Owned(text)))
    }

    fn visit_bytes<E>(self, _: &[u8]) -> Result<Written<'de>, E> {
        Ok(Written::Other)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Written<'de>, A::Error> {
        while list.next_element::<de::IgnoredAny>()?.is_some() {}
        Ok(Written::Other)
    }
}

#[cfg(test)]
mod tests;
