//! One-time codes: how they are made, and which of them goes out when.
//!
//! The codes belong to the session: a login, the calls after it, the pages of
//! a walk and concurrent tasks all draw from one [`Codebook`].

mod book;
mod maker;
mod reuse;
mod ticket;

pub(crate) use book::{Codebook, Take};
pub use maker::{OneTimeCodes, OtpAlgorithm};
pub use reuse::{CodeUse, OtpMemory, OtpReuse};
pub(crate) use ticket::{Bearer, Fate, Ticket};
