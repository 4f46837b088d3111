//! Replies of the classes 1xx, before the reply or in its place.

use super::odd::Verdict::{Cut, CutHead, LateHead, Protocol, Reply, Value};
use super::odd::{CHUNKED, OK, Odd, Then, each, length, one_chunk, reply};

#[rustfmt::skip]
pub(super) fn interim(body: &str) -> Vec<Odd> {
    let length = length(body);
    let last = reply(OK, &[&length], body);
    let first = |interim: &str| [interim.as_bytes(), &last].concat();
    const CONTINUE: &str = "HTTP/1.1 100 Continue\r\n\r\n";
    const PROCESSING: &str = "HTTP/1.1 102 Processing\r\n\r\n";
    const HINTS: &str = "HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n";
    let mut odd = each("first comes", Value, &[
        CONTINUE, PROCESSING, HINTS, "HTTP/1.1 199 X\r\n\r\n", "HTTP/1.0 100 Continue\r\n\r\n", &[CONTINUE, PROCESSING, HINTS].concat(),
        "HTTP/1.1 103 X\r\ncontent-length: 0\r\n\r\n", "HTTP/1.1 103 X\r\ncontent-length: 5\r\n\r\n",
        "HTTP/1.1 103 X\r\nconnection: close\r\n\r\n",
    ], first);
    odd.extend(each("first comes", Protocol, &[
        "HTTP/1.1 103 X\r\ncontent-length: 5\r\n\r\nhello", "HTTP/1.1 103 X\r\n\r\nhello", "HTTP/1.1 103 X\r\nno colon\r\n\r\n",
        "HTTP/1.1 103 X\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
    ], first));
    odd.extend([
        Odd::new("100 with a header first", first("HTTP/1.1 100 Continue\r\nx-a: 1\r\n\r\n"), Value),
        Odd::new("100 times 100 first", first(&CONTINUE.repeat(100)), Value),
        Odd::new("5,000 times 100 first", first(&CONTINUE.repeat(5_000)), Value),
        Odd::new("5,000 times 102 first", first(&PROCESSING.repeat(5_000)), Value),
        Odd::new("5,000 times 103 first", first(&HINTS.repeat(5_000)), Value),
        Odd::new("20,000 times 103 first", first(&HINTS.repeat(20_000)), Value),
        Odd::new("100 and the end", CONTINUE, CutHead),
        Odd::new("103 and the end", HINTS, CutHead),
        Odd::new("100 for ever", CONTINUE, LateHead).then(Then::Stays),
        Odd::new("103 for ever", HINTS, LateHead).then(Then::Stays),
        Odd::new("100 and a head that is cut", format!("{CONTINUE}HTTP/1.1 20"), CutHead),
        Odd::new("103 and a body that is cut", first(HINTS).split_last().unwrap().1, Cut(body.len() - 1)),
        Odd::new("103 and chunks", [HINTS.as_bytes(), &reply(OK, &[CHUNKED], one_chunk(body))].concat(), Value),
        Odd::new("103 with a length that is none", first("HTTP/1.1 103 X\r\ncontent-length: x\r\n\r\n"), Value),
        Odd::new("103 with 200 headers", first(&format!("HTTP/1.1 103 X\r\n{}\r\n", "x: 1\r\n".repeat(200))), Protocol),
        Odd::new("103 with a header of 70 KiB", first(&format!("HTTP/1.1 103 X\r\nx: {}\r\n\r\n", "l".repeat(70 << 10))), Value),
        Odd::new("103 with a header of 150 KiB", first(&format!("HTTP/1.1 103 X\r\nx: {}\r\n\r\n", "l".repeat(150 << 10))), Value),
        Odd::new("101", "HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n", Reply(101, 0)),
        Odd::new("101 for ever", "HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n", Reply(101, 0)).then(Then::Stays),
        Odd::new("101 first", first("HTTP/1.1 101 Switching Protocols\r\n\r\n"), Reply(101, 0)),
        Odd::new("101 with a length and a body", reply("HTTP/1.1 101 X", &[&length], body), Reply(101, 0)),
    ]);
    odd
}
