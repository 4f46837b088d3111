//! Decides which one-time code goes out when.
//!
//! RFC 6238 (5.2) has servers refuse a code that they took before; the
//! documents do not say what Ibanera's do. Pure decisions: the time is an
//! argument, and whoever has to wait is told for how long or for what.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use cards_model::Secret;
use event_listener::Event;

use super::maker::{OneTimeCodes, unix_seconds};
use super::reuse::{CodeUse, OtpMemory, OtpReuse};
use crate::caught::caught;

/// The time by which the code of a step may go out before the step begins: its request sleeps by
/// one clock, and steps begin by another.
const EARLY: Duration = Duration::from_secs(1);

type Watcher = Arc<dyn Fn(OtpMemory) + Send + Sync>;

/// The codes of one session.
pub(crate) struct Codebook {
    pub(super) reuse: OtpReuse,
    book: Mutex<Book>,
    /// Notified whenever a code comes back or something is learned.
    pub(super) changed: Event,
    watcher: Option<Watcher>,
    /// Held while the watcher is told, so that it hears of one state after the
    /// other, and of the last one last.
    telling: Mutex<()>,
}

/// The credential beside the code, which may be the reason of a refusal too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bearer {
    /// A name and a password.
    Login,
    /// The token of this serial.
    Token(u64),
}

#[derive(Default)]
pub(super) struct Book {
    pub(super) learned: CodeUse,
    /// The request whose refusal alone [`CodeUse::Single`] rests on, until a
    /// fresh code with the same credential tells whether it was the code.
    pub(super) doubt: Option<Bearer>,
    /// The last step whose code went out, or may have.
    pub(super) last_sent: Option<u64>,
    /// The time at which that was noted. `None`: another process sent it.
    noted: Option<Instant>,
    /// Says whether that code is known to have been taken.
    pub(super) is_last_taken: bool,
    /// Says whether such a request was refused for another reason than its code, as far as can be
    /// seen: until a code is taken, none is spent on learning.
    pub(super) is_call_refused: bool,
    /// Says whether a login was refused for another reason than its code, likewise.
    pub(super) is_login_refused: bool,
    /// Says whether a refusal was spent on learning, and nothing was learned from it. Until a call is
    /// carried out, no other is.
    pub(super) is_spent: bool,
    /// The steps whose codes are on their way, and in how many requests.
    on_way: BTreeMap<u64, usize>,
    /// The steps whose codes are promised to one request each, or on their way
    /// in it, and when that request's time is over.
    pub(super) out: BTreeMap<u64, Instant>,
    /// The last code of one's own, and how many different ones there were.
    pub(super) own: Option<(Secret, u64)>,
    /// Says whether somebody is being asked for one.
    pub(super) is_asking: bool,
}

impl Codebook {
    pub(crate) fn new(reuse: OtpReuse, memory: OtpMemory, watcher: Option<Watcher>) -> Self {
        let book = Book {
            learned: memory.learned,
            last_sent: memory.last_step,
            is_last_taken: memory.last_taken && memory.last_step.is_some(),
            is_call_refused: memory.call_refused,
            is_login_refused: memory.login_refused,
            is_spent: memory.call_refused && memory.login_refused,
            ..Book::default()
        };
        Self {
            reuse,
            book: Mutex::new(book),
            changed: Event::new(),
            watcher,
            telling: Mutex::new(()),
        }
    }

    /// Tells whether a step has to be the request's own.
    pub(super) fn mode(&self, book: &Book) -> CodeUse {
        match self.reuse {
            OtpReuse::Learn => book.learned,
            OtpReuse::Allowed => CodeUse::Repeated,
            OtpReuse::Never => CodeUse::Single,
        }
    }

    /// Tells how long a request would wait for a code, after a pause, if it
    /// asked again then. For `looked` see [`take`](Self::take).
    pub(crate) fn wait_after(
        &self,
        maker: &OneTimeCodes,
        (now, looked): (SystemTime, Instant),
        pause: Duration,
    ) -> Duration {
        let Some(length) = maker.step_seconds() else {
            return Duration::ZERO;
        };
        let then = now.checked_add(pause).unwrap_or(now);
        let book = self.book_at(now, looked, length);
        match self.mode(&book) {
            CodeUse::Single => {
                let current = unix_seconds(then) / length;
                time_to(book.free_step(current), length, then)
            }
            CodeUse::Repeated | CodeUse::Unknown => Duration::ZERO,
        }
    }

