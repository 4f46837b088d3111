//! Finds texts in which signs stand in the place of some characters: `82**`, `ThiXXXX`.

use std::ops::Range;

use super::characters::is_space;
use super::escapes::Unit;

/// A text with a mask in it.
pub(super) struct Masked<'a> {
    /// The whole of it, as a range of the text that was read.
    pub(super) whole: Range<usize>,
    /// The characters before its first mask.
    pub(super) before: &'a [Unit],
    /// The characters behind its last mask.
    pub(super) behind: &'a [Unit],
}

/// The most parts of a value, with signs between them, that are looked at on one side of its mask.
const PARTS: usize = 4;

/// Lists the texts with masks. Signs around one, as behind a field's name, are none of it; but a value
/// may have signs, and so each is listed with as many parts before it, and behind it, too.
pub(super) fn all(units: &[Unit]) -> impl Iterator<Item = Masked<'_>> {
    runs(units).flat_map(move |(all, mask)| {
        let starts =
            std::iter::successors(Some(all.start), move |start| part_before(units, *start));
        let ends = std::iter::successors(Some(all.end), move |end| part_behind(units, *end));
        let (start, end) = (all.start, all.end);
        let first = Masked::of(units, all, mask.clone());
        let of_mask = mask.clone();
        let longer = starts.skip(1).take(PARTS).map(move |start| Masked {
            behind: &[],
            ..Masked::of(units, start..end, of_mask.clone())
        });
        let further = ends.skip(1).take(PARTS).map(move |end| Masked {
            before: &[],
            ..Masked::of(units, start..end, mask.clone())
        });
        std::iter::once(first).chain(longer).chain(further)
    })
}

/// The beginning of the part before this place, behind which signs stand and no blank.
fn part_before(units: &[Unit], end: usize) -> Option<usize> {
    let before = units[..end].iter().rev();
    let is_sign = |unit: &&Unit| !is_of_value(unit.c) && !is_space(unit.c);
    let signs = before.clone().take_while(is_sign).count();
    let part = before
        .skip(signs)
        .take_while(|unit| is_of_value(unit.c))
        .count();
    (part > 0).then(|| end - signs - part)
}

/// The end of the part behind this place, before which signs stand and no blank.
fn part_behind(units: &[Unit], start: usize) -> Option<usize> {
    let behind = units[start..].iter();
    let is_sign = |unit: &&Unit| !is_of_value(unit.c) && !is_space(unit.c);
    let signs = behind.clone().take_while(is_sign).count();
    let part = behind
        .skip(signs)
        .take_while(|unit| is_of_value(unit.c))
        .count();
    (part > 0).then(|| start + signs + part)
}

/// Lists the runs of masks, letters and digits that have a mask, each with where its first mask begins
/// and its last one ends.
fn runs(units: &[Unit]) -> impl Iterator<Item = (Range<usize>, Range<usize>)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        while at < units.len() {
            let start = at;
            let mut masked: Option<Range<usize>> = None;
            while at < units.len() {
                match mask(&units[at..]) {
                    0 if is_of_value(units[at].c) => at += 1,
                    0 => break,
                    length => {
                        let first = masked.map_or(at, |masked| masked.start);
                        masked = Some(first..at + length);
                        at += length;
                    }
                }
            }
            let end = at;
            // The sign that ends it.
            at += 1;
            if let Some(masked) = masked {
                return Some((start..end, masked));
            }
        }
        None
    })
}

impl<'a> Masked<'a> {
    fn of(units: &'a [Unit], mut all: Range<usize>, mask: Range<usize>) -> Self {
        // A full stop behind a sentence, or the points of a list.
        let is_edge = |unit: &Unit| !unit.c.is_alphanumeric();
        let (before, behind) = (&units[all.start..mask.start], &units[mask.end..all.end]);
        all.start += before.iter().take_while(|unit| is_edge(unit)).count();
        all.end -= behind.iter().rev().take_while(|unit| is_edge(unit)).count();
        Self {
            whole: units[all.start].start..units[all.end - 1].end,
            before: &units[all.start..mask.start],
            behind: &units[mask.end..all.end],
        }
    }
}

/// Tells whether a character can stand in a value that a mask is in, beside signs that end it.
fn is_of_value(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '@' | '.')
}

/// Counts the signs of a mask that begins here; 0 where none does. Of a sign that is written for
/// other things too there have to be two: `C#`, `e-mail`.
fn mask(units: &[Unit]) -> usize {
    let same = |c: char| {
        let is_same = |unit: &&Unit| unit.c.eq_ignore_ascii_case(&c);
        units.iter().take_while(is_same).count()
    };
    let Some(Unit { c, .. }) = units.first() else {
        return 0;
    };
    match *c {
        '*' | '\u{2022}' | '\u{25cf}' => same(*c),
        'x' | 'X' | '#' | '-' | '_' | '~' | '+' | '^' | '%' | '$' | '?' => {
            Some(same(*c)).filter(|count| *count > 1).unwrap_or(0)
        }
        c if !c.is_ascii() && !c.is_alphanumeric() && !is_space(c) => {
            Some(same(c)).filter(|count| *count > 1).unwrap_or(0)
        }
        _ => 0,
    }
}
