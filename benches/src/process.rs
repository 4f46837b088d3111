//! Runs a program under a tool that counts what it does.

use std::io::{self, Write};
use std::process::{Command, Output, Stdio};

/// Runs a program to its end with `input` as its standard input, and gives what it said on its
/// standard error; what it prints is dropped.
///
/// # Errors
///
/// It cannot be started.
pub fn fed(command: &mut Command, input: &str) -> io::Result<Output> {
    command.stdin(Stdio::piped()).stdout(Stdio::null());
    let mut child = command.stderr(Stdio::piped()).spawn()?;
    if let Some(mut stdin) = child.stdin.take() {
        // A program that failed at its start says so in what it gives.
        drop(stdin.write_all(input.as_bytes()));
    }
    child.wait_with_output()
}
