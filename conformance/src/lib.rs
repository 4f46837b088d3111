//! The documents' examples and statements, replayed against the workspace.
//!
//! Three prepaid-card programmes describe their APIs in five documents. This
//! crate holds what those documents show as data, and the means to play that
//! data: the tests beside it send every example through the model, the
//! checksum, the client over both of its backends, and the sandbox.
//!
//! ```
//! let cases = conformance::fixture::all()?;
//! let example = cases.iter().find(|case| case.id() == "airpay/register-user/success-example");
//! assert_eq!(example.and_then(|case| case.reply.as_ref()).map(|reply| reply.status), Some(200));
//! # Ok::<(), conformance::fixture::FixtureError>(())
//! ```
//!
//! # In scope
//!
//! - [`fixture`]: the cases under `fixtures/`, read and checked for form.
//! - [`canary`]: markers in the place of secrets, and the search for them.
//! - [`cases`]: the written cases, names replaced.
//! - [`generated`]: the cases that follow from the checks of requirements.
//! - [`ledger`]: requirements and errata, and the names of the tests that hold
//!   them.
//! - [`server`]: a server of plain bytes, which misbehaves on demand and keeps
//!   what it receives.
//! - [`trust`]: what a suite of attacks tried and found.
//! - [`wire`]: a request as it stood on the wire, in one normal form.
//!
//! # Out of scope
//!
//! The meaning of the examples, which is the model's to say, and any judgement:
//! the tests compare, this crate only reads, plays and records. It uses none of
//! the crates that it helps to test.
//!
//! # Invariants
//!
//! - A fixture is data. Nothing in it is computed by the code that it tests.
//! - A fixture that cannot be read is an error that names its file and what is
//!   wrong there, never a case left out.
//! - The server binds to the loopback address, sends exactly the bytes it is
//!   given, and ends with the value that started it.
//! - Everything has one order: cases by path, headers by name.

pub mod canary;
pub mod cases;
pub mod fixture;
pub mod generated;
pub mod ledger;
pub mod server;
pub mod trust;
pub mod wire;
