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

/// The events that the sandbox sends to one receiver at a time, as a test of `cards-sandbox` holds.
/// A receiver sees up to twice as many connections: it may hear of the end of the old ones after
/// the next ones stand.
const AT_ONCE: usize = 8;

/// The most bytes that one answer gets rid of: what the sandbox reads, and what the system keeps.
const MOST_WRITTEN: usize = 16 * 1024 * 1024;

/// A receiver: what it answers with, again and again, and how fast.
struct Kind {
    name: &'static str,
    scheme: &'static str,
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
        scheme: "http",
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

/// One that is called over TLS, and speaks none.
const fn without_tls(name: &'static str, then: &'static str) -> Kind {
    Kind {
        scheme: "https",
        ..endless(name, "", then, 0)
    }
}

const SILENT: Kind = endless("no answer", "", "", 0);

const KINDS: &[Kind] = &[
    SILENT,
    without_tls("no handshake", ""),
    without_tls("an endless handshake", "\x16\x03\x03\x00\x01a"),
    // Of level 1, which is a warning.
    without_tls("endless alerts", "\x15\x03\x03\x00\x02\x01\x70"),
    without_tls("HTTP for a handshake", "HTTP/1.1 200 OK\r\n\r\n"),
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

/// Attacks the sandbox with every kind of receiver, and a good one among them, of this provider.
pub(super) fn attack(report: &mut Report, provider: &str, order: fn(SocketAddr, usize)) {
    let victim = Victim::start(&[("delivery millis", TIME)]);
    let address = victim.address;
    let listening: Vec<_> = KINDS.iter().map(Listening::start).collect();
    for receiver in &listening {
        receiver.is_told_by(address, provider);
    }
    let attack = format!("receivers of {provider}");
    let waited = beside(report, &attack, address, || {
        for number in 0..length(24, 240) {
            order(address, number);
        }
        let begun = Instant::now();
        let limit = Duration::from_secs(length(20, 200));
        while !is_over(&Tried::at(address)) && begun.elapsed() < limit {
            thread::sleep(Duration::from_millis(200));
        }
        begun.elapsed()
    });
    let tried = Tried::at(address);
    for (kind, &(waiting, attempts)) in KINDS.iter().zip(&tried.of_each) {
        if attempts == 0 || kind.takes != (waiting == 0) {
            let name = kind.name;
            report.failed(format!(
                "{attack}: {name}: {attempts} attempts, {waiting} wait"
            ));
        }
    }
    let attempts: u64 = tried.of_each.iter().map(|(_, attempts)| attempts).sum();
    report.tried(attempts);
    report.figure(&format!("{attack}: attempts"), attempts);
    let figure = format!("{} ms", waited.as_millis());
    report.figure(&format!("{attack}: all to the good ones after"), figure);
    let most = listening[0].most.load(Ordering::SeqCst);
    report.figure(&format!("{attack}: at once to one"), most);
    if !(2..=2 * AT_ONCE).contains(&most) {
        report.failed(format!("{attack}: {most} are on their way to one at once"));
    }
    for (kind, receiver) in KINDS.iter().zip(&listening) {
        let written = receiver.written.load(Ordering::SeqCst);
        if written > MOST_WRITTEN {
            let name = kind.name;
            report.failed(format!("{attack}: {name}: {written} bytes were taken"));
        }
    }
    victim.judge_memory(report, &attack, 128 * 1024);
}

/// Tells whether all have gone to those who take them, and each other one has been tried.
fn is_over(tried: &Tried) -> bool {
    let each = KINDS.iter().zip(&tried.of_each);
    each.into_iter()
        .all(|(kind, (waiting, attempts))| *attempts > 0 && (!kind.takes || *waiting == 0))
}

/// Locks a card of a new customer, of which there are twelve, or unlocks it.
pub(super) fn order_of_paysafe(address: SocketAddr, number: usize) {
    let id = |number: usize| format!("a0000000-0000-4000-9000-{number:012}");
    if number == 0 {
        let cards = (0..12).map(|number| json!({"cardId": id(number)}));
        let customer = json!({"cards": cards.collect::<Vec<_>>()});
        let path = "/_sandbox/world/paysafe/customers";
        control(address, "POST", path, &customer);
    }
    let card = id(number % 12);
    let action = ["LOCK", "UNLOCK"][number / 12 % 2];
    let path = format!("/_sandbox/paysafe/cards/{card}/actions");
    control(address, "POST", &path, &json!({"action": action}));
}

/// Makes a card at Ibanera.
pub(super) fn order_of_ibanera(address: SocketAddr, number: usize) {
    let body = json!({
        "customersId": 11057,
        "currency": "USD",
        "cardReferenceId": format!("r{number}"),
        "shippingMethod": "Standard",
        "cardProgramID": 1001,
        "shippingAddress": {
            "shippingAddressLine1": "Suite 500",
            "shippingAddressCity": "Austin",
            "shippingAddressState": "Texas",
            "shippingAddressPostcode": "73301",
            "shippingAddressCountry": "USA",
        },
    });
    let headers = format!("authorization: YOUR_API_KEY\r\notp: text\r\n{JSON}");
    let line = "POST /api/v1/customer/cards/create";
    let asked = request(address, line, &headers, &body.to_string());
    let answer = exchange(address, asked.as_bytes());
    assert_eq!(answer.status(), 200, "{}", answer.text);
}

/// Looks whether an event that is never answered is given up at all. A test of `cards-sandbox` holds
/// when.
pub(super) fn attack_until_given_up(report: &mut Report) {
    let victim = Victim::start(&[("delivery millis", TIME)]);
    let address = victim.address;
    Listening::start(&SILENT).is_told_by(address, "ibanera");
    order_of_ibanera(address, 0);
    report.tried(1);
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

/// Counts the deliveries.
struct Tried {
    /// How many wait, and all attempts, of each receiver in their order.
    of_each: Vec<(u64, u64)>,
}

impl Tried {
    fn at(address: SocketAddr) -> Self {
        let events = control(address, "GET", "/_sandbox/events?limit=1000", &Value::Null);
        let events = events["events"].as_array().unwrap();
        let mut of_each = vec![(0, 0); KINDS.len()];
        let deliveries = events
            .iter()
            .flat_map(|event| event["deliveries"].as_array());
        for delivery in deliveries.flatten() {
            let receiver = delivery["receiver"].as_u64().unwrap();
            let (waiting, attempts) = &mut of_each[usize::try_from(receiver).unwrap() - 1];
            *waiting += u64::from(delivery["state"] == "waiting");
            *attempts += delivery["attempts"].as_u64().unwrap();
        }
        Self { of_each }
    }
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

/// A receiver that goes with this process.
struct Listening {
    url: String,
    /// The most connections that it had at once.
    most: Arc<AtomicUsize>,
    /// The most bytes that it got rid of on one.
    written: Arc<AtomicUsize>,
}

impl Listening {
    fn start(kind: &'static Kind) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("{}://{}/", kind.scheme, listener.local_addr().unwrap());
        let [most, now, written] = [0; 3].map(|none| Arc::new(AtomicUsize::new(none)));
        let counts = [&most, &now, &written].map(Arc::clone);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(mut stream) = stream else { return };
                let [most, now, written] = counts.clone();
                thread::spawn(move || {
                    most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                    // The sandbox goes away first, which is an error of writing.
                    drop(answer(&mut stream, kind, &written));
                    now.fetch_sub(1, Ordering::SeqCst);
                });
            }
        });
        Self { url, most, written }
    }

    /// Registers it for all events of a provider.
    fn is_told_by(&self, address: SocketAddr, provider: &str) {
        let receiver = json!({"provider": provider, "url": self.url});
        control(address, "POST", "/_sandbox/receivers", &receiver);
    }
}

/// Answers an event, and keeps the number of the bytes that were sent where it is the largest.
fn answer(stream: &mut TcpStream, kind: &Kind, most: &AtomicUsize) -> std::io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_secs(20)))?;
    match kind.scheme {
        "http" => read_event(stream)?,
        _ => drop(stream.read(&mut [0; 4096])?),
    }
    let mut sent = 0;
    let mut send = |stream: &mut TcpStream, mut piece: &[u8]| -> std::io::Result<()> {
        while !piece.is_empty() {
            let size = stream.write(piece)?;
            sent += size;
            most.fetch_max(sent, Ordering::SeqCst);
            piece = &piece[size..];
        }
        Ok(())
    };
    send(stream, kind.first.as_bytes())?;
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
        send(stream, piece.as_bytes())?;
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