    /// Tells the watcher what the next process has to know.
    pub(super) fn tell(&self) {
        let Some(watcher) = &self.watcher else {
            return;
        };
        let _telling = self.telling.lock().unwrap_or_else(PoisonError::into_inner);
        let memory = {
            let book = self.book();
            let on_way = book.on_way.last_key_value().map(|(step, _)| *step);
            let last = book.last_sent.max(on_way);
            // Codes of one's own have no time.
            let last_step = last.filter(|_| book.own.is_none());
            let is_last_back = last_step.is_some() && last_step == book.last_sent;
            OtpMemory {
                // A guess is this process's own: the next one may have no way
                // to find out that it is wrong.
                learned: match book.doubt {
                    None => book.learned,
                    Some(_) => CodeUse::Unknown,
                },
                last_step,
                last_taken: book.is_last_taken && is_last_back,
                // Both, where neither is to be spent.
                call_refused: book.is_call_refused || book.is_spent,
                login_refused: book.is_login_refused || book.is_spent,
            }
        };
        // It is called while a request is on its way, whose code has to come
        // back whatever the watcher does.
        if caught(|| watcher(memory)).is_none() {
            tracing::error!("the watcher of one-time codes panicked");
        }
    }

    /// Tells whether a request may have to wait for a step of its own.
    pub(crate) fn may_wait(&self) -> bool {
        self.reuse != OtpReuse::Allowed
    }

    pub(super) fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Locks the book, and brings it to the time `now`, for codes whose steps have this length.
    pub(super) fn book_at(
        &self,
        now: SystemTime,
        looked: Instant,
        length: u64,
    ) -> MutexGuard<'_, Book> {
        let latest = now.checked_add(EARLY).unwrap_or(now);
        let mut book = self.book();
        book.forget_steps_to_come(unix_seconds(latest) / length, looked);
        book
    }
}

impl Book {
    /// Moves a last step that has yet to begin back to the current `step`. Its code went out while
    /// the clock was ahead, or its number is one of steps of another length: with it, every code
    /// until then would count as sent before.
    ///
    /// A step that another request noted after the look at the clock, which began at `looked`, stays:
    /// it may have begun by then.
    fn forget_steps_to_come(&mut self, step: u64, looked: Instant) {
        let is_known = self.noted.is_none_or(|noted| noted < looked);
        if is_known && self.last_sent.is_some_and(|last| last > step) {
            self.last_sent = Some(step);
            self.is_last_taken = false;
        }
    }

    /// Notes that the code of a step was sent, or may have been.
    fn note(&mut self, step: u64, now: Instant) {
        if self.last_sent.is_none_or(|last| last < step) {
            self.last_sent = Some(step);
            self.noted = Some(now);
            self.is_last_taken = false;
        }
    }

    pub(super) fn leaves(&mut self, step: u64) {
        *self.on_way.entry(step).or_default() += 1;
    }

    /// Tells whether a step's code was sent, may have been, or is on its way.
    pub(super) fn is_repeat(&self, step: u64) -> bool {
        self.last_sent.is_some_and(|last| step <= last) || self.on_way.contains_key(&step)
    }

    /// Counts a code as sent, unless it certainly never left.
    pub(super) fn comes_back(&mut self, step: u64, is_sent: bool) {
        if let Some(requests) = self.on_way.get_mut(&step) {
            *requests -= 1;
            if *requests == 0 {
                self.on_way.remove(&step);
            }
        }
        if is_sent {
            self.note(step, Instant::now());
        }
    }

    /// Gives up the codes of requests whose time is over, and that nobody polls any more: each may
    /// have been sent.
    pub(super) fn give_up(&mut self, now: Instant) {
        let mut lost = None;
        self.out.retain(|&step, until| {
            let is_lost = *until <= now;
            if is_lost {
                // They come in order, so that it is the last one in the end.
                lost = Some(step);
            }
            !is_lost
        });
        if let Some(step) = lost {
            self.note(step, now);
        }
    }

    /// The first step from `current` on that no request has.
    pub(super) fn free_step(&self, current: u64) -> u64 {
        let mut step = self
            .last_sent
            .map_or(current, |last| current.max(last.saturating_add(1)));
        while self.out.contains_key(&step) {
            step += 1;
        }
        step
    }
}

/// The time until a step begins; zero once it has begun.
pub(super) fn time_to(step: u64, length: u64, now: SystemTime) -> Duration {
    let start = Duration::from_secs(step.saturating_mul(length));
    let start = UNIX_EPOCH.checked_add(start).unwrap_or(now);
    start.duration_since(now).unwrap_or_default()
}
