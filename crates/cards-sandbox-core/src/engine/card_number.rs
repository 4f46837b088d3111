//! Card numbers: which are taken, and that no whole one is kept.

use std::ops::Range;

use cards_model::Pan;

/// The fewest digits that a card number has, and the most.
const SHORTEST: usize = 13;
const LONGEST: usize = 19;

/// The digits that every published test card has.
const PUBLISHED: usize = 16;

/// The first six digits of the card numbers that can be registered. Nobody's
/// card belongs in a sandbox, and numbers outside these ranges could be one.
#[rustfmt::skip]
pub const TEST_BINS: &[&str] = &[
    // The document of one provider: 462294XXXXXX3713.
    "462294",
    // Visa, as published for testing by Stripe, PayPal, Cybersource,
    // Braintree, Worldpay and Cashfree: 4242424242424242, 4000000000000002,
    // 4000056655665556, 4111111111111111, 4012888888881881, 4005519200000004,
    // 4009348888881881, 4012000033330026, 4500600000000061, 4444333322221111,
    // 4917610000000000, 4462030000000000, 4706131211212123.
    "424242", "400000", "400005", "411111", "401288", "400551",
    "400934", "401200", "450060", "444433",
    "491761", "446203", "470613",
    // Mastercard, by the same: 5555555555554444, 5105105105105100,
    // 5200828282828210, 2223003122003222, 2223000048400011, 5424000000000015,
    // 5424180279791732, 5454545454545454, 5500000000000004, 5111111111111118,
    // 5409162669381034.
    "555555", "510510", "520082", "222300", "542400",
    "542418", "545454", "550000", "511111",
    "540916",
    // RuPay, by Cashfree: 6074825972083818.
    "607482",
];

/// Tells whether a number is as long as a card's, and begins like a published test card. One that is
/// shorter has no first six and last four that could be kept.
pub fn is_test_card(number: &str) -> bool {
    let number = Pan::new(number);
    number.bin().is_some_and(|bin| TEST_BINS.contains(&bin))
}

/// A text as it is kept: a run of digits as long as a card number keeps its
/// first six and last four, and so does one that is written in groups. A caller
/// who puts the card number into the wrong field must not find it in a file.
pub fn masked(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut done = 0;
    for run in runs(text) {
        let digits = digits(&text[run.clone()]);
        if digits.len() >= SHORTEST {
            kept.push_str(&text[done..run.start]);
            kept.push_str(&digits[..6]);
            kept.push_str("******");
            kept.push_str(&digits[digits.len() - 4..]);
            done = run.end;
        }
    }
    kept.push_str(&text[done..]);
    kept
}

