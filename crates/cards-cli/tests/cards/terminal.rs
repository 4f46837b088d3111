//! Text that comes from a server or from a file cannot command the terminal
//! that shows it, through a pipe neither; data pass whole where there is no terminal.

#![cfg(unix)]

use std::fs::OpenOptions;
use std::io::{self, Read};
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::process::{Command, Stdio};
use std::thread::{self, JoinHandle};

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};

use conformance::server::RawServer;

use super::outcomes::{CHANGE, READ, always, json_reply};

/// A terminal of so many columns, and all that it is given to show once its last user is gone.
fn terminal(columns: u16) -> (Stdio, JoinHandle<String>) {
    let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&master).unwrap();
    unlockpt(&master).unwrap();
    let size = Winsize {
        ws_row: 50,
        ws_col: columns,
        ws_xpixel: 0,
        ws_ypixel: 0,
    };
    tcsetwinsize(&master, size).unwrap();
    let name = ptsname(&master, Vec::new()).unwrap();
    let path = std::ffi::OsStr::from_bytes(name.as_bytes());
    let slave = OpenOptions::new()
        .read(true)
        .write(true)
        .open(path)
        .unwrap();
    let shown = thread::spawn(move || all(master));
    (slave.into(), shown)
}

fn all(master: OwnedFd) -> String {
    let mut master = std::fs::File::from(master);
    let mut shown = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        match master.read(&mut buffer) {
            Ok(0) => break,
            Ok(read) => shown.extend_from_slice(&buffer[..read]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            // Nobody has it open any more.
            Err(_) => break,
        }
    }
    String::from_utf8(shown).unwrap()
}

/// The program with the settings for a call, which `assert_cmd` would not let
/// write to a terminal.
fn program(url: &str, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cards"));
    command
        .env_clear()
        .env("TERM", "xterm-256color")
        .env("XDG_STATE_HOME", env!("CARGO_TARGET_TMPDIR"))
        .env("CARDS_AIRPAY_TOKEN", "t")
        .env("CARDS_AIRPAY_SECRET_KEY", "s")
        .env("CARDS_PAYSAFE_TOKEN", "t")
        .args(args)
        .args(["--base-url", url])
        .stdin(Stdio::null());
    command
}

/// Standard output and standard error as a terminal shows them.
fn on_a_terminal(url: &str, args: &[&str]) -> (String, String) {
    shown(program(url, args))
}

/// The same of any command.
fn shown(command: Command) -> (String, String) {
    shown_on(200, command)
}

fn shown_on(columns: u16, mut command: Command) -> (String, String) {
    let (stdout, out) = terminal(columns);
    let (stderr, err) = terminal(columns);
    command.stdout(stdout).stderr(stderr);
    command.status().unwrap();
    // It holds the other ends.
    drop(command);
    (out.join().unwrap(), err.join().unwrap())
}

/// Clears the screen, in two spellings; rings; turns the text around, and parts of it in three ways.
const COMMANDS: [&str; 7] = [
    "\u{1b}[2J",
    "\u{9b}2J",
    "\u{7}",
    "\u{202e}",
    "\u{61c}",
    "\u{200e}",
    "\u{200f}",
];

const VALUE: &str = "x\u{1b}[2J\u{9b}2J\u{7}\u{202e}\u{61c}\u{200e}\u{200f}y";

fn assert_harmless(shown: &str) {
    for command in COMMANDS {
        assert!(!shown.contains(command), "{shown:?}");
    }
}

