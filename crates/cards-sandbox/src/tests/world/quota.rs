//! Checks how much a world file may hold.

use crate::World;

/// A world of so many customers each, the last of them with cards.
fn world(airpay: usize, ibanera: usize, cards: usize) -> Result<(), String> {
    let list = |count: usize| vec!["{}"; count].join(",");
    let text = format!(
        r#"{{"airpay":{{"customers":[{}]}},"ibanera":{{"customers":[{}]}},
            "paysafe":{{"customers":[{{"cards":[{}]}}]}}}}"#,
        list(airpay),
        list(ibanera),
        list(cards)
    );
    let read = World::from_json(&text).map_err(|error| error.to_string())?;
    let counted = read.0.check_size();
    counted.map_err(|refused| format!("{refused:?}"))
}

#[test]
fn a_file_holds_so_much_and_no_more() {
    assert_eq!(world(9_000, 999, 50_000), Ok(()));
    let customers = "a world holds at most 10000 customers, of all providers";
    let cards = "a world holds at most 50000 cards, of all customers";
    for (size, field, what) in [
        ((10_001, 0, 0), "airpay.customers", customers),
        ((0, 10_001, 0), "ibanera.customers", customers),
        ((0, 0, 50_001), "paysafe.customers[0].cards", cards),
        ((10_000, 0, 0), "paysafe.customers", customers),
        ((9_000, 1_000, 0), "ibanera.customers", customers),
    ] {
        let said = world(size.0, size.1, size.2).unwrap_err();
        assert!(
            said.contains(field) && said.contains(what),
            "{size:?}: {said}"
        );
    }
}
