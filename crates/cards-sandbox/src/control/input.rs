//! Reading what control requests carry, and saying which field is wrong.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::Request;
use axum::http::{StatusCode, header};
use serde::Deserialize;
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess,
    Visitor,
};
use serde_json::{Value, json};
use serde_path_to_error::{Path, Segment};
use tokio::sync::OwnedSemaphorePermit;

use super::{problem, rejected, store_trouble, wrong};
use crate::answer::Answer;
use crate::app::App;
use crate::field_error::FieldError;
use crate::intake;
use crate::limits::BYTES;
use crate::settings::Limits;
use crate::store::StoreError;
use crate::world::file::WorldFile;

/// A customer may come with thousands of cards.
const LARGEST: usize = 16 * 1024 * 1024;

/// The bytes up to which JSON is read on the async thread; it takes less than a millisecond.
const SMALL: usize = 64 * 1024;

/// The JSON body as `T`, whose own `deny_unknown_fields` and checks apply. The
/// refusal names the field and what belongs there, and repeats no value.
pub(crate) async fn json<T: DeserializeOwned + Send + 'static>(
    app: &App,
    request: Request,
) -> Result<T, Answer> {
    json_by(app, request, read_json).await
}

/// Reads the JSON body by a function of one's own.
pub(super) async fn json_by<T: Send + 'static>(
    app: &App,
    request: Request,
    read: impl FnOnce(&[u8]) -> Result<T, FieldError> + Send + 'static,
) -> Result<T, Answer> {
    let (value, ()) = json_within(LARGEST, app, request, read, ()).await?;
    Ok(value)
}

/// The right to have a whole world in memory, until it is dropped: one world is
/// read, checked and stored at a time, so that they do not fill the memory
/// together.
pub(super) type Turn = OwnedSemaphorePermit;

/// Reads a whole world, of any size that can be saved. It waits for its turn
/// as long as a body may take. The turn has to go wherever the world goes.
pub(super) async fn world(app: &App, request: Request) -> Result<(WorldFile, Turn), Answer> {
    let providers = app.providers.clone();
    let read = move |body: &[u8]| WorldFile::read(body, &providers);
    let turn = Arc::clone(&app.worlds).acquire_owned();
    match tokio::time::timeout(app.config.limits.body_time, turn).await {
        Ok(Ok(turn)) => json_within(BYTES, app, request, read, turn).await,
        // `acquire_owned` fails once the semaphore is closed, which nobody does.
        Ok(Err(_)) => Err(store_trouble(&StoreError::Gone)),
        Err(_) => {
            let error = "another world is being loaded; send this one again later".to_owned();
            let answer = problem(StatusCode::SERVICE_UNAVAILABLE, error);
            Err(answer.header(header::RETRY_AFTER, "1"))
        }
    }
}

/// Reads a body, and gives the value with what was held while it was read, also
/// where nobody waits for it any more.
async fn json_within<T, H>(
    most: usize,
    app: &App,
    request: Request,
    read: impl FnOnce(&[u8]) -> Result<T, FieldError> + Send + 'static,
    held: H,
) -> Result<(T, H), Answer>
where
    T: Send + 'static,
    H: Send + 'static,
{
    let (parts, body): (_, Body) = request.into_parts();
    let limits = Limits {
        body: most,
        ..app.config.limits
    };
    let body = intake::json(&parts.headers, body, intake::JSON, limits)
        .await
        .map_err(rejected)?;
    let is_small = body.len() <= SMALL;
    let read = move || Ok((read(&body)?, held));
    let read = if is_small {
        read()
    } else {
        let read = tokio::task::spawn_blocking(read).await;
        read.map_err(|_| store_trouble(&StoreError::Gone))?
    };
    read.map_err(|error: FieldError| wrong(&error.field, error.what))
}

/// Gives the part of a schema that asks for one of these fields, of this type.
pub(crate) fn one_of(fields: &[(&str, &str)]) -> Value {
    let given = fields
        .iter()
        .map(|(field, kind)| json!({"required": [field], "properties": {*field: {"type": kind}}}));
    given.collect()
}

/// Reads JSON as `T`, or names the field that is wrong.
pub(crate) fn read_json<T: DeserializeOwned>(body: &[u8]) -> Result<T, FieldError> {
    check_object(body)?;
    let (value, end) = read_value(body, 0)?;
    check_end(body, end)?;
    Ok(value)
}

