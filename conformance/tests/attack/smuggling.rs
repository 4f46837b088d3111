//! Requests whose body has no certain end: two readers of one could see two requests in it.

use std::sync::atomic::{AtomicUsize, Ordering};

use cards_sandbox::Running;

use crate::draws;
use crate::wire::exchange;

/// The operation that no request asks for but one within another's body.
const SMUGGLED: &str = "update-customer";

/// A request as it is sent, and by what name it is told.
struct Shape {
    name: String,
    bytes: Vec<u8>,
    /// Says whether every reader sees where the body ends.
    is_certain: bool,
    /// Says whether it ends where the bytes end, so that there is one request.
    is_whole: bool,
}

/// Values of `Content-Length`; a # stands for the length of the whole body.
#[rustfmt::skip]
const LENGTHS: &[&str] = &[
    "#", "+#", "-#", "-1", " #", "# ", "\t#", "#,#", "#, #", "#,", ",#", "#;", "#.0", "#e0", "0x#", "0#", "00000000000000000000#", "", " ", "x", "# #",
    "#\u{b}", "#\u{c}", "18446744073709551615", "18446744073709551616", "99999999999999999999999", "0", "4", "1", "\"#\"", "#\u{a0}", "\u{661}",
];

/// Values of `Transfer-Encoding`.
#[rustfmt::skip]
const ENCODINGS: &[&str] = &[
    "chunked", "CHUNKED", "Chunked", " chunked", "chunked ", "\tchunked", "chunked\t", "\u{b}chunked", "chunked\u{b}", "\u{c}chunked", "chunked,",
    ",chunked", ", chunked", "chunked, chunked", "chunked,identity", "identity, chunked", "identity", "gzip", "gzip, chunked", "chunked, gzip", "xchunked",
    "chunkedx", "chunke", "\"chunked\"", "'chunked'", "chunked;q=1", "chunked; a", "chunked\0", "\0chunked", "chunked\r\n ", "\r\n chunked", "chun\r\n ked",
    "chunked\n", "c\u{212a}unked", "chunked\u{a0}", "\u{a0}chunked", "", " ", "*", "chunked chunked",
];

/// Names of either header, a little off.
#[rustfmt::skip]
const NAMES: &[(&str, &str)] = &[
    ("content-length", "transfer-encoding"),
    ("Content-Length", "Transfer-Encoding"),
    ("CONTENT-LENGTH", "TRANSFER-ENCODING"),
    ("content-length ", "transfer-encoding "),
    ("content-length\t", "transfer-encoding\t"),
    (" content-length", " transfer-encoding"),
    ("\tcontent-length", "\ttransfer-encoding"),
    ("content_length", "transfer_encoding"),
    ("content-length\0", "transfer-encoding\0"),
    ("content-length\u{b}", "transfer-encoding\u{b}"),
    ("x: y\ncontent-length", "x: y\ntransfer-encoding"),
    ("x: y\rcontent-length", "x: y\rtransfer-encoding"),
    ("x: y\r\n content-length", "x: y\r\n transfer-encoding"),
    (":content-length", ":transfer-encoding"),
    ("content length", "transfer encoding"),
];

/// Chunks before what is smuggled.
#[rustfmt::skip]
const CHUNKS: &[&str] = &[
    "0\r\n\r\n", "0\n\n", "0\r\n\n", "0\n\r\n", "00\r\n\r\n", "0;a\r\n\r\n", "0;a=b\r\n\r\n", "0;a=\"\r\n\r\n", "0 \r\n\r\n", " 0\r\n\r\n", "+0\r\n\r\n",
    "-0\r\n\r\n", "0x0\r\n\r\n", "\r\n0\r\n\r\n", "0\r\nx: y\r\n\r\n", "0\r\nx y\r\n\r\n", "0\r\ncontent-length: 5\r\n\r\n", "1\r\na\r\n0\r\n\r\n", "1\r\nab0\r\n\r\n",
    "1\na\n0\n\n", "1;\na\r\n0\r\n\r\n", "1\r\na0\r\n\r\n", "ffffffffffffffff\r\na\r\n0\r\n\r\n", "10000000000000000\r\na\r\n0\r\n\r\n", "fffffffffffffffff1\r\na\r\n0\r\n\r\n",
    "7fffffffffffffff\r\na\r\n0\r\n\r\n", "-1\r\na\r\n0\r\n\r\n", "g\r\na\r\n0\r\n\r\n", "\r\n", "", "1\r\n", "0", "0\r\n", "0\r\r\n\r\n", "\0", "0\0\r\n\r\n", "1\u{b}\r\na\r\n0\r\n\r\n",
];

