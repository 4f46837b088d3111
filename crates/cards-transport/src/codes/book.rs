//! Which one-time code goes out when.
//!
//! RFC 6238 (5.2) has servers refuse a code that they took before; the
//! documents do not say what Ibanera's do. Pure decisions: the time is an
//! argument, and whoever has to wait is told for how long or for what.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use cards_model::Secret;
use event_listener::{Event, EventListener};

use super::maker::{OneTimeCodes, unix_seconds};
use crate::cause::ConfigError;

/// Whether a one-time code may go out twice within its time.
///
/// Within one step of 30 seconds there is one code only, so that a fresh one
/// has to be waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Hash)]
#[non_exhaustive]
pub enum OtpReuse {
    /// Sends a code again until the provider refuses one that it was sent
    /// before; from then on each request carries the code of a step of its
    /// own. At most one refusal is spent on that: until the provider has taken
    /// or refused a code for the second time, one request at a time carries it.
    #[default]
    Learn,
    /// Sends the code of the moment, though it be the same.
    Allowed,
    /// Sends each code once: the next request waits for the next step.
    Never,
}

impl OtpReuse {
    /// All of them.
    pub const ALL: &'static [Self] = &[Self::Learn, Self::Allowed, Self::Never];

    /// The name in lower case, as settings spell it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Learn => "learn",
            Self::Allowed => "allowed",
            Self::Never => "never",
        }
    }
}

impl fmt::Display for OtpReuse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for OtpReuse {
    type Err = ConfigError;

    fn from_str(text: &str) -> Result<Self, ConfigError> {
        let known = Self::ALL
            .iter()
            .copied()
            .find(|known| known.as_str().eq_ignore_ascii_case(text));
        known.ok_or_else(|| ConfigError::new("one of learn, allowed and never is wanted"))
    }
}

/// What a session has found out of whether a code serves twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Hash)]
#[non_exhaustive]
pub enum CodeUse {
    /// No code was sent twice so far.
    #[default]
    Unknown,
    /// A code was taken twice.
    Repeated,
    /// A code was refused when it came for the second time.
    Single,
}

/// What one process tells the next of its one-time codes, so that the next
/// neither repeats a code nor learns anew. It holds no secret.
///
/// ```
/// use cards_transport::ibanera::{CodeUse, OtpMemory};
///
/// let mut memory = OtpMemory::new();
/// memory.learned = CodeUse::Single;
/// memory.last_step = Some(59_841_600);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct OtpMemory {
    /// What was found out.
    pub learned: CodeUse,
    /// The last step whose code was sent: seconds since 1970, divided by the
    /// length of a step.
    pub last_step: Option<u64>,
}

impl OtpMemory {
    /// Remembers nothing.
    pub fn new() -> Self {
        Self::default()
    }
}

type Watcher = Arc<dyn Fn(OtpMemory) + Send + Sync>;

/// The codes of one session.
pub(crate) struct Codebook {
    reuse: OtpReuse,
    book: Mutex<Book>,
    /// Notified whenever a code comes back or something is learned.
    changed: Event,
    watcher: Option<Watcher>,
}

#[derive(Default)]
struct Book {
    learned: CodeUse,
    /// That [`CodeUse::Single`] rests on a refusal alone so far: a fresh code
    /// has not been taken since.
    is_doubtful: bool,
    /// That a refusal proved to have another reason than the code: until a code
    /// is taken, no other one is spent on learning.
    is_refuted: bool,
    /// The last step whose code went out, or may have.
    last_sent: Option<u64>,
    /// The steps whose codes are promised to requests, or on their way.
    out: BTreeSet<u64>,
    /// The last code of one's own, and how many different ones there were.
    own: Option<(Secret, u64)>,
}

/// What comes of asking for a code.
pub(crate) enum Take<'a> {
    /// A code, which may have to be held back until its step begins.
    Ticket(Ticket<'a>, Duration),
    /// Another request has to come back first; at most so long, since a new
    /// step brings a new code.
    Wait(EventListener, Duration),
    /// The next free step begins after the request's time is over.
    Late(Duration),
}

/// A code that one request may send.
pub(crate) struct Ticket<'a> {
    book: &'a Codebook,
    step: u64,
    code: Secret,
    /// Whether the code went out before.
    is_repeat: bool,
    /// Whether the step is kept for this request alone.
    is_kept: bool,
    /// Whether the request is on its way.
    is_out: bool,
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

impl Codebook {
    pub(crate) fn new(reuse: OtpReuse, memory: OtpMemory, watcher: Option<Watcher>) -> Self {
        let book = Book {
            learned: memory.learned,
            last_sent: memory.last_step,
            ..Book::default()
        };
        Self {
            reuse,
            book: Mutex::new(book),
            changed: Event::new(),
            watcher,
        }
    }

