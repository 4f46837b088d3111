//! Checks how a body is held that comes in pieces of any size.

use cards_model::{Effect, Method, Request as _, rule};
use proptest::prelude::*;

use super::*;
use crate::acme::ACME;

fn seen(limit: usize, body: &[u8], sizes: &[usize]) -> Seen {
    let mut seen = Seen {
        limit,
        ..Seen::default()
    };
    let (mut rest, mut sizes) = (body, sizes.iter().cycle());
    while !rest.is_empty() {
        let size = sizes.next().copied().unwrap_or(1).clamp(1, rest.len());
        seen.add(&rest[..size]);
        rest = &rest[size..];
    }
    seen
}

#[test]
fn a_body_in_chunks_of_a_byte_is_held_as_a_whole_one_is() {
    let body = vec![7; 3 * PIECE + 1];
    for sizes in [&[1][..], &[1, 1024], &[PIECE + 1], &[body.len()]] {
        let seen = seen(body.len(), &body, sizes);
        assert_eq!(seen.pieces.len(), 4, "{sizes:?}");
        let held: usize = seen.pieces.iter().map(Vec::capacity).sum();
        assert!(held <= body.len() + PIECE, "{sizes:?}: {held}");
    }
    let seen = seen(body.len() - 1, &body, &[1]);
    assert_eq!((seen.pieces.len(), seen.bytes), (0, body.len() as u64));
}

proptest! {
    #[test]
    fn a_body_is_what_came(
        length in 0_usize..400_000,
        sizes in proptest::collection::vec(1_usize..100_000, 1..9),
    ) {
        let body: Vec<_> = (0..length).map(|at| (at % 251) as u8).collect();
        let seen = seen(body.len(), &body, &sizes);
        prop_assert!(seen.pieces.len() <= body.len() / PIECE + 1);
        prop_assert_eq!(seen.pieces.concat(), body);
    }
}

cards_model::request! {
    operation: Operation::new(ACME, "name-card", Method::Put, "/acme/name", Effect::Mutation, "Acme"),
    body: json,
    /// Asks to name a card.
    pub struct NameCard {
        /// The name: 1 to 8 letters.
        #[validate(length(max = 8), custom(function = rule::required))]
        "name" in "Body, name" => pub name: String,
    }
    /// Names the card.
    fn new(name: String);
}

/// A remark on a repeated field counts every time that it came, the first one too.
#[test]
fn a_field_that_came_again_is_told_with_how_often_it_came() {
    let names = Names {
        all: vec![(Part::Body, "name")],
        has_caseless_query: false,
        takes_first_of_query: false,
        is_known: true,
    };
    let told = |found: Found| {
        let remarks = repeated(Part::Body, &found, Some(NameCard::OPERATION), &names);
        remarks.map(|remark| remark.text).collect::<Vec<_>>()
    };
    let json = |body: &str| {
        let parts = vec![Bytes::from(body.to_owned())];
        Found::of_body(&HeaderMap::new(), Some("application/json"), parts)
    };
    let times = |count| {
        [format!(
            "`name` came {count} times in the body: the last counts"
        )]
    };
    assert_eq!(
        told(json(r#"{"name": "a", "other": 1, "other": 2}"#)),
        [""; 0]
    );
    assert_eq!(told(json(r#"{"name": "a", "name": "b"}"#)), times(2));
    assert_eq!(told(json(r#"{"name": 1, "name": 2, "name": 3}"#)), times(3));
    assert_eq!(told(Found::of_pairs(b"name=a&other=b&name=c")), times(2));
}
