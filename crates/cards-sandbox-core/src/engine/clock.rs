//! The sandbox's clock: the one that it was set up with, until somebody stops or moves
//! it. Everything that ends, ends by it.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use jiff::Timestamp;
use tokio::sync::watch;

use crate::engine::error::Error;
use crate::engine::settings::Clock;

/// The first instant of the year 1, in milliseconds since 1970.
const EARLIEST: i64 = -62_135_596_800_000;

/// The last second that `jiff` knows: 9999-12-30T22:00:00Z, so that every zone
/// of the world can show it.
const LATEST: i64 = 253_402_207_200_000;

/// The message for a time that cannot be set.
pub(crate) const RANGE: &str = "a time within the years 1 to 9999";

/// A clock that can be stopped and moved.
pub struct MovableClock {
    base: Clock,
    hands: Mutex<Hands>,
    /// Changes whenever somebody stops or moves it.
    moves: watch::Sender<()>,
}

#[derive(Clone, Copy)]
pub(crate) enum Hands {
    /// It runs this many milliseconds ahead of the base.
    Moving(i64),
    /// At this time, in milliseconds since 1970.
    Frozen(i64),
}

/// Holds what a clock shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    /// Milliseconds since 1970.
    pub now: i64,
    /// Says whether the clock stands still.
    pub is_frozen: bool,
    /// Milliseconds by which this is ahead of the base.
    pub ahead: i64,
}

/// A time outside the years 1 to 9999.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutOfRange;

impl MovableClock {
    pub(crate) fn new(base: Clock) -> Self {
        Self {
            base,
            hands: Mutex::new(Hands::Moving(0)),
            moves: watch::Sender::default(),
        }
    }

    /// Gives a receiver that changes whenever the clock is stopped or moved.
    pub(crate) fn moves(&self) -> watch::Receiver<()> {
        self.moves.subscribe()
    }

    /// Milliseconds since 1970.
    pub(crate) fn now_millis(&self) -> i64 {
        self.read().now
    }

    /// Reads the clock, and tells how it was set.
    pub fn read(&self) -> Reading {
        self.reading(*self.hands())
    }

    /// Sets what is given: the time, whether the clock stands still. The rest
    /// stays as it is.
    pub(crate) fn set(
        &self,
        now: Option<i64>,
        frozen: Option<bool>,
    ) -> Result<Reading, OutOfRange> {
        let mut hands = self.hands();
        let before = self.reading(*hands);
        let now = now.unwrap_or(before.now);
        let moved = before.moved(&mut hands, now, frozen.unwrap_or(before.is_frozen));
        self.moves.send_replace(());
        moved
    }

    /// Moves the clock on, or back where `millis` is negative.
    pub fn advance(&self, millis: i64) -> Result<Reading, OutOfRange> {
        let mut hands = self.hands();
        let before = self.reading(*hands);
        let now = before.now.checked_add(millis).ok_or(OutOfRange)?;
        let moved = before.moved(&mut hands, now, before.is_frozen);
        self.moves.send_replace(());
        moved
    }

    /// Back to the base.
    pub(crate) fn reset(&self) -> Reading {
        self.put_back();
        self.read()
    }

    /// Back to the base; gives what [`set_hands`](Self::set_hands) undoes that with.
    pub(crate) fn put_back(&self) -> Hands {
        self.set_hands(Hands::Moving(0))
    }

    /// Sets the hands, and gives them as they were.
    pub(crate) fn set_hands(&self, hands: Hands) -> Hands {
        let before = std::mem::replace(&mut *self.hands(), hands);
        self.moves.send_replace(());
        before
    }

    fn reading(&self, hands: Hands) -> Reading {
        Reading::of(hands, self.base_millis())
    }

    /// Gives what the clock shows that it was made from.
    pub(crate) fn base_millis(&self) -> i64 {
        unix_millis((self.base)()).clamp(EARLIEST, LATEST)
    }

