//! The flags that say how much the sandbox takes.

use std::time::Duration;

use cards_sandbox::{Builder, Limits, ProviderId, RateLimit, world};

use super::descriptors;
use crate::error::Error;

/// Holds the flags that limit the sandbox.
#[derive(clap::Args)]
#[group(skip)]
pub(super) struct Args {
    /// Calls that a provider takes, in how many seconds, before it answers 429, such as
    /// paysafe=100/60; once for each provider
    #[arg(long = "rate-limit", value_name = "PROVIDER=CALLS/SECONDS", value_parser = rate_limit)]
    rate_limits: Vec<(ProviderId, RateLimit)>,

    /// The most worlds beside the first one, each with a state of its own: the
    /// paths below /_worlds/NAME make and use the one of that name
    #[arg(long, value_name = "N", default_value = "64", value_parser = worlds)]
    worlds: usize,

    /// With --print-env or --health: the world beside the first one of this name,
    /// which --health makes where there is none
    #[arg(long, value_name = "NAME")]
    beside: Option<String>,
}

impl Args {
    /// Gives the URL of the world that is meant, of a sandbox at this URL.
    pub(super) fn url(&self, url: String) -> Result<String, Error> {
        match &self.beside {
            None => Ok(url),
            Some(name) => world::url_beside(&url, name)
                .map_err(|error| Error::usage(format!("--beside: {error}"))),
        }
    }

    /// Refuses a world's name where the sandbox serves: its paths make it.
    pub(super) fn check_serves(&self) -> Result<(), Error> {
        match self.beside {
            None => Ok(()),
            Some(_) => Err(Error::usage(
                "--beside goes with --print-env or --health: a world is made by its paths",
            )),
        }
    }

    /// Sets what is set here, as far as the system allows it.
    pub(super) fn apply(&self, sandbox: Builder) -> Builder {
        let mut limits = Limits::default();
        limits.worlds = self.worlds;
        descriptors::limit(&mut limits);
        let sandbox = sandbox.limits(limits);
        self.rate_limits
            .iter()
            .fold(sandbox, |sandbox, (provider, limit)| {
                sandbox.rate_limit(*provider, *limit)
            })
    }
}

/// Reads `paysafe=100/60`: so many calls in so many seconds. The sandbox knows which limits make
/// sense.
fn rate_limit(text: &str) -> Result<(ProviderId, RateLimit), String> {
    const FORM: &str = "a provider, calls and seconds, such as paysafe=100/60";
    let (provider, limit) = text.split_once('=').ok_or(FORM)?;
    let (calls, seconds) = limit.split_once('/').ok_or(FORM)?;
    let ids = [ProviderId::AIRPAY, ProviderId::PAYSAFE, ProviderId::IBANERA];
    let provider = ids.into_iter().find(|id| id.as_str() == provider);
    let provider = provider.ok_or("the provider has to be airpay, paysafe or ibanera")?;
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number(calls) || !is_number(seconds) {
        return Err(FORM.to_owned());
    }
    let too_large = |_| format!("too large: {FORM}");
    let calls = calls.parse().map_err(too_large)?;
    let seconds = seconds.parse().map_err(too_large)?;
    Ok((
        provider,
        RateLimit::new(calls, Duration::from_secs(seconds)),
    ))
}

fn worlds(text: &str) -> Result<usize, String> {
    const MOST: usize = 1000;
    let number = text.parse().ok().filter(|number| *number <= MOST);
    number.ok_or_else(|| format!("a number from 0 to {MOST}"))
}
