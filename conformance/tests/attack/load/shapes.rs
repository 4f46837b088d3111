//! The ways in which a request can be far too large.

use std::net::SocketAddr;

use cards_model::Body;
use cards_transport::operations;

use crate::sites::control_calls;
use crate::wire::{FORM, JSON, request};

/// A request that is too large in one way, of at most about so many bytes.
pub(super) struct Kind {
    pub(super) name: &'static str,
    pub(super) most: usize,
    pub(super) make: fn(&Size) -> Vec<u8>,
}

const fn kind(name: &'static str, most: usize, make: fn(&Size) -> Vec<u8>) -> Kind {
    Kind { name, most, make }
}

/// Says how large a request is to be, and where it goes.
pub(super) struct Size {
    pub(super) address: SocketAddr,
    pub(super) size: usize,
    /// Chooses among what there is to be called.
    pub(super) number: usize,
}

const MIB: usize = 1024 * 1024;
const UPLOAD: &str = "POST /api/v1/customer/cards/documentupload";
const TOPUP: &str = "POST /airpay/ms/cards/api/topup";

#[rustfmt::skip]
pub(super) const KINDS: &[Kind] = &[
    kind("a header", 8 * MIB, |it| head(it, &format!("a: {}\r\n", "b".repeat(it.size)))),
    kind("headers", 4 * MIB, |it| head(it, &"a: b\r\n".repeat(it.size / 6))),
    kind("headers of one name", 4 * MIB, |it| head(it, &format!("token: {}\r\n", "x".repeat(4_000)).repeat(it.size / 4_000))),
    kind("hundred headers", MIB, |it| head(it, &format!("a: {}\r\n", "b".repeat(it.size / 95)).repeat(95))),
    kind("the name of a header", MIB, |it| head(it, &format!("{}: b\r\n", "a".repeat(it.size)))),
    kind("a cookie", MIB, |it| head(it, &format!("cookie: {}\r\n", "a=b; ".repeat(it.size / 5)))),
    kind("a method", MIB, |it| line(it, &format!("{} /", "A".repeat(it.size)))),
    kind("a path", 2 * MIB, |it| line(it, &format!("GET /{}", "a".repeat(it.size)))),
    kind("a deep path", 64_000, |it| line(it, &format!("GET {}", "/a".repeat(it.size / 2)))),
    kind("a path of the control API", 64_000, |it| line(it, &format!("GET /_sandbox/exchanges/{}", "9".repeat(it.size)))),
    kind("a query", 64_000, |it| line(it, &format!("GET {}?{}", target(it), "a=b&".repeat(it.size / 4)))),
    kind("a query of lists", 64_000, |it| line(it, &format!("GET /customers/12345678/prepaid/cards?status={}", "ACTIVE,".repeat(it.size / 7)))),
    kind("a form of pairs", 500_000, |it| form(it, &"a=b&".repeat(it.size / 4))),
    kind("a form of ampersands", 200_000, |it| form(it, &"&".repeat(it.size))),
    kind("a form of different names", 64_000, |it| form(it, &numbered(it.size, |at| format!("{at}=&")))),
    kind("a form of one name", 64_000, |it| form(it, &"entity_id=1&".repeat(it.size / 12))),
    kind("a form of percent signs", 64_000, |it| form(it, &format!("entity_id={}", "%41".repeat(it.size / 3)))),
    kind("a form of a page", 64_000, |it| page(it, "POST /_sandbox/page/faults", &"headers=a&".repeat(it.size / 10))),
    kind("pasted into the calculator", 64_000, |it| page(it, "POST /_sandbox/page/checksum", &format!("pasted={}", "a%3Db%26".repeat(it.size / 8)))),
    kind("JSON of brackets", 16 * MIB, |it| json(it, |size| "[".repeat(size))),
    kind("JSON of braces", 16 * MIB, |it| json(it, |size| "{\"a\":".repeat(size / 5))),
    kind("JSON with a deep field", 60_000, |it| json(it, |size| format!("{{\"a\":{}{}}}", "[".repeat(size / 2), "]".repeat(size / 2)))),
    kind("JSON of zeros", 16 * MIB, |it| json(it, |size| format!("{{\"a\":[{}0]}}", "0,".repeat(size / 2)))),
    kind("JSON of different names", 4 * MIB, |it| json(it, |size| format!("{{{}\"a\":0}}", numbered(size, |at| format!("\"{at}\":0,"))))),
    kind("JSON of one name", 4 * MIB, |it| json(it, |size| format!("{{{}\"a\":0}}", "\"a\":0,".repeat(size / 6)))),
    kind("JSON of a text", 16 * MIB, |it| json(it, |size| format!("{{\"fault\":\"{}\"}}", "a".repeat(size)))),
    kind("JSON of escapes", MIB, |it| json(it, |size| format!("{{\"fault\":\"{}\"}}", "\\u0000".repeat(size / 6)))),
    kind("JSON of a number", 2 * MIB, |it| json(it, |size| format!("{{\"seconds\":1{}}}", "0".repeat(size)))),
    kind("JSON below a long name", MIB, |it| json_upload(it, &format!("{{\"{}\":{{{}\"\":1}}}}", "a".repeat(it.size / 2), "\"\":1,".repeat(it.size / 10)))),
    kind("JSON of one name in an upload", 9 * MIB, |it| json_upload(it, &format!("{{{}\"a\":1}}", "\"a\":1,".repeat(it.size / 6)))),
    kind("JSON of blanks", 16 * MIB, |it| json(it, |size| format!("{}{{}}", " ".repeat(size)))),
    kind("a world of objects", 64 * MIB, |it| world(it, "{},")),
    kind("a world of customers", 64 * MIB, |it| world(it, "{\"cards\":[{},{}]},")),
    kind("chunks of a byte", 2 * MIB, |it| chunked(it, &"1\r\na\r\n".repeat(it.size / 6))),
    kind("an upload in chunks of a byte", 8 * MIB, |it| chunked_upload(it, &"1\r\na\r\n".repeat(it.size / 6))),
    kind("chunks with long extensions", 2 * MIB, |it| chunked(it, &format!("1;{}\r\na\r\n", "x".repeat(1_000)).repeat(it.size / 1_000))),
    kind("an extension", 2 * MIB, |it| chunked(it, &format!("1;{}\r\na\r\n", "x".repeat(it.size)))),
    kind("trailers", 2 * MIB, |it| chunked(it, &format!("0\r\n{}", "a: b\r\n".repeat(it.size / 6)))),
    kind("a trailer", 2 * MIB, |it| chunked(it, &format!("0\r\na: {}\r\n", "b".repeat(it.size)))),
    kind("the size of a chunk", MIB, |it| chunked(it, &format!("{}1\r\na\r\n", "0".repeat(it.size)))),
    kind("an upload of parts", 4 * MIB, |it| upload(it, &"--b\r\ncontent-disposition: form-data; name=\"a\"\r\n\r\n\r\n".repeat(it.size / 50))),
    kind("an upload of boundaries", 11 * MIB, |it| upload(it, &"--b\r\n".repeat(it.size / 5))),
    kind("an upload of a file", 12 * MIB, |it| upload(it, &format!("--b\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.png\"\r\n\r\n{}\r\n", "x".repeat(it.size)))),
    kind("the head of a part", 4 * MIB, |it| upload(it, &format!("--b\r\n{}\r\n\r\n", "a: b\r\n".repeat(it.size / 6)))),
    kind("pipelined calls", 150_000, |it| format!("GET /_sandbox/health HTTP/1.1\r\nhost: {}\r\n\r\n", it.address).repeat(it.size / 60).into_bytes()),
    kind("pipelined calls of a provider", 300_000, |it| format!("{TOPUP} HTTP/1.1\r\nhost: {}\r\n{FORM}content-length: 3\r\n\r\na=b", it.address).repeat(it.size / 130).into_bytes()),
    kind("a body that never comes", 64_000, |it| format!("{TOPUP} HTTP/1.1\r\nhost: {}\r\n{FORM}expect: 100-continue\r\ncontent-length: {}\r\n\r\n", it.address, it.size).into_bytes()),
    kind("no HTTP", 2 * MIB, |it| (0..it.size).map(|at| (at * 251 % 256) as u8).collect()),
];

