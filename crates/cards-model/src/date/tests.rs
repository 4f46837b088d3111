use proptest::prelude::*;

use super::*;

#[test]
fn only_real_days_are_dates() {
    for good in [
        "1989-11-09",
        "2024-02-29",
        "2000-02-29",
        "0001-01-01",
        "9999-12-31",
    ] {
        assert_eq!(good.parse::<Date>().unwrap().to_string(), good);
    }
    for bad in [
        "",
        "1989-11-9",
        "1989/11/09",
        "1989-13-01",
        "1989-00-10",
        "1989-04-31",
        "1989-11-00",
        "2023-02-29",
        "1900-02-29",
        "0000-01-01",
        " 1989-11-09",
        "1989-11-09 ",
        "1989-1１-09",
    ] {
        assert!(bad.parse::<Date>().is_err(), "{bad}");
    }
}

#[test]
fn expiry_is_two_digits_a_slash_and_two_digits() {
    assert_eq!(
        "01/25".parse::<CardExpiry>().unwrap(),
        CardExpiry::new(1, 2025).unwrap()
    );
    for bad in [
        "", "1/25", "13/25", "00/25", "01-25", "01/2025", "0125", "01/2x", "é1/25",
    ] {
        assert!(bad.parse::<CardExpiry>().is_err(), "{bad}");
    }
    assert!(CardExpiry::new(12, 2026).unwrap() < CardExpiry::new(1, 2027).unwrap());
}

#[test]
fn unix_times_at_the_edges() {
    assert_eq!(Date::from_unix_seconds(0).to_string(), "1970-01-01");
    assert_eq!(Date::from_unix_seconds(-1).to_string(), "1969-12-31");
    assert_eq!(
        Date::from_unix_seconds(951_782_400).to_string(),
        "2000-02-29"
    );
    assert_eq!(Date::from_unix_seconds(i64::MAX).to_string(), "9999-12-31");
    assert_eq!(Date::from_unix_seconds(i64::MIN).to_string(), "0001-01-01");
}

#[test]
fn timestamps_in_the_documented_forms_and_near_misses() {
    let millis = |text: &str| Timestamp::new(text).unix_millis();
    assert_eq!(millis("2024-11-08T11:57:08.348Z"), Some(1_731_067_028_348));
    assert_eq!(
        millis("2024-11-08T13:57:08.348+02:00"),
        Some(1_731_067_028_348)
    );
    assert_eq!(
        millis("2024-11-08T11:57:08.3489999Z"),
        Some(1_731_067_028_348)
    );
    assert_eq!(millis("2024-11-08T11:57:08.3Z"), Some(1_731_067_028_300));
    assert_eq!(
        millis("2024-11-09T11:56:08.348+23:59"),
        Some(1_731_067_028_348)
    );
    assert_eq!(
        millis("2024-11-07T11:58:08.348-23:59"),
        Some(1_731_067_028_348)
    );
    for bad in [
        "",
        "2024-11-08T11:57:08+24:00",
        "2024-11-08T11:57:08-99:99",
        "2024-11-08T11:57:08+02:60",
        "2024-11-08T11:57:08+02:00Z",
        "2024-11-08T11:57:08+0200",
        "2024-11-08",
        "2024-11-08T11:57:08",
        "2024-11-08T24:57:08Z",
        "2024-11-08T11:57Z",
        "2024-11-08T11:57:08.Z",
        "2024-11-08T11:57:08+2",
        "2024-11-0éT11:57:08Z",
    ] {
        assert_eq!(millis(bad), None, "{bad}");
    }
}

proptest! {
    #[test]
    fn days_survive_the_way_to_unix_time_and_back(days in -719_162i64..2_932_896) {
        let date = Date::from_unix_seconds(days * 86_400 + 86_399);
        prop_assert_eq!(date.unix_days(), days);
        prop_assert_eq!(date.to_string().parse::<Date>(), Ok(date));
    }

    #[test]
    fn no_text_makes_parsing_panic(text in ".{0,40}") {
        let _ = text.parse::<Date>();
        let _ = text.parse::<CardExpiry>();
        let _ = Timestamp::new(text).unix_millis();
    }
}
