//! Tells events that come late from those that are the latest of their card.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use cards_model::Timestamp;

/// Remembers the time of the latest event of each card, to notice one that comes after a later
/// one: providers do not promise an order.
///
/// It holds as many cards as it was made for, and forgets the one whose latest event is the
/// oldest. Times can be compared among events of one kind: keep a `Latest` for each kind, or put
/// the kind into the name. Threads share one by reference.
///
/// ```
/// use cards_transport::model::Timestamp;
/// use cards_transport::webhook::{Age, Latest};
///
/// let latest = Latest::new(10_000);
/// let (early, late) = (Timestamp::new("2021-07-15T17:54:12Z"), Timestamp::new("2021-07-15T18:00:00Z"));
/// assert_eq!(latest.note("C1", Some(&late)), Age::Latest);
/// assert_eq!(latest.note("C1", Some(&early)), Age::Overtaken);
/// assert_eq!(latest.note("C1", None), Age::CannotTell);
/// ```
#[derive(Debug)]
pub struct Latest {
    capacity: usize,
    memory: Mutex<Memory>,
}

/// The latest time of each card, and the cards in the order of their times.
#[derive(Debug, Default)]
struct Memory {
    times: BTreeMap<Arc<str>, i64>,
    order: BTreeSet<(i64, Arc<str>)>,
}

/// The place of an event among those of its card.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Age {
    /// No later one was noted.
    Latest,
    /// A later one was noted before: what this one tells is no longer so.
    Overtaken,
    /// It has no time that can be read, or that of the latest one. A read of the card tells what
    /// is so now.
    CannotTell,
}

impl Latest {
    /// A memory for so many cards; 0 is taken for 1.
    pub fn new(capacity: usize) -> Self {
        Self {
            capacity: capacity.max(1),
            memory: Mutex::default(),
        }
    }

    /// Notes the time of an event of a card, and tells whether a later one was noted before.
    pub fn note(&self, card: &str, time: Option<&Timestamp>) -> Age {
        let Some(time) = time.and_then(Timestamp::unix_millis) else {
            return Age::CannotTell;
        };
        let mut memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        let Memory { times, order } = &mut *memory;
        let card: Arc<str> = match times.get_key_value(card) {
            Some((_, latest)) if *latest > time => return Age::Overtaken,
            Some((_, latest)) if *latest == time => return Age::CannotTell,
            Some((card, latest)) => {
                order.remove(&(*latest, Arc::clone(card)));
                Arc::clone(card)
            }
            None => card.into(),
        };
        times.insert(Arc::clone(&card), time);
        order.insert((time, card));
        while times.len() > self.capacity
            && let Some((_, oldest)) = order.pop_first()
        {
            times.remove(&oldest);
        }
        Age::Latest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_card_has_a_time_of_its_own_and_the_oldest_is_forgotten() {
        let latest = Latest::new(2);
        let at = |second: u8| Timestamp::new(format!("2021-07-15T17:54:{second:02}Z"));
        assert_eq!(latest.note("a", Some(&at(2))), Age::Latest);
        assert_eq!(latest.note("b", Some(&at(1))), Age::Latest);
        assert_eq!(latest.note("a", Some(&at(1))), Age::Overtaken);
        assert_eq!(latest.note("a", Some(&at(2))), Age::CannotTell);
        assert_eq!(latest.note("c", Some(&at(3))), Age::Latest);
        assert_eq!(
            latest.note("b", Some(&at(0))),
            Age::Latest,
            "b was forgotten"
        );
        let odd = Timestamp::new("yesterday");
        assert_eq!(latest.note("a", Some(&odd)), Age::CannotTell);
    }
}
