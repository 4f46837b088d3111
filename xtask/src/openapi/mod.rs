//! `cargo xtask openapi`: what other people's programs make of the OpenAPI documents.
//!
//! Two linters read them, two generators make clients of them, in Python and in Rust; a session of
//! each kind has to come through at a sandbox. All of these programs are installed below `target/`,
//! in pinned versions.

mod clients;
mod lint;

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anstream::println;
use cards_sandbox::Sandbox;
use cards_sandbox::openapi::{Api, document};

use crate::conformance::Error;
use crate::schemathesis::{accepted, never_accepted, tool, write};
use crate::workspace;

const SESSION: &str = include_str!("session.py");

/// Runs them all, and tells whether all holds.
pub(crate) fn run() -> Result<bool, Error> {
    let folder = workspace().join("target/openapi");
    let mut all_hold = true;
    let linters = lint::installed(&folder)?;
    let programs = clients::installed(&folder)?;
    for api in Api::ALL {
        write(&file_of(&folder, *api), &document(*api))?;
    }
    let mut step = |name: &str, work: &dyn Fn() -> Result<Vec<String>, Error>| {
        let started = Instant::now();
        let troubles = work()?;
        let verdict = if troubles.is_empty() {
            "holds"
        } else {
            "DOES NOT HOLD"
        };
        println!(
            "{name}: {verdict} ({:.1} s)",
            started.elapsed().as_secs_f64()
        );
        for trouble in &troubles {
            println!("{trouble}");
        }
        all_hold &= troubles.is_empty();
        Ok::<_, Error>(())
    };
    step("Spectral", &|| lint::spectral(&folder, &linters))?;
    step("Redocly", &|| lint::redocly(&folder, &linters))?;
    step("openapi-python-client", &|| {
        clients::python_client(&folder, &programs)
    })?;
    step("openapi-generator, python", &|| {
        clients::generated(&folder, &programs, "python")
    })?;
    step("openapi-generator, rust", &|| {
        clients::generated(&folder, &programs, "rust")
    })?;
    step("the Rust clients compile", &|| clients::compile(&folder))?;
    step("a session of the Rust clients", &|| rust_session(&folder))?;
    step("a session of the Python clients", &|| {
        session(&folder, &programs)
    })?;
    Ok(all_hold)
}

/// The file of a document below the folder.
fn file_of(folder: &Path, api: Api) -> PathBuf {
    folder.join(format!("{api}.json"))
}

/// Runs a program to its end: whether it succeeded, and all that it printed, its errors last.
fn output(command: &mut Command) -> Result<(bool, String, String), Error> {
    let shown = command.get_program().to_string_lossy().into_owned();
    let output = command.output();
    let output = output.map_err(|error| Error::Tool(format!("{shown}: {error}")))?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ok((
        output.status.success(),
        text(&output.stdout),
        text(&output.stderr),
    ))
}

/// A program of one of the folders that programs were installed into.
fn program(programs: &Path, name: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(programs.join(name.as_ref()));
    command.env("NO_COLOR", "1");
    command
}

/// The folders in which Python finds the clients of both generators.
fn python_path(folder: &Path) -> Result<OsString, Error> {
    let generated = Api::ALL
        .iter()
        .map(|api| folder.join("python-generated").join(api.as_str()));
    let all = generated.chain([folder.join("python")]);
    std::env::join_paths(all).map_err(|error| tool(&error))
}

/// Gets tokens and reads lists through the generated clients in Rust; the journal has to tell of
/// each call that it was accepted.
fn rust_session(folder: &Path) -> Result<Vec<String>, Error> {
    let sandbox = Sandbox::builder().start_blocking();
    let sandbox = sandbox.map_err(|error| tool(&error))?;
    let mut troubles = clients::session(folder, &sandbox.url())?;
    let accepted = accepted(&sandbox);
    let wanted = [
        "issue-access-token",
        "list-prepaid-cards",
        "login",
        "list-customer-cards",
    ];
    let never = wanted.iter().filter(|id| !accepted.contains(**id));
    troubles.extend(never.map(|id| format!("no call was accepted of {id}")));
    Ok(troubles)
}

/// Calls every operation of the providers through the generated clients; the journal has to tell
/// of each that it was accepted.
fn session(folder: &Path, programs: &Path) -> Result<Vec<String>, Error> {
    let sandbox = Sandbox::builder().start_blocking();
    let sandbox = sandbox.map_err(|error| tool(&error))?;
    let file = folder.join("session.py");
    write(&file, SESSION)?;
    let mut python = program(programs, "python");
    python
        .arg(&file)
        .arg(sandbox.url())
        .env("PYTHONPATH", python_path(folder)?)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        // The sandbox is on this machine, whatever proxy the environment names.
        .env("NO_PROXY", "*")
        .env("no_proxy", "*");
    let (succeeds, said, errors) = output(&mut python)?;
    if !succeeds {
        return Ok(vec![said, errors]);
    }
    println!("{}", said.trim_end());
    let accepted = accepted(&sandbox);
    let mut troubles = Vec::new();
    for api in Api::ALL.iter().filter(|api| **api != Api::Control) {
        let never = never_accepted(&document(*api), &accepted)?;
        troubles.extend(
            never
                .iter()
                .map(|id| format!("no call was accepted of {id}")),
        );
    }
    Ok(troubles)
}
