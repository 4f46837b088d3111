//! Reading what a provider sends, in whatever form it sends it.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::{self, Deserializer, Visitor};
use serde_json::value::RawValue;

use crate::quiet::Quiet;
pub(crate) use crate::quiet::quiet;
use crate::written::Written;

/// Reads text, or a whole number by its digits, as a type that keeps a copy of the text only
/// where it must: where it stands in the source, a view need not.
///
/// A number may be of any size, and have a fraction of zeros, which says nothing.
pub(crate) fn text<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: From<String> + From<&'de str>,
{
    required_text(Written::deserialize(deserializer)?)
}

fn required_text<'de, T, E>(written: Written<'de>) -> Result<T, E>
where
    T: From<String> + From<&'de str>,
    E: de::Error,
{
    match written.text() {
        Some(Cow::Borrowed(text)) => Ok(text.into()),
        Some(Cow::Owned(text)) => Ok(text.into()),
        None => Err(E::custom("expected text or a whole number")),
    }
}

/// An id, as [`text`] reads it; an empty one names nothing.
pub(crate) fn id<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: From<String> + From<&'de str> + AsRef<str>,
{
    let id: T = text(deserializer)?;
    match id.as_ref().trim().is_empty() {
        true => Err(de::Error::custom("expected an id that is not empty")),
        false => Ok(id),
    }
}

/// Text or a whole number, absent and null alike.
pub(crate) fn optional_text<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: From<String> + From<&'de str>,
{
    match Written::deserialize(deserializer)? {
        Written::Null => Ok(None),
        written => required_text(written).map(Some),
    }
}

/// Reads what [`text`] reads, and `None` where it is something else: an odd type beside what matters
/// must not lose what matters.
pub(crate) fn text_if_any<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: From<String>,
{
    let text = Written::deserialize(deserializer)?.text();
    Ok(text.map(|text| text.into_owned().into()))
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
    let readable = |item: &RawValue| {
        let mut item = serde_json::Deserializer::from_str(item.get());
        T::deserialize(Quiet(&mut item)).ok()
    };
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
    Ok(Option::<Vec<T>>::deserialize(Quiet(deserializer))?.unwrap_or_default())
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
    Ok(Option::<ListOrEmpty<T>>::deserialize(Quiet(deserializer))?.map(|list| list.0))
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

/// A whole number in any form, or the same as text; null and empty text read as nothing.
pub(crate) fn integer<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    let smaller = |_| de::Error::custom("expected a smaller number");
    let whole = nearest_integer(deserializer)?;
    whole
        .map(|whole| whole.try_into().map_err(smaller))
        .transpose()
}

/// Reads as [`integer`] does, a number of any size as the nearest one that fits.
pub(crate) fn nearest_integer<'de, D: Deserializer<'de>>(d: D) -> Result<Option<i128>, D::Error> {
    match Written::deserialize(d)? {
        written if written.is_nothing() => Ok(None),
        written => match written.whole() {
            Some(whole) => Ok(Some(whole)),
            None => Err(de::Error::custom("expected a whole number")),
        },
    }
}

/// A lifetime in whole seconds: a number of any size and form, or the same as
/// text. It is rounded down and bounded; whatever is no positive time reads as
/// nothing, since the token beside it is what matters.
pub(crate) fn seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    let number = match Written::deserialize(deserializer)? {
        Written::Text(text) | Written::Number(text) => text.trim().parse::<f64>().ok(),
        Written::Null | Written::Boolean(_) | Written::Other => None,
    };
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
    let written = Written::deserialize(deserializer)?;
    let number = match &written {
        written if written.is_nothing() => return Ok(None),
        Written::Boolean(value) => return Ok(Some(*value)),
        Written::Text(text) if text.eq_ignore_ascii_case("true") => Some(1),
        Written::Text(text) if text.eq_ignore_ascii_case("false") => Some(0),
        written => written.whole(),
    };
    match number {
        Some(number @ (0 | 1)) => Ok(Some(number == 1)),
        _ => Err(de::Error::custom("expected true or false")),
    }
}

#[cfg(test)]
mod tests;
