//! The first inputs of each target, out of the fixtures, and its dictionary, out of the field
//! tables.

use std::collections::BTreeSet;

use cards_transport::operations;
use conformance::fixture::{self, Case};

use crate::texts::{VALUES, Value};

/// Makes the first inputs of the target called `target`.
///
/// # Panics
///
/// If the fixtures cannot be read.
pub fn seeds(target: &str) -> Vec<Vec<u8>> {
    let cases = fixture::all().expect("the fixtures can be read");
    let each = |make: &dyn Fn(&Case, u8) -> Vec<Vec<u8>>| -> Vec<Vec<u8>> {
        let known = |case: &&Case| place(&case.operation).is_some();
        let of_case = |case: &Case| make(case, place(&case.operation).unwrap_or(0));
        cases.iter().filter(known).flat_map(of_case).collect()
    };
    match target {
        "reply" => each(&|case, at| {
            let reply = case.reply.iter();
            reply.map(|reply| [&[at], &reply.body[..]].concat()).collect()
        }),
        "exchange" => each(&|case, at| {
            let reply = case.reply.iter();
            reply
                .map(|reply| {
                    let status = (reply.status - 200).to_be_bytes();
                    let headers = reply.headers.iter();
                    let headers: String = headers
                        .map(|(name, value)| format!("{name}:{value}\n"))
                        .collect();
                    [&[at], &status[..], headers.as_bytes(), b"\n", &reply.body].concat()
                })
                .collect()
        }),
        "request" => each(&|case, at| {
            let input = case.input.iter();
            input
                .map(|input| [&[at], input.to_string().as_bytes()].concat())
                .collect()
        }),
        "curl" => each(&|case, _| case.curl.iter().map(|curl| curl.as_bytes().to_vec()).collect()),
        "http_intake" => each(&|case, _| case.request.iter().map(|text| on_the_wire(text)).collect()),
        "explain" => each(&|case, _| case.request.iter().map(|text| explained(text)).collect()),
        "fixture" => {
            let mut seeds = files(&["case.toml", "check.json", "stages.json", "world.toml"]);
            seeds.extend(each(&|case, _| {
                let requests = case.request.iter();
                requests
                    .map(|text| [&[4], &on_the_wire(text)[..]].concat())
                    .collect()
            }));
            seeds
        }
        "event" => events(),
        "form_parts" => vec![
            b"b\n--b\r\nContent-Disposition: form-data; name=\"otp\"\r\n\r\n123456\r\n--b--\r\n".to_vec(),
            b"b\n--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.png\"\r\nContent-Type: image/png\r\n\r\n\x89PNG\r\n--b--\r\n".to_vec(),
        ],
        "base_url" => texts(&["https://api.example.com/v1", "http://127.0.0.1:8484", "http://[::1]:80/a/"]),
        "world" => texts(&[
            "{}",
            r#"{"airpay":{"customers":[{"entity_id":"E1","mobile_no":"9876543210","cards":[{"kit_no":"K1"}]}]}}"#,
            r#"{"paysafe":{"customers":[{"id":"12345678","cards":[{"currency":"EUR","status":"ACTIVE"}]}]}}"#,
            r#"{"ibanera":{"customers":[{"customersReference":"C1","cards":[{}]}]}}"#,
        ]),
        "text" => values(),
        _ => Vec::new(),
    }
}

/// Makes a dictionary in libFuzzer's form: wire names, documented values, words of paths.
pub fn dictionary() -> String {
    let mut words = BTreeSet::new();
    for operation in operations() {
        words.extend(operation.path.split('/').map(str::to_owned));
        for field in operation.fields {
            words.insert(field.wire.to_owned());
        }
    }
    for case in fixture::all().expect("the fixtures can be read") {
        let bodies = case.reply.into_iter().map(|reply| reply.body);
        for body in bodies {
            let text = String::from_utf8_lossy(&body);
            let quoted = text.split('"').filter(|word| (1..40).contains(&word.len()));
            words.extend(quoted.map(str::to_owned));
        }
    }
    let plain = |word: &String| {
        !word.is_empty()
            && word
                .bytes()
                .all(|byte| byte.is_ascii_graphic() && byte != b'\\')
    };
    let line = |word: String| format!("\"{}\"\n", word.replace('"', "\\\""));
    words.into_iter().filter(plain).map(line).collect()
}

