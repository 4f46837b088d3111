//! Limits what a complaint may repeat of what was typed. A value may be a card
//! number or a password, even where a name belongs: a blank or a flag was
//! forgotten.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

pub(crate) use cards_paste::option_name;

/// Stands for what is not repeated.
pub(crate) const A_VALUE: &str = "[a value]";

/// An unknown name where it can be one of the `known` names misspelt, in
/// backquotes; [`A_VALUE`] for everything else.
pub(crate) fn near_name<'a>(given: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    match known.into_iter().any(|known| is_near(given, known)) {
        true => format!("`{given}`"),
        false => A_VALUE.to_owned(),
    }
}

/// A name that somebody chose, such as a file's or a profile's, unless it can
/// be a card number in the wrong place.
pub(crate) fn chosen_name(name: &str) -> &str {
    let digits = name.bytes().filter(u8::is_ascii_digit).count();
    if digits < 13 { name } else { A_VALUE }
}

/// The thing that may stand where the path of a file belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Instead {
    /// The content of the file, written out.
    Content,
    /// The secret of the file, in the wrong variable.
    Secret,
    /// A value that begins with an `@`.
    Value,
}

/// The path of a file, in one line.
pub(crate) fn path(path: &Path) -> String {
    path_of(path, Instead::Content).unwrap_or_else(|| A_VALUE.to_owned())
}

/// The path of a file, in one line. `None` where it may be something else: it is
/// no path of what is there, nor looks like one.
pub(crate) fn path_of(path: &Path, instead: Instead) -> Option<String> {
    let is_there = path.exists();
    if !is_there && !looks_like_a_path(path, instead) {
        return None;
    }
    let mut shown = PathBuf::new();
    for part in path.iter() {
        let text = part.to_string_lossy();
        // A folder's name may hold a date and a time.
        let is_name = match is_there {
            true => longest_number(&text) < 13,
            false => chosen_name(&text) == text,
        };
        shown.push(if is_name { part } else { OsStr::new(A_VALUE) });
    }
    let shown = shown.display().to_string();
    Some(shown.replace(['\n', '\t'], "\u{fffd}"))
}

fn looks_like_a_path(path: &Path, instead: Instead) -> bool {
    let folder = path.parent().filter(|it| it.parent().is_some());
    let is_in_a_folder = folder.is_some_and(Path::is_dir);
    let is_relative = || path.starts_with(".") || path.starts_with("..");
    let is_written_as_one = || path.is_absolute() || is_relative();
    match instead {
        Instead::Value => folder.is_some_and(Path::exists),
        // One secret in base64 of 64 begins with a slash.
        Instead::Secret => is_in_a_folder || is_below_a_folder(path) || is_relative(),
        Instead::Content => is_in_a_folder || is_written_as_one() || looks_like_a_name(path),
    }
}

/// Tells whether it begins with a folder that is there, other than the root: `/run/secrets/...` where there is
/// `/run`.
fn is_below_a_folder(path: &Path) -> bool {
    let folders = path.ancestors().skip(1);
    let below_root = |folder: &&Path| folder.parent().is_some_and(|it| it.parent().is_none());
    path.is_absolute() && folders.filter(below_root).any(Path::is_dir)
}

/// Tells whether it is a file's name with an ending, in folders or not.
fn looks_like_a_name(path: &Path) -> bool {
    let is_plain = |c: char| c.is_alphanumeric() || "-_./\\".contains(c);
    let ending = path.extension().and_then(OsStr::to_str).unwrap_or_default();
    let is_ending = (1..=5).contains(&ending.len()) && ending.chars().all(char::is_alphanumeric);
    is_ending && path.to_str().is_some_and(|text| text.chars().all(is_plain))
}

fn longest_number(text: &str) -> usize {
    let numbers = text.split(|c: char| !c.is_ascii_digit());
    numbers.map(str::len).max().unwrap_or_default()
}

/// Tells whether one is the other with a few letters more, less or wrong. Case and dashes do not
/// count; a digit or anything else makes it a value.
pub(crate) fn is_near(given: &str, known: &str) -> bool {
    let is_taken = |c: char| c.is_ascii_alphabetic() || c == '-' || c == '_';
    if given.len() > 40 || !given.chars().all(is_taken) {
        return false;
    }
    let letters = |name: &str| {
        let letters = name.bytes().filter(u8::is_ascii_alphabetic);
        letters.map(|b| b.to_ascii_lowercase()).collect::<Vec<_>>()
    };
    let (given, known) = (letters(given), letters(known));
    let is_part = given.len() > 3 && known.windows(given.len()).any(|part| part == given);
    is_part || distance(&given, &known) <= known.len() / 4
}

/// Counts the letters that have to be put in, taken out or changed.
fn distance(one: &[u8], other: &[u8]) -> usize {
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (index, letter) in one.iter().enumerate() {
        let mut corner = row[0];
        row[0] = index + 1;
        for (at, against) in other.iter().enumerate() {
            let changed = corner + usize::from(letter != against);
            corner = row[at + 1];
            row[at + 1] = changed.min(corner + 1).min(row[at] + 1);
        }
    }
    row[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_in_place_of_a_path_is_not_repeated() {
        let shown = |text: &str| path_of(Path::new(text), Instead::Secret);
        for secret in ["/k3y+abc==", "/a/b+c9==", "k3y+abc==", "a/b+c9", "//k3y"] {
            assert_eq!(shown(secret), None, "{secret}");
        }
        let folder = std::env::temp_dir();
        for name in ["cards-none", "cards-none/airpay"] {
            let path = folder.join(name);
            assert_eq!(
                path_of(&path, Instead::Secret),
                Some(path.display().to_string())
            );
        }
        assert!(shown("./none").is_some());
    }

    #[test]
    fn a_name_that_is_near_and_no_value() {
        let known = ["entity_id", "status", "customerId", "airpay_token", "otp"];
        for (given, shown) in [
            ("entity", true),
            ("entityId", true),
            ("Entity-ID", true),
            ("entiti_id", true),
            ("stats", true),
            ("customer_id", true),
            ("airpay_tokn", true),
            ("token", true),
            ("4622940000003713", false),
            ("status1", false),
            ("Secretpassword", false),
            ("Menon", false),
            ("x", false),
            ("", false),
            ("asha@demo.example", false),
            ("\u{1b}status", false),
        ] {
            let expected = if shown {
                format!("`{given}`")
            } else {
                A_VALUE.to_owned()
            };
            assert_eq!(near_name(given, known), expected, "{given}");
        }
        assert_eq!(chosen_name("cards.toml"), "cards.toml");
        assert_eq!(chosen_name("4622940000003713"), A_VALUE);
    }

    #[test]
    fn the_distance_of_two_words() {
        for (one, other, distance) in [
            ("", "", 0),
            ("", "abc", 3),
            ("kitten", "sitting", 3),
            ("status", "status", 0),
            ("ab", "ba", 2),
        ] {
            assert_eq!(super::distance(one.as_bytes(), other.as_bytes()), distance);
            assert_eq!(super::distance(other.as_bytes(), one.as_bytes()), distance);
        }
    }
}
