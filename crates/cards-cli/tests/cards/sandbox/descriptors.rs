//! Connections that say nothing take no file descriptor that the sandbox needs for others' calls.

#![cfg(unix)]

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use super::Serving;

/// The program under limits of descriptors, a soft one and a hard one.
fn under(soft: u32, hard: u32) -> Command {
    let script = format!("ulimit -Sn {soft}; ulimit -Hn {hard}; exec \"$0\" \"$@\"");
    let mut shell = Command::new("/bin/sh");
    shell.args(["-c", &script, env!("CARGO_BIN_EXE_cards")]);
    shell
}

/// Sends a request for a status, as soon as there is room for the connection.
fn status(address: &str, request: &str) -> u16 {
    let mut stream = TcpStream::connect(address).unwrap();
    let patience = Some(Duration::from_secs(60));
    stream.set_read_timeout(patience).unwrap();
    let asked = format!("{request}\r\nhost: localhost\r\nconnection: close\r\n");
    stream.write_all(asked.as_bytes()).unwrap();
    stream.write_all(b"content-length: 0\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer[9..12].parse().unwrap()
}

/// Gives how many of the connections the server holds: it has closed the others, or not taken them.
fn held(idle: &mut [TcpStream]) -> usize {
    let asked = b"GET /_sandbox/health HTTP/1.1\r\nhost: localhost\r\n\r\n";
    for stream in &mut *idle {
        drop(stream.write_all(asked));
        stream
            .set_read_timeout(Some(Duration::from_millis(20)))
            .unwrap();
    }
    thread::sleep(Duration::from_secs(2));
    let is_answered = |stream: &mut TcpStream| match stream.read(&mut [0; 4096]) {
        Ok(read) => read > 0,
        Err(error) => {
            let waits = [ErrorKind::WouldBlock, ErrorKind::TimedOut];
            assert!(waits.contains(&error.kind()), "{error}");
            false
        }
    };
    idle.iter_mut()
        .filter_map(|one| is_answered(one).then_some(()))
        .count()
}

#[test]
fn idle_connections_leave_descriptors_for_honest_calls() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("cards.db");
    let args = ["--listen", "127.0.0.1:0", "--store", file.to_str().unwrap()];
    let (serving, url) = Serving::of(under(256, 256), Stdio::piped(), &args);
    let address = url.split_once("://").unwrap().1;
    let calls = || {
        [
            "GET /_sandbox/world HTTP/1.1",
            "POST /_sandbox/reset HTTP/1.1",
            "GET /_worlds/a/_sandbox/world HTTP/1.1",
            "GET /customers/12345678/prepaid/cards HTTP/1.1",
        ]
        .map(|call| status(address, call))
    };
    assert_eq!(calls(), [200, 200, 200, 401]);
    let mut idle: Vec<_> = (0..300)
        .map(|_| TcpStream::connect(address).unwrap())
        .collect();
    let held = held(&mut idle);
    assert!((16..=128).contains(&held), "{held}");
    // Some places come free; those that wait take them, and the calls wait behind them for theirs.
    drop(idle.drain(..250));
    let begun = Instant::now();
    for _ in 0..5 {
        assert_eq!(calls(), [200, 200, 200, 401]);
    }
    assert!(begun.elapsed() < Duration::from_secs(60));
    drop(idle);
    let said = serving.end("-TERM");
    assert!(!said.contains("could not be accepted"), "{said}");
    assert!(!said.contains("unable to open"), "{said}");
}

#[test]
fn it_takes_as_many_descriptors_as_it_may() {
    let args = ["--listen", "127.0.0.1:0"];
    let (_serving, url) = Serving::of(under(64, 512), Stdio::piped(), &args);
    let address = url.split_once("://").unwrap().1;
    let mut idle: Vec<_> = (0..250)
        .map(|_| TcpStream::connect(address).unwrap())
        .collect();
    assert_eq!(held(&mut idle), 250);
}
