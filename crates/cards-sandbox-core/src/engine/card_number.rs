//! Card numbers: which are taken, and that no whole one is kept.

use std::collections::BTreeSet;
use std::ops::Range;

use cards_model::Pan;

/// The fewest digits that a card number has, and the most.
const SHORTEST: usize = 13;
const LONGEST: usize = 19;

/// The digits that every published test card has.
const PUBLISHED: usize = 16;

/// The first six digits of the card numbers that can be registered. Nobody's
/// card belongs in a sandbox, and numbers outside these ranges could be one.
#[rustfmt::skip]
pub const TEST_BINS: &[&str] = &[
    // The document of one provider: 462294XXXXXX3713.
    "462294",
    // Visa, as published for testing by Stripe, PayPal, Cybersource,
    // Braintree, Worldpay and Cashfree: 4242424242424242, 4000000000000002,
    // 4000056655665556, 4111111111111111, 4012888888881881, 4005519200000004,
    // 4009348888881881, 4012000033330026, 4500600000000061, 4444333322221111,
    // 4917610000000000, 4462030000000000, 4706131211212123.
    "424242", "400000", "400005", "411111", "401288", "400551",
    "400934", "401200", "450060", "444433",
    "491761", "446203", "470613",
    // Mastercard, by the same: 5555555555554444, 5105105105105100,
    // 5200828282828210, 2223003122003222, 2223000048400011, 5424000000000015,
    // 5424180279791732, 5454545454545454, 5500000000000004, 5111111111111118,
    // 5409162669381034.
    "555555", "510510", "520082", "222300", "542400",
    "542418", "545454", "550000", "511111",
    "540916",
    // RuPay, by Cashfree: 6074825972083818.
    "607482",
];

/// Tells whether a number is as long as a card's, and begins like a published test card. One that is
/// shorter has no first six and last four that could be kept.
pub fn is_test_card(number: &str) -> bool {
    let number = Pan::new(number);
    number.bin().is_some_and(|bin| TEST_BINS.contains(&bin))
}

/// A text as it is kept: a run of digits as long as a card number keeps its
/// first six and last four, and so does one that is written in groups. A caller
/// who puts the card number into the wrong field must not find it in a file.
pub fn masked(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut done = 0;
    for run in runs(text) {
        for part in run.close().filter(|part| part.len() >= SHORTEST) {
            kept.push_str(&text[done..run.places[part.start].start]);
            kept.push_str(&run.digits[part.start..part.start + 6]);
            kept.push_str("******");
            kept.push_str(&run.digits[part.end - 4..part.end]);
            done = run.places[part.end - 1].end;
        }
    }
    kept.push_str(&text[done..]);
    // Of what stands further apart, only what is a card number by its check digit.
    starred(&kept)
}

/// A text of the same signs in which of every card number the first six digits and
/// the last four are left, and stars in place of the others.
pub fn starred(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut done = 0;
    for run in runs(text) {
        let hidden: BTreeSet<_> = run.hidden().into_iter().collect();
        for place in hidden.into_iter().map(|digit| &run.places[digit]) {
            kept.push_str(&text[done..place.start]);
            kept.push('*');
            done = place.end;
        }
    }
    kept.push_str(&text[done..]);
    kept
}

/// Tells whether a card number stands in a text, in groups or not, whatever digits stand beside it.
pub fn is_in(text: &str) -> bool {
    runs(text).any(|run| {
        let all = 0..run.places.len();
        windows(&all).any(|window| run.is_card(&all, &window))
    })
}

/// Tells whether a text has the form of a UUID, hyphens included. Of its digits some run together as
/// those of a card number do.
pub fn is_uuid(text: &str) -> bool {
    let is_right = |(at, byte): (usize, u8)| match at {
        8 | 13 | 18 | 23 => byte == b'-',
        _ => byte.is_ascii_hexdigit(),
    };
    text.len() == 36 && text.bytes().enumerate().all(is_right)
}

