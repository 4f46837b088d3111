//! The exchanges that are kept, and word that there is a new one.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use super::{Exchange, Filter};

/// The last exchanges, up to a number of them and a number of bytes.
pub struct Journal {
    capacity: usize,
    bytes: usize,
    kept: Mutex<Kept>,
    /// The last exchange's id.
    news: watch::Sender<u64>,
}

#[derive(Default)]
struct Kept {
    last_id: u64,
    bytes: usize,
    /// The exchanges, with one id after the other.
    exchanges: VecDeque<Arc<Exchange>>,
}

/// Holds exchanges that came after a certain one, up to a limit.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    /// The oldest first.
    pub(crate) exchanges: Vec<Arc<Exchange>>,
    /// The last one looked at: go on from here.
    pub(crate) cursor: u64,
    /// The number of exchanges that were forgotten before they could be looked at.
    pub(crate) missed: u64,
    /// The last exchange that there is, whether it is kept or not.
    pub(crate) last_id: u64,
}

impl Journal {
    pub(crate) fn new(capacity: usize, bytes: usize) -> Self {
        Self {
            capacity,
            bytes,
            kept: Mutex::default(),
            news: watch::Sender::new(0),
        }
    }

    /// The oldest first.
    pub fn exchanges(&self) -> Vec<Exchange> {
        let kept = self.kept();
        kept.exchanges
            .iter()
            .map(|one| Exchange::clone(one))
            .collect()
    }

    pub(crate) fn exchange(&self, id: u64) -> Option<Arc<Exchange>> {
        let kept = self.kept();
        let at = usize::try_from(id.checked_sub(kept.first_id())?).ok()?;
        kept.exchanges.get(at).cloned()
    }

    /// Gives at most `limit` exchanges after `cursor`.
    pub(crate) fn after(&self, cursor: u64, filter: &Filter, limit: usize) -> Batch {
        let kept = self.kept();
        let first = kept.first_id();
        let mut batch = Batch {
            cursor,
            missed: first.saturating_sub(cursor.saturating_add(1)),
            last_id: kept.last_id,
            ..Batch::default()
        };
        let from = cursor.saturating_add(1).saturating_sub(first);
        let from = usize::try_from(from).unwrap_or(usize::MAX);
        for exchange in kept.exchanges.iter().skip(from) {
            if batch.exchanges.len() == limit {
                return batch;
            }
            batch.cursor = exchange.id;
            if filter.admits(exchange) {
                batch.exchanges.push(Arc::clone(exchange));
            }
        }
        batch.cursor = batch.cursor.max(kept.last_id.min(first - 1));
        batch
    }

    /// Gives at most `limit` exchanges before the one with the id `before`, the newest first, and
    /// whether there are more.
    pub(crate) fn before(
        &self,
        before: u64,
        filter: &Filter,
        limit: usize,
    ) -> (Vec<Arc<Exchange>>, bool) {
        let kept = self.kept();
        let mut found = kept.exchanges.iter().rev();
        let mut found = found
            .by_ref()
            .filter(|exchange| exchange.id < before && filter.admits(exchange));
        let exchanges = found.by_ref().take(limit).cloned().collect();
        (exchanges, found.next().is_some())
    }

    /// The id of the last exchange, whether it is kept or not; 0 before any.
    pub(crate) fn last_id(&self) -> u64 {
        self.kept().last_id
    }

    /// Says why there is no exchange with this number.
    pub(crate) fn why_absent(&self, id: u64) -> String {
        let last = self.last_id();
        if id == 0 || id > last {
            format!("there is no exchange {id} yet: the last one is {last}")
        } else {
            format!("exchange {id} is forgotten: the journal keeps only the last ones")
        }
    }

    /// Forgets all, and tells how many that were. Their numbers do not come
    /// again.
    pub(crate) fn clear(&self) -> usize {
        let mut kept = self.kept();
        kept.bytes = 0;
        std::mem::take(&mut kept.exchanges).len()
    }

    /// Changes with every exchange.
    pub(crate) fn news(&self) -> watch::Receiver<u64> {
        self.news.subscribe()
    }

