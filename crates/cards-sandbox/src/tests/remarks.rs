//! Checks that names which a call did not use are remarked on, at every operation, and that none
//! is listed as received which was not.

use std::fmt::Write as _;

use cards_model::{Body, Kind, Operation, Place, ProviderId};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::Value;

use crate::testing::{Harness, encoded, request};
use crate::{Difference, Exchange, Part};

/// A name that a document has, and the call that takes it.
#[derive(Clone, Debug)]
struct Known {
    operation: &'static Operation,
    prefix: &'static str,
    part: Part,
    name: &'static str,
}

/// Fields of calls that have no table, by the documents' own pages.
const LOGINS: [(&str, &str); 4] = [
    ("login", "username"),
    ("login", "password"),
    ("login", "otp"),
    ("issue-access-token", "grant_type"),
];

/// Every name of every operation in a query or a body.
fn all() -> Vec<Known> {
    let sandbox = Harness::new();
    let mut all = Vec::new();
    for known in sandbox.app.operations.of(None) {
        let operation = known.operation;
        let of = |part, name| Known {
            operation,
            prefix: known.prefixes[0],
            part,
            name,
        };
        let rows = operation
            .fields
            .iter()
            .filter_map(|field| match field.place {
                Place::Path => None,
                Place::Query => Some(of(Part::Query, field.wire)),
                Place::Form | Place::Json | Place::Part => Some(of(Part::Body, field.wire)),
            });
        all.extend(rows);
        let logins = LOGINS.iter().filter(|(login, _)| *login == operation.name);
        all.extend(logins.map(|(_, name)| of(Part::Body, name)));
    }
    all
}

/// A way to write a name wrongly, and how the journal tells of it; `None` where another
/// documented name may be as near.
fn slip(name: &str, kind: usize, at: Index) -> (String, Option<Difference>) {
    let mut letters: Vec<char> = name.chars().collect();
    // Behind the last point: the names of objects around it stay.
    let start = name.rfind('.').map_or(0, |point| point + 1);
    let place = start + at.index(letters.len() - start);
    let (slip, difference) = match kind {
        0 => (name.to_uppercase(), Some(Difference::Case)),
        1 => {
            let other = |letter: char| match letter.is_lowercase() {
                true => letter.to_ascii_uppercase(),
                false => letter.to_ascii_lowercase(),
            };
            let place = (place..letters.len()).chain(start..place);
            let place = place.into_iter().find(|at| letters[*at].is_alphabetic());
            let place = place.expect("each name has a letter");
            letters[place] = other(letters[place]);
            (String::from_iter(letters), Some(Difference::Case))
        }
        2 => (format!("{name}[]"), Some(Difference::Brackets)),
        3 => (format!("{name}[{place}]"), Some(Difference::Brackets)),
        4 => (format!("{name} "), Some(Difference::Space)),
        5 => {
            letters.insert(place, letters[place]);
            (String::from_iter(letters), None)
        }
        _ => {
            letters.remove(place);
            (String::from_iter(letters), None)
        }
    };
    (slip, difference)
}

const SLIPS: usize = 7;

