//! CRATEDOC

#[cfg(test)]
mod acme;
pub mod control;
mod engine;
mod layers;
pub mod page;
mod running;
mod setup;

pub use engine::{
    answer, app, bearer, card_number, clock, detail, endpoint, error, faults, field_error, html,
    incoming, intake, journal, json_input, limits, listed, openapi, operations, plugin, problem,
    provider, quota, served, store, view, world, world_error,
};

pub use engine::clock::ClockHandle;
pub use engine::error::Error;
pub use engine::faults::{Fault, FaultError, FaultKind, Faults, FiredFault, OrderedFault};
pub use engine::journal::{Exchange, Received};
pub use engine::plugin::{Plugin, Plugins};
pub use engine::provider::Provider;
pub use engine::settings::{Clock, Limits, Storage};
pub use engine::tls::Tls;
pub use layers::router;
pub use running::Running;
pub use setup::{Setup, plugins};
