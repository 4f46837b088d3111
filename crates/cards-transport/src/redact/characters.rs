//! Characters, as texts are compared and shown.

/// Tells whether two neighbours are letters of one word or digits of one number. Those of `OTP123`
/// are not all of one kind.
pub(super) fn is_one_word(before: Option<char>, after: Option<char>) -> bool {
    let both = |is: fn(char) -> bool| before.is_some_and(is) && after.is_some_and(is);
    both(char::is_alphabetic) || both(char::is_numeric)
}

/// Tells whether a character is a blank or a sign that may stand for one.
pub(super) fn is_space(c: char) -> bool {
    c.is_whitespace() || matches!(c, '+' | '_')
}

/// A character in the one case that all its cases have in common. Upper case
/// alone would not do, nor lower case: of `ß`, `ẞ` and `SS`, or of `Σ`, `σ` and
/// `ς`, each maps one onto another and leaves the third.
pub(super) fn fold(c: char) -> impl Iterator<Item = char> {
    let upper = c.to_lowercase().flat_map(char::to_uppercase);
    upper.flat_map(char::to_lowercase)
}

/// A character without what could command a terminal or fake a line of a log.
pub(super) fn harmless(c: char) -> char {
    match c {
        c if c.is_whitespace() => ' ',
        c if c.is_control() || is_invisible(c) => char::REPLACEMENT_CHARACTER,
        c => c,
    }
}

/// Marks that turn the direction of writing around, or have no width.
fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
    )
}
