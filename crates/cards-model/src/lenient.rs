//! Reading what a provider sends, in whatever form it sends it.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::{self, Deserializer, Visitor};
use serde_json::value::RawValue;
use zeroize::Zeroizing;

/// Reads text, or a number by its digits, as a type that keeps a copy of the text only
/// where it must: where it stands in the source, a view need not.
pub(crate) fn text<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: From<String> + From<&'de str>,
{
    deserializer.deserialize_any(TextOrNumber(PhantomData))
}

struct TextOrNumber<T>(PhantomData<T>);

impl<'de, T: From<String> + From<&'de str>> Visitor<'de> for TextOrNumber<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("text or a whole number")
    }

    fn visit_borrowed_str<E: de::Error>(self, text: &'de str) -> Result<T, E> {
        Ok(text.into())
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
        Ok(text.to_owned().into())
    }

    fn visit_string<E: de::Error>(self, text: String) -> Result<T, E> {
        Ok(text.into())
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<T, E> {
        Ok(number.to_string().into())
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<T, E> {
        Ok(number.to_string().into())
    }
}

/// An id as text or a whole number; an empty one names nothing.
pub(crate) fn id<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let id: String = text(deserializer)?;
    if id.is_empty() {
        return Err(de::Error::custom("expected an id that is not empty"));
    }
    Ok(id)
}

/// Text or a whole number, absent and null alike.
pub(crate) fn optional_text<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: From<String> + From<&'de str>,
{
    struct Lenient<T>(T);

    impl<'de, T: From<String> + From<&'de str>> Deserialize<'de> for Lenient<T> {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            text(deserializer).map(Self)
        }
    }

    Ok(Option::<Lenient<T>>::deserialize(deserializer)?.map(|lenient| lenient.0))
}

/// Reads text, or a number by its digits as they are written, and `None` where it is
/// neither: an odd type beside what matters must not lose what matters.
///
/// By the value's own text, as [`seconds`] does: the digits of a fraction or of a number
/// beyond an integer's range are in no float.
pub(crate) fn text_if_any<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: From<String>,
{
    let Some(raw) = Option::<Box<RawValue>>::deserialize(deserializer)? else {
        return Ok(None);
    };
    // The value may be a card's number, and so this copy of it is wiped.
    let mut raw = Zeroizing::new(String::from(Box::<str>::from(raw)));
    let text = match raw.as_bytes() {
        [b'"', ..] if raw.contains('\\') => serde_json::from_str(&raw).ok(),
        [b'"', ..] => {
            raw.pop();
            raw.remove(0);
            Some(std::mem::take(&mut *raw))
        }
        [b'-' | b'0'..=b'9', ..] => Some(std::mem::take(&mut *raw)),
        _ => None,
    };
    Ok(text.map(String::into))
}

/// The items of a list of errors that can be read, and none of what is no list: an odd
/// item must not lose the others. Of a long list it is those among the first [`MOST_ERRORS`]: nobody
/// reads more, and each takes many times what it is in a body.
pub(crate) fn readable<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: de::DeserializeOwned,
{
    let raw = Box::<RawValue>::deserialize(deserializer)?;
    let First(items) = serde_json::from_str(raw.get()).unwrap_or_default();
    let readable = |item: &RawValue| serde_json::from_str(item.get()).ok();
    Ok(items.into_iter().filter_map(readable).collect())
}

/// The most errors of one list that are read.
pub(crate) const MOST_ERRORS: usize = 1_000;

/// Holds the first [`MOST_ERRORS`] items of a list, as they are written.
#[derive(Default)]
pub(crate) struct First<'a>(pub(crate) Vec<&'a RawValue>);

impl<'de: 'a, 'a> Deserialize<'de> for First<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;

        impl<'de> Visitor<'de> for InOrder {
            type Value = First<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list")
            }

            fn visit_seq<A: de::SeqAccess<'de>>(
                self,
                mut items: A,
            ) -> Result<First<'de>, A::Error> {
                let mut first = Vec::new();
                while first.len() < MOST_ERRORS {
                    match items.next_element()? {
                        Some(item) => first.push(item),
                        None => return Ok(First(first)),
                    }
                }
                while items.next_element::<de::IgnoredAny>()?.is_some() {}
                Ok(First(first))
            }
        }

        deserializer.deserialize_seq(InOrder)
    }
}

