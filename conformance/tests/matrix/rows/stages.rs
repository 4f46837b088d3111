//! Connections that end, or go on too slowly, at each stage of an exchange.

use std::time::Duration;

use cards_transport::ErrorKind::{Interrupted, Timeout, TooLarge};
use conformance::fixture::Canned;

use super::{Line, MARK, MOST_BYTES, Row, TLS, Told};
use crate::line::End;
use crate::server::Act;

/// A connection that ends, in each way, at each stage of an exchange.
pub(super) fn stages(good: &Canned) -> Vec<Row> {
    let reply = good.to_bytes();
    let head = reply.len() - good.body.len();
    let to = |end: usize| Act::Say(reply[..end].to_vec());
    let stages = [
        ("before the request", vec![Act::Await]),
        ("behind the request's head", vec![Act::TakeHead]),
        (
            "amid the request's body",
            vec![Act::TakeHead, Act::TakeHalf],
        ),
        ("behind the request", vec![Act::TakeHead, Act::TakeAll]),
        (
            "amid the reply's first line",
            vec![Act::TakeHead, Act::TakeAll, to(7)],
        ),
        (
            "amid the reply's head",
            vec![Act::TakeHead, Act::TakeAll, to(head - 10)],
        ),
        (
            "behind the reply's head",
            vec![Act::TakeHead, Act::TakeAll, to(head)],
        ),
        (
            "amid the reply's body",
            vec![Act::TakeHead, Act::TakeAll, to(head + good.body.len() / 2)],
        ),
        (
            "before the reply's last byte",
            vec![Act::TakeHead, Act::TakeAll, to(reply.len() - 1)],
        ),
    ];
    let ends = [
        ("the end", End::Close),
        ("the end without a word of TLS", End::Cut),
        ("a half-open end", End::HalfOpen),
        ("a reset", End::Reset),
        ("silence", End::Stall),
        ("a damaged record", End::Damage),
    ];
    let mut rows = Vec::new();
    for (stage, acts) in &stages {
        for (what, end) in ends {
            for line in [Line::Plain, TLS] {
                let is_of_tls = matches!(end, End::Cut | End::Damage);
                if is_of_tls && matches!(line, Line::Plain) {
                    continue;
                }
                let told = Told::Open(if end.waits() {
                    &[Timeout]
                } else {
                    &[Interrupted]
                });
                for is_warm in [false, true] {
                    let warm = if is_warm {
                        ", on a connection in use"
                    } else {
                        ""
                    };
                    let name = format!("{what} {stage}{warm}");
                    let row = Row::new(name, line, acts.clone(), end, told);
                    rows.push(Row { is_warm, ..row });
                }
            }
        }
    }
    rows
}

/// A connection that ends while nobody uses it.
pub(super) fn idle() -> Vec<Row> {
    let ends = [
        ("the end", End::Close),
        ("the end without a word of TLS", End::Cut),
        ("a half-open end", End::HalfOpen),
        ("a reset", End::Reset),
    ];
    let rows = [Line::Plain, TLS].into_iter().flat_map(|line| {
        ends.map(|(what, end)| Row {
            is_warm: true,
            is_over: true,
            ..Row::new(
                format!("{what} of an idle connection"),
                line,
                Vec::new(),
                end,
                Told::Value,
            )
        })
    });
    let mut rows: Vec<_> = rows.collect();
    for line in [Line::Plain, TLS] {
        let farewell =
            format!("HTTP/1.1 408 Request Timeout\r\nx: {MARK}\r\ncontent-length: 0\r\n\r\n");
        let acts = vec![Act::Say(farewell.into_bytes())];
        rows.push(Row {
            is_warm: true,
            is_over: true,
            ..Row::new(
                "a farewell on an idle connection",
                line,
                acts,
                End::Close,
                Told::Value,
            )
        });
    }
    rows
}

