//! Guides for those who build a service on these calls: what to do with errors,
//! how to test, how to take events, what to settle before real money moves.
//!
//! Each is a module without items, to be read in the documentation; its examples
//! are run as tests.
//!
//! - [`handle_errors`]: which errors are safe to repeat, which are not, and what to
//!   show to whom.
//! - [`test_your_service`]: a sandbox of the providers inside your own tests, with
//!   failures on order.
//! - [`receive_events`]: events that the providers send by themselves, verified and in order.
//! - [`go_to_production`]: settings, secrets, questions for the provider.

#[doc = include_str!("handle_errors.md")]
pub mod handle_errors {}

#[doc = include_str!("test_your_service.md")]
pub mod test_your_service {}

#[doc = include_str!("receive_events.md")]
pub mod receive_events {}

#[doc = include_str!("go_to_production.md")]
pub mod go_to_production {}
