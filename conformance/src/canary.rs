//! Markers that stand in the place of secrets, and the search for them.
//!
//! A suite puts them wherever something sensitive may stand, and looks for them in all that is
//! shown or kept: as they are, and in each form that a program may write them in. Of a card's number
//! that is marked, one digit more than a mask shows at either end is a marker too.
//!
//! ```
//! use conformance::canary::{MARK, found};
//!
//! assert_eq!(found("a log without one"), None);
//! assert!(found(&format!("password={MARK}1")).is_some());
//! assert!(found("%51%5a%37%4d%41%52%4b").is_some());
//! assert_eq!(found("card 462294******5803"), None);
//! assert!(found("card 46229473****5803").is_some());
//! ```

use std::fmt::Display;
use std::sync::LazyLock;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD_NO_PAD as STANDARD_NO_PAD;

/// The text that every marker of letters has in it, and nothing else has.
pub const MARK: &str = "QZ7MARK";

/// The digits that every marker that is a number has in it, and nothing else has.
pub const DIGITS: &str = "73019458";

/// The first six digits of every card's number that is a marker, which a mask shows.
const BIN: &str = "462294";

/// A card's number that is a marker: 16 digits, with these two at its end.
pub fn card_number(last: impl Display) -> String {
    format!("{BIN}{DIGITS}{last}")
}

/// The word that every marker of plain words has in it: nothing about it looks like a number
/// or a key.
pub const WORD: &str = "Zwanzigquoll";

/// All markers.
const ALL: [&str; 3] = [MARK, DIGITS, WORD];

/// Finds the first marker of a text, in any form, and tells what stands around it.
pub fn found(text: &str) -> Option<String> {
    found_among(&ALL, text)
}

/// Finds the first of some markers, as [`found`] does.
pub fn found_among(markers: &[&str], text: &str) -> Option<String> {
    let lower = text.to_ascii_lowercase();
    let at = |text: &str| {
        let mut forms = forms().iter().filter(|form| markers.contains(&form.of));
        forms.find_map(|form| Some((form.name, text.find(&form.text)?)))
    };
    if let Some((form, at)) = at(&lower) {
        return Some(format!("{form}: {}", around(&lower, at)));
    }
    // Lists may be written line by line.
    if !lower.contains(",\n") {
        return None;
    }
    let words: Vec<_> = lower.split_ascii_whitespace().collect();
    let joined = words.join(" ");
    at(&joined).map(|(form, at)| format!("{form}, in lines: {}", around(&joined, at)))
}

/// Cuts out the text around a place: up to 200 bytes before it and 80 from it on.
fn around(text: &str, at: usize) -> &str {
    let boundary = |mut at: usize| {
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        at
    };
    let end = text.len().min(at + 80);
    &text[boundary(at.saturating_sub(200))..boundary(end)]
}

/// Makes the marked value of a field whose rules let letters through only: [`WORD`], and the letters
/// of the field's name.
pub fn word(name: &str) -> String {
    let letters = name.chars().filter(char::is_ascii_alphabetic);
    format!("{WORD}{}", letters.collect::<String>())
}

/// Finds the first marker of bytes, such as those of a file, as [`found`] does.
pub fn found_in_bytes(bytes: &[u8]) -> Option<String> {
    found_in_bytes_among(&ALL, bytes)
}

/// Finds the first of some markers in bytes, as [`found_among`] does.
pub fn found_in_bytes_among(markers: &[&str], bytes: &[u8]) -> Option<String> {
    // One letter for each byte, so that no byte hides what stands beside it.
    let text: String = bytes.iter().map(|&byte| char::from(byte)).collect();
    found_among(markers, &text)
}

/// A form that a marker is looked for in, in small letters.
struct Form {
    of: &'static str,
    name: &'static str,
    text: String,
}

fn forms() -> &'static [Form] {
    static FORMS: LazyLock<Vec<Form>> = LazyLock::new(|| {
        let each = ALL.into_iter().flat_map(|of| {
            let parts = parts(of).into_iter();
            let forms = parts
                .chain([of.to_owned()])
                .flat_map(|text| forms_of(&text));
            forms.map(move |(name, text)| Form { of, name, text })
        });
        each.collect()
    });
    &FORMS
}

/// The parts of a card's number with this marker that no mask shows: its first seven to nine digits before
/// a mask's star, its first ten, which stand in every longer part, and its last five or more behind a
/// star. They are found nowhere by chance: five digits alone would be, in a time or a port, and the first
/// seven where a row of a database has another card's last four behind its first six.
fn parts(marker: &str) -> Vec<String> {
    if marker == WORD {
        return Vec::new();
    }
    if marker != DIGITS {
        return vec![format!("{BIN}{}", &marker[..1])];
    }
    let starts = (1..=3).map(|end| format!("{BIN}{}*", &DIGITS[..end]));
    // The last two digits are any.
    let ends = (1..=DIGITS.len() - 3).map(|start| format!("*{}", &DIGITS[start..]));
    let first_ten = format!("{BIN}{}", &DIGITS[..4]);
    starts.chain([first_ten]).chain(ends).collect()
}