/// A text of the same length in which of every card number the first six digits and
/// the last four are left, and stars in place of the others.
pub fn starred(text: &str) -> String {
    let mut bytes = text.as_bytes().to_vec();
    for at in runs(text).flat_map(|run| Digits::of(text, run).hidden()) {
        bytes[at] = b'*';
    }
    // One sign of ASCII for another.
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Tells whether a card number stands in a text, in groups or not, whatever digits stand beside it.
pub fn is_in(text: &str) -> bool {
    runs(text).any(|run| {
        let digits = Digits::of(text, run);
        let all = 0..digits.places.len();
        windows(&all).any(|window| digits.is_card(&all, &window))
    })
}

/// Tells whether a text has the form of a UUID, hyphens included. Of its digits some run together as
/// those of a card number do.
pub fn is_uuid(text: &str) -> bool {
    let is_right = |(at, byte): (usize, u8)| match at {
        8 | 13 | 18 | 23 => byte == b'-',
        _ => byte.is_ascii_hexdigit(),
    };
    text.len() == 36 && text.bytes().enumerate().all(is_right)
}

/// Holds the digits of a run.
struct Digits {
    digits: String,
    /// The place of each in the text.
    places: Vec<usize>,
}

impl Digits {
    fn of(text: &str, run: Range<usize>) -> Self {
        let is_digit = |at: &usize| text.as_bytes()[*at].is_ascii_digit();
        let places: Vec<_> = run.filter(is_digit).collect();
        let digits = places.iter().map(|&at| char::from(text.as_bytes()[at]));
        Self {
            digits: digits.collect(),
            places,
        }
    }

    /// Finds the places of the digits that stars hide.
    fn hidden(&self) -> Vec<usize> {
        let all = 0..self.places.len();
        let cards: Vec<_> = windows(&all).collect();
        let mut hidden = Vec::new();
        let mut looks = vec![(all, cards)];
        while let Some((part, mut cards)) = looks.pop() {
            cards.retain(|window| self.is_card(&part, window));
            let mut from = part.start;
            let mut left = Vec::new();
            for middle in cards.iter().map(|card| card.start + 6..card.end - 4) {
                left.push(from..middle.start);
                from = from.max(middle.end);
                hidden.extend(self.places[middle].iter().copied());
            }
            if !cards.is_empty() {
                left.push(from..part.end);
            }
            // Stars end a part, so that what is at its ends may be a card number now.
            looks.extend(left.into_iter().map(|part| (part.clone(), at_ends(&part))));
        }
        hidden
    }

    /// Tells whether a window of a part is a card number by its check digit: one that begins and ends
    /// where a group does, or a published test card. Of a long number's other windows one in ten has
    /// the right check digit.
    fn is_card(&self, part: &Range<usize>, window: &Range<usize>) -> bool {
        let is_border = |digit| digit == part.start || digit == part.end || self.is_border(digit);
        let number = &self.digits[window.clone()];
        let (payload, check) = number.split_at(number.len() - 1);
        let is_whole = is_border(window.start) && is_border(window.end);
        let is_published = || number.len() == PUBLISHED && is_test_card(number);
        (is_whole || is_published()) && check_digit(payload).to_string() == check
    }

    /// Tells whether a group begins with this digit, which is not the first.
    fn is_border(&self, digit: usize) -> bool {
        self.places[digit - 1] + 1 < self.places[digit]
    }
}

/// Lists what is as long as a card number in a part of a run's digits, by where it begins.
fn windows(part: &Range<usize>) -> impl Iterator<Item = Range<usize>> + use<> {
    let last = part.end;
    part.clone().flat_map(move |start| {
        let ends = (start + SHORTEST..=start + LONGEST).take_while(move |&end| end <= last);
        ends.map(move |end| start..end)
    })
}

/// Lists those of the [`windows`] that begin or end a part: none of the others becomes a card number
/// by the stars around it.
fn at_ends(part: &Range<usize>) -> Vec<Range<usize>> {
    let first = part.start..part.end.min(part.start + LONGEST);
    let begin = windows(&first).filter(|window| window.start == part.start);
    let last = part.end.saturating_sub(LONGEST).max(part.start + 1)..part.end;
    begin
        .chain(windows(&last).filter(|window| window.end == part.end))
        .collect()
}

/// The last digit of the card number that begins with these (ISO/IEC 7812,
/// Luhn's formula).
pub fn check_digit(payload: &str) -> u32 {
    let digits = payload.chars().rev().filter_map(|digit| digit.to_digit(10));
    let sum: u32 = digits
        .zip([2, 1].into_iter().cycle())
        .map(|(digit, weight)| digit * weight / 10 + digit * weight % 10)
        .sum();
    (10 - sum % 10) % 10
}

/// Finds the places where digits stand in a text, single spaces and hyphens
/// between them included: a number may be written in groups.
fn runs(text: &str) -> impl Iterator<Item = Range<usize>> {
    let bytes = text.as_bytes();
    let is_digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = (at..bytes.len()).find(|&at| is_digit(at))?;
        let mut end = start;
        loop {
            if is_digit(end) {
                end += 1;
            } else if matches!(bytes.get(end), Some(b' ' | b'-')) && is_digit(end + 1) {
                end += 2;
            } else {
                break;
            }
        }
        at = end;
        Some(start..end)
    })
}

fn digits(run: &str) -> String {
    run.chars().filter(char::is_ascii_digit).collect()
}

#[cfg(test)]
mod tests {
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
            "411111  111111--1111",
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
}