    fn hands(&self) -> MutexGuard<'_, Hands> {
        // A panic cannot leave a change in here half done.
        self.hands.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Reading {
    fn of(hands: Hands, base: i64) -> Self {
        // A moved clock that goes on may come to the end of time.
        let (now, is_frozen) = match hands {
            Hands::Moving(ahead) => ((base + ahead).clamp(EARLIEST, LATEST), false),
            Hands::Frozen(at) => (at, true),
        };
        Self {
            now,
            is_frozen,
            ahead: now - base,
        }
    }

    /// Sets the hands, by the same look at the base as this reading: what passed
    /// since is not lost.
    fn moved(self, hands: &mut Hands, now: i64, freeze: bool) -> Result<Self, OutOfRange> {
        if !(EARLIEST..=LATEST).contains(&now) {
            return Err(OutOfRange);
        }
        let base = self.now - self.ahead;
        *hands = if freeze {
            Hands::Frozen(now)
        } else {
            Hands::Moving(now - base)
        };
        Ok(Self::of(*hands, base))
    }
}

/// ISO 8601 in UTC, with milliseconds.
pub fn iso(unix_millis: i64) -> String {
    let clamped = unix_millis.clamp(EARLIEST, LATEST);
    let timestamp = Timestamp::from_millisecond(clamped).unwrap_or_default();
    format!("{timestamp:.3}")
}

/// ISO 8601 with an offset, as milliseconds since 1970.
pub fn parse_iso(text: &str) -> Option<i64> {
    Some(text.parse::<Timestamp>().ok()?.as_millisecond())
}

fn unix_millis(time: SystemTime) -> i64 {
    let millis = |elapsed: Duration| i64::try_from(elapsed.as_millis()).unwrap_or(i64::MAX);
    match time.duration_since(UNIX_EPOCH) {
        Ok(since) => millis(since),
        Err(before) => -millis(before.duration()),
    }
}

/// A running sandbox's clock, from [`RunningWorld::clock`](crate::RunningWorld::clock).
///
/// Tokens, one-time passwords and cards end by it. It follows the clock of the
/// set-up, which is the machine's where none was given, until it is stopped
/// or moved; the same can be done over HTTP, under `/_sandbox/clock`.
///
/// A token or code that ended by a clock that was moved on is forgotten as by any
/// other: a token a day after its end, a code made of the time at once. Moving the clock
/// back does not bring back what was forgotten meanwhile, nor a token that was
/// ended by command.
///
/// ```
/// use std::time::Duration;
///
/// # let sandbox = cards_sandbox_core::Setup::default().start_blocking([])?;
/// let clock = sandbox.clock();
/// clock.freeze();
/// let before = clock.now();
/// clock.advance(Duration::from_secs(30 * 60))?;
/// assert_eq!(clock.now(), before + Duration::from_secs(30 * 60));
/// clock.reset();
/// assert!(!clock.is_frozen());
/// # Ok::<(), cards_sandbox_core::Error>(())
/// ```
#[derive(Clone, Copy)]
pub struct ClockHandle<'a>(pub(crate) &'a MovableClock);

impl ClockHandle<'_> {
    /// The time, to the millisecond.
    pub fn now(&self) -> SystemTime {
        let millis = self.0.now_millis();
        let distance = Duration::from_millis(millis.unsigned_abs());
        let time = if millis < 0 {
            UNIX_EPOCH.checked_sub(distance)
        } else {
            UNIX_EPOCH.checked_add(distance)
        };
        time.unwrap_or(UNIX_EPOCH)
    }

    /// Tells whether it stands still.
    pub fn is_frozen(&self) -> bool {
        self.0.read().is_frozen
    }

    /// Stops it at the time that it shows.
    pub fn freeze(&self) {
        // The time that it shows is never out of range.
        let _ = self.0.set(None, Some(true));
    }

    /// Lets it go on from the time that it shows.
    pub fn unfreeze(&self) {
        let _ = self.0.set(None, Some(false));
    }

    /// Sets the time; a frozen clock stays frozen.
    ///
    /// # Errors
    ///
    /// The time is outside the years 1 to 9999; the clock is as it was. See
    /// [`Error::is_settings`].
    pub fn set(&self, now: SystemTime) -> Result<(), Error> {
        moved(self.0.set(Some(unix_millis(now)), None))
    }

    /// Moves it on; a frozen clock stays frozen. [`ClockHandle::set`] moves it
    /// back.
    ///
    /// # Errors
    ///
    /// As for [`ClockHandle::set`].
    pub fn advance(&self, by: Duration) -> Result<(), Error> {
        let millis = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
        moved(self.0.advance(millis))
    }

    /// Goes back to the clock that it was set up with.
    pub fn reset(&self) {
        self.0.reset();
    }
}

fn moved(result: Result<Reading, OutOfRange>) -> Result<(), Error> {
    match result {
        Ok(_) => Ok(()),
        Err(OutOfRange) => Err(Error::settings(
            "the clock takes times within the years 1 to 9999",
        )),
    }
}

