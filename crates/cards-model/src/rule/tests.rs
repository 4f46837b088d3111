//! The rules over bytes, both sides.

use super::*;

fn accepts(rule: fn(&String) -> Check, good: &[&str], bad: &[&str]) {
    for text in good {
        assert!(rule(&(*text).to_owned()).is_ok(), "refused {text:?}");
    }
    for text in bad {
        assert!(rule(&(*text).to_owned()).is_err(), "accepted {text:?}");
    }
}

#[test]
fn character_classes() {
    accepts(
        digits,
        &["", "0", "0123456789"],
        &["1 2", "-1", "１", "9XXXXXX513", "1\n"],
    );
    accepts(letters, &["", "azAZ"], &["New Delhi", "O'Neil", "é", "a1"]);
    accepts(
        letters_and_spaces,
        &["", "Tamil Nadu"],
        &["Tamil-Nadu", "a\tb", "a1"],
    );
    accepts(
        alphanumeric_and_spaces,
        &["", "12 MG Road"],
        &["12, MG Road", "a/b", "é"],
    );
    accepts(
        city,
        &["", "Sofia", "St. Gallen", "Bad-Ems", "Łódź"],
        &["Sofia 1", "a_b", "a/b"],
    );
}

#[test]
fn formats() {
    accepts(
        card_number,
        &["", "4622940000003713"],
        &["462294XXXXXX3713", "462294000000371"],
    );
    accepts(
        email,
        &["", "xyz@airpay.co.in", "a+b@x-y.example", "a@b.c"],
        &[
            "xyz", "@a.b", "a@", "a@b", "a@b..c", "a@-b.c", "a b@c.d", "a@b@c.d", ".a@b.c",
            "a.@b.c",
        ],
    );
    accepts(
        international_mobile,
        &[
            "",
            "+359 888333333",
            "+11234567899",
            "+12",
            "+1 2",
            "+12345678901234567890",
        ],
        &[
            "+",
            "+1",
            "359888333333",
            "+ 1",
            "+1  2",
            "+1 12345678901234567",
            "+1 ",
            "string",
        ],
    );
    accepts(path_segment, &["", "12345678", "a.b", "..."], &[".", ".."]);
    accepts(
        calendar_date,
        &["", "1989-11-09"],
        &["09-11-1989", "1989-02-30"],
    );
}

#[test]
fn a_local_part_of_64_characters_is_the_longest() {
    assert!(is_email(&format!("{}@a.b", "x".repeat(64))));
    assert!(!is_email(&format!("{}@a.b", "x".repeat(65))));
}

#[test]
fn a_password_lacks_one_kind_at_a_time() {
    accepts(
        password,
        &["", "PaSwd@1234", "Aa1 !", "Aa1_"],
        &[
            "paswd@1234",
            "PASWD@1234",
            "PaSwd@abcd",
            "PaSwd12345",
            "PaSwd 1234",
        ],
    );
}

#[test]
fn an_expiry_from_one_month_to_25_years_ahead() {
    let rules = Rules::on(Date::new(2026, 11, 21).unwrap());
    let check = |text: &str| card_expiry(&text.to_owned(), &rules);
    for good in ["", "12/26", "11/51"] {
        assert!(check(good).is_ok(), "{good}");
    }
    for (bad, rule) in [
        ("11/26", "range"),
        ("12/51", "range"),
        ("01/25", "range"),
        ("1/27", "format"),
    ] {
        assert_eq!(check(bad).unwrap_err().code, rule, "{bad}");
    }
}
