//! Varies replies in ways that mean nothing else.

use std::collections::BTreeMap;

use cards_transport::{Call, Provider, Refusal, Retry, Unreadable, Validation, Visit};
use conformance::fixture::{self, Case};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value, json};

use crate::common::cases;
use crate::common::clients::{Backend, Ureq};
use crate::common::fake::{Fake, FakeClock, json as replying};
use crate::common::operations::{from_input, nested, provider, shown, valid, visited};
use crate::config;

proptest! {
    #![proptest_config(config())]

    /// Unknown fields and the order of keys change nothing, whether it is a value, a refusal or
    /// malformed.
    #[test]
    fn unknown_fields_and_the_order_of_keys_never_matter(
        (case, body) in select(json_replies()),
        salt in any::<u64>(),
    ) {
        // Amounts would pass through a float in a `Value`: these stay as they are.
        prop_assume!(case.name != "exact-decimals");
        let stirred = parsed(&case, &stirred(&body, salt))?;
        prop_assert_eq!(stirred, parsed(&case, &body.to_string())?);
    }

    /// A byte order mark before a body and white space around it say nothing, and white space alone
    /// is no body.
    #[test]
    fn a_byte_order_mark_and_white_space_around_a_reply_mean_nothing(
        (case, body) in select(json_replies()),
        mark in "\u{feff}?",
        (before, after) in ("[ \t\r\n]{0,3}", "[ \t\r\n]{0,3}"),
    ) {
        let body = body.to_string();
        let marked = format!("{mark}{before}{body}{after}");
        prop_assert_eq!(parsed(&case, &marked)?, parsed(&case, &body)?);
        let said = |body: &str| visited(&case.operation, Said(body.to_owned())).unwrap();
        prop_assert_eq!(said(&marked), said(&body));
        let blank = parsed(&case, &format!("{mark}{before}{after}"))?;
        prop_assert_eq!(blank, parsed(&case, "")?);
    }

    #[test]
    fn null_and_absence_are_the_same(
        (case, body) in select(json_replies()),
        at in any::<prop::sample::Index>(),
    ) {
        prop_assume!(case.name != "exact-decimals");
        let paths = paths(&body, "");
        prop_assume!(!paths.is_empty());
        let (parent, key) = &paths[at.index(paths.len())];
        let mut with_null = body.clone();
        let mut without = body.clone();
        object(&mut with_null, parent).insert(key.clone(), Value::Null);
        object(&mut without, parent).remove(key);
        // Where it is needed, what is missing is told in other words.
        let told = |read: Value| if read.is_string() { Value::Null } else { read };
        let without = parsed(&case, &without.to_string()).map(told)?;
        prop_assert_eq!(without, parsed(&case, &with_null.to_string()).map(told)?);
    }
}

/// The names that a reply is written with are read: what was kept as JSON can be read again.
#[test]
fn replies_are_read_by_the_names_that_they_are_written_with() {
    let mut written = 0;
    for (case, body) in json_replies() {
        let Ok(Value::Object(shown)) = parsed(&case, &body.to_string()) else {
            continue;
        };
        let shown = Value::Object(shown);
        let mut names = BTreeMap::new();
        note_names(&shown, &mut names);
        let renamed = renamed(&body, &names);
        let again = parsed(&case, &renamed.to_string()).unwrap();
        assert_eq!(again, shown, "{}", case.name);
        written += 1;
    }
    assert!(written > 40, "{written}");
}

/// A name without what two spellings of it differ by.
fn plain(name: &str) -> String {
    name.replace('_', "").to_lowercase()
}

/// Notes how the members that are not null are spelled.
fn note_names(value: &Value, names: &mut BTreeMap<String, String>) {
    match value {
        Value::Object(members) => {
            for (name, value) in members.iter().filter(|(_, value)| !value.is_null()) {
                names.insert(plain(name), name.clone());
                note_names(value, names);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| note_names(item, names)),
        _ => {}
    }
}

/// Spells the members of a body so.
fn renamed(value: &Value, names: &BTreeMap<String, String>) -> Value {
    match value {
        Value::Object(members) => {
            let members = members.iter().map(|(name, value)| {
                let spelled = names.get(&plain(name)).unwrap_or(name);
                (spelled.clone(), renamed(value, names))
            });
            Value::Object(members.collect())
        }
        Value::Array(items) => items.iter().map(|item| renamed(item, names)).collect(),
        other => other.clone(),
    }
}

fn parsed(case: &Case, body: &str) -> Result<Value, TestCaseError> {
    visited(&case.operation, Parsed(body.as_bytes())).map_err(TestCaseError::fail)
}

/// Reads a body as a reply.
struct Parsed<'a>(&'a [u8]);

