use cards_model::{Field, Kind, Request as _};
use proptest::prelude::*;

use super::*;

mod alphabets;
mod cuts;
mod escapes;

/// Makes a redaction of values, each of which is personal.
fn redaction(values: &[&str]) -> Redaction {
    let sent = |text: &&str| Sent {
        text: (*text).to_owned(),
        has_words: true,
    };
    Redaction::from_values(
        &values.iter().map(sent).collect::<Vec<_>>(),
        Vocabulary::default(),
    )
}

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
    let redaction = redaction(&["New Delhi", "Prasanth", "\u{fc}nal", "Al"]);
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
    let redaction = redaction(&["in", "12"]);
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

#[test]
fn values_that_overlap_go_together() {
    let redaction = redaction(&["ab cd", "cd efgh", "gh", "ij"]);
    assert_eq!(redaction.sentence("x ab cd efgh y"), format!("x {OUT} y"));
    assert_eq!(redaction.sentence("cd efghij"), format!("{OUT}{OUT}"));
}

#[test]
fn signs_around_a_value_go_with_it_and_blanks_stay() {
    let redaction = redaction(&["+91 98", "zq_", "a _"]);
    for (text, left) in [
        ("of +91 98 x", "of [redacted] x"),
        ("of 91_98 x", "of [redacted] x"),
        ("of zq_ x", "of [redacted] x"),
        ("of zq x", "of [redacted] x"),
        ("of a _ x", "of [redacted] x"),
        ("of a x", "of a x"),
    ] {
        assert_eq!(redaction.sentence(text), left);
    }
}

proptest! {
    /// Whichever of its cases a character comes back in.
    #[test]
    fn every_case_of_a_text_is_folded_onto_one(text in "\\PC{1,12}|[\u{df}\u{1e9e}\u{130}\u{131}\u{3a3}\u{3c2}\u{3c3}\u{2126}\u{390}\u{345}]{1,4}") {
        prop_assert_eq!(compared(&text.to_uppercase()), compared(&text));
        prop_assert_eq!(compared(&text.to_lowercase()), compared(&text));
    }
}

/// Writes each character of a text in one way.
fn each(text: &str, write: impl Fn(char) -> String) -> String {
    text.chars().map(write).collect()
}

/// A text as it is compared.
fn compared(text: &str) -> String {
    let units = Form::plain(text, false).units;
    folded(&units.iter().map(|unit| unit.c).collect::<String>())
}

#[test]
fn single_words_of_what_was_sent_go_and_those_of_the_documents_stay() {
    let redaction = redaction(&[
        "Pass&word1",
        "john.smith@airpay.co.in",
        "O'Brien & Sons, Church Road 12, Address of Customer",
    ]);
    for (text, left) in [
        (
            "password Pass&amp;word1 of john.smith (church%20road, Church) is weak; Prasan...",
            "password [redacted] of [redacted] [redacted] [redacted] is weak; Prasan...",
        ),
        ("Church Road is unknown", "[redacted] is unknown"),
        ("no O&#x27;Brien &amp; Sons here", "no [redacted] here"),
        ("O&amp;#39;Brien+\\x26+Sons", "[redacted]"),
        ("the address of a customer", "the address of a customer"),
        ("NO_SUCH_ROAD", "NO_SUCH_[redacted]"),
        (
            "John exists, SMITH too",
            "[redacted] exists, [redacted] too",
        ),
        ("roads, pass, churches", "roads, [redacted] churches"),
    ] {
        let shown = redaction.sentence(text);
        // A word with brackets around it goes with them or without.
        let plain = |text: &str| text.replace(['(', ')', ','], "");
        assert_eq!(plain(&shown), plain(left));
    }
}

/// A letter that Unicode does not take apart is written as one or two of A to Z.
#[test]
fn letters_with_strokes_and_pairs_go_as_they_are_written_without() {
    for (letters, written) in [
        ("\u{f8}\u{d8}", "o"),
        ("\u{142}\u{141}", "l"),
        ("\u{111}\u{110}\u{f0}\u{d0}", "d"),
        ("\u{127}\u{126}", "h"),
        ("\u{167}\u{166}", "t"),
        ("\u{e6}\u{c6}", "ae"),
        ("\u{153}\u{152}", "oe"),
        ("\u{fe}\u{de}", "th"),
    ] {
        for letter in letters.chars() {
            let redaction = redaction(&[&format!("Zq{letter}xv")]);
            for written in [written.to_owned(), written.to_uppercase()] {
                let shown = redaction.sentence(&format!("of Zq{written}xv here"));
                assert_eq!(shown, "of [redacted] here", "{letter}");
            }
        }
    }
}

/// The name before the host goes too, however short it is and whatever it is made of.
#[test]
fn what_stands_in_an_address_before_its_host_goes_alone_too() {
    let redaction = redaction(&["rq.k@example.test", "al-x@example.test"]);
    for (text, left) in [
        ("rq.k is taken", "[redacted] is taken"),
        ("user 'RQ.K'", "user '[redacted]'"),
        ("user al-x exists", "user [redacted] exists"),
    ] {
        assert_eq!(redaction.sentence(text), left);
    }
}

/// Of values that hold all words of a refusal, as far as these are documented ones.
#[test]
fn refusals_keep_their_words_whatever_was_sent() {
    for said in [
        "fail",
        "Internal Server Error.",
        "A field is missing or malformed.",
        "The id in the path is unknown.",
        "The card's status forbids it.",
        "The credentials are invalid.",
        "Service Unavailable.",
        "Email already exists",
        "City is not known",
        "Token expired",
        "The field 'entity_id' is required.",
        "Username_Or_Password_Incorrect",
        "Card_Provider_Error",
        "Account_Not_Verified",
    ] {
        let values = [format!("x {said} y"), format!("{said} y")];
        let redaction = redaction(&values.each_ref().map(String::as_str));
        assert_eq!(redaction.sentence(said), said);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Values and texts of the signs that escapes are made of.
    #[test]
    fn no_text_breaks_the_search(
        value in "[ab&%#;x2u{}0-3\\\\+_ \u{df}]{2,12}",
        text in "[ab&%#;x2u{}0-3\\\\+_ \u{df}]{0,40}",
    ) {
        let redaction = redaction(&[&value]);
        let shown = redaction.sentence(&format!("{text} {value} {text}"));
        let is_one_character = compared(&value).trim().len() < 2;
        prop_assert!(is_one_character || !shown.contains(&value), "{}", shown);
        for (cut, _) in text.char_indices() {
            let text = &text[..cut];
            let long = format!("{}{text}{value}", "a ".repeat((READ - cut) / 2));
            redaction.sentence(&long);
        }
    }
}
