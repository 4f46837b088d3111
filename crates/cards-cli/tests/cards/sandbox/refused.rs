//! Checks what `cards sandbox` does not take, and says so.

use std::path::Path;

use cards_sandbox::{Sandbox, Store};

use super::Serving;
use crate::{cards, run};

#[test]
fn addresses_that_it_does_not_take() {
    let (code, out, err) = run(&mut cards(&["sandbox", "--listen", "0.0.0.0:0"]));
    assert_eq!((code, &*out), (2, ""));
    insta::assert_snapshot!(err, @"
    error: other machines could reach the sandbox on 0.0.0.0:0
      hint: its credentials are published: whoever reaches it can read and change everything in it;
      --expose says that this is meant, 127.0.0.1 and [::1] are this machine's own
    ");
    let (code, _, err) = run(&mut cards(&["sandbox", "--listen", "example"]));
    assert_eq!(code, 2);
    assert!(
        err.contains("an address with a port, such as 127.0.0.1:8484"),
        "{err}"
    );
    for exchanges in ["1000001", "-1", "x"] {
        let journal = format!("--journal={exchanges}");
        assert_eq!(run(&mut cards(&["sandbox", &journal])).0, 2);
    }
    for port in ["65536", "-1", "", "x"] {
        let port = format!("--port={port}");
        assert_eq!(run(&mut cards(&["sandbox", &port])).0, 2);
    }
    let print = ["sandbox", "--print-env", "--listen"];
    let (code, _, err) = run(cards(&print).arg("127.0.0.1:0"));
    assert_eq!(code, 2);
    insta::assert_snapshot!(err, @"error: --print-env needs the port that the sandbox listens on: --listen ADDR");
    let (code, _, err) = run(cards(&print).args(["127.0.0.1:1", "--port", "0"]));
    assert_eq!(code, 2, "{err}");
    let (code, _, err) = run(&mut cards(&[
        "sandbox",
        "--port",
        "0",
        "--tls",
        "--allow-host",
        "a b",
    ]));
    assert_eq!(code, 2);
    insta::assert_snapshot!(err, @"error: an allowed host has to be a name such as sandbox.test, without a port");
}

#[test]
fn values_are_not_kept_where_others_can_read_them() {
    for listen in [
        "0.0.0.0:0",
        "192.168.1.7:0",
        "[::]:0",
        "127.0.0.1:0",
        "[::1]:0",
        "localhost:0",
    ] {
        let args = ["sandbox", "--keep-values", "--listen", listen, "--expose"];
        let (code, out, err) = run(&mut cards(&args));
        assert_eq!((code, &*out), (2, ""), "{listen}");
        assert!(
            err.contains("--keep-values") && err.contains("without --expose"),
            "{err}"
        );
    }
    let by_name = [
        "sandbox",
        "--keep-values",
        "--port=0",
        "--allow-host=sandbox.test",
    ];
    let (code, out, err) = run(&mut cards(&by_name));
    assert_eq!((code, &*out), (2, ""));
    assert!(
        err.contains("--keep-values") && err.contains("leave out --allow-host"),
        "{err}"
    );
    let (serving, address) = Serving::start(&["--keep-values"]);
    let health = format!("http://{address}");
    assert_eq!(run(&mut cards(&["sandbox", "--health", &health])).0, 0);
    drop(serving);
}

#[test]
fn a_port_in_use() {
    let (_serving, address) = Serving::start(&[]);
    let (code, _, err) = run(&mut cards(&["sandbox", "--listen", &address]));
    assert_eq!(code, 1);
    insta::assert_snapshot!(err.replace(&address, "[address]"), @"
    error: the sandbox did not start
      caused by: cannot listen on [address]
      caused by: Address already in use
      hint: another sandbox may be running; --port 0 takes a free port
    ");
}

/// The complaint about a store that cannot be used, with `[folder]` for its
/// folder.
fn refused(file: &Path) -> String {
    let mut command = cards(&["sandbox", "--port", "0", "--store"]);
    let (code, out, err) = run(command.arg(file));
    assert_eq!((code, &*out), (1, ""), "{err}");
    let err = err.replace(file.parent().unwrap().to_str().unwrap(), "[folder]");
    // The last schema is another with each table that comes.
    match err.split_once("this one knows ") {
        Some((before, after)) => {
            let after = after.trim_start_matches(|c: char| c.is_ascii_digit());
            format!("{before}this one knows [schema]{after}")
        }
        None => err,
    }
}

#[test]
fn stores_that_cannot_be_used_stay_as_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("missing/cards.db");
    insta::assert_snapshot!(refused(&missing), @"
    error: the sandbox did not start
      caused by: cannot open the store [folder]/cards.db
      caused by: its folder is not there; make it, or take another path
    ");
    assert!(!missing.parent().unwrap().exists());

    insta::assert_snapshot!(refused(folder.path()).replace(folder.path().file_name().unwrap().to_str().unwrap(), "[name]"), @"
    error: the sandbox did not start
      caused by: cannot open the store [folder]/[name]
      caused by: this is a folder or a device; name a file
    ");

    let text = folder.path().join("notes.txt");
    std::fs::write(
        &text,
        "no database, and longer than its header. ".repeat(40),
    )
    .unwrap();
    let before = std::fs::read(&text).unwrap();
    insta::assert_snapshot!(refused(&text), @"
    error: the sandbox did not start
      caused by: cannot open the store [folder]/notes.txt
      caused by: this is no sandbox's file, and was left as it is; take another path
    ");
    assert_eq!(std::fs::read(&text).unwrap(), before);

    let newer = folder.path().join("newer.db");
    let store = Store::File(newer.clone());
    drop(Sandbox::builder().store(store).start_blocking().unwrap());
    let mut bytes = std::fs::read(&newer).unwrap();
    // `user_version`, in the header of an SQLite file.
    bytes[60..64].copy_from_slice(&99_u32.to_be_bytes());
    std::fs::write(&newer, &bytes).unwrap();
    insta::assert_snapshot!(refused(&newer), @"
    error: the sandbox did not start
      caused by: cannot open the store [folder]/newer.db
      caused by: it was written by a newer sandbox (schema 99; this one knows [schema]), and was left as it is; take that sandbox, or another file
    ");
    assert_eq!(std::fs::read(&newer).unwrap(), bytes);
}

#[cfg(target_os = "linux")]
#[test]
fn a_folder_that_cannot_be_written_to() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let read_only = std::fs::Permissions::from_mode(0o555);
    std::fs::set_permissions(folder.path(), read_only).unwrap();
    let is_root = std::fs::write(folder.path().join("probe"), "").is_ok();
    // No permission stops root, but nobody makes files in here.
    let folder = if is_root {
        Path::new("/sys")
    } else {
        folder.path()
    };
    let said =
        refused(&folder.join("cards.db")).replace("Read-only file system", "Permission denied");
    insta::assert_snapshot!(said, @"
    error: the sandbox did not start
      caused by: cannot open the store [folder]/cards.db
      caused by: the folder cannot be written to; allow it, or take another path
    ");
}

#[test]
fn a_world_that_cannot_be_loaded() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("world.json");
    let store = folder.path().join("cards.db");
    let start = |world: &str| {
        std::fs::write(&file, world).unwrap();
        let args = [
            "sandbox",
            "--listen",
            "127.0.0.1:0",
            "--world",
            file.to_str().unwrap(),
            "--store",
            store.to_str().unwrap(),
        ];
        let (code, out, err) = run(&mut cards(&args));
        assert_eq!((code, &*out), (2, ""), "{err}");
        assert!(!store.exists(), "nothing was begun");
        err.replace(file.to_str().unwrap(), "[file]")
    };
    insta::assert_snapshot!(start("{"), @"
    error: --world: [file]: it cannot be loaded
      caused by: the world cannot be loaded: body: not JSON: line 1, column 1
    ");
    insta::assert_snapshot!(start(r#"{"airpay": {"customers": [{"mobile_no": "98 76"}]}}"#), @"
    error: --world: [file]: it cannot be loaded
      caused by: the world cannot be loaded: airpay.customers[0].mobile_no: digits 0-9 only
    ");
    insta::assert_snapshot!(start(r#"{"ibanera": {"customers": [{"customersId": 1}, {"customersId": 1}]}}"#), @"
    error: --world: [file]: it cannot be loaded
      caused by: the world cannot be loaded: ibanera.customers[1].customersId: another customer has it
    ");
    let (code, _, err) = run(&mut cards(&["sandbox", "--world", "/nowhere/world.json"]));
    assert_eq!(code, 2);
    insta::assert_snapshot!(err, @"
    error: --world: cannot read the file /nowhere/world.json
      caused by: No such file or directory
      hint: check the path
    ");
    std::fs::write(&file, b"\xff\xfe{\x00").unwrap();
    let utf_16 = file.to_str().unwrap();
    let bytes = folder.path().join("bytes.json");
    std::fs::write(&bytes, b"{\xe9}").unwrap();
    for (path, says) in [
        (utf_16, "it is UTF-16 text, and not UTF-8"),
        (bytes.to_str().unwrap(), "it is not UTF-8 text"),
        (folder.path().to_str().unwrap(), "Is a directory"),
        #[cfg(target_os = "linux")]
        ("/dev/zero", "it holds more than 64 MiB"),
    ] {
        let (code, out, err) = run(&mut cards(&["sandbox", "--world", path]));
        assert_eq!((code, &*out), (2, ""), "{path}");
        let expected =
            format!("error: --world: cannot read the file {path}\n  caused by: {says}\n");
        assert!(err.starts_with(&expected), "{err}");
    }
}

#[test]
fn a_file_that_it_does_not_take() {
    let folder = tempfile::tempdir().unwrap();
    let refusal = |file: &std::path::Path| {
        let path = file.to_str().unwrap();
        let port = ["sandbox", "--listen", "127.0.0.1:0", "--store", path];
        let (code, out, err) = run(&mut cards(&port));
        assert_eq!((code, &*out), (1, ""));
        err.replace(path, "[file]")
    };
    insta::assert_snapshot!(refusal(&folder.path().join("no/cards.db")), @"
    error: the sandbox did not start
      caused by: cannot open the store [file]
      caused by: its folder is not there; make it, or take another path
    ");
    let used = folder.path().join("used.db");
    let (_serving, _) = Serving::start(&["--store", used.to_str().unwrap()]);
    insta::assert_snapshot!(refusal(&used), @"
    error: the sandbox did not start
      caused by: cannot open the store [file]
      caused by: another sandbox has it open; stop that one, or take another file
    ");
    let text = folder.path().join("notes.txt");
    std::fs::write(&text, "notes").unwrap();
    insta::assert_snapshot!(refusal(&text), @"
    error: the sandbox did not start
      caused by: cannot open the store [file]
      caused by: this is no sandbox's file, and was left as it is; take another path
    ");
    assert_eq!(std::fs::read_to_string(&text).unwrap(), "notes");
}
