use super::*;
use crate::testing::DRAWS;

fn is_valid(code: &str, unix_seconds: i64) -> bool {
    step_of(code, unix_seconds).is_some()
}

/// RFC 6238, appendix B, cut to six digits.
#[test]
fn the_published_codes_and_their_neighbours() {
    for (at, code) in [
        (59, "287082"),
        (1_111_111_109, "081804"),
        (1_111_111_111, "050471"),
        (1_234_567_890, "005924"),
        (2_000_000_000, "279037"),
    ] {
        assert!(is_valid(code, at), "{code}");
        assert!(is_valid(code, at + 30) && is_valid(code, at - 30), "{code}");
        assert!(
            !is_valid(code, at + 90) && !is_valid(code, at - 90),
            "{code}"
        );
    }
}

#[test]
fn the_code_that_is_told_is_taken_at_any_time() {
    let end: i64 = 253_402_207_200;
    for now in (0..end).step_by(end as usize / DRAWS) {
        let (code, left) = current(now).unwrap();
        assert!(is_valid(&code, now), "{now}");
        let last = now + left as i64 - 1;
        assert_eq!(current(last).unwrap(), (code, 1), "{now}");
    }
}

#[test]
fn what_is_no_code_is_none() {
    for text in [
        "",
        "28708",
        "2870822",
        " 287082",
        "+87082",
        "text",
        "２８７０８２",
    ] {
        assert!(!is_valid(text, 59), "{text}");
    }
    assert!(!is_valid("287082", i64::MIN));
}
