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
