//! Checks that what is noted of a body is bounded, and is what came.

use axum::http::HeaderValue;
use axum::http::header::CONTENT_TYPE;
use proptest::prelude::*;

use super::*;

/// The bytes of all paths that are noted.
fn noted(found: &Found) -> usize {
    found.names.iter().map(|name| name.path.len()).sum()
}

fn of(media_type: &str, body: &str) -> Found {
    let value = HeaderValue::try_from(format!("{media_type}; boundary=b")).unwrap();
    let headers = HeaderMap::from_iter([(CONTENT_TYPE, value)]);
    let body = Bytes::copy_from_slice(body.as_bytes());
    Found::of_body(&headers, Some(media_type), vec![body])
}

/// An object of one member, whose name has so many bytes, around so many members.
fn below(name: usize, members: usize) -> String {
    let members = vec![r#""":1"#; members].join(",");
    format!("{{\"{}\":{{{members}}}}}", "a".repeat(name))
}

#[test]
fn the_paths_of_no_body_are_much_longer_than_it() {
    let json = JSON[0];
    let flat = |members: usize| format!("{{{}\"a\":1}}", "\"a\":1,".repeat(members - 1));
    let objects = |count: usize| format!("{{\"a\":[{}{{}}]}}", r#"{"b":1},"#.repeat(count));
    let nested = format!("{}1{}", r#"{"aaaa":"#.repeat(100), "}".repeat(100));
    let part = "--b\r\ncontent-disposition: form-data; name=\"a\"\r\n\r\n\r\n";
    for (media_type, body, names) in [
        (json, below(500_000, 100_000), 100_001),
        (json, below(32_000, 6_700), 6_701),
        (json, below(255, 100_000), 100_001),
        (json, below(254, 100_000), 100_001),
        (json, flat(1_500_000), 1_500_000),
        (json, objects(100_000), 100_001),
        (json, nested, 100),
        (FORM, "a&".repeat(2_000_000), 2_000_000),
        (FORM, format!("{}=1", "a".repeat(500_000)), 1),
        (MULTIPART, format!("{}--b--\r\n", part.repeat(64)), 64),
        (MULTIPART, format!("{}--b--\r\n", part.repeat(65)), 0),
    ] {
        let found = of(media_type, &body);
        let bytes = body.len();
        // Of a small body the paths may be longer than it, as far as so many may be at all.
        let most = (4 * bytes).max(MOST * LONGEST_PATH / 4);
        assert!(noted(&found) < most, "{media_type} of {bytes}");
        assert!(found.names.len() <= MOST);
        assert_eq!(
            found.names.len() + found.others,
            names,
            "{media_type} of {bytes}"
        );
    }
}

#[test]
fn a_member_behind_the_longest_path_is_counted_and_those_beside_it_are_noted() {
    let long = "a".repeat(LONGEST_PATH);
    let body = format!(r#"{{"a":{{"{long}":{{"c":1}},"b":2}},"{long}":[{{"d":1}}],"e":3}}"#);
    let found = of(JSON[0], &body);
    let names: Vec<_> = found.names.iter().map(|name| &*name.path).collect();
    assert_eq!((&names[..], found.others), (&["a", "a.b", "e"][..], 4));
}

/// A value of JSON, and the paths of its members below one.
#[derive(Clone, Debug)]
enum Json {
    Number,
    List(Vec<Json>),
    Object(Vec<(String, Json)>),
}

impl Json {
    fn text(&self) -> String {
        let all: Vec<_> = match self {
            Self::Number => return "1".to_owned(),
            Self::List(items) => items.iter().map(Self::text).collect(),
            Self::Object(members) => {
                let text = |(name, value): &(String, Self)| format!("\"{name}\":{}", value.text());
                members.iter().map(text).collect()
            }
        };
        match self {
            Self::List(_) => format!("[{}]", all.join(",")),
            _ => format!("{{{}}}", all.join(",")),
        }
    }

    fn paths(&self, outer: &str, all: &mut Vec<(String, bool)>) {
        match self {
            Self::Number => {}
            Self::List(items) => items.iter().for_each(|item| item.paths(outer, all)),
            Self::Object(members) => {
                for (at, (name, value)) in members.iter().enumerate() {
                    let is_again = members[..at].iter().any(|(before, _)| before == name);
                    let path = match outer {
                        "" => name.clone(),
                        outer => format!("{outer}.{name}"),
                    };
                    all.push((path.clone(), is_again));
                    value.paths(&path, all);
                }
            }
        }
    }
}

fn object() -> impl Strategy<Value = Json> {
    let members = |value| proptest::collection::vec(("[a-c]{1,2}", value), 0..5);
    let value = Just(Json::Number).prop_recursive(4, 60, 5, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Json::List),
            members(inner.boxed()).prop_map(Json::Object),
        ]
    });
    members(value.boxed()).prop_map(Json::Object)
}

proptest! {
    #[test]
    fn the_names_of_an_object_are_those_of_its_members(object in object()) {
        let mut expected = Vec::new();
        object.paths("", &mut expected);
        let found = of(JSON[0], &object.text());
        let names: Vec<_> = found.names.into_iter().map(|name| (name.path, name.is_again)).collect();
        prop_assert_eq!(names, expected);
        prop_assert_eq!(found.others, 0);
    }
}
