//! `--otp` and `--otp-reuse`.

use std::fs;

use conformance::server::{RawServer, Reaction};

use super::{CALL, ONE_CUSTOMER, call_at, codes};
use crate::outcomes::BACKENDS;
use crate::run;

fn taking_all() -> RawServer {
    RawServer::playing([Reaction::json("200 OK", ONE_CUSTOMER)]).unwrap()
}

#[test]
fn a_code_of_ones_own_goes_out_in_place_of_a_made_one() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("code");
    fs::write(&file, "714104\n").unwrap();
    let at_file = format!("@{}", file.display());
    for backend in BACKENDS {
        let server = taking_all();
        let given = |code: &str| {
            let mut command = call_at(&server, CALL);
            command.args(["--backend", backend, "--otp", code]);
            // The flag wins.
            command.env("CARDS_IBANERA_OTP", "000000");
            command
        };
        for code in ["714101", "7141022", "71410333", &at_file] {
            assert_eq!(run(&mut given(code)).0, 0, "{code}");
        }
        assert_eq!(run(given("@-").write_stdin("714105\r\n")).0, 0);
        assert_eq!(
            codes(&server),
            ["714101", "7141022", "71410333", "714104", "714105"]
        );
        // The code itself is shown to nobody.
        for flag in [["--dry-run", "--timeout=9"], ["--output=json", "--dry-run"]] {
            let (code, out, err) = run(given("714106").args(flag));
            assert_eq!(code, 0, "{err}");
            assert!(
                out.contains("\notp: [redacted]\n") || out.contains("\"otp\": \"[redacted]\""),
                "{out}"
            );
            assert!(!format!("{out}{err}").contains("714106"), "{out}{err}");
        }
        assert_eq!(server.received().len(), 5);
    }
}

#[test]
fn a_code_that_is_refused_is_about_the_credentials_and_the_next_one_is_wanted() {
    let unauthorized = Reaction::json("401 Unauthorized", "");
    for backend in BACKENDS {
        let server = RawServer::playing([unauthorized.clone()]).unwrap();
        let mut command = call_at(&server, CALL);
        command
            .env("CARDS_IBANERA_USERNAME", "fake-user")
            .env("CARDS_IBANERA_PASSWORD", "fake-password")
            .args(["--otp=714101", "--output=json", "--backend", backend]);
        let (code, _, err) = run(&mut command);
        assert_eq!(code, 4, "{err}");
        for part in ["give the next one", r#""outcome":"refused""#] {
            assert!(err.contains(part), "{err}");
        }
        // The token may be the reason: a login tells.
        assert_eq!(codes(&server), ["714101"; 2]);
    }
}

#[test]
fn what_cannot_be_a_code_is_not_sent_and_not_shown() {
    let server = taking_all();
    let long = "7141".repeat(5);
    for (digits, wrong, says) in [
        ("", "71417", "--otp: a one-time code has 6 to 8 digits"),
        ("", "714171417", "--otp: a one-time code has 6 to 8 digits"),
        ("", "7141x7", "--otp: a one-time code has 6 to 8 digits"),
        ("", "7141 7", "--otp: a one-time code has 6 to 8 digits"),
        ("", "", "--otp: a one-time code has 6 to 8 digits"),
        ("", "٧١٤١", "--otp: a one-time code has 6 to 8 digits"),
        ("", &long, "--otp: a one-time code has 6 to 8 digits"),
        (
            "",
            "@/nonexistent/71417",
            "--otp: cannot read the file after @",
        ),
        (
            "8",
            "714171",
            "--otp: a one-time code has 8 digits (CARDS_IBANERA_TOTP_DIGITS)",
        ),
    ] {
        for output in ["--output=table", "--output=json"] {
            for rest in [&[][..], &["--dry-run"]] {
                let mut command = call_at(&server, CALL);
                command.env("CARDS_IBANERA_TOTP_DIGITS", digits);
                command.args(["--otp", wrong, output]).args(rest);
                let (code, out, err) = run(&mut command);
                assert_eq!((code, &*out), (2, ""), "{wrong}: {err}");
                assert!(err.contains(says), "{wrong}: {err}");
                assert!(wrong.is_empty() || !err.contains(wrong), "{err}");
                assert!(!err.contains("71417"), "{err}");
            }
        }
    }
    assert_eq!(server.received().len(), 0);
}

#[test]
fn the_ways_to_reuse_codes_are_three() {
    let server = taking_all();
    for way in ["learn", "allowed", "never"] {
        let mut command = call_at(&server, CALL);
        // The flag wins over what would be refused.
        command.env("CARDS_IBANERA_OTP_REUSE", "7141");
        let (code, _, err) = run(command.args(["--otp-reuse", way]));
        assert_eq!(code, 0, "{way}: {err}");
    }
    let (code, _, err) = run(call_at(&server, CALL).arg("--otp-reuse=7141"));
    assert_eq!(code, 2);
    assert!(
        err.contains("[possible values: learn, allowed, never]"),
        "{err}"
    );
    assert!(!err.contains("7141"), "{err}");
    assert_eq!(server.received().len(), 3);
}
