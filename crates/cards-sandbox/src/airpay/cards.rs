//! Card numbers: which are taken, and that no whole one is kept.

use crate::world::airpay::TEST_BINS;

/// Whether a number begins like a published test card.
pub(crate) fn is_test_card(number: &str) -> bool {
    number.get(..6).is_some_and(|bin| TEST_BINS.contains(&bin))
}

/// A text as it is kept: a run of digits as long as a card number keeps its
/// first six and last four, and so does one that is written in groups, with a
/// space or a hyphen between two digits. A caller who puts the card number into
/// the wrong field must not find it in a file.
pub(super) fn masked(text: &str) -> String {
    const SHORTEST: usize = 13;
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        let (before, run) = rest.split_at(start);
        let (run, after) = run.split_at(run_of_digits(run));
        kept.push_str(before);
        let digits: String = run.chars().filter(char::is_ascii_digit).collect();
        if digits.len() >= SHORTEST {
            kept.push_str(&digits[..6]);
            kept.push_str("******");
            kept.push_str(&digits[digits.len() - 4..]);
        } else {
            kept.push_str(run);
        }
        rest = after;
    }
    kept.push_str(rest);
    kept
}

/// How long the run of digits is that a text begins with, single spaces and
/// hyphens between them included.
fn run_of_digits(text: &str) -> usize {
    let bytes = text.as_bytes();
    let is_digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let mut end = 0;
    loop {
        if is_digit(end) {
            end += 1;
        } else if matches!(bytes.get(end), Some(b' ' | b'-')) && is_digit(end + 1) {
            end += 2;
        } else {
            return end;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn test_cards_and_others() {
        assert!(is_test_card("4111111111111111"));
        assert!(is_test_card("462294XXXXXX3713"));
        for other in ["", "46229", "4929000000000006", "éééééééé"] {
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
}
