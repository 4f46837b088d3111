//! Airpay's part of the world.
//!
//! [`rows`] has the rows of both tables in their JSON form, and what is made up where
//! something is left out; [`rules`] checks them; [`tables`] puts them into the store and shows
//! what is there.

mod rows;
mod rules;
mod synthetic;
mod tables;
#[cfg(test)]
mod tests;

pub(super) use rows::{CardRow, CustomerRow};
