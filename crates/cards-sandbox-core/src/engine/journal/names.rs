//! Reads the names in a query or a body: of a form, of parts, or of a JSON object and those inside
//! it.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;

use axum::body::Bytes;
use axum::http::HeaderMap;
use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

use crate::engine::json_input::MemberName;
use crate::engine::multipart::{self, MULTIPART};

pub(super) const FORM: &str = "application/x-www-form-urlencoded";
pub(super) const JSON: [&str; 3] = [
    "application/json",
    "application/json-patch+json",
    "text/json",
];

/// The most names of one part of a request that are noted, more than any call has.
pub(super) const MOST: usize = 1024;

/// The longest path that is noted, in bytes, longer than any document has.
pub(super) const LONGEST_PATH: usize = 256;

/// Holds the names of one part of a request.
#[derive(Default)]
pub(super) struct Found {
    /// Those that are noted, in the order received.
    pub(super) names: Vec<Name>,
    /// The number of the others: those after the first [`MOST`], and those of JSON whose path is
    /// longer than [`LONGEST_PATH`]. Nothing of them is kept, as their paths may be far longer
    /// together than the body.
    pub(super) others: usize,
}

/// A name that came.
pub(super) struct Name {
    /// The path of a member of a nested object, as in `deliveryAddress.city`.
    pub(super) path: String,
    /// Says whether it is that of a file.
    pub(super) is_file: bool,
    /// Says whether it came before, in the same object where it is of JSON.
    pub(super) is_again: bool,
}

impl Found {
    /// Finds the names of a query or a form.
    pub(super) fn of_pairs(encoded: &[u8]) -> Self {
        let pairs = form_urlencoded::parse(encoded);
        Self::of_list(pairs.map(|(name, _)| (name, false)))
    }

    /// Finds the names of a body.
    pub(super) fn of_body(
        headers: &HeaderMap,
        content_type: Option<&str>,
        parts: Vec<Bytes>,
    ) -> Self {
        match content_type {
            Some(MULTIPART) => {
                let names = multipart::names(headers, parts).into_iter();
                Self::of_list(names.map(|(name, is_file)| (name.into(), is_file)))
            }
            Some(FORM) => Self::of_pairs(&parts.concat()),
            Some(json) if JSON.contains(&json) => Self::of_json(&parts.concat()),
            _ => Self::default(),
        }
    }

    /// Takes names, each with whether it is that of a file.
    fn of_list<'a>(names: impl Iterator<Item = (Cow<'a, str>, bool)>) -> Self {
        let (mut found, mut met) = (Self::default(), BTreeSet::new());
        for (name, is_file) in names {
            if found.is_full() {
                found.others += 1;
                continue;
            }
            let path = name.clone().into_owned();
            let is_again = !met.insert(name);
            found.names.push(Name {
                path,
                is_file,
                is_again,
            });
        }
        found
    }

    fn of_json(body: &[u8]) -> Self {
        let mut found = Self::default();
        let mut json = serde_json::Deserializer::from_slice(body);
        let object = Members {
            found: &mut found,
            place: Place::Top,
            is_object: true,
        };
        match object.deserialize(&mut json) {
            Ok(()) => found,
            // No object, or not to its end.
            Err(_) => Self::default(),
        }
    }

    fn is_full(&self) -> bool {
        self.names.len() == MOST
    }

    /// Gives the path of a member of the object at a place; `None` where it is not noted.
    fn path(&self, place: Place, key: &str) -> Option<String> {
        let outer = match place {
            Place::Top => "",
            Place::At(name) => &self.names[name].path,
            Place::Lost => return None,
        };
        if self.is_full() || outer.len() + key.len() >= LONGEST_PATH {
            return None;
        }
        let key = key.replace('.', POINT);
        Some(match outer {
            "" => key,
            outer => format!("{outer}.{key}"),
        })
    }
}

/// The place of an object in the body.
#[derive(Clone, Copy)]
enum Place {
    /// It is the body.
    Top,
    /// It is the value of the name that is noted here.
    At(usize),
    /// It is the value of a name that is not noted.
    Lost,
}

/// Notes the members of an object, and of those inside it and inside lists, without the values.
struct Members<'a> {
    found: &'a mut Found,
    place: Place,
    /// Says whether nothing but an object will do.
    is_object: bool,
}

/// Stands for a point in the name of a member, which is no path.
const POINT: &str = "\u{1f}";

impl<'de> DeserializeSeed<'de> for Members<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        if self.is_object {
            json.deserialize_map(self)
        } else {
            json.deserialize_any(self)
        }
    }
}

impl<'de> Visitor<'de> for Members<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<(), M::Error> {
        let mut met = BTreeSet::new();
        while let Some(key) = map.next_key_seed(MemberName)? {
            let place = match self.found.path(self.place, &key) {
                Some(path) => {
                    self.found.names.push(Name {
                        path,
                        is_file: false,
                        is_again: !met.insert(key),
                    });
                    Place::At(self.found.names.len() - 1)
                }
                None => {
                    self.found.others += 1;
                    Place::Lost
                }
            };
            map.next_value_seed(Members {
                found: self.found,
                place,
                is_object: false,
            })?;
        }
        Ok(())
    }

    fn visit_seq<S: SeqAccess<'de>>(self, mut list: S) -> Result<(), S::Error> {
        loop {
            let item = list.next_element_seed(Members {
                found: self.found,
                place: self.place,
                is_object: false,
            })?;
            if item.is_none() {
                return Ok(());
            }
        }
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
}

#[cfg(test)]
mod tests;
