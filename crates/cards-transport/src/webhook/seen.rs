//! Tells events that come again from those that come for the first time.

use std::collections::{BTreeMap, VecDeque};
use std::hash::{BuildHasher as _, RandomState};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Remembers the ids of the last events, to notice one that is sent again: providers send each
/// event at least once, and sometimes twice.
///
/// It holds as many ids as it was made for, and forgets the one that came longest ago. It belongs
/// to this process and does not outlast it: where acting twice costs money, the id is a unique
/// key beside what the event changes, in the same transaction. Threads share one by reference.
///
/// An id that is noted is taken for handled. Where the handling fails, [`forget`](Self::forget)
/// it, or the next delivery is passed over.
///
/// ```
/// use cards_transport::webhook::{Seen, Sighting};
///
/// let seen = Seen::new(10_000);
/// assert_eq!(seen.note("E1"), Sighting::First);
/// assert_eq!(seen.note("E1"), Sighting::Again);
/// seen.forget("E1");
/// assert_eq!(seen.note("E1"), Sighting::First);
/// ```
#[derive(Debug)]
pub struct Seen {
    capacity: usize,
    memory: Mutex<Memory>,
}

/// Says whether an event came before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sighting {
    /// Not among the last events.
    First,
    /// It did, and is to be answered with 200 and passed over.
    Again,
}

impl Sighting {
    /// Tells whether the event came for the first time.
    pub fn is_first(self) -> bool {
        self == Self::First
    }
}

impl Seen {
    /// A memory for so many ids, of about 100 bytes each, however long they are; 0 is taken for 1.
    pub fn new(capacity: usize) -> Self {
        Self {
            capacity: capacity.max(1),
            memory: Mutex::default(),
        }
    }

    /// Notes an id, and tells whether it was noted before. Of threads that note one at the same
    /// time, one alone is first.
    pub fn note(&self, id: &str) -> Sighting {
        let mut memory = self.memory();
        let sighting = match memory.turn(id) {
            Some(_) => Sighting::Again,
            None => Sighting::First,
        };
        memory.touch(id);
        while memory.turns.len() > self.capacity {
            memory.drop_oldest();
        }
        sighting
    }

    /// Forgets an id, so that the event counts as new when it comes again.
    pub fn forget(&self, id: &str) {
        let mut memory = self.memory();
        let hash = memory.hash(id);
        memory.turns.remove(&hash);
        memory.tidy();
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        // Each change is whole before the next line can panic.
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// 128 bits of an id. Two ids that share one would lose an event; the keys of the hashes are
/// random, so that nobody can make such ids.
type Hash = (u64, u64);

/// The ids by their hashes: 16 bytes each, however long they are.
#[derive(Debug, Default)]
struct Memory {
    /// The turn in which each was noted last.
    turns: BTreeMap<Hash, u64>,
    /// All turns in order, with those that a later one of the same id has replaced.
    order: VecDeque<(u64, Hash)>,
    next: u64,
    keys: (RandomState, RandomState),
}

impl Memory {
    fn hash(&self, id: &str) -> Hash {
        (self.keys.0.hash_one(id), self.keys.1.hash_one(id))
    }

    fn turn(&self, id: &str) -> Option<u64> {
        self.turns.get(&self.hash(id)).copied()
    }

    fn touch(&mut self, id: &str) {
        let hash = self.hash(id);
        self.turns.insert(hash, self.next);
        self.order.push_back((self.next, hash));
        self.next += 1;
        self.tidy();
    }

    /// Drops the id that was noted longest ago.
    fn drop_oldest(&mut self) {
        while let Some((turn, hash)) = self.order.pop_front() {
            if self.turns.get(&hash) == Some(&turn) {
                self.turns.remove(&hash);
                return;
            }
        }
    }

    /// Drops the turns that count no more once they are the most.
    fn tidy(&mut self) {
        if self.order.len() > 2 * self.turns.len() + 16 {
            let turns = &self.turns;
            self.order
                .retain(|(turn, hash)| turns.get(hash) == Some(turn));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_one_that_came_longest_ago_is_forgotten() {
        let seen = Seen::new(2);
        assert!(seen.note("a").is_first());
        assert!(seen.note("b").is_first());
        assert!(!seen.note("a").is_first());
        assert!(seen.note("c").is_first());
        assert!(!seen.note("a").is_first(), "it came after b");
        assert!(seen.note("b").is_first());
        assert!(!format!("{seen:?}").contains("\"a\""));
    }

    #[test]
    fn the_memory_is_bounded() {
        let seen = Seen::new(10);
        for turn in 0..10_000 {
            seen.note("the same");
            seen.note(&turn.to_string());
            seen.forget(&(turn / 2).to_string());
        }
        let memory = seen.memory();
        assert!(memory.turns.len() <= 10 && memory.order.len() <= 2 * 10 + 16);
    }

    #[test]
    fn of_several_threads_one_is_first() {
        let seen = Seen::new(1000);
        let first = std::sync::atomic::AtomicUsize::new(0);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for id in 0..200 {
                        let is_first = seen.note(&id.to_string()).is_first();
                        first.fetch_add(is_first.into(), std::sync::atomic::Ordering::Relaxed);
                    }
                });
            }
        });
        assert_eq!(first.into_inner(), 200);
    }

    proptest! {
        /// With room for all, it tells what a plain set tells.
        #[test]
        fn it_is_a_set(steps in proptest::collection::vec((any::<bool>(), 0_u8..20), 0..200)) {
            let (seen, mut set) = (Seen::new(20), BTreeSet::new());
            for (forgets, id) in steps {
                match forgets {
                    true => {
                        seen.forget(&id.to_string());
                        set.remove(&id);
                    }
                    false => prop_assert_eq!(seen.note(&id.to_string()).is_first(), set.insert(id)),
                }
            }
        }
    }
}
