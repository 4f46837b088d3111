//! A part of a reply that comes in two shapes.

use cards_model::ListOrObject;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

#[derive(Debug, Deserialize, Serialize)]
struct Card {
    id: String,
    #[serde(default)]
    balance: Option<Box<RawValue>>,
}

#[derive(Debug, Deserialize, Serialize)]
struct Cards {
    cards: Vec<Card>,
    #[serde(default)]
    count: u32,
}

impl AsRef<[Card]> for Cards {
    fn as_ref(&self) -> &[Card] {
        &self.cards
    }
}

type Reply = ListOrObject<Card, Cards>;

fn read(text: &str) -> Result<Reply, serde_json::Error> {
    serde_json::from_str(text)
}

#[test]
fn each_shape_is_read_and_written_as_it_came() {
    for text in [
        r#"[{"id":"1","balance":1.10},{"id":"2","balance":null}]"#,
        r#"{"cards":[{"id":"1","balance":1.10},{"id":"2","balance":null}],"count":2}"#,
    ] {
        let reply = read(text).unwrap();
        let ids: Vec<_> = reply.items().iter().map(|card| &*card.id).collect();
        assert_eq!(ids, ["1", "2"]);
        let balance = reply.items()[0].balance.as_ref().unwrap();
        assert_eq!(balance.get(), "1.10", "a float would lose the zero");
        assert_eq!(serde_json::to_string(&reply).unwrap(), text);
    }
    assert!(matches!(read("[]"), Ok(ListOrObject::List(list)) if list.is_empty()));
    let known = read(r#"{"unknown":[],"cards":[]}"#);
    assert!(matches!(
        known,
        Ok(ListOrObject::Object(Cards { count: 0, .. }))
    ));
}

/// The error of a broken part is that part's own, and has its place.
#[test]
fn what_is_neither_is_refused_where_it_is_broken() {
    for (text, wrong, column) in [
        ("7", "a list or an object", 1),
        ("null", "a list or an object", 4),
        ("\"[]\"", "a list or an object", 4),
        (r#"[{"id":"1"},{}]"#, "missing field `id`", 14),
        (r#"[{"id":"1"},2]"#, "struct Card", 13),
        (r#"{"cards":[{}]}"#, "missing field `id`", 12),
        (r#"{"items":[]}"#, "missing field `cards`", 12),
    ] {
        let error = read(text).unwrap_err();
        assert!(error.to_string().contains(wrong), "{text}: {error}");
        assert_eq!((error.line(), error.column()), (1, column), "{text}");
    }
}