    /// Takes a code for a request that has `left` time.
    pub(crate) fn take(
        &self,
        maker: &OneTimeCodes,
        now: SystemTime,
        left: Duration,
    ) -> Result<Take<'_>, ConfigError> {
        let Some(length) = maker.step_seconds() else {
            return self.take_own(maker, now);
        };
        let current = unix_seconds(now) / length;
        let mut book = self.book();
        let step = match self.mode(&book) {
            CodeUse::Repeated => current,
            CodeUse::Unknown if book.out.contains(&current) => {
                let next = until(current + 1, length, now);
                return Ok(Take::Wait(self.changed.listen(), next));
            }
            CodeUse::Unknown => current,
            CodeUse::Single => book.free_step(current),
        };
        let wait = until(step, length, now);
        if !wait.is_zero() && wait >= left {
            return Ok(Take::Late(wait));
        }
        let code = maker.code(step, now)?;
        Ok(Take::Ticket(self.ticket(&mut book, step, code), wait))
    }

    /// The same for codes that have no time: a new text is a new step.
    fn take_own(&self, maker: &OneTimeCodes, now: SystemTime) -> Result<Take<'_>, ConfigError> {
        // Outside the lock: it may ask a person.
        let code = maker.code(0, now)?;
        let mut book = self.book();
        let step = match &book.own {
            Some((last, step)) if *last == code => *step,
            Some((_, step)) => step + 1,
            None => 1,
        };
        book.own = Some((code.clone(), step));
        let is_out = book.out.contains(&step);
        match self.mode(&book) {
            CodeUse::Unknown if is_out => {
                return Ok(Take::Wait(self.changed.listen(), Duration::MAX));
            }
            CodeUse::Single if is_out || book.last_sent.is_some_and(|last| last >= step) => {
                return Err(ConfigError::new(
                    "the one-time code was sent before, and is taken once only: give the next one",
                ));
            }
            _ => {}
        }
        Ok(Take::Ticket(
            self.ticket(&mut book, step, code),
            Duration::ZERO,
        ))
    }

    fn ticket(&self, book: &mut Book, step: u64, code: Secret) -> Ticket<'_> {
        let is_kept = self.mode(book) != CodeUse::Repeated;
        if is_kept {
            book.out.insert(step);
        }
        Ticket {
            book: self,
            step,
            code,
            is_repeat: book.last_sent == Some(step),
            is_kept,
            is_out: false,
        }
    }

    /// Whether a step has to be the request's own.
    fn mode(&self, book: &Book) -> CodeUse {
        match self.reuse {
            OtpReuse::Learn => book.learned,
            OtpReuse::Allowed => CodeUse::Repeated,
            OtpReuse::Never => CodeUse::Single,
        }
    }

    /// How long a request would wait for a code, after a pause, if it asked
    /// again then.
    pub(crate) fn wait_after(
        &self,
        maker: &OneTimeCodes,
        now: SystemTime,
        pause: Duration,
    ) -> Duration {
        let Some(length) = maker.step_seconds() else {
            return Duration::ZERO;
        };
        let then = now.checked_add(pause).unwrap_or(now);
        let book = self.book();
        match self.mode(&book) {
            CodeUse::Single => {
                let current = unix_seconds(then) / length;
                until(book.free_step(current), length, then)
            }
            CodeUse::Repeated | CodeUse::Unknown => Duration::ZERO,
        }
    }

    /// Takes it that a code serves once, since nothing else explains a refusal.
    pub(crate) fn learn_single_use(&self) {
        let mut book = self.book();
        if book.learned == CodeUse::Single {
            return;
        }
        book.learn_single();
        drop(book);
        self.tell();
        self.changed.notify(usize::MAX);
    }

    /// Tells the watcher what the next process has to know.
    fn tell(&self) {
        let Some(watcher) = &self.watcher else {
            return;
        };
        let memory = {
            let book = self.book();
            let last = book.last_sent.max(book.out.last().copied());
            OtpMemory {
                learned: book.learned,
                // Codes of one's own have no time.
                last_step: last.filter(|_| book.own.is_none()),
            }
        };
        watcher(memory);
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Book {
    /// The first step from `current` on that no request has.
    fn free_step(&self, current: u64) -> u64 {
        // A step after the current one was sent only if the clock was set back
        // since; no more than one step is waited for then.
        let last = self.last_sent.map(|last| last.min(current));
        let mut step = last.map_or(current, |last| current.max(last + 1));
        while self.out.contains(&step) {
            step += 1;
        }
        step
    }

    fn learn_single(&mut self) {
        self.learned = CodeUse::Single;
        self.is_doubtful = true;
    }
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

/// How long it is until a step begins.
fn until(step: u64, length: u64, now: SystemTime) -> Duration {
    let start = Duration::from_secs(step.saturating_mul(length));
    let start = UNIX_EPOCH.checked_add(start).unwrap_or(now);
    start.duration_since(now).unwrap_or_default()
}
