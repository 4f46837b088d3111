//! The forms of a text: as it came, and with the escapes taken off that a server writes a value
//! with in a page, in JSON, in an address or in a log, or that it makes where it takes bytes of
//! UTF-8 for characters. Each is compared without accents, whatever form of Unicode it has.

use super::characters::{READ, is_mark, is_space, parts};

/// The most times that escapes are taken off a text.
const ROUNDS: usize = 5;

/// The most characters that a text is compared by: the syllables of Korean are three each. Some
/// signs stand for eighteen, which would take too long.
const MOST: usize = 3 * READ;

/// The length of the longest escape of a page: `&#x0010ffff;`.
const ENTITY: usize = 12;

/// A character that a text is compared by, and the bytes that stand for it, with the accents
/// behind them.
#[derive(Clone, Copy)]
pub(super) struct Unit {
    pub(super) c: char,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// A text in one of its forms.
pub(super) struct Form {
    pub(super) units: Vec<Unit>,
    /// The end of the text where it goes on unread.
    pub(super) cut: Option<usize>,
}

impl Form {
    /// The form of the text as it came.
    pub(super) fn plain(text: &str, is_cut: bool) -> Self {
        Self::raw(text, is_cut).each(parts)
    }

    /// The characters of the text themselves, in which escapes are looked for.
    fn raw(text: &str, is_cut: bool) -> Self {
        let unit = |(start, c): (usize, char)| {
            let end = start + c.len_utf8();
            Unit { c, start, end }
        };
        let units = text.char_indices().map(unit).collect();
        let cut = is_cut.then_some(text.len());
        Self { units, cut }.without_half_escape()
    }

    /// Lists the forms of a text, and tells whether they are all and none is too long: a text may
    /// be escaped more often than anybody would read.
    pub(super) fn all(text: &str, is_cut: bool) -> (Vec<Self>, bool) {
        let mut forms = Vec::with_capacity(1);
        let mut last = Self::raw(text, is_cut);
        for _ in 0..=ROUNDS {
            last.add_to(&mut forms);
            match last.unescaped() {
                Some(next) => last = next,
                None => {
                    let are_short = forms.iter().all(|form| form.units.len() <= MOST);
                    return (forms, are_short);
                }
            }
        }
        (forms, false)
    }

    /// Adds the form as it is compared; and once more without any marks, where some are none that
    /// a name is commonly written without.
    fn add_to(&self, forms: &mut Vec<Self>) {
        let form = self.each(parts);
        let has_marks = form.units.iter().any(|unit| is_mark(unit.c));
        let bare = has_marks.then(|| {
            form.each(|c, put| {
                if !is_mark(c) {
                    put(c);
                }
            })
        });
        forms.push(form);
        forms.extend(bare);
    }

    /// The form with other characters in the place of each. Where there are none, the bytes go with
    /// those of the character before.
    fn each(&self, write: impl Fn(char, &mut dyn FnMut(char))) -> Self {
        let mut units = Vec::<Unit>::with_capacity(self.units.len());
        for unit in &self.units {
            let before = units.len();
            write(unit.c, &mut |c| units.push(Unit { c, ..*unit }));
            let is_none = units.len() == before;
            if let Some(last) = units.last_mut().filter(|_| is_none) {
                last.end = unit.end;
            }
        }
        Self {
            units,
            cut: self.cut,
        }
    }

    /// The form with the escapes taken off once. `None`: there are none.
    fn unescaped(&self) -> Option<Self> {
        let mut units = Vec::with_capacity(self.units.len());
        let mut at = 0;
        while let Some(unit) = self.units.get(at) {
            let (c, count) = escape(&self.units[at..]).unwrap_or((unit.c, 1));
            let end = self.units[at + count - 1].end;
            units.push(Unit {
                c,
                start: unit.start,
                end,
            });
            at += count;
        }
        let is_other = units.len() < self.units.len();
        let form = || Self {
            units,
            cut: self.cut,
        };
        is_other.then(|| form().without_half_escape())
    }

    /// Drops the beginning of an escape from the end of a text that goes on.
    fn without_half_escape(mut self) -> Self {
        let near = self.units.len().saturating_sub(ENTITY);
        let half = (near..self.units.len()).find(|&at| {
            let rest = &self.units[at..];
            half_escape(rest) == rest.len() && escape(rest).is_none()
        });
        if let Some(half) = half.filter(|_| self.cut.is_some()) {
            self.units.truncate(half);
        }
        self
    }

