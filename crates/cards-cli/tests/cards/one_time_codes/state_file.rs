//! The file that one run leaves for the next: a help, and never a hindrance.

use std::fs;
use std::path::Path;

use conformance::server::{RawServer, Reaction};

use super::{CALL, ONE_CUSTOMER, call_at, codes};
use crate::run;

fn taking_all() -> RawServer {
    RawServer::playing([Reaction::json("200 OK", ONE_CUSTOMER)]).unwrap()
}

/// Makes a call with the state in this folder, which succeeds, and returns its
/// standard error.
fn said(server: &RawServer, state: &Path, output: &str) -> String {
    let mut command = call_at(server, CALL);
    command.env("XDG_STATE_HOME", state).arg(output);
    let (code, out, err) = run(&mut command);
    assert_eq!(code, 0, "{err}");
    assert!(!out.is_empty());
    err
}

#[test]
fn a_file_that_cannot_be_used_is_warned_of_once_and_set_aside() {
    let server = taking_all();
    let entry = |rest: &str| format!("[\"default@h#0000\"]\n{rest}").into_bytes();
    let cases = [
        (b"[".to_vec(), "is damaged"),
        (b"learned = \"single\"".to_vec(), "is damaged"),
        (entry("learned = \"7141\""), "is damaged"),
        (entry("learned = \"single\"\nlast_step = -1"), "is damaged"),
        (
            entry("learned = \"single\"\nlast_step = 1e300"),
            "is damaged",
        ),
        (
            b"# \xff\xfe".to_vec(),
            "cannot be read: it is not UTF-8 text",
        ),
        (b"#".repeat(100_000), "is too large"),
    ];
    for (bytes, says) in cases {
        let state = tempfile::tempdir().unwrap();
        let file = state.path().join("cards/otp.toml");
        fs::create_dir(state.path().join("cards")).unwrap();
        fs::write(&file, &bytes).unwrap();
        let warning = format!(
            "{} is not used, as it {says}; it becomes otp.damaged where a new one is written",
            file.display()
        );
        assert_eq!(
            said(&server, state.path(), "-otable"),
            format!("warning: {warning}\n")
        );
        assert_eq!(said(&server, state.path(), "-otable"), "");
        // Nothing that is in it is lost.
        let aside = file.with_extension("damaged");
        assert_eq!(fs::read(&aside).unwrap(), bytes);
        fs::write(&file, &bytes).unwrap();
        let json: serde_json::Value =
            serde_json::from_str(&said(&server, state.path(), "-ojson")).unwrap();
        assert_eq!(json, serde_json::json!({ "warnings": [warning] }));
    }
}

#[test]
fn a_state_that_cannot_be_kept_costs_one_warning() {
    let server = taking_all();
    let folder = tempfile::tempdir().unwrap();
    // A file where a folder is wanted.
    let no_folder = folder.path().join("file");
    fs::write(&no_folder, "").unwrap();
    // A folder where the file is wanted.
    let no_file = folder.path().join("other");
    fs::create_dir_all(no_file.join("cards/otp.toml")).unwrap();
    let cannot = "warning: which one-time codes were sent cannot be kept for the next run, which may \
                  send one again: ";
    let says = said(&server, &no_folder, "-otable");
    assert!(says.starts_with(cannot), "{says}");
    assert_eq!(says.lines().count(), 1, "{says}");
    let says = said(&server, &no_file, "-otable");
    assert!(
        says.ends_with("is not used, as it is no plain file\n"),
        "{says}"
    );
    assert_eq!(says.lines().count(), 1, "{says}");

    let mut homeless = call_at(&server, CALL);
    homeless.env_remove("XDG_STATE_HOME");
    let (code, _, err) = run(&mut homeless);
    assert_eq!(
        (code, err),
        (0, format!("{cannot}there is no home folder\n"))
    );
    // A run that may send a code again has nothing to keep.
    let (code, _, err) = run(homeless.arg("--otp-reuse=allowed"));
    assert_eq!((code, &*err), (0, ""));
    assert_eq!(codes(&server).len(), 4);
}

#[cfg(unix)]
#[test]
fn a_link_is_left_as_it_is_and_so_is_what_it_leads_to() {
    use std::os::unix::fs::symlink;
    let server = taking_all();
    let folder = tempfile::tempdir().unwrap();
    let elsewhere = folder.path().join("elsewhere.toml");
    let others = "[\"other@h#0000\"]\nlearned = \"single\"\nlast_step = 7\n";
    for content in [Some(others), Some("["), None] {
        let state = tempfile::tempdir().unwrap();
        let file = state.path().join("cards/otp.toml");
        fs::create_dir(state.path().join("cards")).unwrap();
        drop(fs::remove_file(&elsewhere));
        if let Some(content) = content {
            fs::write(&elsewhere, content).unwrap();
        }
        symlink(&elsewhere, &file).unwrap();
        for _ in 0..2 {
            let says = said(&server, state.path(), "-otable");
            let warning = format!("{} is not used, as it is no plain file", file.display());
            assert_eq!(says, format!("warning: {warning}\n"));
            assert_eq!(fs::read_link(&file).unwrap(), elsewhere);
            assert_eq!(fs::read_to_string(&elsewhere).ok().as_deref(), content);
        }
    }
}

#[cfg(unix)]
#[test]
fn a_lock_that_is_no_plain_file_keeps_no_run_waiting() {
    let server = taking_all();
    for make in [
        "mkfifo otp.lock",
        "ln -s nowhere otp.lock",
        "mkdir otp.lock",
    ] {
        let state = tempfile::tempdir().unwrap();
        let folder = state.path().join("cards");
        fs::create_dir(&folder).unwrap();
        let mut made = std::process::Command::new("sh");
        let made = made.args(["-c", make]).current_dir(&folder).status();
        assert!(made.unwrap().success(), "{make}");
        let says = said(&server, state.path(), "-otable");
        assert!(
            says.ends_with("its lock is no plain file\n"),
            "{make}: {says}"
        );
        assert_eq!(says.lines().count(), 1, "{make}: {says}");
        assert!(!folder.join("nowhere").exists());
    }
}

#[cfg(unix)]
#[test]
fn the_file_is_this_users_alone() {
    use std::os::unix::fs::{PermissionsExt, chown};
    let server = taking_all();
    let state = tempfile::tempdir().unwrap();
    let state = state.path().join("state");
    assert_eq!(said(&server, &state, "-otable"), "");
    let file = state.join("cards/otp.toml");
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    for path in [&state, &state.join("cards")] {
        assert_eq!(mode(path), 0o700, "{}", path.display());
    }
    for path in [&file, &state.join("cards/otp.lock")] {
        assert_eq!(mode(path), 0o600, "{}", path.display());
    }
    // Only some may give a file away.
    if chown(&file, Some(65534), None).is_ok() {
        let before = fs::read(&file).unwrap();
        let says = said(&server, &state, "-otable");
        assert!(
            says.ends_with("is not used, as it belongs to another user\n"),
            "{says}"
        );
        assert_eq!(says.lines().count(), 1, "{says}");
        assert_eq!(fs::read(&file).unwrap(), before);
    }
}

#[test]
fn a_dry_run_sends_no_code_and_keeps_none() {
    let server = taking_all();
    let state = tempfile::tempdir().unwrap();
    let mut command = call_at(&server, CALL);
    command.env("XDG_STATE_HOME", state.path());
    let (code, _, err) = run(command.args(["--dry-run", "--otp-reuse=never"]));
    assert_eq!((code, &*err), (0, "dry run: nothing was sent\n"));
    assert_eq!(fs::read_dir(state.path()).unwrap().count(), 0);
}
