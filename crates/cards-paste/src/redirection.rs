//! Redirections, which are no part of what a command gets, and end no command.

use std::str::CharIndices;

/// A command as it is taken over from a text. The word behind a redirection is taken over as any
/// other, and taken out again where it ends.
pub(crate) struct Line {
    text: String,
    /// The length of the text before the word that a redirection goes to.
    kept: Option<usize>,
}

impl Line {
    pub(crate) fn new() -> Self {
        Self {
            text: String::new(),
            kept: None,
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
            Some(kept) if self.text.len() == kept => {}
            Some(_) => self.take_out(),
            None => self.text.push(blank),
        }
    }

    /// Begins a redirection, behind its sign. The name of a stream may stand before that, as a word
    /// of its own.
    pub(crate) fn redirect(&mut self, is_of_stream: impl Fn(char) -> bool) {
        self.take_out();
        let before = self.text.trim_end_matches(is_of_stream);
        let blanks = before.trim_end_matches([' ', '\t']);
        let backslashes = blanks.len() - blanks.trim_end_matches('\\').len();
        // An odd number of them escapes the blank.
        let is_word = before.len() > blanks.len() && backslashes.is_multiple_of(2);
        if is_word {
            self.text.truncate(before.len());
        }
        self.text.push(' ');
        self.kept = Some(self.text.len());
    }

    /// The command without its redirections.
    pub(crate) fn end(mut self) -> String {
        self.take_out();
        self.text
    }

    fn take_out(&mut self) {
        if let Some(kept) = self.kept.take() {
            self.text.truncate(kept);
        }
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
