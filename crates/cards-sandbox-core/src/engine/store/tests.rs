//! Checks the store: with one in memory and one in a file, where it holds for both.

mod full;

use std::sync::Arc;
use std::sync::mpsc;

use tokio::task::{JoinHandle, yield_now};

use super::*;
use crate::acme::{TABLES, open, today};

/// Holds one store of each kind; the file is deleted at the end.
struct Both {
    stores: [Arc<Store>; 2],
    _folder: tempfile::TempDir,
}

impl Both {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = crate::Storage::File(folder.path().join("sandbox.db"));
        let open = |place| Arc::new(open(place).unwrap());
        Self {
            stores: [open(&crate::Storage::Memory), open(&file)],
            _folder: folder,
        }
    }
}

type Done<T> = Result<T, StoreError>;

fn add(transaction: &Transaction<'_>, customer: &str) -> Done<()> {
    transaction.execute("INSERT INTO customer VALUES (?1)", [customer])?;
    Ok(())
}

fn all(connection: &Connection) -> Done<Vec<String>> {
    let mut statement =
        connection.prepare("SELECT customer_id FROM customer WHERE length(customer_id) < 8")?;
    let rows = statement.query_map([], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The writer's hands, held until this is dropped, so that jobs gather.
struct Held {
    _let_go: mpsc::Sender<()>,
    task: JoinHandle<Done<()>>,
}

async fn hold(store: &Arc<Store>) -> Held {
    let (let_go, held) = mpsc::channel::<()>();
    let (begun, beginning) = tokio::sync::oneshot::channel();
    let store = Arc::clone(store);
    let task = tokio::spawn(async move {
        let job = move |_: &Transaction<'_>| -> Done<()> {
            begun.send(()).unwrap();
            held.recv().ok();
            Ok(())
        };
        store.write(job).await
    });
    beginning.await.unwrap();
    Held {
        _let_go: let_go,
        task,
    }
}

/// Sends a job now and gives what will come of it.
async fn send<T: Send + 'static>(
    store: &Arc<Store>,
    job: impl FnOnce(&Transaction<'_>) -> Done<T> + Send + 'static,
) -> JoinHandle<Done<T>> {
    let store = Arc::clone(store);
    let sent = tokio::spawn(async move { store.write(job).await });
    // On a runtime of one thread it has got to its first wait by then.
    yield_now().await;
    sent
}

/// Counts to a number, step by step, and gives the thread that did it.
fn count_to(connection: &Connection, most: u32) -> Done<std::thread::ThreadId> {
    let sql = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1)
        SELECT max(i) FROM n";
    let mut statement = connection.prepare_cached(sql)?;
    let last: u32 = statement.query_row([most], |row| row.get(0))?;
    assert_eq!(last, most);
    Ok(std::thread::current().id())
}

/// Other tasks wait for what an async thread does: long work leaves it.
#[tokio::test]
async fn queries_of_many_steps_run_on_another_thread() {
    let here = std::thread::current().id();
    for store in Both::new().stores {
        for round in 0..3 {
            for (most, is_few) in [(10, true), (300, true), (100_000, false), (300_000, false)] {
                let thread = store.read(move |c| count_to(c, most)).await.unwrap();
                assert_eq!(thread == here, is_few, "{most}, round {round}");
                // Many small queries are one large one.
                let each = move |c: &Connection| {
                    let each = (0..most / 10).map(|_| count_to(c, 10));
                    each.last().unwrap_or_else(|| count_to(c, 1))
                };
                let thread = store.read(each).await.unwrap();
                assert_eq!(thread == here, is_few, "{most} by tens, round {round}");
            }
        }
        let all = store.read_all(|c| count_to(c, 100_000)).await.unwrap();
        assert_ne!(all, here);
        let write = |t: &Transaction<'_>| count_to(t, 300_000);
        store.write(write).await.unwrap();
        let failed: Done<()> = store.read(|_| panic!("of the test")).await;
        assert!(matches!(failed, Err(StoreError::Panicked)));
        store.write(write).await.unwrap();
    }
}

/// RFC 4231, test case 1, with the key at its full length of 20 bytes and
/// zeros, which HMAC adds anyway.
#[test]
fn a_fingerprint_is_hmac_sha_256() {
    let mut key = [0; 32];
    key[..20].fill(0x0b);
    let hex: String = fingerprint(&key, "Hi There")
        .iter()
        .map(|b| format!("{b:02x}"))
        .collect();
    assert_eq!(
        hex,
        "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
    );
}