fn line(it: &Size, line: &str) -> Vec<u8> {
    request(it.address, line, "", "").into_bytes()
}

fn head(it: &Size, headers: &str) -> Vec<u8> {
    request(it.address, TOPUP, headers, "").into_bytes()
}

fn page(it: &Size, line: &str, pairs: &str) -> Vec<u8> {
    request(it.address, line, FORM, pairs).into_bytes()
}

fn form(it: &Size, pairs: &str) -> Vec<u8> {
    request(it.address, TOPUP, FORM, pairs).into_bytes()
}

/// As many parts as have so many bytes.
fn numbered(size: usize, part: fn(usize) -> String) -> String {
    let mut all = String::new();
    for at in 0.. {
        if all.len() >= size {
            break;
        }
        all.push_str(&part(at));
    }
    all
}

/// The path of a documented operation, to GET.
fn target(it: &Size) -> &'static str {
    let mut all = operations();
    let at = it.number % all.len();
    all.nth(at).map_or("/", |operation| operation.path)
}

/// A call that takes JSON, of the control API or of a provider.
fn json(it: &Size, body: fn(usize) -> String) -> Vec<u8> {
    let taking = control_calls().iter().filter(|(_, _, takes)| *takes);
    let described = taking.map(|(method, path, _)| format!("{method} {path}"));
    let provided = operations().filter(|operation| operation.body == Body::Json);
    let provided =
        provided.map(|operation| format!("{} {}", operation.method.as_str(), operation.path));
    let all: Vec<_> = described.chain(provided).collect();
    let line = all[it.number % all.len()].replace(['{', '}'], "");
    let secrets = "authorization: YOUR_API_KEY\r\notp: text\r\n";
    request(
        it.address,
        &line,
        &format!("{secrets}{JSON}"),
        &body(it.size),
    )
    .into_bytes()
}

