//! Limits how many calls a provider takes in a time, as gateways of real ones do.

use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use cards_model::ProviderId;

/// Bounds the calls that a provider takes in a time, by the sandbox's clock. The time begins with the first call that
/// is counted and, once it is over, with the next.
///
/// ```
/// use std::time::Duration;
///
/// use cards_sandbox_core::RateLimit;
///
/// let limit = RateLimit::new(100, Duration::from_secs(60));
/// assert_eq!(limit.to_string(), "100 calls in 60 s");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimit {
    calls: u32,
    per: Duration,
}

impl RateLimit {
    /// The most seconds of a limit: a day.
    pub const MOST_SECONDS: u64 = 86_400;

    /// Takes so many calls in so much time, of which whole seconds count. A sandbox does not start
    /// with a limit of no calls, of less than a second or of more than a day.
    pub const fn new(calls: u32, per: Duration) -> Self {
        Self { calls, per }
    }

    /// Tells what is wrong with it. `None`: nothing.
    pub(crate) fn wrong(self) -> Option<String> {
        if self.calls == 0 {
            return Some("at least one call has to be allowed".to_owned());
        }
        let is_whole = self.per.subsec_nanos() == 0;
        let is_taken = is_whole && (1..=Self::MOST_SECONDS).contains(&self.per.as_secs());
        let most = Self::MOST_SECONDS;
        (!is_taken).then(|| format!("its time has to be 1 to {most} whole seconds"))
    }

    fn millis(self) -> i64 {
        i64::try_from(self.per.as_millis()).unwrap_or(i64::MAX)
    }
}

impl fmt::Display for RateLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = if self.calls == 1 { "" } else { "s" };
        write!(f, "{} call{plural} in {} s", self.calls, self.per.as_secs())
    }
}

/// Holds how many calls were counted since a time.
#[derive(Clone, Copy, Default)]
struct Window {
    /// The first call, in milliseconds since 1970.
    since: i64,
    calls: u32,
}

/// Tells of a call that is one too many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Excess {
    pub(crate) limit: RateLimit,
    /// The whole seconds after which a call is taken again, 1 at least.
    pub(crate) seconds: u64,
}

/// Holds the limits of one world, each with the calls that it has counted.
#[derive(Default)]
pub(crate) struct RateLimits(Vec<(ProviderId, RateLimit, Mutex<Window>)>);

impl RateLimits {
    /// Begins to count, each provider's calls by one limit.
    pub(crate) fn new(limits: &[(ProviderId, RateLimit)]) -> Self {
        let each = limits.iter();
        Self(
            each.map(|(provider, limit)| (*provider, *limit, Mutex::default()))
                .collect(),
        )
    }

    /// Counts a call by a clock of milliseconds since 1970; or tells that it is one too many, which is
    /// not counted. The clock is read while nobody else counts, so that no call is earlier than one
    /// that was counted before it.
    pub(crate) fn count(
        &self,
        provider: ProviderId,
        clock: impl FnOnce() -> i64,
    ) -> Result<(), Excess> {
        let found = self.0.iter().find(|(other, ..)| *other == provider);
        let Some((_, limit, window)) = found else {
            return Ok(());
        };
        let mut window = window.lock().unwrap_or_else(PoisonError::into_inner);
        let now = clock();
        let end = window.since.saturating_add(limit.millis());
        // A clock that was set back is in no time that began.
        if window.calls == 0 || now >= end || now < window.since {
            *window = Window {
                since: now,
                calls: 0,
            };
        } else if window.calls >= limit.calls {
            let left = u64::try_from(end - now).unwrap_or_default();
            return Err(Excess {
                limit: *limit,
                seconds: left.div_ceil(1000),
            });
        }
        window.calls += 1;
        Ok(())
    }

    /// Forgets what was counted.
    pub(crate) fn reset(&self) {
        for (.., window) in &self.0 {
            *window.lock().unwrap_or_else(PoisonError::into_inner) = Window::default();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ACME: ProviderId = ProviderId::new("acme");

    fn limits(calls: u32, seconds: u64) -> RateLimits {
        RateLimits::new(&[(ACME, RateLimit::new(calls, Duration::from_secs(seconds)))])
    }

    #[test]
    fn a_time_begins_with_its_first_call() {
        let limits = limits(2, 10);
        let taken = [0, 9_999].map(|now| limits.count(ACME, || now).is_ok());
        assert_eq!(taken, [true, true]);
        let seconds = |now| limits.count(ACME, || now).map_err(|excess| excess.seconds);
        assert_eq!(seconds(1), Err(10));
        assert_eq!(seconds(9_000), Err(1));
        assert_eq!(seconds(9_999), Err(1));
        // Nobody called at 10,000: the time begins with who comes later.
        assert_eq!(seconds(15_000), Ok(()));
        assert_eq!(seconds(24_999), Ok(()));
        assert_eq!(seconds(24_999), Err(1));
        assert_eq!(seconds(25_000), Ok(()));
        assert_eq!(limits.count(ProviderId::new("other"), || 0), Ok(()));
    }

    #[test]
    fn a_clock_that_is_set_back_begins_a_time() {
        let limits = limits(1, 10);
        let late = i64::MAX - 10_000;
        assert_eq!(limits.count(ACME, || late), Ok(()));
        assert!(limits.count(ACME, || late).is_err());
        assert_eq!(limits.count(ACME, || i64::MIN), Ok(()));
        assert!(limits.count(ACME, || i64::MIN).is_err());
        limits.reset();
        assert_eq!(limits.count(ACME, || i64::MIN), Ok(()));
    }

    #[test]
    fn limits_that_make_no_sense() {
        let wrong = |calls, per| RateLimit::new(calls, per).wrong().is_some();
        assert!(!wrong(1, Duration::from_secs(1)));
        assert!(!wrong(u32::MAX, Duration::from_secs(86_400)));
        assert!(wrong(0, Duration::from_secs(1)));
        for per in [0, 999, 1001, 86_401_000] {
            assert!(wrong(1, Duration::from_millis(per)), "{per} ms");
        }
    }

    proptest! {
        /// Checks that the limit holds from each call that begins a time, and that a call is taken
        /// after the wait that was told and not a second before.
        #[test]
        fn who_waits_as_told_is_taken(
            calls in 1..5_u32, seconds in 1..20_u64, pauses in prop::collection::vec(0..8_000_i64, 1..60),
        ) {
            let limits = limits(calls, seconds);
            let (mut now, mut since, mut taken) = (0, None, 0);
            for pause in pauses {
                now += pause;
                let began = since.filter(|since| now - since < seconds as i64 * 1000);
                if began.is_none() {
                    (since, taken) = (Some(now), 0);
                }
                match limits.count(ACME, || now) {
                    Ok(()) => {
                        taken += 1;
                        prop_assert!(taken <= calls);
                    }
                    Err(excess) => {
                        prop_assert_eq!(taken, calls);
                        let wait = excess.seconds as i64 * 1000;
                        prop_assert!(wait >= 1000 && wait <= seconds as i64 * 1000);
                        // A second earlier is too early.
                        prop_assert!(now + wait - 1000 < since.unwrap_or_default() + seconds as i64 * 1000);
                        now += wait;
                        prop_assert_eq!(limits.count(ACME, || now), Ok(()));
                        (since, taken) = (Some(now), 1);
                    }
                }
            }
        }
    }
}