impl Visit for Parsed<'_> {
    type Output = Value;

    fn visit<C: Call>(self) -> Value {
        match C::parse(self.0) {
            Ok(reply) => shown(&reply),
            Err(Unreadable::Refused(refusal)) => {
                let fields = refusal.fields.iter();
                let fields: Vec<_> = fields.map(|field| (&field.field, &field.error)).collect();
                json!([refusal.code, refusal.message, fields])
            }
            Err(Unreadable::Malformed(json)) => json!(json.path()),
            Err(other) => json!(format!("{other:?}")),
        }
    }
}

/// Reads a body as an answer under a status that is no success, and as one that is shown.
struct Said(String);

impl Visit for Said {
    type Output = (Option<Refusal>, Option<String>);

    fn visit<C: Call>(self) -> Self::Output {
        let refusal = C::Provider::refusal(self.0.as_bytes());
        (refusal, as_shown::<C>(self.0))
    }
}

/// Shows the reply with this body, where it is a success.
fn as_shown<C: Call>(body: String) -> Option<String> {
    let clock = FakeClock::new();
    let settings = clock
        .settings()
        .retry(Retry::never())
        .validation(Validation::Off);
    let fake = Fake::new(&clock, move |_, _| replying(200, body.clone().into_bytes()));
    let keys = fixture::world().unwrap().own;
    let client = Ureq::faked(
        provider::<C::Provider>("http://127.0.0.1:9", &keys),
        &fake,
        settings,
    );
    let call: C = from_input(&nested(&valid(C::operation().name).ok()?)).ok()?;
    let reply = client.send(&call).ok()?;
    Some(format!("{:?}", C::shown(&reply)))
}

/// Every documented reply and every one of ours that is JSON.
pub(crate) fn json_replies() -> Vec<(Case, Value)> {
    let replies = cases().into_iter().filter_map(|case| {
        let body: Value = serde_json::from_slice(&case.reply.as_ref()?.body).ok()?;
        Some((case, body))
    });
    replies.collect()
}

/// Writes the same JSON with keys in another order and unknown ones among them.
pub(crate) fn stirred(value: &Value, salt: u64) -> String {
    match value {
        Value::Object(object) => {
            let pair = |(key, value)| format!("{}:{}", json!(key), stirred(value, salt / 2));
            let mut pairs: Vec<String> = object.iter().map(pair).collect();
            if !pairs.is_empty() {
                let turn = salt as usize % pairs.len();
                pairs.rotate_left(turn);
            }
            if salt.is_multiple_of(3) {
                pairs.reverse();
            }
            let at = salt as usize % (pairs.len() + 1);
            pairs.insert(at, r#""zzUnknown":{"deep":[null,1.5,"x",{"a":{}}]}"#.into());
            pairs.insert(at, format!(r#""Unknown {salt}":null"#));
            format!(" {{ {} }} ", pairs.join(" ,\n"))
        }
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(|item| stirred(item, salt / 2)).collect();
            format!("[{}]", items.join(" , "))
        }
        other => other.to_string(),
    }
}

/// Every field of every object, with the pointer to it.
fn paths(value: &Value, at: &str) -> Vec<(String, String)> {
    let below = |(key, value): (String, &Value)| paths(value, &format!("{at}/{key}"));
    match value {
        Value::Object(object) => {
            let own = object.keys().map(|key| (at.to_owned(), key.clone()));
            let pairs = object.iter().map(|(key, value)| (key.clone(), value));
            own.chain(pairs.flat_map(below)).collect()
        }
        Value::Array(items) => {
            let items = items.iter().enumerate();
            let pairs = items.map(|(index, item)| (index.to_string(), item));
            pairs.flat_map(below).collect()
        }
        _ => Vec::new(),
    }
}

fn object<'a>(value: &'a mut Value, path: &str) -> &'a mut Map<String, Value> {
    value.pointer_mut(path).unwrap().as_object_mut().unwrap()
}