    /// Gives the exchange its number, keeps it, and forgets the oldest.
    pub(crate) fn add(&self, mut exchange: Exchange) -> u64 {
        let mut kept = self.kept();
        kept.last_id += 1;
        let id = kept.last_id;
        exchange.id = id;
        kept.bytes += exchange.weight();
        kept.exchanges.push_back(Arc::new(exchange));
        while kept.exchanges.len() > self.capacity || kept.bytes > self.bytes {
            let Some(oldest) = kept.exchanges.pop_front() else {
                break;
            };
            kept.bytes -= oldest.weight();
        }
        // Where it makes room for itself, it is forgotten at once.
        self.news.send_replace(id);
        id
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        // A panic cannot leave a change in here half done.
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    /// The id of the oldest that is kept, or of the next one.
    fn first_id(&self) -> u64 {
        self.exchanges
            .front()
            .map_or(self.last_id + 1, |exchange| exchange.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::detail::Details;
    use crate::engine::faults::{FaultKind, FiredFault};
    use crate::engine::journal::Received;

    fn exchange(status: u16) -> Exchange {
        Exchange {
            id: 0,
            at: String::new(),
            provider: None,
            operation: None,
            method: "GET",
            path: None,
            called: None,
            nearest: None,
            request: Received::default(),
            values: None,
            status,
            accepted: status == 200,
            verdict: "x".repeat(100),
            remarks: Vec::new(),
            violations: Vec::new(),
            details: Details::default(),
            faults: Vec::new(),
            micros: 0,
        }
    }

    fn journal(capacity: usize, bytes: usize, count: u16) -> Journal {
        let journal = Journal::new(capacity, bytes);
        for at in 1..=count {
            assert_eq!(journal.add(exchange(199 + at)), u64::from(at));
        }
        journal
    }

    fn ids(exchanges: &[Arc<Exchange>]) -> Vec<u64> {
        exchanges.iter().map(|exchange| exchange.id).collect()
    }

    #[test]
    fn as_many_are_kept_as_fit_in_number_and_in_bytes() {
        assert_eq!(journal(3, usize::MAX, 3).exchanges().len(), 3);
        let full = journal(3, usize::MAX, 4);
        assert!(full.exchange(0).is_none() && full.exchange(1).is_none());
        assert_eq!(full.exchange(2).unwrap().id, 2);
        assert_eq!(full.exchange(4).unwrap().id, 4);
        assert!(full.exchange(5).is_none() && full.exchange(u64::MAX).is_none());

        let weight = exchange(200).weight();
        assert_eq!(journal(99, 2 * weight, 5).exchanges().len(), 2);
        assert_eq!(journal(99, 2 * weight - 1, 5).exchanges().len(), 1);
        let mut faulty = exchange(200);
        faulty.faults = vec![FiredFault {
            id: 1,
            kind: FaultKind::Delay,
            carried_out: true,
        }];
        assert_eq!(faulty.weight(), weight + size_of::<FiredFault>());
        let none = journal(99, weight - 1, 5);
        assert_eq!((none.exchanges().len(), none.last_id()), (0, 5));
        assert_eq!(none.kept().bytes, 0);
        assert_eq!(journal(0, usize::MAX, 1).exchanges().len(), 0);
    }

    #[test]
    fn what_comes_after_one_and_what_was_missed() {
        let all = Filter::default();
        let journal = journal(4, usize::MAX, 6);
        for (after, limit, found, cursor, missed) in [
            (0, 99, &[3, 4, 5, 6][..], 6, 2),
            (1, 99, &[3, 4, 5, 6], 6, 1),
            (2, 99, &[3, 4, 5, 6], 6, 0),
            (2, 2, &[3, 4], 4, 0),
            (4, 2, &[5, 6], 6, 0),
            (6, 2, &[], 6, 0),
            (u64::MAX, 2, &[], u64::MAX, 0),
        ] {
            let batch = journal.after(after, &all, limit);
            assert_eq!(ids(&batch.exchanges), found, "after {after}");
            assert_eq!((batch.cursor, batch.missed), (cursor, missed));
        }
        // An exchange that is not asked for is passed over, and not missed.
        let filter = Filter {
            status: Some(204),
            ..all.clone()
        };
        let batch = journal.after(2, &filter, 99);
        assert_eq!((ids(&batch.exchanges), batch.cursor), (vec![5], 6));
        assert_eq!(journal.clear(), 4);
        let batch = journal.after(2, &all, 99);
        assert_eq!((batch.exchanges.len(), batch.cursor), (0, 6));
        assert_eq!(batch.missed, 4);
        assert_eq!(journal.add(exchange(200)), 7, "numbers go on");
        assert_eq!(ids(&journal.after(6, &all, 9).exchanges), [7]);
    }

    #[test]
    fn what_came_before_one() {
        let all = Filter::default();
        let journal = journal(4, usize::MAX, 6);
        let found = |before, limit| {
            let (exchanges, more) = journal.before(before, &all, limit);
            (ids(&exchanges), more)
        };
        assert_eq!(found(u64::MAX, 4), (vec![6, 5, 4, 3], false));
        assert_eq!(found(u64::MAX, 3), (vec![6, 5, 4], true));
        assert_eq!(found(5, 3), (vec![4, 3], false));
        assert_eq!(found(3, 3), (vec![], false));
    }
    #[test]
    fn why_an_exchange_is_not_there() {
        let journal = journal(4, usize::MAX, 6);
        for id in [0, 7, u64::MAX] {
            let why = format!("there is no exchange {id} yet: the last one is 6");
            assert_eq!(journal.why_absent(id), why);
        }
        journal.clear();
        for id in [1, 5, 6] {
            let why = format!("exchange {id} is forgotten: the journal keeps only the last ones");
            assert_eq!(journal.why_absent(id), why);
        }
    }
}
