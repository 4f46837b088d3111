//! The documents' date formats as small values.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::lenient;

/// A calendar day, written `YYYY-MM-DD`.
///
/// ```
/// use cards_model::Date;
///
/// let born: Date = "1989-11-09".parse()?;
/// assert_eq!(born, Date::new(1989, 11, 9)?);
/// assert!("1989-02-29".parse::<Date>().is_err());
/// # Ok::<(), cards_model::DateError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    year: u16,
    month: u8,
    day: u8,
}

/// A text or numbers that name no date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a date: expected {expected}")]
pub struct DateError {
    expected: &'static str,
}

impl Date {
    const EXPECTED: DateError = DateError {
        expected: "a real calendar day as YYYY-MM-DD",
    };

    /// A day of the Gregorian calendar, years 1 to 9999.
    pub const fn new(year: u16, month: u8, day: u8) -> Result<Self, DateError> {
        let year_exists = year >= 1 && year <= 9999;
        if year_exists && day >= 1 && day <= days_in_month(year, month) {
            Ok(Self { year, month, day })
        } else {
            Err(Self::EXPECTED)
        }
    }

    /// The day in UTC of a Unix time in seconds; a time outside the years 1
    /// to 9999 gives the nearest day inside them.
    pub const fn from_unix_seconds(seconds: i64) -> Self {
        // Days to civil date, with years that start on 1 March, so that the
        // leap day is a year's last (Howard Hinnant's public algorithm).
        let days = seconds.div_euclid(86_400) + 719_468;
        let era = days.div_euclid(146_097);
        let day_of_era = days.rem_euclid(146_097);
        let year_of_era =
            (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month_from_march = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
        let month = if month_from_march < 10 {
            month_from_march + 3
        } else {
            month_from_march - 9
        };
        let year = year_of_era + era * 400 + if month <= 2 { 1 } else { 0 };
        if year < 1 {
            return Self {
                year: 1,
                month: 1,
                day: 1,
            };
        }
        if year > 9999 {
            return Self {
                year: 9999,
                month: 12,
                day: 31,
            };
        }
        Self {
            year: year as u16,
            month: month as u8,
            day: day as u8,
        }
    }

    /// Days since 1970-01-01.
    pub const fn unix_days(self) -> i64 {
        let year = self.year as i64 - if self.month <= 2 { 1 } else { 0 };
        let era = year.div_euclid(400);
        let year_of_era = year.rem_euclid(400);
        let month_from_march = (self.month as i64 + 9) % 12;
        let day_of_year = (153 * month_from_march + 2) / 5 + self.day as i64 - 1;
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        era * 146_097 + day_of_era - 719_468
    }

    /// The year, 1 to 9999.
    pub const fn year(self) -> u16 {
        self.year
    }

    /// The month, 1 to 12.
    pub const fn month(self) -> u8 {
        self.month
    }

    /// The day of the month, 1 to 31.
    pub const fn day(self) -> u8 {
        self.day
    }
}

impl FromStr for Date {
    type Err = DateError;

    fn from_str(text: &str) -> Result<Self, DateError> {
        let &[y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = text.as_bytes() else {
            return Err(Self::EXPECTED);
        };
        match (
            number(&[y1, y2, y3, y4]),
            number(&[m1, m2]),
            number(&[d1, d2]),
        ) {
            (Some(year), Some(month), Some(day)) => Self::new(year, month as u8, day as u8),
            _ => Err(Self::EXPECTED),
        }
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

/// The month after which a card is void, written `MM/YY` with years of this
/// century, as in Airpay's User Registration (`01/25`).
///
/// ```
/// use cards_model::{CardExpiry, Date};
///
/// let expiry: CardExpiry = "01/27".parse()?;
/// assert_eq!(expiry, CardExpiry::new(1, 2027)?);
/// assert_eq!(expiry.months_after(Date::new(2026, 11, 21)?), 2);
/// # Ok::<(), cards_model::DateError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CardExpiry {
    month: u8,
    year: u16,
}

impl CardExpiry {
    const EXPECTED: DateError = DateError {
        expected: "a card's expiry as MM/YY",
    };

    /// A month (1 to 12) of a year from 2000 to 2099.
    pub const fn new(month: u8, year: u16) -> Result<Self, DateError> {
        if month >= 1 && month <= 12 && year >= 2000 && year <= 2099 {
            Ok(Self { month, year })
        } else {
            Err(Self::EXPECTED)
        }
    }

    /// The month, 1 to 12.
    pub const fn month(self) -> u8 {
        self.month
    }

    /// The year, with its century.
    pub const fn year(self) -> u16 {
        self.year
    }

    /// The text with all four digits of the year, as in Airpay's Add card (`12/2022`).
    ///
    /// ```
    /// use cards_model::CardExpiry;
    ///
    /// let expiry = CardExpiry::from_full("12/2022")?;
    /// assert_eq!((expiry.to_string(), expiry.in_full()), ("12/22".into(), "12/2022".into()));
    /// assert!(CardExpiry::from_full("12/22").is_err());
    /// # Ok::<(), cards_model::DateError>(())
    /// ```
    pub fn in_full(self) -> String {
        format!("{:02}/{:04}", self.month, self.year)
    }

    /// Reads `MM/YYYY`, with a year from 2000 to 2099.
    pub fn from_full(text: &str) -> Result<Self, DateError> {
        const EXPECTED: DateError = DateError {
            expected: "a card's expiry as MM/YYYY",
        };
        let &[m1, m2, b'/', y1, y2, y3, y4] = text.as_bytes() else {
            return Err(EXPECTED);
        };
        match (number(&[m1, m2]), number(&[y1, y2, y3, y4])) {
            (Some(month), Some(year)) => Self::new(month as u8, year).map_err(|_| EXPECTED),
            _ => Err(EXPECTED),
        }
    }

    /// Counts the calendar months by which this expiry lies after the month of
    /// `day`; negative when it lies before.
    pub const fn months_after(self, day: Date) -> i32 {
        (self.year as i32 - day.year as i32) * 12 + self.month as i32 - day.month as i32
    }
}

impl PartialOrd for CardExpiry {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for CardExpiry {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.year, self.month).cmp(&(other.year, other.month))
    }
}

impl FromStr for CardExpiry {
    type Err = DateError;