/// A list, absent and null alike (both read as empty).
pub(crate) fn list<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    Ok(Option::<Vec<T>>::deserialize(deserializer)?.unwrap_or_default())
}

/// The texts of a list, of which an item that is no text reads as an empty one;
/// so does what is no list. Null reads as nothing.
pub(crate) fn texts_or_blanks<'de, D>(deserializer: D) -> Result<Option<Vec<String>>, D::Error>
where
    D: Deserializer<'de>,
{
    let raw = Box::<RawValue>::deserialize(deserializer)?;
    let text = |item: &RawValue| serde_json::from_str(item.get()).unwrap_or_default();
    Ok(match serde_json::from_str::<Vec<&RawValue>>(raw.get()) {
        Ok(items) => Some(items.into_iter().map(text).collect()),
        Err(_) if raw.get() == "null" => None,
        Err(_) => Some(vec![String::new()]),
    })
}

/// A whole number, or the same as text or with a fraction of zero; null and
/// empty text read as nothing.
///
/// By a visitor and not by an untagged enum, which would copy the value first.
pub(crate) fn integer<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    struct IntegerOrText;

    impl Visitor<'_> for IntegerOrText {
        type Value = Option<i64>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a whole number")
        }

        fn visit_unit<E: de::Error>(self) -> Result<Option<i64>, E> {
            Ok(None)
        }

        fn visit_i64<E: de::Error>(self, number: i64) -> Result<Option<i64>, E> {
            Ok(Some(number))
        }

        fn visit_u64<E: de::Error>(self, number: u64) -> Result<Option<i64>, E> {
            i64::try_from(number)
                .map(Some)
                .map_err(|_| E::custom("expected a smaller number"))
        }

        fn visit_f64<E: de::Error>(self, number: f64) -> Result<Option<i64>, E> {
            // Up to here each whole number has a float of its own.
            const MOST: f64 = 9_007_199_254_740_992.0;
            if number.fract() == 0.0 && number.abs() <= MOST {
                return Ok(Some(number as i64));
            }
            Err(E::custom("expected a whole number"))
        }

        fn visit_str<E: de::Error>(self, text: &str) -> Result<Option<i64>, E> {
            let text = text.trim();
            if text.is_empty() {
                return Ok(None);
            }
            match (text.parse(), text.parse()) {
                (Ok(number), _) => Ok(Some(number)),
                (_, Ok(number)) => self.visit_f64(number),
                _ => Err(E::custom("expected a whole number")),
            }
        }
    }

    deserializer.deserialize_any(IntegerOrText)
}

/// A lifetime in whole seconds: a number of any size and form, or the same as
/// text. It is rounded down and bounded; whatever is no positive time reads as
/// nothing, since the token beside it is what matters.
///
/// By the value's own text and not by a visitor: `serde_json` refuses a number
/// beyond the range of a float, such as one of 400 digits, before a visitor sees
/// it. The text is a copy, as only some sources lend theirs.
pub(crate) fn seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    let value = Option::<Box<RawValue>>::deserialize(deserializer)?;
    let raw = value.as_deref().map_or("", RawValue::get);
    let text: Cow<'_, str> = serde_json::from_str(raw).unwrap_or(Cow::Borrowed(raw));
    let number = text.trim().parse::<f64>().ok();
    let number = number.filter(|number| *number >= 1.0);
    // A float that is too large becomes the largest integer.
    Ok(number.map(|number| number as i64))
}

/// A whole number that must be there.
pub(crate) fn required_integer<'de, D: Deserializer<'de>>(d: D) -> Result<i64, D::Error> {
    integer(d)?.ok_or_else(|| de::Error::custom("expected a whole number"))
}

