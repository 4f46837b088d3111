//! A sandbox in a process of its own, which is killed: this test program, started anew.

use std::io::{BufRead as _, BufReader, Read as _};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use bytes::Bytes;
use cards_sandbox::{ProviderId, Receiver, Sandbox, Store};
use cards_transport::{BackendOptions, BlockingTransport as _, Limits, UreqTransport};
use http::{Method, Request};
use serde_json::{Value, json};

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
        .unlimited_loads()
        .without_test_values()
        .start_blocking()
        .unwrap();
    println!("\nlistening on {}", sandbox.addr());
    // Until the one who started it ends, if nothing else ends it.
    std::io::stdin().read_to_end(&mut Vec::new()).unwrap();
}

/// The started process.
pub(crate) struct Victim {
    child: Child,
    pub(crate) address: SocketAddr,
}

impl Victim {
    pub(crate) fn spawn(file: &Path, events: &str, port: u16) -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command
            .args(["--exact", "victim::serve", "--nocapture"])
            .env(FILE, file)
            .env(EVENTS, events)
            .env(PORT, port.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let address = lines
            .find_map(|line| Some(line.unwrap().strip_prefix("listening on ")?.to_owned()))
            .expect("it has to start");
        let address = address.parse().unwrap();
        Self { child, address }
    }

    pub(crate) fn process(&self) -> u32 {
        self.child.id()
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

impl Drop for Victim {
    /// `kill -9`
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
