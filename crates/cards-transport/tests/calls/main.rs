//! The life of a call over a scripted transport, through both drivers: what
//! is sent, what is sent again, and what the error says.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may fail by panicking"
)]

mod codes;
mod floods;
mod outcomes;
mod pages;
mod replies;
mod requests;
mod retries;
mod samples;
mod script;
mod tokens;
mod waivers;
mod words;
