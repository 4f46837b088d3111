//! The flags of the client that makes a command's calls.

use std::time::Duration;

use super::client::Backend;
use crate::config::{ConfigArgs, Vars};
use crate::environment::{HEADERS, PROXY, RATE};
use crate::error::Error;

/// The flags of the client.
#[derive(Clone, clap::Args)]
pub(crate) struct ClientArgs {
    /// The HTTP client that sends the requests
    #[arg(long, value_enum, value_name = "NAME", default_value = "ureq")]
    pub(super) backend: Backend,

    /// Add a header to each request, such as a correlation id, in place of those
    /// configured; may be given more than once, with other names. A key belongs
    /// into CARDS_HEADERS
    #[arg(long, value_name = "NAME: VALUE")]
    header: Vec<String>,

    /// The URL of an HTTP proxy without a password, env for those that the
    /// environment names (https_proxy and the like), or none. One with a password
    /// belongs into CARDS_PROXY. This machine is called directly
    #[arg(long, value_name = "URL")]
    proxy: Option<String>,

    /// The most requests in a time, such as 5/s or 300/m: the pages of a long
    /// list wait for each other
    #[arg(long, value_name = "RATE")]
    rate: Option<String>,

    /// The longest that all may take: logins, attempts, pauses and, with a
    /// list, every page [default: 60 for a call, and two steps of one-time
    /// codes more where it may wait for them (120); a list takes as long as
    /// its pages]
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub(super) timeout: Option<Duration>,

    /// Print what the server sent where a call fails, on standard error; it may hold personal data.
    /// Without this, the reply to a change is kept in a private file
    #[arg(long)]
    pub(super) show_body: bool,

    #[command(flatten)]
    config: ConfigArgs,
}

impl ClientArgs {
    /// Reads environment and profile, and sets what the flags say in their place.
    pub(crate) fn vars(&self) -> Result<Vars, Error> {
        let mut vars = self.config.vars()?;
        if !self.header.is_empty() {
            if self
                .header
                .iter()
                .any(|header| header.contains(['\r', '\n']))
            {
                return Err(Error::usage("--header: a header is one line"));
            }
            vars = vars.with(HEADERS, self.header.join("\n"));
        }
        if let Some(proxy) = &self.proxy {
            if proxy.contains('@') {
                let message = "--proxy: a user and a password belong into CARDS_PROXY";
                return Err(Error::usage(message));
            }
            vars = vars.with(PROXY, proxy);
        }
        if let Some(rate) = &self.rate {
            vars = vars.with(RATE, rate);
        }
        Ok(vars)
    }
}

/// Reads a time limit.
fn seconds(text: &str) -> Result<Duration, String> {
    let seconds = text.parse::<f64>().ok().filter(|seconds| *seconds > 0.0);
    seconds
        .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
        .filter(|timeout| !timeout.is_zero() && *timeout <= Duration::from_secs(86_400))
        .ok_or_else(|| "a number of seconds above 0, at most 86400".to_owned())
}
