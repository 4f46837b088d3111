//! Reads the names in a query or a body: of a form, of parts, or of a JSON object and those inside
//! it.

use std::collections::BTreeSet;
use std::fmt;

use axum::body::Bytes;
use axum::http::HeaderMap;
use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

use crate::engine::multipart::{self, MULTIPART};

pub(super) const FORM: &str = "application/x-www-form-urlencoded";
pub(super) const JSON: [&str; 3] = [
    "application/json",
    "application/json-patch+json",
    "text/json",
];

/// Holds the names of one part of a request. A member of a nested object has a path, as in
/// `deliveryAddress.city`.
#[derive(Default)]
pub(super) struct Found {
    /// All, in the order received.
    pub(super) all: Vec<String>,
    /// The names of files.
    pub(super) files: Vec<String>,
    /// The names that came before, in the same object where they are of JSON: each as often.
    pub(super) again: Vec<String>,
}

impl Found {
    /// Finds the names of a query or a form.
    pub(super) fn of_pairs(encoded: &[u8]) -> Self {
        let pairs = form_urlencoded::parse(encoded);
        Self::of_list(pairs.map(|(name, _)| (name.into_owned(), false)).collect())
    }

    /// Finds the names of a body.
    pub(super) fn of_body(
        headers: &HeaderMap,
        content_type: Option<&str>,
        parts: &[Bytes],
    ) -> Self {
        match content_type {
            Some(MULTIPART) => Self::of_list(multipart::names(headers, parts)),
            Some(FORM) => Self::of_pairs(&parts.concat()),
            Some(json) if JSON.contains(&json) => Self::of_json(&parts.concat()),
            _ => Self::default(),
        }
    }

    /// Takes names, each with whether it is that of a file.
    fn of_list(names: Vec<(String, bool)>) -> Self {
        let (mut found, mut met) = (Self::default(), BTreeSet::new());
        for (name, is_file) in names {
            if !met.insert(name.clone()) {
                found.again.push(name.clone());
            }
            if is_file {
                found.files.push(name.clone());
            }
            found.all.push(name);
        }
        found
    }

    fn of_json(body: &[u8]) -> Self {
        let mut found = Self::default();
        let mut json = serde_json::Deserializer::from_slice(body);
        let object = Members {
            found: &mut found,
            path: "",
            is_object: true,
        };
        match object.deserialize(&mut json) {
            Ok(()) => found,
            // No object, or not to its end.
            Err(_) => Self::default(),
        }
    }
}

/// Notes the members of an object, and of those inside it and inside lists, without the values.
struct Members<'a> {
    found: &'a mut Found,
    /// The place of the object in the body.
    path: &'a str,
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
        while let Some(key) = map.next_key::<String>()? {
            let key = key.replace('.', POINT);
            let path = match self.path {
                "" => key,
                path => format!("{path}.{key}"),
            };
            if !met.insert(path.clone()) {
                self.found.again.push(path.clone());
            }
            self.found.all.push(path.clone());
            map.next_value_seed(Members {
                found: self.found,
                path: &path,
                is_object: false,
            })?;
        }
        Ok(())
    }

    fn visit_seq<S: SeqAccess<'de>>(self, mut list: S) -> Result<(), S::Error> {
        loop {
            let item = list.next_element_seed(Members {
                found: self.found,
                path: self.path,
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
