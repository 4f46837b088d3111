//! Faults on the delivery of events: what goes wrong between the sandbox and a receiver, on order.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::EventKind;
use crate::engine::field_error::FieldError;
use crate::engine::listed;
use crate::engine::pause::{Force, Pause};

/// The number of faults on deliveries that there may be at one time, spent ones included.
const MOST: usize = 100;

/// The longest delay, in milliseconds.
const MOST_MILLIS: u64 = 60_000;

/// A kind of fault on a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum DeliveryFaultKind {
    /// The receiver gets the event, and its answer counts as never having come, as that of one who
    /// is too slow: the event is sent again.
    NoAnswer,
    /// The receiver gets the event, and its answer counts as one with the given `status`.
    Status,
    /// The signature is of other bytes than the body.
    WrongSignature,
    /// The event is sent twice.
    Duplicate,
    /// The event waits until the next one of its subject has been taken. Of each receiver 64 wait
    /// at most: a further one is sent as it comes.
    OutOfOrder,
    /// The event is sent so many `millis` later than its turn comes, by the machine's clock, and no
    /// later than the fault is removed.
    Delay,
}

/// A fault on the delivery of events, some times.
///
/// ```
/// use cards_sandbox_core::{DeliveryFault, DeliveryFaultKind, Setup};
///
/// let sandbox = Setup::default().start_blocking([])?;
/// let fault = DeliveryFault::new(DeliveryFaultKind::Duplicate).times(1);
/// let id = sandbox.delivery_faults().add(fault)?;
/// assert_eq!(sandbox.delivery_faults().list()[0].id, id);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(
    rename_all = "camelCase",
    deny_unknown_fields,
    expecting = "an object that says which fault"
)]
#[must_use]
pub struct DeliveryFault {
    #[serde(rename = "fault")]
    kind: DeliveryFaultKind,
    /// Only events of this provider.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "listed::provider_name")]
    provider: Option<String>,
    /// Only events of this name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    event: Option<String>,
    /// Times that it fires; always, where it is not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "u64", range(min = 1))]
    times: Option<u64>,
    /// The status of `status`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "u16", range(min = 100, max = 599))]
    status: Option<u16>,
    /// The milliseconds of `delay`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "u64", range(min = 1, max = MOST_MILLIS))]
    millis: Option<u64>,
}

impl DeliveryFault {
    /// A fault of a kind, on every delivery. [`Status`](DeliveryFaultKind::Status) and
    /// [`Delay`](DeliveryFaultKind::Delay) need their number too.
    pub const fn new(kind: DeliveryFaultKind) -> Self {
        Self {
            kind,
            provider: None,
            event: None,
            times: None,
            status: None,
            millis: None,
        }
    }

    /// Takes the answer of receivers for one with this status: 100 to 599.
    pub fn status(status: u16) -> Self {
        Self {
            status: Some(status),
            ..Self::new(DeliveryFaultKind::Status)
        }
    }

    /// Sends so much later: a millisecond to a minute.
    pub fn delay(by: Duration) -> Self {
        Self {
            millis: Some(u64::try_from(by.as_millis()).unwrap_or(u64::MAX)),
            ..Self::new(DeliveryFaultKind::Delay)
        }
    }

    /// Fires only on events of this provider.
    pub fn provider(self, provider: impl Into<String>) -> Self {
        Self {
            provider: Some(provider.into()),
            ..self
        }
    }

    /// Fires only on events of this name.
    pub fn event(self, event: impl Into<String>) -> Self {
        Self {
            event: Some(event.into()),
            ..self
        }
    }

    /// Fires so many times, and not always.
    pub fn times(self, times: u64) -> Self {
        Self {
            times: Some(times),
            ..self
        }
    }

    fn check(&self, known: &[(&'static str, &'static [EventKind])]) -> Result<(), FieldError> {
        check_scope(known, self.provider.as_deref(), self.event.as_deref())?;
        let of_kind = |field, kind, given: Option<u64>, most: u64, least: u64| match given {
            None if self.kind == kind => Err(FieldError::at(field, "this fault needs it")),
            Some(_) if self.kind != kind => Err(FieldError::at(field, "this fault has none")),
            Some(number) if !(least..=most).contains(&number) => {
                Err(FieldError::at(field, format!("from {least} to {most}")))
            }
            _ => Ok(()),
        };
        let status = self.status.map(u64::from);
        of_kind("status", DeliveryFaultKind::Status, status, 599, 100)?;
        of_kind(
            "millis",
            DeliveryFaultKind::Delay,
            self.millis,
            MOST_MILLIS,
            1,
        )?;
        match self.times {
            Some(0) => Err(FieldError::at("times", "at least 1")),
            _ => Ok(()),
        }
    }
}

