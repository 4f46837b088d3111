//! The body of a reply in its own shape, without the values that its type hides.

use std::fmt;

use serde::de::{MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

use crate::body::unmarked;
use crate::redact::OUT;

/// A reply's body as it came, to be shown: names, order, digits and the frame
/// around the values are the provider's own.
///
/// A value is shown where the reply's type knows it and hides nothing of it, and
/// where it belongs to the frame. Every other one is `[redacted]`: what is
/// sensitive, and what no document describes. [`Call::shown`](crate::Call::shown)
/// makes it; it is written as JSON by serde.
#[derive(Clone)]
pub struct Shown(Tree);

/// Describes what stands around the values in every body of a provider.
#[derive(Clone, Copy, Debug)]
pub struct Frame {
    /// The member of the body that holds the values. `None`: the body does.
    pub(crate) payload: Option<&'static str>,
    /// The member of the reply's JSON that is the payload; all of it is where
    /// there is no such member, or `None`.
    pub(crate) of_reply: Option<&'static str>,
    /// The members beside the payload, which tell of no person.
    pub(crate) beside: &'static [&'static str],
    /// The names and words that the provider spells in more than one way: each as it
    /// may come, and as the reply's type has it.
    pub(crate) spellings: &'static [(&'static str, &'static str)],
}

impl Frame {
    /// A body that is the reply itself.
    pub(crate) const NONE: Self = Self {
        payload: None,
        of_reply: None,
        beside: &[],
        spellings: &[],
    };
}

impl Shown {
    /// Shows a body whose values are those of `reply`. A body that is no JSON, or
    /// empty, is shown as the reply itself.
    pub(crate) fn new(body: &[u8], reply: &impl Serialize, frame: Frame) -> Self {
        let json = serde_json::to_string(reply).unwrap_or_default();
        let known = Tree::read(&json, DEEPEST);
        let came = std::str::from_utf8(unmarked(body)).ok().map(str::trim);
        let shown = came
            .filter(|came| !came.is_empty())
            .and_then(|came| framed(came, &known, frame));
        Self(shown.unwrap_or(known))
    }

    /// The items of a list that stands under this name, or in the payload of a
    /// frame. One that stands there by itself is one item.
    pub(crate) fn into_items(self, name: &str) -> Vec<Self> {
        let Tree::Object(members) = self.0 else {
            return Vec::new();
        };
        let list = members.into_iter().find(|(member, _)| member == name);
        match list {
            Some((_, Tree::List(items))) => items.into_iter().map(Self).collect(),
            Some((_, one @ Tree::Object(_))) => vec![Self(one)],
            Some((_, Tree::Leaf(_))) | None => Vec::new(),
        }
    }
}

impl Serialize for Shown {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl fmt::Debug for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let json = serde_json::to_string(self).map_err(|_| fmt::Error)?;
        f.write_str(&json)
    }
}

/// The depth to which a reply's own JSON is taken apart.
const DEEPEST: usize = 32;

/// JSON in its order, with numbers and texts as they are written.
#[derive(Clone)]
enum Tree {
    Leaf(Box<RawValue>),
    List(Vec<Tree>),
    Object(Vec<(String, Tree)>),
}

impl Tree {
    /// Reads the JSON of a value of our own.
    fn read(json: &str, depth: usize) -> Self {
        let below = |part: &RawValue| match depth {
            0 => Self::out(),
            _ => Self::read(part.get(), depth - 1),
        };
        match json.as_bytes().first() {
            Some(b'{') => {
                let members = members(json).unwrap_or_default();
                let members = members.into_iter().map(|(name, part)| (name, below(part)));
                Self::Object(members.collect())
            }
            Some(b'[') => {
                let parts = list(json).unwrap_or_default();
                Self::List(parts.into_iter().map(below).collect())
            }
            _ => Self::leaf(json),
        }
    }

    /// A text or a number as it is written.
    fn leaf(json: &str) -> Self {
        let raw = RawValue::from_string(json.to_owned());
        raw.map_or_else(|_| Self::out(), Self::Leaf)
    }

    /// Stands where something was taken out.
    fn out() -> Self {
        Self::Leaf(text(OUT))
    }

    fn get(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Object(members) => {
                let member = members.iter().find(|(member, _)| member == name)?;
                Some(&member.1)
            }
            Self::Leaf(_) | Self::List(_) => None,
        }
    }
}

impl Serialize for Tree {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Leaf(raw) => raw.serialize(serializer),
            Self::List(items) => serializer.collect_seq(items),
            Self::Object(members) => {
                let mut map = serializer.serialize_map(Some(members.len()))?;
                for (name, value) in members {
                    map.serialize_entry(name, value)?;
                }
                map.end()
            }
        }
    }
}

