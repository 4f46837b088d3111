//! Checks how names are told apart.

use proptest::prelude::*;

use super::Difference::{
    Brackets, Case, Nesting, Quotes, Separators, Space, Spelling, Synonym, Words,
};
use super::*;

const NAMES: [&str; 9] = [
    "entity_id",
    "status",
    "city",
    "type",
    "otp",
    "cardType",
    "deliveryAddress.city",
    "deliveryAddress",
    "mobile_no",
];

#[test]
fn each_slip_leads_to_the_documented_name() {
    for (given, documented, differences) in [
        ("City", "city", &[Case][..]),
        ("CITY", "city", &[Case]),
        ("status[]", "status", &[Brackets]),
        ("city[]", "city", &[Brackets]),
        ("city[0]", "city", &[Brackets]),
        ("City[0]", "city", &[Case, Brackets]),
        ("Status[a][b]", "status", &[Case, Brackets]),
        (" city", "city", &[Space]),
        ("\u{feff}city", "city", &[Space]),
        ("\"city\"", "city", &[Quotes]),
        ("' city'", "city", &[Space, Quotes]),
        ("entityId", "entity_id", &[Separators]),
        ("entity-id", "entity_id", &[Separators]),
        ("entity id", "entity_id", &[Separators]),
        ("EntityID", "entity_id", &[Separators]),
        ("card_type", "cardType", &[Separators]),
        ("user[city]", "city", &[Nesting]),
        ("user[0][city]", "city", &[Nesting]),
        ("user.city", "city", &[Nesting]),
        ("user.City", "city", &[Case, Nesting]),
        ("user.city[0]", "city", &[Brackets, Nesting]),
        ("state", "status", &[Synonym]),
        ("phone", "mobile_no", &[Synonym]),
        ("town", "city", &[Synonym]),
        ("customer_status", "status", &[Words]),
        ("ctiy", "city", &[Spelling]),
        ("stauts", "status", &[Spelling]),
        ("opt", "otp", &[Spelling]),
        ("entity_i", "entity_id", &[Spelling]),
        ("city", "city", &[]),
    ] {
        let found = nearest(given, NAMES);
        assert_eq!(found, Some((documented, differences.to_vec())), "{given}");
    }
}

#[test]
fn what_is_far_is_nobodys_slip() {
    for far in [
        "",
        "[]",
        "_",
        "utm_source",
        "4622940000003713",
        "canary",
        "x",
        "é",
        "asha",
        &"city".repeat(100),
        "<script>alert(1)</script>",
    ] {
        assert_eq!(nearest(far, NAMES), None, "{far}");
    }
}

#[test]
fn a_word_of_two_letters_is_nothing_in_common() {
    assert_eq!(nearest("order_id", ["id", "no"]), None);
}

proptest! {
    /// Any text is compared without a panic, and the name that is found is a documented one.
    #[test]
    fn any_text_is_compared(given in "\\PC{0,120}|[a-zA-Z_.\\[\\]\" -]{0,40}") {
        if let Some((name, _)) = nearest(&given, NAMES) {
            prop_assert!(NAMES.contains(&name));
        }
    }

    /// A letter lost, doubled or swapped is still that name, or another documented one as near.
    #[test]
    fn a_slip_of_a_letter_is_near(at in 0..NAMES.len(), place in 0_usize..16, kind in 0..3) {
        let name = NAMES[at];
        let mut letters: Vec<char> = name.chars().collect();
        let place = place % letters.len();
        match kind {
            0 => letters.insert(place, letters[place]),
            1 if place + 1 < letters.len() => letters.swap(place, place + 1),
            _ => drop(letters.remove(place)),
        }
        let slip: String = letters.into_iter().collect();
        prop_assert!(nearest(&slip, NAMES).is_some(), "{}", slip);
    }
}
