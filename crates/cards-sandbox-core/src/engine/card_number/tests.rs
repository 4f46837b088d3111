//! Checks what is taken for a card number, and what is left of one.

use super::*;

#[test]
fn test_cards_and_others() {
    assert!(is_test_card("4111111111111111"));
    assert!(is_test_card("462294XXXXXX3713"));
    assert!(is_test_card("4111111111116") && is_test_card("4111111111111111117"));
    for other in [
        "",
        "46229",
        "4929000000000006",
        "éééééééé",
        "411111111111",
        "41111111111111111178",
        "411111-1111111111",
    ] {
        assert!(!is_test_card(other), "{other}");
    }
}

#[test]
fn a_text_keeps_all_but_card_numbers() {
    for text in [
        "",
        "100000001200",
        "12 MG Road",
        "é 1 é",
        " - 1 -",
        "1000 0000 1200",
        "221-12 MG Road 682-001",
        "411111  111111--1112",
    ] {
        assert_eq!(masked(text), text);
    }
    assert_eq!(masked("4111111111111111"), "411111******1111");
    assert_eq!(masked("é4111111111111111, 7é"), "é411111******1111, 7é");
}

#[test]
fn a_card_number_in_groups_is_one_too() {
    for number in [
        "4111 1111 1111 1111",
        "4111-1111-1111-1111",
        "4111-1111 11111111",
        "4-1-1-1-1-1-1-1-1-1-1-1-1-1-1-1",
    ] {
        assert_eq!(masked(number), "411111******1111");
        assert_eq!(
            masked(&format!("é- {number} -é, 7 {number}-")),
            "é- 411111******1111 -é, 741111******1111-"
        );
    }
    assert_eq!(masked("4111 1111 1111 1"), "411111******1111");
}

#[test]
fn stars_hide_a_card_number_in_its_place() {
    for (text, kept) in [
        ("", ""),
        ("4111111111111112, no card", "4111111111111112, no card"),
        ("é 4111111111111111 é", "é 411111******1111 é"),
        (
            "4111 1111-1111 1111x5555555555554444",
            "4111 11**-**** 1111x555555******4444",
        ),
        ("4111-1111-11119", "4111-11**-*1119"),
        // A published one needs no end of a group.
        ("74111111111111111 9", "7411111******1111 9"),
        ("41111111111111111230123", "411111******11111230123"),
        ("4111111111111111 12345", "411111******1111 12345"),
    ] {
        assert_eq!(starred(text), kept);
        assert!(!is_in(kept));
        assert_eq!(is_in(text), text != kept);
    }
}

#[test]
fn any_card_number_is_hidden_that_begins_and_ends_with_a_group() {
    let check = check_digit("9999000000000000");
    let text = format!("7 3-9999 0000 0000 0000 {check}");
    assert_eq!(starred(&text), format!("7 3-9999 00** **** *000 {check}"));
    // It begins within a group.
    let other = format!("19999000000000000{check}");
    assert_eq!(starred(&other), other);
}

/// Each card number here is one only by the stars of the one before it.
#[test]
fn stars_that_follow_from_stars_are_found_at_the_ends() {
    let mut digits = "1".repeat(64 * 1024 / 8 * 7);
    let mut start = 0;
    let mut end = 14;
    while end <= digits.len() {
        let check = check_digit(&digits[start..end - 1]).to_string();
        digits.replace_range(end - 1..end, &check);
        (start, end) = (end - 4, end + 14);
    }
    let groups: Vec<_> = digits
        .as_bytes()
        .chunks(7)
        .map(String::from_utf8_lossy)
        .collect();
    let text = groups.join(" ");
    let kept = starred(&text);
    assert!(!is_in(&kept));
    assert!(kept.matches('*').count() > digits.len() / 4);
    for part in [0..digits.len(), 5..20, 5..18, 5..17, 5..6] {
        let some = at_ends(&part);
        let is_at_end = |one: &Range<usize>| one.start == part.start || one.end == part.end;
        let all: Vec<_> = windows(&part).filter(is_at_end).collect();
        assert_eq!(some, all);
        assert!(some.len() <= 14);
    }
}

