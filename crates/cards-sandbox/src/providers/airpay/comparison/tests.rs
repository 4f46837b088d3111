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

fn compared(given: &str) -> Comparison {
    compare(
        UpdateCustomer::OPERATION,
        &FIELDS,
        b"test",
        given,
        Beside::default(),
    )
}

#[test]
fn the_sequence_that_matches_is_marked_and_unknown_names_are_not_repeated() {
    let sum = cards_sign::checksum(["4", "2", "1", "3", "5", "6"], b"test").to_string();
    let comparison = compared(&sum);
    assert!(!comparison.is_right && comparison.mistake.is_none());
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
    assert!(compared(&sum).is_right);
    let sum = cards_sign::checksum(["3", "1", "2", "4", "5", "6"], b"").to_string();
    let comparison = compared(&sum);
    assert_eq!(comparison.mistake.as_deref(), Some("without the secret"));
    let matching = comparison.sequences.iter().filter(|one| one.matches);
    let orders: Vec<_> = matching.flat_map(|one| one.orders.iter()).collect();
    assert_eq!(orders, [&ChecksumOrder::Sorted]);
    assert!(compared("0").sequences.iter().all(|one| !one.matches));
}

#[test]
fn a_large_body_has_no_sequences() {
    let fields = vec![("city", "x"); cards_sign::MAX_FIELDS + 1];
    let compare = |fields| {
        compare(
            UpdateCustomer::OPERATION,
            fields,
            b"test",
            "0",
            Beside::default(),
        )
        .sequences
        .len()
    };
    assert_eq!(compare(&fields), 0);
    assert_eq!(compare(&fields[1..]), 1, "all orders are the same");
}
