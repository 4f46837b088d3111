//! Words of a document, and the line on which they stand.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The number of words that a quote may have.
const MOST_WORDS: usize = 8;

/// The number with which the name of a document's file begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct FileNumber(u16);

impl FromStr for FileNumber {
    type Err = String;

    /// Reads three digits.
    fn from_str(text: &str) -> Result<Self, String> {
        let is_number = text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_digit());
        let number = text.parse().ok().filter(|_| is_number);
        let wrong = || format!("{text:?} is no number of a file: three digits are, such as 004");
        number.map(Self).ok_or_else(wrong)
    }
}

impl fmt::Display for FileNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:03}", self.0)
    }
}

impl TryFrom<String> for FileNumber {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<FileNumber> for String {
    fn from(number: FileNumber) -> Self {
        number.to_string()
    }
}

/// A few words of a document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Quote {
    /// The file in which they stand.
    pub file: FileNumber,
    /// The line in it, from 1.
    pub line: usize,
    /// The words, as they stand there.
    pub words: String,
}

impl FromStr for Quote {
    type Err = String;

    /// Reads `FILE:LINE WORDS`, such as `004:38 with spaces`.
    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = |why: String| format!("the quote {text:?} {why}");
        let parts = text
            .split_once(' ')
            .and_then(|(place, words)| Some((place.split_once(':')?, words)));
        let Some(((file, line), words)) = parts else {
            return Err(wrong("is not written FILE:LINE WORDS".to_owned()));
        };
        let file = file
            .parse()
            .map_err(|why| wrong(format!("is not of a file: {why}")))?;
        let line = line.parse().ok().filter(|line| *line > 0);
        let line = line.ok_or_else(|| wrong("has no number of a line".to_owned()))?;
        if words.is_empty() || words != words.trim() {
            return Err(wrong("has no words, or spaces around them".to_owned()));
        }
        let count = words.split_whitespace().count();
        if count > MOST_WORDS {
            return Err(wrong(format!(
                "has {count} words: {MOST_WORDS} are the most"
            )));
        }
        Ok(Self {
            file,
            line,
            words: words.to_owned(),
        })
    }
}

impl Quote {
    /// Tells whether the words stand in a line, as words and not as part of longer ones.
    pub fn stands_in(&self, line: &str) -> bool {
        let is_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        let words = &*self.words;
        line.match_indices(words).any(|(at, _)| {
            let (before, after) = (&line[..at], &line[at + words.len()..]);
            let splits_first = is_word(before.chars().next_back()) && is_word(words.chars().next());
            let splits_last = is_word(words.chars().next_back()) && is_word(after.chars().next());
            !splits_first && !splits_last
        })
    }
}

impl fmt::Display for Quote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{} {}", self.file, self.line, self.words)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quote_is_a_file_a_line_and_one_to_eight_words() {
        let quote: Quote = "004:38 a b c d e f g h".parse().unwrap();
        assert_eq!((quote.file, quote.line), (FileNumber(4), 38));
        assert_eq!(quote.to_string(), "004:38 a b c d e f g h");
        let cases = [
            ("", "FILE:LINE"),
            ("004:38", "FILE:LINE"),
            ("004 38 a", "FILE:LINE"),
            ("4:38 a", "three digits"),
            ("0004:38 a", "three digits"),
            ("+04:38 a", "three digits"),
            ("004:0 a", "number of a line"),
            ("004:x a", "number of a line"),
            ("004:-1 a", "number of a line"),
            ("004:38 ", "no words"),
            ("004:38  a", "spaces around"),
            ("004:38 a ", "spaces around"),
            ("004:38 a b c d e f g h i", "9 words: 8 are the most"),
        ];
        for (text, why) in cases {
            let error = text.parse::<Quote>().unwrap_err();
            assert!(error.contains(why), "{text:?}: {error}");
        }
    }

    #[test]
    fn words_stand_in_a_line_whole_or_not_at_all() {
        let stands = |words: &str, line: &str| {
            let quote: Quote = format!("000:1 {words}").parse().unwrap();
            quote.stands_in(line)
        };
        let line = "- Card is locked by the user.EXPIRED, cannot pay (IRREVERSIBLE)";
        for words in [
            "Card",
            "- Card is",
            "locked by",
            "EXPIRED",
            "(IRREVERSIBLE)",
        ] {
            assert!(stands(words, line), "{words}");
        }
        for words in ["Car", "ocked", "card", "can", "locked  by", "by user", "é"] {
            assert!(!stands(words, line), "{words}");
        }
        // The first place splits a word; the second does not.
        assert!(stands("can", "cannot, but can"));
        assert!(!stands("can", "scan"));
    }
}
