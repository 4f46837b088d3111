//! The levels of KYC: the word that is kept of each, and which may follow which.
//!
//! The page of Update KYC Status names three and states no order. That the minimum comes before the
//! full one is the likely processor's rule: the errata E-AK-03 and E-AK-04.

use cards_model::airpay::KycType;

/// The words that are shown of the levels: that of registering, and those that are made after it.
pub(super) const MINIMUM: &str = "MIN_KYC";
pub(super) const PARTIAL: &str = "PARTIAL_KYC";
pub(super) const FULL: &str = "FULL_KYC";

/// Reads a word for a level: that of a call, or the one that is shown. A world file may have either.
/// `None`: it is another word.
fn level(word: &str) -> Option<KycType> {
    let level = KycType::from(word.strip_suffix("_KYC").unwrap_or(word));
    level.is_known().then_some(level)
}

/// Tells whether a customer of this standing is known in full.
pub(super) fn is_full(kyc_status: &str) -> bool {
    level(kyc_status) == Some(KycType::Full)
}

/// The word of the level that a call leads to from another, or why it leads nowhere. With
/// `is_any_taken` a level may come after any other.
pub(super) fn after(
    before: &str,
    to: &KycType,
    is_any_taken: bool,
) -> Result<&'static str, &'static str> {
    match (level(before), to) {
        (_, KycType::Minimum) => Ok(MINIMUM),
        (_, KycType::Partial) => Ok(PARTIAL),
        (Some(KycType::Minimum | KycType::Full), KycType::Full) => Ok(FULL),
        (_, KycType::Full) if is_any_taken => Ok(FULL),
        (_, KycType::Full) => Err("kyc_type: MIN comes before FULL"),
        _ => Err("kyc_type: no level of this name is known"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_level_after_every_other() {
        let table = |is_any_taken| {
            let mut lines = String::new();
            for before in [MINIMUM, PARTIAL, FULL, "NONE"] {
                let next = KycType::ALL.iter().map(|level| {
                    let next = after(before, level, is_any_taken);
                    next.unwrap_or(".").to_owned()
                });
                lines.push_str(&format!(
                    "{before}: {}\n",
                    next.collect::<Vec<_>>().join(" ")
                ));
            }
            lines
        };
        insta::assert_snapshot!(table(false), @r"
        MIN_KYC: MIN_KYC FULL_KYC PARTIAL_KYC
        PARTIAL_KYC: MIN_KYC . PARTIAL_KYC
        FULL_KYC: MIN_KYC FULL_KYC PARTIAL_KYC
        NONE: MIN_KYC . PARTIAL_KYC
        ");
        insta::assert_snapshot!(table(true), @r"
        MIN_KYC: MIN_KYC FULL_KYC PARTIAL_KYC
        PARTIAL_KYC: MIN_KYC FULL_KYC PARTIAL_KYC
        FULL_KYC: MIN_KYC FULL_KYC PARTIAL_KYC
        NONE: MIN_KYC FULL_KYC PARTIAL_KYC
        ");
        assert!(after(MINIMUM, &KycType::from("min"), true).is_err());
    }

    #[test]
    fn both_words_of_a_level_are_read_alike() {
        for (shown, called) in [(MINIMUM, "MIN"), (PARTIAL, "PARTIAL"), (FULL, "FULL")] {
            assert_eq!(level(shown), Some(KycType::from(called)));
            assert_eq!(is_full(shown), is_full(called));
            for (to, is_any_taken) in KycType::ALL.iter().flat_map(|to| [(to, false), (to, true)]) {
                let [one, other] = [shown, called].map(|word| after(word, to, is_any_taken));
                assert_eq!(one, other, "{called} {to}");
            }
        }
        for other in ["", "_KYC", "min", "MIN_KYC_KYC", "MIN KYC", "NONE"] {
            assert_eq!(level(other), None, "{other}");
            assert!(!is_full(other));
        }
    }
}
