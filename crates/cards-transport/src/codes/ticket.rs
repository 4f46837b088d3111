//! Tracks one code on its way, and learns from its return.

use std::fmt;
use std::time::{Instant, SystemTime};

use cards_model::Secret;

use super::book::{Bearer, Book, Codebook};
use super::maker::{OneTimeCodes, unix_seconds};
use super::reuse::{CodeUse, OtpReuse};

/// A code that one request may send.
pub(crate) struct Ticket<'a> {
    pub(super) book: &'a Codebook,
    pub(super) step: u64,
    pub(super) code: Secret,
    /// Says whether the code went out before.
    pub(super) is_repeat: bool,
    /// Says whether it is of the caller's own, after which no step brings another.
    pub(super) is_own: bool,
    /// The end of the time for which the step is kept for this request alone. `None`: it is not.
    pub(super) kept_until: Option<Instant>,
    /// Says whether the request is on its way.
    pub(super) is_out: bool,
}

/// The end of one request that carried a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It certainly never left.
    NotSent,
    /// It may have arrived, and nothing is known of the code.
    Sent,
    /// It was carried out, so the code was taken.
    Taken,
    /// It was refused in a way that may mean the code.
    Doubted {
        /// Says whether it may mean the token too, and that can be replaced.
        is_token_next: bool,
        /// Says whether it names the code, or is a 401: no refusal that may have any reason.
        is_told: bool,
    },
}

impl Ticket<'_> {
    pub(crate) fn code(&self) -> &Secret {
        &self.code
    }

    /// Tells whether the code is older than servers take: of the step before the last.
    pub(crate) fn is_past(&self, maker: &OneTimeCodes, now: SystemTime) -> bool {
        let current = maker
            .step_seconds()
            .map(|length| unix_seconds(now) / length);
        current.is_some_and(|current| current > self.step.saturating_add(1))
    }

    /// Marks the code as on its way: from now on it counts as sent, unless the
    /// request comes back unsent.
    pub(crate) fn leaves(&mut self) {
        self.is_out = true;
        self.book.book().leaves(self.step);
        self.book.tell();
    }

    /// Notes what became of the request, and says whether the code is taken to
    /// be the reason of its refusal: the same request may be sent again with a
    /// fresh one.
    pub(crate) fn returns(mut self, fate: Fate, bearer: Bearer) -> bool {
        let is_learning = self.book.reuse == OtpReuse::Learn;
        let mut book = self.book.book();
        book.comes_back(self.step, fate != Fate::NotSent);
        self.is_out = false;
        let is_used = match fate {
            Fate::NotSent | Fate::Sent => false,
            Fate::Taken => {
                book.was_taken(&self, bearer, is_learning);
                false
            }
            // Nothing would ever show that it was not the code's fault.
            Fate::Doubted { is_told: false, .. } if self.is_repeat && self.is_own => false,
            Fate::Doubted { is_token_next, .. } if self.is_repeat => {
                is_learning && book.repeat_was_refused(bearer, is_token_next)
            }
            Fate::Doubted { .. } => {
                book.first_was_refused(bearer);
                false
            }
        };
        drop(book);
        // Gives the step back, tells the watcher, wakes who waits.
        drop(self);
        is_used
    }
}

impl Book {
    fn was_taken(&mut self, ticket: &Ticket<'_>, bearer: Bearer, is_learning: bool) {
        let is_last = self.last_sent == Some(ticket.step);
        if is_learning
            && ticket.is_repeat
            && is_last
            && self.is_last_taken
            && self.learned == CodeUse::Unknown
        {
            self.learned = CodeUse::Repeated;
        }
        if !ticket.is_repeat {
            self.settle_doubt(bearer);
        }
        self.is_last_taken |= is_last;
        (self.is_call_refused, self.is_login_refused) = (false, false);
        // A login that goes through says nothing of the calls.
        self.is_spent &= bearer == Bearer::Login;
    }

    /// A fresh code was taken: with the credential that was refused before, the
    /// code was the reason. Any other credential says nothing of that one; but
    /// a newer token is in its place, so that nothing ever will.
    fn settle_doubt(&mut self, bearer: Bearer) {
        match (self.doubt, bearer) {
            (Some(doubt), bearer) if doubt == bearer => self.doubt = None,
            (Some(Bearer::Token(refused)), Bearer::Token(taken)) if refused < taken => {
                self.doubt = None;
                self.learned = CodeUse::Unknown;
            }
            _ => {}
        }
    }

    /// A code that had been sent before was refused. Says whether it is taken to
    /// be the reason.
    fn repeat_was_refused(&mut self, bearer: Bearer, is_token_next: bool) -> bool {
        let is_known = match bearer {
            Bearer::Token(_) => self.is_call_refused,
            Bearer::Login => self.is_login_refused,
        };
        match self.learned {
            // It was on its way when another request found out.
            CodeUse::Single => return true,
            _ if is_known || self.is_spent => return false,
            // Codes were taken twice already: another reason is likelier, and
            // the code is the last thing to change.
            CodeUse::Repeated if is_token_next => return false,
            CodeUse::Unknown | CodeUse::Repeated => {}
        }
        self.learned = CodeUse::Single;
        self.doubt = Some(bearer);
        true
    }

    /// A code that had not been sent before was refused: the code is not the
    /// reason. Where it followed a refusal in doubt, it was not that one's.
    fn first_was_refused(&mut self, bearer: Bearer) {
        match bearer {
            Bearer::Token(_) => self.is_call_refused = true,
            Bearer::Login => self.is_login_refused = true,
        }
        if self.doubt.take_if(|doubt| *doubt == bearer).is_some() {
            self.learned = CodeUse::Unknown;
            // The refusal before was spent, and no other shall be.
            self.is_spent = true;
        }
    }
}

/// A request that is given up on its way leaves its code used.
impl Drop for Ticket<'_> {
    fn drop(&mut self) {
        let mut book = self.book.book();
        // One that was given up may be another request's by now.
        if self.kept_until.is_some() && self.kept_until.as_ref() == book.out.get(&self.step) {
            book.out.remove(&self.step);
        }
        if self.is_out {
            book.comes_back(self.step, true);
        }
        drop(book);
        // First, as the watcher may take its time.
        self.book.changed.notify(usize::MAX);
        self.book.tell();
    }
}

impl fmt::Debug for Ticket<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ticket")
            .field("step", &self.step)
            .finish_non_exhaustive()
    }
}
