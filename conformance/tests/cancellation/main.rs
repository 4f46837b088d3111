//! Calls that are given up at every point at which they can be: dropped after every
//! number of polls, out of time, not polled any more, or ended by a panic of a caller's
//! own function. The client stays as good as new for all other calls.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "this is test code, outside of `#[test]` functions"
)]

#[path = "../common/mod.rs"]
mod common;

mod codes;
mod crowd;
mod each;
mod network;
mod panics;
mod polls;
mod renewals;
mod replay;
mod turns;
mod walks;
