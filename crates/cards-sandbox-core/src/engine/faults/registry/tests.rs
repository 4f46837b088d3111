use std::time::Duration;

use super::*;
use crate::acme::{ACME, CLOSE, LIST, OPEN, OTHER, operations};

fn none() -> Faults {
    Faults::starting_with(Vec::new(), operations()).unwrap()
}

fn met(faults: &Faults, operation: &'static Operation) -> Vec<u64> {
    let decision = faults.decide(operation.provider, Some(operation));
    let fired = decision.map(|decision| decision.fired).unwrap_or_default();
    fired.iter().map(|fired| fired.id).collect()
}

fn delay(decision: &Decision) -> Duration {
    decision.delays.iter().map(Pause::length).sum()
}

#[test]
fn the_scope_is_provider_and_operation() {
    let faults = none();
    faults.add(Fault::delay(Duration::from_millis(1))).unwrap();
    for fault in [
        Fault::delay(Duration::from_millis(1)).at(ACME),
        Fault::delay(Duration::from_millis(1)).operation("open-card"),
        Fault::delay(Duration::from_millis(1))
            .at(ACME)
            .operation("open-card"),
    ] {
        faults.add(fault).unwrap();
    }
    assert_eq!(met(&faults, &OPEN), [1, 2, 3, 4]);
    assert_eq!(met(&faults, &CLOSE), [1, 2]);
    assert_eq!(met(&faults, &LIST), [1]);
    let unknown = faults.decide(ACME, None).unwrap();
    assert_eq!(delay(&unknown), Duration::from_millis(2));
    let counts: Vec<_> = faults.list().iter().map(|fault| fault.matched).collect();
    assert_eq!(counts, [4, 3, 1, 1]);
}

#[test]
fn delays_add_up_and_of_the_others_the_first_fires() {
    let faults = none();
    for fault in [
        Fault::delay(Duration::from_millis(1)),
        Fault::status(500).times(1),
        Fault::garbage().times(1),
        Fault::delay(Duration::from_millis(2)),
    ] {
        faults.add(fault).unwrap();
    }
    let mut kinds = Vec::new();
    for _ in 0..3 {
        let decision = faults.decide(OTHER, None).unwrap();
        assert_eq!(delay(&decision), Duration::from_millis(3));
        let kind = decision.fault.map(|met| met.fault.kind());
        assert!(
            decision
                .fired
                .iter()
                .all(|fired| fired.carried_out == decision.carry_out)
        );
        kinds.push((kind, decision.carry_out));
    }
    assert_eq!(
        kinds,
        [
            (Some(FaultKind::Status), false),
            (Some(FaultKind::Garbage), true),
            (None, true),
        ]
    );
    let counts = faults.list();
    let counts = counts
        .iter()
        .map(|fault| (fault.matched, fault.fired, fault.spent));
    assert!(counts.eq([(3, 3, false), (1, 1, true), (2, 1, true), (3, 3, false)]));
}

#[test]
fn chance_follows_from_the_seed_and_the_number_alone() {
    let fires = |fault: Fault| {
        let faults = none();
        faults.add(fault).unwrap();
        let calls = (0..2000).map(|_| faults.decide(ACME, None).is_some());
        let fires: Vec<bool> = calls.collect();
        let counted = faults.get(1).unwrap();
        assert_eq!(counted.matched, 2000);
        let count = fires.iter().filter(|&&fired| fired).count();
        assert_eq!(counted.fired, count as u64);
        (fires, count)
    };
    let quarter = |seed| fires(Fault::garbage().probability(0.25, seed));
    let (first, count) = quarter(42);
    assert!((400..600).contains(&count), "{count}");
    assert_eq!(quarter(42).0, first);
    assert_ne!(quarter(43).0, first);
    // The same sequence in every release.
    let text: String = first[..24]
        .iter()
        .map(|&fired| if fired { 'x' } else { '.' })
        .collect();
    insta::assert_snapshot!(text, @".......xxx.xxx..........");
    assert_eq!(fires(Fault::garbage().probability(0.0, 1)).1, 0);
    assert_eq!(fires(Fault::garbage().probability(1.0, 1)).1, 2000);
    // Another fault in force does not shift the sequence.
    let faults = none();
    faults.add(Fault::status(500).times(7)).unwrap();
    faults.add(Fault::garbage().probability(0.25, 42)).unwrap();
    for (at, &fired) in first.iter().enumerate() {
        let kind = faults.decide(ACME, None).map(|it| it.fired[0].kind);
        let expected = if at < 7 {
            Some(FaultKind::Status)
        } else {
            fired.then_some(FaultKind::Garbage)
        };
        assert_eq!(kind, expected, "{at}");
    }
}

#[test]
fn probability_and_times_together() {
    let faults = none();
    faults
        .add(Fault::garbage().probability(0.5, 1).times(3))
        .unwrap();
    let fired = (0..100).filter(|_| faults.decide(ACME, None).is_some());
    assert_eq!(fired.count(), 3);
    let shown = faults.get(1).unwrap();
    assert!(
        shown.spent && shown.fired == 3 && shown.matched < 100,
        "{shown:?}"
    );
}

#[test]
fn ids_count_up_and_removed_faults_do_nothing() {
    let faults = none();
    assert_eq!(faults.add(Fault::garbage()).unwrap(), 1);
    assert_eq!(faults.add(Fault::garbage()).unwrap(), 2);
    assert_eq!(faults.remove(1).map(|fault| fault.id), Some(1));
    assert_eq!(faults.remove(1), None);
    assert_eq!(faults.clear(), 1);
    assert!(faults.decide(ACME, None).is_none());
    assert_eq!(faults.add(Fault::garbage()).unwrap(), 3);
    assert_eq!(faults.get(2), None);
}

#[test]
fn there_are_100_at_most() {
    let faults = none();
    for _ in 0..100 {
        faults.add(Fault::garbage()).unwrap();
    }
    let error = faults.add(Fault::garbage()).unwrap_err();
    assert_eq!(error.field(), None);
    assert_eq!(
        error.to_string(),
        "there are 100 faults already: remove some"
    );
    faults.remove(50).unwrap();
    assert_eq!(faults.add(Fault::garbage()).unwrap(), 101);
}
