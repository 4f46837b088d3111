//! Decides what may become of a card: by the cardholder's actions and by the
//! provider.
//!
//! The document gives each status and each action a meaning, and no table of
//! which follows which. The rules here follow what the meanings leave open;
//! the errata E-PP-43 and E-PP-61 to E-PP-63 tell where that was a choice.

use cards_model::Date;
use cards_model::paysafe::{Action, CardStatus, CardType};

/// Holds the parts of a card that decide over what may become of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Standing {
    pub(super) status: CardStatus,
    pub(super) card_type: CardType,
    pub(super) is_pin_set: bool,
    /// Says whether it has the date of its activation.
    pub(super) is_activated: bool,
    /// The status that an unlocked card returns to.
    pub(super) before_lock: Option<CardStatus>,
}

/// The reason why something is not possible, for the caller's eyes.
pub(super) type Why = &'static str;

const ACTIVATED: Why = "the card has been activated";
const UNLISTED: Why = "an action or a status that the document does not list";

/// The status that an action leads to; the same one where the action changes
/// something else, or only shows it.
pub(super) fn after(action: &Action, card: &Standing) -> Result<CardStatus, Why> {
    use {Action as A, CardStatus as S};

    possible(&card.status, &card.card_type)?;
    match (action, &card.status) {
        (_, S::Cancelled) => Err("a CANCELLED card stays so"),
        (_, S::Rejected) => Err("a REJECTED card was never issued and stays so"),
        (_, S::Expired) => Err("an EXPIRED card stays so"),
        (_, S::Pending) => Err("a PENDING card is not yet issued"),
        (_, S::Applied) => Err("an APPLIED card is stuck before it is issued"),

        (A::Activate, _) if card.card_type != CardType::Physical => {
            Err("only a PHYSICAL card is activated")
        }
        (A::Activate, S::Issued | S::Digital) => Ok(S::Active),
        (A::Activate, S::Active) => Err("the card is ACTIVE already"),

        (A::Cancel, _) => Ok(S::Cancelled),

        (A::Unlock, S::Locked) => Ok(card.before_lock.clone().unwrap_or(S::Active)),
        (A::Unlock, _) => Err("only a LOCKED card is unlocked"),

        (_, S::Locked) => Err("a LOCKED card is unlocked or cancelled, nothing else"),
        (_, S::Suspended) => {
            Err("a SUSPENDED card waits for customer service; it can be cancelled")
        }

        (A::Lock, S::Active | S::Digital) => Ok(S::Locked),
        (A::ShowDetails, S::Active | S::Digital) => Ok(card.status.clone()),
        (A::ShowPin, S::Active) if !card.is_pin_set => Err("no PIN has been set"),
        (A::ShowPin | A::SetPin, S::Active) => Ok(S::Active),
        (A::ShowPin | A::SetPin, S::Digital) => Err("a DIGITAL card pays online only: no PIN"),
        (_, S::Issued) => Err("an ISSUED card is activated first, or cancelled"),
        _ => Err(UNLISTED),
    }
}

/// Lists what the cardholder can do with a card, in the document's order.
pub(super) fn available(card: &Standing) -> Vec<Action> {
    let can = |action: &&Action| after(action, card).is_ok();
    Action::ALL.iter().filter(can).cloned().collect()
}

/// Tells whether the provider may put a card into this status: after its checks, by customer
/// service, or in the course of time.
pub(super) fn may_become(to: &CardStatus, card: &Standing) -> Result<(), Why> {
    use CardStatus as S;

    possible(to, &card.card_type)?;
    match (&card.status, to) {
        (from, to) if from == to => Ok(()),
        (S::Cancelled, _) => Err("a CANCELLED card stays so"),
        (S::Rejected, _) => Err("a REJECTED card was never issued and stays so"),
        (S::Expired, _) => Err("an EXPIRED card stays so"),
        (_, S::Cancelled | S::Expired) => Ok(()),

        // On the way to being issued, stuck there, and out of it.
        (S::Pending | S::Applied, S::Locked | S::Suspended) => Err("the card is not yet issued"),
        (S::Pending | S::Applied, _) => Ok(()),
        (_, S::Pending | S::Applied | S::Rejected) => Err("the card has been issued"),

        (S::Suspended, S::Locked) if card.before_lock.is_some() => Ok(()),
        (_, S::Locked) => Err("LOCKED is the cardholder's own: use the action LOCK"),
        (S::Locked, S::Suspended) => Ok(()),
        (S::Locked, _) => Err("the cardholder has locked it: use the action UNLOCK"),

        (S::Active, S::Issued | S::Digital) => Err(ACTIVATED),
        (S::Suspended, S::Issued | S::Digital) if card.is_activated => Err(ACTIVATED),
        (_, S::Suspended) | (S::Suspended, _) => Ok(()),
        (S::Issued, S::Digital | S::Active) | (S::Digital, S::Active) => Ok(()),
        (S::Digital, S::Issued) => Err("a DIGITAL card pays already"),
        _ => Err(UNLISTED),
    }
}

