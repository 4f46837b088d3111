//! One receiver's deliveries that are under way, and those whose turn it is.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::Connection;

use crate::engine::outbox::{self, Damaged, DeliveryDecision, Due, Found};
use crate::engine::store::StoreError;

/// The most events that are on their way to one receiver.
const AT_ONCE: usize = 8;

/// The most that a fault holds back from one receiver: each is looked after at every look.
pub(super) const MOST_HELD: usize = 64;

/// Keeps of one receiver's deliveries what the outbox does not hold.
#[derive(Default)]
pub(super) struct Line {
    /// The deliveries that are being sent.
    pub(super) on_their_way: BTreeSet<i64>,
    /// The deliveries that wait for the next one of their subject.
    pub(super) held: BTreeMap<i64, Held>,
    /// The deliveries that have been held back and not been sent since: they are not once more.
    let_go: BTreeSet<i64>,
    /// The damaged ones that could not be given up.
    pub(super) damaged: BTreeSet<i64>,
}

/// A delivery that a fault holds back.
pub(super) struct Held {
    pub(super) fault: u64,
    pub(super) subject: String,
}

impl Line {
    /// Tells whether a delivery may be held back.
    pub(super) fn may_hold(&self, due: &Due) -> bool {
        let is_new = due.attempts == 0 && !self.let_go.contains(&due.delivery);
        let mut held = self.held.values();
        is_new && self.held.len() < MOST_HELD && !held.any(|held| held.subject == due.subject)
    }

    /// Takes a delivery with what was decided of it. `None`: it is held back.
    pub(super) fn take(
        &mut self,
        due: Due,
        decision: DeliveryDecision,
    ) -> Option<(Due, DeliveryDecision)> {
        if let Some(fault) = decision.held_by {
            let subject = due.subject;
            self.held.insert(due.delivery, Held { fault, subject });
            return None;
        }
        self.on_their_way.insert(due.delivery);
        Some((due, decision))
    }

    /// Lets some of those go that are held back.
    pub(super) fn let_go(&mut self, is_free: impl Fn(&Held) -> bool) {
        let free = self.held.iter().filter(|(_, held)| is_free(held));
        self.let_go.extend(free.map(|(delivery, _)| *delivery));
        self.held.retain(|_, held| !is_free(held));
    }

    /// Notes that an attempt has ended.
    pub(super) fn ended(&mut self, delivery: i64) {
        self.on_their_way.remove(&delivery);
        self.let_go.remove(&delivery);
    }

    /// Forgets deliveries that have gone or ended.
    pub(super) fn forget(&mut self, gone: &[i64]) {
        for delivery in gone {
            self.held.remove(delivery);
            self.let_go.remove(delivery);
        }
    }

    /// Makes the question for what is to be sent to this receiver now, to be asked of the store.
    pub(super) fn question(&self, receiver: i64, now: i64) -> Question {
        let under_way = self.on_their_way.iter().chain(&self.damaged);
        Question {
            receiver,
            now,
            room: AT_ONCE.saturating_sub(self.on_their_way.len()),
            passed_over: under_way.chain(self.held.keys()).copied().collect(),
            held: self.held.keys().copied().collect(),
            waiting: self.held.keys().chain(&self.let_go).copied().collect(),
        }
    }
}

/// Asks what is to be sent to one receiver now and is not yet.
pub(super) struct Question {
    receiver: i64,
    now: i64,
    room: usize,
    passed_over: Vec<i64>,
    held: Vec<i64>,
    waiting: Vec<i64>,
}

/// Holds the deliveries that are to be sent to one receiver.
#[derive(Default)]
pub(super) struct Look {
    pub(super) due: Vec<Due>,
    pub(super) damaged: Vec<Damaged>,
    /// Of those that are held back or were, the ones that have gone or ended.
    pub(super) gone: Vec<i64>,
}

impl Question {
    /// Reads no more rows than there is room for, and one for each that is held back.
    pub(super) fn ask(&self, connection: &Connection) -> Result<Look, StoreError> {
        let mut look = Look::default();
        if !self.waiting.is_empty() {
            look.gone = outbox::gone(connection, &self.waiting)?;
        }
        if self.room == 0 {
            return Ok(look);
        }
        let mut passed_over = self.passed_over.clone();
        let (receiver, now) = (self.receiver, self.now);
        look.found(outbox::due(
            connection,
            receiver,
            now,
            &passed_over,
            self.room,
        )?);
        let room = self.room.saturating_sub(look.due.len());
        if room > 0 && !self.held.is_empty() {
            passed_over.extend(look.due.iter().map(|due| due.delivery));
            passed_over.extend(look.damaged.iter().map(|damaged| damaged.delivery));
            let behind = outbox::behind(connection, now, &self.held, &passed_over, room)?;
            look.found(behind);
        }
        Ok(look)
    }
}

impl Look {
    fn found(&mut self, found: Found) {
        self.due.extend(found.due);
        self.damaged.extend(found.damaged);
    }
}
