//! Takes what is sensitive out of a provider's own words.
//!
//! The rest helps: "limit must be between 1 and 50", "Email already exists".
//! Taken out is every value that the request held, but for the words that the
//! operation's table lists and the numbers of its pages; and what looks like a
//! number or an address of a person or like a key.

mod sent;

use cards_model::Operation;
use http::Request;

/// Stands where something was taken out.
pub(crate) const OUT: &str = "[redacted]";

/// The longest text that is shown, in characters.
const LONGEST: usize = 300;

/// The longest text that is read to its end, in characters. Of a longer one the
/// beginning is judged by itself and the rest is not shown, so that no server
/// keeps a call busy past its time.
pub(crate) const READ: usize = 4_000;

/// The number of digits from which a word of a sentence may be a one-time code, part of a card
/// number or a date of birth.
const DIGITS_IN_A_SENTENCE: usize = 4;

/// A code such as `5068` or `DW-10042` is a word of its own with fewer.
const DIGITS_IN_A_CODE: usize = 6;

/// Holds the values of a request that must not be shown.
#[derive(Clone, Default)]
pub(crate) struct Redaction {
    /// The values as [`folded`], each once.
    values: Vec<String>,
    /// Counts the characters that were searched for values, for tests.
    #[cfg(test)]
    pub(crate) searched: std::cell::Cell<usize>,
}

impl Redaction {
    /// All that a request holds and that names somebody or is a secret.
    pub(crate) fn of(operation: &Operation, request: &Request<impl AsRef<[u8]>>) -> Self {
        Self::from_values(&sent::values(operation, request))
    }

    fn from_values(values: &[impl AsRef<str>]) -> Self {
        let values = values.iter().map(|value| folded(value.as_ref()));
        // One character names nobody, and stands in every sentence.
        let mut values: Vec<_> = values.filter(|v| v.chars().count() > 1).collect();
        values.sort_unstable();
        values.dedup();
        Self {
            values,
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

    /// Takes out what was sent, in whatever case and with whatever white space
    /// it comes back.
    fn without_values(&self, excerpt: &Excerpt) -> String {
        let text = excerpt.text.as_str();
        #[cfg(test)]
        self.searched
            .set(self.searched.get() + text.chars().count());
        let mut left = String::with_capacity(text.len());
        // Where the last value that was taken out ends.
        let mut taken = 0;
        let mut before = None;
        for (start, c) in text.char_indices() {
            let is_start = start == taken || !is_one_word(before, Some(c));
            before = Some(c);
            let ends = self.beginning_like(c).filter_map(|value| {
                let end = start + end_of(&text[start..], value, excerpt.is_cut)?;
                // A short value is taken out as a word or a number only, or
                // "al" would leave nothing readable.
                let last = text[..end].chars().next_back();
                let is_word = is_start && !is_one_word(last, text[end..].chars().next());
                (is_word || value.len() > 3).then_some(end)
            });
            let end = ends.max();
            // Values that overlap go together.
            if end.is_some() && (start >= taken) {
                left.push_str(OUT);
            }
            taken = taken.max(end.unwrap_or(0));
            if start >= taken {
                left.push(c);
            }
        }
        left
    }

    /// The values that begin with a character, in whatever case.
    fn beginning_like(&self, c: char) -> impl Iterator<Item = &String> {
        let first = match c.is_whitespace() {
            true => Some(' '),
            false => fold(c).next(),
        };
        let of = |value: &String| value.chars().next();
        let before = self.values.partition_point(|value| of(value) < first);
        let rest = &self.values[before..];
        rest.iter().take_while(move |value| of(value) == first)
    }
}

/// Tells whether two neighbours are letters of one word or digits of one number. Those of `OTP123`
/// are not all of one kind.
fn is_one_word(before: Option<char>, after: Option<char>) -> bool {
    let both = |is: fn(char) -> bool| before.is_some_and(is) && after.is_some_and(is);
    both(char::is_alphabetic) || both(char::is_numeric)
}

/// Holds as much of a text as is read, harmless for a terminal.
struct Excerpt {
    text: String,
    /// Says whether the text goes on.
    is_cut: bool,
}

impl Excerpt {
    fn of(text: &str) -> Self {
        let end = text.char_indices().nth(READ).map(|(end, _)| end);
        Self {
            text: harmless(&text[..end.unwrap_or(text.len())]),
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

/// A text as texts are compared: in one case, with a space for all white space
/// between words and none around them.
fn folded(text: &str) -> String {
    let text = harmless(text);
    let words: Vec<String> = text
        .split_whitespace()
        .map(|word| word.chars().flat_map(fold).collect())
        .collect();
    words.join(" ")
}

/// A character in the one case that all its cases have in common. Upper case
/// alone would not do, nor lower case: of `ß`, `ẞ` and `SS`, or of `Σ`, `σ` and
/// `ς`, each maps one onto another and leaves the third.
fn fold(c: char) -> impl Iterator<Item = char> {
    let upper = c.to_lowercase().flat_map(char::to_uppercase);
    upper.flat_map(char::to_lowercase)
}

/// Finds the end of a value, given as [`folded`], in a text that begins with it.
/// A text that is cut may go on as the value does. `None`: it begins otherwise.
fn end_of(text: &str, value: &str, is_cut: bool) -> Option<usize> {
    let mut wanted = value.chars();
    let mut rest = text.chars();
    while !wanted.as_str().is_empty() {
        let Some(c) = rest.next() else {
            return is_cut.then_some(text.len());
        };
        if c.is_whitespace() {
            wanted.next().filter(|&wanted| wanted == ' ')?;
            rest = rest.as_str().trim_start().chars();
        } else if !fold(c).all(|c| wanted.next() == Some(c)) {
            return None;
        }
    }
    Some(text.len() - rest.as_str().len())
}

/// Tells whether a word looks like a person's number or address, or like a key.
fn is_sensitive(word: &str) -> bool {
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

/// Takes out what could command a terminal or fake a line of a log.
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