    fn from_str(text: &str) -> Result<Self, DateError> {
        let &[m1, m2, b'/', y1, y2] = text.as_bytes() else {
            return Err(Self::EXPECTED);
        };
        match (number(&[m1, m2]), number(&[y1, y2])) {
            (Some(month), Some(year)) => Self::new(month as u8, 2000 + year),
            _ => Err(Self::EXPECTED),
        }
    }
}

impl fmt::Display for CardExpiry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}/{:02}", self.month, self.year % 100)
    }
}

impl From<CardExpiry> for String {
    fn from(expiry: CardExpiry) -> Self {
        expiry.to_string()
    }
}

/// A moment as Paysafe writes it: ISO 8601, with or without fractions of a
/// second (`2019-08-24T14:15:22Z`, `2024-11-08T11:57:08.348Z`).
///
/// The text is kept as received, so that a form not foreseen here costs the
/// caller this one value and not the page of cards around it.
///
/// ```
/// use cards_model::Timestamp;
///
/// let created = Timestamp::new("2019-08-24T14:15:22Z");
/// assert_eq!(created.unix_millis(), Some(1_566_656_122_000));
/// assert_eq!(Timestamp::new("yesterday").unix_millis(), None);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timestamp(String);

impl Timestamp {
    /// Takes the text over as it is.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text as received.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Gives the milliseconds since 1970-01-01 UTC, or `None` where the text is not
    /// ISO 8601. An offset (`+02:00`) is applied; finer fractions are cut off.
    pub fn unix_millis(&self) -> Option<i64> {
        let text = self.0.as_bytes();
        let date: Date = self.0.get(..10)?.parse().ok()?;
        let &[
            b'T' | b't' | b' ',
            h1,
            h2,
            b':',
            m1,
            m2,
            b':',
            s1,
            s2,
            ref rest @ ..,
        ] = text.get(10..)?
        else {
            return None;
        };
        let (hour, minute) = (number(&[h1, h2])?, number(&[m1, m2])?);
        // 60 is a leap second; it counts as the next minute's first.
        let second = number(&[s1, s2])?;
        if hour > 23 || minute > 59 || second > 60 {
            return None;
        }
        let (millis, zone) = match rest {
            [b'.', fraction @ ..] => {
                let digits = fraction.iter().take_while(|b| b.is_ascii_digit()).count();
                if digits == 0 {
                    return None;
                }
                let digit = |i: usize| {
                    if i < digits {
                        i64::from(fraction[i] - b'0')
                    } else {
                        0
                    }
                };
                (
                    digit(0) * 100 + digit(1) * 10 + digit(2),
                    &fraction[digits..],
                )
            }
            _ => (0, rest),
        };
        let offset_minutes = offset_minutes(zone)?;
        let seconds = date.unix_days() * 86_400
            + i64::from(hour) * 3_600
            + (i64::from(minute) - offset_minutes) * 60
            + i64::from(second);
        Some(seconds * 1_000 + millis)
    }
}

impl From<&str> for Timestamp {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl From<String> for Timestamp {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        lenient::text(deserializer).map(Self)
    }
}

#[cfg(feature = "jiff")]
mod with_jiff {
    use super::{Date, DateError, Timestamp};

    impl From<Date> for jiff::civil::Date {
        fn from(date: Date) -> Self {
            // Every `Date` lies inside jiff's range of years.
            Self::new(date.year as i16, date.month as i8, date.day as i8).unwrap_or(Self::ZERO)
        }
    }

    impl TryFrom<jiff::civil::Date> for Date {
        type Error = DateError;

        fn try_from(date: jiff::civil::Date) -> Result<Self, DateError> {
            let year = u16::try_from(date.year()).map_err(|_| Date::EXPECTED)?;
            Self::new(year, date.month().unsigned_abs(), date.day().unsigned_abs())
        }
    }

    impl TryFrom<&Timestamp> for jiff::Timestamp {
        type Error = jiff::Error;

        fn try_from(timestamp: &Timestamp) -> Result<Self, jiff::Error> {
            timestamp.as_str().parse()
        }
    }
}

const fn days_in_month(year: u16, month: u8) -> u8 {
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => {
            29
        }
        2 => 28,
        _ => 0,
    }
}

/// Reads the minutes by which a time is ahead of UTC.
fn offset_minutes(zone: &[u8]) -> Option<i64> {
    let &[sign @ (b'+' | b'-'), h1, h2, b':', m1, m2] = zone else {
        return matches!(zone, [b'Z' | b'z']).then_some(0);
    };
    let (hours, minutes) = (number(&[h1, h2])?, number(&[m1, m2])?);
    if hours > 23 || minutes > 59 {
        return None;
    }
    let minutes = i64::from(hours) * 60 + i64::from(minutes);
    Some(if sign == b'-' { -minutes } else { minutes })
}

/// Reads at most four digits as a number.
fn number(digits: &[u8]) -> Option<u16> {
    digits.iter().try_fold(0, |sum, digit| {
        digit
            .is_ascii_digit()
            .then(|| sum * 10 + u16::from(digit - b'0'))
    })
}

#[cfg(test)]
mod tests;
