//! The day that it is, by zone.

#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

use cards_model::airpay::RegisterUser;
use cards_model::{Date, Form, Request, Rule, Rules, UtcOffset};
use proptest::prelude::*;

const MIDNIGHT: i64 = 1_795_305_600; // 2026-11-22T00:00:00Z

fn day(offset: &str, seconds: i64) -> String {
    offset
        .parse::<UtcOffset>()
        .unwrap()
        .date(seconds)
        .to_string()
}

#[test]
fn both_sides_of_both_midnights() {
    let in_india = MIDNIGHT - 330 * 60;
    for (seconds, utc, india) in [
        (in_india - 1, "2026-11-21", "2026-11-21"),
        (in_india, "2026-11-21", "2026-11-22"),
        (MIDNIGHT - 1, "2026-11-21", "2026-11-22"),
        (MIDNIGHT, "2026-11-22", "2026-11-22"),
    ] {
        assert_eq!(day("UTC", seconds), utc);
        assert_eq!(day("+05:30", seconds), india);
    }
    assert_eq!(day("-03:00", MIDNIGHT), "2026-11-21");
    assert_eq!(day("+18:00", i64::MAX), "9999-12-31");
    assert_eq!(day("-18:00", i64::MIN), "0001-01-01");
}

/// A child born today in India, and a card that expires next month.
#[test]
fn dates_are_judged_by_the_day_of_the_zone() {
    let broken = |seconds, offset: UtcOffset, dob: &str, expiry: &str| {
        let request = RegisterUser::from_fields([("dob", dob), ("card_expiry", expiry)]);
        let broken = request.check(&Rules::on(offset.date(seconds))).unwrap_err();
        let ranges = broken.iter().filter(|it| it.rule == Rule::Range);
        ranges.map(|it| it.field.clone()).collect::<Vec<_>>()
    };
    let evening = MIDNIGHT - 1;
    assert!(broken(evening, UtcOffset::INDIA, "2026-11-22", "").is_empty());
    assert_eq!(broken(evening, UtcOffset::UTC, "2026-11-22", ""), ["dob"]);
    // December has begun in India alone.
    let last_evening = MIDNIGHT + 8 * 86_400 + 86_399;
    assert!(broken(last_evening, UtcOffset::UTC, "", "12/26").is_empty());
    assert_eq!(
        broken(last_evening, UtcOffset::INDIA, "", "12/26"),
        ["card_expiry"]
    );
}

#[test]
fn offsets_are_hours_and_minutes_with_a_sign() {
    for text in ["+05:30", "-03:00", "+18:00", "-18:00", "UTC"] {
        assert_eq!(text.parse::<UtcOffset>().unwrap().to_string(), text);
    }
    for bad in [
        "",
        "IST",
        "5:30",
        "+5:30",
        "+0530",
        "+18:01",
        "+05:60",
        "+05:3x",
        "+99:00",
        "Asia/Kolkata",
    ] {
        let told = bad.parse::<UtcOffset>().unwrap_err().to_string();
        assert!(told.contains("+05:30"), "{bad}");
    }
}

proptest! {
    #[test]
    fn a_zone_moves_the_day_by_one_at_most(minutes in -1080i16..=1080, seconds in 0i64..4_000_000_000) {
        let offset = UtcOffset::from_minutes(minutes).unwrap();
        let days = offset.date(seconds).unix_days() - Date::from_unix_seconds(seconds).unix_days();
        prop_assert!((-1..=1).contains(&days));
        prop_assert_eq!(offset.to_string().parse(), Ok(offset));
    }

    #[test]
    fn no_text_makes_parsing_panic(text in ".{0,10}") {
        let _ = text.parse::<UtcOffset>();
    }
}

/// Every day of the calendar, counted by carrying: no other code's arithmetic is compared with.
#[test]
fn every_day_of_the_calendar_follows_the_one_before() {
    const DAY: i64 = 86_400;
    let (mut year, mut month, mut day) = (1, 1, 1);
    // 1970-01-01 is day 0.
    let mut days = -719_162;
    let first = days;
    while year <= 9999 {
        let date = Date::new(year, month, day).unwrap();
        assert_eq!((date.year(), date.month(), date.day()), (year, month, day));
        assert_eq!(date.unix_days(), days);
        assert_eq!(Date::from_unix_seconds(days * DAY), date);
        assert_eq!(Date::from_unix_seconds(days * DAY + DAY - 1), date);
        let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let length = match month {
            2 if is_leap => 29,
            2 => 28,
            4 | 6 | 9 | 11 => 30,
            _ => 31,
        };
        if day == length {
            assert!(Date::new(year, month, length + 1).is_err());
            (day, month) = (0, month + 1);
        }
        if month == 13 {
            (month, year) = (1, year + 1);
        }
        day += 1;
        days += 1;
    }
    // What is outside has the nearest day inside.
    let date = |text: &str| text.parse::<Date>().unwrap();
    for (seconds, nearest) in [
        (first * DAY - 1, "0001-01-01"),
        (i64::MIN, "0001-01-01"),
        (days * DAY, "9999-12-31"),
        (i64::MAX, "9999-12-31"),
    ] {
        assert_eq!(Date::from_unix_seconds(seconds), date(nearest), "{seconds}");
    }
    for (year, month, day) in [
        (0, 1, 1),
        (10_000, 1, 1),
        (2026, 0, 1),
        (2026, 13, 1),
        (2026, 1, 0),
    ] {
        assert!(Date::new(year, month, day).is_err(), "{year} {month} {day}");
    }
}
