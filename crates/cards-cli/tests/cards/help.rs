//! Help, version, completions.

use super::{cards, run};

const COMMANDS: [&[&str]; 12] = [
    &["demo"],
    &["sandbox"],
    &["airpay", "register-user"],
    &["airpay", "update-customer"],
    &["airpay", "customer-preference"],
    &["paysafe", "prepaid-cards"],
    &["ibanera", "customer-cards"],
    &["ibanera", "cards-by-customer"],
    &["sign"],
    &["verify"],
    &["openapi"],
    &["completions"],
];

#[test]
fn every_command_has_help_with_an_example_that_fits_80_columns() {
    for command in COMMANDS {
        let (code, out, _) = run(cards(command).arg("--help"));
        assert_eq!(code, 0);
        assert!(out.contains("Example"), "{command:?}");
        assert!(
            out.contains(&format!("  cards {}", command.join(" "))),
            "{command:?}"
        );
        assert!(out.lines().all(|line| line.chars().count() <= 80), "{out}");
    }
}

#[test]
fn help_tells_which_variables_there_are_and_not_what_they_hold() {
    for command in COMMANDS {
        let mut command = cards(command);
        command.env("CARDS_CONFIG", "MARKER");
        let (code, out, _) = run(command.env("CARDS_PROFILE", "MARKER").arg("--help"));
        assert_eq!(code, 0);
        assert!(!out.contains("MARKER"), "{out}");
        assert_eq!(
            out.contains("--profile"),
            out.contains("[env: CARDS_PROFILE]")
        );
    }
}

#[test]
fn no_flag_takes_a_credential() {
    for command in COMMANDS {
        let (_, out, _) = run(cards(command).arg("--help"));
        for credential in [
            "secret",
            "token",
            "affiliate",
            "processor",
            "client",
            "totp",
            "username",
        ] {
            assert!(
                !out.contains(&format!("--{credential}")),
                "{command:?} {credential}"
            );
        }
    }
}

#[test]
fn version_and_nothing_at_all() {
    let (code, out, _) = run(&mut cards(&["--version"]));
    assert_eq!(
        (code, &*out),
        (0, concat!("cards ", env!("CARGO_PKG_VERSION"), "\n"))
    );
    let (code, out, err) = run(&mut cards(&[]));
    assert_eq!((code, &*out), (2, ""));
    assert!(err.contains("Usage: cards"));
}

#[test]
fn a_completion_script_for_each_shell() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let (code, out, err) = run(&mut cards(&["completions", shell]));
        assert_eq!((code, &*err), (0, ""));
        assert!(
            out.contains("prepaid-cards") && out.contains("customer-preference"),
            "{shell}"
        );
    }
    assert_eq!(run(&mut cards(&["completions", "tcsh"])).0, 2);
}

#[test]
fn a_closed_pipe_is_no_failure() {
    let cards = env!("CARGO_BIN_EXE_cards");
    let mut child = std::process::Command::new(cards)
        .args(["completions", "zsh"])
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), &*output.stderr), (Some(0), &b""[..]));
}