#[test]
fn a_uuid_has_its_hyphens() {
    let uuid = "41111111-1111-1111-8378-8aa18b15698A";
    assert!(is_uuid(uuid));
    for other in [
        "",
        "41111111111111118378-8aa18b15698a",
        "{41111111-1111-1111-8378-8aa18b15698a}",
        "4111-11111111-1111-8378-8aa18b15698a",
        "g1111111-1111-1111-8378-8aa18b15698a",
    ] {
        assert!(!is_uuid(other), "{other}");
    }
    assert!(!is_uuid(&uuid.replace('-', "")));
}

/// The separators that people put between the groups of a number, beside a space and a hyphen.
const GAPS: [&str; 22] = [
    "  ",
    "   ",
    "\t",
    "\n",
    "\r\n",
    "\u{a0}",
    "\u{2009}",
    "\u{202f}",
    "\u{3000}",
    "\u{2010}",
    "\u{2011}",
    "\u{2013}",
    " \u{2013} ",
    "\u{2212}",
    ".",
    "\u{b7}",
    "/",
    " / ",
    "_",
    "\u{200b}",
    "\u{feff}",
    "--",
];

/// Gives a number in the digits of a script by its zero.
fn in_script(number: &str, zero: char) -> String {
    let digit = |digit: char| {
        let value = digit.to_digit(10)?;
        char::from_u32(u32::from(zero) + value)
    };
    number
        .chars()
        .map(|sign| digit(sign).unwrap_or(sign))
        .collect()
}

#[test]
fn a_card_number_is_hidden_whatever_stands_between_its_groups() {
    for gap in GAPS {
        for groups in [
            &["4111", "1111", "1111", "1111"][..],
            &["5555", "5555", "5555", "4444"],
            &["3782", "822463", "10005"],
            &["4111", "1111", "1111", "1"],
        ] {
            let (last, payload) = groups.split_last().unwrap();
            let payload = payload.concat() + &last[..last.len() - 1];
            let last = format!("{}{}", &last[..last.len() - 1], check_digit(&payload));
            let mut groups = groups.to_vec();
            *groups.last_mut().unwrap() = &last;
            let text = format!("12/26 {} x7", groups.join(gap));
            assert!(is_in(&text), "{text:?}");
            for kept in [starred(&text), masked(&text)] {
                assert!(!is_in(&kept), "{text:?}: {kept:?}");
                assert!(kept.matches('*').count() >= 3, "{text:?}: {kept:?}");
                assert_eq!(masked(&kept), kept);
            }
            let far = format!("12/26 {} x7", groups.join(&format!("{gap}////")));
            assert_eq!(starred(&far), far);
        }
    }
    assert_eq!(starred("4111.1111.1111.1111"), "4111.11**.****.1111");
    assert_eq!(
        masked("4111\u{2011}1111\u{2011}1111\u{2011}1111"),
        "4111\u{2011}11**\u{2011}****\u{2011}1111"
    );
}

#[test]
fn a_card_number_is_hidden_in_the_digits_of_any_script() {
    for zero in [
        '\u{660}', '\u{6f0}', '\u{966}', '\u{9e6}', '\u{e50}', '\u{ff10}',
    ] {
        for number in [
            "4111111111111111",
            "4111 1111-1111 1111",
            "4111.1111.1111.1111",
        ] {
            let text = format!("a {} b", in_script(number, zero));
            assert!(is_in(&text), "{text}");
            let kept = starred(&text);
            assert!(
                !is_in(&kept) && kept.matches('*').count() == 6,
                "{text}: {kept}"
            );
            assert_eq!(kept.chars().count(), text.chars().count());
            assert!(!is_in(&masked(&text)), "{text}");
        }
        assert_eq!(
            masked(&in_script("4111111111111111", zero)),
            "411111******1111"
        );
    }
}

#[test]
fn dates_addresses_amounts_and_telephone_numbers_stay() {
    for text in [
        "2026-11-30T10:15:30.123456Z",
        "30.11.2026 30.12.2026",
        "2026/11/30 2027/11/30",
        "10.15.30 / 30.11.2026",
        "192.168.100.200",
        "192.168.100.200/24 - 192.168.100.254",
        "10.0.0.1, 10.0.0.2 . 10.0.0.3",
        "1.234.567.890.123,45",
        "1\u{a0}234\u{a0}567\u{a0}890\u{a0}123",
        "+1.555.123.4567 / 555.987.6543",
        "+49 (0)170 / 123.45.67.890",
        "12/26 123",
        "v1.22.333 / 1.2.3 / 4.5.6",
    ] {
        assert_eq!(starred(text), text);
        assert_eq!(masked(text), text);
    }
}

