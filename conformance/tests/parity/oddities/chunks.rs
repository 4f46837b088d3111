//! Chunked bodies.

use super::odd::Verdict::{Cut, Late, Value};
use super::odd::{CHUNKED, OK, Odd, Then, reply};

fn chunked(name: &str, body: impl AsRef<[u8]>, verdict: super::odd::Verdict) -> Odd {
    Odd::new(name, reply(OK, &[CHUNKED], body), verdict)
}

// One line a reply.
#[rustfmt::skip]
pub(super) fn sizes(body: &str) -> Vec<Odd> {
    let n = body.len();
    // The body in one chunk whose size line is this.
    let line = |line: &str| format!("{line}\r\n{body}\r\n0\r\n\r\n");
    let size = |name: &str, size: &str, verdict| chunked(&format!("a chunk size {name}"), line(size), verdict);
    let extension = |length: usize| {
        let digits = format!("{n:x}");
        format!("{digits};{}", "e".repeat(length - digits.len() - 1))
    };
    let each: String = body.chars().map(|c| format!("1\r\n{c}\r\n")).collect();
    let many = |extension: &str| {
        let chunks: String = body.chars().map(|c| format!("1;{extension}\r\n{c}\r\n")).collect();
        format!("{chunks}0\r\n\r\n")
    };
    vec![
        size("in capitals", &format!("{n:X}"), Value),
        size("with zeros before it", &format!("0000{n:x}"), Value),
        size("of 20 digits", &format!("{n:020x}"), Value),
        size("of 21 digits", &format!("{n:021x}"), Value),
        size("of 100 digits", &format!("{n:0100x}"), Value),
        size("in decimal, with a prefix", &format!("0x{n:x}"), Cut(0)),
        size("with a plus", &format!("+{n:x}"), Cut(0)),
        size("with a minus", &format!("-{n:x}"), Cut(0)),
        size("with a space before it", &format!(" {n:x}"), Cut(0)),
        size("with a space behind it", &format!("{n:x} "), Value),
        size("with a tab behind it", &format!("{n:x}\t"), Value),
        size("with a form feed behind it", &format!("{n:x}\u{c}"), Cut(0)),
        size("with a space within", "1 0", Cut(0)),
        size("with an underscore", "1_0", Cut(0)),
        size("that is empty", "", Cut(0)),
        size("that is no number", "zz", Cut(0)),
        size("and then a letter beyond F", &format!("{n:x}g"), Cut(0)),
        size("of other digits", "\u{661}", Cut(0)),
        size("of 2^31", "80000000", Cut(n + 7)),
        size("of 2^64-1", "ffffffffffffffff", Cut(n + 7)),
        size("of 2^64", "10000000000000000", Cut(0)),
        size("of 20 digits F", "ffffffffffffffffffff", Cut(0)),
        size("and an extension", &format!("{n:x};x=y"), Value),
        size("and an empty extension", &format!("{n:x};"), Value),
        size("and a quoted extension", &format!("{n:x};x=\"y;z\""), Value),
        size("and two extensions", &format!("{n:x};x;y"), Value),
        size("and an extension behind a space", &format!("{n:x} ; x"), Value),
        size("and an extension beyond ASCII", &format!("{n:x};\u{e9}"), Value),
        size("and a comma", &format!("{n:x},x"), Cut(0)),
        size("and a null", &format!("{n:x}\0"), Cut(0)),
        size("and a line feed in an extension", &format!("{n:x};x\ny"), Cut(0)),
        size("and a carriage return in an extension", &format!("{n:x};x\ry"), Cut(0)),
        size("line of 19 bytes", &extension(19), Value),
        size("line of 20 bytes", &extension(20), Value),
        size("line of 21 bytes", &extension(21), Value),
        size("line of 60 bytes", &extension(60), Value),
        size("line of 1,000 bytes", &extension(1_000), Value),
        size("line of 20,000 bytes", &extension(20_000), Cut(0)),
        chunked("a chunk size that a line feed ends", format!("{n:x}\n{body}\n0\n\n"), Cut(0)),
        chunked("a chunk size that a carriage return ends", format!("{n:x}\r{body}\r0\r\r"), Cut(0)),
        chunked("chunks of one byte each", format!("{each}0\r\n\r\n"), Value),
        chunked("many chunks with short extensions", many("x=y"), Value),
        chunked("many extensions of 15 bytes each", format!("{}{}", "1;x23456789012345\r\n \r\n".repeat(900), many("x")), Value),
        chunked("many extensions of 15 bytes each, more than 16 KiB", format!("{}{}", "1;x23456789012345\r\n \r\n".repeat(1_200), many("x")), Value),
        chunked("a size of 2^63 that does not come, for ever", "8000000000000000\r\nabc", Late(3)).then(Then::Stays),
    ]
}

