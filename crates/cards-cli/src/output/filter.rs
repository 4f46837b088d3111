//! The filter of the log: what `RUST_LOG` asks for or, without it, `-v`.

use tracing_subscriber::EnvFilter;

use crate::environment;
use crate::repeat::{chosen_name, is_near};

/// The levels of `RUST_LOG`.
const LEVELS: [&str; 6] = ["off", "error", "warn", "info", "debug", "trace"];

/// The levels of other programs, by which this one has none.
const FOREIGN: [&str; 8] = [
    "warning", "verbose", "all", "none", "fatal", "notice", "quiet", "silent",
];

/// The filter, and what has to be told of `RUST_LOG`, where that does not do what
/// it was set for.
pub(super) fn asked(otherwise: &str) -> (EnvFilter, Option<String>) {
    let without = |why: String| {
        let log = environment::LOG;
        let told = format!("{log} is passed over: {why}");
        (EnvFilter::new(otherwise), Some(told))
    };
    match environment::text(environment::LOG) {
        Ok(None) => (EnvFilter::new(otherwise), None),
        Ok(Some(text)) => match read(&text) {
            Ok(filter) => (filter, misread(&text)),
            Err(directive) => without(format!(
                "`{}` is no level, such as debug, and no TARGET=LEVEL, such as \
                 cards_transport=debug",
                chosen_name(directive)
            )),
        },
        Err(_) => without("it is not UTF-8 text".to_owned()),
    }
}

/// Reads a filter. An error is the first part of it that cannot be read.
fn read(text: &str) -> Result<EnvFilter, &str> {
    let is_wrong = |part: &&str| EnvFilter::try_new(part).is_err();
    let filter = EnvFilter::try_new(text);
    filter.map_err(|_| text.split(',').find(is_wrong).unwrap_or(text))
}

/// Tells of a part that is read as the name of a crate, and was meant as a level.
fn misread(text: &str) -> Option<String> {
    let part = text
        .split(',')
        .find(|part| is_almost_a_level(part.trim()))?;
    let (log, levels) = (environment::LOG, LEVELS.join(", "));
    let part = chosen_name(part);
    Some(format!(
        "{log}: `{part}` is no level, and is taken for the name of a crate; the levels are {levels}"
    ))
}

fn is_almost_a_level(part: &str) -> bool {
    let letters = |word: &str| {
        let mut letters = word.to_ascii_lowercase().into_bytes();
        letters.sort_unstable();
        letters
    };
    let is = |word: &str| part.eq_ignore_ascii_case(word);
    let almost = |level: &str| is_near(part, level) || letters(part) == letters(level);
    !LEVELS.into_iter().any(is) && (FOREIGN.into_iter().any(is) || LEVELS.into_iter().any(almost))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_that_are_written_wrong_are_told_from_crates() {
        for level in [
            "debgu", "dbug", "Warning", "verbose", "tracee", "inof", "erro",
        ] {
            assert!(misread(&format!("hyper=info,{level}")).is_some(), "{level}");
        }
        for right in [
            "debug",
            "WARN",
            "Off",
            "3",
            "hyper",
            "h2",
            "want",
            "ureq",
            "rustls",
            "axum",
            "mio",
            "cards",
            "tokio",
            "tower",
            "cards_transport=debug",
            "[call]=trace",
            "",
        ] {
            assert_eq!(misread(right), None);
            assert!(read(right).is_ok(), "{right}");
        }
    }

    #[test]
    fn the_part_that_cannot_be_read_is_named() {
        for (text, wrong) in [
            ("info,cards=loud,debug", "cards=loud"),
            ("=", "="),
            ("hyper=info,a=b=c", "a=b=c"),
        ] {
            assert_eq!(read(text).err(), Some(wrong));
        }
    }
}
