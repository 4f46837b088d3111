//! Marker values in every sensitive place, driven through every path, and
//! looked for in everything that is shown: `Debug`, `Display`, errors with
//! their causes, traces of this workspace and of both backends. What the sandbox
//! writes down is looked through by its own tests.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "this is test code, outside of `#[test]` functions"
)]

#[path = "../common/mod.rs"]
mod common;

mod at_rest;
mod calls;
mod markers;
mod traces;
mod values;
