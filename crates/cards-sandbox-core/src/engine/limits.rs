//! The limits of a world: in the store, in a file, and on the way from one to the
//! other. What one of them takes, the others take too.

/// Customers of all providers.
pub const CUSTOMERS: usize = 10_000;
/// Cards of all customers.
pub const CARDS: usize = 50_000;
/// Bytes of a file. What is stored is counted as what it is in a file.
pub const BYTES: usize = 64 * 1024 * 1024;

/// Characters of an id that is a text, and of a customer's standing.
pub const ID: usize = 50;
/// Characters of a text of which a provider's documents say nothing, where it does not take any.
pub const TEXT: usize = 100;
