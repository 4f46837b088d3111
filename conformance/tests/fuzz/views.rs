//! A page and its view are read from the same bodies, and say the same.

use std::fmt::Debug;

use cards_transport::model::ibanera::{CustomerCardsReplyView, ListCustomerCards};
use cards_transport::model::paysafe::{CardPageView, ListPrepaidCards};
use cards_transport::{Call, Viewed};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde::Serialize;
use serde_json::{Value, json};

use crate::config;
use crate::lenient::{json_replies, stirred};

/// Reads a body in both ways. Whatever it is, they agree: on the value, or on what is wrong.
fn agree(operation: &str, body: &[u8]) -> Result<(), TestCaseError> {
    if operation == ListPrepaidCards::operation().name {
        let view = ListPrepaidCards::view(body);
        same(
            ListPrepaidCards::parse(body),
            view,
            CardPageView::into_owned,
        )
    } else {
        let (page, view) = (
            ListCustomerCards::parse(body),
            ListCustomerCards::view(body),
        );
        same(page, view, CustomerCardsReplyView::into_owned)
    }
}

fn same<T: PartialEq + Debug + Serialize, V: Debug + Serialize, E: Debug>(
    owned: Result<T, E>,
    view: Result<V, E>,
    into_owned: impl Fn(V) -> T,
) -> Result<(), TestCaseError> {
    match (owned, view) {
        (Ok(owned), Ok(view)) => {
            // Neither shows more than the other of what is personal.
            prop_assert_eq!(unnamed(&owned), unnamed(&view));
            let written = serde_json::to_string(&owned).unwrap();
            prop_assert_eq!(written, serde_json::to_string(&view).unwrap());
            prop_assert_eq!(owned, into_owned(view));
        }
        (owned, view) => prop_assert_eq!(
            format!("{:?}", owned.map(drop)),
            format!("{:?}", view.map(drop))
        ),
    }
    Ok(())
}

/// The `Debug` of a page or of its view, whose types are named alike.
fn unnamed(value: &impl Debug) -> String {
    format!("{value:?}").replace("View {", " {")
}

/// The replies of the two lists, and those of calls that bring the same cards.
fn pages() -> Vec<(&'static str, Value)> {
    let of = |(case, body): (conformance::fixture::Case, Value)| match &*case.operation {
        "list-prepaid-cards" => Some(("list-prepaid-cards", body)),
        "list-customer-cards" | "cards-by-customer" => Some(("list-customer-cards", body)),
        _ => None,
    };
    json_replies().into_iter().filter_map(of).collect()
}

#[test]
fn every_documented_page_and_its_view_are_the_same() {
    let pages = pages();
    assert!(pages.len() >= 10, "{}", pages.len());
    for (operation, body) in pages {
        agree(operation, body.to_string().as_bytes()).unwrap();
    }
}

/// Puts another value in the place of one that is no object and no list.
fn replaced(value: &mut Value, at: &mut usize, by: &Value) {
    match value {
        Value::Object(object) => object.values_mut().for_each(|one| replaced(one, at, by)),
        Value::Array(items) => items.iter_mut().for_each(|one| replaced(one, at, by)),
        other => {
            if *at == 0 {
                *other = by.clone();
            }
            *at = at.wrapping_sub(1);
        }
    }
}

/// Counts the values of a page that hold no others.
fn places(value: &Value) -> usize {
    match value {
        Value::Object(object) => object.values().map(places).sum(),
        Value::Array(items) => items.iter().map(places).sum(),
        _ => 1,
    }
}

/// Each place once, with values that a view reads in other ways than a copy: escaped, as a number,
/// not there.
#[test]
fn every_place_of_a_page_is_read_alike() {
    let values = [
        json!("a\"\\\n\u{e9}"),
        json!("1.50"),
        json!(7),
        json!(1.5),
        json!(""),
        Value::Null,
    ];
    let mut tried = 0;
    for (operation, body) in pages() {
        for at in 0..places(&body) {
            tried += 1;
            for by in &values {
                let mut body = body.clone();
                replaced(&mut body, &mut at.clone(), by);
                let agreed = agree(operation, body.to_string().as_bytes());
                agreed.unwrap_or_else(|why| panic!("{operation}, {by} at {at}: {why}"));
            }
        }
    }
    assert!(tried > 100, "{tried} places");
}

fn values() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,12}".prop_map(Value::from),
        // They are escaped, so that a view has to copy them.
        "[\"\\\\\n\t/]{1,6}".prop_map(Value::from),
        select(vec![
            json!(""),
            json!("FROZEN"),
            json!("1"),
            json!({}),
            json!([]),
            json!([1])
        ]),
    ]
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_view_reads_what_the_page_reads(
        (operation, mut body) in select(pages()),
        at in 0_usize..40,
        by in values(),
        salt in any::<u64>(),
    ) {
        replaced(&mut body, &mut at.clone(), &by);
        agree(operation, body.to_string().as_bytes())?;
        agree(operation, stirred(&body, salt).as_bytes())?;
    }

    #[test]
    fn a_view_and_a_page_fail_alike(
        (operation, body) in select(pages()),
        changes in prop::collection::vec((any::<Index>(), any::<u8>()), 1..4),
        cut in any::<Index>(),
        is_cut in any::<bool>(),
    ) {
        let mut bytes = body.to_string().into_bytes();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if is_cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        agree(operation, &bytes)?;
    }
}
