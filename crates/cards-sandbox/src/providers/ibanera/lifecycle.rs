//! Decides what may become of a card.
//!
//! The pages say that a new card is deactivated until it is activated, and have a
//! code for one that is active already. That the flag `bSuppressed` and the word
//! `Deactivated` are the same state is a reading of them (E-IA-03).

/// The state of a card.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Status {
    /// Its use is disabled.
    Deactivated,
    /// It can be used.
    Active,
}

/// The effect of a call on a card.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Event {
    /// Makes it.
    Create,
    /// Activates it.
    Activate,
}

/// The reason why something is not possible: the code of the refusal, and a sentence.
pub(super) type Why = (&'static str, &'static str);

/// Refuses whatever is asked of a card that is not there.
pub(super) const NO_CARD: Why = ("Invalid", "there is no such card");

/// Lists the state that follows for each event and state; `None` is a card that is
/// not there.
#[rustfmt::skip]
const TABLE: &[(Event, Option<Status>, Result<Status, Why>)] = &[
    (Event::Create, None, Ok(Status::Deactivated)),
    (Event::Create, Some(Status::Deactivated), Err(("Invalid", "the card is there already"))),
    (Event::Create, Some(Status::Active), Err(("Invalid", "the card is there already"))),
    (Event::Activate, None, Err(NO_CARD)),
    (Event::Activate, Some(Status::Deactivated), Ok(Status::Active)),
    (Event::Activate, Some(Status::Active), Err(("Card_Active", "the card is active already"))),
];

/// The state that an event leads to.
pub(super) fn after(event: Event, before: Option<Status>) -> Result<Status, Why> {
    let mut rows = TABLE.iter();
    let row = rows.find(|(on, from, _)| (*on, *from) == (event, before));
    row.map_or(Err(("Invalid", "nothing is known of this")), |row| row.2)
}

impl Status {
    /// The state of a card by its flag.
    pub(super) const fn of(suppressed: bool) -> Self {
        match suppressed {
            true => Self::Deactivated,
            false => Self::Active,
        }
    }

    /// The word for it.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Deactivated => "Deactivated",
            Self::Active => "Active",
        }
    }

    /// The flag of a card in this state.
    pub(super) const fn is_suppressed(self) -> bool {
        matches!(self, Self::Deactivated)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_event_in_every_state_has_one_row() {
        let states = [None, Some(Status::Deactivated), Some(Status::Active)];
        for event in [Event::Create, Event::Activate] {
            for state in states {
                let rows = TABLE.iter().filter(|row| (row.0, row.1) == (event, state));
                assert_eq!(rows.count(), 1, "{event:?} {state:?}");
            }
        }
        assert_eq!(TABLE.len(), 6);
    }

    #[test]
    fn a_card_is_made_deactivated_and_activated_once() {
        let made = after(Event::Create, None).unwrap();
        assert!(made.is_suppressed());
        let active = after(Event::Activate, Some(made)).unwrap();
        assert_eq!((active, active.is_suppressed()), (Status::Active, false));
        let again = after(Event::Activate, Some(active)).unwrap_err();
        assert_eq!(again.0, "Card_Active");
        for suppressed in [true, false] {
            assert_eq!(Status::of(suppressed).is_suppressed(), suppressed);
        }
    }
}