/// True or false, as such, as 1 or 0, or the same as text; null and empty text
/// read as nothing.
pub(crate) fn boolean<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<bool>, D::Error> {
    struct BooleanOrText;

    impl Visitor<'_> for BooleanOrText {
        type Value = Option<bool>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("true or false")
        }

        fn visit_unit<E: de::Error>(self) -> Result<Option<bool>, E> {
            Ok(None)
        }

        fn visit_bool<E: de::Error>(self, value: bool) -> Result<Option<bool>, E> {
            Ok(Some(value))
        }

        fn visit_u64<E: de::Error>(self, number: u64) -> Result<Option<bool>, E> {
            match number {
                0 | 1 => Ok(Some(number == 1)),
                _ => Err(E::custom("expected true or false")),
            }
        }

        fn visit_str<E: de::Error>(self, text: &str) -> Result<Option<bool>, E> {
            match text.to_ascii_lowercase().as_str() {
                "" => Ok(None),
                "true" | "1" => Ok(Some(true)),
                "false" | "0" => Ok(Some(false)),
                _ => Err(E::custom("expected true or false")),
            }
        }
    }

    deserializer.deserialize_any(BooleanOrText)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[derive(Deserialize, Debug, PartialEq)]
    struct Sample {
        #[serde(default, deserialize_with = "integer")]
        n: Option<i64>,
        #[serde(default, deserialize_with = "optional_text")]
        t: Option<String>,
        #[serde(default, deserialize_with = "list")]
        l: Vec<u8>,
        #[serde(default, deserialize_with = "boolean")]
        b: Option<bool>,
    }

    fn sample(json: &str) -> Sample {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn absent_null_and_either_form_are_read() {
        let empty = Sample {
            n: None,
            t: None,
            l: vec![],
            b: None,
        };
        assert_eq!(sample("{}"), empty);
        assert_eq!(sample(r#"{"n":null,"t":null,"l":null,"b":null}"#), empty);
        let full = Sample {
            n: Some(7),
            t: Some("8".into()),
            l: vec![9],
            b: Some(true),
        };
        assert_eq!(sample(r#"{"n":7,"t":"8","l":[9],"b":true}"#), full);
        assert_eq!(sample(r#"{"n":"7","t":8,"l":[9],"b":1}"#), full);
        assert_eq!(sample(r#"{"n":"","b":""}"#), empty);
        assert_eq!(sample(r#"{"b":"False"}"#).b, Some(false));
        assert_eq!(sample(r#"{"n":7.0}"#).n, Some(7));
        assert_eq!(sample(r#"{"n":" 7.0 "}"#).n, Some(7));
        for wrong in [
            r#"{"n":7.5}"#,
            r#"{"n":1e300}"#,
            r#"{"b":2}"#,
            r#"{"b":"maybe"}"#,
            r#"{"n":"x"}"#,
        ] {
            assert!(serde_json::from_str::<Sample>(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_number_beside_what_matters_is_read_by_its_digits() {
        #[derive(Deserialize)]
        struct Odd {
            #[serde(default, deserialize_with = "text_if_any")]
            t: Option<String>,
        }

        for number in [
            "-7",
            "9223372036854775808",
            "184467440737095516160000",
            "12.50",
            "1e400",
        ] {
            let json = format!(r#"{{"t": {number} }}"#);
            let read = serde_json::from_str::<Odd>(&json).unwrap();
            assert_eq!(read.t.as_deref(), Some(number));
        }
        let read = |json: &str| serde_json::from_str::<Odd>(json).unwrap().t;
        assert_eq!(read(r#"{"t":"a\u0062\n"}"#).as_deref(), Some("ab\n"));
        assert_eq!(read(r#"{"t": "ab" }"#).as_deref(), Some("ab"));
        assert_eq!(read(r#"{"t":""}"#).as_deref(), Some(""));
        for none in ["true", "null", "[7]", r#"{"a":7}"#] {
            assert_eq!(read(&format!(r#"{{"t":{none}}}"#)), None, "{none}");
        }
        assert_eq!(read("{}"), None);
        let value = serde_json::json!({"t": 9_223_372_036_854_775_808_u64});
        let read = serde_json::from_value::<Odd>(value).unwrap().t;
        assert_eq!(read.as_deref(), Some("9223372036854775808"));
    }

    #[derive(Deserialize, Debug, PartialEq)]
    struct Token {
        #[serde(default, deserialize_with = "seconds")]
        expires_in: Option<i64>,
    }

    /// Reads a lifetime from each source of JSON, which must agree, and returns
    /// it. `None`: the value is no JSON.
    fn lifetime(value: &str) -> Option<Option<i64>> {
        let json = format!(r#"{{"expires_in":{value}}}"#);
        let token = serde_json::from_str::<Token>(&json).ok();
        let from_slice = serde_json::from_slice(json.as_bytes()).ok();
        assert_eq!(from_slice, token, "{value}: from a slice");
        let from_reader = serde_json::from_reader(json.as_bytes()).ok();
        assert_eq!(from_reader, token, "{value}: from a reader");
        // A value holds no number beyond the range of a float, and of others
        // perhaps the float beside the nearest.
        if let Ok(tree) = serde_json::from_str::<serde_json::Value>(&json) {
            let read = token.as_ref().unwrap().expires_in.unwrap_or(0);
            let lent = Token::deserialize(&tree).unwrap().expires_in;
            let off = lent.unwrap_or(0).abs_diff(read);
            assert!(
                off <= 1 + read.unsigned_abs() / (1 << 52),
                "{value}: {lent:?}"
            );
            let given = serde_json::from_value::<Token>(tree).unwrap().expires_in;
            assert_eq!(given, lent, "{value}: from a value");
        }
        Some(token?.expires_in)
    }

    #[test]
    fn a_lifetime_is_read_in_any_form() {
        for value in [
            "3600",
            "3600.0",
            "3600.9",
            "\"3600\"",
            "\" 3600.5 \"",
            "\"\\t3600\\u0020\"",
            "\"+3600\"",
            "3.6e3",
            "36000E-1",
        ] {
            assert_eq!(lifetime(value), Some(Some(3600)), "{value}");
        }
        for huge in [
            "18446744073709551616",
            "9223372036854775808",
            "1e300",
            "1e400",
            &"9".repeat(400),
            "\"99999999999999999999999\"",
            "\"1e400\"",
        ] {
            assert_eq!(lifetime(huge), Some(Some(i64::MAX)), "{huge}");
        }
        for none in [
            "null",
            "\"\"",
            "\"soon\"",
            "0",
            "-1",
            "-1e400",
            "-9223372036854775808",
            "0.5",
            "true",
            "[]",
            "[3600]",
            "{}",
            "{\"a\":3600}",
            "\"NaN\"",
            "\"\\\"3600\\\"\"",
            "\"36 00\"",
        ] {
            assert_eq!(lifetime(none), Some(None), "{none}");
        }
        for no_json in ["", "03600", "3600s", "+3600", "\"3600", "[3600", "NaN"] {
            assert_eq!(lifetime(no_json), None, "{no_json}");
        }
        let absent = serde_json::from_value::<Token>(serde_json::json!({}));
        assert_eq!(absent.unwrap().expires_in, None);
    }

    proptest! {
        /// A number and the same as text are one, whatever reads them.
        #[test]
        fn a_lifetime_is_the_same_from_every_source(
            number in prop_oneof![
                any::<i64>().prop_map(|n| n.to_string()),
                any::<u64>().prop_map(|n| n.to_string()),
                any::<f64>()
                    .prop_filter("JSON has no other", |n| n.is_finite())
                    .prop_map(|n| format!("{n:?}")),
                "-?[1-9][0-9]{0,25}(\\.[0-9]{1,5})?([eE][+-]?[0-9]{1,3})?",
            ],
        ) {
            let read = lifetime(&number);
            let whole = number.parse::<f64>().unwrap();
            // A number that is too large for an integer becomes the largest.
            prop_assert_eq!(read, Some((whole >= 1.0).then_some(whole as i64)));
            prop_assert_eq!(lifetime(&format!("\"{number}\"")), read);
            prop_assert_eq!(lifetime(&format!(" \"\\n {number} \" ")), read);
        }

        #[test]
        fn no_value_beside_a_token_loses_it(text in "\\PC{0,8}|[ +0-9.eE\"-]{0,8}") {
            let text = serde_json::to_string(&text).unwrap();
            for value in [format!("[{text},1]"), format!("{{{text}:[3,null]}}"), text] {
                prop_assert!(lifetime(&value).is_some());
            }
        }
    }
}
