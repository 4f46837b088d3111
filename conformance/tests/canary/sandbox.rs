//! Looks through what the sandbox answers, tells and stores.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;

use cards_model::airpay::RegisterUser;
use cards_sandbox::{Running, Sandbox, Store};
use cards_transport::BackendOptions;
use cards_transport::airpay::Airpay;

use crate::common::clients::{Backend, Ureq};
use crate::common::{noon, registration};
use crate::markers::{clean, clean_debug};
use crate::traces::{clean_traces, heard, traces};
use crate::values::{register, unchecked};

/// The sandbox answers, tells and stores no card number, no password and no
/// credential; nor does it tell anything personal.
#[test]
fn the_sandbox_keeps_and_tells_no_marker() {
    traces();
    let folder = std::env::temp_dir().join(format!("canary-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let file = folder.join("sandbox.sqlite");
    let clock = Arc::new(noon);
    let sandbox = Sandbox::builder()
        .clock(clock)
        .store(Store::File(file))
        .start_blocking()
        .unwrap();
    let airpay = Airpay::new(sandbox.airpay_url().parse().unwrap(), "sandbox-secret-key")
        .keys("sandboxaff", "sandbox-processor-key");
    let client = Ureq::client(airpay, &BackendOptions::new(), unchecked());

    const PAN: &str = "4622949173608254";
    const PASSWORD: &str = "Aa1!QZ7MARKpw";
    let form = RegisterUser {
        card_no: PAN.into(),
        password: PASSWORD.into(),
        ..registration()
    };
    client.send(&form).unwrap();
    client.send(&register()).unwrap_err();

    let exchanges = sandbox.exchanges();
    assert_eq!(exchanges.len(), 2);
    for exchange in &exchanges {
        clean_debug("an exchange", exchange);
    }
    clean_debug("the sandbox", &sandbox);
    let told = get(&sandbox, "/_sandbox/world");
    assert!(told.contains("462294"), "{told}");
    assert!(!told.contains(PAN) && !told.contains(&PAN[6..12]), "{told}");
    clean("the world", &told);
    for path in [
        "/",
        "/?exchange=1",
        "/?exchange=2",
        "/_sandbox/page/customers",
        "/_sandbox/exchanges",
    ] {
        let told = get(&sandbox, path);
        assert!(!told.contains(&PAN[6..12]), "{told}");
        clean(path, &told);
    }
    sandbox.shutdown_blocking();

    let mut stored = 0;
    for entry in fs::read_dir(&folder).unwrap() {
        let bytes = fs::read(entry.unwrap().path()).unwrap();
        stored += bytes.len();
        let text = String::from_utf8_lossy(&bytes);
        clean("the store", &text);
        assert!(!text.contains(PAN), "the store holds the card number");
        assert!(!text.contains(PASSWORD), "the store holds the password");
    }
    assert!(stored > 0);
    fs::remove_dir_all(&folder).unwrap();
    clean_traces();
    let traces = heard();
    assert!(!traces.contains(PAN) && !traces.contains(PASSWORD));
}

fn get(sandbox: &Running, path: &str) -> String {
    let mut stream = TcpStream::connect(sandbox.addr()).unwrap();
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n"
    )
    .unwrap();
    let mut reply = String::new();
    stream.read_to_string(&mut reply).unwrap();
    reply
}
