//! The blocking driver: the same core, no runtime.

use std::sync::Arc;

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
        let mut cursor = Cursor::new(first, self.0.core.settings.most_pages);
        let client = self.clone();
        std::iter::from_fn(move || {
            let page = cursor.take()?.and_then(|call| {
                let page = client.send(&call)?;
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
        self.pages(first).flat_map(C::spread)
    }

    /// The token in force, renewed where it has to be. Concurrent calls wait
    /// for one renewal and share its outcome, a failure too.
    fn token<C: Call<Provider = P>>(&self, run: &Run<'_, C>) -> Result<Token, Error> {
        let Shared { core, .. } = &*self.0;
        if let Some(token) = run.token() {
            return Ok(token);
        }
        let renewals = core.session.renewals();
        let mut turn = core.session.turn.lock_blocking();
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
        let mut login = core.start(&call, &CallOptions::new())?;
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

impl<P, T> Clone for Client<P, T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}
