//! Takes what is sensitive out of a provider's own words.
//!
//! The rest helps: "limit must be between 1 and 50", "Email already exists".
//! Taken out is every value that the request held, but for the words that the
//! operation's table lists and the numbers of its pages; and what looks like a
//! number or an address of a person or like a key. A value is found however a
//! server escapes it, with its accents or without, in whatever form of Unicode,
//! also where it is cut off; of what is personal or secret its single words are
//! too, but for those of the documents.

mod characters;
mod escapes;
mod masks;
mod sent;
mod words;

use std::ops::Range;

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE_NO_PAD};
use cards_model::Operation;
use http::Request;

pub(crate) use self::characters::READ;
use self::characters::{fold, harmless, is_one_word, is_space};
use self::escapes::{Form, Unit, windows};
use self::sent::Sent;
use self::words::{Vocabulary, Words};

/// Stands where something was taken out.
pub(crate) const OUT: &str = "[redacted]";

/// The longest text that is shown, in characters.
const LONGEST: usize = 300;

/// The number of digits from which a word of a sentence may be a one-time code, part of a card
/// number or a date of birth.
const DIGITS_IN_A_SENTENCE: usize = 4;

/// A code such as `5068` or `DW-10042` is a word of its own with fewer.
const DIGITS_IN_A_CODE: usize = 6;

/// Holds the values of a request that must not be shown.
#[derive(Clone, Default)]
pub(crate) struct Redaction {
    /// The values as [`folded`], in each of their forms, each once.
    values: Vec<String>,
    /// The words of those that are personal or secret.
    words: Words,
    /// Counts the characters that were searched for values, for tests.
    #[cfg(test)]
    pub(crate) searched: std::cell::Cell<usize>,
}

impl Redaction {
    /// All that a request holds and that names somebody or is a secret.
    pub(crate) fn of(operation: &Operation, request: &Request<impl AsRef<[u8]>>) -> Self {
        let vocabulary = Vocabulary::of(operation);
        Self::from_values(&sent::values(operation, request), vocabulary)
    }

    fn from_values(sent: &[Sent], vocabulary: Vocabulary) -> Self {
        let mut values = Vec::new();
        let mut words = Vec::new();
        for Sent { text, has_words } in sent {
            // No text that is read holds more of one.
            let end = text.char_indices().nth(READ + 1).map(|(end, _)| end);
            let text = &text[..end.unwrap_or(text.len())];
            for form in Form::all(text, false).0 {
                add_folded(&form.units, &mut values);
                if *has_words {
                    add_local_part(&form.units, &vocabulary, &mut values);
                    words.push(words::texts(&form.units));
                }
            }
            if *has_words {
                let words = text.split_whitespace();
                let words = words.map(|word| word.trim_matches(|c: char| c.is_ascii_punctuation()));
                for text in words
                    .filter(|word| word.len() > words::LEAST)
                    .flat_map(garbled)
                {
                    add_folded(&Form::plain(&text, false).units, &mut values);
                }
            }
            if end.is_none() && text.len() >= words::LEAST {
                for text in encoded(text).into_iter().chain(garbled(text)) {
                    add_folded(&Form::plain(&text, false).units, &mut values);
                }
            }
        }
        // One character names nobody, and stands in every sentence.
        values.retain(|value| value.chars().count() > 1);
        values.sort_unstable();
        values.dedup();
        Self {
            values,
            words: Words::new(words, vocabulary),
            #[cfg(test)]
            searched: std::cell::Cell::default(),
        }
    }

