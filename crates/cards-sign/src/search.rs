//! The search through orders and mistakes.

use crate::apply::Known;
use crate::draft::Draft;
use crate::given::{Given, Wanted};
use crate::mistake::Mistake;
use crate::space::{Pairs, Space};
use crate::way::{Placed, Way, Ways};
use std::collections::BTreeSet;

/// The most digests that are made to explain one checksum.
pub const MAX_TRIED: usize = 10_000;

/// The most bytes that are hashed to explain one checksum, which bounds the work for a large body.
pub const MAX_HASHED: usize = 16 * 1024 * 1024;

/// An order and mistakes that give the wanted checksum.
pub(crate) struct Match<'w, 'a> {
    pub(crate) way: &'w Way<'a>,
    pub(crate) mistakes: Vec<Mistake>,
    pub(crate) or: Vec<Mistake>,
}

/// A search for one checksum.
pub(crate) struct Search<'a> {
    secret: &'a [u8],
    known: Known<'a>,
    wanted: &'a Wanted,
    /// Counts the digests that were made.
    pub(crate) tried: usize,
    /// The form in which the digest was written, where only its match told.
    pub(crate) form: Option<Given>,
    hashed: usize,
    /// The keys of all that was hashed, so that no bytes are hashed twice.
    seen: BTreeSet<u64>,
}

impl<'a> Search<'a> {
    pub(crate) const fn new(secret: &'a [u8], known: Known<'a>, wanted: &'a Wanted) -> Self {
        Self {
            secret,
            known,
            wanted,
            tried: 0,
            form: None,
            hashed: 0,
            seen: BTreeSet::new(),
        }
    }

    /// Tries the orders by themselves first: the space of mistakes is made where none of them is right.
    pub(crate) fn run<'w>(
        &mut self,
        ways: &'w Ways<'a>,
        space: impl FnOnce() -> Space,
    ) -> Option<Match<'w, 'a>> {
        if let Some(found) = self.plain(&ways.all) {
            return Some(found);
        }
        let space = space();
        let (likely, late) = ways.all.split_at(ways.likely);
        let (asked_for, odd) = likely.split_at(ways.asked_for);
        // An order that no document asks for is a mistake by itself: with two more it comes last.
        let found = self
            .singles(likely, &space.singles)
            .or_else(|| self.pairs(asked_for, &space.pairs))
            .or_else(|| self.pairs(asked_for, &space.two_left_out))
            .or_else(|| self.singles(late, &space.singles))
            .or_else(|| self.pairs(odd, &space.pairs))?;
        let or = self.same_bytes(&found, &space.singles);
        Some(Match { or, ..found })
    }

    fn plain<'w>(&mut self, ways: &'w [Way<'a>]) -> Option<Match<'w, 'a>> {
        ways.iter().find_map(|way| {
            let draft = Draft::new(&way.fields, self.secret);
            self.is_wanted(&draft).then(|| way.with(&[]))
        })
    }

    fn singles<'w>(&mut self, ways: &'w [Way<'a>], mistakes: &[Mistake]) -> Option<Match<'w, 'a>> {
        let plain: Vec<Draft<'a>> = ways.iter().map(|way| self.draft(&way.fields)).collect();
        for mistake in mistakes {
            if self.is_spent() {
                return None;
            }
            for (way, plain) in ways.iter().zip(&plain) {
                if self
                    .made(plain, mistake)
                    .is_some_and(|draft| self.is_wanted(&draft))
                {
                    return Some(way.with(&[mistake]));
                }
            }
        }
        None
    }

    fn pairs<'w>(&mut self, ways: &'w [Way<'a>], pairs: &[Pairs]) -> Option<Match<'w, 'a>> {
        for (firsts, seconds) in pairs {
            for first in firsts {
                for way in ways {
                    if self.is_spent() {
                        return None;
                    }
                    let Some(half) = self.made(&self.draft(&way.fields), first) else {
                        continue;
                    };
                    for second in seconds {
                        if self
                            .made(&half, second)
                            .is_some_and(|draft| self.is_wanted(&draft))
                        {
                            return Some(way.with(&[first, second]));
                        }
                    }
                }
            }
        }
        None
    }

    /// Single mistakes of another stage or field that feed the hash the same bytes as the one that was found.
    fn same_bytes(&self, found: &Match<'_, 'a>, singles: &[Mistake]) -> Vec<Mistake> {
        let [mistake] = &*found.mistakes else {
            return Vec::new();
        };
        let plain = self.draft(&found.way.fields);
        let key = |mistake: &Mistake| Some(self.made(&plain, mistake)?.key(&mut 0));
        let wanted = key(mistake);
        let others = singles.iter().filter(|other| other.is_apart_from(mistake));
        others
            .filter(|other| key(other) == wanted)
            .take(2)
            .cloned()
            .collect()
    }

    fn draft(&self, fields: &[Placed<'a>]) -> Draft<'a> {
        Draft::new(fields, self.secret)
    }

    fn made(&self, plain: &Draft<'a>, mistake: &Mistake) -> Option<Draft<'a>> {
        let mut draft = plain.clone();
        mistake.apply(&mut draft, self.known)?;
        Some(draft)
    }

    /// Tells whether no more digests may be made.
    pub(crate) const fn is_spent(&self) -> bool {
        self.tried >= MAX_TRIED || self.hashed >= MAX_HASHED
    }

    fn is_wanted(&mut self, draft: &Draft<'a>) -> bool {
        if self.is_spent() {
            return false;
        }
        if !self.seen.insert(draft.key(&mut self.hashed)) {
            return false;
        }
        self.tried += 1;
        let Some(form) = self.wanted.is(draft.digest()) else {
            return false;
        };
        self.form = form;
        true
    }
}

impl<'a> Way<'a> {
    fn with<'w>(&'w self, mistakes: &[&Mistake]) -> Match<'w, 'a> {
        Match {
            way: self,
            mistakes: mistakes.iter().map(|mistake| (*mistake).clone()).collect(),
            or: Vec::new(),
        }
    }
}
