//! Reads JSON that people write, and says which field is wrong.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess,
    Visitor,
};
use serde_path_to_error::{Path, Segment};

use crate::engine::field_error::FieldError;

/// Reads JSON as `T`, or names the field that is wrong. Of its members those of these names
/// are lists, all of objects.
pub fn read_json<T: DeserializeOwned>(body: &[u8], lists: &[&str]) -> Result<T, FieldError> {
    check_object(body)?;
    let (value, end) = read_value(body, 0)?;
    check_end(body, end, lists)?;
    Ok(value)
}

/// Reads the members of a JSON object one by one: `enter` takes a name or refuses it, `read`
/// is given where the value begins, and gives where it ends. Members of the names of `lists`,
/// at any depth, are lists of objects.
pub(crate) fn read_members(
    body: &[u8],
    lists: &[&str],
    mut enter: impl FnMut(&str) -> Result<(), FieldError>,
    mut read: impl FnMut(&str, usize) -> Result<usize, FieldError>,
) -> Result<(), FieldError> {
    check_object(body)?;
    let broken = || {
        let error = read_value::<Object>(body, 0).err();
        error.unwrap_or_else(|| FieldError::of_whole("expected an object"))
    };
    let mut at = past(body, 0, b'{').ok_or_else(broken)?;
    let mut end = past(body, at, b'}');
    while end.is_none() {
        let (name, after) = read_value::<String>(body, at).map_err(|_| broken())?;
        enter(&name)?;
        let start = past(body, after, b':').ok_or_else(broken)?;
        let after = read(&name, start).map_err(|error| error.within(&name))?;
        end = past(body, after, b'}');
        if end.is_none() {
            at = past(body, after, b',').ok_or_else(broken)?;
        }
    }
    check_end(body, end.unwrap_or(body.len()), lists)
}

/// Any JSON object. Where one is broken between its members, it says how.
#[derive(Deserialize)]
#[serde(expecting = "struct File")]
struct Object {}

/// Gives the place after a mark, before which there is white space only.
fn past(body: &[u8], at: usize, mark: u8) -> Option<usize> {
    let at = skip_space(body, at);
    (body.get(at) == Some(&mark)).then_some(at + 1)
}

fn skip_space(body: &[u8], at: usize) -> usize {
    let is_space = |byte: &&u8| matches!(byte, b' ' | b'\n' | b'\r' | b'\t');
    at + body[at..].iter().take_while(is_space).count()
}

/// Reads the value that begins at a place in a JSON text. Gives where it ends too.
pub fn read_value<T: DeserializeOwned>(
    body: &[u8],
    start: usize,
) -> Result<(T, usize), FieldError> {
    let mut input = serde_json::Deserializer::from_slice(&body[start..]);
    let value = serde_path_to_error::deserialize(&mut input).map_err(|error| {
        let said = error.inner();
        let path = known_path(error.path(), said);
        let what = if said.is_data() {
            without_values(&said.to_string())
        } else {
            let (line, column) = place(&body[..start], said);
            format!("not JSON: line {line}, column {column}")
        };
        FieldError::at(path, what)
    })?;
    let length = input.into_iter::<IgnoredAny>().byte_offset();
    Ok((value, start + length))
}

/// Gives line and column of an error in what follows a text.
fn place(before: &[u8], error: &serde_json::Error) -> (usize, usize) {
    let lines = before.iter().filter(|byte| **byte == b'\n').count();
    let last = before.rsplit(|byte| *byte == b'\n').next();
    let columns = last.filter(|_| error.line() == 1).map_or(0, <[u8]>::len);
    (lines + error.line(), columns + error.column())
}

fn check_object(body: &[u8]) -> Result<(), FieldError> {
    // Not only found below, as the fields' own errors would come first.
    if body.trim_ascii_start().starts_with(b"[") {
        return Err(FieldError::of_whole("expected an object"));
    }
    Ok(())
}

/// Checks what can be checked once a text is read up to its end.
fn check_end(body: &[u8], end: usize, lists: &[&str]) -> Result<(), FieldError> {
    if skip_space(body, end) < body.len() {
        return Err(FieldError::of_whole("there is more after the JSON value"));
    }
    check_lists(body, lists)
}

