//! One code on its way, and what its return teaches.

use std::fmt;
use std::time::SystemTime;

use cards_model::Secret;

use super::book::Codebook;
use super::maker::{OneTimeCodes, unix_seconds};
use super::reuse::{CodeUse, OtpReuse};

/// A code that one request may send.
pub(crate) struct Ticket<'a> {
    pub(super) book: &'a Codebook,
    pub(super) step: u64,
    pub(super) code: Secret,
    /// Whether the code went out before.
    pub(super) is_repeat: bool,
    /// Whether the step is kept for this request alone.
    pub(super) is_kept: bool,
    /// Whether the request is on its way.
    pub(super) is_out: bool,
}

/// What became of a request with a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It certainly never left.
    NotSent,
    /// It may have arrived, and nothing is known of the code.
    Sent,
    /// It was carried out, so the code was taken.
    Taken,
    /// It was refused in a way that may mean the code.
    Doubted,
}

/// What a refusal says of the code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Doubt {
    /// Nothing: the code was fresh, or is not suspected.
    None,
    /// The code had been sent before: the same request may be sent again with
    /// a fresh one.
    Used,
    /// The code had been sent before, but codes were taken twice already:
    /// something else is the likelier reason.
    Unlikely,
}

impl Ticket<'_> {
    pub(crate) fn code(&self) -> &Secret {
        &self.code
    }

    /// Whether the code is older than servers take: of the step before the
    /// last.
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
        self.book.tell();
    }

    /// Notes what became of the request, and says what that means for the code.
    pub(crate) fn returns(mut self, fate: Fate) -> Doubt {
        self.is_out = fate != Fate::NotSent;
        let is_learning = self.book.reuse == OtpReuse::Learn;
        let mut book = self.book.book();
        let doubt = match (fate, self.is_repeat) {
            (Fate::Taken, true) if is_learning && book.learned == CodeUse::Unknown => {
                book.is_refuted = false;
                book.learned = CodeUse::Repeated;
                Doubt::None
            }
            (Fate::Taken, false) => {
                book.is_refuted = false;
                book.is_doubtful = false;
                Doubt::None
            }
            (Fate::Doubted, true) if is_learning => match book.learned {
                CodeUse::Unknown if book.is_refuted => Doubt::None,
                CodeUse::Unknown => {
                    book.learn_single();
                    Doubt::Used
                }
                // It was on its way when another request found out.
                CodeUse::Single => Doubt::Used,
                CodeUse::Repeated => Doubt::Unlikely,
            },
            (Fate::Doubted, false) if is_learning && book.is_doubtful => {
                // A fresh code is refused too, so the codes were not the reason.
                book.learned = CodeUse::Unknown;
                book.is_doubtful = false;
                book.is_refuted = true;
                Doubt::None
            }
            _ => Doubt::None,
        };
        drop(book);
        // Gives the step back, tells the watcher, wakes who waits.
        drop(self);
        doubt
    }
}

/// A request that is given up on its way leaves its code used.
impl Drop for Ticket<'_> {
    fn drop(&mut self) {
        let mut book = self.book.book();
        if self.is_kept {
            book.out.remove(&self.step);
        }
        if self.is_out {
            book.last_sent = book.last_sent.max(Some(self.step));
        }
        drop(book);
        self.book.tell();
        self.book.changed.notify(usize::MAX);
    }
}

impl fmt::Debug for Ticket<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ticket")
            .field("step", &self.step)
            .finish_non_exhaustive()
    }
}
