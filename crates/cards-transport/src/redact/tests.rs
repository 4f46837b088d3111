use cards_model::{Field, Kind, Request as _};
use proptest::prelude::*;

use super::*;

mod alphabets;

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

/// A long text is cut, in whatever part of a value that may be.
#[test]
fn the_beginning_of_a_value_is_not_shown_where_its_end_was_not_read() {
    let redaction = redaction(&["qzqz zqzq", "zz"]);
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

/// A text as it is compared.
fn compared(text: &str) -> String {
    let units = Form::plain(text, false).units;
    folded(&units.iter().map(|unit| unit.c).collect::<String>())
}

/// Writes each character of a text in one way.
fn each(text: &str, write: impl Fn(char) -> String) -> String {
    text.chars().map(write).collect()
}

/// Writes each character that is no letter, digit or blank in one way.
fn signs(text: &str, write: impl Fn(char) -> String) -> String {
    each(text, |c| match c.is_alphanumeric() || c == ' ' {
        true => c.to_string(),
        false => write(c),
    })
}

fn bytes(c: char, write: impl Fn(u8) -> String) -> String {
    c.to_string().bytes().map(write).collect()
}

fn percent(text: &str) -> String {
    each(text, |c| bytes(c, |byte| format!("%{byte:02X}")))
}

/// The ways in which a server may write a value, each by its name.
fn escaped(text: &str) -> Vec<(&'static str, String)> {
    let html = |c| match c {
        '&' => "&amp;".to_owned(),
        '<' => "&lt;".to_owned(),
        '>' => "&gt;".to_owned(),
        '"' => "&quot;".to_owned(),
        '\'' => "&apos;".to_owned(),
        '\u{e9}' => "&eacute;".to_owned(),
        c => c.to_string(),
    };
    let units = |c: char| {
        let mut units = [0; 2];
        let units = c.encode_utf16(&mut units).iter();
        units
            .map(|unit| format!("\\u{unit:04x}"))
            .collect::<String>()
    };
    let named = each(text, html);
    let decimal = signs(text, |c| format!("&#{};", u32::from(c)));
    let json = each(text, units);
    let backslashes = signs(text, |c| match c {
        '"' | '\'' | '\\' | '/' => format!("\\{c}"),
        c => c.to_string(),
    });
    vec![
        ("plain", text.to_owned()),
        ("upper", text.to_uppercase()),
        ("lower", text.to_lowercase()),
        ("underscores", text.replace(' ', "_")),
        ("plus", text.replace(' ', "+")),
        ("html twice", each(&named, html)),
        ("html upper", named.to_uppercase()),
        ("html", named),
        ("decimal in percent", percent(&decimal)),
        ("decimal", decimal),
        ("all hex", each(text, |c| format!("&#x{:x};", u32::from(c)))),
        ("percent", percent(text)),
        ("percent of signs", signs(text, percent_of)),
        ("percent twice", percent(&percent(text))),
        ("percent of utf-16", json.replace('\\', "%")),
        ("json twice", json.replace('\\', "\\\\")),
        ("json in percent", percent(&json)),
        ("json", json),
        (
            "braces",
            signs(text, |c| format!("\\u{{{:x}}}", u32::from(c))),
        ),
        (
            "bytes",
            signs(text, |c| bytes(c, |byte| format!("\\x{byte:02x}"))),
        ),
        (
            "latin 1",
            signs(text, |c| format!("\\x{:02x}", u32::from(c))),
        ),
        ("backslashes", backslashes),
        ("hex", encoded(text)[2].clone()),
        ("base64", encoded(text)[0].clone()),
        ("base64 for addresses", encoded(text)[1].clone()),
    ]
}

fn percent_of(c: char) -> String {
    percent(&c.to_string())
}

#[test]
fn what_was_sent_goes_in_whatever_form_it_comes_back() {
    let values = [
        "Pass&word1",
        "O'Brien & Sons Church Road",
        "Jos\u{e9} <Garc\u{e9}a>",
        "john.smith@airpay.co.in",
        "a%20b \\x41 & \"c\"",
    ];
    let redaction = redaction(&values);
    for value in values {
        for (form, written) in escaped(value) {
            for (before, after) in [("of ", " is weak"), ("(", ")"), ("", ""), ("x: '", "'...")] {
                let text = format!("{before}{written}{after}");
                let shown = redaction.sentence(&text);
                let rest = shown.replace(OUT, "");
                let is_left = |c: &char| c.is_alphanumeric() && !"ofisweakx".contains(*c);
                let left = rest.chars().find(is_left);
                assert_eq!(left, None, "{value} by {form}: {text}: {shown}");
            }
        }
    }
    // Escaped more often than anybody reads.
    let often = (0..9).fold("Pass&word1".to_owned(), |text, _| percent(&text));
    assert_eq!(redaction.code(&often), "\u{2026}");
    let deep = format!("no %{}41", "25".repeat(20));
    assert_eq!(redaction.sentence(&deep), OUT);
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

#[test]
fn the_beginning_of_what_was_sent_goes_where_a_server_cuts_it_off() {
    let redaction = redaction(&["Prasanth", "O'Brien & Sons Church Road", "Cardinal Lane"]);
    for (text, left) in [
        ("Prasa... is unknown", "[redacted]... is unknown"),
        ("unknown: Pras\u{2026}", "unknown: [redacted]\u{2026}"),
        ("unknown: 'PRAS'", "unknown: '[redacted]'"),
        ("O'Brien & Sons Churc... no", "[redacted]... no"),
        ("O&#39;Brien &amp; Sons Ch", "[redacted]"),
        ("O'Brien &am", "[redacted] &am"),
        ("& Sons C [...]", "& [redacted] [...]"),
        ("Churc", "[redacted]"),
        ("no 'Prasa' here", "no '[redacted]' here"),
        ("\"Prasa\" (cut)", "\"[redacted]\" (cut)"),
        ("Prasa[truncated] is", "[redacted][truncated] is"),
        ("Prasa (5 of 8) is", "[redacted] (5 of 8) is"),
        ("Prasa<br>", "[redacted]<br>"),
        ("Prasa\0 is", "[redacted]\u{fffd} is"),
        // It is a word of its own, or too short.
        ("Prasa is unknown", "Prasa is unknown"),
        ("no such Pra", "no such Pra"),
        ("no such card", "no such card"),
    ] {
        assert_eq!(redaction.sentence(text), left);
    }
}

/// A mask leaves the beginning or the end of a value, of which two characters are too many.
#[test]
fn what_a_mask_leaves_of_a_value_goes_with_it() {
    let redaction = redaction(&["8264", "Thiruvalla", "Church Road"]);
    for masked in [
        "826*",
        "82**",
        "**64",
        "*264",
        "8**4",
        "T***alla",
        "*hiruvalla",
        "Thiru***",
        "Th*****la",
        "thir\u{2022}\u{2022}",
        "Chu***",
        "***oad",
    ] {
        let shown = redaction.sentence(&format!("PIN \"{masked}\", is wrong"));
        let expected = match masked {
            // Its ends are of one character each.
            "8**4" => format!("PIN \"{masked}\", is wrong"),
            _ => "PIN \"[redacted]\", is wrong".to_owned(),
        };
        assert_eq!(shown, expected, "{masked}");
    }
    for (said, left) in [
        ("PIN:82**", "PIN:[redacted]"),
        ("pin=82**, wrong", "pin=[redacted], wrong"),
        ("{\"pin\":\"82**\"}", "{\"pin\":\"[redacted]\"}"),
        ("city/**alla", "city/[redacted]"),
    ] {
        assert_eq!(redaction.sentence(said), left);
    }
    for kept in ["name* is wanted", "a * b", "**", "*required"] {
        assert_eq!(redaction.sentence(kept), kept);
    }
}

#[test]
fn an_address_of_anybody_goes_in_whatever_form_it_comes() {
    for address in [
        "a.b@c.example",
        "a.b&#64;c.example",
        "a.b%40c.example",
        "a.b\\u0040c.example",
    ] {
        let shown = Redaction::default().sentence(&format!("of {address} here"));
        assert_eq!(shown, format!("of {OUT} here"));
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
