//! Decides whether to try again, and when: a decision without IO.

use std::time::{Duration, SystemTime};

use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};
use cards_model::Effect;
use http::{HeaderMap, StatusCode, header};

use crate::transport::TransportErrorKind;

/// Decides how often and how soon a call is sent again.
///
/// A read is sent again after a failed connection (not after one that failed
/// at TLS, which fails again), an interrupted reply, a timeout, the statuses 408,
/// 429, 500, 502, 503 and 504, and an answer whose body tells of such a failure
/// under another status. A mutation is
/// sent again only when it is certain that nothing was sent. Pauses double,
/// each with as much again at random; a server's `Retry-After` counts where it
/// asks for more.
///
/// Two refusals are mended and the call sent again, a mutation too, as
/// a call that was refused so was not carried out:
///
/// - the token is not accepted (HTTP 401, and at Airpay 401 or 403 in the
///   body): once and at once, with a new token, where there are credentials to get one;
/// - the one-time code may have been used before: with the code of the next
///   step, which may be 30 seconds away, where [`OtpReuse`](crate::ibanera::OtpReuse) allows it; a
///   mutation after a 401 or a refusal that names the code only.
///
/// Neither counts as one of the attempts that are given here, but
/// [`Reply::attempts`](crate::Reply::attempts) counts them. [`Retry::never`]
/// turns them off as well.
///
/// ```
/// use cards_transport::Retry;
/// use std::time::Duration;
///
/// let patient = Retry::new(5).first_pause(Duration::from_millis(500));
/// let none = Retry::never();
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Retry {
    attempts: u32,
    first_pause: Duration,
    longest_pause: Duration,
    seed: Option<u64>,
}

impl Retry {
    /// Makes at most this many attempts in all; pauses from 200 ms to 5 s.
    pub const fn new(attempts: u32) -> Self {
        Self {
            attempts,
            first_pause: Duration::from_millis(200),
            longest_pause: Duration::from_secs(5),
            seed: None,
        }
    }

    /// Makes one attempt, whatever comes of it.
    pub const fn never() -> Self {
        Self::new(1)
    }

    /// The pause before the second attempt, before chance is added.
    #[must_use]
    pub const fn first_pause(self, first_pause: Duration) -> Self {
        Self {
            first_pause,
            ..self
        }
    }

    /// Sets where the doubling ends, before chance is added.
    #[must_use]
    pub const fn longest_pause(self, longest_pause: Duration) -> Self {
        Self {
            longest_pause,
            ..self
        }
    }

    /// Makes chance repeatable, for tests.
    #[must_use]
    pub const fn seed(self, seed: u64) -> Self {
        Self {
            seed: Some(seed),
            ..self
        }
    }

    /// Tells whether there is a second attempt at all.
    pub(crate) const fn is_on(&self) -> bool {
        self.attempts > 1
    }

    pub(crate) fn pauses(&self) -> ExponentialBackoff {
        let builder = ExponentialBuilder::new()
            .with_min_delay(self.first_pause)
            .with_max_delay(self.longest_pause)
            .with_max_times(self.attempts.saturating_sub(1) as usize)
            .with_jitter();
        match self.seed {
            Some(seed) => builder.with_jitter_seed(seed).build(),
            None => builder.build(),
        }
    }
}

impl Default for Retry {
    /// Three attempts.
    fn default() -> Self {
        Self::new(3)
    }
}

/// The failure of one attempt, as far as trying again is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// It is certain that the provider knows nothing of the request.
    NotSent,
    /// The provider may have acted on the request.
    MaybeSent,
    /// The provider answered with an error status.
    Status(StatusCode),
    /// The body says that the provider failed, whatever the status.
    Body,
    /// Sending the same again would fail the same.
    Final,
}

impl Failure {
    pub(crate) fn of(error: &crate::TransportError) -> Self {
        use TransportErrorKind::{Protocol, Request, Tls, TooLarge};
        match (error.kind(), error.is_maybe_sent()) {
            (Tls | Request | TooLarge | Protocol, _) => Self::Final,
            (_, false) => Self::NotSent,
            (_, true) => Self::MaybeSent,
        }
    }

