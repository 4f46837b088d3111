//! Varies replies in ways that mean nothing else.

use cards_model::Decimal;
use cards_model::ibanera::CardsByCustomer;
use cards_transport::{Call, Unreadable, Visit};
use conformance::fixture::Case;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value, json};

use crate::common::cases;
use crate::common::operations::{shown, visited};
use crate::config;

proptest! {
    #![proptest_config(config())]

    /// Whether it is a value, a refusal or malformed: unknown fields and the
    /// order of keys change nothing.
    #[test]
    fn unknown_fields_and_the_order_of_keys_never_matter(
        (case, body) in select(json_replies()),
        salt in any::<u64>(),
    ) {
        // Amounts would pass through a float in a `Value`: these stay as they are.
        prop_assume!(case.name != "exact-decimals");
        let (plain, stirred) = (body.to_string(), stirred(&body, salt));
        let (plain, stirred) = (plain.as_bytes(), stirred.as_bytes());
        results_agree(&case, plain, stirred)?;
    }

    #[test]
    fn null_and_absence_are_the_same(
        (case, body) in select(json_replies()),
        at in any::<prop::sample::Index>(),
    ) {
        prop_assume!(case.name != "exact-decimals");
        let mut paths = Vec::new();
        optional_paths(&body, String::new(), &mut paths);
        prop_assume!(!paths.is_empty());
        let (parent, key) = &paths[at.index(paths.len())];
        let mut with_null = body.clone();
        let mut without = body.clone();
        object(&mut with_null, parent).insert(key.clone(), Value::Null);
        object(&mut without, parent).remove(key);
        let (with_null, without) = (with_null.to_string(), without.to_string());
        let (with_null, without) = (with_null.as_bytes(), without.as_bytes());
        results_agree(&case, without, with_null)?;
    }

    #[test]
    fn amounts_survive_from_text_to_text(units in any::<i64>(), scale in 0u32..=18, as_text in any::<bool>()) {
        let amount = Decimal::new(units, scale).to_string();
        let written = if as_text { json!(amount).to_string() } else { amount.clone() };
        let body = format!(
            r#"{{"status":"1","details":{{"customersId":1,"cards":[{{"id":1,"totalBalance":{written}}}]}}}}"#
        );
        let Ok(reply) = CardsByCustomer::parse(body.as_bytes()) else {
            return Err(TestCaseError::fail("not read"));
        };
        let card = &reply.customers[0].cards[0];
        prop_assert_eq!(card.total_balance.unwrap().to_string(), amount.clone());
        let again = serde_json::to_string(card).unwrap();
        prop_assert!(again.contains(&format!(r#""totalBalance":{amount},"#)), "{}", again);
    }
}

fn results_agree(case: &Case, plain: &[u8], stirred: &[u8]) -> Result<(), TestCaseError> {
    let result = |body| visited(&case.operation, Parsed(body)).map_err(TestCaseError::fail);
    prop_assert_eq!(result(stirred)?, result(plain)?);
    Ok(())
}

/// Reads a body as a reply.
struct Parsed<'a>(&'a [u8]);

impl Visit for Parsed<'_> {
    type Output = Value;

    fn visit<C: Call>(self) -> Value {
        match C::parse(self.0) {
            Ok(reply) => shown(&reply),
            Err(Unreadable::Refused(refusal)) => json!([
                refusal.code,
                refusal.message,
                refusal
                    .fields
                    .iter()
                    .map(|field| (&field.field, &field.error))
                    .collect::<Vec<_>>(),
            ]),
            Err(Unreadable::Malformed(json)) => json!(json.path()),
            Err(other) => json!(format!("{other:?}")),
        }
    }
}

/// Every documented reply and every one of ours that is JSON.
fn json_replies() -> Vec<(Case, Value)> {
    let replies = cases().into_iter().filter_map(|case| {
        let body: Value = serde_json::from_slice(&case.reply.as_ref()?.body).ok()?;
        Some((case, body))
    });
    replies.collect()
}

/// Writes the same JSON with keys in another order and unknown ones among them.
fn stirred(value: &Value, salt: u64) -> String {
    match value {
        Value::Object(object) => {
            let mut pairs: Vec<String> = object
                .iter()
                .map(|(key, value)| format!("{}:{}", json!(key), stirred(value, salt / 2)))
                .collect();
            if !pairs.is_empty() {
                let turn = salt as usize % pairs.len();
                pairs.rotate_left(turn);
            }
            if salt.is_multiple_of(3) {
                pairs.reverse();
            }
            let at = salt as usize % (pairs.len() + 1);
            pairs.insert(
                at,
                r#""zzUnknown":{"deep":[null,1.5,"x",{"a":{}}]}"#.to_owned(),
            );
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

/// Fields whose absence the documents allow for: all but ids and the heart of
/// an envelope, and nothing that a whole item consists of.
fn optional_paths(value: &Value, at: String, paths: &mut Vec<(String, String)>) {
    const NEEDED: &[&str] = &[
        "cardId",
        "action",
        "customersId",
        "id",
        "month",
        "year",
        "entity_id",
        "token",
        "accessToken",
        "access_token",
    ];
    match value {
        Value::Object(object) => {
            for (key, value) in object {
                if !NEEDED.contains(&&**key) {
                    paths.push((at.clone(), key.clone()));
                }
                optional_paths(value, format!("{at}/{key}"), paths);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                optional_paths(item, format!("{at}/{index}"), paths);
            }
        }
        _ => {}
    }
}

fn object<'a>(value: &'a mut Value, path: &str) -> &'a mut Map<String, Value> {
    value.pointer_mut(path).unwrap().as_object_mut().unwrap()
}
