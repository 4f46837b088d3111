//! Decides what may become of a card: one table of states and events, which lock-unlock, set-pin
//! and card-replacement share.
//!
//! No page has such a table. That a block is permanent is the pages' own; the rest is assumed after
//! the likely processor, and the errata E-AL-04, E-AL-05, E-AS-05 and E-AX-03 to E-AX-05 tell what.

use cards_model::airpay::LockFlag;

/// The state of a card.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Active,
    Locked,
    /// Blocked for good.
    Blocked,
    /// Another card has come in its place.
    Replaced,
}

impl State {
    /// Reads the state off a row's columns.
    pub(super) fn of(lock: Option<&str>, is_replaced: bool) -> Self {
        match lock {
            _ if is_replaced => Self::Replaced,
            Some("BL") => Self::Blocked,
            Some(_) => Self::Locked,
            None => Self::Active,
        }
    }

    /// The flag that is kept of a state. `None`: the card is not locked.
    pub(super) const fn lock(self) -> Option<&'static str> {
        match self {
            Self::Active => None,
            Self::Locked => Some("L"),
            Self::Blocked | Self::Replaced => Some("BL"),
        }
    }
}

/// A thing that is done to a card.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Event {
    Lock,
    Unlock,
    Block,
    SetPin,
    /// A new card comes in its place.
    Replace,
}

impl From<&LockFlag> for Event {
    /// Any other flag has been refused by the rules, or is taken for a lock where they are waived.
    fn from(flag: &LockFlag) -> Self {
        match flag {
            LockFlag::Unlock => Self::Unlock,
            LockFlag::Block => Self::Block,
            _ => Self::Lock,
        }
    }
}

/// The reason why something is not possible, for the journal.
pub(super) type Why = &'static str;

/// The state that an event leads to; the same one where it changes something else. A card is
/// replaced in any state or, where `is_block_needed`, once it is blocked.
pub(super) fn after(state: State, event: Event, is_block_needed: bool) -> Result<State, Why> {
    use {Event as E, State as S};

    match (state, event) {
        (S::Replaced, E::Replace) => Err("old_kit_no: the card is replaced already"),
        (S::Replaced, _) => Err("kit_no: the card is replaced by another"),

        (S::Blocked, E::Lock | E::Unlock) => Err("flag: the card is blocked for good"),
        (S::Blocked, E::SetPin) => Err("kit_no: the card is blocked for good"),
        (S::Blocked, E::Block) => Ok(S::Blocked),

        (S::Blocked, E::Replace) => Ok(S::Replaced),
        (_, E::Replace) if is_block_needed => Err("old_kit_no: the card has to be blocked first"),
        (_, E::Replace) => Ok(S::Replaced),

        (_, E::Lock) => Ok(S::Locked),
        (_, E::Unlock) => Ok(S::Active),
        (_, E::Block) => Ok(S::Blocked),
        (_, E::SetPin) => Ok(state),
    }
}

#[cfg(test)]
mod tests;
