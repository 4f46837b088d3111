use cards_model::Request;
use cards_model::airpay::UpdateCustomer;

use super::*;

const FIELDS: [(&str, &str); 6] = [
    ("zip", "5"),
    ("country", "1"),
    ("email", "2"),
    ("city", "3"),
    ("entity_id", "4"),
    ("zip", "6"),
];

fn compared(given: &str) -> Option<Comparison> {
    compare(
        UpdateCustomer::OPERATION,
        Recipe::RECEIVED,
        &FIELDS,
        b"test",
        given,
        Beside::default(),
    )
}

#[test]
fn the_sequence_that_matches_is_marked_and_unknown_names_are_not_repeated() {
    let sum = cards_sign::checksum(["4", "2", "1", "3", "5", "6"], b"test").to_string();
    let comparison = compared(&sum).unwrap();
    assert!(comparison.mistake.is_none());
    let shown: Vec<_> = comparison
        .sequences
        .iter()
        .map(|one| (&one.orders[..], one.fields.join(" "), one.matches))
        .collect();
    use ChecksumOrder::{Example, Received, Sorted, Table};
    assert_eq!(
        shown,
        [
            (
                &[Received][..],
                "field 1 country email city entity_id field 6".into(),
                false
            ),
            (
                &[Table],
                "entity_id email country city field 1 field 6".into(),
                true
            ),
            (
                &[Example],
                "entity_id email city country field 1 field 6".into(),
                false
            ),
            (
                &[Sorted],
                "city country email entity_id field 1 field 6".into(),
                false
            ),
        ]
    );
}

#[test]
fn a_mistake_is_told_with_the_order_that_it_was_made_in() {
    let sum = cards_sign::checksum(["5", "1", "2", "3", "4", "6"], b"test").to_string();
    assert!(compared(&sum).is_none());
    let sum = cards_sign::checksum(["3", "1", "2", "4", "5", "6"], b"").to_string();
    let comparison = compared(&sum).unwrap();
    assert_eq!(comparison.mistake.as_deref(), Some("without the secret"));
    let matching = comparison.sequences.iter().filter(|one| one.matches);
    let orders: Vec<_> = matching.flat_map(|one| one.orders.iter()).collect();
    assert_eq!(orders, [&ChecksumOrder::Sorted]);
    let nothing = compared("0").unwrap().sequences;
    assert!(nothing.iter().all(|one| !one.matches));
}

#[test]
fn an_order_that_is_no_setting_has_a_row_of_its_own() {
    for (values, words, fields) in [
        (
            ["1", "2", "3", "4", "5", "6"],
            "the order of the values themselves",
            "country email city entity_id field 1 field 6",
        ),
        (
            ["6", "5", "4", "3", "2", "1"],
            "the order of the values themselves, backwards",
            "field 6 field 1 entity_id city email country",
        ),
        (
            ["6", "4", "3", "2", "1", "5"],
            "the order received, backwards",
            "field 6 entity_id city email country field 1",
        ),
        (
            ["6", "5", "3", "1", "2", "4"],
            "the order of the parameter table, backwards",
            "field 6 field 1 city country email entity_id",
        ),
        (
            ["6", "5", "1", "3", "2", "4"],
            "the order of the request example, backwards",
            "field 6 field 1 country city email entity_id",
        ),
        (
            ["6", "5", "4", "2", "1", "3"],
            "the order of their names, backwards",
            "field 6 field 1 entity_id email country city",
        ),
    ] {
        let sum = cards_sign::checksum(values, b"test").to_string();
        let sequences = compared(&sum).unwrap().sequences;
        assert_eq!(sequences.len(), 5, "{words}");
        let matching: Vec<_> = sequences.iter().filter(|one| one.matches).collect();
        let [made] = &*matching else {
            panic!("{words}: {matching:?}");
        };
        assert!(made.orders.is_empty());
        assert_eq!(made.other.as_deref(), Some(words));
        assert_eq!(made.fields.join(" "), fields, "{words}");
    }
}

#[test]
fn a_recipe_is_what_the_checksum_is_compared_with() {
    let recipe: Recipe = "table,joint=-".parse().unwrap();
    let compared = |given: &str| {
        let beside = Beside::default();
        compare(
            UpdateCustomer::OPERATION,
            recipe,
            &FIELDS,
            b"test",
            given,
            beside,
        )
    };
    let right = cards_sign::checksum(["4-2-1-3-5-6"], b"test").to_string();
    assert!(compared(&right).is_none());
    let plain = cards_sign::checksum(["421356"], b"test").to_string();
    assert!(compared(&plain).unwrap().sequences[1].matches);
    assert_eq!(
        set_to(recipe).as_deref(),
        Some("the recipe `table,joint=-`")
    );
    assert_eq!(set_to(Recipe::RECEIVED), None);
}

#[test]
fn a_large_body_has_no_sequences() {
    let fields = vec![("city", "x"); cards_sign::MAX_FIELDS + 1];
    let compare = |fields| {
        let compared = compare(
            UpdateCustomer::OPERATION,
            Recipe::RECEIVED,
            fields,
            b"test",
            "0",
            Beside::default(),
        );
        compared.map(|comparison| comparison.sequences.len())
    };
    assert_eq!(compare(&fields), Some(0));
    assert_eq!(compare(&fields[1..]), Some(1), "all orders are the same");
}
