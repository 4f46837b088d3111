//! `cards sandbox logs`, `faults`, `events` and the like: a running sandbox by its control API.

mod at;
mod clock;
mod delivery_faults;
mod events;
mod faults;
mod follow;
mod issuer;
mod logs;
mod ordered;
mod receivers;
mod test_values;
mod world;
mod worlds;

use self::at::At;
use crate::error::Error;

#[derive(clap::Subcommand)]
pub(crate) enum Control {
    /// Tell of each call to a running sandbox, and why it was answered so
    Logs(logs::Args),
    /// Order, list and remove faults
    Faults(faults::Args),
    /// Do what the issuer of a card does: payments, plastic, approvals
    Issuer(issuer::Args),
    /// Tell of the events that the providers send, and send one again
    Events(events::Args),
    /// Register, list and remove where events are sent
    Receivers(receivers::Args),
    /// Order, list and remove faults on the delivery of events
    DeliveryFaults(delivery_faults::Args),
    /// List the values that bring a documented refusal when they are typed
    TestValues(test_values::Args),
    /// Read, set, move, stop or give back the clock
    Clock(clock::Args),
    /// Bring back everything as it was at the start: world, clock, faults, journal
    Reset(At),
    /// Show, save or replace the customers and cards
    World(world::Args),
    /// List and end the worlds beside the first one
    Worlds(worlds::Args),
}

pub(super) fn run(control: &Control) -> Result<(), Error> {
    match control {
        Control::Logs(args) => logs::run(args),
        Control::Faults(args) => faults::run(args),
        Control::Issuer(args) => issuer::run(args),
        Control::Events(args) => events::run(args),
        Control::Receivers(args) => receivers::run(args),
        Control::DeliveryFaults(args) => delivery_faults::run(args),
        Control::TestValues(args) => test_values::run(args),
        Control::Clock(args) => clock::run(args),
        Control::Reset(at) => {
            let came = at
                .client()?
                .post("/_sandbox/reset", None, |came| came["status"] == "ok")?;
            at.done(&came, "everything is as it was at the start")
        }
        Control::World(args) => world::run(args),
        Control::Worlds(args) => worlds::run(args),
    }
}
