//! Characters, as texts are compared and shown.

use icu_normalizer::DecomposingNormalizerBorrowed;
use icu_normalizer::properties::CanonicalCombiningClassMapBorrowed;
use icu_properties::props::{GeneralCategory, GeneralCategoryGroup};
use icu_properties::{CodePointMapData, CodePointMapDataBorrowed};

/// The longest text that is read to its end, in characters. Of a longer one the
/// beginning is judged by itself and the rest is not shown, so that no server
/// keeps a call busy past its time.
pub(crate) const READ: usize = 4_000;

/// Takes apart what Unicode has one character for, such as a letter and its accent, or a wide digit.
const PARTS: DecomposingNormalizerBorrowed<'static> = DecomposingNormalizerBorrowed::new_nfkd();

const CLASSES: CanonicalCombiningClassMapBorrowed<'static> =
    CanonicalCombiningClassMapBorrowed::new();

const CATEGORIES: CodePointMapDataBorrowed<'static, GeneralCategory> = CodePointMapData::new();

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

/// Hands on the characters that one is compared as: those that it is made of, be it composed, of
/// another width or in a ligature, without accents and without what has no width. There may be none.
pub(super) fn parts(c: char, put: &mut dyn FnMut(char)) {
    if c.is_ascii() {
        return put(harmless(c));
    }
    for c in PARTS.normalize_iter(std::iter::once(c)) {
        if is_accent(c) || is_invisible(c) || c == SOFT_HYPHEN {
            continue;
        }
        match without_stroke(c) {
            Some(letters) => letters.chars().for_each(&mut *put),
            None => put(harmless(c)),
        }
    }
}

const SOFT_HYPHEN: char = '\u{ad}';

/// Tells whether a character is put upon another and has no upper case, as the iota below has.
fn is_accent(c: char) -> bool {
    CLASSES.get_u8(c) != 0 && c != '\u{345}'
}

/// Tells whether a character is a mark of any kind, also a vowel's, which is no accent.
pub(super) fn is_mark(c: char) -> bool {
    !c.is_ascii() && GeneralCategoryGroup::Mark.contains(CATEGORIES.get(c))
}

/// A letter whose accent Unicode takes for a part of it, and one of two letters in one.
fn without_stroke(c: char) -> Option<&'static str> {
    Some(match c {
        '\u{f8}' | '\u{d8}' => "o",
        '\u{142}' | '\u{141}' => "l",
        '\u{111}' | '\u{110}' | '\u{f0}' | '\u{d0}' => "d",
        '\u{127}' | '\u{126}' => "h",
        '\u{167}' | '\u{166}' => "t",
        '\u{e6}' | '\u{c6}' => "ae",
        '\u{153}' | '\u{152}' => "oe",
        '\u{fe}' | '\u{de}' => "th",
        _ => return None,
    })
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
