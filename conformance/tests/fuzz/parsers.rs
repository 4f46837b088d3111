//! Bytes, texts and checksums of all kinds make nothing panic.

use std::collections::BTreeSet;

use cards_model::airpay::UpdateCustomer;
use cards_model::paysafe::CardPage;
use cards_sign::{Explain, Order};
use cards_transport::{Call, Provider, Retry, Unreadable, Validation, Visit, operations, visit};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::Value;

use crate::common::cases;
use crate::common::clients::{Backend, Ureq};
use crate::common::fake::{Fake, FakeClock, json as replying};
use crate::common::operations::shown;
use crate::config;
use crate::lenient::json_replies;
use crate::requests::text;
use crate::wire::provider;

proptest! {
    #![proptest_config(ProptestConfig { cases: config().cases * 4, ..config() })]

    #[test]
    fn no_bytes_make_a_parser_panic(body in bytes()) {
        for operation in operations() {
            visit(operation.name, Read(&body));
        }
        if let Ok(page) = serde_json::from_slice::<CardPage>(&body) {
            drop(page.check().map_err(|violations| violations.to_string()));
        }
    }

    /// A reply with any status and body ends in a value or in an error that
    /// keeps both.
    #[test]
    fn no_reply_is_lost(body in bytes(), status in 200u16..600) {
        let clock = FakeClock::new();
        let given = body.clone();
        let fake = Fake::new(&clock, move |_, _| replying(status, given.clone()));
        let settings = clock.settings().retry(Retry::never()).validation(Validation::Off);
        let client = Ureq::faked(provider(Order::Table), &fake, settings);
        match client.send(&UpdateCustomer::new("E1")) {
            Ok(reply) => prop_assert_eq!(&reply.body()[..], &body),
            Err(error) => {
                prop_assert_eq!(error.status().unwrap().as_u16(), status);
                prop_assert_eq!(&error.raw().unwrap().body()[..], &body);
                drop(format!("{error} {error:?}"));
            }
        }
    }

    #[test]
    fn no_checksum_makes_an_explanation_panic(
        pairs in proptest::collection::vec((text(1, 8), text(1, 8)), 0..6),
        given in "\\PC{0,70}|[0-9a-fA-F]{64}",
    ) {
        let fields: Vec<_> = pairs.iter().map(|(name, value)| (&**name, &**value)).collect();
        let explanation = cards_sign::explain(&Explain::new(&fields, b"marker-secret-9", &given));
        let shown = format!("{explanation} {explanation:?}");
        prop_assert!(!shown.contains("marker-secret-9"));
    }
}

/// Reads, and shows what came of it in every way there is.
struct Read<'a>(&'a [u8]);

impl Visit for Read<'_> {
    type Output = ();

    fn visit<C: Call>(self) {
        match C::parse(self.0) {
            Ok(reply) => drop((format!("{reply:?}"), shown(&reply))),
            Err(Unreadable::Malformed(json)) => drop(json.to_string()),
            Err(rejection) => drop(format!("{rejection:?}")),
        }
        let refusal = C::Provider::refusal(self.0);
        drop(refusal.map(|refusal| format!("{refusal} {refusal:?}")));
    }
}

/// Bytes of all kinds: any, JSON that is damaged, JSON that is odd.
fn bytes() -> impl Strategy<Value = Vec<u8>> {
    let documented = cases()
        .into_iter()
        .filter_map(|case| Some(case.reply?.body))
        .filter(|body| !body.is_empty());
    let documented: Vec<Vec<u8>> = documented.collect();
    let damaged = (
        select(documented),
        any::<prop::sample::Index>(),
        any::<u8>(),
        0..4u8,
    )
        .prop_map(|(mut bytes, at, byte, how)| {
            let at = at.index(bytes.len().max(1));
            match how {
                0 => bytes.truncate(at),
                1 => bytes[at] = byte,
                2 => bytes.insert(at, byte),
                _ => drop(bytes.remove(at)),
            }
            bytes
        });
    prop_oneof![
        1 => proptest::collection::vec(any::<u8>(), 0..200),
        2 => damaged,
        2 => odd_json().prop_map(|json| json.to_string().into_bytes()),
    ]
}

/// JSON under the documents' names, with values that nobody documented.
fn odd_json() -> impl Strategy<Value = Value> {
    let mut names = BTreeSet::new();
    for (_, body) in json_replies() {
        add_keys(&body, &mut names);
    }
    let names: Vec<String> = names.into_iter().collect();
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        select(&["", "1", "0", "200", "400", "text", "ACTIVE", "1e400"][..]).prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 40, 6, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::btree_map(select(names.clone()), inner, 0..6)
                .prop_map(|pairs| Value::Object(pairs.into_iter().collect())),
        ]
    })
}

/// Adds every key of an object and of what is in it.
fn add_keys(value: &Value, names: &mut BTreeSet<String>) {
    let below: Vec<&Value> = match value {
        Value::Object(object) => {
            names.extend(object.keys().cloned());
            object.values().collect()
        }
        Value::Array(items) => items.iter().collect(),
        _ => Vec::new(),
    };
    below.into_iter().for_each(|value| add_keys(value, names));
}
