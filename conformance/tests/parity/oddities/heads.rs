//! First lines, header lines, and the limits on both.

use super::odd::Verdict::{CutHead, Late, LateHead, Protocol, Reply, Value};
use super::odd::{OK, Odd, Then, each, length, reply};

#[rustfmt::skip]
pub(super) fn first_lines(body: &str) -> Vec<Odd> {
    let length = length(body);
    let line = |line: &str| reply(line, &[&length], body);
    let mut odd = each("the first line", Value, &[
        "HTTP/1.0 200 OK", "\r\nHTTP/1.1 200 OK", "\r\n\n\r\nHTTP/1.1 200 OK", "HTTP/1.1 200", "HTTP/1.1 200 ", "HTTP/1.1 299 X",
        "HTTP/1.1 200 All is\twell: 100 %", "HTTP/1.1 200 d\u{e9}j\u{e0}",
    ], line);
    odd.extend(each("the first line", Protocol, &[
        "HTTP/0.9 200 OK", "HTTP/1.2 200 OK", "HTTP/2.0 200 OK", "HTTP/2 200 OK", "HTTP/01.1 200 OK", "http/1.1 200 OK", "RTSP/1.0 200 OK",
        "HTTP/1.1200 OK", "HTTP/1.1  200 OK", "HTTP/1.1\t200 OK", " HTTP/1.1 200 OK", "\u{feff}HTTP/1.1 200 OK",
        "Welcome\r\nHTTP/1.1 200 OK", "HTTP/1.1 200 O\0K", "HTTP/1.1 200 \u{1b}[31mOK", "HTTP/1.1 200 O\rK", "HTTP/1.1 000 X",
        "HTTP/1.1 099 X", "HTTP/1.1 20 OK", "HTTP/1.1 2000 OK", "HTTP/1.1 +20 OK", "HTTP/1.1 2x0 OK",
    ], line));
    odd.extend(each("all of it", Protocol, &[
        body, "\x15\x03\x01\0\x02\x02\x28", "\0\0\x06\x04\0\0\0\0\0\0\x03\0\0\0\x64", "SSH-2.0-OpenSSH_9.6\r\n",
        "GET / HTTP/1.1\r\nhost: x\r\n\r\n",
    ], |bytes| bytes.into()));
    odd.extend([
        Odd::new("HTTP/1.0 until the end", reply("HTTP/1.0 200 OK", &[], body), Value),
        Odd::new("status 600", line("HTTP/1.1 600 X"), Reply(600, body.len())),
        Odd::new("status 999", line("HTTP/1.1 999 X"), Reply(999, body.len())),
        Odd::new("nothing at all", "", CutHead),
        Odd::new("nothing at all, and a reset", "", CutHead).then(Then::Resets),
        Odd::new("nothing at all, for ever", "", LateHead).then(Then::Stays),
        Odd::new("an empty line and nothing more", "\r\n", CutHead),
        Odd::new("the smallest reply", "HTTP/1.1 200 OK\r\n\r\n", Reply(200, 0)),
        Odd::new("the smallest reply, for ever", "HTTP/1.1 200 OK\r\n\r\n", Late(0)).then(Then::Stays),
    ]);
    let whole = reply(OK, &[&length], "");
    for cut in [1, 5, 8, 9, 12, 13, 15, 16, 17, 20, 31, 33, whole.len() - 2, whole.len() - 1] {
        let part = &whole[..cut];
        odd.push(Odd::new(format!("a head cut after {cut} bytes"), part, CutHead));
        odd.push(Odd::new(format!("a head stopped after {cut} bytes"), part, LateHead).then(Then::Stays));
        odd.push(Odd::new(format!("a head reset after {cut} bytes"), part, CutHead).then(Then::Resets));
    }
    odd
}