/// A reply that comes a byte at a time, and never is whole in time.
pub(super) fn trickles(good: &Canned) -> Vec<Row> {
    let reply = good.to_bytes();
    let head = reply.len() - good.body.len();
    let slow = [reply[..head].to_vec(), vec![b' '; MOST_BYTES / 2]].concat();
    let announced = format!(
        "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n",
        MOST_BYTES / 2
    );
    let long = format!("HTTP/1.1 200 OK\r\nx: {}", MARK.repeat(4_000));
    let takes = || vec![Act::TakeHead, Act::TakeAll];
    let late = Told::Open(&[Timeout]);
    let mut rows = Vec::new();
    for line in [Line::Plain, TLS] {
        let head = [takes(), vec![Act::Trickle(long.clone().into_bytes())]].concat();
        rows.push(Row::new(
            "a head that trickles",
            line,
            head,
            End::Stall,
            late,
        ));
        let body = [
            takes(),
            vec![
                Act::Say(announced.clone().into_bytes()),
                Act::Trickle(slow.clone()),
            ],
        ];
        rows.push(Row::new(
            "a body that trickles",
            line,
            body.concat(),
            End::Stall,
            late,
        ));
    }
    rows
}

/// The time within which a call has to end whose end hyper delays. Unoptimised, beside other work on
/// two cores, it took up to 15 seconds; a call that does not end at all is what this is to find.
const AT_ALL: Duration = Duration::from_secs(60);

/// A reply that comes faster than it is read, and has no end: time or size ends it.
pub(super) fn floods() -> Vec<Row> {
    let ok = "HTTP/1.1 200 OK\r\n";
    let chunked = format!("{ok}transfer-encoding: chunked\r\n\r\n");
    let processing = "HTTP/1.1 102 Processing\r\n\r\n";
    let hints = "HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n";
    let late = Told::Open(&[Timeout]);
    let cut = Told::Open(&[Interrupted]);
    let large = Told::Open(&[TooLarge]);
    let none = Duration::ZERO;
    // What comes first, and then for ever; what is told over reqwest and over ureq, each of which has
    // a limit that the other one has not; and the time by which hyper may delay the end.
    let floods = [
        ("interim replies", "", processing, [late; 2], AT_ALL),
        ("early hints", "", hints, [late; 2], AT_ALL),
        ("line ends before a reply", "", "\r\n", [cut; 2], none),
        ("a first line", "HTTP/1.1 200 ", MARK, [cut; 2], none),
        ("a header", "HTTP/1.1 200 OK\r\nx: ", MARK, [cut; 2], none),
        ("headers", ok, "x: QZ7MARK\r\n", [cut; 2], none),
        (
            "a body of no length",
            "HTTP/1.1 200 OK\r\n\r\n",
            MARK,
            [large; 2],
            none,
        ),
        ("chunks of a byte", &chunked, "1\r\na\r\n", [large; 2], none),
        (
            "chunks",
            &chunked,
            "10\r\nQZ7MARK QZ7MARK \r\n",
            [large; 2],
            none,
        ),
        ("a size of a chunk", &chunked, "0", [late, cut], none),
        (
            "an extension of a chunk",
            &format!("{chunked}1;x="),
            MARK,
            [cut; 2],
            none,
        ),
        (
            "trailers",
            &format!("{chunked}0\r\n"),
            "x: QZ7MARK\r\n",
            [cut, late],
            none,
        ),
    ];
    let rows = [Line::Plain, TLS].into_iter().flat_map(|line| {
        floods.map(|(what, first, then, [told, by_ureq], delay)| {
            let acts = vec![
                Act::TakeHead,
                Act::TakeAll,
                Act::Say(first.as_bytes().to_vec()),
                Act::Flood(then.as_bytes().to_vec()),
            ];
            let name = format!("{what} without end");
            Row {
                told_by_ureq: by_ureq,
                delay,
                ..Row::new(name, line, acts, End::Stall, told)
            }
        })
    });
    rows.collect()
}
