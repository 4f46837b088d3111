//! The bodies of replies with a marker in every value.

use cards_transport::Call;
use conformance::canary::card_number;
use conformance::fixture::Case;
use serde::Serialize;
use serde_json::{Value, json};

use super::fields::leaves;
use crate::common::cases;
use crate::markers::MARK;

/// The way in which values are marked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    /// Texts that begin with the marker.
    Texts,
    /// Texts as long as a card's number, of which the marker is the middle.
    Numbers,
    /// Numbers as long as a card's, of which the marker is the middle.
    Digits,
}

pub(crate) const STYLES: [Style; 3] = [Style::Texts, Style::Numbers, Style::Digits];

impl Style {
    /// The marker of the value with this number.
    pub(crate) fn mark(self, number: usize) -> Value {
        let letter = |of: usize| char::from(b"ABCDEFGHIJ"[of % 10]);
        let own = format!("{}{}", letter(number / 10), letter(number));
        match self {
            Self::Texts => json!(format!("{MARK}{own}")),
            Self::Numbers => json!(format!("462294{MARK}{own}13")),
            Self::Digits => {
                assert!(number < 100, "more values than markers");
                let digits: u64 = card_number(format_args!("{number:02}")).parse().unwrap();
                json!(digits)
            }
        }
    }

    /// Lists the values that one may become, the best first.
    fn candidates(self, number: usize, value: &Value) -> Vec<Value> {
        let digits = Self::Digits.mark(number);
        let mut candidates = match self {
            Self::Digits => vec![digits.clone(), json!(digits.to_string())],
            marked => vec![marked.mark(number), digits],
        };
        if value.is_null() {
            candidates.push(json!(true));
        }
        candidates
    }
}

/// Every body that brings a value of this call: the documented ones, and those of [`OWN`].
pub(crate) fn bodies<C: Call>() -> Vec<Value> {
    let name = C::operation().name;
    let of = |case: Case| {
        let is_own = case.operation == name;
        let reply = case.reply.filter(|_| is_own)?;
        serde_json::from_slice(&reply.body).ok()
    };
    let documented = cases().into_iter().filter_map(of);
    let own = OWN.iter().filter(|(operation, _)| *operation == name);
    let own = own.map(|(_, body)| serde_json::from_str(body).unwrap());
    let is_value = |body: &Value| C::parse(body.to_string().as_bytes()).is_ok();
    documented.chain(own).filter(is_value).collect()
}

/// Bodies with the fields that no documented one has.
const OWN: &[(&str, &str)] = &[(
    "review-create-card",
    r#"{"status":"1","details":{"requiredDocuments":["Passport"]}}"#,
)];

/// Puts a marker into every value of a body that takes one and is still read.
pub(crate) fn filled<C: Call>(body: &Value, style: Style) -> Value {
    let is_better = |changed: &Value, before: &Value| {
        let having = |body: &Value| {
            let reply = C::parse(body.to_string().as_bytes()).ok()?;
            Some(having(&reply))
        };
        having(changed) >= having(before)
    };
    filled_where(body, style, is_better)
}

/// Counts the fields that have a value.
pub(crate) fn having(value: &impl Serialize) -> usize {
    let leaves = leaves(value);
    leaves.iter().filter(|leaf| leaf.text.is_some()).count()
}

/// Puts a marker into every value of a body with which it `is_better`, or as good.
pub(crate) fn filled_where(
    body: &Value,
    style: Style,
    is_better: impl Fn(&Value, &Value) -> bool,
) -> Value {
    let mut filled = body.clone();
    for (number, pointer) in pointers(body).into_iter().enumerate() {
        let value = filled.pointer(&pointer).unwrap().clone();
        for candidate in style.candidates(number, &value) {
            let mut changed = filled.clone();
            *changed.pointer_mut(&pointer).unwrap() = candidate;
            if is_better(&changed, &filled) {
                filled = changed;
                break;
            }
        }
    }
    filled
}

/// The places of all values that hold no others.
pub(crate) fn pointers(body: &Value) -> Vec<String> {
    let mut all = Vec::new();
    each(body, String::new(), &mut |pointer, value| {
        if !value.is_object() && !value.is_array() {
            all.push(pointer.to_owned());
        }
    });
    all
}

/// Visits every value with its place, those that hold others first.
pub(crate) fn each(value: &Value, at: String, visit: &mut impl FnMut(&str, &Value)) {
    visit(&at, value);
    match value {
        Value::Object(object) => {
            for (name, value) in object {
                each(value, format!("{at}/{name}"), visit);
            }
        }
        Value::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                each(value, format!("{at}/{index}"), visit);
            }
        }
        _ => {}
    }
}
