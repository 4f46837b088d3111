//! The writings of a day.

use std::fmt;

/// The writing of a day, in the letters that PHP's `date` takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateFormat {
    /// `2026-11-27`, which Airpay's other interfaces append.
    YearMonthDay,
    /// `20261127`
    Plain,
    /// `27-11-2026`
    DayMonthYear,
    /// `2026/11/27`
    Slashes,
    /// `27/11/2026`
    DaySlashes,
}

impl DateFormat {
    pub(crate) const ALL: [Self; 5] = [
        Self::YearMonthDay,
        Self::Plain,
        Self::DayMonthYear,
        Self::Slashes,
        Self::DaySlashes,
    ];

    /// Writes a day, which comes in any of the formats, in this one.
    pub(crate) fn write(self, day: &str) -> Option<String> {
        let (year, month, day) = read(day)?;
        Some(match self {
            Self::YearMonthDay => format!("{year}-{month}-{day}"),
            Self::Plain => format!("{year}{month}{day}"),
            Self::DayMonthYear => format!("{day}-{month}-{year}"),
            Self::Slashes => format!("{year}/{month}/{day}"),
            Self::DaySlashes => format!("{day}/{month}/{year}"),
        })
    }
}

/// Shows the letters that PHP's `date` takes for it.
impl fmt::Display for DateFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::YearMonthDay => "Y-m-d",
            Self::Plain => "Ymd",
            Self::DayMonthYear => "d-m-Y",
            Self::Slashes => "Y/m/d",
            Self::DaySlashes => "d/m/Y",
        })
    }
}

/// Year, month and day, where the text is a day of some format.
fn read(text: &str) -> Option<(&str, &str, &str)> {
    let mark = text.find(['-', '/'])?;
    let mut parts = text.split(char::from(*text.as_bytes().get(mark)?));
    let (first, month, last) = (parts.next()?, parts.next()?, parts.next()?);
    let has =
        |part: &str, length| part.len() == length && part.bytes().all(|at| at.is_ascii_digit());
    if parts.next().is_some() || !has(month, 2) {
        None
    } else if has(first, 4) && has(last, 2) {
        Some((first, month, last))
    } else if has(first, 2) && has(last, 4) {
        Some((last, month, first))
    } else {
        None
    }
}