/// Calls an operation with its credentials and these names in query and body, and gives the
/// journal's account.
async fn call(known: &Known, query: &[&str], body: &[&str]) -> Exchange {
    let sandbox = Harness::new();
    let operation = known.operation;
    let path = operation.path.split('/').map(|segment| match segment {
        "{brandIdentity}" => "sandbox",
        "{customerId}" => "12345678",
        other if other.starts_with('{') => "12345678-0000-4000-8000-000000000001",
        other => other,
    });
    let mut target = known.prefix.to_owned();
    target.push_str(&path.collect::<Vec<_>>().join("/"));
    let pairs: Vec<_> = query.iter().map(|name| (*name, "1")).collect();
    if !pairs.is_empty() {
        write!(target, "?{}", encoded(&pairs)).unwrap();
    }
    let is_json = operation.body == Body::Json || operation.name == "login";
    let content = match is_json {
        true => "application/json",
        false => "application/x-www-form-urlencoded",
    };
    let authorization = match (operation.provider, operation.name) {
        (ProviderId::PAYSAFE, "issue-access-token") => {
            "Basic c2FuZGJveC1jbGllbnQ6c2FuZGJveC1jbGllbnQtc2VjcmV0"
        }
        (ProviderId::PAYSAFE, _) => "Bearer sandbox-paysafe-token",
        _ => "YOUR_API_KEY",
    };
    let headers = [
        ("authorization", authorization),
        ("otp", "text"),
        ("affiliate", crate::world::airpay::AFFILIATE),
        ("processor-key", crate::world::airpay::PROCESSOR_KEY),
        ("token", crate::world::airpay::TOKEN),
        ("checksum", "none"),
        ("content-type", content),
    ];
    let body = match is_json {
        true => object(body),
        false => encoded(&body.iter().map(|name| (*name, "1")).collect::<Vec<_>>()),
    };
    sandbox
        .send(request(operation.method.as_str(), &target, &headers, &body))
        .await;
    sandbox.last()
}

/// An object with these members, as often as they are named, those with a point in objects inside
/// it.
fn object(names: &[&str]) -> String {
    let mut members: Vec<(&str, Vec<&str>)> = Vec::new();
    for name in names {
        match name.split_once('.') {
            None => members.push((name, Vec::new())),
            Some((outer, inner)) => {
                let known = members.iter_mut().find(|(other, _)| *other == outer);
                match known {
                    Some((_, within)) => within.push(inner),
                    None => members.push((outer, vec![inner])),
                }
            }
        }
    }
    let member = |(name, within): &(&str, Vec<&str>)| {
        let value = match within.is_empty() {
            true => "\"1\"".to_owned(),
            false => object(within),
        };
        format!("{}:{value}", Value::from(*name))
    };
    let members: Vec<_> = members.iter().map(member).collect();
    format!("{{{}}}", members.join(","))
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime.unwrap().block_on(future)
}

/// Tells whether a sentence names it in quotes.
fn names(text: &str, name: &str) -> bool {
    text.contains(&format!("`{name}`"))
}

/// A name that comes twice is remarked on, as the last counts, unless it is that of a list.
#[test]
fn a_name_that_comes_twice_is_remarked_on() {
    let known = all().into_iter();
    let of_tables = known.filter_map(|known| Some((known.operation.field(known.name)?, known)));
    let mut count = 0;
    for (field, known) in of_tables {
        let given = [known.name; 2];
        let exchange = block_on(match known.part {
            Part::Query => call(&known, &given, &[]),
            _ => call(&known, &[], &given),
        });
        let is_it = |remark: &crate::Remark| {
            let says = format!("`{}` came 2 times in", known.name);
            remark.part == known.part && remark.used && remark.text.starts_with(&says)
        };
        let is_told = exchange.remarks.iter().any(is_it);
        assert_eq!(
            is_told,
            field.kind != Kind::List,
            "{}: {known:?}",
            field.wire
        );
        count += 1;
    }
    assert!(count > 100, "{count}");
}

