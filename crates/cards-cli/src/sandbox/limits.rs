//! How much the sandbox takes.

use std::time::Duration;

use cards_sandbox::{Builder, ProviderId, RateLimit};

/// Holds the flags that limit the sandbox.
#[derive(clap::Args)]
#[group(skip)]
pub(super) struct Args {
    /// How many calls a provider takes in how many seconds before it answers 429,
    /// such as paysafe=100/60; may be repeated
    #[arg(long = "rate-limit", value_name = "PROVIDER=CALLS/SECONDS", value_parser = rate_limit)]
    rate_limits: Vec<(ProviderId, RateLimit)>,
}

impl Args {
    /// Sets what is set here.
    pub(super) fn apply(&self, sandbox: Builder) -> Builder {
        let limits = self.rate_limits.iter();
        limits.fold(sandbox, |sandbox, (provider, limit)| {
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
