//! Files and functions that are too long to be read at once.

use std::collections::BTreeMap;

use super::rules::Lengths;
use super::sources::Sources;
use super::{Finding, compare};

/// Judges all files and functions.
pub(super) fn judge(rules: &Lengths, crates: &[Sources]) -> Vec<Finding> {
    let mut files = BTreeMap::new();
    let mut functions = BTreeMap::new();
    let mut places = BTreeMap::new();
    for file in crates.iter().flat_map(|sources| &sources.files) {
        let lines = file.text.lines().count();
        if lines > rules.file {
            files.insert(file.path.clone(), lines);
        }
        for function in &file.functions {
            if function.lines > rules.function && !file.is_test(function.line) {
                let key = format!("{} {}", file.path, function.name);
                places.insert(key.clone(), format!("{}:{}", file.path, function.line));
                functions.insert(key, function.lines);
            }
        }
    }
    let long_file = |path: &str, lines: usize, allowed: usize| Finding {
        place: path.to_owned(),
        wrong: format!(
            "has {lines} lines; {} are the most{}",
            rules.file,
            known(allowed)
        ),
        cure: "Split it by what it is about; tests go to a file of their own.".to_owned(),
    };
    let long_function = |key: &str, lines: usize, allowed: usize| Finding {
        place: places.get(key).cloned().unwrap_or_default(),
        wrong: format!(
            "`{}` has {lines} lines; {} are the most{}",
            key.rsplit(' ').next().unwrap_or(key),
            rules.function,
            known(allowed)
        ),
        cure: "Give each of its steps a function with a name.".to_owned(),
    };
    let mut findings = compare("lengths.known_files", &rules.known_files, &files, long_file);
    findings.extend(compare(
        "lengths.known_functions",
        &rules.known_functions,
        &functions,
        long_function,
    ));
    findings
}

fn known(allowed: usize) -> String {
    match allowed {
        0 => String::new(),
        allowed => format!(", {allowed} here"),
    }
}
