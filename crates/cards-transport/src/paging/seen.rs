//! Remembers what a walk has seen, in memory that does not grow with the list.

use std::collections::BTreeSet;
use std::hash::{BuildHasher, RandomState};

/// The items that are remembered of all pages but the first and the last: as many as forty pages of fifty have. Of a
/// longer walk it is every second one, every fourth and so on, evenly over all of it.
const MOST: usize = 2048;

/// A hash of an item, which nobody can foresee: two that are the same by chance do not come in practice.
type Hash = (u64, u64);

/// Holds the items that came so far, by their hash.
///
/// An item that comes again is noticed always in a walk of up to 2,048 items, and in a longer one where the two are on
/// one page, on pages that follow one another, or one of them is on the first page. That is what a list does that
/// changes on the way, and a server that passes over the page asked for or begins anew. Else a longer walk notices it by
/// a chance of one in two, four and so on (64 after 100,000 items), each item by a chance of its own: a server that
/// goes round in circles is noticed some `items / 2,048` items later.
#[derive(Default)]
#[cfg_attr(test, derive(Clone))]
pub(super) struct Seen {
    first: BTreeSet<Hash>,
    last: BTreeSet<Hash>,
    sample: BTreeSet<Hash>,
    /// Items are in the sample whose hash ends in so many zeros.
    zeros: u32,
    keys: (RandomState, RandomState),
}

impl Seen {
    /// Notes the items of a page, all of them. Gives how many came before.
    pub(super) fn note(&mut self, page: &[String]) -> usize {
        let mut hashes = BTreeSet::new();
        let mut repeated = 0;
        for identity in page {
            let hash = self.hash(identity);
            let is_new = hashes.insert(hash)
                && !self.first.contains(&hash)
                && !self.last.contains(&hash)
                && (!self.is_sampled(&hash) || self.sample.insert(hash));
            repeated += usize::from(!is_new);
        }
        while self.sample.len() > MOST {
            self.zeros += 1;
            let zeros = self.zeros;
            self.sample.retain(|hash| ends_in(hash, zeros));
        }
        if self.first.is_empty() {
            self.first.clone_from(&hashes);
        }
        self.last = hashes;
        repeated
    }

    fn hash(&self, identity: &str) -> Hash {
        let (one, other) = &self.keys;
        (one.hash_one(identity), other.hash_one(identity))
    }

    fn is_sampled(&self, hash: &Hash) -> bool {
        ends_in(hash, self.zeros)
    }
}

fn ends_in((hash, _): &Hash, zeros: u32) -> bool {
    hash.trailing_zeros() >= zeros
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(items: impl IntoIterator<Item = usize>) -> Vec<String> {
        items.into_iter().map(|item| item.to_string()).collect()
    }

    /// Walks over so many items in pages of 50, none of which came before.
    fn walked(items: usize) -> Seen {
        let mut seen = Seen::default();
        for start in (0..items).step_by(50) {
            assert_eq!(seen.note(&page(start..start + 50)), 0, "{start}");
        }
        seen
    }

    #[test]
    fn a_walk_of_any_length_is_remembered_in_the_same_memory() {
        for items in [2_000, 50_000, 200_000] {
            let seen = walked(items);
            assert!((MOST / 4..=MOST).contains(&seen.sample.len()) || items < MOST);
            assert_eq!((seen.first.len(), seen.last.len()), (50, 50));
        }
    }

    #[test]
    fn each_item_of_a_short_walk_is_known() {
        let mut seen = walked(2_000);
        assert_eq!(seen.note(&page((0..2_000).rev())), 2_000);

        // The last that is remembered whole, and the first that is not.
        let mut seen = walked(2_000);
        assert_eq!(seen.note(&page(2_000..2_048)), 0);
        assert_eq!(seen.sample.len(), 2_048);
        assert_eq!(seen.clone().note(&page(0..2_048)), 2_048);
        assert_eq!(seen.note(&page([2_048])), 0);
        assert!(seen.sample.len() < 2_048);
    }

    #[test]
    fn of_a_long_walk_the_first_page_and_the_last_are_known_whole() {
        let seen = walked(100_000);
        for known in (0..50).chain(99_950..100_000) {
            assert_eq!(seen.clone().note(&page([known, 100_000])), 1, "{known}");
        }
    }

    #[test]
    fn a_page_that_has_an_item_twice_is_noticed() {
        let mut seen = walked(100_000);
        assert_eq!(seen.note(&page([100_000, 100_001, 100_000])), 1);
    }

    /// It may be missed by one chance in 10^13.
    #[test]
    fn a_long_walk_in_circles_is_noticed_within_a_few_pages() {
        let mut seen = walked(100_000);
        let known = (50_000..52_000).step_by(50);
        let known = known.map(|start| seen.note(&page(start..start + 50)));
        // One item in 64, or in 32.
        assert!((1..200).contains(&known.sum::<usize>()));
    }
}