    /// Tells whether somebody cut the text off here: there is nothing more but brackets, or an
    /// ellipsis, a mask, the end of a quotation or a remark in brackets.
    pub(super) fn is_cut_off(&self, at: usize) -> bool {
        let rest = self.units.get(at..).unwrap_or_default();
        let rest = &rest[half_escape(rest)..];
        if rest.first().is_some_and(|next| ends_a_part(next.c)) {
            return true;
        }
        let mut next = rest.iter().map(|unit| unit.c).skip_while(|c| is_space(*c));
        if matches!(next.next(), Some('(' | '[' | '<' | '{')) {
            return true;
        }
        let is_around = |c: &char| !c.is_alphanumeric() && !matches!(c, '.' | '\u{2026}');
        let mut rest = rest.iter().map(|unit| unit.c).skip_while(is_around);
        match rest.next() {
            None | Some('\u{2026}') => true,
            Some('.') => match rest.next() {
                Some('.') | None => true,
                Some(c) => is_around(&c) && rest.all(|c| is_around(&c)),
            },
            Some(_) => false,
        }
    }
}

/// Tells whether a sign stands right behind what is not whole, rather than between two words.
fn ends_a_part(c: char) -> bool {
    let is_between = matches!(
        c,
        '.' | ',' | ';' | ':' | '!' | '?' | '-' | '_' | '/' | '\\' | '@' | '=' | '&' | '+' | '%'
    );
    !c.is_alphanumeric() && !is_space(c) && !is_between && c != '\u{2026}'
}

/// Reads the escape that a text begins with: what it stands for, and its length.
fn escape(rest: &[Unit]) -> Option<(char, usize)> {
    let second = || Some(rest.get(1)?.c);
    match rest.first()?.c {
        '&' => entity(rest),
        '%' => match second()? {
            'u' | 'U' => unicode(rest),
            _ => byte(rest, 1),
        },
        '\\' => match second()? {
            'x' | 'X' => byte(rest, 2),
            'u' | 'U' => unicode(rest),
            'n' | 'N' | 'r' | 'R' | 't' | 'T' => Some((' ', 2)),
            c @ ('"' | '\'' | '\\' | '/') => Some((c, 2)),
            _ => None,
        },
        FIRST..=LAST => misread(rest),
        _ => None,
    }
}

/// Counts the characters of the beginning of an escape that a text begins with.
fn half_escape(rest: &[Unit]) -> usize {
    let is_part: fn(char) -> bool = match rest.first().map(|unit| unit.c) {
        Some('&') => |c| c == '#' || c.is_ascii_alphanumeric(),
        Some('%') => |c| c.is_ascii_hexdigit() || matches!(c, 'u' | 'U'),
        Some('\\') => |c| c == '{' || c.is_ascii_hexdigit() || matches!(c, 'u' | 'U' | 'x' | 'X'),
        Some(FIRST..=LAST) => |c| byte_of(c).is_some_and(|byte| (0x80..0xc0).contains(&byte)),
        _ => return 0,
    };
    let more = rest[1..].iter().take(ENTITY - 2);
    1 + more.take_while(|unit| is_part(unit.c)).count()
}

/// Reads `&amp;`, `&#38;` and `&#x26;`.
fn entity(rest: &[Unit]) -> Option<(char, usize)> {
    let end = rest.iter().take(ENTITY).position(|unit| unit.c == ';')?;
    let name = &rest[1..end];
    let c = match name.first()?.c {
        '#' => match name.get(1)?.c {
            'x' | 'X' => number(&name[2..], 16)?,
            _ => number(&name[1..], 10)?,
        },
        _ => return Some((named(name)?, end + 1)),
    };
    Some((char::from_u32(c)?, end + 1))
}

/// The character of a name. In whatever case: texts are compared so.
fn named(name: &[Unit]) -> Option<char> {
    let name: String = name
        .iter()
        .map(|unit| unit.c.to_ascii_lowercase())
        .collect();
    let found = MARKS.iter().find(|(known, _)| *known == name);
    let latin = || {
        let at = LATIN.split_ascii_whitespace().position(|it| it == name)?;
        char::from_u32(0xa0 + u32::try_from(at).ok()?)
    };
    found.map(|(_, c)| *c).or_else(latin)
}

#[rustfmt::skip]
const MARKS: [(&str, char); 5] = [
    ("amp", '&'), ("lt", '<'), ("gt", '>'), ("quot", '"'), ("apos", '\''),
];

/// The names of U+00A0 to U+00FF in small letters. Where it stands for a capital letter too, a name
/// stands for that.
const LATIN: &str = "nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg \
    macr deg plusmn sup2 sup3 acute micro para middot cedil sup1 ordm raquo frac14 frac12 frac34 \
    iquest agrave aacute acirc atilde auml aring aelig ccedil egrave eacute ecirc euml igrave \
    iacute icirc iuml eth ntilde ograve oacute ocirc otilde ouml times oslash ugrave uacute ucirc \
    uuml yacute thorn szlig \
    X X X X X X X X X X X X X X X X X X X X X X X divide X X X X X X X yuml";

/// Reads `%C3%A9` or, with a prefix of two characters, `\xc3\xa9`: a character of UTF-8, or else
/// one of Latin 1.
fn byte(rest: &[Unit], prefix: usize) -> Option<(char, usize)> {
    let length = prefix + 2;
    let byte = |number: usize| {
        let one = rest.get(number * length..(number + 1) * length)?;
        let mut pairs = one[..prefix].iter().zip(rest);
        let is_same = pairs.all(|(one, first)| one.c.eq_ignore_ascii_case(&first.c));
        let byte = is_same.then(|| number_of_byte(&one[prefix..]));
        byte.flatten()
    };
    let first = byte(0)?;
    let (c, count) = utf8(byte).unwrap_or((char::from(first), 1));
    Some((c, count * length))
}

/// Reads a character of UTF-8 that has several bytes, and counts them.
fn utf8(byte: impl Fn(usize) -> Option<u8>) -> Option<(char, usize)> {
    let count = match byte(0)? {
        0xc2..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf4 => 4,
        _ => return None,
    };
    let bytes: Option<Vec<u8>> = (0..count).map(byte).collect();
    let text = String::from_utf8(bytes?).ok()?;
    Some((text.chars().next()?, count))
}

/// The characters that the first byte of another may be taken for.
const FIRST: char = '\u{c2}';
const LAST: char = '\u{f4}';

/// Reads a character of UTF-8 whose bytes were taken for characters of Latin 1 or Windows-1252:
/// `\u{c3}\u{a9}`.
fn misread(rest: &[Unit]) -> Option<(char, usize)> {
    utf8(|number| byte_of(rest.get(number)?.c))
}

/// The characters of Windows-1252 in the place of Latin 1's from U+0080 on, where it has others.
const WINDOWS: [char; 32] = [
    '\u{20ac}', '\u{81}', '\u{201a}', '\u{192}', '\u{201e}', '\u{2026}', '\u{2020}', '\u{2021}',
    '\u{2c6}', '\u{2030}', '\u{160}', '\u{2039}', '\u{152}', '\u{8d}', '\u{17d}', '\u{8f}',
    '\u{90}', '\u{2018}', '\u{2019}', '\u{201c}', '\u{201d}', '\u{2022}', '\u{2013}', '\u{2014}',
    '\u{2dc}', '\u{2122}', '\u{161}', '\u{203a}', '\u{153}', '\u{9d}', '\u{17e}', '\u{178}',
];

/// The character of Windows-1252 that a byte stands for.
pub(super) fn windows(byte: u8) -> char {
    let high = usize::from(byte).checked_sub(0x80);
    let found = high.and_then(|high| WINDOWS.get(high));
    found.copied().unwrap_or(char::from(byte))
}

/// The byte that stands for a character in Latin 1 or Windows-1252.
fn byte_of(c: char) -> Option<u8> {
    let high = || (0x80..0xa0).find(|&byte| windows(byte) == c);
    u8::try_from(u32::from(c)).ok().or_else(high)
}

fn number_of_byte(digits: &[Unit]) -> Option<u8> {
    u8::try_from(number(digits, 16)?).ok()
}

/// Reads `\u0026`, two of them for one character, `\u{26}` and `%u0026`.
fn unicode(rest: &[Unit]) -> Option<(char, usize)> {
    if rest.get(2)?.c == '{' {
        let end = rest.iter().take(ENTITY).position(|unit| unit.c == '}')?;
        return Some((char::from_u32(number(&rest[3..end], 16)?)?, end + 1));
    }
    let half = |at: usize| {
        let one = rest.get(at..at + 6)?;
        let mut pairs = one[..2].iter().zip(rest);
        let is_same = pairs.all(|(one, first)| one.c.eq_ignore_ascii_case(&first.c));
        let number = is_same.then(|| number(&one[2..], 16)).flatten()?;
        u16::try_from(number).ok()
    };
    let high = half(0)?;
    if let Some(c) = char::from_u32(u32::from(high)) {
        return Some((c, 6));
    }
    let c = char::decode_utf16([high, half(6)?]).next()?;
    Some((c.ok()?, 12))
}

/// Reads digits, of which there are some.
fn number(digits: &[Unit], base: u32) -> Option<u32> {
    let mut digits = digits.iter().map(|unit| unit.c.to_digit(base));
    let first = digits.next()??;
    digits.try_fold(first, |all, digit| {
        all.checked_mul(base)?.checked_add(digit?)
    })
}
