//! The two backends by themselves: where they connect, what they take off a
//! connection, and how much of a reply they keep. One suite in `conformance`
//! holds them to the same behaviour in everything else.

#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod backend;
mod certificates;
mod idle;
mod limits;
mod proxies;
mod redirects;
mod roots;
mod slow_uploads;
