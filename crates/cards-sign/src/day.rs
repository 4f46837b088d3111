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
    /// `11/27/2026`
    MonthSlashes,
    /// `27.11.2026`
    Dots,
    /// `2026-11-27 00:00:00`, of SQL.
    Midnight,
    /// `2026-11-27T00:00:00.000Z`, of JavaScript.
    IsoMilliseconds,
    /// `2026-11-27T00:00:00Z`
    IsoSeconds,
    /// `2026-11-27T00:00:00`, of Java and Python.
    IsoLocal,
}

impl DateFormat {
    /// The formats of a day that is appended.
    pub(crate) const SHORT: [Self; 5] = [
        Self::YearMonthDay,
        Self::Plain,
        Self::DayMonthYear,
        Self::Slashes,
        Self::DaySlashes,
    ];

    pub(crate) const ALL: [Self; 11] = [
        Self::YearMonthDay,
        Self::Plain,
        Self::DayMonthYear,
        Self::Slashes,
        Self::DaySlashes,
        Self::MonthSlashes,
        Self::Dots,
        Self::Midnight,
        Self::IsoMilliseconds,
        Self::IsoSeconds,
        Self::IsoLocal,
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
            Self::MonthSlashes => format!("{month}/{day}/{year}"),
            Self::Dots => format!("{day}.{month}.{year}"),
            Self::Midnight => format!("{year}-{month}-{day} 00:00:00"),
            Self::IsoMilliseconds => format!("{year}-{month}-{day}T00:00:00.000Z"),
            Self::IsoSeconds => format!("{year}-{month}-{day}T00:00:00Z"),
            Self::IsoLocal => format!("{year}-{month}-{day}T00:00:00"),
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
            Self::MonthSlashes => "m/d/Y",
            Self::Dots => "d.m.Y",
            Self::Midnight => "Y-m-d H:i:s",
            Self::IsoMilliseconds => r"Y-m-d\TH:i:s.v\Z",
            Self::IsoSeconds => r"Y-m-d\TH:i:s\Z",
            Self::IsoLocal => r"Y-m-d\TH:i:s",
        })
    }
}

/// Reads year, month and day, where the text is a day of some format, or the midnight at which it begins. A day that is
/// all digits cannot be told from other numbers. One that has its month first is taken for one that has its day first
/// where it could be that.
fn read(text: &str) -> Option<(&str, &str, &str)> {
    let text = match text.split_once(['T', ' ']) {
        Some((day, time))
            if time
                .trim_end_matches('Z')
                .bytes()
                .all(|at| b"0:.".contains(&at)) =>
        {
            day
        }
        Some(_) => return None,
        None => text,
    };
    let mark = text.find(['-', '/', '.'])?;
    let mut parts = text.split(char::from(*text.as_bytes().get(mark)?));
    let (first, month, last) = (parts.next()?, parts.next()?, parts.next()?);
    let has =
        |part: &str, length| part.len() == length && part.bytes().all(|at| at.is_ascii_digit());
    let is_one_of = |part: &str, most| has(part, 2) && part != "00" && part <= most;
    if parts.next().is_some() || !is_one_of(month, "12") {
        None
    } else if has(first, 4) && is_one_of(last, "31") {
        Some((first, month, last))
    } else if is_one_of(first, "31") && has(last, 4) {
        Some((last, month, first))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_read_in_each_format_that_others_cannot_be_taken_for() {
        for format in DateFormat::ALL {
            let day = format.write("2026-11-27").unwrap();
            let is_told = !matches!(format, DateFormat::Plain | DateFormat::MonthSlashes);
            let read = is_told.then_some("20261127");
            assert_eq!(DateFormat::Plain.write(&day).as_deref(), read, "{day}");
        }
    }

    #[test]
    fn the_first_and_the_last_month_and_day_are_some() {
        for day in ["01.01.2026", "31.12.2026", "2026-01-01", "2026-12-31"] {
            assert!(DateFormat::Plain.write(day).is_some(), "{day}");
        }
    }

    #[test]
    fn what_is_no_day_is_not_read() {
        for other in [
            "",
            "-",
            "2026-11",
            "2026-13-27",
            "27.13.2026",
            "2026-00-27",
            "27.00.2026",
            "2026-12-32",
            "32.12.2026",
            "2026-12-00",
            "00.12.2026",
            "2026-11-27-",
            "2026-11-27-01",
            "27-11-2026-01",
            "2026-1-27",
            "2026-011-27",
            "2026-11-7",
            "2026-11-027",
            "26-11-27",
            "026-11-27",
            "20266-11-27",
            "7-11-2026",
            "27-11-26",
            "27-11-026",
            "2026-11/27",
            "2026-1a-27",
            "202a-11-27",
            "2026-11-2a",
            "2a-11-2026",
            "27-11-202a",
            "2026-11-2026",
            "27-11-27",
            "2026-11-27T00:00:01",
            "2026-11-27 10:00",
            "2026-11-27T00:00:00+00:00",
        ] {
            assert_eq!(DateFormat::Plain.write(other), None, "{other}");
        }
    }
}