    /// A code or a field's name as it can be shown.
    pub(crate) fn code(&self, text: &str) -> String {
        let is_word =
            |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '[' | ']');
        let text = Excerpt::of(text);
        let left = self.without_values(&text);
        let is_whole = !text.is_cut && left == text.text;
        let is_shown = is_whole && digits(&left) < DIGITS_IN_A_CODE && !is_key(&left);
        if is_shown && left.chars().all(is_word) {
            return shortened(&left, false);
        }
        judged(&left, text.is_cut)
    }

    /// A status within a body as it can be shown. What is no status may be
    /// anybody's number.
    pub(crate) fn status(&self, status: i64) -> String {
        match status {
            0..=999 => self.code(&status.to_string()),
            _ => OUT.to_owned(),
        }
    }

    /// A sentence as it can be shown.
    pub(crate) fn sentence(&self, text: &str) -> String {
        let text = Excerpt::of(text);
        judged(&self.without_values(&text), text.is_cut)
    }

    /// Takes out what was sent, in whatever form it comes back. The rest stays as it came, but is
    /// harmless for a terminal.
    fn without_values(&self, excerpt: &Excerpt<'_>) -> String {
        let text = excerpt.text;
        #[cfg(test)]
        self.searched
            .set(self.searched.get() + text.chars().count());
        if self.values.is_empty() {
            return without(text, Vec::new());
        }
        let (forms, are_all) = Form::all(text, excerpt.is_cut);
        if !are_all {
            return OUT.to_owned();
        }
        let mut spans = Vec::new();
        for form in &forms {
            self.find(form, &mut spans);
            self.find_masked(form, &mut spans);
            self.words.find(form, &mut spans);
        }
        without(text, spans)
    }

    /// Adds where in a text whole values stand, or the beginning of one where the text is cut.
    fn find(&self, form: &Form, spans: &mut Vec<Range<usize>>) {
        let units = form.units.as_slice();
        // Where the last value that was found ends.
        let mut taken = 0;
        let mut before = None;
        for (at, unit) in units.iter().enumerate() {
            let is_start = at == taken || !is_one_word(before, Some(unit.c));
            before = Some(unit.c);
            let ends = self.beginning_like(unit.c).filter_map(|value| {
                let (length, is_whole) = reach(&units[at..], value);
                let end = at + length;
                if !is_whole && (form.cut.is_none() || end < units.len()) {
                    let is_cut = is_start && self.is_beginning(form, at..end);
                    return is_cut.then_some(end);
                }
                // A short value is taken out as a word or a number only, or
                // "al" would leave nothing readable.
                let last = units[..end].last().map(|unit| unit.c);
                let next = units.get(end).map(|unit| unit.c);
                let is_word = is_start && !is_one_word(last, next);
                (is_word || value.len() > 3).then_some(end)
            });
            let Some(end) = ends.max() else {
                continue;
            };
            let is_rest = end == units.len();
            let cut = form.cut.filter(|_| is_rest);
            spans.push(unit.start..cut.unwrap_or(units[end - 1].end));
            taken = taken.max(end);
        }
    }

    /// Adds where in a text a value stands with signs in the place of some characters: `82**`.
    fn find_masked(&self, form: &Form, spans: &mut Vec<Range<usize>>) {
        /// As much of a value as tells it from others.
        const PART: usize = 2;
        let text = |part: &[Unit]| folded(&part.iter().map(|unit| unit.c).collect::<String>());
        for masks::Masked {
            whole,
            before,
            behind,
        } in masks::all(&form.units)
        {
            // A name that is marked as one that is wanted: `name*`.
            if behind.is_empty() && self.words.vocabulary().are_documented(before) {
                continue;
            }
            let (before, behind) = (text(before), text(behind));
            let tells = |text: &str| text.chars().count() >= PART;
            let (begins, ends) = (tells(&before), tells(&behind));
            let is_like = |value: &str| {
                begins && value.starts_with(&before) || ends && value.ends_with(&behind)
            };
            if self.values.iter().any(|value| is_like(value)) || self.words.has(is_like) {
                spans.push(whole);
            }
        }
    }

    /// Tells whether a server cut a value off behind this part of it, which says something.
    fn is_beginning(&self, form: &Form, part: Range<usize>) -> bool {
        let is_cut = part.len() >= words::LEAST && form.is_cut_off(part.end);
        is_cut && !self.words.vocabulary().are_documented(&form.units[part])
    }

    /// The values that begin with a character, in whatever case.
    fn beginning_like(&self, c: char) -> impl Iterator<Item = &String> {
        let first = match is_space(c) {
            true => Some(' ').filter(|_| !c.is_whitespace()),
            false => fold(c).next(),
        };
        let of = |value: &String| value.chars().next();
        let before = self.values.partition_point(|value| of(value) < first);
        let rest = &self.values[before..];
        rest.iter().take_while(move |value| of(value) == first)
    }
}