/// serde reads a list of its fields' values into any struct. Of what it has read
/// every name is known, as no other is taken.
fn check_lists(body: &[u8], lists: &[&str]) -> Result<(), FieldError> {
    let mut found = None;
    let place = Place {
        lists,
        is_list: false,
        found: &mut found,
    };
    let mut input = serde_json::Deserializer::from_slice(body);
    // Any other error is a number that no type holds, and not this check's.
    drop(place.deserialize(&mut input));
    match found {
        None => Ok(()),
        Some(path) if path.is_empty() => Err(FieldError::of_whole("expected an object")),
        Some(path) => {
            let path: String = path.into_iter().rev().collect();
            let path = path.strip_prefix('.').unwrap_or(&path);
            Err(FieldError::at(path, "expected an object"))
        }
    }
}

/// A place in a JSON text, which is gone through without being kept: it may be a
/// whole world.
struct Place<'a> {
    lists: &'a [&'a str],
    is_list: bool,
    /// The way to a list that should be none, from its end: `[3]`, `.cards`.
    found: &'a mut Option<Vec<String>>,
}

impl<'de> DeserializeSeed<'de> for Place<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, input: D) -> Result<(), D::Error> {
        input.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Place<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        if !self.is_list {
            *self.found = Some(Vec::new());
            return Err(A::Error::custom("a list"));
        }
        for at in 0.. {
            let item = items.next_element_seed(Place {
                lists: self.lists,
                is_list: false,
                found: self.found,
            });
            match item {
                Ok(Some(())) => {}
                Ok(None) => break,
                Err(error) => {
                    let steps = self.found.iter_mut();
                    steps.for_each(|steps| steps.push(format!("[{at}]")));
                    return Err(error);
                }
            }
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        while let Some(name) = members.next_key_seed(MemberName)? {
            let member = members.next_value_seed(Place {
                lists: self.lists,
                is_list: self.lists.contains(&name.as_ref()),
                found: self.found,
            });
            if let Err(error) = member {
                let steps = self.found.iter_mut();
                steps.for_each(|steps| steps.push(format!(".{name}")));
                return Err(error);
            }
        }
        Ok(())
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

/// A member's name, borrowed from the text where it stands there as it is, without
/// an escape. serde's own reading of a [`Cow`] always makes a copy.
pub(crate) struct MemberName;

impl<'de> DeserializeSeed<'de> for MemberName {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, input: D) -> Result<Self::Value, D::Error> {
        input.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for MemberName {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_borrowed_str<E>(self, name: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(name))
    }

    fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(name.to_owned()))
    }
}

/// Tells where it went wrong, without a name that only the caller knows.
fn known_path(path: &Path, error: &serde_json::Error) -> String {
    let is_unknown = error.to_string().starts_with("unknown field ");
    let depth = path.iter().count() - usize::from(is_unknown);
    let mut known = String::new();
    for segment in path.iter().take(depth) {
        if matches!(segment, Segment::Unknown) {
            continue;
        }
        if !matches!(segment, Segment::Seq { .. }) && !known.is_empty() {
            known.push('.');
        }
        known.push_str(&segment.to_string());
    }
    if known.is_empty() {
        known.push_str("body");
    }
    known
}

/// Keeps the part of serde's message that repeats nothing of what was sent.
fn without_values(said: &str) -> String {
    let said = said.rfind(" at line ").map_or(said, |end| &said[..end]);
    if said.starts_with("missing field ") {
        return said.to_owned();
    }
    match said.find(", expected ") {
        Some(at) if said.starts_with("unknown field ") => {
            format!("an unknown field{}", &said[at..])
        }
        Some(at) if said.starts_with("unknown variant ") => {
            format!("an unknown word{}", &said[at..])
        }
        Some(at) => said[at + 2..].to_owned(),
        // Messages of this crate's own checks repeat no value.
        None if !said.starts_with("unknown ") && !said.starts_with("invalid ") => said.to_owned(),
        None => "not what belongs here".to_owned(),
    }
}

#[cfg(test)]
mod tests;
