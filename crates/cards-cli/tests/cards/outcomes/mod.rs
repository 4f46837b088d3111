//! Calls that do not succeed: exit codes, words, JSON, hints.

mod exit_codes;
mod hints;
mod json;
mod stops;
pub(crate) mod tls;
mod unknown;

use assert_cmd::Command;
use conformance::server::{RawServer, Reaction, reply};

use super::cards;

pub(crate) const BACKENDS: [&str; 2] = ["ureq", "reqwest"];

/// The signals that ask a program to end. Elsewhere than on Linux, the last two do what they always do.
#[cfg(unix)]
pub(crate) const SIGNALS: &[&str] = match cfg!(target_os = "linux") {
    true => &["-INT", "-TERM", "-HUP", "-QUIT"],
    false => &["-INT", "-TERM"],
};

/// A call that changes something.
pub(crate) const CHANGE: &[&str] = &["airpay", "update-customer", "--entity-id=E1"];

/// A call that only reads.
pub(crate) const READ: &[&str] = &["paysafe", "prepaid-cards", "--customer-id=1"];

/// A call with credentials, to be answered at `url`.
pub(crate) fn call_at(url: &str, call: &[&str], backend: &str) -> Command {
    let mut command = cards(call);
    command
        .env("CARDS_AIRPAY_TOKEN", "t")
        .env("CARDS_AIRPAY_SECRET_KEY", "s")
        .env("CARDS_PAYSAFE_TOKEN", "t")
        .args(["--base-url", url, "--backend", backend]);
    command
}

pub(crate) fn json_reply(status: &str, body: &str) -> Reaction {
    let headers = ["content-type: application/json", "connection: close"];
    Reaction::SendAndClose(reply(status, &headers, body))
}

/// A server that gives everybody the same answer.
pub(crate) fn always(reaction: Reaction) -> RawServer {
    RawServer::playing([reaction]).unwrap()
}

/// An address at which nobody listens.
pub(crate) const NOBODY: &str = "http://127.0.0.1:1";
