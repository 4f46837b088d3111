//! The faults in force, and which of them a call meets.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use cards_model::Operation;
use schemars::JsonSchema;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::check::Scope;
use super::pause::{Force, InForce, Pause};
use super::{Fault, FaultError, FaultKind};
use crate::provider::ProviderId;
use crate::served::Operations;

/// The number of faults there may be at one time, spent ones included.
const MOST: usize = 100;

/// The faults of one sandbox, in the order in which they were ordered. See
/// [`Running::faults`](crate::Running::faults).
#[derive(Debug)]
pub struct Faults {
    /// The faults that a reset comes back to.
    first: Vec<Fault>,
    /// The operations that one can be of.
    operations: Operations,
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    last_id: u64,
    entries: Vec<Entry>,
}

#[derive(Clone, Debug)]
struct Entry {
    id: u64,
    fault: Arc<Fault>,
    force: Arc<Force>,
    scope: Scope,
    matched: u64,
    fired: u64,
}

/// A fault as it was ordered, and what became of it.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct OrderedFault {
    /// Counted from 1; never given twice.
    pub id: u64,
    /// The order, with what it left open filled in.
    #[serde(flatten)]
    pub fault: Fault,
    /// How many calls were in its scope while it was in force.
    pub matched: u64,
    /// On how many of them it fired.
    pub fired: u64,
    /// Whether it has fired as often as it was ordered, and so does nothing
    /// more.
    pub spent: bool,
}

/// A fault that fired on a call, as the call's [`Exchange`](crate::Exchange)
/// has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct FiredFault {
    /// The fault's number in [`Faults`].
    pub id: u64,
    /// What it did.
    #[serde(rename = "fault")]
    pub kind: FaultKind,
    /// Whether the call was handed to its operation all the same, which may
    /// have refused it.
    pub carried_out: bool,
}

/// Says what becomes of a call on which faults fired.
#[derive(Debug)]
pub(super) struct Decision {
    /// All that fired, in their order.
    pub(super) fired: Vec<FiredFault>,
    /// All delays, one after the other.
    pub(super) delays: Vec<Pause>,
    /// The fault, at most one, that applies beside them.
    pub(super) fault: Option<ActiveFault>,
    /// Whether the call is carried out.
    pub(super) carry_out: bool,
}

/// A fault that a call has met, which may have been removed since.
#[derive(Debug)]
pub(super) struct ActiveFault {
    pub(super) fault: Arc<Fault>,
    pub(super) in_force: InForce,
}

impl Faults {
    /// Puts these faults in force from the start.
    pub(crate) fn starting_with(
        first: Vec<Fault>,
        operations: Operations,
    ) -> Result<Self, FaultError> {
        let faults = Self {
            first,
            operations,
            known: Mutex::default(),
        };
        for fault in &faults.first {
            faults.add(fault.clone())?;
        }
        Ok(faults)
    }

    /// Brings the faults back to those of the start, but for the ids, which go on.
    pub(crate) fn reset(&self) {
        self.clear();
        for fault in &self.first {
            // They were taken before, and there is room now.
            drop(self.add(fault.clone()));
        }
    }

    /// Puts a fault in force and gives its id.
    ///
    /// # Errors
    ///
    /// Names the field that makes no sense. There can be 100 at one time, spent
    /// ones included.
    pub fn add(&self, fault: Fault) -> Result<u64, FaultError> {
        self.ordered(fault).map(|ordered| ordered.id)
    }

    /// Puts a fault in force and shows it.
    pub(crate) fn ordered(&self, mut fault: Fault) -> Result<OrderedFault, FaultError> {
        let scope = fault.check(&self.operations)?;
        let mut known = self.known();
        if known.entries.len() >= MOST {
            let what = "there are 100 faults already: remove some";
            return Err(FaultError::too_many(what));
        }
        known.last_id += 1;
        let entry = Entry {
            id: known.last_id,
            fault: Arc::new(fault),
            force: Arc::default(),
            scope,
            matched: 0,
            fired: 0,
        };
        known.entries.push(entry.clone());
        drop(known);
        Ok(entry.show())
    }

    /// All faults by id, spent ones included.
    pub fn list(&self) -> Vec<OrderedFault> {
        // Every call takes this lock: what is large is copied after it.
        let entries = self.known().entries.clone();
        entries.iter().map(Entry::show).collect()
    }

    /// Gives the fault with this number; `None` where there is none.
    pub fn get(&self, id: u64) -> Option<OrderedFault> {
        let known = self.known();
        let entry = known.entries.iter().find(|entry| entry.id == id)?.clone();
        drop(known);
        Some(entry.show())
    }

