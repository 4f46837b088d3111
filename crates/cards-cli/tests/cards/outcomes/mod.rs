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

/// Gives the signals that ask a program to end: hangup and SIGQUIT where this process, and so the
/// program that it starts, does not ignore them, as under `nohup`. Elsewhere than on Linux, these two
/// do what they always do.
#[cfg(unix)]
pub(crate) fn signals() -> Vec<&'static str> {
    let mut signals = vec!["-INT", "-TERM"];
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    if let Some(ignored) = ignored {
        let ignored = u64::from_str_radix(ignored.trim(), 16).unwrap();
        let others = [("-HUP", 1), ("-QUIT", 3)];
        let heard = |number: &u32| ignored >> (number - 1) & 1 == 0;
        signals.extend(
            others
                .iter()
                .filter(|(_, number)| heard(number))
                .map(|it| it.0),
        );
    }
    signals
}

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
