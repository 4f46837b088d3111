//! Requests of which a byte comes now and then, for ever.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use conformance::trust::{Report, length};

use super::{Victim, beside};
use crate::wire::{Answer, FORM, JSON, connect};

/// The time for heads and for bodies, in milliseconds.
const TIME: u64 = 2_000;

/// The time that a machine with other work may take beyond it.
const SLACK: Duration = Duration::from_secs(20);

/// A way to be slow.
struct Kind {
    name: &'static str,
    /// The beginning, which comes at once.
    head: fn(SocketAddr) -> String,
    /// The text that is sent byte by byte, again and again.
    drip: &'static str,
    /// The times that pass until it is ended: an upload and a world wait for their turn besides.
    times: u32,
}

fn post(address: SocketAddr, path: &str, headers: &str) -> String {
    format!("POST {path} HTTP/1.1\r\nhost: {address}\r\n{headers}\r\n")
}

const LONG: &str = "content-length: 60000\r\n";
const CHUNKED: &str = "transfer-encoding: chunked\r\n";

const KINDS: &[Kind] = &[
    Kind {
        name: "nothing",
        head: |_| String::new(),
        drip: "",
        times: 1,
    },
    Kind {
        name: "empty lines",
        head: |_| String::new(),
        drip: "\r\n",
        times: 1,
    },
    Kind {
        name: "a target",
        head: |_| "GET /".to_owned(),
        drip: "a",
        times: 1,
    },
    Kind {
        name: "headers",
        head: |address| format!("GET / HTTP/1.1\r\nhost: {address}\r\n"),
        drip: "a: b\r\n",
        times: 1,
    },
    Kind {
        name: "the head of a second request",
        head: |address| format!("GET /_sandbox/health HTTP/1.1\r\nhost: {address}\r\n\r\nGET /"),
        drip: "a",
        times: 1,
    },
    Kind {
        name: "a form",
        head: |address| {
            post(
                address,
                "/airpay/ms/cards/api/topup",
                &format!("{FORM}{LONG}"),
            )
        },
        drip: "a=b&",
        times: 1,
    },
    Kind {
        name: "a form in chunks",
        head: |address| {
            post(
                address,
                "/airpay/ms/cards/api/topup",
                &format!("{FORM}{CHUNKED}"),
            )
        },
        drip: "1\r\na\r\n",
        times: 1,
    },
    Kind {
        name: "the extension of a chunk",
        head: |address| {
            post(
                address,
                "/airpay/ms/cards/api/topup",
                &format!("{FORM}{CHUNKED}"),
            ) + "1;"
        },
        drip: "a",
        times: 1,
    },
    Kind {
        name: "trailers",
        head: |address| {
            post(
                address,
                "/airpay/ms/cards/api/topup",
                &format!("{FORM}{CHUNKED}"),
            ) + "0\r\n"
        },
        drip: "a: b\r\n",
        times: 1,
    },
    Kind {
        name: "JSON of the control API",
        head: |address| post(address, "/_sandbox/faults", &format!("{JSON}{LONG}")) + "{",
        drip: " ",
        times: 1,
    },
    Kind {
        name: "a body that nobody reads",
        head: |address| post(address, "/nobodys", LONG),
        drip: "a",
        times: 1,
    },
    Kind {
        name: "a body that was asked for",
        head: |address| {
            let headers = format!("{FORM}{LONG}expect: 100-continue\r\n");
            post(address, "/airpay/ms/cards/api/topup", &headers)
        },
        drip: "",
        times: 1,
    },
    Kind {
        name: "an upload",
        head: |address| {
            let headers = format!(
                "authorization: YOUR_API_KEY\r\ncontent-type: multipart/form-data; boundary=b\r\n{LONG}"
            );
            post(address, "/api/v1/customer/cards/documentupload", &headers)
        },
        drip: "a",
        times: 2,
    },
    Kind {
        name: "a world",
        head: |address| {
            post(address, "/_sandbox/world", &format!("{JSON}{LONG}")).replacen("POST", "PUT", 1)
        },
        drip: " ",
        times: 2,
    },
];

pub(super) fn attack(report: &mut Report) {
    let count = length(280, 2_800);
    let victim = Victim::start(&[
        ("connections", 4_096),
        ("header millis", TIME),
        ("body millis", TIME),
    ]);
    let address = victim.address;
    let deadline = Duration::from_millis(TIME) * 2 + SLACK;
    let all = beside(report, "slow", address, || {
        let kinds = KINDS.iter().cycle().take(count);
        let mut all: Vec<_> = kinds.map(|kind| Slow::begin(kind, address)).collect();
        let begun = Instant::now();
        while all.iter().any(|slow| slow.ended.is_none()) && begun.elapsed() < deadline {
            all.iter_mut().for_each(Slow::goes_on);
            thread::sleep(Duration::from_millis(100));
        }
        all
    });
    report.tried(count as u64);
    report.figure("slow: connections", count);
    for slow in &all {
        let name = slow.kind.name;
        let limit = Duration::from_millis(TIME) * slow.kind.times;
        match slow.ended {
            None => report.failed(format!("slow: {name} is never ended")),
            Some(after) => report.overrun(after.saturating_sub(limit)),
        }
        // Where so many want their turn, it is said so.
        let said = Answer {
            text: String::from_utf8_lossy(&slow.read).into_owned(),
            is_ended: true,
        };
        let is_5xx = |status: &u16| *status >= 500 && (*status != 503 || slow.kind.times == 1);
        if said.statuses().iter().any(is_5xx) {
            report.failed(format!(
                "slow: {name} is answered with {:?}",
                said.statuses()
            ));
        }
    }
    victim.judge_memory(report, "slow", count as u64 * 64 + 32 * 1024);
}

/// A connection that sends slowly.
struct Slow {
    kind: &'static Kind,
    stream: TcpStream,
    next: std::iter::Cycle<std::slice::Iter<'static, u8>>,
    begun: Instant,
    read: Vec<u8>,
    /// The time after which the server ended it.
    ended: Option<Duration>,
}

impl Slow {
    fn begin(kind: &'static Kind, address: SocketAddr) -> Self {
        let mut stream = connect(address);
        stream.write_all((kind.head)(address).as_bytes()).unwrap();
        stream.set_nonblocking(true).unwrap();
        Self {
            kind,
            stream,
            next: kind.drip.as_bytes().iter().cycle(),
            begun: Instant::now(),
            read: Vec::new(),
            ended: None,
        }
    }

    /// Sends the next byte, and looks whether the server is still there.
    fn goes_on(&mut self) {
        if self.ended.is_some() {
            return;
        }
        let mut part = [0; 4096];
        let is_over = loop {
            match self.stream.read(&mut part) {
                Ok(0) => break true,
                Ok(size) => self.read.extend_from_slice(&part[..size]),
                Err(error) => break error.kind() != ErrorKind::WouldBlock,
            }
        };
        if is_over {
            self.ended = Some(self.begun.elapsed());
        } else if let Some(byte) = self.next.next() {
            // Where that fails, the next look says so.
            drop(self.stream.write(&[*byte]));
        }
    }
}
