//! Failures on demand: what goes wrong, of which calls, how often.
//!
//! [`Fault`] is the order, [`Faults`] the list of those in force. A layer
//! around the providers' paths (`layers::inject`) asks the list about each call and
//! changes the reply; what no HTTP server would do is written down as a
//! `Script` that the connection plays instead of the reply.

mod check;
mod constructors;
mod error;
mod fault;
mod kind;
mod registry;
mod schema;
mod script;
mod setting;

pub use error::FaultError;
pub use fault::Fault;
pub use kind::FaultKind;
pub(crate) use registry::ActiveFault;
pub use registry::{Faults, FiredFault, OrderedFault};
pub(crate) use schema::order;
pub(crate) use script::{ConnectionFault, End, Script, Step};
