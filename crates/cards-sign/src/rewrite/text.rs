//! The texts that programs make of a value.

use zeroize::Zeroizing;

/// A number without sign or decimals.
pub(super) fn whole(value: &str) -> Option<&str> {
    (!value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit())).then_some(value)
}

/// Puts a comma after the thousands, and after each so many digits above them.
pub(super) fn grouped(digits: &str, above: usize) -> String {
    let mut grouped = String::new();
    for (at, digit) in digits.char_indices() {
        let left = digits.len() - at;
        if at > 0 && left >= 3 && (left - 3).is_multiple_of(above) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

pub(super) fn capitalised(value: &str) -> String {
    let mut starts = true;
    let mut text = String::with_capacity(value.len());
    for character in value.chars() {
        if starts {
            text.extend(character.to_uppercase());
        } else {
            text.extend(character.to_lowercase());
        }
        starts = character.is_whitespace();
    }
    text
}

pub(super) fn unicode_escaped(value: &str) -> String {
    let mut text = String::with_capacity(2 * value.len());
    for character in value.chars() {
        if character.is_ascii() {
            text.push(character);
        } else {
            for unit in character.encode_utf16(&mut [0; 2]) {
                text.push_str(&format!("\\u{unit:04x}"));
            }
        }
    }
    text
}

pub(super) fn html(value: &str) -> String {
    let escapes = [
        ('&', "&amp;"),
        ('<', "&lt;"),
        ('>', "&gt;"),
        ('"', "&quot;"),
        ('\'', "&#039;"),
    ];
    replaced(value, &escapes)
}

/// Puts a text in the place of each character that has one, in one pass: a text per character
/// would leave copies of the value behind.
pub(super) fn replaced(value: &str, texts: &[(char, &str)]) -> String {
    let longest = texts.iter().map(|(_, text)| text.len()).max();
    let mut replaced = String::with_capacity(value.len() * longest.unwrap_or(1));
    for character in value.chars() {
        match texts.iter().find(|(of, _)| *of == character) {
            Some((_, text)) => replaced.push_str(text),
            None => replaced.push(character),
        }
    }
    replaced
}

/// The digits of a card's number, four at a time.
pub(super) fn in_fours(value: &str, between: char) -> Option<String> {
    let digits = card(value)?;
    let mut text = String::with_capacity(digits.len() + 4);
    for (at, digit) in digits.char_indices() {
        if at > 0 && at.is_multiple_of(4) {
            text.push(between);
        }
        text.push(digit);
    }
    Some(text)
}

/// A card's number with its first six and last four digits alone.
pub(super) fn masked(value: &str, mask: char) -> Option<String> {
    let digits = card(value)?;
    let hidden = digits.len() - 10;
    let mut text = digits[..6].to_owned();
    text.extend(std::iter::repeat_n(mask, hidden));
    text.push_str(&digits[6 + hidden..]);
    Some(text)
}

/// A text that can be a card's number.
fn card(value: &str) -> Option<&str> {
    whole(value).filter(|digits| (12..=19).contains(&digits.len()))
}

/// A large number with an exponent: its digits without the zeros at their end, or so many of them, rounded.
pub(super) fn exponent(value: &str, mark: &str, most: usize) -> Option<String> {
    let digits = whole(value)?.trim_start_matches('0');
    if digits.len() < 8 {
        return None;
    }
    let power = digits.len() - 1;
    let mut kept: Zeroizing<Vec<u8>> = Zeroizing::new(digits.bytes().take(most).collect());
    let rounds_up = digits
        .as_bytes()
        .get(most)
        .is_some_and(|next| *next >= b'5');
    if rounds_up {
        // A carry beyond the first digit is left to others: the number is all nines.
        let last = kept.iter().rposition(|digit| *digit < b'9')?;
        kept.truncate(last + 1);
        kept[last] += 1;
    }
    while kept.len() > 1 && kept.last() == Some(&b'0') {
        kept.pop();
    }
    let (first, rest) = kept.split_first()?;
    let rest = if rest.is_empty() { b"0" } else { rest };
    let rest = str::from_utf8(rest).ok()?;
    Some(format!("{}.{rest}{mark}{power}", char::from(*first)))
}
