use cards_model::{Field, Kind, Request as _};
use proptest::prelude::*;

use super::*;

#[test]
fn harmless_words_stay_and_numbers_of_people_go() {
    let shown = |text| Redaction::default().sentence(text);
    for kept in [
        "limit must be between 1 and 50",
        "Email already exists",
        "Customer not found",
        "Token expired",
        "The field 'entity_id' is required.",
        "Try again in 300 s",
        "3D Secure, sha256 and address1 are wanted",
    ] {
        assert_eq!(shown(kept), kept);
    }
    for (text, left) in [
        ("OTP 1234 is wrong", "OTP [redacted] is wrong"),
        ("card 4622940000003713", "card [redacted]"),
        ("card 4622 9400 0000 3713 is", "card [redacted] is"),
        ("card 4622-9400-0000-3713.", "card [redacted]"),
        ("call +91 98 76 54", "call [redacted]"),
        ("born 1989-11-09", "born [redacted]"),
        ("code A1B2, key x9y", "code [redacted] key [redacted]"),
        ("of a.b@c.example!", "of [redacted]"),
        ("key eyJhbGciOiJub25lIn0abcdefGHIJ", "key [redacted]"),
    ] {
        assert_eq!(shown(text), left);
    }
    assert_eq!(shown("a\u{1b}[2J\nb"), "a\u{fffd}[2J b");
    assert_eq!(shown(&"x ".repeat(400)).chars().count(), LONGEST + 1);
}

#[test]
fn codes_stay_unless_they_are_numbers_of_people() {
    let shown = |text| Redaction::default().code(text);
    for kept in [
        "5068",
        "DW-10042",
        "DW-INTERNAL-SERVER-ERROR",
        "fail",
        "customersId",
    ] {
        assert_eq!(shown(kept), kept);
    }
    assert_eq!(shown("4622940000003713"), OUT);
    assert_eq!(shown("a@b.example"), OUT);
}

#[test]
fn what_was_sent_goes_in_any_case() {
    let redaction = Redaction::from_values(&["New Delhi", "Prasanth", "\u{fc}nal", "Al"]);
    assert_eq!(redaction.sentence("for \u{dc}NAL."), "for [redacted].");
    assert_eq!(
        redaction.sentence("PRASANTH of New Delhi, also called Al, exists"),
        "[redacted] of [redacted], also called [redacted], exists"
    );
    assert_eq!(redaction.code("Prasanth"), OUT);
}

#[test]
fn what_was_sent_goes_whatever_white_space_is_in_it_and_around_it() {
    let call = Operation::new(
        cards_model::ProviderId::AIRPAY,
        "test",
        cards_model::Method::Post,
        "/",
        cards_model::Effect::Read,
        "test",
    );
    let request = Request::new(&b"city=%09New%C2%A0Delhi+%0A&state=Kerala+"[..]);
    let redaction = Redaction::of(&call, &request);
    for text in [
        "city New Delhi",
        "city New\tDelhi",
        "city  New \r\n Delhi",
        "city New\u{a0}\u{a0}Delhi",
        "city \u{2003}new\u{3000}delhi",
    ] {
        let shown = redaction.sentence(text);
        assert_eq!(
            shown.split_whitespace().last(),
            Some(OUT),
            "{text:?}: {shown}"
        );
        assert!(!shown.to_lowercase().contains("delhi"), "{text:?}: {shown}");
    }
    assert_eq!(redaction.code("kerala"), OUT);
    assert_eq!(redaction.code("NOT_IN_KERALA"), format!("NOT_IN_{OUT}"));
}

/// The mark is the table's: neither being a number nor being optional shows a
/// value.
#[test]
fn numbers_of_marked_page_fields_stay_and_all_others_go() {
    use cards_model::ibanera::{CardsByCustomer, ListCustomerCards};
    use cards_model::paysafe::ListPrepaidCards;

    let calls = [
        CardsByCustomer::OPERATION,
        ListCustomerCards::OPERATION,
        ListPrepaidCards::OPERATION,
    ];
    let mut marked = Vec::new();
    for operation in calls {
        let numbers = |field: &&Field| matches!(field.kind, Kind::Integer { .. });
        for field in operation.fields.iter().filter(numbers) {
            marked.extend(field.is_page.then_some(field.wire));
            for is_page in [field.is_page, !field.is_page] {
                let mut call = Operation::new(
                    operation.provider,
                    operation.name,
                    operation.method,
                    operation.path,
                    operation.effect,
                    operation.document,
                );
                let mut field = *field;
                field.is_page = is_page;
                call.fields = vec![field].leak();
                let request = Request::builder().uri(format!("/?{}=123", field.wire));
                let redaction = Redaction::of(&call, &request.body(&[][..]).unwrap());
                let left = if is_page { "123" } else { OUT };
                assert_eq!(
                    redaction.sentence("of 123"),
                    format!("of {left}"),
                    "{field:?}"
                );
            }
        }
    }
    assert_eq!(marked, ["pageNumber", "pageSize", "limit", "offset"]);
}

