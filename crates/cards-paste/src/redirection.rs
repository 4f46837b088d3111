//! Redirections, which are no part of what a command gets, and end no command.

use std::str::CharIndices;

use crate::error::{At, PasteError, Why};
use crate::options;

/// A command as it is taken over from a text. The word behind a redirection is taken over as any
/// other, and taken out again where it ends.
pub(crate) struct Line {
    text: String,
    /// The length of the text before the word that a redirection goes to, and the place of its sign.
    kept: Option<(usize, usize)>,
    /// The place of a redirection that would take an option for its file, or parts one from its value.
    refused: Option<usize>,
    /// The length of the text before the word that is being read.
    word: usize,
    /// Says whether the word before that one is an option that has no value yet.
    awaits_value: bool,
}

impl Line {
    pub(crate) fn new() -> Self {
        Self {
            text: String::new(),
            kept: None,
            refused: None,
            word: 0,
            awaits_value: false,
        }
    }

    /// Adds a part of a word.
    pub(crate) fn push(&mut self, character: char) {
        self.text.push(character);
    }

    /// Adds a part of a word.
    pub(crate) fn push_str(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// Adds parts of a word.
    pub(crate) fn extend(&mut self, characters: impl IntoIterator<Item = char>) {
        self.text.extend(characters);
    }

    /// Ends a word, where there is one. Blanks may stand before the word that a redirection goes
    /// to.
    pub(crate) fn blank(&mut self, blank: char) {
        match self.kept {
            Some((kept, _)) if self.text.len() == kept => {}
            Some(_) => self.take_out(),
            None => {
                self.end_word();
                self.text.push(blank);
            }
        }
        self.word = self.text.len();
    }

    /// Ends the word that is being read, where there is one.
    fn end_word(&mut self) {
        let word = self.text.get(self.word..).unwrap_or_default();
        if !word.is_empty() {
            let word = word.trim_matches(['\'', '"']);
            self.awaits_value = !self.awaits_value && options::awaits_value(word);
        }
    }

    /// Begins a redirection, behind its sign, which stands at this place. The name of a stream may stand before
    /// that, as a word of its own.
    pub(crate) fn redirect(&mut self, at: usize, is_of_stream: impl Fn(char) -> bool) {
        self.take_out();
        let before = self.text.trim_end_matches(is_of_stream);
        let blanks = before.trim_end_matches([' ', '\t']);
        let backslashes = blanks.len() - blanks.trim_end_matches('\\').len();
        // An odd number of them escapes the blank.
        let is_word = before.len() > blanks.len() && backslashes.is_multiple_of(2);
        if is_word {
            self.text.truncate(before.len());
        }
        self.end_word();
        if self.awaits_value {
            self.refused.get_or_insert(at);
        }
        self.text.push(' ');
        self.word = self.text.len();
        self.kept = Some((self.word, at));
    }

    /// The command without its redirections, from this text.
    ///
    /// # Errors
    ///
    /// Tells of one that goes to an option, or stands between one and its value: what looks like its sign
    /// may be a prompt, and no field is to be lost for that.
    pub(crate) fn end(mut self, text: &str) -> Result<String, PasteError> {
        self.take_out();
        match self.refused {
            Some(byte) => Err(Why::Redirected {
                at: At::of(text, byte),
            }
            .into()),
            None => Ok(self.text),
        }
    }

    fn take_out(&mut self) {
        let Some((kept, at)) = self.kept.take() else {
            return;
        };
        let word = self.text[kept..].trim_start_matches(['\'', '"', '\\']);
        // A dash by itself closes a stream.
        if word.starts_with('-') && word.len() > 1 {
            self.refused.get_or_insert(at);
        }
        self.text.truncate(kept);
    }
}

/// Takes the rest of a redirection's sign, of which the longest are listed first.
pub(crate) fn operator(characters: &mut CharIndices<'_>, rests: &[&str]) {
    let behind = characters.as_str();
    let rest = rests.iter().find(|rest| behind.starts_with(**rest));
    for _ in 0..rest.map_or(0, |rest| rest.chars().count()) {
        characters.next();
    }
}
