//! OpenAPI 3.1 documents of the APIs that the sandbox serves, which no
//! provider has published.
//!
//! Requests come from the documented rules (`cards_model::Field`), replies from
//! the very types that the handlers serialise, the control API's paths from
//! the table that its router is made of.

pub use crate::api::{Api, ParseApiError, document};