#[test]
fn a_short_value_goes_as_a_word_and_one_character_stays() {
    let redaction = Redaction::from_values(&["in", "12"]);
    for kept in ["INVALID_MOBILE", "INVALID", "within", "E123", "limit"] {
        assert_eq!(redaction.code(kept), kept);
        assert_eq!(redaction.sentence(kept), kept);
    }
    assert_eq!(
        redaction.sentence("in 12, IN-1"),
        format!("{OUT} {OUT}, {OUT}-1")
    );
    // A digit that stands beside a letter ends one and begins the other.
    for (glued, left) in [
        ("OTP12", "OTP[redacted]"),
        ("12OTP", "[redacted]OTP"),
        ("CVV_12x", "CVV_[redacted]x"),
        ("in7", "[redacted]7"),
        ("12in", "[redacted][redacted]"),
    ] {
        assert_eq!(redaction.code(glued), left);
        assert_eq!(redaction.sentence(glued), left);
    }
    let request = Request::new(&b"a=1&b=M"[..]);
    let redaction = Redaction::of(cards_model::airpay::UserLogin::OPERATION, &request);
    assert_eq!(redaction.sentence("M is 1 of 2"), "M is 1 of 2");
}

/// A long text is cut, in whatever part of a value that may be.
#[test]
fn the_beginning_of_a_value_is_not_shown_where_its_end_was_not_read() {
    let redaction = Redaction::from_values(&["qzqz zqzq", "zz"]);
    for hidden in [
        "qzqz zqzq",
        "QZQZ\t\tZQZQ",
        "zz",
        "4622940000003713",
        "4622 9400 0000 3713",
        "q.zq@zq.q1",
        "qzQ1qzqzqzqzqzqzqzqzqzqzQQ",
    ] {
        for cut in 0..=hidden.len() {
            // A group of digits shrinks to one word.
            let before = format!("{}card ", "1 ".repeat((READ - cut - 5) / 2));
            let odd = " ".repeat(READ - cut - before.len());
            let text = format!("{odd}{before}{hidden} {}", "and so on ".repeat(9));
            for shown in [redaction.sentence(&text), redaction.code(&text)] {
                let is_hidden = |c: char| "qzQZ".contains(c) || c.is_numeric();
                assert!(!shown.contains(is_hidden), "{hidden} cut at {cut}: {shown}");
                assert!(shown.ends_with('…'), "{shown}");
            }
        }
    }
    // A text of just that length is whole.
    let whole = "a ".repeat(READ / 2);
    let shown = |text: &str| redaction.sentence(text).trim_end_matches('…').len();
    assert_eq!(shown(&whole), LONGEST);
    let end = "1 ".repeat(READ / 2 - 2) + "card";
    assert_eq!(redaction.sentence(&end), format!("{OUT} card"));
}

#[test]
fn values_that_overlap_go_together() {
    let redaction = Redaction::from_values(&["ab cd", "cd efgh", "gh", "ij"]);
    assert_eq!(redaction.sentence("x ab cd efgh y"), format!("x {OUT} y"));
    assert_eq!(redaction.sentence("cd efghij"), format!("{OUT}{OUT}"));
}

proptest! {
    /// Whichever of its cases a character comes back in.
    #[test]
    fn every_case_of_a_text_is_folded_onto_one(text in "\\PC{1,12}|[\u{df}\u{1e9e}\u{130}\u{131}\u{3a3}\u{3c2}\u{3c3}\u{2126}\u{390}\u{345}]{1,4}") {
        prop_assert_eq!(folded(&text.to_uppercase()), folded(&text));
        prop_assert_eq!(folded(&text.to_lowercase()), folded(&text));
    }
}