#[test]
fn each_store_has_a_key_of_its_own() {
    let new = || open(&crate::Storage::Memory).unwrap();
    let (one, other) = (new(), new());
    assert_eq!(one.fingerprint("1"), one.fingerprint("1"));
    assert_ne!(one.fingerprint("1"), other.fingerprint("1"));
}

/// A panic's own value may panic where it is dropped.
struct PanicsAgain;

impl Drop for PanicsAgain {
    fn drop(&mut self) {
        panic!("as the test wants it");
    }
}

#[tokio::test]
async fn a_job_that_fails_or_panics_takes_back_only_what_it_did() {
    for store in Both::new().stores {
        let held = hold(&store).await;
        let first = send(&store, |t| add(t, "first")).await;
        let failed = send(&store, |t| {
            add(t, "failed")?;
            Err::<(), _>(StoreError::Hash)
        })
        .await;
        let panicked = send(&store, |t| -> Done<()> {
            add(t, "panicked")?;
            std::panic::panic_any(PanicsAgain);
        })
        .await;
        // It sees what the jobs before it did, in this same commit.
        let last = send(&store, |t| {
            add(t, "last")?;
            all(t)
        })
        .await;
        let taken = send(&store, |t| add(t, "first")).await;
        drop(held);

        first.await.unwrap().unwrap();
        assert!(matches!(failed.await.unwrap(), Err(StoreError::Hash)));
        assert!(matches!(panicked.await.unwrap(), Err(StoreError::Panicked)));
        assert_eq!(last.await.unwrap().unwrap(), ["first", "last"]);
        assert!(matches!(taken.await.unwrap(), Err(StoreError::Sqlite(_))));
        assert_eq!(store.read(all).await.unwrap(), ["first", "last"]);
    }
}

#[tokio::test]
async fn a_commit_that_fails_is_told_to_all_who_were_in_it() {
    for store in Both::new().stores {
        let held = hold(&store).await;
        let innocent = send(&store, |t| add(t, "innocent")).await;
        let refused = send(&store, |_| Err::<(), _>(StoreError::Hash)).await;
        // Found out by the commit only.
        let guilty = send(&store, |t| {
            t.pragma_update(None, "defer_foreign_keys", true)?;
            t.execute("INSERT INTO card VALUES ('nobody', 0, 'ACTIVE')", [])?;
            Ok(())
        })
        .await;
        drop(held);
        for told in [innocent, refused, guilty] {
            let error = told.await.unwrap().unwrap_err().to_string();
            assert_eq!(error, "FOREIGN KEY constraint failed");
        }
        assert!(store.read(all).await.unwrap().is_empty());

        // The next is none the worse for it.
        store.write(|t| add(t, "next")).await.unwrap();
        assert_eq!(store.read(all).await.unwrap(), ["next"]);
    }
}

#[tokio::test]
async fn those_who_wait_are_committed_together_and_not_without_end() {
    let folder = tempfile::tempdir().unwrap();
    let place = crate::Storage::File(folder.path().join("sandbox.db"));
    let store = Arc::new(open(&place).unwrap());
    // Another connection sees, in the middle of a job, the commits before it.
    let path = folder.path().join("sandbox.db");
    let beside = Arc::new(Mutex::new(Connection::open(path).unwrap()));
    let held = hold(&store).await;
    let mut sent = Vec::new();
    for at in 0..300 {
        let beside = Arc::clone(&beside);
        let job = move |t: &Transaction<'_>| {
            add(t, &at.to_string())?;
            Ok(all(&beside.lock().unwrap())?.len())
        };
        sent.push(send(&store, job).await);
    }
    drop(held);
    let mut seen = std::collections::BTreeMap::<usize, usize>::new();
    for told in sent {
        *seen.entry(told.await.unwrap().unwrap()).or_default() += 1;
    }
    let batches: Vec<_> = seen.into_iter().collect();
    assert_eq!(batches, [(0, 128), (128, 128), (256, 44)]);
}

#[tokio::test]
async fn a_read_sees_what_is_done_and_nothing_of_what_is_under_way() {
    let folder = tempfile::tempdir().unwrap();
    let place = crate::Storage::File(folder.path().join("sandbox.db"));
    let store = Arc::new(open(&place).unwrap());
    store.write(|t| add(t, "done")).await.unwrap();
    let (begun, beginning) = mpsc::channel();
    let (let_go, held) = mpsc::channel::<()>();
    let under_way = send(&store, move |t| {
        add(t, "undone")?;
        begun.send(()).unwrap();
        held.recv().ok();
        Ok(())
    })
    .await;
    beginning.recv().unwrap();
    // The writer is in the middle of it, and keeps nobody waiting.
    assert_eq!(store.read(all).await.unwrap(), ["done"]);
    assert_eq!(store.read_all(all).await.unwrap(), ["done"]);
    drop(let_go);
    under_way.await.unwrap().unwrap();
    assert_eq!(store.read(all).await.unwrap(), ["done", "undone"]);
    assert_eq!(store.read_all(all).await.unwrap(), ["done", "undone"]);
}

