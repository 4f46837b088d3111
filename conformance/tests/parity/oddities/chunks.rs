//! Chunked bodies.

use super::odd::Verdict::{Cut, Late, Value};
use super::odd::{CHUNKED, OK, Odd, Then, each, reply};

fn chunked(name: &str, body: impl AsRef<[u8]>, verdict: super::odd::Verdict) -> Odd {
    Odd::new(name, reply(OK, &[CHUNKED], body), verdict)
}

#[rustfmt::skip]
pub(super) fn sizes(body: &str) -> Vec<Odd> {
    let n = body.len();
    // The body in one chunk whose size line is this. An N stands for the size.
    let digits = format!("{n:x}");
    let line = |line: &str| reply(OK, &[CHUNKED], format!("{}\r\n{body}\r\n0\r\n\r\n", line.replace('N', &digits)));
    let size = |name: &str, size: &str, verdict| Odd::new(format!("a chunk size {name}"), line(size), verdict);
    let extension = |length: usize| format!("N;{}", "e".repeat(length - digits.len() - 1));
    let every: String = body.chars().map(|c| format!("1\r\n{c}\r\n")).collect();
    let many = |extension: &str| {
        let chunks: String = body.chars().map(|c| format!("1;{extension}\r\n{c}\r\n")).collect();
        format!("{chunks}0\r\n\r\n")
    };
    let capitals = digits.to_uppercase();
    let mut odd = each("the chunk size", Value, &[
        &*capitals, "0000N", "N ", "N\t", "N;x=y", "N;", "N;x=\"y;z\"", "N;x;y", "N ; x", "N;\u{e9}", &format!("{n:020x}"), &extension(19),
        &extension(20),
    ], line);
    odd.extend(each("the chunk size", Cut(0), &[
        "0xN", "-N", "1 0", "1_0", "", "zz", "Ng", "\u{661}", "10000000000000000", "ffffffffffffffffffff", "N,x", "N\0", "N;x\ry",
        &extension(20_000),
    ], line));
    odd.extend(each("the chunk size", Cut(n + 7), &["80000000", "ffffffffffffffff"], line));
    odd.extend([
        size("of 21 digits", &format!("{n:021x}"), Value),
        size("of 100 digits", &format!("{n:0100x}"), Value),
        size("with a plus", "+N", Cut(0)),
        size("with a space before it", " N", Cut(0)),
        size("with a form feed behind it", "N\u{c}", Cut(0)),
        size("and a line feed in an extension", "N;x\ny", Cut(0)),
        size("line of 21 bytes", &extension(21), Value),
        size("line of 60 bytes", &extension(60), Value),
        size("line of 1,000 bytes", &extension(1_000), Value),
        chunked("a chunk size that a line feed ends", format!("{n:x}\n{body}\n0\n\n"), Cut(0)),
        chunked("a chunk size that a carriage return ends", format!("{n:x}\r{body}\r0\r\r"), Cut(0)),
        chunked("chunks of one byte each", format!("{every}0\r\n\r\n"), Value),
        chunked("many chunks with short extensions", many("x=y"), Value),
        chunked("many extensions of 15 bytes each", format!("{}{}", "1;x23456789012345\r\n \r\n".repeat(900), many("x")), Value),
        chunked("many extensions of 15 bytes each, more than 16 KiB", format!("{}{}", "1;x23456789012345\r\n \r\n".repeat(1_200), many("x")), Value),
        chunked("a size of 2^63 that does not come, for ever", format!("8000000000000000\r\n{}", &body[..3]), Late(3)).then(Then::Stays),
    ]);
    odd
}

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

#[rustfmt::skip]
pub(super) fn trailers(body: &str) -> Vec<Odd> {
    let n = body.len();
    let of = |trailers: &str| reply(OK, &[CHUNKED], format!("{n:x}\r\n{body}\r\n0\r\n{trailers}"));
    let with = |name: &str, trailers: &str, verdict| Odd::new(format!("trailers {name}"), of(trailers), verdict);
    let mut odd = each("trailers", Value, &[
        "x-t: 1\r\n\r\n", "x-t:\r\n\r\n", "content-length: 5\r\ntransfer-encoding: gzip\r\nhost: x\r\n\r\n",
    ], of);
    odd.extend(each("trailers", Cut(n), &["x-t: 1\n\n", "x-", "x-t: 1\r\n", "x-t: 1\r\n\r"], of));
    odd.extend([
        with("of 100 lines", &format!("{}\r\n", "x-t: 1\r\n".repeat(100)), Value),
        with("of 200 lines", &format!("{}\r\n", "x-t: 1\r\n".repeat(200)), Cut(0)),
        with("of 20 KiB", &format!("x-t: {}\r\n\r\n", "t".repeat(20 << 10)), Cut(0)),
        with("without a colon", "no colon\r\n\r\n", Cut(0)),
        with("with a space in a name", "x t: 1\r\n\r\n", Cut(0)),
        with("with a null", "x-t: \0\r\n\r\n", Cut(0)),
        with("that are folded", "x-t: 1\r\n 2\r\n\r\n", Cut(0)),
        with("that stop behind a line", "x-t: 1\r\n", Late(n)).then(Then::Stays),
    ]);
    odd
}
