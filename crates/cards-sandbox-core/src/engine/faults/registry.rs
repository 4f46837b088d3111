//! The faults in force, and which of them a call meets.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use cards_model::{Operation, ProviderId};
use schemars::JsonSchema;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::check::Scope;
use super::{Fault, FaultError, FaultKind};
use crate::engine::operations::Operations;
use crate::engine::pause::{Force, InForce, Pause};

/// The number of faults there may be at one time, spent ones included.
const MOST: usize = 100;

/// The faults of one sandbox, in the order in which they were ordered. See
/// [`RunningWorld::faults`](crate::RunningWorld::faults).
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
    /// Number of the fault, counted from 1; never given twice.
    pub id: u64,
    /// The order, with what it left open filled in.
    #[serde(flatten)]
    pub fault: Fault,
    /// Counts the calls that were in its scope while it was in force.
    pub matched: u64,
    /// Number of those calls that it fired on.
    pub fired: u64,
    /// Says whether it has fired as often as it was ordered, and so does nothing more.
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
    /// The kind of thing that went wrong.
    #[serde(rename = "fault")]
    pub kind: FaultKind,
    /// Says whether the call was handed to its operation all the same, which may have refused it.
    pub carried_out: bool,
}

/// Says what becomes of a call on which faults fired.
#[derive(Debug)]
pub(crate) struct Decision {
    /// All that fired, in their order.
    pub(crate) fired: Vec<FiredFault>,
    /// All delays, one after the other.
    pub(crate) delays: Vec<Pause>,
    /// The fault, at most one, that applies beside them.
    pub(crate) fault: Option<ActiveFault>,
    /// Says whether the call is carried out.
    pub(crate) carry_out: bool,
}

/// A fault that a call has met, which may have been removed since.
#[derive(Debug)]
pub(crate) struct ActiveFault {
    pub(crate) fault: Arc<Fault>,
    pub(crate) in_force: InForce,
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
    pub(crate) fn decide(
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

    /// Tells whether it fires on the call that was just counted.
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
mod tests;