#[tokio::test]
async fn a_read_is_of_one_state_to_its_end() {
    let folder = tempfile::tempdir().unwrap();
    let place = crate::Storage::File(folder.path().join("sandbox.db"));
    let store = Arc::new(open(&place).unwrap());
    let writer = Arc::clone(&store);
    let (seen, wait) = mpsc::channel();
    let (let_go, written) = mpsc::channel::<()>();
    let both = tokio::spawn(async move {
        let look_twice = move |connection: &Connection| {
            let first = all(connection)?;
            seen.send(()).unwrap();
            written.recv().ok();
            Ok::<_, StoreError>((first, all(connection)?))
        };
        store.read_all(look_twice).await
    });
    tokio::task::spawn_blocking(move || wait.recv().unwrap())
        .await
        .unwrap();
    writer.write(|t| add(t, "new")).await.unwrap();
    drop(let_go);
    let (first, second) = both.await.unwrap().unwrap();
    assert_eq!((first.len(), second.len()), (0, 0));
}

#[tokio::test]
async fn a_read_changes_nothing_and_a_panic_in_it_stays_there() {
    for store in Both::new().stores {
        let changed = store
            .read(|connection| {
                connection.execute("DELETE FROM card", [])?;
                Ok::<_, StoreError>(())
            })
            .await;
        drop(changed);
        let panicked = store
            .read(|_| -> Done<()> { std::panic::panic_any(PanicsAgain) })
            .await;
        assert!(matches!(panicked, Err(StoreError::Panicked)));
        let cards = |connection: &Connection| -> Done<i64> {
            Ok(connection.query_row("SELECT count(*) FROM card", [], |row| row.get(0))?)
        };
        assert_eq!(store.read(cards).await.unwrap(), 3);
    }
}

#[tokio::test]
async fn what_was_sent_is_written_even_if_the_store_goes_and_nobody_waits() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sandbox.db");
    let place = crate::Storage::File(path.clone());
    let store = Arc::new(open(&place).unwrap());
    // A reader that waits for its next turn is not in the way.
    assert!(store.read(all).await.unwrap().is_empty());
    let held = hold(&store).await;
    let sent = send(&store, |t| add(t, "late")).await;
    sent.abort();
    assert!(sent.await.unwrap_err().is_cancelled());
    // The task that holds the writer has the store too; it ends meanwhile.
    drop(held);
    while Arc::strong_count(&store) > 1 {
        yield_now().await;
    }
    drop(store);

    // All in the one file, with nothing beside it.
    let mut names: Vec<_> = std::fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(names, ["sandbox.db"]);
    let store = open(&place).unwrap();
    assert_eq!(store.read(all).await.unwrap(), ["late"]);
}

/// An error that must not be made, as of one that logs when it is.
#[derive(Debug)]
struct Unwanted;

impl From<StoreError> for Unwanted {
    fn from(error: StoreError) -> Self {
        panic!("nothing failed, and an error was made: {error}")
    }
}

#[tokio::test]
async fn what_takes_the_place_of_everything_leaves_nothing_of_it() {
    for store in Both::new().stores {
        store.write(|tx| add(tx, "a")).await.unwrap();
        store.replace(|tx| add(tx, "b")).await.unwrap();
        assert_eq!(store.read(all).await.unwrap(), ["b"]);
    }
}

#[tokio::test]
async fn what_succeeds_makes_no_error() {
    for store in Both::new().stores {
        assert_eq!(store.read(|_| Ok::<_, Unwanted>(1)).await.unwrap(), 1);
        assert_eq!(store.read_all(|_| Ok::<_, Unwanted>(2)).await.unwrap(), 2);
        assert_eq!(store.write(|_| Ok::<_, Unwanted>(3)).await.unwrap(), 3);
        assert_eq!(store.replace(|_| Ok::<_, Unwanted>(4)).await.unwrap(), 4);
        let waited = crate::engine::world::file::wait(store.write(|_| Ok::<_, Unwanted>(5)));
        assert_eq!(waited.unwrap(), 5);
    }
}