    /// Tells whether a call with this effect may be sent again after this failure.
    pub(crate) fn may_try_again(self, effect: Effect) -> bool {
        match (self, effect) {
            (Self::Final, _) => false,
            (Self::NotSent, _) => true,
            (_, Effect::Mutation) => false,
            (Self::MaybeSent | Self::Body, Effect::Read) => true,
            (Self::Status(status), Effect::Read) => {
                matches!(status.as_u16(), 408 | 429 | 500 | 502 | 503 | 504)
            }
        }
    }
}

/// Reads how long a reply asks to wait: `Retry-After` in seconds, of any size
/// and with a fraction too, or as a date.
pub(crate) fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let text = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(date) = httpdate::parse_http_date(text) {
        return date.duration_since(now).ok();
    }
    let is_number = text.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    let seconds = text.parse::<f64>().ok().filter(|_| is_number)?;
    // More than a clock can count is longer than any call waits.
    Some(Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX))
}

#[cfg(test)]
mod tests {
    use std::time::UNIX_EPOCH;

    use super::*;

    #[test]
    fn a_mutation_is_sent_again_only_when_nothing_was_sent() {
        for failure in [
            Failure::MaybeSent,
            Failure::Status(StatusCode::SERVICE_UNAVAILABLE),
            Failure::Status(StatusCode::TOO_MANY_REQUESTS),
            Failure::Body,
            Failure::Final,
        ] {
            assert!(!failure.may_try_again(Effect::Mutation), "{failure:?}");
        }
        assert!(Failure::NotSent.may_try_again(Effect::Mutation));
    }

    #[test]
    fn a_read_is_sent_again_after_what_may_pass() {
        for (status, again) in [
            (408, true),
            (429, true),
            (500, true),
            (502, true),
            (503, true),
            (504, true),
        ]
        .into_iter()
        .chain([
            (400, false),
            (401, false),
            (404, false),
            (501, false),
            (302, false),
        ]) {
            let failure = Failure::Status(StatusCode::from_u16(status).unwrap());
            assert_eq!(failure.may_try_again(Effect::Read), again, "{status}");
        }
        assert!(Failure::MaybeSent.may_try_again(Effect::Read));
        assert!(Failure::Body.may_try_again(Effect::Read));
        assert!(!Failure::Final.may_try_again(Effect::Read));
    }

    #[test]
    fn pauses_double_up_to_the_longest_and_end_with_the_attempts() {
        let retry = Retry::new(6)
            .first_pause(Duration::from_millis(100))
            .longest_pause(Duration::from_millis(400));
        let pauses: Vec<_> = retry
            .seed(7)
            .pauses()
            .map(|pause| pause.as_millis())
            .collect();
        assert_eq!(pauses.len(), 5);
        for (pause, base) in pauses.iter().zip([100, 200, 400, 400, 400]) {
            assert!((base..=2 * base).contains(pause), "{pauses:?}");
        }
        assert_eq!(Retry::never().pauses().count(), 0);
        assert_eq!(Retry::new(0).pauses().count(), 0);
    }

    #[test]
    fn retry_after_in_seconds_or_as_a_date() {
        let now = UNIX_EPOCH + Duration::from_secs(784_111_767);
        let read = |text: &'static str| {
            let headers = HeaderMap::from_iter([(header::RETRY_AFTER, text.parse().unwrap())]);
            retry_after(&headers, now)
        };
        assert_eq!(read("120"), Some(Duration::from_secs(120)));
        assert_eq!(
            read("Sun, 06 Nov 1994 08:49:37 GMT"),
            Some(Duration::from_secs(10))
        );
        assert_eq!(read("Sun, 06 Nov 1994 08:49:17 GMT"), None);
        for huge in ["18446744073709551616", "99999999999999999999999999999999"] {
            assert!(read(huge) >= Some(Duration::from_secs(u64::MAX)), "{huge}");
        }
        assert_eq!(read("1.5"), Some(Duration::from_millis(1500)));
        for other in ["1e3", "inf", "NaN", ".", "", "1 2"] {
            assert_eq!(read(other), None, "{other}");
        }
        assert_eq!(read("soon"), None);
        assert_eq!(read("-1"), None);
    }
}