/// First lines; a ~ stands for the path, a ^ for the host.
#[rustfmt::skip]
const LINES: &[&str] = &[
    "POST ~ HTTP/1.1", "POST ~ HTTP/1.0", "GET ~ HTTP/1.1", "HEAD ~ HTTP/1.1", "DELETE ~ HTTP/1.1", "OPTIONS * HTTP/1.1", "TRACE ~ HTTP/1.1", "CONNECT ^ HTTP/1.1",
    "POST http://^~ HTTP/1.1", "POST http://evil.example~ HTTP/1.1", "POST ^ HTTP/1.1", "POST //evil.example~ HTTP/1.1", "POST ~  HTTP/1.1", "POST  ~ HTTP/1.1",
    "POST\t~\tHTTP/1.1", "POST ~ HTTP/1.1 ", " POST ~ HTTP/1.1", "\r\nPOST ~ HTTP/1.1", "\nPOST ~ HTTP/1.1", "POST ~ HTTP/1.2", "POST ~ HTTP/2.0", "POST ~ http/1.1",
    "POST ~", "post ~ HTTP/1.1", "POST ~\0 HTTP/1.1", "POST ~ HTTP/1.1\0", "POST ~#x HTTP/1.1", "POST ~ HTTP/01.1", "POST ~ HTTP/1.1\r", "POST \\~ HTTP/1.1",
];

/// More header lines.
#[rustfmt::skip]
const MORE: &[&str] = &[
    "", "host: evil.example", "host: ^", "connection: content-length", "connection: transfer-encoding", "connection: close", "expect: 100-continue",
    "expect: 200-ok", "upgrade: h2c\r\nconnection: upgrade, http2-settings\r\nhttp2-settings: AAMAAABk", "upgrade: websocket\r\nconnection: upgrade", "te: trailers",
    "trailer: content-length", "x-http-method-override: DELETE", "x-original-url: /_sandbox/reset", "x-forwarded-host: evil.example", "a\0: b", "a: b\0c", "a: b\rc", "a: b\nc",
    ": empty", "no colon", "a: b\r\n  folded", "keep-alive: timeout=9999999999", "proxy-connection: keep-alive", "content-encoding: gzip",
];

/// Makes the shape of a draw: each number chooses among all of one part, and most parts of it
/// are as they should be.
fn drawn(host: &str, path: &str, draw: &mut impl FnMut(usize) -> usize) -> Shape {
    let inner = format!(
        "POST /airpay/ms/cards/api/{SMUGGLED} HTTP/1.1\r\nhost: {host}\r\ncontent-length: 0\r\n\r\n"
    );
    let mut seldom = |all: &[&'static str]| match draw(3) {
        0 => all[draw(all.len())],
        _ => all[0],
    };
    let line = seldom(LINES).replace('~', path).replace('^', host);
    let more = seldom(MORE).replace('^', host);
    let chunks = CHUNKS[draw(CHUNKS.len())];
    let (length_name, encoding_name) = NAMES[if draw(2) == 0 { draw(NAMES.len()) } else { 0 }];
    let (first, second) = (LENGTHS[draw(LENGTHS.len())], LENGTHS[draw(LENGTHS.len())]);
    let (encoding, other) = (
        ENCODINGS[draw(ENCODINGS.len())],
        ENCODINGS[draw(ENCODINGS.len())],
    );
    let lengths = [first, second].map(|it| format!("content-length:{it}"));
    let off = [
        format!("{length_name}: {first}"),
        format!("{encoding_name}: chunked"),
    ];
    let framing = match draw(8) {
        0 => vec![lengths[0].clone()],
        1 => lengths.to_vec(),
        2 => vec![lengths[0].clone(), format!("transfer-encoding:{encoding}")],
        3 => vec![format!("transfer-encoding:{encoding}"), lengths[0].clone()],
        4 => vec![format!("transfer-encoding:{encoding}")],
        5 => vec![
            format!("transfer-encoding: {encoding}"),
            format!("transfer-encoding: {other}"),
        ],
        6 => off.to_vec(),
        _ => vec!["content-length: #".to_owned(), off[1].clone()],
    };
    let body = match draw(2) {
        0 => format!("{chunks}{inner}"),
        _ => inner,
    };
    let framing = framing.join("\r\n").replace('#', &body.len().to_string());
    let lines = [line.as_str(), &format!("host: {host}"), &more, &framing];
    let lines: Vec<_> = lines.into_iter().filter(|line| !line.is_empty()).collect();
    let head = lines.join("\r\n");
    let is_certain = is_certain(&head);
    let whole = format!("content-length:{}", body.len());
    Shape {
        name: format!("{head:?} before {chunks:?}"),
        is_certain,
        is_whole: is_certain && head.replace(": ", ":").contains(&whole),
        bytes: format!("{head}\r\n\r\n{body}").into_bytes(),
    }
}