/// Holds the digits of a run.
#[derive(Default)]
struct Digits {
    /// They are of ASCII here, whatever they are in the text.
    digits: String,
    /// The place of each in the text.
    places: Vec<Range<usize>>,
    /// The digits before which more stands than one space or hyphen, in their order.
    apart: Vec<usize>,
}

impl Digits {
    fn push(&mut self, digit: char, place: Range<usize>, is_close: bool) {
        if !is_close && !self.places.is_empty() {
            self.apart.push(self.places.len());
        }
        self.digits.push(digit);
        self.places.push(place);
    }

    /// Lists the parts of the run that have at most one space or hyphen between their digits.
    fn close(&self) -> impl Iterator<Item = Range<usize>> {
        let starts = std::iter::once(0).chain(self.apart.iter().copied());
        let ends = self.apart.iter().copied();
        let ends = ends.chain(std::iter::once(self.places.len()));
        starts.zip(ends).map(|(start, end)| start..end)
    }

    /// Tells whether the groups of a window are those of a card number, where more than a space or a
    /// hyphen stands between any: of four digits at least, but for the last. An address, a date, an
    /// amount and a number of a telephone have shorter ones.
    fn has_long_groups(&self, window: &Range<usize>) -> bool {
        let from = self.apart.partition_point(|digit| *digit <= window.start);
        if self
            .apart
            .get(from)
            .is_none_or(|digit| *digit >= window.end)
        {
            return true;
        }
        let mut start = window.start;
        (window.start + 1..window.end).all(|digit| {
            let is_long = !self.is_border(digit) || digit - start >= SHORTEST_GROUP;
            if self.is_border(digit) {
                start = digit;
            }
            is_long
        })
    }

    /// Finds the digits that stars hide.
    fn hidden(&self) -> Vec<usize> {
        let all = 0..self.places.len();
        let cards: Vec<_> = windows(&all).collect();
        let mut hidden = Vec::new();
        let mut looks = vec![(all, cards)];
        while let Some((part, mut cards)) = looks.pop() {
            cards.retain(|window| self.is_card(&part, window));
            let mut from = part.start;
            let mut left = Vec::new();
            for middle in cards.iter().map(|card| card.start + 6..card.end - 4) {
                left.push(from..middle.start);
                from = from.max(middle.end);
                hidden.extend(middle);
            }
            if !cards.is_empty() {
                left.push(from..part.end);
            }
            // Stars end a part, so that what is at its ends may be a card number now.
            looks.extend(left.into_iter().map(|part| (part.clone(), at_ends(&part))));
        }
        hidden
    }

    /// Tells whether a window of a part is a card number by its check digit: one that begins and ends
    /// where a group does, or a published test card. Of a long number's other windows one in ten has
    /// the right check digit.
    fn is_card(&self, part: &Range<usize>, window: &Range<usize>) -> bool {
        let is_border = |digit| digit == part.start || digit == part.end || self.is_border(digit);
        let number = &self.digits[window.clone()];
        let (payload, check) = number.split_at(number.len() - 1);
        let is_whole =
            is_border(window.start) && is_border(window.end) && self.has_long_groups(window);
        let is_published = || number.len() == PUBLISHED && is_test_card(number);
        (is_whole || is_published()) && check_digit(payload).to_string() == check
    }

    /// Tells whether a group begins with this digit, which is not the first.
    fn is_border(&self, digit: usize) -> bool {
        self.places[digit - 1].end < self.places[digit].start
    }
}

/// Lists what is as long as a card number in a part of a run's digits, by where it begins.
fn windows(part: &Range<usize>) -> impl Iterator<Item = Range<usize>> + use<> {
    let last = part.end;
    part.clone().flat_map(move |start| {
        let ends = (start + SHORTEST..=start + LONGEST).take_while(move |&end| end <= last);
        ends.map(move |end| start..end)
    })
}