proptest::proptest! {
    /// Card numbers in any groups, with any digits and signs before and after.
    #[test]
    fn stars_hide_a_card_number_whatever_stands_beside_it(
        payload in "[0-9]{12,18}",
        groups in proptest::collection::vec(0_usize..3, 19),
        before in "([0-9]{0,20}[ -])?|[a-zé ]{0,3}",
        after in "([ -][0-9]{0,20})?|[a-zé ]{0,3}",
    ) {
        let card = format!("{payload}{}", check_digit(&payload));
        let grouped: String = card
            .chars()
            .zip(&groups)
            .flat_map(|(digit, group)| {
                let sign = [None, Some(' '), Some('-')][*group];
                std::iter::once(digit).chain(sign)
            })
            .collect();
        let grouped = grouped.trim_end_matches([' ', '-']);
        let text = format!("{before}{grouped}{after}");
        proptest::prop_assert!(is_in(&text), "{text}");
        let kept = starred(&text);
        proptest::prop_assert!(!is_in(&kept), "{text}: {kept}");
        proptest::prop_assert!(!kept.contains(grouped), "{text}: {kept}");
        proptest::prop_assert_eq!(kept.chars().count(), text.chars().count());
        proptest::prop_assert_eq!(&starred(&kept), &kept);
    }

    /// Dates, times, amounts, addresses of machines and numbers of telephones, one behind the other.
    #[test]
    fn short_groups_are_no_card_number(
        groups in proptest::collection::vec(
            ("[1-9][0-9]{0,2}", proptest::sample::select(&GAPS[..])), 1..12,
        ),
    ) {
        let text: String = groups.iter().map(|(group, gap)| format!("{group}{gap}")).collect();
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        let is_published = TEST_BINS.iter().any(|bin| digits.contains(bin));
        proptest::prop_assert!(is_published || starred(&text) == text, "{text}");
        proptest::prop_assert!(is_published || masked(&text) == text, "{text}");
    }

    /// Card numbers in groups of four and more, with anything between them.
    #[test]
    fn a_card_number_in_long_groups_is_hidden(
        payload in "[0-9]{12,18}",
        gaps in proptest::collection::vec(proptest::sample::select(&GAPS[..]), 5),
        zero in proptest::sample::select(&['0', '\u{660}', '\u{966}', '\u{ff10}'][..]),
        around in ("[0-9./ ]{0,9}", "[0-9./ ]{0,9}"),
    ) {
        let card = format!("{payload}{}", check_digit(&payload));
        let groups = card.as_bytes().chunks(4).map(String::from_utf8_lossy);
        let grouped: String = groups.zip(std::iter::once("").chain(gaps))
            .map(|(group, gap)| format!("{gap}{group}"))
            .collect();
        let (before, after) = around;
        let text = in_script(&format!("{before}\u{a0}{grouped}\u{a0}{after}"), zero);
        proptest::prop_assert!(is_in(&text), "{text}");
        for kept in [starred(&text), masked(&text)] {
            proptest::prop_assert!(!is_in(&kept), "{text}: {kept}");
            proptest::prop_assert_eq!(&masked(&kept), &kept);
        }
    }

    /// A text without a card number stays, and what is done to one changes nothing but digits.
    #[test]
    fn stars_replace_digits_only(text in "[0-9é -]{0,60}") {
        let kept = starred(&text);
        for (was, is) in text.chars().zip(kept.chars()) {
            proptest::prop_assert!(was == is || was.is_ascii_digit() && is == '*');
        }
        proptest::prop_assert_eq!(text == kept, !is_in(&text));
    }
}

#[test]
fn the_check_digit_tells_a_card_number_from_others() {
    for number in ["4111111111111111", "5555555555554444"] {
        let (payload, check) = number.split_at(number.len() - 1);
        assert_eq!(check_digit(payload).to_string(), check);
        assert!(is_in(number));
        for wrong in (0..10).map(|digit| format!("{payload}{digit}")) {
            assert_eq!(is_in(&wrong), wrong == number, "{wrong}");
        }
    }
    // Zeros have the right one at any length.
    for length in 1..30 {
        let zeros = "0".repeat(length);
        assert_eq!(is_in(&zeros), (13..=19).contains(&length), "{length}");
    }
}
