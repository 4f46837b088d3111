//! Calls that change something, 64 in flight, at a sandbox whose file has each
//! change on disk before it answers, beside one in memory, and beside what a
//! commit for each change would cost alone, without a server around it. Calls
//! that read, beside both.

use std::fs::File;
use std::io::Write;
use std::net::SocketAddr;
use std::path::Path;
use std::time::{Duration, Instant};

use cards_sandbox::{Running, Sandbox, Store, world};
use criterion::{Criterion, criterion_group, criterion_main};
use rusqlite::Connection;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

criterion_group! {
    name = benches;
    config = Criterion::default()
        .without_plots()
        .sample_size(20)
        .measurement_time(Duration::from_secs(8));
    targets = writes, reads
}
criterion_main!(benches);

fn writes(c: &mut Criterion) {
    let mut group = c.benchmark_group("sandbox-write");
    // Not in /tmp, which may be memory.
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder");
    let file = |name: &str| Store::File(folder.path().join(name));

    for (name, in_flight, store) in [
        ("memory-64", 64, Store::Memory),
        ("file-64", 64, file("64.db")),
        ("memory-1", 1, Store::Memory),
        ("file-1", 1, file("1.db")),
    ] {
        let sandbox = start(store);
        let requests = STATUSES.map(preference);
        group.bench_function(name, |b| {
            b.iter_custom(|calls| ask(sandbox.addr(), in_flight, calls, &requests));
        });
    }

    let database = commit_each(&folder.path().join("each.db"));
    group.bench_function("commit-each", |b| {
        let mut statuses = STATUSES.into_iter().cycle();
        b.iter(|| {
            let sql = "INSERT INTO airpay_preference VALUES ('AIRPAYCUST0001', 'ATM', ?1)
                ON CONFLICT (entity_id, type) DO UPDATE SET status = excluded.status";
            let mut statement = database.prepare_cached(sql).expect("it is SQL");
            statement.execute([statuses.next()]).expect("it is written")
        });
    });
    let mut file = File::create(folder.path().join("floor")).expect("a file");
    group.bench_function("fdatasync", |b| {
        b.iter(|| file.write_all(&[7; 4096]).and_then(|()| file.sync_data()));
    });
    group.finish();
}

fn reads(c: &mut Criterion) {
    let mut group = c.benchmark_group("sandbox-read");
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder");
    let file = Store::File(folder.path().join("sandbox.db"));
    for (name, store) in [("memory-16", Store::Memory), ("file-16", file)] {
        let sandbox = start(store);
        let request = format!(
            "GET /customers/{}/prepaid/cards HTTP/1.1\r\nhost: sandbox\r\nauthorization: Bearer \
             {}\r\n\r\n",
            world::paysafe::CUSTOMER,
            world::paysafe::TOKEN
        );
        group.bench_function(name, |b| {
            b.iter_custom(|calls| ask(sandbox.addr(), 16, calls, std::slice::from_ref(&request)));
        });
    }
    group.finish();
}

fn start(store: Store) -> Running {
    Sandbox::builder()
        .store(store)
        .start_blocking()
        .expect("the sandbox starts")
}

/// The statuses that are set in turns, as SQLite does not write what is there
/// already.
const STATUSES: [&str; 2] = ["ALLOWED", "NOTALLOWED"];

/// A signed call that writes one row, the cheapest there is.
fn preference(status: &str) -> String {
    let values = [world::airpay::CUSTOMER, status, "ATM"];
    let body = format!(
        "entity_id={}&status={}&type={}",
        values[0], values[1], values[2]
    );
    let sum = cards_sign::checksum(values, world::airpay::SECRET_KEY.as_bytes());
    format!(
        "POST /airpay/ms/cards/api/customer-preference HTTP/1.1\r\nhost: sandbox\r\n\
         token: {}\r\nchecksum: {sum}\r\ncontent-type: application/x-www-form-urlencoded\r\n\
         content-length: {}\r\n\r\n{body}",
        world::airpay::TOKEN,
        body.len()
    )
}

/// A table like the sandbox's, and its settings, with nothing around them.
fn commit_each(path: &Path) -> Connection {
    let database = Connection::open(path).expect("a file");
    database
        .execute_batch(
            "PRAGMA journal_mode = wal;
             PRAGMA synchronous = full;
             CREATE TABLE airpay_preference (
                 entity_id TEXT NOT NULL,
                 type TEXT NOT NULL,
                 status TEXT NOT NULL,
                 PRIMARY KEY (entity_id, type)
             ) STRICT, WITHOUT ROWID;",
        )
        .expect("it is made");
    database
}

/// Makes as many calls over as many connections, each waiting for its answer
/// before the next request of the cycle.
fn ask(address: SocketAddr, in_flight: usize, calls: u64, requests: &[String]) -> Duration {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_io()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let mut callers = Vec::new();
        for at in 0..in_flight as u64 {
            let mut stream = TcpStream::connect(address).await.expect("it listens");
            stream.set_nodelay(true).expect("a setting");
            let requests = requests.to_vec();
            let calls = calls / in_flight as u64 + u64::from(at < calls % in_flight as u64);
            callers.push(async move {
                for (_, request) in (0..calls).zip(requests.iter().cycle()) {
                    call(&mut stream, request).await;
                }
            });
        }
        let start = Instant::now();
        let callers: Vec<_> = callers.into_iter().map(tokio::spawn).collect();
        for caller in callers {
            caller.await.expect("no panic");
        }
        start.elapsed()
    })
}

async fn call(stream: &mut TcpStream, request: &str) {
    stream
        .write_all(request.as_bytes())
        .await
        .expect("it is taken");
    let mut answer = Vec::with_capacity(16 * 1024);
    loop {
        let read = stream.read_buf(&mut answer).await.expect("an answer");
        assert!(read > 0, "the server closed");
        let head = answer.windows(4).position(|four| four == b"\r\n\r\n");
        let Some(head) = head else { continue };
        let text = std::str::from_utf8(&answer[..head]).expect("a head is text");
        assert!(text.starts_with("HTTP/1.1 200"), "{text}");
        let length = text
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "))
            .and_then(|length| length.parse::<usize>().ok())
            .expect("a length");
        if answer.len() >= head + 4 + length {
            return;
        }
    }
}