/// A text with [`OUT`] in the place of each span, harmless for a terminal. Spans that overlap go
/// together.
fn without(text: &str, mut spans: Vec<Range<usize>>) -> String {
    spans.sort_unstable_by_key(|span| (span.start, span.end));
    let mut left = String::with_capacity(text.len());
    let mut taken = 0;
    for span in spans {
        if span.start >= taken {
            left.extend(text[taken..span.start].chars().map(harmless));
            left.push_str(OUT);
        }
        taken = taken.max(span.end);
    }
    left.extend(text[taken..].chars().map(harmless));
    left
}

/// Adds a value as it is compared, with and without the signs around it that may stand for blanks.
fn add_folded(units: &[Unit], values: &mut Vec<String>) {
    let text: String = units.iter().map(|unit| unit.c).collect();
    let folded = folded(&text);
    let inner = folded.trim();
    if inner.len() < folded.len() {
        values.push(inner.to_owned());
    }
    values.push(folded);
}

/// Adds what stands in an e-mail address before its host, where that is no word of the documents.
fn add_local_part(units: &[Unit], vocabulary: &Vocabulary, values: &mut Vec<String>) {
    let at = units.iter().rposition(|unit| unit.c == '@');
    let local = at.map(|at| &units[..at]);
    if let Some(local) = local.filter(|local| !vocabulary.are_documented(local)) {
        add_folded(local, values);
    }
}

/// The texts that stand for all bytes of another.
fn encoded(text: &str) -> [String; 3] {
    let hex = text.bytes().map(|byte| format!("{byte:02x}"));
    [
        BASE64_STANDARD_NO_PAD.encode(text),
        BASE64_URL_SAFE_NO_PAD.encode(text),
        hex.collect(),
    ]
}

/// The texts that a server makes of one whose characters it does not know: it takes the bytes for
/// others, or has a mark for each character or byte.
fn garbled(text: &str) -> Vec<String> {
    if text.is_ascii() {
        return Vec::new();
    }
    let mut all = vec![
        text.bytes().map(char::from).collect(),
        text.bytes().map(windows).collect(),
    ];
    // Marks alone say nothing.
    if text.contains(|c: char| c.is_ascii_alphanumeric()) {
        for mark in ['?', char::REPLACEMENT_CHARACTER] {
            let known = |c: char| if c.is_ascii() { c } else { mark };
            all.push(text.chars().map(known).collect());
            all.push(text.bytes().map(|byte| known(char::from(byte))).collect());
        }
    }
    all
}

/// Holds as much of a text as is read.
struct Excerpt<'a> {
    text: &'a str,
    /// Says whether the text goes on.
    is_cut: bool,
}

impl<'a> Excerpt<'a> {
    fn of(text: &'a str) -> Self {
        let end = text.char_indices().nth(READ).map(|(end, _)| end);
        Self {
            text: &text[..end.unwrap_or(text.len())],
            is_cut: end.is_some(),
        }
    }
}

/// A text without values that were sent, as it can be shown.
fn judged(text: &str, is_cut: bool) -> String {
    let has_letters = |word: &str| word.chars().any(char::is_alphabetic);
    let words: Vec<&str> = text.split(' ').collect();
    // Groups of digits belong together: `4622 9400 0000 3713`.
    let mut groups: Vec<&[&str]> = words
        .chunk_by(|one, next| !has_letters(one) && !has_letters(next))
        .collect();
    if is_cut {
        // It may be the beginning of anything.
        groups.pop();
    }
    let mut shown: Vec<&str> = Vec::with_capacity(words.len());
    for group in groups {
        match group {
            [word] => shown.push(if is_sensitive(word) { OUT } else { word }),
            group => {
                let all: usize = group.iter().map(|word| digits(word)).sum();
                match all >= DIGITS_IN_A_SENTENCE {
                    true => shown.push(OUT),
                    false => shown.extend(group),
                }
            }
        }
    }
    shortened(&shown.join(" "), is_cut)
}

