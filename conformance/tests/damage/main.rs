//! Files of a sandbox that were damaged while none had them open.
//!
//! Such a file is refused at the start, and left as it is; or the sandbox that starts answers every
//! call, and where it cannot, says that its file is damaged.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "this is test code, outside of `#[test]` functions"
)]

#[path = "../common/mod.rs"]
mod common;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use cards_sandbox::{Error, ProviderId, Receiver, Running, Sandbox, Store};
use cards_transport::blocking::Client;
use cards_transport::{Call, UreqTransport, Visit, operations};
use conformance::trust::{Report, length};
use http::Request;
use proptest::prelude::Rng as _;
use proptest::test_runner::{RngAlgorithm, TestRng};
use rusqlite::Connection;
use rusqlite::types::Value as Stored;

use common::operations::{from_input, nested, valid, visited};
use common::sandbox::{Carries, answer, own_paths, provider_of};

/// A receiver of events that nobody listens at.
const NOBODY: &str = "http://127.0.0.1:9/events";

fn start(file: &Path) -> Result<Running, Error> {
    Sandbox::builder()
        .clock(Arc::new(common::noon))
        .store(Store::File(file.to_owned()))
        .receiver(Receiver::all(ProviderId::IBANERA, NOBODY.parse().unwrap()))
        .start_blocking()
}

/// Sends the valid request of an operation, and tells whether it was accepted.
struct Send<'a>(&'a Running);

impl Visit for Send<'_> {
    type Output = bool;

    fn visit<C: Call>(self) -> bool {
        // A login has no fixture; others log in.
        let Ok(input) = valid(C::operation().name) else {
            return false;
        };
        let call = from_input::<C>(&nested(&input)).unwrap();
        let provider = provider_of::<C::Provider>(self.0, Carries::Both);
        let client = Client::new(provider, UreqTransport::new().unwrap());
        client.send(&call).is_ok()
    }
}

/// Makes a file with rows that calls brought, and closes it. Gives file and journal as a process that is
/// killed would have left them.
fn make(file: &Path) -> [Vec<u8>; 2] {
    let sandbox = start(file).unwrap();
    let sent = operations().map(|operation| visited(operation.name, Send(&sandbox)).unwrap());
    let accepted = sent.filter(|accepted| *accepted).count();
    assert!(accepted >= 8, "{accepted} calls were accepted");
    let left = [file.to_owned(), journal(file)].map(|path| fs::read(path).unwrap());
    assert!(!left[1].is_empty());
    left
}

fn journal(file: &Path) -> PathBuf {
    format!("{}-wal", file.display()).into()
}

/// Looks at everything that is served. Gives what failed without saying that the file is damaged,
/// and whether something said so.
fn looked_at(sandbox: &Running, shown: &[String]) -> (Vec<String>, bool) {
    let (mut faults, mut said) = (Vec::new(), false);
    let mut see = |what: &str, status: u16, told: &str| {
        if status < 500 {
            return;
        }
        match told.contains("its file is damaged") {
            true => said = true,
            false => faults.push(format!("{what}: {status} for another reason, or for none")),
        }
    };
    for path in shown {
        let request = Request::get(format!("{}{path}", sandbox.url()));
        let reply = answer(request.body(Bytes::new()).unwrap()).unwrap();
        let told = String::from_utf8_lossy(reply.body());
        see(path, reply.status().as_u16(), &told);
    }
    for operation in operations() {
        visited(operation.name, Send(sandbox)).unwrap();
    }
    // What a provider answers is the document's; the journal has the reason.
    for exchange in sandbox.exchanges() {
        let operation = exchange.operation.unwrap_or("no operation");
        see(operation, exchange.status, &exchange.verdict);
    }
    (faults, said)
}

/// Counts the files by how they fared.
#[derive(Default)]
struct Tally {
    refused: u64,
    served: u64,
    said: u64,
}