// One line a reply.
#[rustfmt::skip]
pub(super) fn ends(body: &str) -> Vec<Odd> {
    let n = body.len();
    let data = format!("{n:x}\r\n{body}\r\n");
    let mut odd = vec![
        chunked("no chunks", "", Cut(0)),
        chunked("no chunks, for ever", "", Late(0)).then(Then::Stays),
        chunked("no chunks, and a reset", "", Cut(0)).then(Then::Resets),
        chunked("a chunk cut in its size", "1", Cut(0)),
        chunked("a chunk cut behind its size", format!("{n:x}\r\n"), Cut(0)),
        chunked("a chunk cut in its data", format!("{n:x}\r\n{}", &body[..9]), Cut(9)),
        chunked("a chunk cut in its data, by a reset", format!("{n:x}\r\n{}", &body[..9]), Cut(9)).then(Then::Resets),
        chunked("a chunk cut behind its data", format!("{n:x}\r\n{body}"), Cut(n)),
        chunked("a chunk cut in its end", format!("{n:x}\r\n{body}\r"), Cut(n)),
        chunked("a chunk without its end", format!("{n:x}\r\n{body}0\r\n\r\n"), Cut(0)),
        chunked("a chunk that is longer than said", format!("{:x}\r\n{body}\r\n0\r\n\r\n", n - 1), Cut(0)),
        chunked("a chunk that is shorter than said", format!("{:x}\r\n{body}\r\n0\r\n\r\n", n + 1), Cut(0)),
        chunked("a chunk whose end is a line feed", format!("{n:x}\r\n{body}\n0\r\n\r\n"), Cut(0)),
        chunked("a chunk whose end is twice as long", format!("{data}\r\n0\r\n\r\n"), Cut(0)),
        chunked("a second chunk of no number", format!("{data}zz\r\n{body}\r\n0\r\n\r\n"), Cut(0)),
        chunked("a second chunk of no number, cut", format!("{data}zz"), Cut(0)),
        chunked("a second chunk of no number, for ever", format!("{data}zz"), Cut(0)).then(Then::Stays),
        chunked("chunks and another reply behind", format!("{data}0\r\n\r\nHTTP/1.1 200 OK\r\n\r\n"), Value),
        chunked("a last chunk of many zeros", format!("{data}00000\r\n\r\n"), Value),
        chunked("a last chunk with an extension", format!("{data}0;x=y\r\n\r\n"), Value),
        chunked("a last chunk without its size", format!("{data}\r\n\r\n"), Cut(0)),
    ];
    let last = "0\r\n\r\n";
    for cut in 0..last.len() {
        let part = format!("{data}{}", &last[..cut]);
        odd.push(chunked(&format!("a last chunk cut after {cut} bytes"), &part, Cut(n)));
        odd.push(chunked(&format!("a last chunk reset after {cut} bytes"), &part, Cut(n)).then(Then::Resets));
        odd.push(chunked(&format!("a last chunk stopped after {cut} bytes"), &part, Late(n)).then(Then::Stays));
    }
    odd
}

// One line a reply.
#[rustfmt::skip]
pub(super) fn trailers(body: &str) -> Vec<Odd> {
    let n = body.len();
    let with = |name: &str, trailers: &str, verdict| {
        let body = format!("{n:x}\r\n{body}\r\n0\r\n{trailers}");
        chunked(&format!("trailers {name}"), body, verdict)
    };
    vec![
        with("of one line", "x-t: 1\r\n\r\n", Value),
        with("of 100 lines", &format!("{}\r\n", "x-t: 1\r\n".repeat(100)), Value),
        with("of 200 lines", &format!("{}\r\n", "x-t: 1\r\n".repeat(200)), Cut(0)),
        with("of 20 KiB", &format!("x-t: {}\r\n\r\n", "t".repeat(20 << 10)), Cut(0)),
        with("that are forbidden", "content-length: 5\r\ntransfer-encoding: gzip\r\nhost: x\r\n\r\n", Value),
        with("without a value", "x-t:\r\n\r\n", Value),
        with("without a colon", "no colon\r\n\r\n", Cut(0)),
        with("with a space in a name", "x t: 1\r\n\r\n", Cut(0)),
        with("with a null", "x-t: \0\r\n\r\n", Cut(0)),
        with("that are folded", "x-t: 1\r\n 2\r\n\r\n", Cut(0)),
        with("that a line feed ends", "x-t: 1\n\n", Cut(n)),
        with("that are cut in a name", "x-", Cut(n)),
        with("that are cut behind a line", "x-t: 1\r\n", Cut(n)),
        with("that are cut in their end", "x-t: 1\r\n\r", Cut(n)),
        with("that stop behind a line", "x-t: 1\r\n", Late(n)).then(Then::Stays),
    ]
}
