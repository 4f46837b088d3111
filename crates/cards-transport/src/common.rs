//! The part that both clients have in common and all calls of one share, without IO.

use std::time::Duration;

use crate::call::{Call, Provider};
use crate::codes::Codebook;
use crate::session::Session;
use crate::settings::{CallOptions, Settings};
use crate::throttle::Throttle;

/// Both clients without their way to send.
pub(crate) struct Core<P> {
    pub(crate) provider: P,
    pub(crate) settings: Settings,
    pub(crate) session: Session,
    pub(crate) throttle: Option<Throttle>,
}

impl<P: Provider> Core<P> {
    pub(crate) fn new(provider: P, settings: Settings) -> Self {
        let reuse = settings.otp_reuse;
        let reuse = reuse.or(provider.codes().map(|(_, reuse)| reuse));
        let mut memory = settings.otp_memory;
        // Steps that are remembered are those of a shared secret's codes.
        let has_steps = provider
            .codes()
            .is_some_and(|(maker, _)| maker.step_seconds().is_some());
        memory.last_step = memory.last_step.filter(|_| has_steps);
        let codes = Codebook::new(
            reuse.unwrap_or_default(),
            memory,
            settings.otp_watcher.clone(),
        );
        let now = settings.now();
        let session = Session::new(provider.standing_token(), codes, now);
        let throttle = Throttle::new(settings.rate, settings.most_at_once, now);
        Self {
            provider,
            settings,
            session,
            throttle,
        }
    }

    /// The longest that a call takes. See [`Settings::total_timeout`].
    pub(crate) fn total<C: Call<Provider = P>>(&self, options: &CallOptions) -> Duration {
        const DEFAULT: Duration = Duration::from_secs(60);
        let two_steps = || match self.provider.codes() {
            Some((maker, _)) if C::NEEDS_CODE && self.session.codes.may_wait() => {
                2 * Duration::from_secs(maker.step_seconds().unwrap_or(0))
            }
            _ => Duration::ZERO,
        };
        let set = options.total_timeout.or(self.settings.total_timeout);
        set.unwrap_or_else(|| (DEFAULT + two_steps()).min(Settings::LONGEST_DEFAULT))
    }
}
