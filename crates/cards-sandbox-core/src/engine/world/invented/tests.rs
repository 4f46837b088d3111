use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;

use super::*;

#[test]
fn what_somebody_has_is_drawn_again() {
    let draws = std::cell::Cell::new(0);
    let draw = || {
        draws.set(draws.get() + 1);
        draws.get()
    };
    let found = free(0, draw, |drawn| Ok::<_, WorldError>(*drawn < 3));
    assert_eq!(found.unwrap(), 3);
}

/// Beyond the range the search does not begin anew for each number.
#[test]
fn free_numbers_are_looked_for_once() {
    let (taken, looks) = (RefCell::new(BTreeSet::from([3, 900])), Cell::new(0));
    let is_taken = |number: i64| {
        looks.set(looks.get() + 1);
        Ok(taken.borrow().contains(&number))
    };
    let free = Free::default();
    for _ in 0..898 {
        let number = next_number("id", 900, 1..=900, &free, is_taken).unwrap();
        assert!(taken.borrow_mut().insert(number), "{number} is taken");
    }
    assert!(looks.get() <= 2 * 900, "{} looks", looks.get());
    let none = next_number("id", 900, 1..=900, &free, is_taken).unwrap_err();
    let WorldError::Field(none) = none else {
        panic!("{none:?}");
    };
    assert_eq!(none.to_string(), "id: every number is given out");
    // Within the range it is the next one, and nothing is looked at.
    looks.set(0);
    let next = next_number("id", 7, 1..=900, &free, is_taken);
    assert_eq!((next.unwrap(), looks.get()), (8, 0));
}

#[test]
fn a_card_number_is_found_in_a_text() {
    for text in [
        "4111111111111111",
        "4111 1111-1111 1111",
        "to 4111111111111111, please",
    ] {
        let wrong = no_card_number("note", text).unwrap_err();
        assert_eq!(
            wrong.to_string(),
            "note: a card number does not belong here"
        );
    }
    for text in [
        "",
        "4111111111111112",
        "411111111111",
        "+359 888333333",
        "é 1 -",
    ] {
        assert_eq!(no_card_number("note", text), Ok(()), "{text}");
    }
}

#[test]
fn fingerprints_as_text() {
    let bytes: [u8; 32] = std::array::from_fn(|at| at as u8 * 8);
    assert_eq!(fingerprint_from("key", Some(&hex(&bytes))), Ok(Some(bytes)));
    assert_eq!(fingerprint_from("key", None), Ok(None));
    for text in [
        "",
        "00",
        &"0g".repeat(32),
        &"+1".repeat(32),
        &"é".repeat(32),
    ] {
        assert!(fingerprint_from("key", Some(text)).is_err(), "{text}");
    }
}
