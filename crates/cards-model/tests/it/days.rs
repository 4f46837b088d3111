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