/// The body with its frame. `None`: it is no JSON.
fn framed(came: &str, known: &Tree, frame: Frame) -> Option<Tree> {
    let Some(payload) = frame.payload else {
        return Some(frame.shown(came, Some(known)));
    };
    let member = frame.of_reply.and_then(|member| known.get(member));
    let known = Some(member.unwrap_or(known));
    let members = members(came)?.into_iter().map(|(name, value)| {
        let value = value.get();
        let is_beside = frame.beside.contains(&name.as_str());
        match name == payload {
            true => (name, frame.shown(value, known)),
            false if is_beside && is_plain(value) => (name, Tree::leaf(value)),
            false => (shown_name(name), frame.shown(value, None)),
        }
    });
    Some(Tree::Object(members.collect()))
}

impl Frame {
    /// A part of a body, beside what the reply's type knows of it.
    fn shown(self, came: &str, known: Option<&Tree>) -> Tree {
        let Some(known) = known else {
            return match came {
                "null" => Tree::leaf(came),
                _ => Tree::out(),
            };
        };
        match (came.as_bytes().first(), known) {
            (Some(b'n'), _) => Tree::leaf(came),
            (Some(b'{'), Tree::Object(_)) => {
                let members = members(came).unwrap_or_default().into_iter();
                let members = members.map(|(name, value)| match self.known(known, &name) {
                    Some(known) => {
                        let value = self.shown(value.get(), Some(known));
                        (name, value)
                    }
                    None => (shown_name(name), self.shown(value.get(), None)),
                });
                Tree::Object(members.collect())
            }
            // An empty one may stand for an empty list.
            (Some(b'{'), Tree::List(none)) if none.is_empty() && is_empty_object(came) => {
                Tree::Object(Vec::new())
            }
            // One may stand for a list of one.
            (Some(b'{'), Tree::List(one)) if one.len() == 1 => self.shown(came, one.first()),
            (Some(b'['), _) => {
                let parts = list(came).unwrap_or_default();
                match known {
                    Tree::List(items) if items.len() == parts.len() => {
                        let both = parts.into_iter().zip(items);
                        let items = both.map(|(part, known)| self.shown(part.get(), Some(known)));
                        Tree::List(items.collect())
                    }
                    // Some could not be read.
                    Tree::List(_) => known.clone(),
                    Tree::Leaf(_) | Tree::Object(_) => {
                        let items = parts.into_iter().map(|part| self.shown(part.get(), None));
                        Tree::List(items.collect())
                    }
                }
            }
            (Some(b'{'), _) | (_, Tree::List(_) | Tree::Object(_)) => Tree::out(),
            (_, Tree::Leaf(leaf)) => match leaf.get() {
                // It is read as nothing, which it is.
                "null" if came == "\"\"" => Tree::leaf(came),
                // It could not be read.
                "null" => Tree::out(),
                leaf if self.is_same(&content(came), &content(leaf)) => Tree::leaf(came),
                leaf => Tree::leaf(leaf),
            },
        }
    }

    /// The value of a member by the name that came, in any of its spellings.
    fn known<'a>(&self, known: &'a Tree, name: &str) -> Option<&'a Tree> {
        known.get(name).or_else(|| {
            let mut spellings = self.spellings.iter().filter(|(came, _)| *came == name);
            spellings.find_map(|(_, of_reply)| known.get(of_reply))
        })
    }

    /// Tells whether what came is what the reply has, in any of its spellings.
    fn is_same(&self, came: &str, of_reply: &str) -> bool {
        came == of_reply || self.spellings.contains(&(came, of_reply))
    }
}

fn is_empty_object(json: &str) -> bool {
    members(json).is_some_and(|members| members.is_empty())
}

/// The content of a text, a number or a truth, whichever of them it is.
fn content(json: &str) -> String {
    serde_json::from_str(json).unwrap_or_else(|_| json.to_owned())
}

/// Tells whether a member of a frame is a number, a truth, a short word, or empty: the documents
/// have nothing else there.
fn is_plain(json: &str) -> bool {
    let word = content(json);
    let is_short = word.len() <= 20 && word.bytes().all(|b| b.is_ascii_alphanumeric());
    let digits = word.bytes().filter(u8::is_ascii_digit).count();
    let is_empty = list(json).is_some_and(|items| items.is_empty());
    is_empty || is_short && digits < 9
}

/// The name of a member that no document describes, unless it looks like a value.
fn shown_name(name: String) -> String {
    let is_taken = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    let digits = name.bytes().filter(u8::is_ascii_digit).count();
    let is_name = name.len() <= 40 && digits < 4 && name.chars().all(is_taken);
    if is_name { name } else { OUT.to_owned() }
}

fn text(text: &str) -> Box<RawValue> {
    let raw = serde_json::value::to_raw_value(text);
    raw.unwrap_or_else(|_| RawValue::NULL.to_owned())
}

fn list(json: &str) -> Option<Vec<&RawValue>> {
    serde_json::from_str(json).ok()
}

fn members(json: &str) -> Option<Vec<(String, &RawValue)>> {
    let Members(members) = serde_json::from_str(json).ok()?;
    Some(members)
}

/// The members of an object in their order, each with its own text.
struct Members<'a>(Vec<(String, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;

        impl<'de> Visitor<'de> for InOrder {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members<'de>, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }

        deserializer.deserialize_map(InOrder)
    }
}

#[cfg(test)]
mod tests;
