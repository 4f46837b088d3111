//! Values as a server may write them: escaped, encoded, in other cases.

use super::*;

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

pub(super) fn percent(text: &str) -> String {
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
