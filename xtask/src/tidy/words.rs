//! Words that a part of the product does not say: the names of providers in
//! what knows none, and the names of operations outside their own files.

use std::collections::BTreeMap;

use super::rules::{Operations, Words};
use super::sources::Sources;
use super::{Finding, compare};

/// Judges every group of words.
pub(super) fn judge(groups: &[Words], crates: &[Sources]) -> Vec<Finding> {
    groups
        .iter()
        .flat_map(|group| judge_group(group, crates))
        .collect()
}

fn judge_group(group: &Words, crates: &[Sources]) -> Vec<Finding> {
    let mut counted = BTreeMap::new();
    let mut first = BTreeMap::new();
    for file in crates.iter().flat_map(|sources| &sources.files) {
        let is_below = |part: &String| file.path.starts_with(part);
        if !group.within.iter().any(is_below) || group.except.iter().any(is_below) {
            continue;
        }
        for (line, text) in file.lines() {
            let text = text.to_lowercase();
            let Some(word) = group.words.iter().find(|word| text.contains(*word)) else {
                continue;
            };
            *counted.entry(file.path.clone()).or_default() += 1;
            first.entry(file.path.clone()).or_insert((line, word));
        }
    }
    compare(
        "words.known",
        &group.known,
        &counted,
        |path, count, allowed| {
            let (line, word) = first.get(path).copied().unwrap_or((0, &group.words[0]));
            Finding {
            place: format!("{path}:{line}"),
            wrong: format!("says `{word}` ({count} such lines, {allowed} known): {}", group.because),
            cure: "Ask for it through the trait that each of them implements, or move it to where \
                   they live."
                .to_owned(),
        }
        },
    )
}

/// Judges where texts name an operation: its own file, which has its name, the
/// list, and files that have a row for each.
pub(super) fn judge_operations(
    rules: &Operations,
    operations: &[&str],
    crates: &[Sources],
) -> Vec<Finding> {
    let mut counted = BTreeMap::new();
    let mut first = BTreeMap::new();
    for file in crates.iter().flat_map(|sources| &sources.files) {
        if file.path == rules.list || rules.rows.contains(&file.path) {
            continue;
        }
        for literal in &file.literals {
            if file.is_test(literal.line) {
                continue;
            }
            let own = file.module.iter().map(|part| part.replace('_', "-"));
            let own: Vec<_> = own.collect();
            let named = operations
                .iter()
                .find(|name| says(&literal.text, name) && !own.iter().any(|own| own == *name));
            if let Some(name) = named {
                *counted.entry(file.path.clone()).or_default() += 1;
                first
                    .entry(file.path.clone())
                    .or_insert((literal.line, *name));
            }
        }
    }
    compare(
        "operations.known",
        &rules.known,
        &counted,
        |path, count, allowed| {
            let (line, name) = first.get(path).copied().unwrap_or((0, ""));
            Finding {
                place: format!("{path}:{line}"),
                wrong: format!(
                    "names the operation `{name}` ({count} such texts, {allowed} known)"
                ),
                cure: format!(
                    "Take the name from the list, {}, or move the code to the operation's own file.",
                    rules.list
                ),
            }
        },
    )
}

/// Tells whether a text says a name as a word of its own.
fn says(text: &str, name: &str) -> bool {
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '/');
    text.match_indices(name).any(|(at, _)| {
        !text[..at].ends_with(is_part) && !text[at + name.len()..].starts_with(is_part)
    })
}
