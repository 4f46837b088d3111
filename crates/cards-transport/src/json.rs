//! Reading JSON bodies, and saying where they are not what was expected.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;

use crate::body::unmarked;
use crate::cause::{JsonTrouble, Problem};
use crate::unreadable::Unreadable;

impl Unreadable {
    /// A field is absent, or null, without which the reply means nothing. The
    /// path is that of the field in the whole body, such as `data.entity_id`.
    pub(crate) fn missing(body: &str, path: &str) -> Self {
        let (parent, field) = path.rsplit_once('.').unwrap_or((".", path));
        Self::Malformed(JsonTrouble {
            path: path.into(),
            line: 1,
            column: 1,
            problem: Problem::Missing(spelled_otherwise(body, parent, field)),
        })
    }

    /// A field is there whose value cannot be used.
    pub(crate) fn unusable(path: &str) -> Self {
        Self::Malformed(JsonTrouble {
            path: path.into(),
            line: 1,
            column: 1,
            problem: Problem::Value,
        })
    }
}

/// Reads as [`read_part`] does what has to be an object: serde also reads an
/// array of the right values as one.
pub(crate) fn read_object<'de, T: serde::Deserialize<'de>>(
    path: &str,
    body: &str,
    part: &'de str,
) -> Result<T, Unreadable> {
    let value = read_part(path, body, part)?;
    match is_object(part) {
        true => Ok(value),
        false => Err(Unreadable::unusable(if path.is_empty() {
            "."
        } else {
            path
        })),
    }
}

/// Tells whether a JSON text is an object.
pub(crate) fn is_object(text: &str) -> bool {
    text.trim_start().starts_with('{')
}

/// A value that is read from an object only.
pub(crate) struct Object<T>(pub(crate) T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Map<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for Map<T> {
            type Value = Object<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Object<T>, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map)).map(Object)
            }
        }

        deserializer.deserialize_map(Map(PhantomData))
    }
}

/// Reads the part of a body that stands at `path`, which is empty for the
/// whole; where that fails, once more to learn the path. Troubles are placed in
/// the whole body.
pub(crate) fn read_part<'de, T: serde::Deserialize<'de>>(
    path: &str,
    body: &str,
    part: &'de str,
) -> Result<T, Unreadable> {
    serde_json::from_str(part).map_err(|error| {
        let mut deserializer = serde_json::Deserializer::from_str(part);
        let inner = match serde_path_to_error::deserialize::<_, T>(&mut deserializer) {
            Err(located) => located.path().to_string(),
            Ok(_) => ".".to_owned(),
        };
        let outer = path;
        let mut path = match (path, inner.as_str()) {
            ("", inner) => inner.to_owned(),
            (path, ".") => path.to_owned(),
            (path, inner) if inner.starts_with('[') => format!("{path}{inner}"),
            (path, inner) => format!("{path}.{inner}"),
        };
        let problem = if error.is_syntax() || error.is_eof() {
            // Down there may be a name of the body's own.
            path = match outer {
                "" => ".".to_owned(),
                outer => outer.to_owned(),
            };
            Problem::Syntax
        } else if let Some(field) = missing_field(&error) {
            let other = spelled_otherwise(body, &path, &field);
            path = match path.as_str() {
                "." => field,
                parent => format!("{parent}.{field}"),
            };
            Problem::Missing(other)
        } else {
            Problem::Value
        };
        // `part` is borrowed from `body`, or is a stand-in for what is absent.
        let start = (part.as_ptr() as usize).wrapping_sub(body.as_ptr() as usize);
        let before = body.get(..start).unwrap_or_default();
        let mut trouble = JsonTrouble {
            path,
            line: error.line(),
            column: error.column(),
            problem,
        };
        if trouble.line == 1 {
            trouble.column += before.len() - before.rfind('\n').map_or(0, |at| at + 1);
        }
        trouble.line += before.matches('\n').count();
        Unreadable::Malformed(trouble)
    })
}

/// The body as text: one UTF-8 check for all that is read from it.
pub(crate) fn body_text(body: &[u8]) -> Result<&str, Unreadable> {
    let body = unmarked(body);
    std::str::from_utf8(body).map_err(|error| {
        let before = &body[..error.valid_up_to()];
        let line = 1 + before.iter().filter(|&&b| b == b'\n').count();
        let column = 1 + before.iter().rev().take_while(|&&b| b != b'\n').count();
        Unreadable::Malformed(JsonTrouble {
            path: ".".into(),
            line,
            column,
            problem: Problem::Syntax,
        })
    })
}

/// The field that serde misses: a name of our own types, never of the body.
fn missing_field(error: &serde_json::Error) -> Option<String> {
    let text = error.to_string();
    let (_, rest) = text.split_once("missing field `")?;
    Some(rest.split_once('`')?.0.to_owned())
}

/// The name in a body's object that differs from a field's in its case, its
/// underscores and hyphens alone: `Cards` or `CARDS` for `cards`, `accessToken`
/// for `access_token`. No other name of a body is ever shown, and none that is
/// mostly hyphens.
fn spelled_otherwise(body: &str, parent: &str, field: &str) -> Option<String> {
    let whole: Value = serde_json::from_str(body).ok()?;
    let parts = parent
        .split(['.', '[', ']'])
        .filter(|part| !part.is_empty());
    let object = parts.into_iter().try_fold(&whole, |value, part| {
        value
            .get(part)
            .or_else(|| value.get(part.parse::<usize>().ok()?))
    })?;
    let plain = |name: &str| -> String {
        let letters = name.chars().filter(|c| !matches!(c, '_' | '-' | ' '));
        letters.flat_map(char::to_lowercase).collect()
    };
    let wanted = plain(field);
    let names = object.as_object()?.keys();
    let is_alike = |name: &&String| name.len() <= 2 * field.len() && plain(name) == wanted;
    let mut others = names.filter(|name| *name != field && is_alike(name));
    others.next().cloned()
}
