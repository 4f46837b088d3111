//! Fields as a form's body has them, or one a line.

use crate::error::{PasteError, Why};

/// Names and values, in the order in which they are written.
pub type Pairs = Vec<(String, String)>;

/// Reads a form: one urlencoded line, or lines of `name=value` as they are. A single line with a character that a
/// urlencoded body never has is a pair as it is, whose value may have an `&`.
///
/// ```
/// let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
/// assert_eq!(cards_paste::form("a=1+2&b=x")?, [pair("a", "1 2"), pair("b", "x")]);
/// assert_eq!(cards_paste::form("a=1+2\nb=x&y\n")?, [pair("a", "1+2"), pair("b", "x&y")]);
/// assert_eq!(cards_paste::form("a=1 2 & 3")?, [pair("a", "1 2 & 3")]);
/// # Ok::<(), cards_paste::PasteError>(())
/// ```
///
/// # Errors
///
/// Says which line has no `=`, or no name before it, which field has percent escapes that are no UTF-8, and that a
/// single line with `&`, or one of several that begins or ends with it, may be several fields or one.
pub fn form(text: &str) -> Result<Pairs, PasteError> {
    let text = with_line_feeds(text);
    let mut written = text.lines().filter(|line| !line.is_empty());
    match (written.next(), written.next()) {
        (Some(line), None) if line.contains('&') => joined(line),
        (Some(line), None) if is_urlencoded(line) => decoded(line, 0),
        _ if is_wrapped(&text) => Err(Why::TwoWays.into()),
        _ => lines(&text),
    }
}

/// Tells whether lines may be those of one body that was broken at its `&`.
fn is_wrapped(text: &str) -> bool {
    let mut lines = text.lines().filter(|line| !line.is_empty());
    lines.any(|line| line.starts_with('&') || line.ends_with('&'))
}

/// Reads a line with `&`. Between those of a body are pairs, without blanks and letters beyond ASCII; the value of one
/// pair as it is has such, and no further `=`. Whatever else might be either, and is not guessed at.
fn joined(line: &str) -> Result<Pairs, PasteError> {
    let is_pair = |part: &&str| {
        part.split_once('=')
            .is_some_and(|(name, _)| !name.is_empty())
    };
    let is_plain = line.bytes().all(|byte| byte.is_ascii_graphic());
    let mut parts = line.split('&').filter(|part| !part.is_empty());
    match is_plain {
        true if parts.all(|part| is_pair(&part)) => decoded(line, 0),
        false if !parts.skip(1).any(|part| part.contains('=')) => lines(line),
        _ => Err(Why::TwoWays.into()),
    }
}

/// A text with one character for each line break, which is another one on other machines.
pub(crate) fn with_line_feeds(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

/// Reads `name=value`, one a line, as it is. Empty lines are passed over.
///
/// # Errors
///
/// Says which line has no `=`, or no name before it.
pub fn lines(text: &str) -> Result<Pairs, PasteError> {
    let text = with_line_feeds(text);
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

/// Decodes a body, of which `before` fields are read already. A `%` without two hex digits is read
/// as browsers do; escapes of bytes that are no UTF-8 are refused (E-X-33): no text has them.
pub(crate) fn decoded(body: &str, before: usize) -> Result<Pairs, PasteError> {
    // Empty ones are no fields.
    let written = body.split('&').filter(|written| !written.is_empty());
    for (field, written) in (before + 1..).zip(written) {
        if str::from_utf8(&bytes(written)).is_err() {
            return Err(Why::NotUtf8 { field }.into());
        }
    }
    let pairs = form_urlencoded::parse(body.as_bytes());
    Ok(pairs.into_owned().collect())
}

/// The bytes that a text with percent escapes stands for.
fn bytes(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, more @ ..] = rest {
        rest = more;
        let escaped = match (first, more) {
            (b'%', [high, low, ..]) => digit(*high).zip(digit(*low)),
            _ => None,
        };
        if let Some((high, low)) = escaped {
            bytes.push(high << 4 | low);
            rest = &more[2..];
        } else {
            bytes.push(*first);
        }
    }
    bytes
}

/// The value of a hex digit.
fn digit(character: u8) -> Option<u8> {
    let value = char::from(character).to_digit(16)?;
    u8::try_from(value).ok()
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn escaped(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("%{byte:02X}")).collect()
    }

    #[test]
    fn escapes_that_are_no_utf8_are_told_by_their_field() {
        for (line, field) in [
            ("city=K%F6ln", 1),
            ("a=1&&c%F6=MARKER", 2),
            ("a=1&b=MARKER%C3", 2),
            ("a=%C3&b=%B6", 1),
            ("a=%ED%A0%80", 1),
        ] {
            let says = form(line).unwrap_err().to_string();
            let told = format!("field {field} of the body: its percent escapes are no UTF-8");
            assert!(says.starts_with(&told), "{line}: {says}");
            let curl = format!("curl -d x=1 -d '{line}' http://h");
            let says = crate::curl(&curl).unwrap_err().to_string();
            let told = format!("field {} of the body: ", field + 1);
            assert!(
                says.starts_with(&told) && !says.contains("MARKER"),
                "{line}: {says}"
            );
        }
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(
            form("a=K%C3%B6ln&b=5%&c=%zz").unwrap(),
            [pair("a", "Köln"), pair("b", "5%"), pair("c", "%zz"),]
        );
    }

    #[test]
    fn a_line_that_may_be_several_fields_or_one_is_refused() {
        for text in [
            "name=AT&T",
            "a=1&=2",
            "=1&a=2",
            "city=New Delhi&b=1",
            "a=1&b=ö",
            "a=1&b & c=1",
            "a=1&\nb=2",
            "a=1\n&b=2\n",
            "a=1&b=2&\n\nc=3",
        ] {
            let says = form(text).unwrap_err().to_string();
            assert!(
                says.starts_with("the `&` may stand between two fields"),
                "{says}"
            );
        }
    }

    proptest! {
        /// A value is read as it is, or the way out is said: it comes back from no line as another.
        #[test]
        fn no_value_becomes_another(
            fields in proptest::collection::vec(("[a-z_]{1,6}", "[ -~äß]{0,12}"), 1..4),
            line_break in proptest::sample::select(&["\n", "\r\n", "\r"][..]),
        ) {
            let text: String = fields.iter().map(|(name, value)| format!("{name}={value}{line_break}")).collect();
            let read = form(&text);
            let is_taken_for_a_body = match &fields[..] {
                // These marks are escapes, where nothing shows that the line is none of a body.
                [(_, value)] => value.contains(['+', '%', '&']) && value.bytes().all(|byte| byte.is_ascii_graphic()),
                _ => false,
            };
            match read {
                Ok(read) => prop_assert!(read == fields || is_taken_for_a_body, "{text:?}: {read:?}"),
                Err(_) if fields.len() == 1 => prop_assert!(fields[0].1.contains(['&', '%'])),
                Err(_) => prop_assert!(fields.iter().any(|(_, value)| value.ends_with('&'))),
            }
            prop_assert_eq!(lines(&text).unwrap(), fields);
        }

        /// Bytes are a text or are refused, and none is put in their place.
        #[test]
        fn any_bytes_are_kept_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..12)) {
            let read = form(&format!("a={}&b=2", escaped(&bytes)));
            match String::from_utf8(bytes) {
                Ok(text) => prop_assert_eq!(&read.unwrap()[0].1, &text),
                Err(_) => prop_assert!(read.is_err()),
            }
        }
    }
}
