//! Files that the sandbox does not take: it says what is the matter and what
//! to do, and leaves them as they are.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::Path;

use crate::common::{airpay, get, registration, status};
use cards_sandbox::{Error, Running, Sandbox, Store};
use rusqlite::Connection;

fn in_file(path: &Path) -> Result<Running, Error> {
    Sandbox::builder()
        .store(Store::File(path.to_owned()))
        .start_blocking()
}

/// Gives the error of a file that is refused, and the sentence that says why.
fn refusal(path: &Path) -> (Error, String) {
    let error = in_file(path).unwrap_err();
    assert!(error.is_store() && !error.is_listen() && !error.is_settings());
    assert_eq!(
        error.to_string(),
        format!("cannot open the store {}", path.display())
    );
    let source = std::error::Error::source(&error).unwrap().to_string();
    (error, source)
}

/// Every file of a folder but what SQLite remembers of a journal, which it makes
/// anew from that.
fn contents(folder: &Path) -> BTreeMap<OsString, Vec<u8>> {
    fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter(|entry| {
            let name = entry.file_name().into_string().unwrap();
            !name.ends_with("-shm")
        })
        .map(|entry| (entry.file_name(), fs::read(entry.path()).unwrap()))
        .collect()
}

/// A sandbox's file with a registration in it, properly closed.
fn make(path: &Path) {
    let sandbox = in_file(path).unwrap();
    let answer = airpay(sandbox.addr(), "register-user", &registration(&[]));
    assert!(answer.contains("success"), "{answer}");
}

#[test]
fn what_is_no_path_of_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    let no_folder = "its folder is not there; make it, or take another path";
    let no_file = "this is a folder or a device; name a file";
    for (path, message) in [
        (folder.path().join("no/such/sandbox.db"), no_folder),
        (file.join("sandbox.db"), no_folder),
        (folder.path().to_owned(), no_file),
        (folder.path().join(".."), no_file),
        ("/dev/null".into(), no_file),
        ("".into(), no_file),
    ] {
        assert_eq!(refusal(&path).1, message, "{}", path.display());
    }
    assert_eq!(contents(folder.path()).len(), 1);
}

#[test]
fn what_is_no_sandboxes_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("other");
    let texts = [1, 15, 16, 99, 100, 511, 512, 513, 5000].map(|length| "n".repeat(length));
    for text in texts {
        fs::write(&path, &text).unwrap();
        assert_eq!(
            refusal(&path).1,
            "this is no sandbox's file, and was left as it is; take another path"
        );
        assert_eq!(fs::read_to_string(&path).unwrap(), text);
    }
    for mode in ["delete", "wal"] {
        fs::remove_file(&path).unwrap();
        let database = Connection::open(&path).unwrap();
        database.pragma_update(None, "journal_mode", mode).unwrap();
        database
            .execute_batch("CREATE TABLE mine (a); INSERT INTO mine VALUES (1)")
            .unwrap();
        drop(database);
        let before = contents(folder.path());
        let (error, message) = refusal(&path);
        assert!(
            message.starts_with("this is no sandbox's file"),
            "{message}"
        );
        assert!(!error.is_store_corrupt());
        for (name, content) in before {
            assert_eq!(contents(folder.path())[&name], content);
        }
    }
}

/// The file is as a killed process leaves it: much is in the journal beside it only.
#[test]
fn a_newer_file_keeps_even_its_journal() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("newer.db");
    make(&path);
    let database = Connection::open(&path).unwrap();
    database.pragma_update(None, "journal_mode", "wal").unwrap();
    let known: i64 = database
        .pragma_query_value(None, "user_version", |row| row.get(0))
        .unwrap();
    database.pragma_update(None, "user_version", 99).unwrap();
    let left = tempfile::tempdir().unwrap();
    for name in ["newer.db", "newer.db-wal"] {
        fs::copy(folder.path().join(name), left.path().join(name)).unwrap();
    }
    drop(database);

    let before = contents(left.path());
    assert!(!before[&OsString::from("newer.db-wal")].is_empty());
    let (error, message) = refusal(&left.path().join("newer.db"));
    assert!(error.is_store_newer());
    assert_eq!(
        message,
        format!(
            "it was written by a newer sandbox (schema 99; this one knows {known}), and was left as \
             it is; take that sandbox, or another file"
        )
    );
    assert_eq!(contents(left.path()), before);
}

