//! Every rule of Airpay's lock at its boundary, both sides.

#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

use cards_model::airpay::{LockFlag, LockUnlock};
use cards_model::{Date, Effect, Request, Rule, Rules, Samples};

fn rules() -> Rules {
    Rules::on(Date::new(2026, 11, 21).unwrap())
}

fn lock(change: impl FnOnce(&mut LockUnlock)) -> LockUnlock {
    let mut lock = LockUnlock::new("E1", "100000000978", LockFlag::Lock, "Lost");
    change(&mut lock);
    lock
}

fn broken(lock: &LockUnlock) -> Vec<(String, Rule)> {
    let violations = lock.check(&rules()).err();
    let violations = violations.iter().flatten();
    violations.map(|v| (v.field.clone(), v.rule)).collect()
}

#[test]
fn each_field_at_its_boundaries() {
    assert_eq!(broken(&lock(|_| {})), []);
    let one = |field: &str, rule| vec![(field.to_owned(), rule)];
    for (length, expected) in [
        (0, one("entity_id", Rule::Required)),
        (1, vec![]),
        (50, vec![]),
        (51, one("entity_id", Rule::Length)),
    ] {
        let lock = lock(|lock| lock.entity_id = "é".repeat(length));
        assert_eq!(broken(&lock), expected, "{length}");
    }
    for length in [1, 16, 17, 1000] {
        assert_eq!(broken(&lock(|lock| lock.kit_no = "9".repeat(length))), []);
        assert_eq!(
            broken(&lock(|lock| lock.reason = "x".repeat(length).into())),
            []
        );
    }
    let none = lock(|lock| lock.kit_no.clear());
    assert_eq!(broken(&none), one("kit_no", Rule::Required));
    let none = lock(|lock| lock.reason = "".into());
    assert_eq!(broken(&none), one("reason", Rule::Required));
    for flag in LockFlag::ALL {
        assert_eq!(broken(&lock(|lock| lock.flag = flag.clone())), []);
    }
    for (flag, rule) in [
        ("l", Rule::Allowed),
        ("B", Rule::Allowed),
        ("", Rule::Required),
    ] {
        let lock = lock(|lock| lock.flag = flag.into());
        assert_eq!(broken(&lock), one("flag", rule), "{flag}");
    }
}

#[test]
fn the_pages_sample_breaks_the_pages_rule() {
    let samples = LockUnlock::OPERATION
        .fields
        .iter()
        .map(|field| field.sample.unwrap());
    let [entity_id, kit_no, flag, reason] = samples.collect::<Vec<_>>()[..] else {
        panic!("four fields");
    };
    let sample = LockUnlock::new(entity_id, kit_no, flag, reason);
    assert_eq!(broken(&sample), [("entity_id".to_owned(), Rule::Length)]);
    assert_eq!(sample.check(&rules().samples(Samples::Accept)), Ok(()));
}

#[test]
fn a_reason_is_nobodys_business_and_a_lock_is_not_repeated() {
    let lock = lock(|lock| lock.reason = "Asha MARKER".into());
    assert!(!format!("{lock:?}").contains("MARKER"));
    assert_eq!(LockUnlock::OPERATION.effect, Effect::Mutation);
}
