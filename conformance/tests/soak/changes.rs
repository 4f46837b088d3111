//! The changes of cards' statuses: as many were told of as there were, one after another.

use std::collections::{BTreeMap, BTreeSet};

use cards_model::paysafe::CardStatus;
use conformance::trust::Report;

use crate::ledger::{Known, Ledger};
use crate::store::Found;

/// An event of a card's status.
pub(crate) struct Change {
    pub(crate) card: String,
    pub(crate) id: String,
    pub(crate) old: String,
    pub(crate) new: String,
}

/// The status of each of the load's cards before it.
const FIRST: &str = "ACTIVE";

/// The statuses that a card may have after calls of which this is known, each with the fewest and
/// the most changes by which it comes there.
fn possible(calls: &[(CardStatus, Known)]) -> BTreeMap<&str, (usize, usize)> {
    let mut all = BTreeMap::from([(FIRST, (0, 0))]);
    for (status, known) in calls {
        let status = status.as_str();
        let counts = all.iter().map(|(before, (least, most))| {
            let more = usize::from(*before != status);
            (least + more, most + more)
        });
        let counts = counts.reduce(|one, other| (one.0.min(other.0), one.1.max(other.1)));
        let mut counts = counts.unwrap_or_default();
        match known {
            Known::NotDone => continue,
            Known::Done => all.clear(),
            Known::Maybe => {
                if let Some((least, most)) = all.get(status) {
                    counts = (counts.0.min(*least), counts.1.max(*most));
                }
            }
        }
        all.insert(status, counts);
    }
    all
}

/// Each change of a card's status was told of once, in its order, and the last one is what the store
/// has: an event's old status is the new one of the event before it, and there are as many as the
/// calls made. Pairs that are lost would leave no gap, as there are two statuses.
pub(crate) fn check(changes: Vec<Change>, ledger: &Ledger, store: &Found, report: &mut Report) {
    let mut seen = BTreeSet::new();
    let mut now = BTreeMap::<String, (String, usize)>::new();
    for Change { card, id, old, new } in changes {
        // It comes again where its receiver refused it, or the sandbox was killed before it knew.
        if !seen.insert(id) {
            continue;
        }
        let (status, count) = now.entry(card.clone()).or_insert((FIRST.to_owned(), 0));
        if *status != old {
            report.failed(format!("card {card} comes from {old}, and was {status}"));
        }
        *status = new;
        *count += 1;
    }
    for card in now.keys().filter(|card| !ledger.locked.contains_key(*card)) {
        report.failed(format!("card {card} was told of, and nobody changed it"));
    }
    if ledger.locked.is_empty() {
        report.failed("no card was to change: that shows little");
    }
    for (card, calls) in &ledger.locked {
        let first = (FIRST.to_owned(), 0);
        let (told, count) = now.get(card).unwrap_or(&first);
        if *count == 0 {
            report.failed(format!("card {card} never changed: that shows little"));
        }
        let there = store.statuses.get(card).map(String::as_str);
        if there != Some(told) {
            report.failed(format!(
                "card {card} is {there:?}, and its last event says {told}"
            ));
        }
        let possible = possible(calls);
        let of_status = there.and_then(|there| possible.get(there));
        if !of_status.is_some_and(|(least, most)| (least..=most).contains(&count)) {
            report.failed(format!(
                "card {card} is {there:?} after {count} events, of {possible:?}"
            ));
        }
    }
    report.figure("events of changes", seen.len());
}

#[test]
fn as_many_events_as_changes_are_expected() {
    use CardStatus::{Active, Locked};
    use Known::{Done, Maybe, NotDone};

    let of = |calls: &[(CardStatus, Known)]| -> Vec<(String, (usize, usize))> {
        let possible = possible(calls).into_iter();
        possible
            .map(|(name, counts)| (name.to_owned(), counts))
            .collect()
    };
    let is = |name: &str, least, most| (name.to_owned(), (least, most));
    assert_eq!(of(&[]), [is("ACTIVE", 0, 0)]);
    assert_eq!(
        of(&[(Active, Done), (Locked, NotDone)]),
        [is("ACTIVE", 0, 0)]
    );
    assert_eq!(of(&[(Locked, Done), (Active, Done)]), [is("ACTIVE", 2, 2)]);
    let maybe = of(&[(Locked, Maybe)]);
    assert_eq!(maybe, [is("ACTIVE", 0, 0), is("LOCKED", 1, 1)]);
    let again = of(&[(Locked, Maybe), (Active, Done)]);
    assert_eq!(again, [is("ACTIVE", 0, 2)]);
    let twice = of(&[(Locked, Maybe), (Active, Maybe), (Locked, Maybe)]);
    assert_eq!(twice, [is("ACTIVE", 0, 2), is("LOCKED", 1, 3)]);
}

#[test]
fn a_pair_of_changes_that_is_lost_is_found() {
    let card = "a card".to_owned();
    let both = [CardStatus::Locked, CardStatus::Active];
    let mut ledger = Ledger::default();
    let calls = both.iter().cycle().take(6);
    let calls = calls.map(|status| (status.clone(), Known::Done)).collect();
    ledger.locked.insert(card.clone(), calls);
    let mut store = Found::default();
    store.statuses.insert(card.clone(), FIRST.to_owned());
    let change = |number: usize| Change {
        card: card.clone(),
        id: number.to_string(),
        old: both[(number + 1) % 2].as_str().to_owned(),
        new: both[number % 2].as_str().to_owned(),
    };
    for (told, failed) in [(vec![0, 1, 2, 3, 4, 5], 0), (vec![0, 1, 4, 5], 1)] {
        let mut report = Report::default();
        let changes = told.into_iter().map(change).collect();
        check(changes, &ledger, &store, &mut report);
        assert_eq!(report.failed, failed, "{:?}", report.failures);
    }
}