/// The text of a [`Form`] as texts are compared: in one case, with a space for all blanks between
/// words, and without white space around them.
fn folded(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.trim().chars() {
        if !is_space(c) {
            folded.extend(fold(c));
        } else if !folded.ends_with(' ') {
            folded.push(' ');
        }
    }
    folded
}

/// Counts the characters of a text that stand for a value, given as [`folded`], that it begins
/// with; and tells whether they are all of it.
fn reach(units: &[Unit], value: &str) -> (usize, bool) {
    let mut wanted = value.chars();
    let mut length = 0;
    while let Some(unit) = units.get(length) {
        let left = wanted.as_str();
        if left.is_empty() {
            break;
        }
        if !is_space(unit.c) {
            if !fold(unit.c).all(|c| wanted.next() == Some(c)) {
                return (length, false);
            }
            length += 1;
        } else if left == " " {
            // White space behind the value is no part of it.
            let spaces = units[length..].iter().take_while(|unit| is_space(unit.c));
            let signs = spaces.map(|unit| !unit.c.is_whitespace());
            let last = signs.enumerate().filter(|(_, is_sign)| *is_sign).last();
            return (length + last.map_or(0, |(at, _)| at + 1), last.is_some());
        } else {
            if wanted.next() != Some(' ') {
                return (length, false);
            }
            let spaces = units[length..].iter().take_while(|unit| is_space(unit.c));
            length += spaces.count();
        }
    }
    (length, wanted.as_str().is_empty())
}

/// Tells whether a word looks like a person's number or address, or like a key.
fn is_sensitive(word: &str) -> bool {
    if word.is_ascii() && !word.contains(['&', '%', '\\']) {
        return is_sensitive_as_it_is(word);
    }
    let (forms, are_all) = Form::all(word, false);
    let is_plain = |form: &Form| {
        let word: String = form.units.iter().map(|unit| unit.c).collect();
        !is_sensitive_as_it_is(&word)
    };
    !are_all || !forms.iter().all(is_plain)
}

fn is_sensitive_as_it_is(word: &str) -> bool {
    let word = word.trim_matches(|c: char| !c.is_alphanumeric());
    digits(word) >= DIGITS_IN_A_SENTENCE || word.contains('@') || is_key(word) || is_mixed(word)
}

/// Tells whether a run of letters and digits is as long and as mixed as that of a key.
fn is_key(word: &str) -> bool {
    word.split(|c: char| !c.is_alphanumeric()).any(|run| {
        let is_mixed = run.contains(char::is_uppercase) && run.contains(char::is_lowercase);
        is_mixed && (run.len() >= 40 || run.len() >= 24 && digits(run) > 0)
    })
}

/// Tells whether digits stand between letters, as in a key or in the number of a document: `A1B2`,
/// and neither `sha256` nor `3D`.
fn is_mixed(word: &str) -> bool {
    let runs = word.split(|c: char| !c.is_alphanumeric());
    runs.filter(|run| run.len() > 2).any(|run| {
        let letters = run.trim_end_matches(char::is_numeric);
        digits(letters) > 0
    })
}

/// A number of a reply that should be small, such as one of records: as it can
/// be shown, or that it is none.
pub(crate) fn small_number(number: i64) -> String {
    let text = number.to_string();
    match digits(&text) < DIGITS_IN_A_CODE {
        true => text,
        false => OUT.to_owned(),
    }
}

fn digits(text: &str) -> usize {
    text.chars().filter(|c| c.is_numeric()).count()
}

/// A text of which only so much is shown, or that goes on.
fn shortened(text: &str, is_cut: bool) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None if is_cut => format!("{text}…"),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests;