#[test]
fn a_damaged_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sandbox.db");
    make(&path);
    let whole = fs::read(&path).unwrap();
    let page = 4096;
    assert!(whole.len() > 20 * page && whole.len().is_multiple_of(page));

    let cut = |length: usize| whole[..length].to_vec();
    let trampled = |at: usize, bytes: usize| {
        let mut all = whole.clone();
        all[at..at + bytes].fill(0xa5);
        all
    };
    for damaged in [
        cut(whole.len() - 1),
        cut(whole.len() - page),
        cut(page + 1),
        cut(page),
        cut(page - 1),
        cut(513),
        trampled(101, 30),
        trampled(page, page),
        trampled(5 * page, 100),
        trampled(whole.len() - page, page),
    ] {
        fs::write(&path, &damaged).unwrap();
        let (error, message) = refusal(&path);
        assert!(error.is_store_corrupt(), "{} {message}", damaged.len());
        assert!(
            message.starts_with(
                "it is damaged, and was left as it is; put a copy in its place, or move it away \
                 to start anew ("
            ),
            "{message}"
        );
        assert_eq!(fs::read(&path).unwrap(), damaged);
    }

    // Put back, it is as good as before.
    fs::write(&path, &whole).unwrap();
    let sandbox = in_file(&path).unwrap();
    let again = airpay(sandbox.addr(), "register-user", &registration(&[]));
    assert!(again.contains("fail"), "{again}");
}

#[test]
fn an_empty_file_is_a_new_one_unless_its_journal_says_otherwise() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sandbox.db");
    fs::write(&path, "").unwrap();
    make(&path);

    let journal = folder.path().join("sandbox.db-wal");
    fs::write(&path, "").unwrap();
    fs::write(&journal, "what is left of it").unwrap();
    let before = contents(folder.path());
    let (error, message) = refusal(&path);
    assert!(error.is_store_corrupt());
    assert!(message.ends_with("(its content is gone)"), "{message}");
    assert_eq!(contents(folder.path()), before);
}

#[test]
fn two_sandboxes_do_not_share_a_file_whatever_they_call_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sandbox.db");
    let first = in_file(&path).unwrap();
    let mut names = vec![
        path.clone(),
        folder.path().join(".").join("sandbox.db"),
        folder
            .path()
            .join("..")
            .join(folder.path())
            .join("sandbox.db"),
    ];
    #[cfg(unix)]
    {
        let link = folder.path().join("link.db");
        std::os::unix::fs::symlink(&path, &link).unwrap();
        names.push(link);
        let other_name = folder.path().join("other-name.db");
        fs::hard_link(&path, &other_name).unwrap();
        names.push(other_name);
    }
    let locks = locks_on(&path);
    for name in &names {
        let (error, message) = refusal(name);
        assert!(error.is_store_in_use());
        assert_eq!(
            message,
            "another sandbox has it open; stop that one, or take another file"
        );
    }
    // The first has not noticed, and has lost none of SQLite's locks, which to
    // open and close the file here once more would have cost it.
    assert_eq!(locks_on(&path), locks);
    let answer = airpay(first.addr(), "register-user", &registration(&[]));
    assert!(answer.contains("success"), "{answer}");
    drop(first);
    for name in &names {
        let sandbox = in_file(name).unwrap();
        let again = airpay(sandbox.addr(), "register-user", &registration(&[]));
        assert!(again.contains("fail"), "{again}");
    }
}

