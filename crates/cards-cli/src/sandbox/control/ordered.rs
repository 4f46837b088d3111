//! The faults that are ordered from a running sandbox: listed, added and removed alike, whatever
//! they strike.

use serde_json::Value;

use super::at::{At, cell, items, number};
use crate::error::Error;
use crate::sheet::Sheet;

/// A fault as the command line orders it.
pub(super) trait Order: clap::Args {
    /// The path of the control API.
    const PATH: &str;

    /// The order as the control API takes it.
    fn body(&self) -> Value;

    /// The faults that the control API lists, one a row.
    fn sheet(faults: &[Value]) -> Sheet;
}

#[derive(clap::Subcommand)]
pub(super) enum Change<O: Order> {
    /// List those that were ordered, and how often each has fired
    List,
    /// Order one
    Add(Box<O>),
    /// Remove one, or all
    Remove {
        /// The number that it was given; all, where there is none
        #[arg(value_parser = number::<u64>)]
        id: Option<u64>,
    },
}

/// Carries out the change; without one, lists the faults.
pub(super) fn run<O: Order>(at: &At, change: Option<&Change<O>>) -> Result<(), Error> {
    let client = at.client()?;
    let is_fault = |came: &Value| came["id"].is_u64();
    match change {
        None | Some(Change::List) => {
            let came = client.get(O::PATH, |came| came["faults"].is_array())?;
            at.print(&came, |came| O::sheet(items(came, "faults")))
        }
        Some(Change::Add(order)) => {
            let came = client.post(O::PATH, Some(&order.body()), is_fault);
            let came = came.map_err(|error| {
                error.hint_if_refused("each setting is the option of its name: millis is --millis")
            })?;
            at.changed(&came, |came| O::sheet(std::slice::from_ref(came)))
        }
        Some(Change::Remove { id: Some(id) }) => {
            let came = client.delete(&format!("{}/{id}", O::PATH), is_fault)?;
            at.done(&came, &format!("fault {id} is removed"))
        }
        Some(Change::Remove { id: None }) => {
            let came = client.delete(O::PATH, |came| came.get("removed").is_some())?;
            let removed = cell(&came["removed"]);
            at.done(&came, &format!("faults removed: {removed}"))
        }
    }
}
