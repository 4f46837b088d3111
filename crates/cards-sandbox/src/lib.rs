//! The card APIs of Airpay, Paysafe and Ibanera as a local server with a
//! memory.
//!
//! None of the three providers gives a sandbox that runs on a laptop. This one
//! is embedded in a test in one line, or run as a program of its own:
//!
//! ```
//! let sandbox = cards_sandbox::Sandbox::start_blocking()?;
//! assert!(sandbox.url().starts_with("http://127.0.0.1:"));
//!
//! for (variable, value) in sandbox.env() {
//!     // Hand these to the program under test.
//!     assert!(variable.starts_with("CARDS_") && !value.is_empty());
//! }
//! assert!(sandbox.exchanges().is_empty());
//! # Ok::<(), cards_sandbox::Error>(())
//! ```
//!
//! # In scope
//!
//! The six documented calls and the three that bring tokens; the documented
//! rules (through `cards-model`), checksums (through `cards-sign`), credentials
//! and one-time passwords; state that outlives a call and, in a file, the
//! process; a fixed [`world`] to call it with; a journal that tells why a call
//! was refused, which the providers' "fail" does not; [`openapi`] documents of
//! everything that is served.
//!
//! # Out of scope
//!
//! Real card numbers, money and people. Load beyond what tests produce. TLS.
//! Calls that the providers do not document.
//!
//! # Invariants
//!
//! - Only test card numbers are taken ([`world::airpay::TEST_BINS`]). Of those
//!   a keyed fingerprint, six digits and four are kept, never the whole; no
//!   one-time password or PIN is stored, a password only as an Argon2 hash, a
//!   token only as a digest.
//! - The journal, the log, `/_sandbox/world` and every `Debug` hold no value of
//!   a sensitive field.
//! - No input is answered with a 5xx, none makes the server panic or hang:
//!   bodies, headers, connections and time are limited ([`Limits`]).
//! - Replies are built from types of this crate's own, not from `cards-model`'s:
//!   client and sandbox must not share a mistake.
//! - Credentials, tokens and checksums are compared in constant time.

mod airpay;
mod answer;
mod app;
mod builder;
mod control;
mod error;
mod ibanera;
mod intake;
mod journal;
pub mod openapi;
mod paysafe;
mod running;
mod server;
mod store;
mod stream;
#[cfg(test)]
mod testing;
pub mod world;

pub use airpay::{ChecksumOrder, ChecksumVerdict, ParseChecksumOrderError};
pub use builder::{Builder, Clock, Limits, Sandbox, Store};
pub use error::Error;
pub use journal::Exchange;
pub use running::Running;
