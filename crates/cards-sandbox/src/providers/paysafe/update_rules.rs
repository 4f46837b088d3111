//! Decides what an update may make of a card, as [`lifecycle`](super::lifecycle) does for others.
//!
//! The page names two statuses for VIRTUAL cards and calls CANCELLED final; the errata E-PU-04 and
//! E-PU-05 tell where the rest was a choice.

use cards_model::paysafe::{CardStatus, CardType};

use super::lifecycle::{Standing, Why, may_become};
use super::settings::PaysafePhysicalUpdates;

/// Tells whether an update takes this status for a card of this type.
pub(super) fn is_taken(
    to: &CardStatus,
    card_type: &CardType,
    physical: PaysafePhysicalUpdates,
) -> Result<(), Why> {
    use {CardStatus as S, PaysafePhysicalUpdates as P};

    match (to, card_type, physical) {
        (S::Active | S::Cancelled, _, _) | (_, CardType::Physical, P::All) => Ok(()),
        (_, CardType::Physical, P::ActiveOrCancelled) => {
            Err("ACTIVE or CANCELLED for a PHYSICAL card")
        }
        _ => Err("ACTIVE or CANCELLED for a VIRTUAL card"),
    }
}

/// Tells whether the merchant's staff may put a card into this status by an update.
pub(super) fn may_be_updated(to: &CardStatus, card: &Standing) -> Result<(), Why> {
    use CardStatus as S;

    match (&card.status, to) {
        (from, to) if from == to => Ok(()),
        (S::Pending, _) => Err("a PENDING card is not yet issued"),
        (S::Applied, _) => Err("an APPLIED card is stuck before it is issued"),
        (S::Cancelled | S::Rejected | S::Expired, _) => may_become(to, card),
        (_, S::Expired) => Err("a card expires with its last month"),
        (S::Active | S::Digital, S::Locked) => Ok(()),
        (_, S::Locked) if card.before_lock.is_none() => {
            Err("only an ACTIVE or DIGITAL card is locked")
        }
        (S::Locked, S::Active | S::Digital | S::Issued) => {
            match card.before_lock.as_ref().unwrap_or(&S::Active) == to {
                true => Ok(()),
                false => Err("a LOCKED card is unlocked into the status that it had"),
            }
        }
        (_, to) => may_become(to, card),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn card(status: &str, before_lock: Option<&str>, is_activated: bool) -> Standing {
        Standing {
            status: status.into(),
            card_type: CardType::Physical,
            is_pin_set: true,
            is_activated,
            before_lock: before_lock.map(CardStatus::from),
        }
    }

    /// A line a status that is left, a column one that is entered: x where an update may do so.
    /// The status before a lock stands behind a slash, and a plus behind what was activated.
    #[test]
    fn every_update_of_a_card_in_every_status() {
        let states = [
            ("ACTIVE", None, true),
            ("PENDING", None, false),
            ("CANCELLED", None, false),
            ("SUSPENDED", None, false),
            ("SUSPENDED", None, true),
            ("SUSPENDED", Some("DIGITAL"), false),
            ("SUSPENDED", Some("ACTIVE"), true),
            ("APPLIED", None, false),
            ("DIGITAL", None, false),
            ("REJECTED", None, false),
            ("LOCKED", None, false),
            ("LOCKED", Some("ACTIVE"), true),
            ("LOCKED", Some("DIGITAL"), false),
            ("EXPIRED", None, false),
            ("ISSUED", None, false),
        ];
        let mut lines = String::new();
        for (status, before, is_activated) in states {
            let name = [Some(status), before].into_iter().flatten();
            let mut name = name.collect::<Vec<_>>().join("/");
            name.push_str(if is_activated { "+" } else { "" });
            lines.push_str(&format!("{name:17}"));
            for to in CardStatus::ALL {
                let may = may_be_updated(to, &card(status, before, is_activated)).is_ok();
                lines.push_str(if may { " x" } else { " ." });
            }
            lines.push('\n');
        }
        insta::assert_snapshot!(lines, @r"
        ACTIVE+           x . x x . . . x . .
        PENDING           . x . . . . . . . .
        CANCELLED         . . x . . . . . . .
        SUSPENDED         x . x x . x . . . x
        SUSPENDED+        x . x x . . . . . .
        SUSPENDED/DIGITAL x . x x . x . x . x
        SUSPENDED/ACTIVE+ x . x x . . . x . .
        APPLIED           . . . . x . . . . .
        DIGITAL           x . x x . x . x . .
        REJECTED          . . . . . . x . . .
        LOCKED            x . x x . . . x . .
        LOCKED/ACTIVE+    x . x x . . . x . .
        LOCKED/DIGITAL    . . x x . x . x . .
        EXPIRED           . . . . . . . . x .
        ISSUED            x . x x . x . . . x
        ");
    }

    #[test]
    fn the_type_decides_which_statuses_are_taken() {
        use {CardType as T, PaysafePhysicalUpdates as P};

        for (card_type, physical, expected) in [
            (T::Virtual, P::All, "ACTIVE CANCELLED"),
            (T::Virtual, P::ActiveOrCancelled, "ACTIVE CANCELLED"),
            (T::Physical, P::ActiveOrCancelled, "ACTIVE CANCELLED"),
            (T::Unknown("METAL".into()), P::All, "ACTIVE CANCELLED"),
            (
                T::Physical,
                P::All,
                "ACTIVE PENDING CANCELLED SUSPENDED APPLIED DIGITAL REJECTED LOCKED EXPIRED ISSUED",
            ),
        ] {
            let all = CardStatus::ALL.iter();
            let taken = all.filter(|to| is_taken(to, &card_type, physical).is_ok());
            let taken: Vec<_> = taken.map(CardStatus::as_str).collect();
            assert_eq!(taken.join(" "), expected, "{card_type:?} {physical:?}");
        }
    }
}