#[tokio::test]
async fn the_last_to_hold_the_store_may_be_a_job_of_its_own() {
    for store in Both::new().stores {
        let (dropped, is_dropped) = mpsc::channel();
        let held = hold(&store).await;
        let inner = Arc::clone(&store);
        let sent = send(&store, move |_| {
            drop(inner);
            dropped.send(()).unwrap();
            Ok(())
        })
        .await;
        for task in [&sent, &held.task] {
            task.abort();
        }
        drop((sent.await, store));
        while !held.task.is_finished() {
            yield_now().await;
        }
        drop(held);
        // Neither a deadlock nor a panic.
        tokio::task::spawn_blocking(move || is_dropped.recv().unwrap())
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn a_start_that_does_not_get_to_its_end_leaves_a_new_store() {
    let folder = tempfile::tempdir().unwrap();
    let place = crate::Storage::File(folder.path().join("sandbox.db"));
    let failed = Store::open_with(&place, &[TABLES], today(), |transaction| {
        add(transaction, "given")?;
        Err(StoreError::Hash)
    });
    assert!(matches!(failed, Err(StoreError::Hash)));
    let store = Store::open_with(&place, &[TABLES], today(), |t| add(t, "given")).unwrap();
    assert_eq!(store.read(all).await.unwrap(), ["given"]);
    drop(store);
    // It has a world by now.
    let store = Store::open_with(&place, &[TABLES], today(), |t| add(t, "other")).unwrap();
    assert_eq!(store.read(all).await.unwrap(), ["given"]);
}

#[tokio::test]
async fn a_read_beside_a_long_write_does_not_hold_up_its_thread() {
    for store in Both::new().stores {
        let held = hold(&store).await;
        let reader = Arc::clone(&store);
        let read = tokio::spawn(async move { reader.read(all).await });
        // Only where this thread goes on can it let the writer go on.
        yield_now().await;
        drop(held);
        assert!(read.await.unwrap().unwrap().is_empty());
    }
}

#[tokio::test]
async fn whoever_has_no_room_in_the_queue_waits_for_it() {
    let store = Arc::new(open(&crate::Storage::Memory).unwrap());
    let held = hold(&store).await;
    let mut sent = Vec::new();
    for at in 0..5000 {
        let add = move |t: &Transaction<'_>| add(t, &format!("{at:0>8}"));
        sent.push(send(&store, add).await);
    }
    assert_eq!(store.waiting(), 4096);
    drop(held);
    for job in sent {
        job.await.unwrap().unwrap();
    }
    let count = |c: &Connection| -> Done<u32> {
        let sql = "SELECT count(*) FROM customer WHERE length(customer_id) = 8";
        Ok(c.query_row(sql, [], |row| row.get(0))?)
    };
    assert!(store.read(count).await.unwrap() >= 5000);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_is_closed_only_when_nobody_reads_any_more() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sandbox.db");
    let place = crate::Storage::File(path.clone());
    let store = Arc::new(open(&place).unwrap());
    let (let_go, held) = mpsc::channel::<()>();
    let (begun, beginning) = tokio::sync::oneshot::channel();
    let reader = store.readers.clone();
    let reading = tokio::task::spawn_blocking(move || {
        reader.read(|connection| -> Done<()> {
            all(connection)?;
            begun.send(()).unwrap();
            held.recv().ok();
            Ok(())
        })
    });
    beginning.await.unwrap();
    store.write(|t| add(t, "late")).await.unwrap();
    let closed = tokio::task::spawn_blocking(move || drop(store));
    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    assert!(!closed.is_finished());
    drop(let_go);
    reading.await.unwrap().unwrap();
    closed.await.unwrap();
    assert!(!folder.path().join("sandbox.db-wal").exists(), "tidy");
    drop(open(&place).unwrap());
}

/// A commit that was acknowledged is on disk, also where the machine stops.
#[tokio::test]
async fn a_commit_to_a_file_waits_for_the_disk() {
    const FULL: i64 = 2;

    let both = Both::new();
    let [_, file] = &both.stores;
    let read = |transaction: &Transaction<'_>| -> Done<(i64, String)> {
        let pragma = |name| format!("PRAGMA {name}");
        let synchronous = transaction.query_row(&pragma("synchronous"), [], |row| row.get(0))?;
        let mode = transaction.query_row(&pragma("journal_mode"), [], |row| row.get(0))?;
        Ok((synchronous, mode))
    };
    assert_eq!(file.write(read).await.unwrap(), (FULL, "wal".to_owned()));
}
