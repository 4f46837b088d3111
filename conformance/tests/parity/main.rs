//! Holds both backends to one suite: the same faults, the same errors, to the
//! last predicate. Every scenario is a function of the backend, and a test in
//! each of the modules `reqwest` and `ureq` beside it.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "this is test code, outside of `#[test]` functions"
)]

#[path = "../common/mod.rs"]
mod common;

mod ibanera_story;
mod mutations;
mod oddities;
mod pages;
mod paysafe_story;
mod replies;
mod requests;
mod sent;
mod setup;
mod spans;
mod tokens;
mod worlds;