/// Tells whether the lines of a head say in one way only how long the body is.
fn is_certain(head: &str) -> bool {
    let is_odd = |line: &&str| {
        line.starts_with([' ', '\t']) || line.contains(|c: char| c != '\t' && c.is_control())
    };
    let lines: Vec<_> = head
        .trim_start_matches(['\r', '\n'])
        .split("\r\n")
        .collect();
    if lines.iter().any(is_odd) {
        return false;
    }
    let values = |name: &str| {
        let named = |line: &&str| {
            let (key, value) = line.split_once(':')?;
            key.trim()
                .eq_ignore_ascii_case(name)
                .then(|| value.trim_matches([' ', '\t']).to_owned())
        };
        lines[1..].iter().filter_map(named).collect::<Vec<_>>()
    };
    let (lengths, encodings) = (values("content-length"), values("transfer-encoding"));
    let is_number = |text: &String| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    match &*encodings {
        [] => lengths.iter().all(is_number) && lengths.windows(2).all(|two| two[0] == two[1]),
        [one] => {
            lengths.is_empty()
                && one.eq_ignore_ascii_case("chunked")
                && !lines[0].ends_with("HTTP/1.0")
        }
        _ => false,
    }
}

/// Counts the second requests that were carried out, where they could be: without any, nobody would
/// know that one can be seen.
pub(crate) static REACHED: AtomicUsize = AtomicUsize::new(0);

/// Says what is wrong with the answer to the shape of a seed.
pub(crate) fn wrong_with(sandbox: &Running, seed: u64) -> Option<String> {
    const PATHS: [&str; 5] = [
        "/airpay/ms/cards/api/topup",
        "/customers/12345678/prepaid/cards",
        "/_sandbox/health",
        "/_sandbox/exchanges",
        "/",
    ];
    let mut draw = draws(seed);
    let path = PATHS[draw(PATHS.len())];
    let shape = drawn(&sandbox.addr().to_string(), path, &mut draw);
    sandbox.forget_exchanges();
    let answer = exchange(sandbox.addr(), &shape.bytes);
    let statuses = answer.statuses();
    let exchanges = sandbox.exchanges();
    let calls = exchanges.len();
    let is_smuggled = exchanges.iter().any(|it| it.operation == Some(SMUGGLED));
    // Every reader sees that a second request follows.
    let is_free = shape.is_certain && !shape.is_whole;
    REACHED.fetch_add(usize::from(is_free && is_smuggled), Ordering::Relaxed);
    let is_one = is_free || statuses.len() <= 1 && calls <= 1 && !is_smuggled;
    let is_right = is_one && answer.is_ended && statuses.iter().all(|status| *status < 500);
    (!is_right).then(|| {
        format!(
            "{statuses:?}, {calls} calls, smuggled {is_smuggled}: {}",
            shape.name
        )
    })
}
