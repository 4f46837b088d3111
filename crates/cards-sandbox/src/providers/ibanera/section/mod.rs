//! Ibanera's part of the world.
//!
//! [`rows`] has the rows of both tables in their JSON form, with the rules and what is made
//! up where something is left out; [`tables`] puts them into the store and shows what is there.

mod rows;
mod tables;
#[cfg(test)]
mod tests;

pub use rows::Amount;
pub(crate) use rows::{CardRow, Change};

/// Ibanera's part of the world, as the engine asks for it.
pub(crate) struct IbaneraSection;
