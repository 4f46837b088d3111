//! Fields as a form's body has them, or one a line.

use crate::error::{PasteError, Why};

/// Names and values, in the order in which they are written.
pub type Pairs = Vec<(String, String)>;

/// Reads a form: one urlencoded line, or lines of `name=value` as they are. A single line with a character that a
/// urlencoded body never has is a pair as it is.
///
/// ```
/// let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
/// assert_eq!(cards_paste::form("a=1+2&b=x")?, [pair("a", "1 2"), pair("b", "x")]);
/// assert_eq!(cards_paste::form("a=1+2\nb=x&y\n")?, [pair("a", "1+2"), pair("b", "x&y")]);
/// assert_eq!(cards_paste::form("a=1 2")?, [pair("a", "1 2")]);
/// # Ok::<(), cards_paste::PasteError>(())
/// ```
///
/// # Errors
///
/// Says which line has no `=`, or no name before it.
pub fn form(text: &str) -> Result<Pairs, PasteError> {
    let mut written = text.lines().filter(|line| !line.is_empty());
    match (written.next(), written.next()) {
        (Some(line), None) if line.contains('&') || is_urlencoded(line) => Ok(decoded(line)),
        _ => lines(text),
    }
}

/// Reads `name=value`, one a line, as it is. Empty lines are passed over.
///
/// # Errors
///
/// Says which line has no `=`, or no name before it.
pub fn lines(text: &str) -> Result<Pairs, PasteError> {
    let lines = (1..).zip(text.lines());
    lines
        .filter(|(_, line)| !line.is_empty())
        .map(|(number, line)| read(line, Some(number)))
        .collect()
}

/// Reads `name=value`. Without the `=` it may be a value, and is not repeated.
///
/// # Errors
///
/// Says that there is no `=`, or no name before it.
pub fn pair(text: &str) -> Result<(String, String), PasteError> {
    read(text, None)
}

fn read(text: &str, line: Option<usize>) -> Result<(String, String), PasteError> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        Some(_) => Err(Why::EmptyName { line }.into()),
        None => Err(Why::NoSign { line }.into()),
    }
}

/// Decodes a body, and reads what is not well encoded as browsers do.
pub(crate) fn decoded(body: &str) -> Pairs {
    form_urlencoded::parse(body.as_bytes())
        .into_owned()
        .collect()
}

/// Tells whether the line is a pair as a urlencoded body has it: letters, digits and the few marks that stand for
/// themselves, `+`, and `%` before two hex digits.
fn is_urlencoded(line: &str) -> bool {
    let Some((name, value)) = line.split_once('=') else {
        return false;
    };
    let plain = |c: char| c.is_ascii_alphanumeric() || "*-._~+@:/,".contains(c);
    let encoded = |part: &str| {
        part.split('%').enumerate().all(|(at, text)| {
            let hex = if at == 0 { Some("") } else { text.get(..2) };
            hex.is_some_and(|hex| {
                hex.chars().all(|c| c.is_ascii_hexdigit()) && text[hex.len()..].chars().all(plain)
            })
        })
    };
    !name.is_empty() && encoded(name) && encoded(value)
}
