//! Takes what is sensitive out of a provider's own words.
//!
//! What is left helps: "limit must be between 1 and 50", "Email already
//! exists". What goes is what the request held and marks as sensitive, and what
//! looks like a number or an address of a person or like a key.

use cards_model::Operation;
use http::Request;

/// Stands where something was taken out.
const OUT: &str = "[redacted]";

/// The longest text that is shown, in characters.
const LONGEST: usize = 300;

/// From so many digits on, a word of a sentence may be a one-time code, part
/// of a card number or a date of birth.
const DIGITS_IN_A_SENTENCE: usize = 4;

/// A code such as `5068` or `DW-10042` is a word of its own with fewer.
const DIGITS_IN_A_CODE: usize = 6;

/// What a request held that must not be shown.
#[derive(Clone, Default)]
pub(crate) struct Redaction {
    /// In lower case, the longest first.
    values: Vec<String>,
}

impl Redaction {
    /// Gathers what a request holds: all values but those of fields that the
    /// operation's table marks as harmless.
    pub(crate) fn of(operation: &Operation, request: &Request<impl AsRef<[u8]>>) -> Self {
        let mut values = Vec::new();
        for value in request.headers().values().filter(|v| v.is_sensitive()) {
            if let Ok(text) = value.to_str() {
                // Without the scheme of `Bearer` and `Basic`.
                values.push(text.rsplit(' ').next().unwrap_or(text).to_owned());
            }
        }
        let body = request.body().as_ref();
        let is_harmless = |name: &str| operation.field(name).is_some_and(|f| !f.is_sensitive);
        match serde_json::from_slice(body) {
            Ok(serde_json::Value::Object(object)) => {
                let texts = object.into_iter().filter(|(name, _)| !is_harmless(name));
                values.extend(texts.filter_map(|(_, value)| Some(value.as_str()?.to_owned())));
            }
            _ => values.extend(form(body).filter_map(|(name, value)| {
                let is_shown = is_harmless(&name);
                (!is_shown).then_some(value)
            })),
        }
        values.retain(|value| value.chars().count() > 1);
        // As the texts are compared: in lower case, each white space a space.
        let plain = |value: &String| harmless(value).trim().to_lowercase();
        let mut values: Vec<_> = values.iter().map(plain).collect();
        values.retain(|value| value.chars().count() > 1);
        values.sort_by_key(|value| std::cmp::Reverse(value.len()));
        values.dedup();
        Self { values }
    }

    /// A code or a field's name as it can be shown.
    pub(crate) fn code(&self, text: &str) -> String {
        let is_word =
            |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '[' | ']');
        let is_sent = self.without_values(text) != text;
        let is_shown = digits(text) < DIGITS_IN_A_CODE && !is_sent && !is_key(text);
        if is_shown && text.chars().all(is_word) {
            return shortened(text);
        }
        self.sentence(text)
    }

    /// A sentence as it can be shown.
    pub(crate) fn sentence(&self, text: &str) -> String {
        let text = self.without_values(&harmless(text));
        let words: Vec<&str> = text.split(' ').collect();
        let mut shown: Vec<&str> = Vec::with_capacity(words.len());
        let mut index = 0;
        while let Some(&word) = words.get(index) {
            // Groups of digits belong together: `4622 9400 0000 3713`.
            let is_group = |word: &&&str| word.chars().all(|c| !c.is_alphabetic());
            let group = words[index..].iter().take_while(is_group).count();
            if group > 1 && words[index..index + group].iter().any(|w| digits(w) > 0) {
                let all: usize = words[index..index + group].iter().map(|w| digits(w)).sum();
                if all >= DIGITS_IN_A_SENTENCE {
                    shown.push(OUT);
                } else {
                    shown.extend(&words[index..index + group]);
                }
                index += group;
                continue;
            }
            shown.push(if is_sensitive(word) { OUT } else { word });
            index += 1;
        }
        shortened(&shown.join(" "))
    }

    /// Takes out what was sent, in whatever case it comes back.
    fn without_values(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for value in &self.values {
            let mut from = 0;
            while let Some((start, end)) = find_folded(&text[from..], value) {
                let (start, end) = (from + start, from + end);
                let is_edge = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
                // A short value is taken out as a word only, or "al" would
                // leave nothing readable.
                let is_word = is_edge(text[..start].chars().next_back())
                    && is_edge(text[end..].chars().next());
                if is_word || value.len() > 3 {
                    text.replace_range(start..end, OUT);
                    from = start + OUT.len();
                } else {
                    from = end;
                }
            }
        }
        text
    }
}

