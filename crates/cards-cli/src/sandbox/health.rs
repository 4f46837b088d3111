//! `cards sandbox --health`: whether a sandbox is up, for a container's or a
//! script's check.

use std::time::Duration;

use serde_json::Value;

use super::client::Client;
use crate::error::Error;
use crate::exit::Exit;
use crate::output;

pub(super) fn ask(url: &str) -> Result<(), Error> {
    let client = Client::new(url, "--health")?.within(Duration::from_secs(5));
    #[derive(serde::Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Health {
        status: String,
        /// Absent where nobody counts them.
        #[serde(default)]
        lost_log_lines: u64,
    }
    let came = client.get("/_sandbox/health", Value::is_object);
    match serde_json::from_value::<Health>(came.map_err(is_not_up)?) {
        Ok(health) if health.status == "ok" => {
            if health.lost_log_lines > 0 {
                let lines = health.lost_log_lines;
                output::note(&format!("lines of its log that were lost: {lines}\n"));
            }
            output::out("ok\n")
        }
        _ => Err(is_not_up(client.is_something_else(true))),
    }
}

/// Ends with 1, whatever the reason: what runs a container's check knows 0 and 1 alone.
fn is_not_up(error: Error) -> Error {
    Error {
        exit: Exit::Failure,
        ..error
    }
}
