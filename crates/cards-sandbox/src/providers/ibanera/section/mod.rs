//! Ibanera's part of the world.
//!
//! [`rows`] and [`transactions`] have the rows of the tables in their JSON form, with the
//! rules and what is made up where something is left out; [`tables`] puts them into the store
//! and shows what is there.

mod rows;
mod tables;
#[cfg(test)]
mod tests;
mod transactions;
mod values;

pub(crate) use rows::{CardRow, Change};
pub use values::Amount;

/// Ibanera's part of the world, as the engine asks for it.
pub(crate) struct IbaneraSection;
