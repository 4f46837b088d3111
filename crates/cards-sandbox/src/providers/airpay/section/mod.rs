//! Airpay's part of the world.
//!
//! [`rows`] and [`cards`] have the rows of customers and cards in their JSON form, and what is
//! made up where something is left out; [`rules`] checks them; [`tables`] puts them into the
//! store; [`shown`] shows what is there, and [`seeded`] who is there from the start.

mod cards;
mod insert;
mod rows;
mod rules;
mod seeded;
mod shown;
mod synthetic;
mod tables;
#[cfg(test)]
mod tests;
mod transactions;

pub use cards::Card;
pub(super) use cards::CardRow;
pub(super) use rows::CustomerRow;
pub(super) use seeded::SEEDED;
pub use shown::Customer;
pub(super) use shown::show_customers;
pub(super) use synthetic::{expiry, free_card, free_kit};
pub use transactions::Transaction;

/// The fingerprints of what is given. What is made up takes the place of none of
/// it, also where it comes first.
type Given = std::collections::BTreeSet<[u8; 32]>;

/// Airpay's part of the world, as the engine asks for it.
pub(crate) struct AirpaySection;
