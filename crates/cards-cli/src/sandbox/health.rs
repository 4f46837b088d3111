//! `cards sandbox --health`: whether a sandbox is up, for a container's or a
//! script's check.

use std::time::Duration;

use cards_transport::bytes::Bytes;
use cards_transport::http::Request;
use cards_transport::{BaseUrl, BlockingTransport, Limits, UreqTransport};

use crate::config::{CA_FILE, Vars};
use crate::error::Error;
use crate::output;

pub(super) fn ask(url: &str) -> Result<(), Error> {
    let base: BaseUrl = url
        .parse()
        .map_err(|error| Error::usage(format!("--health: {error}")))?;
    let target = format!("{}/_sandbox/health", base.as_str());
    let request = Request::get(target)
        .body(Bytes::new())
        .map_err(|_| Error::usage("--health: not a URL"))?;
    // For a sandbox with TLS.
    let options = Vars::default().checked(CA_FILE)?.trusting()?;
    let limits = Limits::new(Duration::from_secs(5), 64 * 1024);
    let is_not_up = || Error::failure(format!("no sandbox answers at {}", base.as_str()));
    let response = UreqTransport::with_options(&options)?
        .send(request, limits)
        .map_err(|error| is_not_up().caused_by(error))?;
    let status = response.status();
    if !status.is_success() {
        return Err(is_not_up().caused_by(format!("it answers with HTTP {}", status.as_u16())));
    }
    #[derive(serde::Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Health {
        status: String,
        /// Absent where nobody counts them.
        #[serde(default)]
        lost_log_lines: u64,
    }
    match serde_json::from_slice::<Health>(response.body()) {
        Ok(health) if health.status == "ok" => {
            if health.lost_log_lines > 0 {
                let lines = health.lost_log_lines;
                output::note(&format!("lines of its log that were lost: {lines}\n"));
            }
            output::out("ok\n")
        }
        _ => Err(is_not_up().caused_by("what answers is something else")),
    }
}