impl Tally {
    /// Starts a sandbox of the file, and looks.
    fn look(&mut self, file: &Path, how: &str, shown: &[String], report: &mut Report) {
        report.tried(1);
        let read = || [file.to_owned(), journal(file)].map(|path| fs::read(path).ok());
        let before = read();
        match start(file) {
            Ok(sandbox) => {
                let (faults, said) = looked_at(&sandbox, shown);
                self.served += 1;
                self.said += u64::from(said);
                for fault in faults {
                    report.failed(format!("{how}: {fault}"));
                }
            }
            Err(error) => {
                self.refused += 1;
                if !error.is_store() || std::error::Error::source(&error).is_none() {
                    report.failed(format!("{how}: {error}"));
                }
                if read() != before {
                    report.failed(format!("{how}: refused, and written to"));
                }
            }
        }
    }

    /// Tells whether files fared in every way.
    const fn is_varied(&self) -> bool {
        self.refused > 0 && self.served > 0 && self.said > 0
    }

    fn tell(&self, what: &str, report: &mut Report) {
        let Self {
            refused,
            served,
            said,
        } = self;
        report.figure(&format!("{what}: refused at the start"), refused);
        report.figure(&format!("{what}: served"), served);
        report.figure(&format!("{what}: said to be damaged while served"), said);
    }
}

/// Damages some bytes, as a disk does.
fn trample(whole: &mut Vec<u8>, rng: &mut TestRng) -> String {
    const PAGE: usize = 4096;
    let mut below = |most: usize| rng.next_u64() as usize % most;
    let at = below(whole.len());
    let page = at / PAGE * PAGE;
    match below(5) {
        0 => {
            let bit = below(8);
            whole[at] ^= 1 << bit;
            format!("bit {bit} of byte {at}")
        }
        1 => {
            let end = (at + 1 + below(64)).min(whole.len());
            whole[at..end]
                .iter_mut()
                .for_each(|byte| *byte = below(256) as u8);
            format!("bytes {at} to {end}")
        }
        2 => {
            let block = at / 512 * 512;
            let end = (block + 512).min(whole.len());
            whole[block..end].fill(0);
            format!("the block at {block}")
        }
        3 => {
            let other = below(whole.len()) / PAGE * PAGE;
            let size = PAGE.min(whole.len() - page.max(other));
            whole.copy_within(page..page + size, other);
            format!("the page at {page} at {other} too")
        }
        _ => {
            whole.truncate(at);
            format!("cut at {at}")
        }
    }
}

#[test]
fn a_file_with_trampled_bytes_is_refused_or_served_without_a_failure() {
    let mut report = Report::new("damage-bytes");
    let folder = tempfile::tempdir().unwrap();
    let (good, file) = (folder.path().join("good.db"), folder.path().join("bad.db"));
    let left = make(&good);
    let (good, shown) = (fs::read(&good).unwrap(), own_paths());
    let mut rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[29; 32]);
    // The files, the one of them that is damaged, and how often.
    let closed = [good, Vec::new()];
    let cases = [
        ("the closed file", &closed, 0, length(40, 2_000)),
        ("the file", &left, 0, length(20, 1_000)),
        ("the journal", &left, 1, length(20, 1_000)),
    ];
    for (what, whole, part, draws) in cases {
        let mut tally = Tally::default();
        let mut drawn = 0;
        while drawn < draws {
            let mut bad = whole.clone();
            let how = trample(&mut bad[part], &mut rng);
            // Some bytes are what they were.
            if bad == *whole {
                continue;
            }
            drawn += 1;
            forget(&file);
            fs::write(&file, &bad[0]).unwrap();
            if !bad[1].is_empty() {
                fs::write(journal(&file), &bad[1]).unwrap();
            }
            tally.look(&file, &format!("{what}, {how}"), &shown, &mut report);
        }
        tally.tell(what, &mut report);
        // Of a file with a journal hardly a page is read: not each way of faring comes up.
        assert!(!whole[1].is_empty() || tally.is_varied(), "one way only");
    }
    report.end();
}