/// Reads the members of a JSON object one by one: `enter` takes a name or refuses it, `read`
/// is given where the value begins, and gives where it ends.
pub(crate) fn read_members(
    body: &[u8],
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
    check_end(body, end.unwrap_or(body.len()))
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
pub(crate) fn read_value<T: DeserializeOwned>(
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
fn check_end(body: &[u8], end: usize) -> Result<(), FieldError> {
    if skip_space(body, end) < body.len() {
        return Err(FieldError::of_whole("there is more after the JSON value"));
    }
    check_lists(body)
}

/// The names of the lists that a control request can have: all of objects.
const LISTS: [&str; 3] = ["customers", "cards", "mobileWalletTokenizations"];

/// serde reads a list of its fields' values into any struct. Of what it has read
/// every name is known, as no other is taken.
fn check_lists(body: &[u8]) -> Result<(), FieldError> {
    let mut found = None;
    let place = Place {
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
        while let Some(name) = members.next_key_seed(Name)? {
            let member = members.next_value_seed(Place {
                is_list: LISTS.contains(&name.as_ref()),
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
struct Name;

impl<'de> DeserializeSeed<'de> for Name {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, input: D) -> Result<Self::Value, D::Error> {
        input.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Name {
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
mod tests {
    use axum::response::IntoResponse;
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields, rename_all = "lowercase")]
    #[allow(dead_code, reason = "what is read is not looked at")]
    struct Order {
        cards: Vec<Card>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[allow(dead_code, reason = "what is read is not looked at")]
    struct Card {
        status: Status,
        times: u8,
    }

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "UPPERCASE")]
    enum Status {
        Active,
    }

    #[test]
    fn a_name_is_copied_only_where_it_has_an_escape() {
        for (text, is_copied) in [(r#""cards""#, false), (r#""c\u0061rds""#, true)] {
            let mut input = serde_json::Deserializer::from_slice(text.as_bytes());
            let name = Name.deserialize(&mut input).unwrap();
            assert_eq!(name, "cards");
            assert_eq!(matches!(name, Cow::Owned(_)), is_copied, "{text}");
        }
    }

    #[test]
    fn a_list_in_the_place_of_an_object_is_found_by_its_way() {
        for (body, field) in [
            (r#"{"cards":[{"a":1},[]]}"#, Some("cards[1]")),
            (
                r#"{"airpay":{"c\u0061rds":[{"a":[1]}]}}"#,
                Some("airpay.cards[0].a"),
            ),
            (r#"{"airpay":{"c\u0061rds":[{"a":{}}]}}"#, None),
        ] {
            let wrong = check_lists(body.as_bytes()).err();
            assert_eq!(wrong.as_ref().map(|wrong| &*wrong.field), field, "{body}");
        }
    }

    async fn refusal(body: &str) -> String {
        let error = read_json::<Order>(body.as_bytes()).unwrap_err();
        let answer = wrong(&error.field, error.what);
        let response = answer.into_response();
        assert_eq!(response.status(), 400);
        let bytes = axum::body::to_bytes(response.into_body(), 1000).await;
        String::from_utf8(bytes.unwrap().into()).unwrap()
    }

    #[tokio::test]
    async fn a_refusal_names_the_field_and_repeats_no_value() {
        assert!(read_json::<Order>(br#"{"cards":[{"status":"ACTIVE","times":1}]}"#).is_ok());
        insta::assert_snapshot!(refusal("").await, @r#"{"error":"body: not JSON: line 1, column 0","field":"body"}"#);
        insta::assert_snapshot!(refusal("{").await, @r#"{"error":"body: not JSON: line 1, column 1","field":"body"}"#);
        insta::assert_snapshot!(refusal("{}").await, @r#"{"error":"body: missing field `cards`","field":"body"}"#);
        insta::assert_snapshot!(refusal(r#"{"cards":[]} 4622"#).await, @r#"{"error":"body: there is more after the JSON value","field":"body"}"#);
        insta::assert_snapshot!(refusal(r#"{"cards":"4622940000003713"}"#).await, @r#"{"error":"cards: expected a sequence","field":"cards"}"#);
        insta::assert_snapshot!(refusal(r#"{"cards":[{"status":"4622940000003713"}]}"#).await, @r#"{"error":"cards[0].status: an unknown word, expected `ACTIVE`","field":"cards[0].status"}"#);
        insta::assert_snapshot!(refusal(r#"{"cards":[{"times":4622940000003713}]}"#).await, @r#"{"error":"cards[0].times: expected u8","field":"cards[0].times"}"#);
        insta::assert_snapshot!(refusal(r#"{"4622.940000003713":1}"#).await, @r#"{"error":"body: an unknown field, expected `cards`","field":"body"}"#);
        insta::assert_snapshot!(refusal(r#"{"cards":[{"4622940000003713":1}]}"#).await, @r#"{"error":"cards[0]: an unknown field, expected `status` or `times`","field":"cards[0]"}"#);
    }
}
