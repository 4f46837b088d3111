//! The functions that cargo-fuzz feeds: one for each parser of the workspace.
//!
//! `cargo xtask fuzz` runs them with libFuzzer, seeded by the fixtures and by a dictionary of
//! the field tables; the tests feed them with the seeds and with `corpus/`, where everything
//! stays that once was a finding.
//!
//! Each takes any bytes. It panics where a parser does, or where what it promises does not
//! hold: an address, a text or a world that was read is written and read again to the same; a
//! request that keeps the rules is sent; a forged event is not verified; no secret is shown; no
//! reply is lost; the sandbox answers none with 5xx.

mod client;
mod sandbox;
mod seeds;
mod texts;

pub use client::{event, exchange, form_parts, reply, request};
pub use sandbox::{http_intake, world};
pub use seeds::{dictionary, seeds};
pub use texts::{base_url, curl, explain, fixture, text};

/// A function that takes any bytes.
pub type Target = fn(&[u8]);

/// Every target by the name of its program.
pub const TARGETS: [(&str, Target); 12] = [
    ("base_url", base_url),
    ("curl", curl),
    ("event", event),
    ("exchange", exchange),
    ("explain", explain),
    ("fixture", fixture),
    ("form_parts", form_parts),
    ("http_intake", http_intake),
    ("reply", reply),
    ("request", request),
    ("text", text),
    ("world", world),
];

/// Splits off the first byte, which chooses among kinds.
fn choice(data: &[u8]) -> (usize, &[u8]) {
    match data.split_first() {
        Some((first, rest)) => (usize::from(*first), rest),
        None => (0, data),
    }
}

/// Splits at the first line break, which is in neither part.
fn line(data: &[u8]) -> (&[u8], &[u8]) {
    match data.iter().position(|byte| *byte == b'\n') {
        Some(at) => (&data[..at], &data[at + 1..]),
        None => (data, &[]),
    }
}