/// Takes a file and its journal away.
fn forget(file: &Path) {
    for end in ["", "-wal", "-shm"] {
        let _ = fs::remove_file(format!("{}{end}", file.display()));
    }
}

/// Every column of every table, but SQLite's own.
fn columns(database: &Connection) -> Vec<(String, String)> {
    let all = "SELECT m.name, c.name FROM sqlite_schema m JOIN pragma_table_info(m.name) c \
               WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%'";
    let mut all = database.prepare(all).unwrap();
    let rows = all.query_map([], |row| Ok((row.get(0)?, row.get(1)?)));
    rows.unwrap().map(Result::unwrap).collect()
}

/// Values that hardly any column may have.
fn odd() -> Vec<(&'static str, Stored)> {
    let text = |text: &str| Stored::Text(text.to_owned());
    vec![
        ("NULL", Stored::Null),
        ("no text", text("")),
        ("other text", text("x")),
        ("broken JSON", text("{\"a\":")),
        ("other JSON", text("[{}]")),
        ("a long text", text(&"9".repeat(400))),
        ("the least number", Stored::Integer(i64::MIN)),
        ("the largest number", Stored::Integer(i64::MAX)),
        ("-1", Stored::Integer(-1)),
        ("a fraction", Stored::Real(0.5)),
        ("bytes that are no text", Stored::Blob(vec![0xff, 0, 0xfe])),
    ]
}

/// Puts a value where it does not belong, in a row that `drawn` picks; tells whether it is there now.
fn plant(file: &Path, (table, column): &(String, String), value: &Stored, drawn: u64) -> bool {
    let database = Connection::open(file).unwrap();
    for off in ["foreign_keys = 0", "ignore_check_constraints = 1"] {
        database.execute_batch(&format!("PRAGMA {off}")).unwrap();
    }
    let rows = format!("SELECT count(*) FROM \"{table}\"");
    let rows: i64 = database.query_row(&rows, [], |row| row.get(0)).unwrap();
    let at = drawn % u64::try_from(rows).unwrap().max(1);
    let row = format!("SELECT rowid FROM \"{table}\" LIMIT 1 OFFSET {at}");
    let put = format!("UPDATE \"{table}\" SET \"{column}\" = ?1 WHERE rowid = ({row})");
    // A table of other types, a key, a column that must have a value.
    database.execute(&put, [value]).is_ok_and(|rows| rows == 1)
}

#[test]
fn a_file_with_a_value_that_does_not_belong_is_refused_or_says_so() {
    let mut report = Report::new("damage-values");
    let folder = tempfile::tempdir().unwrap();
    let (good, file) = (folder.path().join("good.db"), folder.path().join("bad.db"));
    make(&good);
    let (columns, shown) = (columns(&Connection::open(&good).unwrap()), own_paths());
    let mut cases: Vec<_> = columns
        .iter()
        .flat_map(|column| odd().into_iter().map(move |odd| (column, odd)))
        .collect();
    let mut rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[37; 32]);
    for at in (1..cases.len()).rev() {
        cases.swap(at, rng.next_u64() as usize % (at + 1));
    }
    // The short form takes the first of them: one of each column comes before a second of any.
    let mut times = BTreeMap::new();
    let numbered = cases.into_iter().map(|case| {
        let time = times.entry(case.0).or_insert(0);
        *time += 1;
        (*time, case)
    });
    let mut cases: Vec<_> = numbered.collect();
    cases.sort_by_key(|(time, _)| *time);
    let (mut tally, mut planted) = (Tally::default(), 0);
    for (_, (column, (name, value))) in &cases {
        forget(&file);
        fs::copy(&good, &file).unwrap();
        if !plant(&file, column, value, rng.next_u64()) {
            continue;
        }
        tally.look(
            &file,
            &format!("{name} in {}.{}", column.0, column.1),
            &shown,
            &mut report,
        );
        planted += 1;
        if planted == length(80, usize::MAX) {
            break;
        }
    }
    tally.tell("values", &mut report);
    assert!(tally.is_varied(), "one way only");
    report.end();
}
