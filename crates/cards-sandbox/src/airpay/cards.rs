//! Card numbers: which are taken, and that no whole one is kept.

use crate::world::airpay::TEST_BINS;

/// Whether a number begins like a published test card.
pub(super) fn is_test_card(number: &str) -> bool {
    number.get(..6).is_some_and(|bin| TEST_BINS.contains(&bin))
}

/// A text as it is kept: a run of digits as long as a card number keeps its
/// first six and last four. A caller who puts the card number into the wrong
/// field must not find it in a file.
pub(super) fn masked(text: &str) -> String {
    const SHORTEST: usize = 13;
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        let is_digit = |c: char| c.is_ascii_digit();
        let digits = rest.find(|c| !is_digit(c)).unwrap_or(rest.len());
        if digits >= SHORTEST {
            kept.push_str(&rest[..6]);
            kept.push_str("******");
            kept.push_str(&rest[digits - 4..digits]);
        } else {
            kept.push_str(&rest[..digits]);
        }
        let others = rest[digits..].find(is_digit).unwrap_or(rest.len() - digits);
        kept.push_str(&rest[digits..digits + others]);
        rest = &rest[digits + others..];
    }
    kept
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
            "4111 1111 1111 1111",
        ] {
            assert_eq!(masked(text), text);
        }
        assert_eq!(masked("4111111111111111"), "411111******1111");
        assert_eq!(masked("é4111111111111111, 7é"), "é411111******1111, 7é");
    }
}