    /// Takes a fault out of force, and shows what became of it. What it holds
    /// back, as a delay does, it holds back no longer.
    pub fn remove(&self, id: u64) -> Option<OrderedFault> {
        let mut known = self.known();
        let at = known.entries.iter().position(|entry| entry.id == id)?;
        let entry = known.entries.remove(at);
        drop(known);
        Some(entry.show())
    }

    /// Takes all faults out of force, as [`remove`](Self::remove) does one, and
    /// tells how many there were.
    pub fn clear(&self) -> usize {
        let removed = std::mem::take(&mut self.known().entries);
        removed.len()
    }

    /// Decides which faults fire on a call; `None` where none does.
    pub(super) fn decide(
        &self,
        provider: ProviderId,
        operation: Option<&'static Operation>,
    ) -> Option<Decision> {
        let mut known = self.known();
        let mut decision = Decision {
            fired: Vec::new(),
            delays: Vec::new(),
            fault: None,
            carry_out: true,
        };
        for entry in &mut known.entries {
            if entry.is_spent() || !entry.scope.has(provider, operation) {
                continue;
            }
            entry.matched += 1;
            let is_delay = entry.fault.kind == FaultKind::Delay;
            if !is_delay && decision.fault.is_some() || !entry.is_due() {
                continue;
            }
            entry.fired += 1;
            if is_delay {
                let delay = entry.force.watch().pause(entry.fault.pause());
                decision.delays.push(delay);
            } else {
                decision.carry_out = entry.fault.carries_out();
                decision.fault = Some(ActiveFault {
                    fault: Arc::clone(&entry.fault),
                    in_force: entry.force.watch(),
                });
            }
            decision.fired.push(FiredFault {
                id: entry.id,
                kind: entry.fault.kind,
                carried_out: true,
            });
        }
        for fired in &mut decision.fired {
            fired.carried_out = decision.carry_out;
        }
        (!decision.fired.is_empty()).then_some(decision)
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        // A panic cannot leave a change in here half done.
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Entry {
    fn show(&self) -> OrderedFault {
        OrderedFault {
            id: self.id,
            fault: Fault::clone(&self.fault),
            matched: self.matched,
            fired: self.fired,
            spent: self.is_spent(),
        }
    }

    fn is_spent(&self) -> bool {
        self.fault.times.is_some_and(|times| self.fired >= times)
    }

    /// Whether it fires on the call that was just counted.
    fn is_due(&self) -> bool {
        self.fault.probability.is_none_or(|probability| {
            chance(self.fault.seed.unwrap_or_default(), self.matched) < probability
        })
    }
}

/// A number from 0 to just under 1 that follows from both arguments, on every
/// machine and in every version alike.
fn chance(seed: u64, number: u64) -> f64 {
    let digest = Sha256::new()
        .chain_update(seed.to_le_bytes())
        .chain_update(number.to_le_bytes())
        .finalize();
    // A double holds 53 bits: of the first 56 the last three go.
    let bits = digest
        .iter()
        .take(7)
        .fold(0, |bits: u64, &byte| bits << 8 | u64::from(byte))
        >> 3;
    bits as f64 / (1_u64 << 53) as f64
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use cards_model::Request;
    use cards_model::airpay::{RegisterUser, UpdateCustomer};
    use cards_model::paysafe::ListPrepaidCards;

    use cards_model::Provider;

    use super::*;

    const REGISTER: &Operation = <RegisterUser as Request>::OPERATION;

    fn none() -> Faults {
        Faults::starting_with(Vec::new(), crate::providers::operations()).unwrap()
    }

    fn met(faults: &Faults, operation: &'static Operation) -> Vec<u64> {
        let decision = faults.decide(operation.provider.into(), Some(operation));
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
            Fault::delay(Duration::from_millis(1)).at(Provider::Airpay),
            Fault::delay(Duration::from_millis(1)).operation("register-user"),
            Fault::delay(Duration::from_millis(1))
                .at(Provider::Airpay)
                .operation("register-user"),
        ] {
            faults.add(fault).unwrap();
        }
        assert_eq!(met(&faults, REGISTER), [1, 2, 3, 4]);
        assert_eq!(met(&faults, UpdateCustomer::OPERATION), [1, 2]);
        assert_eq!(met(&faults, ListPrepaidCards::OPERATION), [1]);
        let unknown = faults.decide(Provider::Airpay.into(), None).unwrap();
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
            let decision = faults.decide(Provider::Ibanera.into(), None).unwrap();
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
            let calls = (0..2000).map(|_| faults.decide(Provider::Airpay.into(), None).is_some());
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
            let kind = faults
                .decide(Provider::Airpay.into(), None)
                .map(|it| it.fired[0].kind);
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
        let fired = (0..100).filter(|_| faults.decide(Provider::Airpay.into(), None).is_some());
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
        assert!(faults.decide(Provider::Airpay.into(), None).is_none());
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
}
