//! Settles how much the sandbox takes.

use cards_model::ProviderId;
use cards_sandbox_core::{Limits, RateLimit};

use super::Builder;

impl Builder {
    /// Sets what a client may ask of the server.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.setup.limits = limits;
        self
    }

    /// Takes only so many of a provider's calls in a time, by the sandbox's clock. More are answered
    /// with 429, in the provider's words and with `Retry-After` in seconds, are not carried out, and
    /// use up no fault. Any number is taken where nothing is said: no document has a limit. Paysafe
    /// published the error of it for an earlier version, code 1200. A sandbox does not start with
    /// the limit of a provider that it has not, nor with two of one provider.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use cards_sandbox::{ProviderId, RateLimit, Sandbox};
    ///
    /// let sandbox = Sandbox::builder()
    ///     .rate_limit(ProviderId::PAYSAFE, RateLimit::new(100, Duration::from_secs(60)))
    ///     .start_blocking()?;
    /// # Ok::<(), cards_sandbox::Error>(())
    /// ```
    pub fn rate_limit(mut self, provider: ProviderId, limit: RateLimit) -> Self {
        self.setup.rate_limits.push((provider, limit));
        self
    }
}
