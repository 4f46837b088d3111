//! Reads the names in a body: of a form, of parts, or of a JSON object and those inside it.

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

/// The names in a body, each with whether it is that of a file. A member of a nested object has a
/// path, as in `deliveryAddress.city`.
pub(super) fn names(
    headers: &HeaderMap,
    content_type: Option<&str>,
    parts: &[Bytes],
) -> Vec<(String, bool)> {
    match content_type {
        Some(MULTIPART) => multipart::names(headers, parts),
        _ => {
            let names = of_text(content_type, &parts.concat()).into_iter();
            names.map(|name| (name, false)).collect()
        }
    }
}

fn of_text(content_type: Option<&str>, body: &[u8]) -> Vec<String> {
    match content_type {
        Some(FORM) => form_urlencoded::parse(body)
            .map(|(name, _)| name.into_owned())
            .collect(),
        Some(json) if JSON.contains(&json) => {
            let mut names = Vec::new();
            let mut json = serde_json::Deserializer::from_slice(body);
            let object = Members {
                names: &mut names,
                path: "",
                is_object: true,
            };
            let read = object.deserialize(&mut json);
            match read {
                Ok(()) => names,
                // No object, or not to its end.
                Err(_) => Vec::new(),
            }
        }
        _ => Vec::new(),
    }
}

/// Notes the members of an object, and of those inside it and inside lists, without the values.
struct Members<'a> {
    names: &'a mut Vec<String>,
    /// Where the object is.
    path: &'a str,
    /// Whether nothing but an object will do.
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
        while let Some(key) = map.next_key::<String>()? {
            let key = key.replace('.', POINT);
            let path = match self.path {
                "" => key,
                path => format!("{path}.{key}"),
            };
            self.names.push(path.clone());
            map.next_value_seed(Members {
                names: self.names,
                path: &path,
                is_object: false,
            })?;
        }
        Ok(())
    }

    fn visit_seq<S: SeqAccess<'de>>(self, mut list: S) -> Result<(), S::Error> {
        loop {
            let item = list.next_element_seed(Members {
                names: self.names,
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