/// Tells whether a card of this type can be in this status at all.
pub(super) fn possible(status: &CardStatus, card_type: &CardType) -> Result<(), Why> {
    if !status.is_known() {
        return Err(UNLISTED);
    }
    let needs_plastic = matches!(status, CardStatus::Issued | CardStatus::Digital);
    if needs_plastic && *card_type != CardType::Physical {
        Err("ISSUED and DIGITAL are statuses of PHYSICAL cards only")
    } else {
        Ok(())
    }
}

/// Tells whether there may be a lock to undo: the cardholder's own, also under what customer
/// service has stopped.
pub(super) fn may_be_unlocked(status: &str) -> bool {
    matches!(
        CardStatus::from(status),
        CardStatus::Locked | CardStatus::Suspended
    )
}

/// The month of a day, counted from January of the year 0 as
/// [`Expiry::months`](super::card::Expiry::months) counts.
pub(super) fn this_month(today: Date) -> i64 {
    i64::from(today.year()) * 12 + i64::from(today.month()) - 1
}

/// SQL for the status by the clock: a card whose last month is over counts as
/// EXPIRED, unless it has come to another end. `?1` is this month.
pub(super) const STATUS_NOW: &str = "CASE
        WHEN expires < ?1 AND status NOT IN ('CANCELLED', 'REJECTED') THEN 'EXPIRED'
        ELSE status
    END";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::providers::paysafe::card::Expiry;

    const ACTIONS: [Action; 7] = [
        Action::Activate,
        Action::Cancel,
        Action::Unlock,
        Action::Lock,
        Action::ShowDetails,
        Action::ShowPin,
        Action::SetPin,
    ];

    fn card(status: &str, card_type: &str) -> Standing {
        Standing {
            status: status.into(),
            card_type: card_type.into(),
            is_pin_set: true,
            is_activated: false,
            before_lock: None,
        }
    }

    /// A line a status, a column an action: the status that follows, a dot
    /// where none does.
    fn table(card_type: &str) -> String {
        let mut lines = String::new();
        for status in CardStatus::ALL {
            lines.push_str(&format!("{:9}", status.as_str()));
            for action in &ACTIONS {
                let cell = match after(action, &card(status.as_str(), card_type)) {
                    Ok(next) => next.as_str().to_owned(),
                    Err(_) => ".".to_owned(),
                };
                lines.push_str(&format!(" {cell:9}"));
            }
            lines.truncate(lines.trim_end().len());
            lines.push('\n');
        }
        lines
    }

    #[test]
    fn every_action_in_every_status_of_both_types() {
        insta::assert_snapshot!(table("PHYSICAL"), @r"
        ACTIVE    .         CANCELLED .         LOCKED    ACTIVE    ACTIVE    ACTIVE
        PENDING   .         .         .         .         .         .         .
        CANCELLED .         .         .         .         .         .         .
        SUSPENDED .         CANCELLED .         .         .         .         .
        APPLIED   .         .         .         .         .         .         .
        DIGITAL   ACTIVE    CANCELLED .         LOCKED    DIGITAL   .         .
        REJECTED  .         .         .         .         .         .         .
        LOCKED    .         CANCELLED ACTIVE    .         .         .         .
        EXPIRED   .         .         .         .         .         .         .
        ISSUED    ACTIVE    CANCELLED .         .         .         .         .
        ");
        insta::assert_snapshot!(table("VIRTUAL"), @r"
        ACTIVE    .         CANCELLED .         LOCKED    ACTIVE    ACTIVE    ACTIVE
        PENDING   .         .         .         .         .         .         .
        CANCELLED .         .         .         .         .         .         .
        SUSPENDED .         CANCELLED .         .         .         .         .
        APPLIED   .         .         .         .         .         .         .
        DIGITAL   .         .         .         .         .         .         .
        REJECTED  .         .         .         .         .         .         .
        LOCKED    .         CANCELLED ACTIVE    .         .         .         .
        EXPIRED   .         .         .         .         .         .         .
        ISSUED    .         .         .         .         .         .         .
        ");
    }

    /// A line a status that is left, a column one that is entered: x where the
    /// provider may do so.
    fn changes(card_type: &str) -> String {
        let mut lines = String::new();
        for from in CardStatus::ALL {
            lines.push_str(&format!("{:9}", from.as_str()));
            for to in CardStatus::ALL {
                let may = may_become(to, &card(from.as_str(), card_type)).is_ok();
                lines.push_str(if may { " x" } else { " ." });
            }
            lines.push('\n');
        }
        lines
    }

    #[test]
    fn every_change_by_the_provider_for_both_types() {
        insta::assert_snapshot!(changes("PHYSICAL"), @r"
        ACTIVE    x . x x . . . . x .
        PENDING   x x x . x x x . x x
        CANCELLED . . x . . . . . . .
        SUSPENDED x . x x . x . . x x
        APPLIED   x x x . x x x . x x
        DIGITAL   x . x x . x . . x .
        REJECTED  . . . . . . x . . .
        LOCKED    . . x x . . . x x .
        EXPIRED   . . . . . . . . x .
        ISSUED    x . x x . x . . x x
        ");
        insta::assert_snapshot!(changes("VIRTUAL"), @r"
        ACTIVE    x . x x . . . . x .
        PENDING   x x x . x . x . x .
        CANCELLED . . x . . . . . . .
        SUSPENDED x . x x . . . . x .
        APPLIED   x x x . x . x . x .
        DIGITAL   x . x x . . . . x .
        REJECTED  . . . . . . x . . .
        LOCKED    . . x x . . . x x .
        EXPIRED   . . . . . . . . x .
        ISSUED    x . x x . . . . x .
        ");
    }

    #[test]
    fn unlocking_gives_back_what_was_locked() {
        for before in ["ACTIVE", "DIGITAL"] {
            let locked = Standing {
                before_lock: Some(before.into()),
                ..card("LOCKED", "PHYSICAL")
            };
            assert_eq!(after(&Action::Unlock, &locked).unwrap().as_str(), before);
        }
        let of_a_file = after(&Action::Unlock, &card("LOCKED", "VIRTUAL"));
        assert_eq!(of_a_file, Ok(CardStatus::Active), "where nothing is known");
    }

    #[test]
    fn customer_service_gives_a_lock_back_only_where_there_was_one() {
        let suspended = card("SUSPENDED", "VIRTUAL");
        assert!(may_become(&CardStatus::Locked, &suspended).is_err());
        let was_locked = Standing {
            before_lock: Some(CardStatus::Active),
            ..suspended
        };
        assert_eq!(may_become(&CardStatus::Locked, &was_locked), Ok(()));
    }

    #[test]
    fn an_activated_card_is_in_the_post_no_more() {
        for from in ["ACTIVE", "SUSPENDED"] {
            let activated = Standing {
                is_activated: true,
                ..card(from, "PHYSICAL")
            };
            for to in ["ISSUED", "DIGITAL"].map(CardStatus::from) {
                assert_eq!(may_become(&to, &activated), Err(ACTIVATED), "{from}");
            }
            assert_eq!(may_become(&CardStatus::Active, &activated), Ok(()));
        }
    }

    #[test]
    fn only_a_physical_card_is_ever_activated() {
        for status in CardStatus::ALL {
            let actions = available(&card(status.as_str(), "VIRTUAL"));
            assert!(!actions.contains(&Action::Activate), "{status:?}");
        }
        assert!(available(&card("ISSUED", "PHYSICAL")).contains(&Action::Activate));
        assert!(available(&card("DIGITAL", "PHYSICAL")).contains(&Action::Activate));
    }

    #[test]
    fn a_pin_that_is_not_set_is_not_shown() {
        let without = Standing {
            is_pin_set: false,
            ..card("ACTIVE", "VIRTUAL")
        };
        assert!(!available(&without).contains(&Action::ShowPin));
        assert!(available(&without).contains(&Action::SetPin));
        assert!(available(&card("ACTIVE", "VIRTUAL")).contains(&Action::ShowPin));
    }

    #[test]
    fn what_the_document_does_not_list_does_nothing() {
        let unknown = card("FROZEN", "PHYSICAL");
        assert!(available(&unknown).is_empty());
        assert!(after(&Action::from("MELT"), &card("ACTIVE", "PHYSICAL")).is_err());
        assert!(may_become(&"FROZEN".into(), &card("ACTIVE", "PHYSICAL")).is_err());
    }

    #[test]
    fn months_are_counted_through() {
        let month = |text: &str| this_month(text.parse().unwrap());
        assert_eq!(month("2026-12-31") + 1, month("2027-01-01"));
        let december = Expiry {
            month: 12,
            year: 2026,
        };
        assert_eq!(december.months(), month("2026-12-01"));
    }
}
