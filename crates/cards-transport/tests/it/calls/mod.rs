//! The life of a call over a scripted transport, through both drivers: what
//! is sent, what is sent again, and what the error says.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may fail by panicking"
)]

mod addresses;
mod announced;
mod codes;
mod empty_credentials;
mod extras;
mod failures;
mod floods;
mod hooks;
mod late_logins;
mod limited;
mod outcomes;
mod pages;
mod pointers;
mod replies;
mod requests;
mod retries;
mod samples;
mod script;
mod slow_functions;
mod sources;
mod spans;
mod spawned;
mod throttles;
mod tokens;
mod waivers;
mod words;
