//! Reads the values of a path, headers, a query, a form or JSON, and which of them are secret.

use std::collections::BTreeMap;
use std::fmt;

use axum::body::Bytes;
use axum::http::HeaderMap;
use cards_model::{Kind, Operation};
use percent_encoding::percent_decode_str;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::secrecy::{REDACTED, Secrecy, is_like_a_name, secrecy};
use crate::engine::journal::documented::{Names, Part};
use crate::engine::journal::names::{FORM, JSON, LONGEST_PATH};
use crate::engine::multipart;

/// The values of one side as they came.
#[derive(Default)]
pub(in crate::engine::journal) struct Draft {
    pub(super) entries: Vec<Entry>,
    pub(super) left_out: usize,
    pub(super) unread_bytes: u64,
}

/// One value as it came.
pub(super) struct Entry {
    pub(super) part: Part,
    pub(super) name: String,
    pub(super) text: String,
    pub(super) is_text: bool,
    pub(super) secrecy: Secrecy,
}

/// The most values that are looked at; those after them are counted.
const MOST_READ: usize = 1024;
/// The most names that are compared to documented ones; values of others are taken for secret.
const MOST_NAMES: usize = 256;
/// The depth to which JSON is read.
const DEEPEST: usize = 32;
/// A body of more bytes is counted.
pub(in crate::engine::journal) const LONGEST_BODY: u64 = 256 * 1024;

/// Reads the values of one side.
pub(in crate::engine::journal) struct Reader<'a> {
    names: &'a Names,
    operation: Option<&'static Operation>,
    /// The secrecy of the names that were met.
    met: BTreeMap<(Part, String), Secrecy>,
    draft: Draft,
}

impl<'a> Reader<'a> {
    pub(in crate::engine::journal) fn new(
        names: &'a Names,
        operation: Option<&'static Operation>,
    ) -> Self {
        Self {
            names,
            operation,
            met: BTreeMap::new(),
            draft: Draft::default(),
        }
    }

    pub(in crate::engine::journal) fn end(self) -> Draft {
        self.draft
    }

    /// The parameters of the operation's path, which is the end of the one that was called.
    pub(in crate::engine::journal) fn path(&mut self, called: &str) {
        let Some(operation) = self.operation else {
            return;
        };
        let both = called.rsplit('/').zip(operation.path.rsplit('/'));
        let mut parameters: Vec<_> = both
            .filter_map(|(value, name)| Some((value, name.strip_prefix('{')?.strip_suffix('}')?)))
            .collect();
        parameters.reverse();
        for (value, name) in parameters {
            let value = percent_decode_str(value).decode_utf8_lossy();
            self.add(Part::Path, name, name, &value, true);
        }
    }

    /// The documented headers: any other may be anything, and is counted elsewhere.
    pub(in crate::engine::journal) fn headers(&mut self, headers: &HeaderMap) {
        for (name, value) in headers {
            if let Some((Part::Headers, name)) = self.names.exact(Part::Headers, name.as_str()) {
                let value = String::from_utf8_lossy(value.as_bytes());
                self.add(Part::Headers, name, name, &value, true);
            }
        }
    }

    /// The pairs of a query or a form. A secret that was not encoded goes on behind its own `&`: a name that no document
    /// has may be a part of it there.
    pub(in crate::engine::journal) fn pairs(&mut self, part: Part, encoded: &[u8]) {
        let pairs = encoded.split(|byte| *byte == b'&');
        let mut follows_secret = false;
        for pair in pairs.filter(|pair| !pair.is_empty()) {
            let Some((name, value)) = form_urlencoded::parse(pair).next() else {
                continue;
            };
            let is_documented = self.is_documented(part, &name);
            if follows_secret && !is_documented {
                self.push(part, REDACTED, &value, true, Secrecy::Secret);
            } else {
                let is_named = is_documented || pair.contains(&b'=');
                let shown = if is_named { &*name } else { REDACTED };
                self.add(part, &name, shown, &value, true);
            }
            let last = self.draft.entries.last();
            follows_secret = last.is_some_and(|entry| entry.secrecy == Secrecy::Secret);
        }
    }

    /// A body, of which `bytes` bytes came and these are held.
    pub(in crate::engine::journal) fn body(
        &mut self,
        content_type: Option<&str>,
        body: &[u8],
        bytes: u64,
    ) {
        let is_whole = body.len() as u64 == bytes && bytes <= LONGEST_BODY;
        match content_type {
            Some(FORM) if is_whole => self.pairs(Part::Body, body),
            Some(json) if is_whole && JSON.contains(&json) => {
                let text = std::str::from_utf8(body).ok();
                match text.and_then(|text| serde_json::from_str::<&RawValue>(text).ok()) {
                    Some(json) => self.json(&Way::default(), json.get(), DEEPEST),
                    None => self.draft.unread_bytes = bytes,
                }
            }
            _ => self.draft.unread_bytes = bytes,
        }
    }

