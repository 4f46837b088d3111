//! The server: fixed replies over connections that stay open, a thread for each.
//! It reads a request to its end, looks at its method and at the operation and the way that stand
//! before the path of one of [`paths`](crate::paths), and at nothing else, so that a call costs it the
//! same whoever makes it.

use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

use cards_model::Operation;
use cards_transport::operations;
use serde_json::Value;

use crate::paths::{Way, fixtures, largest};

/// The documented reply to a registration.
pub(crate) const REGISTERED: &str = r#"{
    "status": 200,
    "message": "success",
    "data": {
        "entity_id": "91f5evhk72f56432ec678sdfes685h42sd2t21k430912508233b7r37562g2hps",
        "kyc_status": "MIN_KYC",
        "kyc_expiry_date": "2021-06-18",
        "kycRefNo": null
    }
}"#;

/// The refusal of a request, as each provider has it.
const REFUSALS: [(&str, &str, &str); 3] = [
    ("airpay", "200 OK", r#"{"status":400,"message":"fail"}"#),
    (
        "paysafe",
        "400 Bad Request",
        r#"{"error":{"code":"DW-INVALID-REQUEST","message":"limit out of range","details":["x"],"fieldErrors":[{"field":"limit","error":"must be at most 50"}]}}"#,
    ),
    (
        "ibanera",
        "200 OK",
        r#"{"status":"0","errors":[{"errorType":"x","fieldName":"customersId","messageCode":"Invalid"}],"id":0,"details":null}"#,
    ),
];

/// The cases with the answer of an operation, the first that there is.
const ANSWERS: [&str; 11] = [
    "success-example",
    "success-sample",
    "success",
    "sent",
    "created",
    "card",
    "get-prepaid-cards",
    "cancelled",
    "newer-copy",
    "sample",
    "paid",
];

/// Serves until it is ended, on an address that it prints. It pauses before each
/// reply, so that under a tracer every client has gone to sleep by then.
pub(crate) fn serve(pause: Duration) -> io::Result<()> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    writeln!(
        io::stdout(),
        "listening on http://{}",
        listener.local_addr()?
    )?;
    let replies = Replies::new()?;
    thread::scope(|scope| {
        for stream in listener.incoming() {
            let (stream, replies) = (stream?, &replies);
            // A client that goes away ends its thread.
            scope.spawn(move || drop(answer(stream, replies, pause)));
        }
        Ok(())
    })
}

/// The bytes that one call brings to a server.
pub(crate) struct Recorder(TcpListener);

impl Recorder {
    pub(crate) fn new() -> io::Result<Self> {
        TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map(Self)
    }

    pub(crate) fn address(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }

    /// Answers one request on a connection of its own, and tells its bytes.
    pub(crate) fn take(&self) -> io::Result<Vec<u8>> {
        let (mut stream, _) = self.0.accept()?;
        stream.set_read_timeout(Some(Duration::from_secs(60)))?;
        let mut received = Vec::new();
        let end = read(&mut stream, &mut received)?;
        let end = end.ok_or(io::ErrorKind::UnexpectedEof)?;
        stream.write_all(Replies::new()?.to(&received, &mut BTreeMap::new()))?;
        received.truncate(end);
        Ok(received)
    }
}

/// Heads and bodies, made once.
struct Replies {
    registered: Vec<u8>,
    page: Vec<u8>,
    /// The replies of each way of an operation, one after the other and again from the first, by what
    /// stands before the path.
    ways: BTreeMap<String, Vec<Vec<u8>>>,
}

/// Makes a reply.
fn reply(status: &str, body: &str) -> Vec<u8> {
    let head = "content-type: application/json\r\ndate: Sat, 21 Nov 2026 09:00:00 GMT\r\n";
    let length = body.len();
    format!("HTTP/1.1 {status}\r\n{head}content-length: {length}\r\n\r\n{body}").into_bytes()
}

/// The recorded answer to an operation, about the customer and the card that the call names: one
/// about others brings a warning.
fn answer_of(operation: &Operation) -> io::Result<Vec<u8>> {
    let files = ANSWERS.map(|case| fixtures(operation).join(case).join("reply.http"));
    let uploaded = fixtures(operation).join("uploaded/reply.http");
    let mut files = files.iter().chain([&uploaded]);
    let file = files.find(|file| file.exists());
    let file = file.ok_or_else(|| io::Error::other(format!("{}: no answer", operation.name)))?;
    let recorded = std::fs::read_to_string(file)?;
    let (head, body) = recorded.split_once("\n\n").unwrap_or((&recorded, ""));
    let status = head.lines().next().and_then(|line| line.split_once(' '));
    let status = status.map_or("200 OK", |(_, status)| status);
    let (Ok(mut value), Ok(call)) = (serde_json::from_str(body), largest(operation)) else {
        // Nothing comes back, or the call logs in.
        return Ok(reply(status, body));
    };
    name("", &mut value, &call);
    Ok(reply(status, &value.to_string()))
}