/// The remark tells which of two values counts, and that one does.
#[tokio::test]
async fn the_value_that_counts_is_told() {
    let sandbox = Harness::new();
    let get = async |path: &str, query: &str| {
        let code = crate::providers::ibanera::testing::otp(&sandbox);
        let token = match path.starts_with("/api/") {
            true => "Bearer sandbox-ibanera-token",
            false => "Bearer sandbox-paysafe-token",
        };
        let headers = [("authorization", token), ("otp", &*code)];
        let reply = sandbox.get(&format!("{path}?{query}"), &headers).await;
        assert_eq!(reply.status, 200, "{path}?{query}: {}", reply.body);
        reply.body
    };
    let cards = "/api/v1/customer/cards";
    for (path, twice, counts, other, which) in [
        (
            "/customers/12345678/prepaid/cards",
            "limit=3&limit=2",
            "limit=2",
            "limit=3",
            "last",
        ),
        (
            &*format!("{cards}/byuser"),
            "CustomersID=11058&customersId=11057",
            "customersId=11058",
            "customersId=11057",
            "first",
        ),
        (
            &*format!("{cards}/transactions"),
            "CardsId=1005&cardsid=1001",
            "CardsId=1005",
            "CardsId=1001",
            "first",
        ),
        (
            &*format!("{cards}/byuser/list"),
            "pageSize=1&pageSize=2",
            "pageSize=1",
            "pageSize=2",
            "first",
        ),
    ] {
        let body = get(path, twice).await;
        let remarks = sandbox.last().remarks;
        let end = format!(" came 2 times in the query: the {which} counts");
        let told = remarks.iter().filter(|one| one.text.ends_with(&end));
        assert_eq!(told.count(), 1, "{path}: {remarks:?}");
        assert_eq!(get(path, counts).await, body, "{path}");
        assert_ne!(get(path, other).await, body, "{path}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// A name that is nearly right is not received, and the right one is named.
    #[test]
    fn a_name_that_is_nearly_right_is_remarked_on(
        known in select(all()),
        kind in 0..SLIPS,
        at in any::<Index>(),
    ) {
        let (slip, difference) = slip(known.name, kind, at);
        let is_another = all().iter().any(|one| one.operation == known.operation && one.name == slip);
        prop_assume!(!is_another);
        let given = [&*slip];
        let exchange = block_on(match known.part {
            Part::Query => call(&known, &given, &[]),
            _ => call(&known, &[], &given),
        });
        let request = &exchange.request;
        prop_assert_eq!(exchange.operation, Some(known.operation.name));
        let received = [&request.query[..], &request.fields].concat();
        prop_assert!(!received.contains(&known.name), "{}: {:?}", slip, received);
        let is_it = |remark: &&crate::Remark| {
            remark.part == known.part
                && difference.is_none_or(|one| {
                    remark.nearest == Some(known.name) && remark.differences == [one]
                })
                && remark.nearest.is_some_and(|name| names(&remark.text, name))
        };
        prop_assert!(exchange.remarks.iter().any(|remark| is_it(&remark)), "{}: {:?}", slip, exchange.remarks);
        for remark in &exchange.remarks {
            prop_assert!(!names(&remark.text, &slip), "{}", remark.text);
        }
    }

    /// The journal lists only names that came, as often and in the part where they came, and counts
    /// the others.
    #[test]
    fn no_name_is_listed_that_did_not_come(
        known in select(all()),
        chosen in prop::collection::vec((any::<bool>(), any::<Index>(), 0..SLIPS + 2, any::<Index>()), 0..12),
    ) {
        let names = all();
        let (mut query, mut body) = (Vec::new(), Vec::new());
        for (is_query, which, kind, at) in chosen {
            let name = which.get(&names).name;
            let given = if kind < SLIPS { slip(name, kind, at).0 } else { name.to_owned() };
            if is_query { query.push(given) } else { body.push(given) }
        }
        let is_json = known.operation.body == Body::Json || known.operation.name == "login";
        if is_json {
            body.retain(|name| !name.contains('.'));
            body.sort();
            body.dedup();
        }
        let strs = |names| Vec::from_iter(<[String]>::iter(names).map(|name| &**name));
        let exchange = block_on(call(&known, &strs(&query), &strs(&body)));
        let request = &exchange.request;
        for (listed, others, mut came) in [
            (&request.query, request.other_query, query),
            (&request.fields, request.other_fields, body),
        ] {
            // A body that the call has no use for is not read.
            if request.body_bytes == 0 && listed.is_empty() && others == 0 {
                continue;
            }
            prop_assert_eq!(listed.len() + others, came.len());
            for name in listed {
                let at = came.iter().position(|one| one == name);
                prop_assert!(at.is_some(), "{} did not come", name);
                came.remove(at.unwrap());
            }
        }
    }
}
