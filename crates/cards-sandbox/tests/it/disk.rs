//! Disks that are full, or not to be written to: real ones, mounted for the
//! test in a namespace of its own, which Linux gives to anybody.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use std::fs::{self, File};
use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::common::{airpay, body, get, post, registration, status};
use cards_sandbox::{Error, Running, Sandbox, Store, world};

const FOLDER: &str = "CARDS_SANDBOX_DISK_TEST_FOLDER";

/// Runs a test of this file in a process that sees an empty disk of 2 MiB.
/// Where the machine forbids namespaces it is not run, and says so.
#[allow(clippy::print_stderr, reason = "a test has no other way to say it")]
fn on_a_small_disk(test: &str, run: impl FnOnce(&Path)) {
    if let Some(folder) = std::env::var_os(FOLDER) {
        return run(Path::new(&folder));
    }
    let folder = tempfile::tempdir().unwrap();
    let in_namespace = |script: &str| {
        let mut command = Command::new("unshare");
        command
            .args([
                "--user",
                "--map-root-user",
                "--mount",
                "sh",
                "-c",
                script,
                "sh",
            ])
            .arg(folder.path())
            .arg(std::env::current_exe().unwrap())
            .args(["--exact", &format!("disk::{test}"), "--nocapture"])
            .env(FOLDER, folder.path());
        command.output()
    };
    let mount = r#"mount -t tmpfs -o size=2m none "$1""#;
    if !in_namespace(mount).is_ok_and(|output| output.status.success()) {
        eprintln!("not run: no mount in a namespace here");
        return;
    }
    let output = in_namespace(&format!(r#"{mount} && shift && exec "$@""#)).unwrap();
    let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    assert!(said.contains("1 passed"), "{said}");
}

fn in_file(path: &Path) -> Result<Running, Error> {
    Sandbox::builder()
        .store(Store::File(path.to_owned()))
        .start_blocking()
}

fn cause(error: &Error) -> String {
    std::error::Error::source(error).unwrap().to_string()
}

/// Takes all room that there is.
fn fill(folder: &Path) -> PathBuf {
    let path = folder.join("ballast");
    let mut file = File::create(&path).unwrap();
    for piece in [4096, 1] {
        while file.write_all(&vec![0; piece]).is_ok() {}
    }
    let error = file.write_all(&[0]).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::StorageFull);
    path
}

fn register(address: SocketAddr, number: usize) -> String {
    let (email, card) = (
        format!("p{number}@example.com"),
        format!("462294{number:010}"),
    );
    let kit = format!("{number:012}");
    let changes = [("email", &*email), ("card_no", &*card), ("kit_no", &*kit)];
    airpay(address, "register-user", &registration(&changes))
}

const VERDICT: &str = "the store failed: the disk is full";
const FIRST: usize = 10_000;

#[test]
fn on_a_full_disk_calls_are_refused_until_there_is_room() {
    on_a_small_disk(
        "on_a_full_disk_calls_are_refused_until_there_is_room",
        |folder| {
            let path = folder.join("sandbox.db");
            let sandbox = in_file(&path).unwrap();
            let address = sandbox.addr();
            let why = || sandbox.exchanges().pop().unwrap().verdict;
            let customers = || {
                let world = get(address, "/_sandbox/world", &[]);
                assert_eq!(status(&world), 200);
                world.matches("AIRPAYCUST").count()
            };
            assert!(register(address, FIRST).contains("AIRPAYCUST0002"));
            let ballast = fill(folder);

            let mut added = 1;
            let refused = loop {
                let answer = register(address, FIRST + added);
                if status(&answer) != 200 {
                    break answer;
                }
                added += 1;
            };
            assert_eq!(status(&refused), 500);
            assert_eq!(body(&refused), r#"{"status":400,"message":"fail"}"#);
            assert_eq!(why(), VERDICT);

            // So do the others, each in its own words.
            let basic = [
                (
                    "authorization",
                    "Basic c2FuZGJveC1jbGllbnQ6c2FuZGJveC1jbGllbnQtc2VjcmV0",
                ),
                ("content-type", "application/x-www-form-urlencoded"),
            ];
            let path_of_token = "/digitalwallets/v1/auth/brands/sandbox/token";
            let token = post(
                address,
                path_of_token,
                &basic,
                "grant_type=client_credentials",
            );
            assert_eq!(status(&token), 500, "{token}");
            assert!(token.contains("DW-INTERNAL-SERVER-ERROR"), "{token}");
            assert_eq!(why(), VERDICT);
            let login = post(
                address,
                "/api/v1/public/auth/login",
                &[("content-type", "application/json")],
                &format!(
                    r#"{{"username":"{}","password":"{}","otp":"{}"}}"#,
                    world::ibanera::USERNAME,
                    world::ibanera::PASSWORD,
                    one_time_password()
                ),
            );
            assert_eq!(status(&login), 500, "{login}");
            assert!(login.contains(r#""status":"0""#), "{login}");
            assert_eq!(why(), VERDICT);

            // Reading goes on.
            assert_eq!(customers(), added + 1);
            let bearer = [("authorization", "Bearer sandbox-paysafe-token")];
            let cards = get(address, "/customers/12345678/prepaid/cards", &bearer);
            assert_eq!(status(&cards), 200);
            assert_eq!(status(&get(address, "/_sandbox/health", &[])), 200);

            // So does writing, where there is room.
            fs::remove_file(&ballast).unwrap();
            assert!(register(address, FIRST + added).contains("success"));
            assert_eq!(
                status(&post(
                    address,
                    path_of_token,
                    &basic,
                    "grant_type=client_credentials"
                )),
                200
            );

            // Ended on a full disk, it cannot tidy up, but has lost nothing.
            fill(folder);
            let before = customers();
            drop(sandbox);
            fs::remove_file(&ballast).unwrap();
            let sandbox = in_file(&path).unwrap();
            let world = get(sandbox.addr(), "/_sandbox/world", &[]);
            assert_eq!(world.matches("AIRPAYCUST").count(), before);
            drop(sandbox);
            let database = rusqlite::Connection::open(&path).unwrap();
            let sound: String = database
                .query_row("PRAGMA integrity_check", [], |row| row.get(0))
                .unwrap();
            assert_eq!(sound, "ok");
        },
    );
}

fn one_time_password() -> String {
    let secret = totp_rs::Secret::try_from_base32(world::ibanera::TOTP_SECRET).unwrap();
    let totp = totp_rs::Builder::new().with_secret(secret).build().unwrap();
    let now = std::time::UNIX_EPOCH.elapsed().unwrap().as_secs();
    totp.generate(now).to_string()
}

#[test]
fn a_full_disk_at_the_start() {
    on_a_small_disk("a_full_disk_at_the_start", |folder| {
        let full = |path: &Path| {
            let error = in_file(path).unwrap_err();
            assert!(error.is_store_full(), "{error:?}");
            assert_eq!(cause(&error), "the disk is full; make room");
        };
        let [old, new] = ["old.db", "new.db"].map(|name| folder.join(name));
        drop(in_file(&old).unwrap());
        let before = fs::read(&old).unwrap();
        let ballast = fill(folder);
        full(&old);
        full(&new);
        assert_eq!(fs::read(&old).unwrap(), before);
        fs::remove_file(ballast).unwrap();
        for path in [old, new] {
            in_file(&path).unwrap();
        }
    });
}

#[test]
fn what_cannot_be_written_to() {
    on_a_small_disk("what_cannot_be_written_to", |folder| {
        let mount = |arguments: &[&str]| {
            let status = Command::new("mount").args(arguments).arg(folder).status();
            assert!(status.unwrap().success());
        };
        let read_only = |name: &str, what: &str| {
            let error = in_file(&folder.join(name)).unwrap_err();
            assert!(error.is_store(), "{error:?}");
            assert_eq!(
                cause(&error),
                format!("{what} cannot be written to; allow it, or take another path")
            );
        };
        let path = folder.join("sandbox.db");
        drop(in_file(&path).unwrap());
        let before = fs::read(&path).unwrap();

        mount(&["-o", "remount,ro"]);
        read_only("sandbox.db", "the folder");
        read_only("new.db", "the folder");
        mount(&["-o", "remount,rw"]);

        // The file alone: mounted over itself.
        let file = path.to_str().unwrap();
        for arguments in [
            &["--bind", file, file][..],
            &["-o", "remount,bind,ro", file],
        ] {
            let status = Command::new("mount").args(arguments).status();
            assert!(status.unwrap().success());
        }
        read_only("sandbox.db", "the file");
        assert_eq!(fs::read(&path).unwrap(), before);
        let status = Command::new("umount").arg(file).status();
        assert!(status.unwrap().success());
        in_file(&path).unwrap();
    });
}
