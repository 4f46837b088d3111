//! JSON as it is written: numbers by their digits, members in their order, and those that come twice.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde::ser::{Serialize, Serializer};
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Error, Value};

/// A value, whose parts keep the text that they were written with. No float is ever made of a number.
#[derive(Clone)]
pub(crate) enum Written {
    /// A text, a number, a truth or null.
    Leaf(Box<RawValue>),
    List(Vec<Written>),
    Object(Object),
}

/// The members of an object, in their order.
#[derive(Clone, Default)]
pub(crate) struct Object(pub(crate) Vec<(String, Written)>);

impl Written {
    /// Reads a text of JSON.
    pub(crate) fn read(text: &str) -> Result<Self, Error> {
        // It bounds the depth, below which the parts are read one within the other.
        serde_json::from_str::<Value>(text)?;
        Self::of(serde_json::from_str(text)?)
    }

    fn of(raw: &RawValue) -> Result<Self, Error> {
        match raw.get().as_bytes().first() {
            Some(b'{') => serde_json::from_str(raw.get()).map(Self::Object),
            Some(b'[') => {
                let items: Vec<&RawValue> = serde_json::from_str(raw.get())?;
                let items = items.into_iter().map(Self::of);
                items.collect::<Result<_, _>>().map(Self::List)
            }
            _ => Ok(Self::Leaf(raw.to_owned())),
        }
    }

    /// Tells whether it is null.
    pub(crate) fn is_null(&self) -> bool {
        matches!(self, Self::Leaf(raw) if raw.get() == "null")
    }
}

impl Object {
    pub(crate) fn get_mut(&mut self, name: &str) -> Option<&mut Written> {
        let mut members = self.0.iter_mut();
        members.find_map(|(other, value)| (other == name).then_some(value))
    }

    /// Gives the member of a name, which is added at the end where there is none.
    pub(crate) fn entry(&mut self, name: &str, absent: impl FnOnce() -> Written) -> &mut Written {
        let found = self.0.iter().position(|(other, _)| other == name);
        let at = found.unwrap_or_else(|| {
            self.0.push((name.to_owned(), absent()));
            self.0.len() - 1
        });
        &mut self.0[at].1
    }
}

impl From<&str> for Written {
    fn from(text: &str) -> Self {
        Self::from(Value::from(text))
    }
}

impl From<Object> for Written {
    fn from(object: Object) -> Self {
        Self::Object(object)
    }
}

impl From<Value> for Written {
    fn from(value: Value) -> Self {
        match value {
            Value::Array(items) => Self::List(items.into_iter().map(Self::from).collect()),
            Value::Object(members) => {
                let members = members.into_iter();
                let members = members.map(|(name, value)| (name, Self::from(value)));
                Self::Object(Object(members.collect()))
            }
            // There is nothing in a leaf that could not be written.
            leaf => Self::Leaf(to_raw_value(&leaf).unwrap_or_else(|_| RawValue::NULL.to_owned())),
        }
    }
}

impl<T: Into<Self>> FromIterator<(String, T)> for Written {
    fn from_iter<I: IntoIterator<Item = (String, T)>>(members: I) -> Self {
        let members = members.into_iter();
        let members = members.map(|(name, value)| (name, value.into()));
        Self::Object(Object(members.collect()))
    }
}

impl Serialize for Written {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Leaf(raw) => raw.serialize(serializer),
            Self::List(items) => serializer.collect_seq(items),
            Self::Object(object) => object.serialize(serializer),
        }
    }
}

impl Serialize for Object {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

/// Writes it without white space; with `#` one member a line.
impl fmt::Display for Written {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match f.alternate() {
            true => serde_json::to_string_pretty(self),
            false => serde_json::to_string(self),
        };
        f.write_str(&text.map_err(|_| fmt::Error)?)
    }
}

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;

        impl<'de> Visitor<'de> for InOrder {
            type Value = Object;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object, A::Error> {
                let mut members = Vec::new();
                while let Some((name, raw)) = map.next_entry::<String, &RawValue>()? {
                    members.push((name, Written::of(raw).map_err(serde::de::Error::custom)?));
                }
                Ok(Object(members))
            }
        }

        deserializer.deserialize_map(InOrder)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A number, a text or a word of JSON.
    fn leaf() -> impl Strategy<Value = String> {
        let number = "-?(0|[1-9][0-9]{0,30})(\\.[0-9]{1,30})?([eE][-+]?[0-9]{1,2})?";
        let text = "\"([ -!#-\\[\\]-~äß]|\\\\[\"/n]|\\\\u00[46][0-9a-f]){0,9}\"";
        let word = prop_oneof![Just("null"), Just("true"), Just("false")];
        prop_oneof![number, text, word.prop_map(str::to_owned)]
    }

    fn json() -> impl Strategy<Value = String> {
        leaf().prop_recursive(4, 24, 6, |value| {
            let list = proptest::collection::vec(value.clone(), 0..6);
            // Of so few names some come twice.
            let members = proptest::collection::vec(("[a-cä]{1,2}", value), 0..6);
            let member = |(name, value): (String, String)| format!("\"{name}\":{value}");
            prop_oneof![
                list.prop_map(|items| format!("[{}]", items.join(","))),
                members.prop_map(move |members| {
                    let members: Vec<_> = members.into_iter().map(member).collect();
                    format!("{{{}}}", members.join(","))
                }),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_is_read_is_written_as_it_was(text in json()) {
            let read = Written::read(&text).unwrap();
            prop_assert_eq!(read.to_string(), text.as_str());
            let spaced = Written::read(&format!(" {read:#}\n")).unwrap();
            prop_assert_eq!(spaced.to_string(), text);
        }
    }

    #[test]
    fn what_is_no_json_is_refused_and_so_is_what_is_too_deep() {
        let deep = "[".repeat(100_000) + &"]".repeat(100_000);
        for text in ["", "{", "{a:1}", "[1,]", "\"\\ud800\"", "01", "1 2", &deep] {
            assert!(Written::read(text).is_err(), "{:.9}", text);
        }
    }
}