/// Puts the ids of a call into the places of an answer that have the same names.
fn name(within: &str, answer: &mut Value, call: &Value) {
    match answer {
        Value::Array(items) => items.iter_mut().for_each(|item| name(within, item, call)),
        Value::Object(members) => {
            for (member, value) in members {
                let asked = match (within, &**member) {
                    ("card", "id") => "cardsId",
                    (_, "entityId") => "entity_id",
                    (_, "customersID") => "customersId",
                    (_, member) => member,
                };
                let is_id = ["Id", "_id"].iter().any(|end| asked.ends_with(end));
                match call.get(asked).filter(|_| is_id) {
                    Some(id) => *value = id.clone(),
                    None => name(member, value, call),
                }
            }
        }
        _ => {}
    }
}

/// Makes the replies of every way of every operation.
fn ways() -> io::Result<BTreeMap<String, Vec<Vec<u8>>>> {
    let mut all = BTreeMap::new();
    let answers: Vec<_> = operations().map(answer_of).collect::<io::Result<_>>()?;
    for (operation, answer) in operations().zip(&answers) {
        let provider = operation.provider.as_str();
        let refusal = REFUSALS.iter().find(|(of, ..)| *of == provider);
        let refusal = refusal.map(|(_, status, body)| reply(status, body));
        // The last operation of a provider is the one that logs in.
        let both = operations().zip(&answers);
        let login = both.filter(|(other, _)| other.provider == operation.provider);
        let login = login.last().map(|(_, login)| login.clone());
        for way in Way::ALL {
            let replies = match way {
                Way::Done => vec![answer.clone()],
                Way::Refused => refusal.iter().cloned().collect(),
                Way::Busy => vec![reply("503 Service Unavailable", "{}"), answer.clone()],
                // The first call logs in, and each after it finds that its token is over.
                Way::Renewed => vec![
                    login.clone().unwrap_or_default(),
                    answer.clone(),
                    reply("401 Unauthorized", "{}"),
                ],
            };
            all.insert(format!("{}/{}", operation.name, way.name()), replies);
        }
    }
    Ok(all)
}

impl Replies {
    fn new() -> io::Result<Self> {
        Ok(Self {
            registered: reply("200 OK", REGISTERED),
            page: reply("200 OK", &benches::paysafe_page()),
            ways: ways()?,
        })
    }

    /// The reply to a request, on a connection on which so many have come by each way.
    fn to<'a>(&'a self, request: &[u8], came: &mut BTreeMap<&'a str, usize>) -> &'a [u8] {
        if let Some((way, replies)) = self.way(request) {
            let at = came.entry(way).or_default();
            let reply = &replies[*at % replies.len()];
            *at += 1;
            return reply;
        }
        match request.first() {
            Some(b'P') => &self.registered,
            _ => &self.page,
        }
    }

    /// The way that stands before the path of a request. `None`: none does.
    fn way(&self, request: &[u8]) -> Option<(&str, &[Vec<u8>])> {
        let line = request.split(|byte| *byte == b'\r').next()?;
        let (_, path) = std::str::from_utf8(line).ok()?.split_once(" /")?;
        let end = path.match_indices('/').nth(1)?.0;
        let (way, replies) = self.ways.get_key_value(&path[..end])?;
        Some((way, replies))
    }
}

fn answer(mut stream: TcpStream, replies: &Replies, pause: Duration) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut received = Vec::with_capacity(16 * 1024);
    let mut came = BTreeMap::new();
    while let Some(end) = read(&mut stream, &mut received)? {
        if !pause.is_zero() {
            thread::sleep(pause);
        }
        stream.write_all(replies.to(&received, &mut came))?;
        received.drain(..end);
    }
    Ok(())
}

/// Reads until `received` holds a whole request, and tells its length. `None`:
/// the client has closed the connection.
fn read(stream: &mut TcpStream, received: &mut Vec<u8>) -> io::Result<Option<usize>> {
    let mut buffer = [0; 16 * 1024];
    loop {
        if let Some(end) = end_of_request(received) {
            return Ok(Some(end));
        }
        match stream.read(&mut buffer)? {
            0 => return Ok(None),
            bytes => received.extend_from_slice(&buffer[..bytes]),
        }
    }
}

fn end_of_request(received: &[u8]) -> Option<usize> {
    const LENGTH: &[u8] = b"content-length:";
    let head = received.windows(4).position(|four| four == b"\r\n\r\n")?;
    let mut lines = received[..head].split(|byte| *byte == b'\n');
    let length = lines.find_map(|line| {
        let (name, value) = line.split_at_checked(LENGTH.len())?;
        let value = std::str::from_utf8(value).ok()?;
        name.eq_ignore_ascii_case(LENGTH)
            .then(|| value.trim().parse::<usize>().ok())?
    });
    let end = head + 4 + length.unwrap_or(0);
    (received.len() >= end).then_some(end)
}
