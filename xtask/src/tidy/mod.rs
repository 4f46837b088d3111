//! `cargo xtask tidy`: the house rules that a compiler does not know.
//!
//! The rules are data, `xtask/tidy.toml`: the layers of each crate, words that a
//! part of the product does not say, lengths, first words of comments. What still
//! breaks a rule is listed there, and each list may only shrink: a line that is
//! no longer needed is a finding too.

mod imports;
mod layers;
mod lengths;
mod messages;
mod rules;
mod sentences;
mod sources;
#[cfg(test)]
mod tests;
mod words;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anstream::println;

use self::rules::Rules;
use self::sources::Sources;

/// The options of `cargo xtask tidy`.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Prints every arrow between the files of the crate with this folder, such
    /// as crates/cards-model/src, instead.
    #[arg(long, value_name = "SRC")]
    arrows: Option<String>,
}

/// The reason why the house could not be looked at.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("{path}: {message}")]
    File { path: String, message: String },
}

/// Something that breaks a rule.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Finding {
    /// The file, and the line where there is one: `path:line`.
    place: String,
    /// Says what is wrong there.
    wrong: String,
    /// Says what a person would do about it.
    cure: String,
}

/// Lists the files of a crate's product code, each with the numbers of its lines but those that
/// only tests are built with.
pub(crate) fn product(root: &Path, name: &str) -> Result<Vec<(String, BTreeSet<usize>)>, Error> {
    let sources = sources::read(root, &format!("crates/{name}/src"))?;
    let lines = |file: sources::File| {
        let lines = file.lines().map(|(number, _)| number).collect();
        (file.path, lines)
    };
    Ok(sources.files.into_iter().map(lines).collect())
}

/// Looks at the house and tells whether it is tidy.
pub(crate) fn run(options: &Options) -> Result<bool, Error> {
    let root = crate::workspace();
    if let Some(src) = &options.arrows {
        print_arrows(&sources::read(&root, src)?);
        return Ok(true);
    }
    let rules = rules::read(&root)?;
    let crates = read(&root, &rules)?;
    let findings = judge(&rules, &operations(), &crates);
    for finding in &findings {
        println!("{}: {}", finding.place, finding.wrong);
        println!("    {}", finding.cure);
    }
    let files: usize = crates.iter().map(|sources| sources.files.len()).sum();
    println!(
        "{} crates, {files} files of product code, {} findings",
        crates.len(),
        findings.len()
    );
    Ok(findings.is_empty())
}

/// Reads the product code of every crate of the rules, in their order.
fn read(root: &Path, rules: &Rules) -> Result<Vec<Sources>, Error> {
    let crates = rules.crates.iter();
    crates.map(|part| sources::read(root, &part.src)).collect()
}

/// Gives the names of all operations.
fn operations() -> Vec<&'static str> {
    cards_transport::operations()
        .map(|operation| operation.name)
        .collect()
}

/// Finds everything that breaks a rule. `operations` are the names of all.
fn judge(rules: &Rules, operations: &[&str], crates: &[Sources]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (part, sources) in rules.crates.iter().zip(crates) {
        findings.extend(layers::judge(part, sources));
    }
    findings.extend(words::judge(&rules.words, crates));
    findings.extend(words::judge_operations(
        &rules.operations,
        operations,
        crates,
    ));
    findings.extend(lengths::judge(&rules.lengths, crates));
    findings.extend(sentences::judge(&rules.sentences, crates));
    findings.extend(messages::judge(crates));
    findings.sort();
    findings
}

fn print_arrows(sources: &Sources) {
    let arrows = imports::arrows(sources);
    for arrow in &arrows {
        let path = |file: usize| &sources.files[file].path;
        let (from, to) = (path(arrow.from), path(arrow.to));
        println!("{from}:{} -> {to} ({})", arrow.line, arrow.path);
    }
    for circle in imports::circles(sources, &arrows) {
        println!("a circle of {}: {}", circle.len(), circle.join(" "));
    }
}

/// Compares what was counted in each place with what the rules know of, both
/// ways: `wrong` and `cure` speak of more, and the list may only shrink.
fn compare(
    list: &str,
    known: &BTreeMap<String, usize>,
    counted: &BTreeMap<String, usize>,
    more: impl Fn(&str, usize, usize) -> Finding,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (place, count) in counted {
        let allowed = known.get(place).copied().unwrap_or(0);
        if *count > allowed {
            findings.push(more(place, *count, allowed));
        }
    }
    for (place, allowed) in known {
        let count = counted.get(place).copied().unwrap_or(0);
        if count < *allowed {
            let cure = match count {
                0 => format!("Take the line of {place} out of `{list}`."),
                count => format!("Write {count} for {place} in `{list}`."),
            };
            findings.push(Finding {
                place: rules::FILE.to_owned(),
                wrong: format!("`{list}` allows {allowed} of {place}, which has {count}"),
                cure,
            });
        }
    }
    findings
}
