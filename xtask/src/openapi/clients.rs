//! Clients of the documents, generated, and where they are Rust, compiled and run.

use std::fs;
use std::path::{Path, PathBuf};

use cards_sandbox::openapi::Api;

use super::{file_of, output, program};
use crate::conformance::Error;
use crate::install;
use crate::schemathesis::{tool, write};
use crate::workspace;

/// The generators, and what the clients in Python need.
const PACKAGES: [(&str, &str); 7] = [
    ("openapi-python-client", "0.29.1"),
    ("openapi-generator-cli", "7.26.0"),
    ("httpx", "0.28.1"),
    ("ruff", "0.17.6"),
    ("pydantic", "2.14.4"),
    ("python-dateutil", "2.9.0.post0"),
    ("urllib3", "2.5.0"),
];

/// A session with the clients in Rust, and the manifest of its package.
const SESSION: &str = include_str!("session.rs.txt");
const SESSION_MANIFEST: &str = r#"[package]
name = "session"
edition = "2024"

[dependencies]
generated_control = { path = "../control", default-features = false }
generated_ibanera = { path = "../ibanera", default-features = false }
generated_paysafe = { path = "../paysafe", default-features = false }
reqwest = { version = "0.13", default-features = false }
tokio = { version = "1", features = ["macros", "rt"] }
"#;

/// Installs them, and gives the folder of their programs.
pub(super) fn installed(folder: &Path) -> Result<PathBuf, Error> {
    Ok(install::python(folder, &PACKAGES)?)
}

/// Makes a client of each document with openapi-python-client, and tells what it warns of.
pub(super) fn python_client(folder: &Path, programs: &Path) -> Result<Vec<String>, Error> {
    let home = folder.join("python");
    fs::create_dir_all(&home).map_err(|error| tool(&error))?;
    let path = std::env::var("PATH").unwrap_or_default();
    let mut troubles = Vec::new();
    for api in Api::ALL {
        let mut generator = program(programs, "openapi-python-client");
        generator
            .args([
                "generate",
                "--meta",
                "none",
                "--overwrite",
                "--fail-on-warning",
                "--path",
            ])
            .arg(file_of(folder, *api))
            .arg("--output-path")
            .arg(home.join(format!("cards_{api}")))
            // It calls ruff.
            .env("PATH", format!("{}:{path}", programs.display()));
        let (succeeds, said, errors) = output(&mut generator)?;
        if !succeeds {
            troubles.extend([format!("{api}:"), said, errors]);
        }
    }
    Ok(troubles)
}

/// Makes a client of each document with openapi-generator in this language, and tells its errors.
pub(super) fn generated(
    folder: &Path,
    programs: &Path,
    language: &str,
) -> Result<Vec<String>, Error> {
    let home = folder.join(format!("{language}-generated"));
    // All in one go: most of the time of each by itself is its start.
    let mut generator = program(programs, "openapi-generator-cli");
    generator.arg("batch");
    for api in Api::ALL {
        let output = home.join(api.as_str());
        if output.exists() {
            // Files of an older document would stay.
            fs::remove_dir_all(&output).map_err(|error| tool(&error))?;
        }
        let settings = serde_json::json!({
            "generatorName": language,
            "inputSpec": file_of(folder, *api),
            "outputDir": output,
            "additionalProperties": {"packageName": format!("generated_{api}")},
        });
        let file = folder.join(format!("{language}-{api}-settings.json"));
        write(&file, &settings.to_string())?;
        generator.arg(file);
    }
    let (succeeds, said, errors) = output(&mut generator)?;
    let is_missing = |api: &&Api| !home.join(api.as_str()).join("README.md").exists();
    // A client that took too long is not told of otherwise.
    let missing = Api::ALL.iter().filter(is_missing);
    let mut troubles: Vec<_> = missing
        .map(|api| format!("no client of {api} (needs Java 11 or newer)"))
        .collect();
    let is_error = |text: &&String| text.contains(" ERROR ");
    if !troubles.is_empty() || !succeeds || [&said, &errors].iter().any(is_error) {
        troubles.extend([said, errors]);
    }
    Ok(troubles)
}

/// Compiles the clients in Rust and a session with them, as one workspace and without TLS, and
/// tells the errors.
pub(super) fn compile(folder: &Path) -> Result<Vec<String>, Error> {
    let home = folder.join("rust-generated");
    let members: Vec<_> = Api::ALL
        .iter()
        .map(|api| format!("{:?}", api.as_str()))
        .collect();
    let manifest = format!(
        "[workspace]\nresolver = \"3\"\nmembers = [{}, \"session\"]\n",
        members.join(", ")
    );
    write(&home.join("Cargo.toml"), &manifest)?;
    let session = home.join("session");
    fs::create_dir_all(session.join("src")).map_err(|error| tool(&error))?;
    write(&session.join("Cargo.toml"), SESSION_MANIFEST)?;
    write(&session.join("src/main.rs"), SESSION)?;
    let lock = home.join("Cargo.lock");
    if !lock.exists() {
        // What is locked here need not be looked up.
        fs::copy(workspace().join("Cargo.lock"), &lock).map_err(|error| tool(&error))?;
    }
    cargo(&home, &["build", "--workspace", "--no-default-features"])
}

/// Runs the session at a sandbox, and tells its errors.
pub(super) fn session(folder: &Path, url: &str) -> Result<Vec<String>, Error> {
    let home = folder.join("rust-generated");
    cargo(&home, &["run", "--package", "session", "--", url])
}

/// Runs cargo in the workspace of the clients, and tells its errors.
fn cargo(home: &Path, arguments: &[&str]) -> Result<Vec<String>, Error> {
    let mut cargo = crate::cargo();
    cargo
        .current_dir(home)
        .arg("--quiet")
        .args(arguments)
        // Nobody reads warnings about code that nobody wrote.
        .env("RUSTFLAGS", "-Awarnings")
        .env("CARGO_PROFILE_DEV_DEBUG", "none");
    let (succeeds, said, errors) = output(&mut cargo)?;
    Ok(match succeeds {
        true => Vec::new(),
        false => vec![said, errors],
    })
}
