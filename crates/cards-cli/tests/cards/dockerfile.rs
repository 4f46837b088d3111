//! The sandbox's Dockerfile, held to the program that it packs: no test builds
//! the image.

use std::path::{Path, PathBuf};

use super::sandbox::Serving;
use super::{cards, run};

/// The root of the repository, from which the image is built.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn dockerfile() -> String {
    std::fs::read_to_string(root().join("crates/cards-sandbox/Dockerfile")).unwrap()
}

/// Lists what follows each instruction of this name.
fn all(name: &str) -> Vec<String> {
    let text = dockerfile().replace("\\\n", " ");
    let lines = text.lines().filter_map(|line| line.strip_prefix(name));
    let rests = lines.filter(|rest| rest.starts_with(' '));
    rests.map(|rest| rest.trim().to_owned()).collect()
}

/// The same of the only one.
fn the(name: &str) -> String {
    let mut all = all(name);
    assert_eq!(all.len(), 1, "{name}");
    all.remove(0)
}

/// The words of a command, which JSON has one by one, with `from` replaced.
fn words(json: &str, from: &str, to: &str) -> Vec<String> {
    let words: Vec<String> = serde_json::from_str(json).unwrap();
    assert!(words.iter().any(|word| word.contains(from)), "{json}");
    words.iter().map(|word| word.replace(from, to)).collect()
}

/// The sandbox as the image starts it, but on a free port.
fn start(command: &[String]) -> (Serving, String) {
    let port = format!(":{}", the("EXPOSE"));
    let entry = words(&the("ENTRYPOINT"), &port, ":0");
    assert_eq!(entry[..2], ["cards", "sandbox"]);
    Serving::start_at(&[&entry[2..], command].concat())
}

#[test]
fn its_commands_are_the_programs_own() {
    let folder = tempfile::tempdir().unwrap();
    let volume = folder.path().to_str().unwrap();
    let (serving, url) = start(&words(&the("CMD"), &the("VOLUME"), volume));
    assert_ne!(std::fs::read_dir(folder.path()).unwrap().count(), 0);

    let health = the("HEALTHCHECK");
    let (_, health) = health.split_once("CMD ").unwrap();
    let address = format!("http://127.0.0.1:{}", the("EXPOSE"));
    let ask = |url: &str| {
        let health = words(health, &address, url);
        assert_eq!(health[0], "cards");
        run(cards(&[]).args(&health[1..])).0
    };
    assert_eq!(ask(&url), 0);
    assert_eq!(ask("http://127.0.0.1:1"), 1);
    #[cfg(unix)]
    serving.end(&the("STOPSIGNAL").replace("SIG", "-"));
}

#[test]
fn the_examples_in_its_comments_start_it() {
    let text = dockerfile();
    let examples = text
        .lines()
        .filter(|line| line.starts_with("#   docker run"));
    let mut given = 0;
    for example in examples {
        let (_, command) = example.split_once(" cards-sandbox").unwrap();
        let command: Vec<_> = command.split_whitespace().map(str::to_owned).collect();
        if !command.is_empty() {
            given += 1;
            start(&command);
        }
    }
    assert_ne!(given, 0);
}

#[test]
fn what_it_copies_is_there() {
    let program = format!("{}/target/release/cards", the("WORKDIR"));
    assert_eq!(
        all("COPY"),
        [
            ". .",
            &format!("--from=build {program} /usr/local/bin/cards")
        ]
    );
    let build = format!(
        "cargo build --locked --release -p {}",
        env!("CARGO_PKG_NAME")
    );
    assert!(all("RUN").contains(&build));

    // The build sees only the paths that `.dockerignore` excepts.
    let ignored = std::fs::read_to_string(root().join(".dockerignore")).unwrap();
    let excepted: Vec<_> = ignored
        .lines()
        .filter_map(|line| line.strip_prefix('!'))
        .collect();
    for path in &excepted {
        assert!(root().join(path).exists(), "{path}");
    }
    let manifest = std::fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let manifest: toml::Table = manifest.parse().unwrap();
    let members = manifest["workspace"]["members"].as_array().unwrap();
    let members = members
        .iter()
        .map(|member| member.as_str().unwrap().trim_end_matches("/*"));
    for needed in members.chain(["Cargo.lock", "Cargo.toml"]) {
        let is_below = |path: &&str| Path::new(needed).starts_with(path);
        assert!(excepted.iter().any(is_below), "{needed}");
    }
}

#[test]
fn its_compiler_is_no_older_than_the_supported_one() {
    let version = |text: &str| -> Option<(u32, u32)> {
        let mut parts = text.split(['.', '-']);
        Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
    };
    let bases = all("FROM");
    let rust: Vec<_> = bases
        .iter()
        .filter_map(|base| base.strip_prefix("rust:"))
        .collect();
    assert_eq!(rust.len(), 1, "{bases:?}");
    let supported = version(env!("CARGO_PKG_RUST_VERSION"));
    assert!(
        supported.is_some() && version(rust[0]) >= supported,
        "{bases:?}"
    );
}