impl std::fmt::Debug for ClockHandle<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Reading { now, is_frozen, .. } = self.0.read();
        f.debug_struct("ClockHandle")
            .field("now", &iso(now))
            .field("is_frozen", &is_frozen)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicI64, Ordering};

    use super::*;

    fn clock() -> (Arc<AtomicI64>, MovableClock) {
        let base = Arc::new(AtomicI64::new(1_000));
        let hand = Arc::clone(&base);
        let read = move || UNIX_EPOCH + Duration::from_millis(hand.load(Ordering::SeqCst) as u64);
        (base, MovableClock::new(Arc::new(read)))
    }

    fn reading(now: i64, is_frozen: bool, ahead: i64) -> Reading {
        Reading {
            now,
            is_frozen,
            ahead,
        }
    }

    #[test]
    fn it_follows_its_base_and_is_stopped_moved_and_let_go() {
        let (base, clock) = clock();
        assert_eq!(clock.read(), reading(1_000, false, 0));
        base.store(2_000, Ordering::SeqCst);
        assert_eq!(clock.advance(500), Ok(reading(2_500, false, 500)));
        base.store(3_000, Ordering::SeqCst);
        assert_eq!(clock.set(None, Some(true)), Ok(reading(3_500, true, 500)));
        base.store(9_000, Ordering::SeqCst);
        assert_eq!(clock.read(), reading(3_500, true, -5_500));
        assert_eq!(clock.advance(-1_500), Ok(reading(2_000, true, -7_000)));
        assert_eq!(clock.set(Some(7), None), Ok(reading(7, true, -8_993)));
        assert_eq!(clock.set(None, Some(false)), Ok(reading(7, false, -8_993)));
        base.store(9_001, Ordering::SeqCst);
        assert_eq!(clock.now_millis(), 8);
        assert_eq!(clock.reset(), reading(9_001, false, 0));
    }

    #[test]
    fn a_handle_stops_it_and_lets_it_go_on() {
        let (base, clock) = clock();
        let handle = ClockHandle(&clock);
        let at = |millis| UNIX_EPOCH + Duration::from_millis(millis);
        handle.freeze();
        base.store(5_000, Ordering::SeqCst);
        assert_eq!((handle.now(), handle.is_frozen()), (at(1_000), true));
        handle.unfreeze();
        assert!(!handle.is_frozen());
        base.store(5_250, Ordering::SeqCst);
        assert_eq!(handle.now(), at(1_250), "from the time that it showed");
    }

    #[test]
    fn no_time_is_lost_while_it_is_moved() {
        let base = AtomicI64::new(1_000);
        let read =
            move || UNIX_EPOCH + Duration::from_millis(base.fetch_add(1, Ordering::SeqCst) as u64);
        let clock = MovableClock::new(Arc::new(read));
        assert_eq!(clock.advance(500), Ok(reading(1_500, false, 500)));
        assert_eq!(clock.advance(500), Ok(reading(2_001, false, 1_000)));
        assert_eq!(
            clock.set(None, Some(false)),
            Ok(reading(2_002, false, 1_000))
        );
        assert_eq!(clock.set(Some(7), None), Ok(reading(7, false, -996)));
    }

    #[test]
    fn the_years_1_to_9999_and_no_millisecond_more() {
        let (base, clock) = clock();
        for (edge, beyond) in [(EARLIEST, EARLIEST - 1), (LATEST, LATEST + 1)] {
            assert!(clock.set(Some(edge), Some(true)).is_ok());
            assert_eq!(clock.set(Some(beyond), None), Err(OutOfRange));
            assert_eq!(clock.now_millis(), edge, "as it was");
        }
        assert_eq!(clock.advance(1), Err(OutOfRange));
        assert_eq!(clock.advance(i64::MAX), Err(OutOfRange));
        assert_eq!(clock.advance(i64::MIN), Err(OutOfRange));
        // A clock that goes on stops at the end.
        assert!(clock.set(None, Some(false)).is_ok());
        base.store(50_000, Ordering::SeqCst);
        assert_eq!(clock.now_millis(), LATEST);
        assert_eq!(iso(clock.now_millis()), "9999-12-30T22:00:00.000Z");
        assert_eq!(iso(EARLIEST), "0001-01-01T00:00:00.000Z");
    }

    #[test]
    fn a_base_out_of_range_overflows_nothing() {
        let far = UNIX_EPOCH
            .checked_add(Duration::from_secs(1 << 60))
            .unwrap();
        let clock = MovableClock::new(Arc::new(move || far));
        assert_eq!(clock.now_millis(), LATEST);
        assert!(clock.advance(-1).is_ok());
        assert_eq!(clock.advance(2), Err(OutOfRange));
    }

    #[test]
    fn times_are_read_and_written_as_iso_8601() {
        assert_eq!(iso(0), "1970-01-01T00:00:00.000Z");
        assert_eq!(iso(1_731_067_028_348), "2024-11-08T11:57:08.348Z");
        assert_eq!(iso(-1), "1969-12-31T23:59:59.999Z");
        for (text, millis) in [
            ("2024-11-08T11:57:08.348Z", Some(1_731_067_028_348)),
            ("2024-11-08T12:57:08.348+01:00", Some(1_731_067_028_348)),
            ("2024-11-08T11:57:08", None),
            ("2024-11-08", None),
            ("soon", None),
            ("", None),
        ] {
            assert_eq!(parse_iso(text), millis, "{text}");
        }
    }
}