/// Checks that there is a provider of this name, and an event of it.
pub(crate) fn check_scope(
    known: &[(&'static str, &'static [EventKind])],
    provider: Option<&str>,
    event: Option<&str>,
) -> Result<(), FieldError> {
    let is_in_scope = |name: &&str| provider.is_none_or(|wanted| wanted == *name);
    let in_scope: Vec<_> = known.iter().filter(|(name, _)| is_in_scope(name)).collect();
    if in_scope.is_empty() && provider.is_some() {
        let names: Vec<_> = known.iter().map(|(name, _)| *name).collect();
        let what = format!("one that sends events: {}", names.join(", "));
        return Err(FieldError::at("provider", what));
    }
    let names: Vec<_> = in_scope
        .iter()
        .flat_map(|(_, kinds)| kinds.iter().map(|kind| kind.name))
        .collect();
    match event {
        Some(event) if !names.contains(&event) => {
            let what = format!("one of {}", names.join(", "));
            Err(FieldError::at("event", what))
        }
        _ => Ok(()),
    }
}

/// A fault on deliveries as it was ordered, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct OrderedDeliveryFault {
    /// Number of the fault, counted from 1; never given twice.
    pub id: u64,
    /// The order.
    #[serde(flatten)]
    pub fault: DeliveryFault,
    /// Number of times that it fired.
    pub fired: u64,
    /// Says whether it has fired as often as it was ordered, and so does nothing more.
    pub spent: bool,
}

/// The faults on the deliveries of one sandbox, in the order in which they were ordered. See
/// [`RunningWorld::delivery_faults`](crate::RunningWorld::delivery_faults).
#[derive(Debug)]
pub struct DeliveryFaults {
    known: Vec<(&'static str, &'static [EventKind])>,
    entries: Mutex<Entries>,
}

#[derive(Debug, Default)]
struct Entries {
    last_id: u64,
    all: Vec<Entry>,
}

#[derive(Debug)]
struct Entry {
    id: u64,
    fault: DeliveryFault,
    fired: u64,
    force: Force,
}

/// Says what becomes of one attempt at a delivery.
#[derive(Debug, Default)]
pub(crate) struct DeliveryDecision {
    pub(crate) no_answer: bool,
    pub(crate) status: Option<u16>,
    pub(crate) wrong_signature: bool,
    pub(crate) duplicate: bool,
    /// The fault that holds it back until the next one is taken.
    pub(crate) held_by: Option<u64>,
    /// The waits before it is sent, one after the other, each of which ends with its fault.
    pub(crate) pauses: Vec<Pause>,
}

impl DeliveryFaults {
    pub(crate) fn new(known: Vec<(&'static str, &'static [EventKind])>) -> Self {
        Self {
            known,
            entries: Mutex::default(),
        }
    }

    /// Lists the providers that send events, with their events.
    pub(crate) fn known(&self) -> &[(&'static str, &'static [EventKind])] {
        &self.known
    }

    /// Puts a fault in force and gives its id.
    ///
    /// # Errors
    ///
    /// Names the field that makes no sense. There can be 100 at one time, spent ones included.
    pub fn add(&self, fault: DeliveryFault) -> Result<u64, FieldError> {
        self.ordered(fault).map(|ordered| ordered.id)
    }

    pub(crate) fn ordered(&self, fault: DeliveryFault) -> Result<OrderedDeliveryFault, FieldError> {
        fault.check(&self.known)?;
        let mut entries = self.entries();
        if entries.all.len() >= MOST {
            let what = "there are 100 faults on deliveries already: remove some";
            return Err(FieldError::of_whole(what));
        }
        entries.last_id += 1;
        let entry = Entry {
            id: entries.last_id,
            fault,
            fired: 0,
            force: Force::default(),
        };
        let shown = entry.show();
        entries.all.push(entry);
        Ok(shown)
    }

    /// All faults by id, spent ones included.
    pub fn list(&self) -> Vec<OrderedDeliveryFault> {
        self.entries().all.iter().map(Entry::show).collect()
    }

    /// Takes a fault out of force, and what it holds back or delays is sent. `None`: there is none.
    pub fn remove(&self, id: u64) -> Option<OrderedDeliveryFault> {
        let mut entries = self.entries();
        let at = entries.all.iter().position(|entry| entry.id == id)?;
        Some(entries.all.remove(at).show())
    }

