//! A receiver of events: a server of nothing but a socket, which answers as it is told.

#![allow(dead_code, reason = "each test file uses its part")]

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

/// An event as it came.
#[derive(Clone, Debug)]
pub(crate) struct Got {
    pub(crate) target: String,
    /// The headers by names in small letters.
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: String,
}

impl Got {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    pub(crate) fn text(&self, field: &str) -> String {
        self.json()[field].as_str().unwrap().to_owned()
    }
}

/// Gives the status of an answer; `None`: there is none, and the connection stays open.
type Judge = dyn Fn(&Got) -> Option<u16> + Send + Sync;

#[derive(Clone)]
pub(crate) struct Receiver {
    pub(crate) url: String,
    got: Arc<(Mutex<Vec<Got>>, Condvar)>,
}

impl Receiver {
    /// Takes everything.
    pub(crate) fn start() -> Self {
        Self::judging(|_| Some(200))
    }

    pub(crate) fn judging(judge: impl Fn(&Got) -> Option<u16> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let receiver = Self {
            url,
            got: Arc::default(),
        };
        let (got, judge): (_, Arc<Judge>) = (Arc::clone(&receiver.got), Arc::new(judge));
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (got, judge) = (Arc::clone(&got), Arc::clone(&judge));
                thread::spawn(move || serve(stream.unwrap(), &got, &*judge));
            }
        });
        receiver
    }

    /// Gives everything that came so far.
    pub(crate) fn got(&self) -> Vec<Got> {
        self.got.0.lock().unwrap().clone()
    }

    /// Waits until so many have come, and no longer than 20 seconds.
    pub(crate) fn wait(&self, count: usize) -> Vec<Got> {
        let deadline = Instant::now() + Duration::from_secs(20);
        let mut got = self.got.0.lock().unwrap();
        while got.len() < count {
            let left = deadline.saturating_duration_since(Instant::now());
            assert!(!left.is_zero(), "{} of {count} came", got.len());
            got = self.got.1.wait_timeout(got, left).unwrap().0;
        }
        got.clone()
    }
}

fn serve(stream: TcpStream, got: &(Mutex<Vec<Got>>, Condvar), judge: &Judge) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let Some(came) = read(&mut reader) else {
        return;
    };
    // Judged first: what it decides by is what came before.
    let status = judge(&came);
    got.0.lock().unwrap().push(came);
    got.1.notify_all();
    match status {
        Some(status) => {
            let answer = format!("HTTP/1.1 {status} x\r\ncontent-length: 0\r\n\r\n");
            drop((&stream).write_all(answer.as_bytes()));
        }
        None => drop(reader.read(&mut [0])),
    }
}

fn read(reader: &mut impl BufRead) -> Option<Got> {
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let target = line.split(' ').nth(1)?.to_owned();
    assert!(line.starts_with("POST "), "{line}");
    let mut headers = BTreeMap::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(": ") else {
            break;
        };
        headers.insert(name.to_ascii_lowercase(), value.to_owned());
    }
    let mut body = vec![0; headers.get("content-length")?.parse().ok()?];
    reader.read_exact(&mut body).ok()?;
    Some(Got {
        target,
        headers,
        body: String::from_utf8(body).ok()?,
    })
}
