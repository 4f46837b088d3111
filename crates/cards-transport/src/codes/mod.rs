//! One-time codes: how they are made, and which of them goes out when.
//!
//! The codes belong to the session: a login, the calls after it, the pages of
//! a walk and concurrent tasks all draw from one [`Codebook`].

mod book;
mod maker;
mod reuse;
mod take;
mod ticket;

pub(crate) use book::{Bearer, Codebook};
pub use maker::{OneTimeCodes, OtpAlgorithm};
pub use reuse::{CodeUse, OtpMemory, OtpReuse};
pub(crate) use take::Take;
pub(crate) use ticket::{Fate, Ticket};
