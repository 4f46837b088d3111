//! Makes and settles renewals of the token.

use super::{Driven, Run};
use crate::authorization::{check_token, no_token};
use crate::call::{Call, Provider};
use crate::cause::{Cause, ConfigError};
use crate::error::Error;
use crate::session::{Now, Renewal};
use crate::settings::CallOptions;
use crate::token_source::Told;

impl<'a, C: Call> Run<'a, C> {
    /// Settles a renewal by what came of the login.
    pub(crate) fn logged_in(
        &mut self,
        renewal: Renewal<'_>,
        outcome: Result<Driven<'_, <<C::Provider as Provider>::Login as Call>::Reply>, Error>,
    ) -> Result<(), Error> {
        let need = renewal.need();
        let settled = match outcome {
            Ok(Driven::Done(reply, sent)) => {
                let issued = C::Provider::issued(reply.into_value());
                renewal.succeeded(&mut self.tokens, issued, sent);
                Ok(())
            }
            // A login that needs a login brings nothing.
            Ok(Driven::LogIn(_)) => {
                drop(renewal);
                Err(self.config(no_token()))
            }
            Err(error) => {
                renewal.failed(&error);
                Err(error.in_login_for(self.progress))
            }
        };
        self.tells_of_renewal(need, settled.is_ok());
        settled
    }

    /// Settles a renewal by the answer of the caller's own source. `None`: it took
    /// longer than the call may.
    pub(crate) fn sourced(
        &mut self,
        renewal: Renewal<'_>,
        told: Option<Told>,
    ) -> Result<(), Error> {
        let issued = match told {
            None => Err(self.out_of_time()),
            Some(Err(error)) => Err(Error::new(self.progress, Cause::TokenSource(error), None)),
            Some(Ok(issued)) => check_token(Some(&issued.secret))
                .map(|()| issued)
                .map_err(|error| self.config(error)),
        };
        let need = renewal.need();
        // Where there is no token, the renewal is dropped here and goes to the next in line.
        let settled = issued.map(|issued| {
            let lifetime = issued.lifetime.or(C::Provider::TOKEN_LIFETIME);
            // The source has counted from its own answer.
            let now = Now::by(self.core.settings.now());
            renewal.succeeded(&mut self.tokens, (issued.secret, lifetime), now);
        });
        self.tells_of_renewal(need, settled.is_ok());
        settled
    }

    /// The error of a source that this client cannot await.
    pub(crate) fn cannot_await(&self) -> Error {
        self.config(ConfigError::new(
            "the token source is one to await, which takes the async client: give one that blocks",
        ))
    }

    /// The login call, or the reason why there is none that can be made.
    pub(crate) fn login(&self) -> Result<<C::Provider as Provider>::Login, Error> {
        let login = self.core.provider.login();
        let login = login.ok_or_else(|| self.config(no_token()))?;
        let checked = C::Provider::check_login(&login);
        checked.map_err(|flaw| self.config(flaw))?;
        Ok(login)
    }

    /// The options of a login, which is part of the call and shares its time.
    pub(crate) fn login_options(&self) -> CallOptions {
        let mut options = CallOptions::new().total_timeout(self.left());
        options.within = Some(self.id);
        options
    }

    /// Tells whether the token just refused can be replaced, by this call or by the next.
    /// A second one that is refused within a call was as good as new, so that the
    /// reason is another.
    pub(super) fn is_token_replaceable(&self) -> bool {
        C::NEEDS_TOKEN
            && !self.tokens.was_refused
            && (self.core.provider.token_source().is_some() || self.core.provider.login().is_some())
    }
}