fn forms_of(marker: &str) -> Vec<(&'static str, String)> {
    let bytes = marker.as_bytes();
    let each = |form: fn(&u8) -> String| bytes.iter().map(form).collect::<String>();
    let list = format!("{bytes:?}");
    let mut forms = vec![
        ("as it is", marker.to_lowercase()),
        ("in hex", each(|byte| format!("{byte:02x}"))),
        ("escaped", each(|byte| format!("%{byte:02x}"))),
        ("escaped twice", each(|byte| format!("%25{byte:02x}"))),
        ("escaped in JSON", each(|byte| format!("\\u{byte:04x}"))),
        ("escaped in braces", each(|byte| format!("\\u{{{byte:x}}}"))),
        ("escaped as bytes", each(|byte| format!("\\x{byte:02x}"))),
        ("escaped in HTML", each(|byte| format!("&#{byte};"))),
        (
            "escaped in HTML, in hex",
            each(|byte| format!("&#x{byte:02x};")),
        ),
        (
            "as a list of bytes",
            list.trim_matches(['[', ']']).to_owned(),
        ),
    ];
    if bytes.len() < 7 {
        // So few letters of base64 stand in many a text.
        return forms;
    }
    // Wherever it begins among groups of three bytes: the letters that it alone makes.
    for before in 0..3 {
        let text = [&[0; 2][..before], bytes].concat();
        let whole = STANDARD_NO_PAD.encode(&text);
        let (first, last) = ((before * 4).div_ceil(3), text.len() * 8 / 6);
        forms.push(("in base64", whole[first..last].to_lowercase()));
    }
    forms
}

#[cfg(test)]
mod tests {
    use base64::prelude::BASE64_URL_SAFE as URL_SAFE;

    use super::*;

    fn caught(text: impl AsRef<str>) -> bool {
        found(text.as_ref()).is_some()
    }

    #[test]
    fn a_marker_is_found_in_every_form() {
        for text in [
            format!("{MARK}x"),
            format!("a{MARK}bc"),
            format!("ab {MARK}"),
            format!("4622{DIGITS}0"),
            format!("{WORD}city"),
        ] {
            assert!(caught(&text), "{text}");
            assert!(caught(STANDARD_NO_PAD.encode(&text)), "{text} in base64");
            assert!(caught(URL_SAFE.encode(&text)), "{text} in base64");
            let each = |form: fn(u8) -> String| text.bytes().map(form).collect::<String>();
            assert!(caught(each(|byte| format!("{byte:02X}"))), "{text} in hex");
            assert!(
                caught(each(|byte| format!("%{byte:02X}"))),
                "{text} escaped"
            );
            let ways: [fn(u8) -> String; 6] = [
                |byte| format!("\\u{byte:04X}"),
                |byte| format!("\\u{{{byte:X}}}"),
                |byte| format!("\\x{byte:02x}"),
                |byte| format!("%25{byte:02X}"),
                |byte| format!("&#{byte};"),
                |byte| format!("&#x{byte:02X};"),
            ];
            for way in ways {
                let escaped = each(way);
                assert!(caught(&escaped), "{text} escaped: {escaped}");
            }
            assert!(caught(format!("{:?}", text.as_bytes())), "{text} as bytes");
            let lines = format!("{:#?}", text.as_bytes());
            assert!(caught(lines), "{text} as bytes, line by line");
            let file = [&[0xff, 0xc3][..], text.as_bytes(), &[0xc3]].concat();
            assert!(found_in_bytes(&file).is_some(), "{text} in a file");
        }
        assert!(found_among(&[WORD], MARK).is_none());
        assert!(found_among(&[MARK], &card_number("03")).is_none());
        assert!(!caught("QZ7MAR and nothing more, 51 5a 37, 7301945"));
    }

    #[test]
    fn a_mask_that_shows_too_much_of_a_card_is_found() {
        let number = card_number("03");
        for (first, last) in (0..=15).flat_map(|first| (0..=15).map(move |last| (first, last))) {
            let masked = format!(
                "{}{}{}",
                &number[..first],
                "*".repeat(16_usize.saturating_sub(first + last).max(1)),
                &number[16 - last..]
            );
            let is_too_much = first > 6 || last > 4;
            for shown in [
                masked.clone(),
                format!("{:?}", masked.as_bytes()),
                masked.bytes().map(|byte| format!("%{byte:02X}")).collect(),
                masked.bytes().map(|byte| format!("{byte:02x}")).collect(),
            ] {
                assert_eq!(caught(&shown), is_too_much, "{shown}");
            }
        }
        assert!(caught(STANDARD_NO_PAD.encode("card 46229473****5803")));
        assert!(caught("462294QZ****AB13"));
        assert!(!caught(
            "462294******5803, 462294 73, *58, 1.458, :45803, **4 58"
        ));
    }
}
