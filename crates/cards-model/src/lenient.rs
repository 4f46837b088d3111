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

/// An id as text or a whole number of any size by its digits; an empty one names nothing.
///
/// By the value's own text, as [`text_if_any`] reads it: a float has not all the digits of a number
/// beyond an integer's range. It takes no more allocations than [`text`].
pub(crate) fn id<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let raw = Box::<RawValue>::deserialize(deserializer)?;
    let is_fraction = !raw.get().starts_with('"') && raw.get().contains(['.', 'e', 'E']);
    match written(raw).filter(|_| !is_fraction) {
        Some(id) if id.is_empty() => Err(de::Error::custom("expected an id that is not empty")),
        Some(id) => Ok(id),
        None => Err(de::Error::custom("expected text or a whole number")),
    }
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
    let raw = Option::<Box<RawValue>>::deserialize(deserializer)?;
    Ok(raw.and_then(written).map(String::into))
}

/// The text of a value, or a number as it is written. `None`: it is neither.
fn written(raw: Box<RawValue>) -> Option<String> {
    // The value may be a card's number, and so this copy of it is wiped.
    let mut raw = Zeroizing::new(String::from(Box::<str>::from(raw)));
    match raw.as_bytes() {
        [b'"', ..] if raw.contains('\\') => serde_json::from_str(&raw).ok(),
        [b'"', ..] => {
            raw.pop();
            raw.remove(0);
            Some(std::mem::take(&mut *raw))
        }
        [b'-' | b'0'..=b'9', ..] => Some(std::mem::take(&mut *raw)),
        _ => None,
    }
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

/// A list beside what matters, in whose place an empty object says that there is none.
pub(crate) struct ListOrEmpty<T>(Vec<T>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for ListOrEmpty<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Items<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for Items<T> {
            type Value = ListOrEmpty<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list or an empty object")
            }

            fn visit_seq<A: de::SeqAccess<'de>>(self, items: A) -> Result<Self::Value, A::Error> {
                let items = de::value::SeqAccessDeserializer::new(items);
                Vec::deserialize(items).map(ListOrEmpty)
            }

            fn visit_map<A: de::MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                match map.next_key::<de::IgnoredAny>()? {
                    None => Ok(ListOrEmpty(Vec::new())),
                    Some(_) => Err(de::Error::custom("expected a list or an empty object")),
                }
            }
        }

        deserializer.deserialize_any(Items(PhantomData))
    }
}

/// A list of which an empty object, absence and null mean that there is none (E-PP-44).
pub(crate) fn optional_list<'de, D, T>(deserializer: D) -> Result<Option<Vec<T>>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    Ok(Option::<ListOrEmpty<T>>::deserialize(deserializer)?.map(|list| list.0))
}

/// Reads as [`optional_list`] does, and nothing as an empty list.
pub(crate) fn list_or_empty<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    optional_list(deserializer).map(Option::unwrap_or_default)
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
mod tests;
