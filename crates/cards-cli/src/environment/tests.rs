use std::fs;
use std::path::{Path, PathBuf};

use super::*;

/// The source files of the program, and their text.
fn sources(folder: &Path, all: &mut Vec<(PathBuf, String)>) {
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        match path.is_dir() {
            true => sources(&path, all),
            false => all.push((path.clone(), fs::read_to_string(&path).unwrap())),
        }
    }
}

/// The words of a text that look like names of this program's variables.
fn names(text: &str) -> impl Iterator<Item = &str> {
    let is_part = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
    text.split(move |c| !is_part(c))
        .filter(|word| word.starts_with("CARDS_") && word.len() > 8 && !word.ends_with('_'))
}

#[test]
fn no_source_reads_or_names_a_variable_that_the_table_lacks() {
    let mut all = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut all);
    assert!(all.len() > 30);
    let topic = topic();
    let mut seen = 0;
    for (path, text) in all {
        let is_here = path.ends_with("environment.rs");
        for reading in [
            "env::var(",
            "env::var_os(",
            "env::vars",
            "env = \"",
            "from_default_env",
        ] {
            let is_test = path.ends_with("environment/tests.rs");
            let found = text.contains(reading);
            assert!(
                is_here || is_test || !found,
                "{path:?} reads past the table: {reading}"
            );
        }
        for name in names(&text) {
            // The beginnings of a provider's names.
            let is_beginning = variables().any(|it| it.name.starts_with(&format!("{name}_")));
            assert!(is_known(name) || is_beginning, "{path:?}: {name}");
            assert!(topic.contains(name), "{name}");
            seen += 1;
        }
    }
    assert!(seen > 50, "{seen}");
}

#[test]
fn the_topic_fits_a_terminal() {
    let topic = topic();
    assert!(
        topic.lines().all(|line| line.chars().count() <= 80),
        "{topic}"
    );
    for variable in variables() {
        let line = format!("\n  {} ", variable.name);
        assert!(topic.contains(&line), "{}", variable.name);
        let file = format!("\n  {}_FILE ", variable.name);
        assert_eq!(topic.contains(&file), variable.kind == Secret);
    }
}