/// Finds a value, given in lower case, in a text of any case.
fn find_folded(text: &str, value: &str) -> Option<(usize, usize)> {
    text.char_indices().find_map(|(start, _)| {
        let mut wanted = value.chars();
        for (at, c) in text[start..].char_indices() {
            if wanted.as_str().is_empty() {
                return Some((start, start + at));
            }
            if !c.to_lowercase().all(|lower| wanted.next() == Some(lower)) {
                return None;
            }
        }
        wanted.as_str().is_empty().then_some((start, text.len()))
    })
}

/// Whether a word looks like a person's number or address, or like a key.
fn is_sensitive(word: &str) -> bool {
    let word = word.trim_matches(|c: char| !c.is_alphanumeric());
    digits(word) >= DIGITS_IN_A_SENTENCE || word.contains('@') || is_key(word) || is_mixed(word)
}

/// Whether a run of letters and digits is as long and as mixed as that of a key.
fn is_key(word: &str) -> bool {
    word.split(|c: char| !c.is_alphanumeric()).any(|run| {
        let is_mixed = run.contains(char::is_uppercase) && run.contains(char::is_lowercase);
        is_mixed && (run.len() >= 40 || run.len() >= 24 && digits(run) > 0)
    })
}

/// Whether digits stand between letters, as in a key or in the number of a
/// document: `A1B2`, and neither `sha256` nor `3D`.
fn is_mixed(word: &str) -> bool {
    let runs = word.split(|c: char| !c.is_alphanumeric());
    runs.filter(|run| run.len() > 2).any(|run| {
        let letters = run.trim_end_matches(char::is_numeric);
        digits(letters) > 0
    })
}

fn digits(text: &str) -> usize {
    text.chars().filter(|c| c.is_numeric()).count()
}

/// Without what could command a terminal or fake a line of a log.
fn harmless(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            c if c.is_whitespace() => ' ',
            c if c.is_control() || is_invisible(c) => char::REPLACEMENT_CHARACTER,
            c => c,
        })
        .collect()
}

/// Marks that turn the direction of writing around, or have no width.
fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
    )
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// The pairs of a form body.
fn form(body: &[u8]) -> impl Iterator<Item = (String, String)> + '_ {
    let decoded = |part: &[u8]| {
        let spaced: Vec<u8> = part
            .iter()
            .map(|&b| if b == b'+' { b' ' } else { b })
            .collect();
        percent_encoding::percent_decode(&spaced)
            .decode_utf8_lossy()
            .into_owned()
    };
    body.split(|&b| b == b'&')
        .filter(|pair| !pair.is_empty())
        .map(move |pair| {
            let at = pair.iter().position(|&b| b == b'=').unwrap_or(pair.len());
            let value = pair.get(at + 1..).unwrap_or_default();
            (decoded(&pair[..at]), decoded(value))
        })
}

#[cfg(test)]
mod tests {
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
        let redaction = Redaction {
            values: vec![
                "new delhi".into(),
                "prasanth".into(),
                "\u{fc}nal".into(),
                "al".into(),
            ],
        };
        assert_eq!(redaction.sentence("for \u{dc}NAL."), "for [redacted].");
        assert_eq!(
            redaction.sentence("PRASANTH of New Delhi, also called Al, exists"),
            "[redacted] of [redacted], also called [redacted], exists"
        );
        assert_eq!(redaction.code("Prasanth"), OUT);
    }
}
