//! A proxy is used where it was asked for, and not because it is in the
//! environment.

use std::process::Command;

use crate::backend::{Backend, Reqwest, Server, Ureq};

const TARGET: &str = "TARGET";

/// The environment of a process cannot be changed for one test alone, so this
/// is a process of its own.
#[test]
fn proxies_of_the_environment_are_not_followed() {
    let proxy = Server::saying("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nproxy");
    let target = Server::saying("HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\ntarget");
    let mut child = Command::new(std::env::current_exe().unwrap());
    child.args([
        "--exact",
        "--ignored",
        "proxies::with_proxies_in_the_environment",
    ]);
    let proxy_url = format!("http://{}", proxy.address);
    for name in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"] {
        child.env(name, &proxy_url);
        child.env(name.to_lowercase(), &proxy_url);
    }
    // With it, HTTP_PROXY would count for nothing.
    child.env_remove("REQUEST_METHOD");
    child.env_remove("NO_PROXY").env_remove("no_proxy");
    let output = child
        .env(TARGET, target.address.to_string())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}");
    assert!(said.contains("1 passed"), "{said}");
    assert_eq!(proxy.connections(), 0);
    // Each backend, over http and over https.
    assert_eq!(target.connections(), 4);
}

#[test]
#[ignore = "started by the test above, with proxies in its environment"]
fn with_proxies_in_the_environment() {
    let target = std::env::var(TARGET).unwrap();
    calls::<Reqwest>(&target);
    calls::<Ureq>(&target);
}

fn calls<B: Backend>(target: &str) {
    let reply = B::get(&format!("http://{target}/"), 1_000).unwrap();
    assert_eq!(reply.body(), "target");
    // It speaks no TLS, but it is where the call went.
    let error = B::get(&format!("https://{target}/"), 1_000).unwrap_err();
    assert!(!error.is_maybe_sent(), "{error:?}");
}
