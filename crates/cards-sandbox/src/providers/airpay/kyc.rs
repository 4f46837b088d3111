//! The levels of KYC: the word that is kept of each, and which may follow which.
//!
//! The page of Update KYC Status names three and states no order. That the minimum comes before the
//! full one is the likely processor's rule: the errata E-AK-03 and E-AK-04.

use cards_model::airpay::KycType;

/// The words that are shown of the levels: that of registering, and those that are made after it.
pub(super) const MINIMUM: &str = "MIN_KYC";
pub(super) const PARTIAL: &str = "PARTIAL_KYC";
pub(super) const FULL: &str = "FULL_KYC";

/// The word of the level that a call leads to from another, or why it leads nowhere. With
/// `is_any_taken` a level may come after any other.
pub(super) fn after(
    before: &str,
    level: &KycType,
    is_any_taken: bool,
) -> Result<&'static str, &'static str> {
    match (before, level) {
        (_, KycType::Minimum) => Ok(MINIMUM),
        (_, KycType::Partial) => Ok(PARTIAL),
        (MINIMUM | FULL, KycType::Full) => Ok(FULL),
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
}
