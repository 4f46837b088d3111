//! Holds `SECURITY.md` to what is there: each promise names tests and chores, and none of them
//! may be gone.

use std::fs;
use std::path::Path;

use clap::CommandFactory;

/// Lists what a column of promises names in backticks.
fn named(text: &str) -> Vec<&str> {
    let rows = text.lines().filter(|line| line.starts_with('|'));
    let held_by = rows.filter_map(|row| row.split('|').nth(2));
    held_by
        .flat_map(|cell| cell.split('`').skip(1).step_by(2))
        .collect()
}

/// All sources of the workspace, tests included.
fn sources(folder: &Path, text: &mut String) {
    let entries = fs::read_dir(folder).unwrap();
    for path in entries.map(|entry| entry.unwrap().path()) {
        if path.is_dir() {
            sources(&path, text);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            text.push_str(&fs::read_to_string(path).unwrap());
        }
    }
}

/// Finds the names that are neither a test, nor a chore, nor a file.
fn missing<'a>(text: &'a str, sources: &str) -> Vec<&'a str> {
    let root = crate::workspace();
    let command = crate::Xtask::command();
    let is_there = |name: &&str| match name.strip_prefix("cargo xtask ") {
        Some(chore) => command.get_subcommands().any(|it| it.get_name() == chore),
        None if name.contains('.') => root.join(name).is_file(),
        None => {
            let is_function = |line: &str| {
                let rest = line.split_once(&format!("fn {name}"));
                let is_name = rest.is_some_and(|(_, rest)| rest.starts_with(['(', '<']));
                is_name && !line.trim_start().starts_with("//")
            };
            sources.lines().any(is_function)
        }
    };
    let words = ["subtle", "unsafe_code = \"forbid\""];
    let names = named(text).into_iter().filter(|name| !words.contains(name));
    names.filter(|name| !is_there(name)).collect()
}

#[test]
fn every_promise_names_tests_and_chores_that_are_there() {
    let root = crate::workspace();
    let mut text = String::new();
    for folder in ["crates", "conformance", "fuzz"] {
        sources(&root.join(folder), &mut text);
    }
    let security = fs::read_to_string(root.join("SECURITY.md")).unwrap();
    assert!(named(&security).len() > 30, "{:?}", named(&security));
    assert_eq!(missing(&security, &text), Vec::<&str>::new());
    // A test that does not run holds nothing; one alone is run by another.
    let ignored = text
        .lines()
        .filter(|line| line.trim_start().starts_with("#[ignore"));
    let ignored: Vec<_> = ignored
        .filter(|line| !line.contains("started by the test"))
        .collect();
    assert_eq!(ignored, [""; 0]);
    let gone = "| a | `own_hosts_and_others`, `no_such_test`, `cargo xtask none`, `none.toml`, \
                `cargo xtask tidy`, `deny.toml` |";
    assert_eq!(
        missing(gone, &text),
        ["no_such_test", "cargo xtask none", "none.toml"]
    );
}
