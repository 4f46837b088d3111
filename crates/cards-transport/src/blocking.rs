//! The blocking driver: the same core, no runtime.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::call::Call;
use crate::error::Error;
use crate::paging::{Cursor, Paged};
use crate::provider::Provider;
use crate::reply::Reply;
use crate::run::{Core, Run, Verdict};
use crate::session::Token;
use crate::settings::{CallOptions, Settings};
use crate::transport::BlockingTransport;

/// Calls one provider on the calling thread. Clones share the connection pool
/// and the token.
///
/// It is [`cards_transport::Client`](crate::Client) without `await`, over the
/// same core.
///
/// ```no_run
/// # #[cfg(feature = "ureq")] {
/// use cards_transport::model::paysafe::ListPrepaidCards;
/// use cards_transport::paysafe::Paysafe;
/// use cards_transport::{UreqTransport, blocking::Client};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let paysafe = Paysafe::from_vars(|name| std::env::var(name).ok())?;
/// let client = Client::new(paysafe, UreqTransport::new()?);
/// for card in client.items(ListPrepaidCards::new("12345678")) {
///     let card = card?;
///     println!("{} {:?}", card.card_id, card.status);
/// }
/// # Ok(()) }
/// # }
/// ```
pub struct Client<P, T>(Arc<Shared<P, T>>);

struct Shared<P, T> {
    core: Core<P>,
    transport: T,
}

impl<P: Provider, T: BlockingTransport> Client<P, T> {
    /// A client with the default [`Settings`].
    pub fn new(provider: P, transport: T) -> Self {
        Self::with_settings(provider, transport, Settings::new())
    }

    /// A client with settings of your own.
    pub fn with_settings(provider: P, transport: T, settings: Settings) -> Self {
        Self(Arc::new(Shared {
            core: Core::new(provider, settings),
            transport,
        }))
    }

    /// Carries a call out.
    ///
    /// # Errors
    ///
    /// See [`Error`]. Nothing is sent when the request breaks a rule.
    pub fn send<C>(&self, call: &C) -> Result<Reply<C::Reply>, Error>
    where
        C: Call<Provider = P>,
    {
        self.send_with(call, &CallOptions::new())
    }

    /// As [`send`](Self::send), with options for this call.
    pub fn send_with<C>(&self, call: &C, options: &CallOptions) -> Result<Reply<C::Reply>, Error>
    where
        C: Call<Provider = P>,
    {
        let mut run = self.0.core.start(call, options)?;
        loop {
            let token = if C::NEEDS_TOKEN {
                Some(self.token(&run)?)
            } else {
                None
            };
            if let Some(reply) = self.attempt(&mut run, token.as_ref())? {
                return Ok(reply);
            }
        }
    }

    /// Page after page, from the page that `first` asks for. It ends after the
    /// last page or the first error.
    pub fn pages<C>(
        &self,
        first: C,
    ) -> impl Iterator<Item = Result<Reply<C::Reply>, Error>> + use<C, P, T>
    where
        C: Paged + Call<Provider = P>,
    {
        self.pages_with(first, &CallOptions::new())
    }

    /// As [`pages`](Self::pages), with options for each of the calls.
    pub fn pages_with<C>(
        &self,
        first: C,
        options: &CallOptions,
    ) -> impl Iterator<Item = Result<Reply<C::Reply>, Error>> + use<C, P, T>
    where
        C: Paged + Call<Provider = P>,
    {
        let mut cursor = Cursor::new(first, self.0.core.settings.most_pages);
        let (client, options) = (self.clone(), options.clone());
        std::iter::from_fn(move || {
            let page = cursor.take()?.and_then(|call| {
                let page = client.send_with(&call, &options)?;
                cursor.advance(&call, page)
            });
            Some(page)
        })
    }

    /// Item after item, over all pages.
    pub fn items<C>(&self, first: C) -> impl Iterator<Item = Result<C::Item, Error>> + use<C, P, T>
    where
        C: Paged + Call<Provider = P>,
    {
        self.items_with(first, &CallOptions::new())
    }

    /// As [`items`](Self::items), with options for each of the calls.
    pub fn items_with<C>(
        &self,
        first: C,
        options: &CallOptions,
    ) -> impl Iterator<Item = Result<C::Item, Error>> + use<C, P, T>
    where
        C: Paged + Call<Provider = P>,
    {
        self.pages_with(first, options).flat_map(C::spread)
    }

    /// The token in force, renewed where it has to be. Concurrent calls wait
    /// for one renewal and share its outcome, a failure too.
    fn token<C: Call<Provider = P>>(&self, run: &Run<'_, C>) -> Result<Token, Error> {
        let Shared { core, .. } = &*self.0;
        if let Some(token) = run.token() {
            return Ok(token);
        }
        let renewals = core.session.renewals();
        // The lock cannot be waited for with a limit; a login takes a few round
        // trips, so looking again every few milliseconds costs nothing.
        let mut turn = loop {
            match core.session.turn.try_lock() {
                Some(turn) => break turn,
                None if run.left().is_zero() => return Err(run.out_of_time()),
                None => std::thread::sleep(Duration::from_millis(2)),
            }
        };
        if let Some(token) = run.token() {
            return Ok(token);
        }
        if let Some(failed) = turn.as_ref().filter(|failed| failed.renewal > renewals) {
            return Err(failed.error.clone());
        }
        match self.login(run) {
            Ok(token) => Ok(token),
            Err(error) => {
                *turn = Some(core.session.failed(error.clone()));
                Err(error)
            }
        }
    }

    fn login<C: Call<Provider = P>>(&self, run: &Run<'_, C>) -> Result<Token, Error> {
        let Shared { core, .. } = &*self.0;
        let call = core.login(run.operation())?;
        // Logging in is part of the call and shares its time.
        let options = CallOptions::new().total_timeout(run.left());
        let mut login = core.start(&call, &options)?;
        loop {
            if let Some(reply) = self.attempt(&mut login, None)? {
                return Ok(core
                    .session
                    .renewed(P::issued(reply.into_value()), core.settings.now()));
            }
        }
    }

    /// Sends once. Nothing means: waited, now send again.
    fn attempt<C: Call<Provider = P>>(
        &self,
        run: &mut Run<'_, C>,
        token: Option<&Token>,
    ) -> Result<Option<Reply<C::Reply>>, Error> {
        if let Some(hold) = run.hold() {
            self.0.transport.sleep(hold);
        }
        let (request, limits) = run.next(token)?;
        let outcome = self.0.transport.send(request, limits);
        match run.judge(outcome)? {
            Verdict::Done(reply) => Ok(Some(reply)),
            Verdict::Again(pause) => {
                self.0.transport.sleep(pause);
                Ok(None)
            }
        }
    }
}

impl<P: fmt::Debug, T> fmt::Debug for Client<P, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("provider", &self.0.core.provider)
            .field("settings", &self.0.core.settings)
            .finish_non_exhaustive()
    }
}

impl<P, T> Clone for Client<P, T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}
