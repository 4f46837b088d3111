//! The exit status that every chore promises, of the program as it is run.
//!
//! `.ci/run` calls the program that is built for this.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use std::process::{Command, Output};

fn xtask(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_xtask"))
        .args(arguments)
        .output()
        .unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn a_chore_that_is_done_ends_with_zero() {
    let output = xtask(&["--help"]);
    assert_eq!(output.status.code(), Some(0));
    assert!(output.stderr.is_empty(), "{}", said(&output));
}

#[test]
fn a_chore_that_could_not_be_done_ends_with_one_and_says_why() {
    let output = xtask(&["quotes", "no-such-folder"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output).starts_with("error: "), "{}", said(&output));
    assert!(
        said(&output).contains("no-such-folder"),
        "{}",
        said(&output)
    );
}

#[test]
fn wrong_arguments_end_with_two() {
    for arguments in [&["no-such-chore"][..], &["bench", "--rounds", "0"], &[]] {
        let output = xtask(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(!output.stderr.is_empty(), "{arguments:?}");
    }
}
