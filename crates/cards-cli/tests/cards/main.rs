//! The program as people run it: arguments and environment in; standard
//! output, standard error and an exit code out.

#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod amounts;
mod bad_files;
mod calls;
mod canary;
mod capabilities;
mod checksum;
mod config;
mod created_cards;
mod demo;
mod dockerfile;
mod dry_run;
mod files;
mod help;
mod ibanera_cards;
mod input;
mod list;
mod list_ends;
mod listed;
mod log_filter;
mod man;
mod nobody_reads;
mod odd_pages;
mod one_time_codes;
mod openapi;
mod outcomes;
mod proxies;
mod readme;
mod sandbox;
mod setting_words;
mod settings;
mod shapes;
mod terminal;
mod told;
mod uploads;
mod wire;

use std::process::Output;

use assert_cmd::Command;
use cards_sandbox::{Running, Sandbox};

/// The program with an environment of its own: no settings, no home, and a
/// place for the replies that it keeps.
fn cards(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cards"));
    command
        .env_clear()
        .env("HOME", "/nonexistent")
        .env("XDG_STATE_HOME", env!("CARGO_TARGET_TMPDIR"))
        .args(args);
    command
}

/// Runs a command for its exit code, standard output and standard error.
fn run(command: &mut Command) -> (i32, String, String) {
    let Output {
        status,
        stdout,
        stderr,
    } = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    let stderr = without_numbers(&text(stderr));
    (status.code().unwrap(), text(stdout), stderr)
}

/// The numbers of the system's errors differ from system to system.
fn without_numbers(text: &str) -> String {
    let mut parts = text.split(" (os error ");
    let mut without = parts.next().unwrap().to_owned();
    for part in parts {
        without.push_str(part.split_once(')').unwrap().1);
    }
    without
}

/// The program with the settings for a sandbox.
fn cards_at(sandbox: &Running, args: &[&str]) -> Command {
    let mut command = cards(args);
    command.envs(sandbox.env());
    command
}

fn sandbox() -> Running {
    Sandbox::start_blocking().unwrap()
}

/// A registration with a marker in every sensitive field that takes one.
fn registration() -> serde_json::Value {
    serde_json::json!({
        "mobile_no": "9000007141", "kit_no": "KIT0001", "card_type": "V",
        "card_no": "4622940000003713", "card_expiry": "12/40", "first_name": "Markerone",
        "last_name": "Markertwo", "title": "Ms", "gender": "F", "dob": "1990-01-31",
        "email": "marker@demo.example", "address": "7141 Markerroad", "city": "Markercity",
        "state": "Markerstate", "pincode": "714171", "doc_type": "PASSPORT",
        "doc_number": "MARKER7141", "doc_expiry": "2040-12-31",
        "doc_country_issue": "India", "otp": "1234", "password": "Marker@7141",
    })
}

/// Values of [`registration`] that nothing may print, and of the sandbox's
/// credentials.
const SECRETS: [&str; 16] = [
    "9000007141",
    "4622940000003713",
    "000000371",
    "Marker",
    "marker@",
    "MARKER",
    "714171",
    "1990-01-31",
    "sandbox-secret-key",
    "sandbox-token",
    "sandboxaff",
    "sandbox-processor-key",
    "sandbox-paysafe-token",
    "sandbox-client-secret",
    "sandbox-ibanera-token",
    "GEZDGNBV",
];

fn assert_no_secret(text: &str) {
    for secret in SECRETS {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
}