    /// A multipart body, of which `bytes` bytes came and these are held. Those of files are
    /// counted.
    pub(in crate::engine::journal) fn parts(
        &mut self,
        headers: &HeaderMap,
        body: Bytes,
        bytes: u64,
    ) {
        let is_whole = body.len() as u64 == bytes;
        let Some(Ok(parts)) = is_whole.then(|| multipart::parts(headers, body)) else {
            self.draft.unread_bytes = bytes;
            return;
        };
        for part in parts {
            let counted = match part {
                multipart::Part::Text(name, text) => {
                    let bytes = text.len() as u64;
                    if bytes <= LONGEST_BODY && !self.may_be_a_file(&name) {
                        self.add(Part::Body, &name, &name, &text, true);
                        continue;
                    }
                    bytes
                }
                multipart::Part::File(_, file) => file.bytes().len() as u64,
            };
            self.draft.unread_bytes += counted;
        }
    }

    /// Tells whether a part of this name may be a file whose name was left out: the operation's
    /// own, or one that is called otherwise.
    fn may_be_a_file(&self, name: &str) -> bool {
        let mut fields = self.operation.iter().flat_map(|it| it.fields);
        let of_name = self.operation.and_then(|operation| operation.field(name));
        match of_name {
            Some(field) => field.kind == Kind::File,
            None => fields.any(|field| field.kind == Kind::File),
        }
    }

    /// Reads JSON that is whole.
    fn json(&mut self, way: &Way, json: &str, depth: usize) {
        let is_empty = |json: &str| json.len() == 2 || json[1..json.len() - 1].trim().is_empty();
        match json.as_bytes().first() {
            Some(b'{' | b'[') if depth == 0 => self.draft.left_out += 1,
            Some(b'{' | b'[') if is_empty(json) => {
                let empty = if json.starts_with('{') { "{}" } else { "[]" };
                self.add_at(way, empty, false);
            }
            Some(b'{') => {
                let Members(members) = serde_json::from_str(json).unwrap_or_default();
                for (name, value) in members {
                    self.json(&way.member(&name), value.get(), depth - 1);
                }
            }
            Some(b'[') => {
                let items: Vec<&RawValue> = serde_json::from_str(json).unwrap_or_default();
                for (at, item) in items.into_iter().enumerate() {
                    self.json(&way.item(at), item.get(), depth - 1);
                }
            }
            Some(b'"') => {
                let text: Option<String> = serde_json::from_str(json).ok();
                // Half of a surrogate pair is no text.
                let text = text.unwrap_or_else(|| REDACTED.to_owned());
                self.add_at(way, &text, true);
            }
            _ => self.add_at(way, json, false),
        }
    }

    fn add_at(&mut self, way: &Way, text: &str, is_text: bool) {
        let shown = if way.is_lost { REDACTED } else { &way.shown };
        self.add(Part::Body, &way.plain, shown, text, is_text);
    }

    /// Adds a value: `plain` is its name as the documents would have it.
    fn add(&mut self, part: Part, plain: &str, shown: &str, text: &str, is_text: bool) {
        let is_name = self.is_documented(part, plain) || is_like_a_name(shown);
        let secrecy = match is_name {
            true => self.secrecy(part, plain),
            // It may be the end of one.
            false => Secrecy::Secret,
        };
        let name = if is_name { shown } else { REDACTED };
        self.push(part, name, text, is_text, secrecy);
    }

    fn push(&mut self, part: Part, name: &str, text: &str, is_text: bool, secrecy: Secrecy) {
        if self.draft.entries.len() == MOST_READ {
            self.draft.left_out += 1;
            return;
        }
        let entry = Entry {
            part,
            name: name.to_owned(),
            text: text.to_owned(),
            is_text,
            secrecy,
        };
        self.draft.entries.push(entry);
    }

    fn is_documented(&self, part: Part, name: &str) -> bool {
        let has = |operation: &Operation| part == Part::Path && operation.path.contains(name);
        self.names.exact(part, name).is_some() || self.operation.is_some_and(has)
    }

    fn secrecy(&mut self, part: Part, name: &str) -> Secrecy {
        let key = (part, name.to_owned());
        if let Some(known) = self.met.get(&key) {
            return *known;
        }
        if self.met.len() == MOST_NAMES {
            return Secrecy::Secret;
        }
        let found = secrecy(part, name, self.names, self.operation);
        self.met.insert(key, found);
        found
    }
}

/// The way to a value inside JSON.
#[derive(Default)]
struct Way {
    /// The path without the places in lists, as documents have it.
    plain: String,
    shown: String,
    /// Says whether it is too long to be told.
    is_lost: bool,
}

impl Way {
    fn member(&self, name: &str) -> Self {
        if self.is_lost || self.shown.len() + name.len() > LONGEST_PATH {
            return Self {
                is_lost: true,
                ..Self::default()
            };
        }
        let joined = |outer: &str| match outer {
            "" => name.to_owned(),
            outer => format!("{outer}.{name}"),
        };
        Self {
            plain: joined(&self.plain),
            shown: joined(&self.shown),
            is_lost: false,
        }
    }

    fn item(&self, at: usize) -> Self {
        Self {
            plain: self.plain.clone(),
            shown: format!("{}[{at}]", self.shown),
            is_lost: self.is_lost,
        }
    }
}

/// The members of an object in their order, each with its own text.
#[derive(Default)]
struct Members<'a>(Vec<(String, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        struct InOrder;

        impl<'de> Visitor<'de> for InOrder {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Members<'de>, M::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }

        json.deserialize_map(InOrder)
    }
}
