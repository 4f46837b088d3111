//! Receivers of events that do not answer, or in ways that keep one waiting.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use conformance::trust::{Report, length};
use serde_json::{Value, json};

use super::{Victim, beside};
use crate::wire::{JSON, exchange, request};

/// The time that a receiver may take, in milliseconds.
const TIME: u64 = 2_000;

/// A receiver: what it answers with, again and again, and how fast.
struct Kind {
    name: &'static str,
    first: &'static str,
    then: &'static str,
    /// The time between two pieces.
    pause: u64,
    /// Says whether the event counts as delivered.
    takes: bool,
    /// Says whether it ends the connection after the first piece.
    ends: bool,
}

const fn endless(name: &'static str, first: &'static str, then: &'static str, pause: u64) -> Kind {
    Kind {
        name,
        first,
        then,
        pause,
        takes: false,
        ends: false,
    }
}

const fn ending(name: &'static str, first: &'static str) -> Kind {
    Kind {
        ends: true,
        ..endless(name, first, "", 0)
    }
}

const KINDS: &[Kind] = &[
    endless("no answer", "", "", 100),
    endless("a status byte by byte", "", "H", 300),
    endless(
        "a head line by line",
        "HTTP/1.1 200 OK\r\n",
        "a: b\r\n",
        300,
    ),
    endless(
        "an endless head",
        "HTTP/1.1 200 OK\r\n",
        "a: bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\r\n",
        0,
    ),
    endless(
        "an endless header",
        "HTTP/1.1 200 OK\r\na: ",
        "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb",
        0,
    ),
    endless(
        "an endless reason",
        "HTTP/1.1 200 ",
        "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb",
        0,
    ),
    endless("interim answers", "", "HTTP/1.1 102 Processing\r\n\r\n", 0),
    endless(
        "early hints",
        "",
        "HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n",
        10,
    ),
    Kind {
        takes: true,
        ..endless(
            "an endless body",
            "HTTP/1.1 200 OK\r\n\r\n",
            "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb",
            0,
        )
    },
    Kind {
        takes: true,
        ..endless(
            "endless chunks",
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n",
            "1\r\na\r\n",
            0,
        )
    },
    ending(
        "a redirect to itself",
        "HTTP/1.1 307 Temporary Redirect\r\nlocation: /\r\ncontent-length: 0\r\n\r\n",
    ),
    ending(
        "a redirect to the sandbox",
        "HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1/_sandbox/reset\r\n\r\n",
    ),
    ending("an end at once", ""),
    ending("no HTTP", "\0\0\0\0\r\n\r\n"),
    ending("half a head", "HTTP/1.1 200 OK\r\na"),
    ending(
        "a refusal",
        "HTTP/1.1 500 Internal Server Error\r\ncontent-length: 0\r\n\r\n",
    ),
    Kind {
        takes: true,
        ..ending("a good one", "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
    },
];

pub(super) fn attack(report: &mut Report) {
    let victim = Victim::start(&[("delivery millis", TIME)]);
    let address = victim.address;
    let connections = Arc::new(AtomicUsize::new(0));
    for kind in KINDS {
        let url = listen(kind, &connections);
        control(
            address,
            "POST",
            "/_sandbox/receivers",
            &json!({"provider": "paysafe", "url": url}),
        );
    }
    let orders = length(20, 200);
    let attack = "receivers";
    let (waited, wrong) = beside(report, attack, address, || {
        for number in 0..orders {
            let action = ["LOCK", "UNLOCK"][number % 2];
            let path = format!("/_sandbox/paysafe/cards/{ACTIVE}/actions");
            control(address, "POST", &path, &json!({"action": action}));
        }
        let begun = Instant::now();
        let good = KINDS.len();
        // All have gone to the good one, and each other one has been tried.
        let is_done = |tried: &Tried| {
            tried.waiting[good - 1] == 0 && tried.attempts.iter().all(|count| *count > 0)
        };
        while !is_done(&tried(address)) && begun.elapsed() < Duration::from_secs(60) {
            thread::sleep(Duration::from_millis(200));
        }
        let waited = begun.elapsed();
        // The other good ones wait for their turns too.
        thread::sleep(Duration::from_millis(TIME));
        let tried = tried(address);
        let wrong: Vec<_> = KINDS
            .iter()
            .enumerate()
            .filter_map(|(at, kind)| {
                let (waiting, attempts) = (tried.waiting[at], tried.attempts[at]);
                let is_right = attempts > 0 && kind.takes == (waiting == 0);
                (!is_right).then(|| {
                    format!(
                        "{attack}: {}: {attempts} attempts, {waiting} wait",
                        kind.name
                    )
                })
            })
            .collect();
        (waited, wrong)
    });
    let events = control(address, "GET", "/_sandbox/events?limit=1000", &Value::Null);
    let events = events["events"].as_array().map_or(0, Vec::len);
    report.tried((events * KINDS.len()) as u64);
    report.figure("receivers: deliveries", events * KINDS.len());
    report.figure(
        "receivers: all to the good one after",
        format!("{} ms", waited.as_millis()),
    );
    wrong.into_iter().for_each(|wrong| report.failed(wrong));
    if connections.load(Ordering::SeqCst) > 8 * KINDS.len() {
        report.failed("receivers: one is called more than eight times at once");
    }
    victim.judge_memory(report, attack, 128 * 1024);
}

/// Active, in the wallets of two phones.
const ACTIVE: &str = "12345678-0000-4000-8000-000000000001";

/// Ibanera sends its events for two hours, and no longer.
pub(super) fn attack_until_given_up(report: &mut Report) {
    let victim = Victim::start(&[("delivery millis", TIME)]);
    let address = victim.address;
    let connections = Arc::new(AtomicUsize::new(0));
    let url = listen(&KINDS[0], &connections);
    control(
        address,
        "POST",
        "/_sandbox/receivers",
        &json!({"provider": "ibanera", "url": url}),
    );
    let body = r#"{"customersId":11057,"currency":"USD","cardReferenceId":"r","shippingMethod":"Standard","cardProgramID":1001,"shippingAddress":{"shippingAddressLine1":"Suite 500","shippingAddressCity":"Austin","shippingAddressState":"Texas","shippingAddressPostcode":"73301","shippingAddressCountry":"USA"}}"#;
    let headers = format!("authorization: YOUR_API_KEY\r\notp: text\r\n{JSON}");
    let made = request(
        address,
        "POST /api/v1/customer/cards/create",
        &headers,
        body,
    );
    report.tried(1);
    if exchange(address, made.as_bytes()).status() != 200 {
        return report.failed("receivers: no card is made at Ibanera");
    }
    let deadline = Instant::now() + Duration::from_secs(120);
    let state = || {
        let events = control(
            address,
            "GET",
            "/_sandbox/events?provider=ibanera",
            &Value::Null,
        );
        events["events"][0]["deliveries"][0]["state"].clone()
    };
    while state() != "given-up" {
        if Instant::now() > deadline {
            return report.failed(format!(
                "receivers: an event of Ibanera's is {} for ever",
                state()
            ));
        }
        control(
            address,
            "POST",
            "/_sandbox/clock/advance",
            &json!({"seconds": 3_600}),
        );
        thread::sleep(Duration::from_millis(300));
    }
}

/// The deliveries to each receiver, in their order.
struct Tried {
    waiting: Vec<u64>,
    attempts: Vec<u64>,
}

fn tried(address: SocketAddr) -> Tried {
    let events = control(address, "GET", "/_sandbox/events?limit=1000", &Value::Null);
    let (mut waiting, mut attempts) = (vec![0; KINDS.len()], vec![0; KINDS.len()]);
    let deliveries = events["events"].as_array().into_iter().flatten();
    let deliveries =
        deliveries.flat_map(|event| event["deliveries"].as_array().into_iter().flatten());
    for delivery in deliveries {
        let number = delivery["receiver"]
            .as_u64()
            .and_then(|number| usize::try_from(number).ok());
        let at = number.unwrap() - 1;
        attempts[at] += delivery["attempts"].as_u64().unwrap();
        waiting[at] += u64::from(delivery["state"] == "waiting");
    }
    Tried { waiting, attempts }
}

fn control(address: SocketAddr, method: &str, path: &str, body: &Value) -> Value {
    let body = if body.is_null() {
        String::new()
    } else {
        body.to_string()
    };
    let asked = request(address, &format!("{method} {path}"), JSON, &body);
    let answer = exchange(address, asked.as_bytes());
    assert!(answer.status() < 300, "{method} {path}: {}", answer.text);
    serde_json::from_str(answer.body()).unwrap()
}

/// Starts a receiver, and counts its connections while they last.
fn listen(kind: &'static Kind, connections: &Arc<AtomicUsize>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let connections = Arc::clone(connections);
    // It goes with this process.
    thread::spawn(move || {
        for stream in listener.incoming() {
            let connections = Arc::clone(&connections);
            thread::spawn(move || {
                connections.fetch_add(1, Ordering::SeqCst);
                // The sandbox goes away first, which is an error of writing.
                drop(answer(&mut stream?, kind));
                connections.fetch_sub(1, Ordering::SeqCst);
                Ok::<_, std::io::Error>(())
            });
        }
    });
    url
}

fn answer(stream: &mut TcpStream, kind: &Kind) -> std::io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_secs(20)))?;
    read_event(stream)?;
    stream.write_all(kind.first.as_bytes())?;
    if kind.ends {
        return Ok(());
    }
    let piece = match kind.pause {
        0 => kind.then.repeat(1_000),
        _ => kind.then.to_owned(),
    };
    loop {
        if piece.is_empty() {
            // Until the sandbox ends it.
            return stream.read(&mut [0]).map(drop);
        }
        stream.write_all(piece.as_bytes())?;
        thread::sleep(Duration::from_millis(kind.pause));
    }
}

/// Reads a message, whose body is a JSON object.
fn read_event(stream: &mut TcpStream) -> std::io::Result<()> {
    let (mut read, mut part) = (Vec::new(), [0; 4096]);
    while !(read.ends_with(b"}") && read.windows(4).any(|four| four == b"\r\n\r\n")) {
        match stream.read(&mut part)? {
            0 => return Err(std::io::ErrorKind::UnexpectedEof.into()),
            size => read.extend_from_slice(&part[..size]),
        }
    }
    Ok(())
}
