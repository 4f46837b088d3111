//! Values of which a text has a part: cut off, or masked.

use proptest::sample::select;

use super::*;

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
    // Of several masks in a row each has a text of its own.
    for (said, left) in [
        ("otp=****,pin=82**", "otp=****,pin=[redacted]"),
        (
            "{\"otp\":\"****\",\"city\":\"Thi****\",\"pin\":\"*\"}",
            "{\"otp\":\"****\",\"city\":\"[redacted]\",\"pin\":\"*\"}",
        ),
        ("pin=**,city=Thi***", "pin=**,city=[redacted]"),
        ("name***:Thi*****", "name***:[redacted]"),
        ("(82**)", "([redacted])"),
        ("it is Thi***.", "it is [redacted]."),
        ("Th**va**a", "[redacted]"),
    ] {
        assert_eq!(redaction.sentence(said), left);
    }
    for kept in [
        "name* is wanted",
        "a * b",
        "**",
        "*required",
        "e-mail",
        "in-house",
        "see https://docs.example/a--b",
        "C# and 82%",
    ] {
        assert_eq!(redaction.sentence(kept), kept);
    }
}

proptest! {
    /// Whichever of the signs that are known stands in the place of the rest, and whatever stands around
    /// it.
    #[test]
    fn a_mask_of_any_sign_hides_what_is_left(
        sign in select(vec![
            '*', '\u{2022}', '\u{25cf}', '\u{25a0}', '\u{2588}', '\u{2217}', '\u{ff0a}',
            '\u{25cb}', 'x', 'X', '#', '-', '_', '~', '+', '^', '%', '$', '?',
        ]),
        value in select(vec!["qzwvjkgm", "qz/wv-jk.gm", "q1/27wv-85", "91-35-gm042"]),
        count in 2_usize..9,
        (left, at_end) in (2_usize..6, any::<bool>()),
        (open, close) in select(vec![
            ("", ""), ("'", "'"), ("otp=****,city=", ""), ("{\"a\":\"**\",\"b\":\"", "\"}"),
            ("(", ")"), ("city:", ", pin:**"), ("", "."),
        ]),
    ) {
        let redaction = redaction(&[value]);
        let mask = sign.to_string().repeat(count);
        let masked = match at_end {
            true => format!("{mask}{}", &value[value.len() - left..]),
            false => format!("{}{mask}", &value[..left]),
        };
        let shown = redaction.sentence(&format!("no {open}{masked}{close} here"));
        let is_left = |c: char| c.is_alphanumeric() && value.contains(c);
        prop_assert!(!shown.contains(is_left), "{}", shown);
    }
}
