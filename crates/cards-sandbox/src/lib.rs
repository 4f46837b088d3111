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
//! The calls of the five documents, some of the providers' other pages, and those that bring tokens; the documented
//! rules (through `cards-model`), checksums (through `cards-sign`), credentials
//! and one-time passwords; state that outlives a call and, in a file, the
//! process; a fixed [`world`] to call it with, or a [`World`] of one's own; a
//! clock that is moved on command, [`Fault`]s on order, and a control API over
//! all that; a journal that tells why a call was refused, which the providers'
//! "fail" does not; [`openapi`] documents of everything that is served; TLS by
//! option ([`Tls`]); at `/`, a page for people over all that.
//!
//! # Out of scope
//!
//! Real card numbers, money and people. Load beyond what tests produce. Calls
//! that the providers do not document.
//!
//! # Invariants
//!
//! - Only test card numbers are taken ([`world::airpay::TEST_BINS`]). Of those
//!   a keyed fingerprint, six digits and four are kept, never the whole; no
//!   one-time password or PIN is stored, a password only as an Argon2 hash, a
//!   token only as a digest.
//! - The journal, the log, the page, `/_sandbox/world` and every `Debug` hold no
//!   value of a sensitive field, but of the people who are there from the start, who are nobody, and
//!   where values are kept ([`Builder::keep_values`]). What is saved does: `/_sandbox/world/file`, as
//!   good as the store itself, has the people in full, and whoever has its key
//!   can find a masked test number again.
//! - No input is answered with a 5xx that was not ordered, none makes the server
//!   panic or hang: bodies, headers, connections and time are limited
//!   ([`Limits`]). A full disk is: 500, until there is room; and 503 where more is under way at once
//!   than the limits let into memory.
//! - In a file, what was acknowledged is on disk, whatever ends the process.
//!   One sandbox at a time has the file; one that it cannot use stays as it is.
//! - Replies are built, and what is stored of them written, from types of this
//!   crate's own, not from `cards-model`'s: client and sandbox must not share a
//!   mistake.
//! - Credentials, tokens and checksums are compared in constant time.
//! - The page and `/_sandbox/` answer no other site's pages, and under no name
//!   that a site could give itself ([`Builder::allow_host`]).
//! - It listens where other machines can reach it only if that was said
//!   ([`Builder::expose`]).

mod api;
mod builder;
pub mod openapi;
mod providers;
mod running;
mod running_world;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
pub mod world;

pub use builder::{Builder, Sandbox};
pub use cards_model::{DocExpiry, ProviderId, Rule, UtcOffset, Waiver};
pub use cards_sandbox_core::card_number::is_in as has_card_number;
pub use cards_sandbox_core::showing::Fact;
pub use cards_sandbox_core::{
    Clock, ClockHandle, Delivery, DeliveryFault, DeliveryFaultKind, DeliveryFaults, DeliveryState,
    Difference, Error, Exchange, Fault, FaultError, FaultKind, Faults, FiredFault, IssuerAction,
    IssuerDone, IssuerError, IssuerOrder, KeptValue, KeptValues, Limits, ListedTestValue, Nearest,
    OrderedDeliveryFault, OrderedFault, Part, RateLimit, Received, Receiver, ReceiverUrl,
    RegisteredReceiver, Remark, SentEvent, Storage as Store, Tls, Values,
};
pub use providers::airpay::{
    AirpayCard, AirpayClient, AirpayCustomer, AirpayTransaction, AirpayTransactionKind,
};
pub use providers::airpay::{ChecksumOrder, ChecksumVerdict, ParseChecksumOrderError, Sequence};
pub use providers::ibanera::{
    Amount, IbaneraAuthorization, IbaneraBalanceNames, IbaneraCard, IbaneraCardApproval,
    IbaneraClient, IbaneraCustomer, OneTimePasswords,
};
pub use providers::paysafe::{
    Expiry, PaysafeCard, PaysafeClient, PaysafeCustomer, PaysafeDeliveryAddress,
    PaysafePhysicalUpdates, PaysafeSignatures, PaysafeUpdateRefusal, PaysafeUpdateReply,
};
pub use running::Running;
pub use running_world::RunningWorld;
pub use world::World;

/// The README's examples, compiled.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
