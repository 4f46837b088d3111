//! Checks of the whole sandbox, with its three providers: over HTTP, and over its store.
//!
//! They name no module relative to themselves, and take nothing from a product file that it
//! does not show to its crate.

mod activation;
mod any_request;
mod card_numbers;
mod card_states;
mod control;
mod credentials;
mod expiry_told;
mod guard;
mod journal;
mod layers;
mod money;
mod numbers;
mod page;
mod remarks;
mod schema;
mod store;
mod stress;
mod test_values;
mod world;
