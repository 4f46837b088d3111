//! The README's sessions of the program print what it shows, and its
//! dependency line is one that works.

use std::path::Path;

use toml::Table;

use super::{cards_at, run, sandbox};

/// The root of the workspace.
const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

#[test]
fn sessions_print_what_is_shown() {
    trycmd::TestCases::new()
        .default_bin_path(env!("CARGO_BIN_EXE_cards"))
        .register_bin("cards", Path::new(env!("CARGO_BIN_EXE_cards")))
        .env("HOME", "/nonexistent")
        .env("CARDS_CONFIG", "")
        .env("CARDS_PROFILE", "")
        .case(format!("{ROOT}/README.md"));
}

#[test]
fn the_dependency_line_names_a_crate_its_version_and_its_features() {
    let readme = std::fs::read_to_string(format!("{ROOT}/README.md")).unwrap();
    let (_, rest) = readme.split_once("```toml\n").unwrap();
    let (line, _) = rest.split_once("```").unwrap();
    let table: Table = line.parse().unwrap();
    assert_eq!(table.len(), 1);
    for (name, dependency) in &table {
        let path = dependency["path"].as_str().unwrap();
        // The clone is beside the project.
        let path = path.strip_prefix("../cards/").unwrap();
        let manifest = std::fs::read_to_string(format!("{ROOT}/{path}/Cargo.toml")).unwrap();
        let manifest: Table = manifest.parse().unwrap();
        assert_eq!(manifest["package"]["name"].as_str(), Some(&**name));
        let version = format!("{}.", dependency["version"].as_str().unwrap());
        assert!(env!("CARGO_PKG_VERSION").starts_with(&version), "{version}");
        for feature in dependency["features"].as_array().unwrap() {
            let features = manifest["features"].as_table().unwrap();
            assert!(
                features.contains_key(feature.as_str().unwrap()),
                "{feature}"
            );
        }
    }
}

/// The commands that are to be typed beside a running sandbox work as they stand there.
#[test]
fn commands_beside_a_sandbox_work() {
    let readme = std::fs::read_to_string(format!("{ROOT}/README.md")).unwrap();
    let lines = readme.lines();
    let commands = lines.filter_map(|line| line.strip_prefix("cargo run -p cards-cli -- "));
    // The demo has a sandbox of its own, and a test of its own.
    let commands: Vec<Vec<_>> = commands
        .filter(|line| *line != "demo")
        .map(|line| line.split_whitespace().collect())
        .collect();
    assert_eq!(commands.len(), 2, "{commands:?}");
    let sandbox = sandbox();
    for args in commands {
        let (code, out, err) = run(&mut cards_at(&sandbox, &args));
        assert_eq!(code, 0, "{args:?}: {err}");
        assert!(out.lines().count() > 2, "{out}");
    }
}