/// Lists the locks of this process on a file, each as kind and range, as the
/// system tells them of each descriptor.
///
/// The list of all locks of the machine (`/proc/locks`) is read in parts, and may
/// name a lock twice when others come between them.
#[cfg(target_os = "linux")]
fn locks_on(path: &Path) -> Vec<String> {
    use std::os::unix::fs::MetadataExt;
    let file = fs::metadata(path).unwrap();
    let mut locks = Vec::new();
    for entry in fs::read_dir("/proc/self/fd").unwrap() {
        let entry = entry.unwrap();
        // Descriptors of other tests come and go meanwhile.
        let Ok(open) = fs::metadata(entry.path()) else {
            continue;
        };
        if (open.dev(), open.ino()) != (file.dev(), file.ino()) {
            continue;
        }
        let told = Path::new("/proc/self/fdinfo").join(entry.file_name());
        let told = fs::read_to_string(told).unwrap();
        for lock in told.lines().filter(|line| line.starts_with("lock:")) {
            let fields: Vec<_> = lock.split_whitespace().skip(2).collect();
            locks.push(format!(
                "{} {} {}-{}",
                fields[0], fields[2], fields[5], fields[6]
            ));
        }
    }
    locks.sort();
    // Each descriptor of the file tells a lock that is the process's (POSIX).
    locks.dedup();
    // The sandbox locks the whole file (FLOCK), and SQLite a part of it (POSIX).
    let kinds: Vec<_> = locks
        .iter()
        .map(|lock| lock.split(' ').next().unwrap())
        .collect();
    assert_eq!(kinds, ["FLOCK", "POSIX"], "{locks:?}");
    locks
}

#[cfg(not(target_os = "linux"))]
fn locks_on(_: &Path) -> Vec<String> {
    Vec::new()
}

/// A file beside the store could be deleted to get past the lock.
#[cfg(target_os = "linux")]
#[test]
fn no_file_beside_it_says_who_has_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sandbox.db");
    let first = in_file(&path).unwrap();
    for file in fs::read_dir(folder.path()).unwrap() {
        let file = file.unwrap().path();
        let name = file.file_name().unwrap().to_str().unwrap();
        assert!(
            matches!(name, "sandbox.db" | "sandbox.db-wal" | "sandbox.db-shm"),
            "{name}"
        );
    }
    // As an older one left it.
    let lock = folder.path().join("sandbox.db.lock");
    fs::write(&lock, "").unwrap();
    fs::remove_file(&lock).unwrap();
    assert!(refusal(&path).0.is_store_in_use());
    drop(first);
    drop(in_file(&path).unwrap());
    assert_eq!(contents(folder.path()).len(), 1);
}

/// Another sandbox's file in its place is not read, and its journal stays.
#[cfg(unix)]
#[test]
fn a_file_that_is_moved_away_is_not_mixed_up_with_the_next() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sandbox.db");
    let first = in_file(&path).unwrap();
    let elsewhere = folder.path().join("elsewhere");
    fs::create_dir(&elsewhere).unwrap();
    for name in ["sandbox.db", "sandbox.db-wal", "sandbox.db-shm"] {
        fs::rename(folder.path().join(name), elsewhere.join(name)).unwrap();
    }
    let second = in_file(&path).unwrap();
    let answer = airpay(second.addr(), "register-user", &registration(&[]));
    assert!(answer.contains("success"), "{answer}");
    // It goes on with its own file, as far as it has that open, or says why not.
    let world = get(first.addr(), "/_sandbox/world", &[]);
    match status(&world) {
        200 => assert!(!world.contains("AIRPAYCUST0002"), "{world}"),
        500 => assert!(world.contains("its file was moved or deleted"), "{world}"),
        _ => panic!("{world}"),
    }
    drop(first);
    assert!(folder.path().join("sandbox.db-wal").exists());
    drop(second);
    let second = in_file(&path).unwrap();
    let again = airpay(second.addr(), "register-user", &registration(&[]));
    assert!(again.contains("fail"), "{again}");
    let first = in_file(&elsewhere.join("sandbox.db")).unwrap();
    let answer = airpay(first.addr(), "register-user", &registration(&[]));
    assert!(answer.contains("success"), "{answer}");
}

#[test]
fn a_sandbox_that_could_not_listen_has_let_go_of_its_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sandbox.db");
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let error = Sandbox::builder()
        .listen(taken.local_addr().unwrap())
        .store(Store::File(path.clone()))
        .start_blocking()
        .unwrap_err();
    assert!(error.is_listen());
    in_file(&path).unwrap();
}
