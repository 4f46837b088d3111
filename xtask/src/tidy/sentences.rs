//! Comments that open with a riddle: words that leave open what the item is.

use std::collections::BTreeMap;

use super::rules::Sentences;
use super::sources::Sources;
use super::{Finding, compare};

/// Judges the first line of every doc comment.
pub(super) fn judge(rules: &Sentences, crates: &[Sources]) -> Vec<Finding> {
    let mut counted = BTreeMap::new();
    let mut first = BTreeMap::new();
    for file in crates.iter().flat_map(|sources| &sources.files) {
        let mut is_opening = true;
        for (line, text) in file.text.lines().enumerate() {
            let sentence = text
                .trim_start()
                .strip_prefix("///")
                .or_else(|| text.trim_start().strip_prefix("//!"));
            let Some(sentence) = sentence else {
                is_opening = true;
                continue;
            };
            let sentence = sentence.trim_start();
            let riddle = rules.riddles.iter().find(|riddle| {
                sentence
                    .strip_prefix(riddle.as_str())
                    .is_some_and(|rest| rest.starts_with(' '))
            });
            if let Some(riddle) = riddle.filter(|_| is_opening) {
                *counted.entry(file.path.clone()).or_default() += 1;
                first.entry(file.path.clone()).or_insert((line + 1, riddle));
            }
            is_opening = false;
        }
    }
    compare(
        "sentences.known",
        &rules.known,
        &counted,
        |path, count, allowed| {
            let (line, riddle) = first.get(path).copied().unwrap_or((0, &rules.riddles[0]));
            Finding {
                place: format!("{path}:{line}"),
                wrong: format!(
                    "a doc comment opens with `{riddle}` ({count} such, {allowed} known)"
                ),
                cure: "Begin with what the item is or does: a name and a verb.".to_owned(),
            }
        },
    )
}
