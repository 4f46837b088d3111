//! Every fault of the sandbox through both backends: the typed error that the
//! client promises, how often it sent, and what the sandbox holds afterwards.
//!
//! A read is tried again where that can help. A mutation is sent once,
//! whatever comes of it, and where it may have taken effect the error says so.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "this is test code, outside of `#[test]` functions"
)]

#[path = "../common/mod.rs"]
mod common;

mod bodies;
mod chance;
mod connections;
mod scenario;
mod statuses;
mod time;
mod tokens;
