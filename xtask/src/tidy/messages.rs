//! Texts for people that name an item of Rust: whoever reads a message in a
//! terminal or a log can do nothing with it.

use super::Finding;
use super::sources::Sources;

/// Judges every text of the crates: a message is one of several words.
pub(super) fn judge(crates: &[Sources]) -> Vec<Finding> {
    let files = crates.iter().flat_map(|sources| &sources.files);
    let texts = files.flat_map(|file| file.literals.iter().map(move |literal| (file, literal)));
    let named = texts.filter(|(file, literal)| !file.is_test(literal.line));
    named
        .filter_map(|(file, literal)| {
            let item = item(&literal.text)?;
            Some(Finding {
                place: format!("{}:{}", file.path, literal.line),
                wrong: format!("a message names `{item}`, an item of Rust"),
                cure: "Say what there is to do in words that fit a program's user too.".to_owned(),
            })
        })
        .collect()
}

/// The first word of a message that names an item: a path, or a call.
fn item(text: &str) -> Option<&str> {
    // A doc comment that a macro writes.
    let is_message = text.contains(' ') && !text.contains("[`");
    let mut words = text.split_whitespace().filter(|_| is_message);
    words.find(|word| is_path(word) || is_call(word))
}

/// Tells whether a word has `name::name` in it.
fn is_path(word: &str) -> bool {
    let is_name = |c: char| c.is_ascii_alphabetic() || c == '_';
    word.match_indices("::")
        .any(|(at, _)| word[..at].ends_with(is_name) && word[at + 2..].starts_with(is_name))
}

/// Tells whether a word has `some_name()` or `.name()` in it.
fn is_call(word: &str) -> bool {
    word.match_indices('(').any(|(at, _)| {
        let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let before = word[..at].trim_end_matches(is_part);
        let name = &word[before.len()..at];
        let is_empty = matches!(word.get(at + 1..at + 2), Some(")" | "."));
        is_empty && !name.is_empty() && (name.contains('_') || before.ends_with('.'))
    })
}
