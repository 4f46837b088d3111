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
    let mut kept = text.to_owned();
    loop {
        // Stars end a run, so that what they leave may be one again.
        let hidden: Vec<_> = runs(&kept)
            .flat_map(|run| {
                let digits = Digits::of(&kept, run);
                let cards = digits.cards().flat_map(|card| card.start + 6..card.end - 4);
                cards.map(|digit| digits.places[digit]).collect::<Vec<_>>()
            })
            .collect();
        if hidden.is_empty() {
            return kept;
        }
        let mut bytes = kept.into_bytes();
        for at in hidden {
            bytes[at] = b'*';
        }
        // One sign of ASCII for another.
        kept = String::from_utf8_lossy(&bytes).into_owned();
    }
}

/// Tells whether a card number stands in a text, in groups or not, whatever digits stand beside it.
pub fn is_in(text: &str) -> bool {
    runs(text).any(|run| Digits::of(text, run).cards().next().is_some())
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

    /// Finds the card numbers among the digits by their length and check digit: those that begin and
    /// end where a group does, and published test cards anywhere. Of a long number's other parts one
    /// in ten has the right check digit.
    fn cards(&self) -> impl Iterator<Item = Range<usize>> {
        let count = self.digits.len();
        let windows = (0..count).flat_map(move |start| {
            let ends = (start + SHORTEST..=start + LONGEST).take_while(move |&end| end <= count);
            ends.map(move |end| start..end)
        });
        windows.filter(|window| {
            let number = &self.digits[window.clone()];
            let (payload, check) = number.split_at(number.len() - 1);
            let is_whole = self.is_border(window.start) && self.is_border(window.end);
            let is_published = || number.len() == PUBLISHED && is_test_card(number);
            (is_whole || is_published()) && check_digit(payload).to_string() == check
        })
    }

    /// Tells whether a group begins with this digit, or the one before it ended a group.
    fn is_border(&self, digit: usize) -> bool {
        match (digit.checked_sub(1), self.places.get(digit)) {
            (Some(before), Some(&at)) => self.places[before] + 1 < at,
            (None, _) | (_, None) => true,
        }
    }
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
            // With two digits more it is a number of another length, and no card.
            ("7 3-4929 0000 0000 0000 8", "7 3-4929 00** **** 0000 8"),
            ("49290000000000008", "49290000000000008"),
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
