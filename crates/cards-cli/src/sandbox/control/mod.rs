//! `cards sandbox logs`, `faults`, `clock`, `reset` and `world`: a running sandbox
//! by its control API.

mod at;
mod clock;
mod faults;
mod logs;
mod world;

use self::at::At;
use crate::error::Error;

#[derive(clap::Subcommand)]
pub(crate) enum Control {
    /// Tell of each call to a running sandbox, and why it was answered so
    Logs(logs::Args),
    /// Order, list and remove faults
    Faults(faults::Args),
    /// Read, set, move, stop or give back the clock
    Clock(clock::Args),
    /// Bring back everything as it was at the start: world, clock, faults, journal
    Reset(At),
    /// Show, save or replace the customers and cards
    World(world::Args),
}

pub(super) fn run(control: &Control) -> Result<(), Error> {
    match control {
        Control::Logs(args) => logs::run(args),
        Control::Faults(args) => faults::run(args),
        Control::Clock(args) => clock::run(args),
        Control::Reset(at) => {
            let came = at.client()?.post("/_sandbox/reset", None)?;
            at.done(&came, "everything is as it was at the start")
        }
        Control::World(args) => world::run(args),
    }
}