#[test]
fn what_a_server_sends_is_harmless_on_a_terminal_and_whole_elsewhere() {
    let id = serde_json::json!(VALUE);
    let page = format!(
        r#"{{"cards":[{{"cardId":{id},"status":"ACTIVE"}}],"meta":{{"numberOfRecords":1,"limit":10,"offset":0,"page":1}}}}"#
    );
    let server = always(json_reply("200 OK", &page));
    for format in ["table", "csv", "json"] {
        let call = [READ, &["--output", format]].concat();
        let (shown, _) = on_a_terminal(&server.url(), &call);
        assert_harmless(&shown);
        assert!(shown.contains("ACTIVE") && shown.contains('x'), "{shown:?}");
        // Colours are the program's own.
        assert_eq!(shown.contains("\u{1b}[1m"), format == "table", "{shown:?}");

        let piped = program(&server.url(), &call).output().unwrap();
        let piped = String::from_utf8(piped.stdout).unwrap();
        assert!(!piped.contains("\u{1b}[1m"), "{piped:?}");
        if format == "json" {
            assert_harmless(&piped);
            let json: serde_json::Value = serde_json::from_str(&piped).unwrap();
            assert_eq!(json["cards"][0]["cardId"], VALUE);
            let json = shown.replace("\r\n", "\n");
            assert_eq!(json, piped);
        } else if format == "csv" {
            assert!(piped.contains(VALUE), "{piped:?}");
        } else {
            // Behind the pipe may be `less -R`.
            assert_harmless(&piped);
            assert!(piped.contains("ACTIVE"), "{piped:?}");
        }
    }
}

#[test]
fn a_table_is_as_wide_as_it_is_where_a_terminal_does_not_know_its_width() {
    let capabilities = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cards"));
        command.env_clear().env("NO_COLOR", "1").arg("capabilities");
        command
    };
    let piped = String::from_utf8(capabilities().output().unwrap().stdout).unwrap();
    let (out, _) = shown_on(0, capabilities());
    assert_eq!(out.replace("\r\n", "\n"), piped);
    let (narrow, _) = shown_on(40, capabilities());
    assert!(
        narrow.lines().all(|line| line.chars().count() <= 40),
        "{narrow}"
    );
}