/// The place of an operation in the list, which the first byte chooses by.
fn place(operation: &str) -> Option<u8> {
    let at = operations().position(|one| one.name == operation)?;
    u8::try_from(at).ok()
}

/// A request of a fixture, which is in a normal form: names of headers stand for what changes.
pub(crate) fn on_the_wire(request: &str) -> Vec<u8> {
    let request = request.replace("<host>", "localhost");
    let (head, body) = request.split_once("\n\n").unwrap_or((&request, ""));
    let body = body.trim_end_matches('\n');
    let mut lines = head.lines();
    let first = lines.next().unwrap_or_default();
    let kept = lines.filter(|line| !line.to_ascii_lowercase().starts_with("content-length"));
    let head: Vec<&str> = std::iter::once(first).chain(kept).collect();
    let first = if first.contains(" HTTP/") {
        ""
    } else {
        " HTTP/1.1"
    };
    let mut head = head.join("\r\n");
    if !first.is_empty() {
        let at = head.find("\r\n").unwrap_or(head.len());
        head.insert_str(at, first);
    }
    format!(
        "{head}\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

fn explained(request: &str) -> Vec<u8> {
    let (_, body) = request.split_once("\n\n").unwrap_or((request, ""));
    let pairs = body.trim().replace('&', "\n");
    format!("{}\n{pairs}", "0".repeat(64)).into_bytes()
}

fn texts(texts: &[&str]) -> Vec<Vec<u8>> {
    texts.iter().map(|text| text.as_bytes().to_vec()).collect()
}

/// The files of these names below the fixtures, each behind the byte of its kind.
fn files(names: &[&str]) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    let mut folders = vec![std::path::PathBuf::from(fixture::DIRECTORY)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let kind = names.iter().position(|known| *known == name);
            if let (Some(kind), Ok(bytes)) = (kind, std::fs::read(&path)) {
                let kind = u8::try_from(kind).unwrap_or_default();
                found.push([&[kind], &bytes[..]].concat());
            }
        }
    }
    found.sort();
    found
}

fn events() -> Vec<Vec<u8>> {
    let bodies = [
        r#"{"id":"1","cardId":"C1","oldStatus":"ISSUED","newStatus":"ACTIVE"}"#,
        r#"{"eventType":"card","data":{"cardId":"1"}}"#,
    ];
    // One is too short, and the others are as long as hashes of 32 bytes in each form.
    let forged = [
        "c2lnbmF0dXJl".to_owned(),
        format!("{}=", "A".repeat(43)),
        "A".repeat(43),
        "0".repeat(64),
    ];
    let of_body = |kind: u8, body: &str| match kind {
        0 | 1 => vec![[&[kind], body.as_bytes()].concat()],
        _ => forged
            .iter()
            .map(|forged| [&[kind], format!("{forged}\n{body}").as_bytes()].concat())
            .collect(),
    };
    let of_body = &of_body;
    let of_kind = |kind: u8| bodies.iter().flat_map(move |body| of_body(kind, body));
    (0..4).flat_map(of_kind).collect()
}

fn values() -> Vec<Vec<u8>> {
    let each = |(kind, value): (usize, &Value)| -> Vec<Vec<u8>> {
        let kind = u8::try_from(kind).unwrap_or_default();
        let samples = value.samples.iter();
        samples
            .map(|text| [&[kind], text.as_bytes()].concat())
            .collect()
    };
    VALUES.iter().enumerate().flat_map(each).collect()
}
