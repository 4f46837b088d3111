//! Marker values in every sensitive place, driven through every path, and
//! looked for in everything that is shown: `Debug`, `Display`, errors with
//! their causes, traces of this workspace and of both backends. So is what
//! a sandbox shows, sends and stores. The program has a suite of the same kind in its own crate.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "this is test code, outside of `#[test]` functions"
)]

#[path = "../common/mod.rs"]
mod common;

mod at_rest;
mod calls;
mod kept;
mod markers;
mod replies;
mod traces;
mod types;
mod values;
