//! The forms of a text: as it came, and with the escapes taken off that a server writes a value
//! with in a page, in JSON, in an address or in a log.

use super::characters::harmless;

/// The most times that escapes are taken off a text.
const ROUNDS: usize = 5;

/// The length of the longest escape of a page: `&#x0010ffff;`.
const ENTITY: usize = 12;

/// A character of a text, and the bytes that stand for it.
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
        let unit = |(start, c): (usize, char)| {
            let end = start + c.len_utf8();
            Unit { c, start, end }
        };
        let units = text.char_indices().map(unit).collect();
        let cut = is_cut.then_some(text.len());
        Self { units, cut }.without_half_escape()
    }

    /// Lists the forms of a text, and tells whether they are all: a text may be escaped more
    /// often than anybody would read.
    pub(super) fn all(text: &str, is_cut: bool) -> (Vec<Self>, bool) {
        let mut forms = Vec::with_capacity(1);
        let mut last = Self::plain(text, is_cut);
        for _ in 0..ROUNDS {
            let Some(next) = last.unescaped() else {
                forms.push(last);
                return (forms, true);
            };
            forms.push(std::mem::replace(&mut last, next));
        }
        let is_all = last.unescaped().is_none();
        forms.push(last);
        (forms, is_all)
    }

    /// The form with the escapes taken off once. `None`: there are none.
    fn unescaped(&self) -> Option<Self> {
        let mut units = Vec::with_capacity(self.units.len());
        let mut at = 0;
        while let Some(unit) = self.units.get(at) {
            let (c, count) = escape(&self.units[at..]).unwrap_or((unit.c, 1));
            let end = self.units[at + count - 1].end;
            units.push(Unit {
                c: harmless(c),
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
    /// ellipsis.
    pub(super) fn is_cut_off(&self, at: usize) -> bool {
        let rest = self.units.get(at..).unwrap_or_default();
        let rest = &rest[half_escape(rest)..];
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
        _ => None,
    }
}

/// Counts the characters of the beginning of an escape that a text begins with.
fn half_escape(rest: &[Unit]) -> usize {
    let is_part: fn(char) -> bool = match rest.first().map(|unit| unit.c) {
        Some('&') => |c| c == '#' || c.is_ascii_alphanumeric(),
        Some('%') => |c| c.is_ascii_hexdigit() || matches!(c, 'u' | 'U'),
        Some('\\') => |c| c == '{' || c.is_ascii_hexdigit() || matches!(c, 'u' | 'U' | 'x' | 'X'),
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
    let count = match first {
        0xc2..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf4 => 4,
        _ => 1,
    };
    let all: Option<Vec<u8>> = (0..count).map(byte).collect();
    let text = all.and_then(|bytes| String::from_utf8(bytes).ok());
    let read = text.and_then(|text| Some((text.chars().next()?, count * length)));
    Some(read.unwrap_or((char::from(first), length)))
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
