//! `cargo xtask api`: the public API of every library that is published, line by line,
//! beside what was agreed on, `xtask/api/NAME.txt`; and the crates whose types it names,
//! beside those that it may, `xtask/api.toml`.

mod compiler;
mod listing;
mod rules;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anstream::{eprintln, println};

use self::compiler::Compiler;
use self::listing::Line;
use crate::packages;

/// The options of `cargo xtask api`.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Writes the listings down instead of comparing them.
    #[arg(long)]
    update: bool,
}

/// The reason why the API could not be looked at.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("{path}: {message}")]
    File { path: String, message: String },
    #[error(transparent)]
    Packages(#[from] packages::Error),
    #[error("{0}")]
    Compiler(String),
}

impl Error {
    fn file(path: &Path, error: &dyn std::fmt::Display) -> Self {
        Self::File {
            path: path.display().to_string(),
            message: error.to_string(),
        }
    }
}

/// Lists, compares or writes, and tells whether all is as agreed.
pub(crate) fn run(options: &Options) -> Result<bool, Error> {
    let root = crate::workspace();
    let rules = rules::read(&root)?;
    let packages = packages::read(&root)?;
    let libraries: Vec<&str> = packages
        .iter()
        .filter(|package| package.is_published_library())
        .map(|package| &*package.name)
        .collect();
    let documents = Compiler::find()?.documents(&root)?;
    let kept = root.join("xtask/api");

    let mut found = rules.of_others(&libraries);
    found.extend(strays(&kept, &libraries)?);
    for library in libraries {
        let file = documents.join(format!("{}.json", library.replace('-', "_")));
        let lines = listing::read(&file)?;
        found.extend(rules.judge(library, &lines));
        let kept = kept.join(format!("{library}.txt"));
        if options.update {
            write(&kept, &lines)?;
            println!("{library}: {} lines", lines.len());
        } else {
            let changed = compare(&kept, &lines)?;
            println!(
                "{library}: {} lines, {} changed",
                lines.len(),
                changed.len()
            );
            found.extend(changed.iter().map(|line| format!("{library}: {line}")));
            if !changed.is_empty() {
                found.push(format!(
                    "{library}: read what changed. A line that is gone or reads otherwise breaks callers: \
                     CHANGELOG.md says what that does to the version. Then: cargo xtask api --update"
                ));
            }
        }
    }
    for trouble in &found {
        eprintln!("{trouble}");
    }
    Ok(found.is_empty())
}

/// Finds listings of libraries that are no more.
fn strays(kept: &Path, libraries: &[&str]) -> Result<Vec<String>, Error> {
    if !kept.is_dir() {
        return Ok(Vec::new());
    }
    let entries = fs::read_dir(kept).map_err(|error| Error::file(kept, &error))?;
    let mut paths: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .collect();
    paths.sort();
    let is_stray = |path: &&PathBuf| {
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        !libraries.contains(&&*name)
    };
    let told = |path: &PathBuf| format!("{}: of no published library; remove it", path.display());
    Ok(paths.iter().filter(is_stray).map(told).collect())
}

fn write(path: &Path, lines: &[Line]) -> Result<(), Error> {
    let folder = path.parent().unwrap_or(path);
    let text: String = lines
        .iter()
        .map(|line| format!("{}\n", line.text))
        .collect();
    fs::create_dir_all(folder)
        .and_then(|()| fs::write(path, text))
        .map_err(|error| Error::file(path, &error))
}

/// Tells the lines that are gone (`-`) and those that have come (`+`).
fn compare(path: &Path, lines: &[Line]) -> Result<Vec<String>, Error> {
    let text = match fs::read_to_string(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
        read => read.map_err(|error| Error::file(path, &error))?,
    };
    let now = lines.iter().map(|line| &*line.text);
    Ok(differences(
        &text.lines().collect::<Vec<_>>(),
        &now.collect::<Vec<_>>(),
    ))
}

/// Tells what one list has that the other has not, in their orders.
fn differences(before: &[&str], now: &[&str]) -> Vec<String> {
    let only = |these: &[&str], others: &[&str], mark: char| {
        let others: BTreeSet<&str> = others.iter().copied().collect();
        let only = these.iter().filter(|line| !others.contains(*line));
        only.map(|line| format!("{mark} {line}"))
            .collect::<Vec<_>>()
    };
    let mut changed = [only(before, now, '-'), only(now, before, '+')].concat();
    if changed.is_empty() && before != now {
        changed.push("the same lines stand in another order".to_owned());
    }
    changed
}
