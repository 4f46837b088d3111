//! Reading what a provider sends, in whatever form it sends it.

use std::fmt;

use serde::de::{self, DeserializeOwned, Deserializer, Visitor};
use serde::{Deserialize, Serialize};

/// What can be read from a reply's JSON text.
///
/// It is implemented for every type that serde can read; it is here so that
/// "UTF-8 checked once, then parsed from text" is written in one place.
pub trait FromJson: DeserializeOwned {
    /// Parses `body`. The fast way: one UTF-8 check over the whole body, and
    /// no second one per string.
    fn from_json(body: &[u8]) -> Result<Self, serde_json::Error> {
        match std::str::from_utf8(body) {
            Ok(text) => serde_json::from_str(text),
            // Let serde_json say where the bad byte is.
            Err(_) => serde_json::from_slice(body),
        }
    }
}

impl<T: DeserializeOwned> FromJson for T {}

/// Text, or a number by its digits.
pub(crate) fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    struct TextOrNumber;

    impl Visitor<'_> for TextOrNumber {
        type Value = String;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("text or a whole number")
        }

        fn visit_str<E: de::Error>(self, text: &str) -> Result<String, E> {
            Ok(text.to_owned())
        }

        fn visit_string<E: de::Error>(self, text: String) -> Result<String, E> {
            Ok(text)
        }

        fn visit_u64<E: de::Error>(self, number: u64) -> Result<String, E> {
            Ok(number.to_string())
        }

        fn visit_i64<E: de::Error>(self, number: i64) -> Result<String, E> {
            Ok(number.to_string())
        }
    }

    deserializer.deserialize_any(TextOrNumber)
}

/// An id as text or a whole number; an empty one names nothing.
pub(crate) fn id<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let id = text(deserializer)?;
    if id.is_empty() {
        return Err(de::Error::custom("expected an id that is not empty"));
    }
    Ok(id)
}

/// Text or a whole number, absent and null alike.
pub(crate) fn optional_text<'de, D: Deserializer<'de>>(d: D) -> Result<Option<String>, D::Error> {
    #[derive(Deserialize)]
    struct Lenient(#[serde(deserialize_with = "text")] String);
    Ok(Option::<Lenient>::deserialize(d)?.map(|lenient| lenient.0))
}

/// A list, absent and null alike (both read as empty).
pub(crate) fn list<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    Ok(Option::<Vec<T>>::deserialize(deserializer)?.unwrap_or_default())
}

/// A whole number, or the same as text.
pub(crate) fn integer<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    #[derive(Deserialize, Serialize)]
    #[serde(untagged)]
    enum IntegerOrText {
        Integer(i64),
        Text(String),
    }
    match Option::<IntegerOrText>::deserialize(deserializer)? {
        None => Ok(None),
        Some(IntegerOrText::Integer(number)) => Ok(Some(number)),
        Some(IntegerOrText::Text(text)) if text.is_empty() => Ok(None),
        Some(IntegerOrText::Text(text)) => text
            .parse()
            .map(Some)
            .map_err(|_| de::Error::custom("expected a whole number")),
    }
}

/// A whole number that must be there.
pub(crate) fn required_integer<'de, D: Deserializer<'de>>(d: D) -> Result<i64, D::Error> {
    integer(d)?.ok_or_else(|| de::Error::custom("expected a whole number"))
}

/// True or false, as such, as 1 or 0, or the same as text; absent and null
/// alike.
pub(crate) fn boolean<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<bool>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum BooleanOrOther {
        Boolean(bool),
        Integer(i64),
        Text(String),
    }
    match Option::<BooleanOrOther>::deserialize(deserializer)? {
        None => Ok(None),
        Some(BooleanOrOther::Boolean(value)) => Ok(Some(value)),
        Some(BooleanOrOther::Integer(number @ (0 | 1))) => Ok(Some(number == 1)),
        Some(BooleanOrOther::Text(text)) => match text.to_ascii_lowercase().as_str() {
            "" => Ok(None),
            "true" | "1" => Ok(Some(true)),
            "false" | "0" => Ok(Some(false)),
            _ => Err(de::Error::custom("expected true or false")),
        },
        Some(BooleanOrOther::Integer(_)) => Err(de::Error::custom("expected true or false")),
    }
}

#[cfg(test)]
mod tests {
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
        Sample::from_json(json.as_bytes()).unwrap()
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
        for wrong in [r#"{"b":2}"#, r#"{"b":"maybe"}"#, r#"{"n":"x"}"#] {
            assert!(Sample::from_json(wrong.as_bytes()).is_err(), "{wrong}");
        }
    }

    #[test]
    fn bytes_that_are_not_utf8_are_an_error() {
        assert!(Sample::from_json(b"{\"t\":\"\xff\"}").is_err());
    }
}
