//! A sandbox in a process of its own, which is killed.

use std::net::SocketAddr;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use bytes::Bytes;
use cards_sandbox::{ProviderId, Receiver, Sandbox, Store};
use cards_transport::{BackendOptions, BlockingTransport as _, Limits, UreqTransport};
use http::{Method, Request};
use serde_json::{Value, json};

use crate::common::process::{self, Process};

const FILE: &str = "CARDS_SOAK_FILE";
const EVENTS: &str = "CARDS_SOAK_EVENTS";
const PORT: &str = "CARDS_SOAK_PORT";

/// No test: it is the work of the started process.
#[test]
fn serve() {
    let var = |name: &str| std::env::var(name).ok();
    let (Some(file), Some(events), Some(port)) = (var(FILE), var(EVENTS), var(PORT)) else {
        return;
    };
    let port: u16 = port.parse().unwrap();
    let sandbox = Sandbox::builder()
        .listen(([127, 0, 0, 1], port))
        .store(Store::File(file.into()))
        .receiver(Receiver::all(ProviderId::IBANERA, events.parse().unwrap()))
        .receiver(Receiver::all(ProviderId::PAYSAFE, events.parse().unwrap()))
        .paysafe_event_pause(Duration::from_secs(1))
        .unlimited_loads()
        .without_test_values()
        .start_blocking()
        .unwrap();
    process::serve(&sandbox);
}

/// The started process; it is killed when this is dropped.
pub(crate) struct Victim {
    process: Process,
    pub(crate) address: SocketAddr,
}

impl Victim {
    pub(crate) fn spawn(file: &Path, events: &str, port: u16) -> Self {
        let vars = [
            (FILE, file.display().to_string()),
            (EVENTS, events.to_owned()),
            (PORT, port.to_string()),
        ];
        let process = Process::spawn("victim::serve", vars);
        let address = process.address;
        Self { process, address }
    }

    pub(crate) fn process(&self) -> u32 {
        self.process.id()
    }

    /// Orders a fault, and tells whether it was taken.
    pub(crate) fn orders(&self, fault: &Value) -> bool {
        self.control(Method::POST, "/_sandbox/faults", fault)
            .is_some()
    }

    /// Waits until every event has gone out.
    pub(crate) fn settles(&self) {
        self.control(Method::DELETE, "/_sandbox/faults", &Value::Null);
        let deadline = Instant::now() + Duration::from_secs(120);
        loop {
            let told = self.control(Method::GET, "/_sandbox/receivers", &Value::Null);
            let receivers = told.unwrap_or_default()["receivers"].clone();
            let receivers = receivers.as_array().cloned().unwrap_or_default();
            if !receivers.is_empty() && receivers.iter().all(|one| one["waiting"] == 0) {
                return;
            }
            assert!(Instant::now() < deadline, "events wait: {receivers:?}");
            let pause = json!({"seconds": 60});
            self.control(Method::POST, "/_sandbox/clock/advance", &pause);
            thread::sleep(Duration::from_millis(100));
        }
    }

    /// Asks the control API. `None`: it did not answer, or not with yes.
    fn control(&self, method: Method, path: &str, sent: &Value) -> Option<Value> {
        let body = if sent.is_null() {
            String::new()
        } else {
            sent.to_string()
        };
        let request = Request::builder()
            .method(method)
            .uri(format!("http://{}{path}", self.address))
            .header("content-type", "application/json")
            .body(Bytes::from(body))
            .unwrap();
        let transport = UreqTransport::with_options(&BackendOptions::new()).unwrap();
        let limits = Limits::new(Duration::from_secs(5), 1 << 20);
        let answer = transport.send(request, limits).ok()?;
        let is_fine = answer.status().is_success();
        is_fine.then(|| serde_json::from_slice(answer.body()).unwrap_or_default())
    }
}
