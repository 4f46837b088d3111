//! The book of all calls.

use std::collections::{BTreeMap, BTreeSet};

use cards_model::paysafe::CardStatus;
use cards_transport::{Error, Reply};
use conformance::trust::Report;

/// The knowledge of a change after its call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Known {
    Done,
    NotDone,
    Maybe,
}

impl Known {
    fn of<T>(outcome: &Result<Reply<T>, Error>) -> Self {
        match outcome {
            Ok(_) => Self::Done,
            Err(error) if error.is_outcome_unknown() => Self::Maybe,
            Err(_) => Self::NotDone,
        }
    }
}

/// The kind of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Register,
    Load,
    Create,
    Move,
    Lock,
    ReadCards,
    ReadCustomers,
}

impl Kind {
    const ALL: [Self; 7] = [
        Self::Register,
        Self::Load,
        Self::Create,
        Self::Move,
        Self::Lock,
        Self::ReadCards,
        Self::ReadCustomers,
    ];

    const fn is_read(self) -> bool {
        matches!(self, Self::ReadCards | Self::ReadCustomers)
    }
}

/// The book.
#[derive(Default)]
pub(crate) struct Ledger {
    /// Registrations by the number in their address.
    pub(crate) registered: BTreeMap<u32, Known>,
    /// Loads by their amount, which no other has.
    pub(crate) loaded: BTreeMap<u32, Known>,
    /// The cards that were asked for, by what is known of each.
    pub(crate) created: Vec<Known>,
    /// The ids of those that were acknowledged.
    pub(crate) ids: BTreeSet<i64>,
    /// The cities that a worker moved its customer to, which only it changes: the last that
    /// was acknowledged, and all after it that may have been.
    pub(crate) moved: BTreeMap<usize, Vec<u32>>,
    /// The statuses that a worker gave its card of Paysafe's, which only it changes: all of them,
    /// one after another.
    pub(crate) locked: BTreeMap<String, Vec<(CardStatus, Known)>>,
    calls: BTreeMap<(Kind, Known), u64>,
}

impl Ledger {
    /// Counts a call, and tells what is known of it.
    pub(crate) fn called<T>(&mut self, kind: Kind, outcome: &Result<Reply<T>, Error>) -> Known {
        let known = Known::of(outcome);
        *self.calls.entry((kind, known)).or_default() += 1;
        known
    }

    /// Tells how many calls there were, and which kinds of them showed nothing: each has to go well
    /// at times, and reads have to as a rule.
    pub(crate) fn tell(&self, report: &mut Report) {
        let sum = |is_one: &dyn Fn(Kind, Known) -> bool| -> u64 {
            let calls = self.calls.iter();
            let calls = calls.filter(|((kind, known), _)| is_one(*kind, *known));
            calls.map(|(_, count)| count).sum()
        };
        let changes = |known| sum(&|kind, of| !kind.is_read() && of == known);
        report.tried(sum(&|_, _| true));
        report.figure("reads", sum(&|kind, _| kind.is_read()));
        report.figure("changes acknowledged", changes(Known::Done));
        report.figure("changes told as not done", changes(Known::NotDone));
        report.figure("changes with an unknown outcome", changes(Known::Maybe));
        for kind in Kind::ALL {
            let all = sum(&|of, _| of == kind);
            let well = sum(&|of, known| of == kind && known == Known::Done);
            let least = if kind.is_read() { all / 4 } else { 1 };
            if well < least.max(1) {
                report.failed(format!("{kind:?}: {well} of {all} went well"));
            }
        }
    }
}

#[test]
fn a_kind_of_call_that_never_goes_well_shows_nothing() {
    let told = |kind: Kind, counts: [u64; 2]| {
        let mut ledger = Ledger::default();
        for kind in Kind::ALL {
            ledger.calls.insert((kind, Known::Done), 100);
        }
        ledger.calls.insert((kind, Known::Done), counts[0]);
        ledger.calls.insert((kind, Known::NotDone), counts[1]);
        let mut report = Report::default();
        ledger.tell(&mut report);
        report.failures
    };
    for kind in Kind::ALL {
        assert_eq!(told(kind, [60, 50]), [""; 0]);
        assert_eq!(told(kind, [0, 50]).len(), 1, "{kind:?}");
        assert_eq!(told(kind, [0, 0]).len(), 1, "{kind:?}");
        assert_eq!(told(kind, [10, 50]).len(), usize::from(kind.is_read()));
    }
}