#[rustfmt::skip]
pub(super) fn header_lines(body: &str) -> Vec<Odd> {
    let length = length(body);
    let with = |header: &str| reply(OK, &[header, &length], body);
    let bytes = |header: &[u8]| {
        let mut bytes = b"HTTP/1.1 200 OK\r\n".to_vec();
        bytes.extend_from_slice(header);
        bytes.extend_from_slice(format!("\r\n{length}\r\n\r\n{body}").as_bytes());
        bytes
    };
    let mut odd = each("the header", Value, &[
        "x-a: 1\nx-b: 2", "x-a:", "x-a: \t ", "x-a:1", "!#$%&'*+-.^_`|~09azAZ: 1", "x-a: caf\u{e9}", "content-encoding: gzip",
    ], with);
    odd.extend(each("the header", Protocol, &[
        "x-a: 1\rx-b: 2", "x-a: 1\r", "x-a: 1\r\n 2", "x-a: 1\r\n\t2", " x-a: 1", " ", ": 1", "x-a", "x a: 1", "x-a : 1", "x-a\t: 1",
        "\"x\": 1", "x(a): 1", "x-\u{e9}: 1", "x\0a: 1", "x-a: \0", "x-a: \u{1}", "x-a: \u{7f}",
    ], with));
    odd.extend([
        Odd::new("line feeds alone", format!("HTTP/1.1 200 OK\n{length}\n\n{body}"), Value),
        Odd::new("carriage returns alone", format!("HTTP/1.1 200 OK\r{length}\r\r{body}"), Protocol),
        Odd::new("a value that is no UTF-8", bytes(b"x-a: \xff\xfe"), Value),
        Odd::new("a name of 60 KiB", with(&format!("{}: 1", "n".repeat(60 << 10))), Value),
        Odd::new("a name of 70 KiB", with(&format!("{}: 1", "n".repeat(70 << 10))), Protocol),
        Odd::new("the same header 99 times", with(&["x-a: 1"; 99].join("\r\n")), Value),
        Odd::new("the same header 100 times, and a length", with(&["x-a: 1"; 100].join("\r\n")), Protocol),
    ]);
    odd
}

/// 100 header lines, and 64 KiB of names and values, with 4 bytes for each line.
#[rustfmt::skip]
pub(super) fn limits(body: &str) -> Vec<Odd> {
    let length = length(body);
    let many = |count: usize| {
        let mut headers: Vec<String> = (1..count).map(|n| format!("x-{n}: {n}")).collect();
        headers.push(length.clone());
        let headers: Vec<&str> = headers.iter().map(|header| &**header).collect();
        reply(OK, &headers, body)
    };
    // So long that all names and values make this size.
    let long = |line: &str, size: usize| {
        let rest = "x: ".len() + 2 + length.len() + 2;
        let header = format!("x: {}", "l".repeat(size - rest));
        reply(line, &[&header, &length], body)
    };
    let padded = |size: usize| reply(OK, &[&format!("x:{}1", " ".repeat(size)), &length], body);
    let reason = |size: usize| reply(&format!("{OK}{}", "K".repeat(size)), &[&length], body);
    let mut odd = vec![
        Odd::new("100 headers", many(100), Value),
        Odd::new("101 headers", many(101), Protocol),
        Odd::new("128 headers", many(128), Protocol),
        Odd::new("129 headers", many(129), Protocol),
        Odd::new("200 headers", many(200), Protocol),
        Odd::new("10,000 headers", many(10_000), Protocol),
        Odd::new("a header padded by 60 KiB", padded(60 << 10), Value),
        Odd::new("a header padded by 70 KiB", padded(70 << 10), Value),
        Odd::new("a header padded by 150 KiB", padded(150 << 10), Value),
        Odd::new("a header padded by 1 MiB", padded(1 << 20), Protocol),
        Odd::new("a reason of 60 KiB", reason(60 << 10), Value),
        Odd::new("a reason of 70 KiB", reason(70 << 10), Value),
        Odd::new("a reason of 150 KiB", reason(150 << 10), Value),
        Odd::new("headers of 1 MiB", long(OK, 1 << 20), Protocol),
        Odd::new("headers of 150 KiB", long(OK, 150 << 10), Protocol),
    ];
    for (line, name) in [(OK, "a reason"), ("HTTP/1.1 200", "no reason")] {
        for beyond in [-100_isize, -21, -20, -19, -18, -17, -16, -15, -3, -2, -1, 0, 1, 2, 100] {
            let size = (64_usize << 10).checked_add_signed(beyond).unwrap();
            let verdict = if beyond <= 0 { Value } else { Protocol };
            let name = format!("headers of 64 KiB and {beyond}, with {name}");
            odd.push(Odd::new(name, long(line, size), verdict));
        }
    }
    let whole = long(OK, 64 << 10);
    odd.push(Odd::new("a head cut after 60 KiB", &whole[..60 << 10], CutHead));
    let whole = long(OK, 200 << 10);
    odd.push(Odd::new("a head cut after 70 KiB", &whole[..70 << 10], CutHead));
    odd.push(Odd::new("a head stopped after 70 KiB", &whole[..70 << 10], LateHead).then(Then::Stays));
    odd.push(Odd::new("a head cut after 150 KiB", &whole[..150 << 10], CutHead));
    odd
}
