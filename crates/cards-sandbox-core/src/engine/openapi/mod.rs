//! OpenAPI 3.1 documents of the APIs that the sandbox serves, which no
//! provider has published.
//!
//! Requests come from the documented rules (`cards_model::Field`), replies from
//! the very types that the handlers serialise, the control API's paths from
//! the table that its router is made of.

mod described;
mod draft;
mod field;
mod links;
mod places;
mod plain;
mod render;

pub use described::{About, Described};
pub use draft::{Document, with_examples};
pub use field::form as form_schema;
