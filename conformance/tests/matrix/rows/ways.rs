//! Faults on the way to a connection, and of its handshake.

use std::time::Duration;

use cards_transport::ErrorKind::{Connect, Interrupted, Timeout};

use super::{Line, LookUp, MARK, Row, Told};
use crate::certificates::Identity;
use crate::line::End;
use crate::server::{Act, Listens};

/// No connection comes of it, or by another way.
pub(super) fn ways_there() -> Vec<Row> {
    let row = |name, told| Row::new(name, Line::Plain, Vec::new(), End::Close, told);
    let listens = |name, listens, kinds| Row {
        listens,
        ..row(name, Told::NotSent(kinds))
    };
    let look_up = |name, look_up, told| Row {
        look_up: Some(look_up),
        ..row(name, told)
    };
    vec![
        listens("refused", Listens::No, &[Connect]),
        listens("nobody lets it in", Listens::Full, &[Timeout]),
        look_up(
            "the look-up fails",
            LookUp::Fails,
            Told::NotSent(&[Connect]),
        ),
        look_up(
            "the look-up finds nothing",
            LookUp::FindsNothing,
            Told::NotSent(&[Connect]),
        ),
        look_up(
            "the look-up hangs",
            LookUp::Hangs,
            Told::NotSent(&[Timeout]),
        ),
        Row {
            is_over: true,
            ..look_up(
                "the look-up finds a refusing address first",
                LookUp::FindsTwo,
                Told::Value,
            )
        },
        Row {
            is_over: true,
            connects_within: Duration::from_secs(2),
            ..look_up(
                "the look-up finds a silent address first",
                LookUp::FindsSilent,
                Told::Value,
            )
        },
    ]
}

/// TLS that does not come to stand.
pub(super) fn handshakes() -> Vec<Row> {
    let hello = || vec![Act::TakeHello];
    let says = |bytes: &[u8]| vec![Act::TakeHello, Act::Say(bytes.to_vec())];
    let raw =
        |name: &str, acts, end, kinds| Row::new(name, Line::Raw, acts, end, Told::NotSent(kinds));
    let alert = |(code, name): (u8, &str)| {
        let bytes = [21, 3, 3, 0, 2, 2, code];
        raw(
            &format!("the alert {name}"),
            says(&bytes),
            End::Close,
            &[Connect],
        )
    };
    let shows = |(name, identity): (&str, _)| {
        let told = Told::NotSent(&[Connect]);
        Row::new(name, Line::Tls(identity), Vec::new(), End::Close, told)
    };
    let plain = format!("HTTP/1.1 400 Bad Request\r\nx: {MARK}\r\ncontent-length: 0\r\n\r\n");
    let server_hello = [22, 3, 3, 0, 40, 2, 0, 0, 36, 3, 3];
    let mut rows = vec![
        raw(
            "plain HTTP for a hello",
            says(plain.as_bytes()),
            End::Close,
            &[Connect],
        ),
        raw(
            "plain HTTP for a hello, and no end",
            says(plain.as_bytes()),
            End::Stall,
            &[Connect],
        ),
        raw(
            "garbage for a hello",
            says(MARK.as_bytes()),
            End::Close,
            &[Connect],
        ),
        raw(
            "a record of garbage for a hello",
            says(b"\x16\x03\x03\x00\x04QZ7M"),
            End::Stall,
            &[Connect],
        ),
        raw(
            "half a hello, and the end",
            says(&server_hello),
            End::Close,
            &[Connect],
        ),
        raw(
            "half a hello, and a reset",
            says(&server_hello),
            End::Reset,
            &[Connect],
        ),
        raw(
            "half a hello, and no end",
            says(&server_hello),
            End::Stall,
            &[Timeout],
        ),
        raw("an end in the handshake", hello(), End::Close, &[Connect]),
        raw(
            "a half-open end in the handshake",
            hello(),
            End::HalfOpen,
            &[Connect],
        ),
        raw("a reset in the handshake", hello(), End::Reset, &[Connect]),
        raw("no end in the handshake", hello(), End::Stall, &[Timeout]),
        Row::new(
            "a certificate of the client's is asked for, under 1.3",
            Line::Tls(Identity::AsksUnder13),
            Vec::new(),
            End::Close,
            Told::Open(&[Interrupted]),
        ),
    ];
    rows.extend(
        [
            (40, "handshake_failure"),
            (70, "protocol_version"),
            (80, "internal_error"),
            (112, "unrecognized_name"),
            (120, "no_application_protocol"),
        ]
        .map(alert),
    );
    rows.extend(
        [
            ("a certificate that has expired", Identity::Expired),
            ("a certificate that is not yet good", Identity::NotYetValid),
            ("a certificate of another name", Identity::OfAnotherName),
            ("a certificate of nobody known", Identity::OfNobodyKnown),
            (
                "a certificate of the client's is asked for, under 1.2",
                Identity::AsksUnder12,
            ),
        ]
        .map(shows),
    );
    rows
}
