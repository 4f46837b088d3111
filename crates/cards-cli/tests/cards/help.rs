//! Help, version, completions.

use cards_transport::{Call, Visit, operations, visit};

use super::{cards, run};

const COMMANDS: [&[&str]; 7] = [
    &["demo"],
    &["list"],
    &["sandbox"],
    &["sign"],
    &["verify"],
    &["openapi"],
    &["completions"],
];

/// Every command, those of the operations too.
pub(super) fn commands() -> Vec<Vec<&'static str>> {
    struct IsLogin;

    impl Visit for IsLogin {
        type Output = bool;

        fn visit<C: Call>(self) -> bool {
            C::is_login()
        }
    }

    let called = operations().filter(|operation| visit(operation.name, IsLogin) == Some(false));
    let called = called.map(|operation| {
        let name = operation.name;
        vec![
            operation.provider.as_str(),
            name.strip_prefix("list-").unwrap_or(name),
        ]
    });
    let commands: Vec<_> = COMMANDS
        .iter()
        .map(|words| words.to_vec())
        .chain(called)
        .collect();
    assert!(commands.len() >= 12, "{commands:?}");
    commands
}

#[test]
fn every_command_has_help_with_an_example_that_fits_80_columns() {
    for command in commands() {
        let (code, out, _) = run(cards(&command).arg("--help"));
        assert_eq!(code, 0);
        assert!(out.contains("Example"), "{command:?}");
        assert!(
            out.contains(&format!("  cards {}", command.join(" "))),
            "{command:?}"
        );
        assert!(out.lines().all(|line| line.chars().count() <= 80), "{out}");
        // A line that ends in a backslash goes on, and no other does.
        let examples = out.lines().skip_while(|line| !line.starts_with("Example"));
        let examples = examples.skip(1).take_while(|line| !line.is_empty());
        let mut goes_on = false;
        for line in examples {
            assert!(line.starts_with("  "), "{line}");
            assert_eq!(goes_on, line.starts_with("    "), "{line}");
            goes_on = line.ends_with(['\\', '|']);
        }
        assert!(!goes_on, "{out}");
    }
}

#[test]
fn help_tells_which_variables_there_are_and_not_what_they_hold() {
    for command in commands() {
        let mut command = cards(&command);
        command.env("CARDS_CONFIG", "MARKER");
        let (code, out, _) = run(command.env("CARDS_PROFILE", "MARKER").arg("--help"));
        assert_eq!(code, 0);
        assert!(!out.contains("MARKER"), "{out}");
        // Wherever the lines break.
        let out = out.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(
            out.contains("--profile"),
            out.contains("[env: CARDS_PROFILE]")
        );
    }
}

#[test]
fn no_flag_takes_a_credential() {
    for command in commands() {
        let (_, out, _) = run(cards(&command).arg("--help"));
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