#[test]
fn so_is_a_list_of_several_providers() {
    let id = serde_json::json!(VALUE);
    let page = format!(r#"{{"cards":[{{"cardId":{id},"status":{id},"currency":{id}}}]}}"#);
    let server = always(json_reply("200 OK", &page));
    let refusing = always(json_reply("504 Gateway Timeout", VALUE));
    for format in ["table", "csv", "json", "ndjson"] {
        let command = || {
            let mut command = Command::new(env!("CARGO_BIN_EXE_cards"));
            command.env_clear().stdin(Stdio::null());
            command.envs([
                ("TERM", "xterm-256color"),
                ("CARDS_PAYSAFE_BASE_URL", &server.url()),
                ("CARDS_PAYSAFE_TOKEN", "t"),
                ("CARDS_AIRPAY_BASE_URL", &refusing.url()),
                ("CARDS_AIRPAY_SECRET_KEY", "s"),
                ("CARDS_AIRPAY_TOKEN", "t"),
            ]);
            command.args(["list", "--all-providers", "--paysafe-customer=1"]);
            command.args(["--airpay-customer=1", "--show-body", "--output", format]);
            command
        };
        let (out, err) = shown(command());
        assert!(
            out.contains("paysafe") && err.contains("504"),
            "{out:?} {err:?}"
        );
        assert_harmless(&out);
        assert_harmless(&err);

        let piped = command().output().unwrap().stdout;
        let piped = String::from_utf8(piped).unwrap();
        let of = |card: &serde_json::Value| card["card_id"] == VALUE && card["state"] == VALUE;
        let read = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
        match format {
            "table" => assert_harmless(&piped),
            "csv" => assert!(piped.contains(VALUE), "{piped:?}"),
            "json" => assert!(read(&piped).as_array().unwrap().iter().all(of), "{piped:?}"),
            _ => assert!(piped.lines().all(|line| of(&read(line))), "{piped:?}"),
        }
        assert!(piped.contains("paysafe"), "{piped:?}");
    }
}

#[test]
fn so_is_what_it_says_when_it_fails() {
    let server = always(json_reply("504 Gateway Timeout", VALUE));
    for flags in [
        &[][..],
        &["--show-body"],
        &["--output=json"],
        &["--output=json", "--show-body"],
    ] {
        for call in [READ, CHANGE] {
            let (out, err) = on_a_terminal(&server.url(), &[call, flags].concat());
            assert_eq!(out, "");
            assert_harmless(&err);
            assert!(err.contains("504"), "{err:?}");
        }
    }
}

/// A command of the sandbox's control API, with variables that speak of colours.
fn control(url: &str, args: &[&str], variables: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cards"));
    command
        .env_clear()
        .env("TERM", "xterm-256color")
        .envs(variables.iter().copied())
        .arg("sandbox")
        .args(args)
        .args(["--url", url])
        .stdin(Stdio::null());
    command
}

/// The texts that a sandbox tells of itself: `{0}` stands for the value.
const TOLD: [(&[&str], &str); 4] = [
    (
        &["logs"],
        r#"{"exchanges":[{"id":1,"at":{0},"method":{0},"provider":{0},"operation":{0},"status":{0},"accepted":false,"micros":5,"verdict":{0},"remarks":[{"text":{0}}],"values":{"request":{"values":[{"part":"query","name":{0},"value":{0},"isText":true}]},"reply":{"values":[{"part":"body","name":{0},"value":{0},"isText":false}]}}}],"lastId":1}"#,
    ),
    (
        &["events", "--follow"],
        r#"{"steps":[{"number":1,"at":{0},"provider":{0},"event":{0},"eventNumber":{0},"subject":{0},"step":{0},"status":{0},"url":{0},"trouble":{0},"nextAt":{0}}],"lastStep":1}"#,
    ),
    (&["faults", "remove"], r#"{"removed":{0}}"#),
    (
        &["test-values"],
        r#"{"values":[{"provider":{0},"operation":{0},"field":{0},"value":{0},"status":{0},"brings":{0}}]}"#,
    ),
];

#[test]
fn so_is_what_a_sandbox_tells_whatever_is_wanted_of_colours() {
    for (args, told) in TOLD {
        let told = told.replace("{0}", &serde_json::json!(VALUE).to_string());
        // Who follows is told the same once, and then that it is over.
        let server = || {
            let replies = [
                json_reply("200 OK", &told),
                json_reply("504 Gateway Timeout", VALUE),
            ];
            RawServer::playing(replies).unwrap()
        };
        for (variables, colours) in [
            (&[][..], true),
            (&[("NO_COLOR", "1")], false),
            (&[("CLICOLOR_FORCE", "1")], true),
        ] {
            let (out, err) = shown(control(&server().url(), args, variables));
            assert_harmless(&out);
            assert_harmless(&err);
            assert!(out.contains('x') && out.contains('y'), "{args:?} {out:?}");
            if !colours {
                assert!(!out.contains('\u{1b}'), "{args:?} {out:?}");
            }
            let server = server();
            let mut piped = control(&server.url(), args, variables);
            let piped = String::from_utf8(piped.output().unwrap().stdout).unwrap();
            assert_harmless(&piped);
            assert!(
                piped.contains('x') && piped.contains('y'),
                "{args:?} {variables:?} {piped:?}"
            );
        }
    }
}

#[test]
fn so_is_a_world_that_is_saved_to_it() {
    let value = serde_json::json!(VALUE);
    let world = format!("{{\n\t\"version\": 1, \"a\": {value}}}\n");
    let server = always(json_reply("200 OK", &world));
    for variables in [&[][..], &[("NO_COLOR", "1")], &[("CLICOLOR_FORCE", "1")]] {
        let save = || control(&server.url(), &["world", "save", "-"], variables);
        let (out, _) = shown(save());
        assert_harmless(&out);
        assert!(out.contains(r"x\u001b[2J\u009b2J"), "{out:?}");
        let piped = save().output().unwrap().stdout;
        assert_eq!(String::from_utf8(piped).unwrap(), world);
    }
}

#[test]
fn so_is_what_stands_in_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("config.toml");
    let names = format!("[profile.{}]\n", serde_json::json!("x\u{9b}2J\u{202e}y"));
    for text in [
        names.clone(),
        names.replace("profile.", ""),
        format!("{names}{} = 'a'\n", serde_json::json!("\u{9b}2J")),
    ] {
        std::fs::write(&file, text).unwrap();
        let path = file.to_str().unwrap();
        for format in ["table", "json"] {
            let flags = ["--config", path, "--profile", "none", "--output", format];
            let call = [READ, &flags].concat();
            let (_, err) = on_a_terminal("http://127.0.0.1:1", &call);
            assert_harmless(&err);
            assert!(err.contains("config.toml"), "{err:?}");
        }
    }
}
