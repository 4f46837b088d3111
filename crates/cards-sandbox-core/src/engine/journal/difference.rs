//! Tells how a name that came differs from a documented one, without a letter of what came.

mod synonyms;

use schemars::JsonSchema;
use serde::Serialize;

use self::synonyms::are_synonyms;

/// A way in which a name that came differs from a documented one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum Difference {
    /// Letter case: `City` for `city`.
    Case,
    /// White space or invisible characters around it.
    Space,
    /// Quotes around it.
    Quotes,
    /// Brackets behind it: `status[]`, `city[0]`.
    Brackets,
    /// The characters that join its words: `entityId` or `entity-id` for `entity_id`.
    Separators,
    /// The objects around it: `customer[city]` or `customer.city` for `city`.
    Nesting,
    /// A word more or less: `customer_email` for `email`.
    Words,
    /// Another word for the same: `state` for `status`.
    Synonym,
    /// A letter or two: `adress` for `address`.
    Spelling,
    /// The part of the request: a body's field in the query.
    Part,
}

impl Difference {
    /// Names it as a sentence has it after "differs by".
    pub const fn description(self) -> &'static str {
        match self {
            Self::Case => "letter case",
            Self::Space => "white space around it",
            Self::Quotes => "quotes around it",
            Self::Brackets => "brackets behind it",
            Self::Separators => "how its words are joined",
            Self::Nesting => "the objects around it",
            Self::Words => "a word more or less",
            Self::Synonym => "another word for the same",
            Self::Spelling => "its spelling",
            Self::Part => "the part of the request that it is in",
        }
    }
}

/// Longer names are nobody's slip.
const LONGEST: usize = 96;

/// Finds the documented name that a name comes nearest to, and how they differ; `None` where none
/// is near. No letter of the name that came is in the answer.
pub(crate) fn nearest<'a>(
    given: &str,
    documented: impl IntoIterator<Item = &'a str>,
) -> Option<(&'a str, Vec<Difference>)> {
    if given.len() > LONGEST {
        return None;
    }
    let documented = documented.into_iter();
    let near = documented.filter_map(|name| Some((name, differences(given, name)?)));
    near.min_by_key(|(name, all)| (rank(all), spelled_apart(given, name)))
}

/// The likelihood that a name is meant: by the worst of its differences, then by their number.
fn rank(differences: &[Difference]) -> (Option<Difference>, usize) {
    (differences.iter().max().copied(), differences.len())
}

fn spelled_apart(given: &str, documented: &str) -> usize {
    strsim::osa_distance(&plain(given), &plain(documented))
}

/// Lists how a name differs from a documented one; `None` where it is not near, and an empty list
/// where it is that one.
fn differences(given: &str, documented: &str) -> Option<Vec<Difference>> {
    let mut found = Vec::new();
    let name = without(given, &mut found, Difference::Space, is_space);
    let name = without(name, &mut found, Difference::Quotes, is_quote);
    let name = without(name, &mut found, Difference::Space, is_space);
    let each = readings(name, documented);
    let each = each.into_iter().filter_map(|(name, documented, how)| {
        let mut all = found.clone();
        all.extend(how);
        all.extend(words_apart(name, documented)?);
        all.sort_unstable();
        all.dedup();
        Some(all)
    });
    each.min_by_key(|all| rank(all))
}

/// A part of a name, the part of a documented one to compare it to, and how they differ so far.
type Reading<'a> = (&'a str, &'a str, Vec<Difference>);

/// The ways to read a name: as it is, without brackets, and without the objects around it.
fn readings<'a>(name: &'a str, documented: &'a str) -> Vec<Reading<'a>> {
    use Difference::{Brackets, Nesting};

    let key = documented.rsplit('.').next().unwrap_or(documented);
    let mut readings = vec![(name, documented, Vec::new())];
    if let Some((head, tail)) = name.split_once(BRACKETS) {
        readings.push((head, documented, vec![Brackets]));
        let inner = tail.trim_end_matches([']', ')', '}']);
        let inner = inner.rsplit(BRACKETS).next().unwrap_or(inner);
        readings.push((inner, key, vec![Nesting]));
    }
    let leaf = name.rsplit(['.', '/', ':']).next().unwrap_or(name);
    if leaf != name || key != documented {
        readings.push((leaf, key, vec![Nesting]));
        if let Some((head, _)) = leaf.split_once(BRACKETS) {
            readings.push((head, key, vec![Brackets, Nesting]));
        }
    }
    readings
}

const BRACKETS: [char; 3] = ['[', '(', '{'];

/// A name without such characters around it, and that it had some.
fn without<'a>(
    name: &'a str,
    found: &mut Vec<Difference>,
    difference: Difference,
    is_such: fn(char) -> bool,
) -> &'a str {
    let inner = name.trim_matches(is_such);
    if inner != name {
        found.push(difference);
    }
    inner
}

/// White space, and what shows as none: control characters, a byte order mark, zero-width ones.
fn is_space(char: char) -> bool {
    char.is_whitespace()
        || char.is_control()
        || matches!(
            char,
            '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{ad}'
        )
}

const fn is_quote(char: char) -> bool {
    matches!(char, '"' | '\'' | '`' | '\u{2018}'..='\u{201f}')
}

/// Finds how a bare name differs from a documented one. `Some(None)`: not at all.
fn words_apart(name: &str, documented: &str) -> Option<Option<Difference>> {
    if name == documented {
        return Some(None);
    }
    let (one, other) = (plain(name), plain(documented));
    if one.is_empty() || other.is_empty() {
        return None;
    }
    if name.to_lowercase() == documented.to_lowercase() {
        return Some(Some(Difference::Case));
    }
    if one == other {
        return Some(Some(Difference::Separators));
    }
    if are_synonyms(&one, &other) {
        return Some(Some(Difference::Synonym));
    }
    if has_a_word_more(name, documented) || has_a_word_more(documented, name) {
        return Some(Some(Difference::Words));
    }
    let allowed = match other.len() {
        0..=2 => 0,
        3..=5 => 1,
        _ => 2,
    };
    // The distance is at least that of the lengths.
    let is_near =
        one.len().abs_diff(other.len()) <= allowed && strsim::osa_distance(&one, &other) <= allowed;
    is_near.then_some(Some(Difference::Spelling))
}

/// Tells whether all words of the second name are the first or the last ones of the first.
fn has_a_word_more(longer: &str, shorter: &str) -> bool {
    let (longer, shorter) = (words(longer), words(shorter));
    // A word of two letters, such as `id`, says too little.
    let says_something = shorter.iter().map(String::len).sum::<usize>() > 2;
    says_something
        && longer.len() > shorter.len()
        && (longer.starts_with(&shorter) || longer.ends_with(&shorter))
}

/// The words of a name in small letters: parted by what is no letter or digit, and by capitals.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut was_small = false;
    for char in name.chars() {
        let is_start = char.is_uppercase() && was_small;
        if is_start || !char.is_alphanumeric() {
            words.push(String::new());
        }
        if char.is_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            word.extend(char.to_lowercase());
        }
        was_small = char.is_lowercase() || char.is_numeric();
    }
    words.retain(|word| !word.is_empty());
    words
}

/// The letters and digits of a name, small.
fn plain(name: &str) -> String {
    let letters = name.chars().filter(|char| char.is_alphanumeric());
    letters.flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests;
