//! The zone in which a day begins.

use std::fmt;
use std::str::FromStr;

use crate::date::Date;

/// A zone of time as its distance from UTC, in whole minutes, at most 18 hours:
/// where a day begins earlier than in UTC it is positive.
///
/// A zone with summer time is not one of these; the providers' are not, as far
/// as they judge days: India has had `+05:30` all year since 1945.
///
/// ```
/// use cards_model::{Date, UtcOffset};
///
/// let india: UtcOffset = "+05:30".parse()?;
/// assert_eq!(india, UtcOffset::INDIA);
/// // A quarter to midnight in UTC, and past five in the morning there.
/// let time = 1_795_304_700;
/// assert_eq!(UtcOffset::UTC.date(time).to_string(), "2026-11-21");
/// assert_eq!(india.date(time).to_string(), "2026-11-22");
/// # Ok::<(), cards_model::UtcOffsetError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct UtcOffset {
    /// Minutes east of Greenwich.
    minutes: i16,
}

/// A text or number that is no offset.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected UTC or an offset such as +05:30, at most 18 hours")]
pub struct UtcOffsetError;

impl UtcOffset {
    /// Coordinated Universal Time.
    pub const UTC: Self = Self { minutes: 0 };

    /// India's time, `+05:30`.
    pub const INDIA: Self = Self { minutes: 330 };

    const MOST_MINUTES: u16 = 18 * 60;

    /// An offset in minutes, from -1080 to 1080.
    pub const fn from_minutes(minutes: i16) -> Result<Self, UtcOffsetError> {
        if minutes.unsigned_abs() > Self::MOST_MINUTES {
            return Err(UtcOffsetError);
        }
        Ok(Self { minutes })
    }

    /// The seconds by which its clocks are ahead of UTC.
    pub const fn seconds(self) -> i64 {
        self.minutes as i64 * 60
    }

    /// The day there at a Unix time in seconds.
    pub const fn date(self, unix_seconds: i64) -> Date {
        Date::from_unix_seconds(unix_seconds.saturating_add(self.seconds()))
    }
}

impl FromStr for UtcOffset {
    type Err = UtcOffsetError;

    /// Reads `UTC`, `Z` in any letter case, or hours and minutes with their sign:
    /// `+05:30`, `-03:00`. White space around does not count.
    fn from_str(text: &str) -> Result<Self, UtcOffsetError> {
        let text = text.trim();
        if text.eq_ignore_ascii_case("UTC") || text.eq_ignore_ascii_case("Z") {
            return Ok(Self::UTC);
        }
        let &[sign @ (b'+' | b'-'), h1, h2, b':', m1, m2] = text.as_bytes() else {
            return Err(UtcOffsetError);
        };
        if ![h1, h2, m1, m2].iter().all(u8::is_ascii_digit) || m1 > b'5' {
            return Err(UtcOffsetError);
        }
        let digit = |byte: u8| i16::from(byte - b'0');
        let minutes = digit(h1) * 600 + digit(h2) * 60 + digit(m1) * 10 + digit(m2);
        Self::from_minutes(if sign == b'-' { -minutes } else { minutes })
    }
}

impl fmt::Display for UtcOffset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.minutes == 0 {
            return f.pad("UTC");
        }
        let sign = if self.minutes < 0 { '-' } else { '+' };
        let minutes = self.minutes.unsigned_abs();
        f.pad(&format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60))
    }
}
