//! `cards sandbox --health`: whether a sandbox is up, for a container's or a
//! script's check.

use std::time::Duration;

use super::client::Client;
use crate::error::Error;
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
    match serde_json::from_value::<Health>(client.get("/_sandbox/health")?) {
        Ok(health) if health.status == "ok" => {
            if health.lost_log_lines > 0 {
                let lines = health.lost_log_lines;
                output::note(&format!("lines of its log that were lost: {lines}\n"));
            }
            output::out("ok\n")
        }
        _ => Err(client.is_something_else()),
    }
}