fn world(it: &Size, customer: &str) -> Vec<u8> {
    let customers = customer.repeat(it.size / customer.len());
    let world = format!(
        "{{\"paysafe\":{{\"customers\":[{}]}}}}",
        customers.trim_end_matches(',')
    );
    request(it.address, "PUT /_sandbox/world", JSON, &world).into_bytes()
}

/// JSON in the place of an upload, which may have as many bytes as one.
fn json_upload(it: &Size, body: &str) -> Vec<u8> {
    request(it.address, UPLOAD, JSON, body).into_bytes()
}

fn chunked(it: &Size, chunks: &str) -> Vec<u8> {
    let head = format!(
        "{TOPUP} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n{FORM}transfer-encoding: chunked\r\n\r\n",
        it.address
    );
    format!("{head}{chunks}0\r\n\r\n").into_bytes()
}

fn chunked_upload(it: &Size, chunks: &str) -> Vec<u8> {
    let head = format!(
        "{UPLOAD} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\ncontent-type: \
         multipart/form-data; boundary=b\r\ntransfer-encoding: chunked\r\n\r\n",
        it.address
    );
    format!("{head}{chunks}0\r\n\r\n").into_bytes()
}

fn upload(it: &Size, parts: &str) -> Vec<u8> {
    let headers =
        "authorization: YOUR_API_KEY\r\ncontent-type: multipart/form-data; boundary=b\r\n";
    request(it.address, UPLOAD, headers, &format!("{parts}--b--\r\n")).into_bytes()
}