    /// Takes all faults out of force, and tells how many there were.
    pub fn clear(&self) -> usize {
        std::mem::take(&mut self.entries().all).len()
    }

    /// Gives those that there are of some.
    pub(crate) fn in_force(&self, ids: impl Iterator<Item = u64>) -> BTreeSet<u64> {
        let entries = self.entries();
        let is_there = |id: &u64| entries.all.iter().any(|entry| entry.id == *id);
        ids.filter(is_there).collect()
    }

    /// Decides what becomes of an attempt at an event, which may be held back where it `may_wait`.
    pub(crate) fn decide(&self, provider: &str, event: &str, may_wait: bool) -> DeliveryDecision {
        let mut entries = self.entries();
        let mut in_scope: Vec<_> = entries
            .all
            .iter_mut()
            .filter(|entry| entry.has(provider, event) && !entry.is_spent())
            .collect();
        // What is held back meets the others when it is sent.
        if may_wait && let Some(at) = in_scope.iter().position(|entry| entry.holds_back()) {
            in_scope[at].fired += 1;
            return DeliveryDecision {
                held_by: Some(in_scope[at].id),
                ..DeliveryDecision::default()
            };
        }
        let mut decision = DeliveryDecision::default();
        for entry in in_scope.into_iter().filter(|entry| !entry.holds_back()) {
            entry.fired += 1;
            decision.meets(entry);
        }
        decision
    }

    fn entries(&self) -> MutexGuard<'_, Entries> {
        // A panic cannot leave a change in here half done.
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl DeliveryDecision {
    fn meets(&mut self, entry: &Entry) {
        let fault = &entry.fault;
        match fault.kind {
            DeliveryFaultKind::NoAnswer => self.no_answer = true,
            DeliveryFaultKind::Status => self.status = self.status.or(fault.status),
            DeliveryFaultKind::WrongSignature => self.wrong_signature = true,
            DeliveryFaultKind::Duplicate => self.duplicate = true,
            DeliveryFaultKind::OutOfOrder => {}
            DeliveryFaultKind::Delay => {
                let length = Duration::from_millis(fault.millis.unwrap_or_default());
                self.pauses.push(entry.force.watch().pause(length));
            }
        }
    }
}

impl Entry {
    fn has(&self, provider: &str, event: &str) -> bool {
        let fault = &self.fault;
        fault.provider.as_deref().is_none_or(|one| one == provider)
            && fault.event.as_deref().is_none_or(|one| one == event)
    }

    fn show(&self) -> OrderedDeliveryFault {
        OrderedDeliveryFault {
            id: self.id,
            fault: self.fault.clone(),
            fired: self.fired,
            spent: self.is_spent(),
        }
    }

    fn holds_back(&self) -> bool {
        self.fault.kind == DeliveryFaultKind::OutOfOrder
    }

    fn is_spent(&self) -> bool {
        self.fault.times.is_some_and(|times| self.fired >= times)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: &[EventKind] = &[EventKind {
        name: "opened",
        path: "",
        about: "A card was opened.",
    }];

    /// All that is in force meets one attempt, and of two statuses the first.
    #[test]
    fn an_attempt_meets_every_fault_in_force() {
        let faults = DeliveryFaults::new(vec![("acme", KNOWN)]);
        assert_eq!(faults.known(), [("acme", KNOWN)]);
        let none = faults.decide("acme", "opened", true);
        assert!(!none.no_answer && !none.wrong_signature && !none.duplicate);
        assert!(none.status.is_none() && none.held_by.is_none() && none.pauses.is_empty());
        for fault in [
            DeliveryFault::new(DeliveryFaultKind::NoAnswer),
            DeliveryFault::new(DeliveryFaultKind::WrongSignature).times(1),
            DeliveryFault::new(DeliveryFaultKind::Duplicate).event("opened"),
            DeliveryFault::status(503),
            DeliveryFault::status(404),
            DeliveryFault::delay(Duration::from_millis(1)).provider("acme"),
        ] {
            faults.add(fault).unwrap();
        }
        let all = faults.decide("acme", "opened", true);
        assert!(all.no_answer && all.wrong_signature && all.duplicate);
        assert_eq!((all.status, all.pauses.len()), (Some(503), 1));
        // One is spent.
        let rest = faults.decide("acme", "opened", true);
        assert!(rest.no_answer && !rest.wrong_signature && rest.duplicate);
        assert!(
            faults
                .add(DeliveryFault::status(503).provider("none"))
                .is_err()
        );
    }
}
