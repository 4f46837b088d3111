//! Card numbers: which are taken, and that no whole one is kept.

use std::ops::Range;

use cards_model::Pan;

/// The fewest digits that a card number has, and the most.
const SHORTEST: usize = 13;
const LONGEST: usize = 19;

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
    for run in runs(text).filter(|run| is_in(&text[run.clone()])) {
        let last = digits(&text[run.clone()]).len() - 4;
        let mut at = 0;
        let star = |digit: char| {
            at += usize::from(digit.is_ascii_digit());
            let is_hidden = digit.is_ascii_digit() && (7..=last).contains(&at);
            if is_hidden { '*' } else { digit }
        };
        let stars: String = text[run.clone()].chars().map(star).collect();
        kept.replace_range(run, &stars);
    }
    kept
}

/// Tells whether a card number stands in a text, in groups or not.
pub fn is_in(text: &str) -> bool {
    runs(text).any(|run| {
        let digits = digits(&text[run]);
        let (payload, check) = digits.split_at(digits.len() - 1);
        (SHORTEST..=LONGEST).contains(&digits.len()) && check == check_digit(payload).to_string()
    })
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
        ] {
            assert_eq!(starred(text), kept);
            assert!(!is_in(kept));
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
