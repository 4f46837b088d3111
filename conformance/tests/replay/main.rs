//! Every fixture, stage by stage: the model, the checksum, the core without a
//! network, both backends against closures, against a server of plain bytes,
//! and against the sandbox. A failure names the fixture and the stage.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "this is test code, outside of `#[test]` functions"
)]

#[path = "../common/mod.rs"]
mod common;

mod card_numbers;
mod core;
mod curl;
mod fixtures;
mod sandbox;
mod stage;
