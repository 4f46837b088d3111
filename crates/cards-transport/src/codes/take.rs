//! Taking a code out of the book for one request.

use std::time::{Duration, Instant, SystemTime};

use cards_model::Secret;
use event_listener::EventListener;

use super::book::{Book, Codebook, time_to};
use super::maker::{OneTimeCodes, unix_seconds};
use super::reuse::CodeUse;
use super::ticket::Ticket;
use crate::cause::ConfigError;

/// The codebook's answer to a request that needs a code.
pub(crate) enum Take<'a> {
    /// A code, which may have to be held back until its step begins.
    Ticket(Ticket<'a>, Duration),
    /// Another request has to come back first; at most so long, since a new
    /// step brings a new code.
    Wait(EventListener, Duration),
    /// The next free step begins after the request's time is over.
    Late(Duration),
}

impl Codebook {
    /// Takes a code for a request that has `left` time. One of the caller's own that it has not given
    /// back by `until` is given up. The look at the clock that showed `now` began at `looked`: what
    /// other requests brought since may be of a later time.
    pub(crate) fn take(
        &self,
        maker: &OneTimeCodes,
        (now, looked): (SystemTime, Instant),
        left: Duration,
        until: Instant,
    ) -> Result<Take<'_>, ConfigError> {
        let Some(length) = maker.step_seconds() else {
            return self.take_own(maker, now, until);
        };
        let current = unix_seconds(now) / length;
        let mut book = self.book_at(now, looked, length);
        let step = match self.mode(&book) {
            CodeUse::Repeated => current,
            CodeUse::Unknown if book.out.contains_key(&current) => {
                let next = time_to(current + 1, length, now);
                return Ok(Take::Wait(self.changed.listen(), next));
            }
            CodeUse::Unknown => current,
            CodeUse::Single => book.free_step(current),
        };
        let wait = time_to(step, length, now);
        if !wait.is_zero() && wait >= left {
            return Ok(Take::Late(wait));
        }
        let code = maker.code(step, now)?;
        Ok(Take::Ticket(
            self.ticket(&mut book, step, code, (until, false)),
            wait,
        ))
    }

    /// Takes a code of one's own, which belongs to no time: each new text counts
    /// as a new step.
    ///
    /// It may ask a person, who is asked by one request at a time, and not while
    /// a code is out that no other request may carry yet.
    fn take_own(
        &self,
        maker: &OneTimeCodes,
        now: SystemTime,
        until: Instant,
    ) -> Result<Take<'_>, ConfigError> {
        let _asking = match self.ask(Instant::now()) {
            Ok(asking) => asking,
            Err((changed, most)) => return Ok(Take::Wait(changed, most)),
        };
        // Outside the lock, since it may take its time.
        let code = maker.code(0, now)?;
        let mut book = self.book();
        let step = match &book.own {
            Some((last, step)) if *last == code => *step,
            Some((_, step)) => step + 1,
            None => 1,
        };
        book.own = Some((code.clone(), step));
        let is_sent = book.last_sent.is_some_and(|last| last >= step);
        if is_sent && self.mode(&book) == CodeUse::Single {
            return Err(ConfigError::new(
                "the one-time code was sent before, and is taken once only: give the next one",
            ));
        }
        Ok(Take::Ticket(
            self.ticket(&mut book, step, code, (until, true)),
            Duration::ZERO,
        ))
    }

    /// The right to ask for a code of one's own, or what to wait for, and how long.
    fn ask(&self, now: Instant) -> Result<Asking<'_>, (EventListener, Duration)> {
        let mut book = self.book();
        book.give_up(now);
        if book.is_asking {
            return Err((self.changed.listen(), Duration::MAX));
        }
        if let Some(until) = book.out.values().min() {
            return Err((self.changed.listen(), *until - now));
        }
        book.is_asking = true;
        Ok(Asking(self))
    }

    fn ticket(
        &self,
        book: &mut Book,
        step: u64,
        code: Secret,
        (until, is_own): (Instant, bool),
    ) -> Ticket<'_> {
        let is_kept = self.mode(book) != CodeUse::Repeated;
        if is_kept {
            book.out.insert(step, until);
        }
        Ticket {
            book: self,
            step,
            code,
            is_repeat: book.is_repeat(step),
            is_own,
            kept_until: is_kept.then_some(until),
            is_out: false,
        }
    }
}

/// The right to ask for a code of one's own. Dropping it wakes those who wait
/// for it.
struct Asking<'a>(&'a Codebook);

impl Drop for Asking<'_> {
    fn drop(&mut self) {
        self.0.book().is_asking = false;
        self.0.changed.notify(usize::MAX);
    }
}