/// Lists those of the [`windows`] that begin or end a part: none of the others becomes a card number
/// by the stars around it.
fn at_ends(part: &Range<usize>) -> Vec<Range<usize>> {
    let first = part.start..part.end.min(part.start + LONGEST);
    let begin = windows(&first).filter(|window| window.start == part.start);
    let last = part.end.saturating_sub(LONGEST).max(part.start + 1)..part.end;
    begin
        .chain(windows(&last).filter(|window| window.end == part.end))
        .collect()
}

/// The last digit of the card number that begins with these (ISO/IEC 7812,
/// Luhn's formula).
pub fn check_digit(payload: &str) -> u32 {
    let digits = payload.chars().rev().filter_map(|digit| digit.to_digit(10));
    let sum: u32 = digits
        .zip([2, 1].into_iter().cycle())
        .map(|(digit, weight)| digit * weight / 10 + digit * weight % 10)
        .sum();
    (10 - sum % 10) % 10
}

/// The most signs between two groups of a card number.
const LONGEST_GAP: usize = 3;

/// The fewest digits of a group before which or behind which more stands than a space or a hyphen.
const SHORTEST_GROUP: usize = 4;

/// Finds the digits that stand together in a text, with what stands between groups of them: people
/// write a number with spaces, dashes, dots and the like in it, and in the digits of their script.
fn runs(text: &str) -> impl Iterator<Item = Digits> {
    let mut signs = text.char_indices().peekable();
    std::iter::from_fn(move || {
        let mut run = Digits::default();
        let mut gap = 0..0;
        while let Some(&(at, sign)) = signs.peek() {
            if let Some(digit) = digit(sign) {
                let between = &text[gap.start..gap.end];
                let is_close = matches!(between, "" | " " | "-");
                run.push(digit, at..at + sign.len_utf8(), is_close);
                gap = at + sign.len_utf8()..at + sign.len_utf8();
            } else if !run.places.is_empty() {
                gap.end = at + sign.len_utf8();
                let is_long = text[gap.clone()].chars().nth(LONGEST_GAP).is_some();
                if is_long || !is_between(sign) {
                    return Some(run);
                }
            }
            signs.next();
        }
        (!run.places.is_empty()).then_some(run)
    })
}

/// Gives a decimal digit of one of the scripts that numbers are written in as one of ASCII.
fn digit(sign: char) -> Option<char> {
    /// The zeros of scripts, each followed by the other digits (Unicode, general category Nd).
    const ZEROS: [char; 18] = [
        '\u{660}', '\u{6f0}', '\u{966}', '\u{9e6}', '\u{a66}', '\u{ae6}', '\u{b66}', '\u{be6}',
        '\u{c66}', '\u{ce6}', '\u{d66}', '\u{e50}', '\u{ed0}', '\u{f20}', '\u{1040}', '\u{17e0}',
        '\u{1810}', '\u{ff10}',
    ];
    if sign.is_ascii() {
        return sign.is_ascii_digit().then_some(sign);
    }
    let value = |zero: char| u32::from(sign).checked_sub(u32::from(zero));
    let mut values = ZEROS.into_iter().filter_map(value);
    let value = values.find(|value| *value < 10)?;
    char::from_digit(value, 10)
}

/// Tells whether a sign may stand between two groups of a card number: white space, dashes, dots,
/// slashes, underscores, and what is not seen.
fn is_between(sign: char) -> bool {
    sign.is_whitespace()
        || matches!(
            sign,
            '-' | '\u{ad}' | '\u{2010}'
                ..='\u{2015}' | '\u{2043}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' | '\u{ff0d}'
        )
        || matches!(
            sign,
            '.' | '\u{b7}'
                | '\u{2022}'
                | '\u{2024}'
                | '\u{2027}'
                | '\u{22c5}'
                | '\u{30fb}'
                | '\u{ff0e}'
        )
        || matches!(
            sign,
            '/' | '\\' | '\u{2044}' | '\u{2215}' | '\u{ff0f}' | '_' | '\u{ff3f}'
        )
        || matches!(
            sign,
            '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
                | '\u{2060}'..='\u{2064}' | '\u{feff}' | '\u{fe0e}' | '\u{fe0f}'
        )
}

#[cfg(test)]
mod tests;
