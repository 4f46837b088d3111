//! The async driver.

use std::fmt;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use futures_core::Stream;
use futures_util::future::{Either, select};
use futures_util::{StreamExt as _, stream};
use tracing::Instrument as _;

use crate::call::{Call, Provider};
use crate::common::Core;
use crate::error::Error;
use crate::paging::{Cursor, Paged};
use crate::reconcile::{Reconcile, Reconciled, Sight as _, reconciled};
use crate::reply::Reply;
use crate::run::{Driven, Next, Run, driven, status};
use crate::settings::{CallOptions, Settings};
use crate::token_source::{Asked, Told};
use crate::transport::AsyncTransport;

/// Calls one provider without blocking. Clones share the connection pool and
/// the token.
///
/// `P` is the provider ([`Airpay`](crate::airpay::Airpay),
/// [`Paysafe`](crate::paysafe::Paysafe), [`Ibanera`](crate::ibanera::Ibanera)),
/// `T` the transport. A call that fits another provider does not compile.
///
/// ```no_run
/// # #[cfg(feature = "reqwest")] {
/// use cards_transport::model::paysafe::ListPrepaidCards;
/// use cards_transport::paysafe::Paysafe;
/// use cards_transport::{Client, ReqwestTransport};
///
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let paysafe = Paysafe::from_vars(|name| std::env::var(name).ok())?;
/// let client = Client::new(paysafe, ReqwestTransport::new()?);
/// for card in &client.send(&ListPrepaidCards::new("12345678")).await?.cards {
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

impl<P: Provider, T: AsyncTransport> Client<P, T> {
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
    pub async fn send<C>(&self, call: &C) -> Result<Reply<C::Reply>, Error>
    where
        C: Call<Provider = P>,
    {
        self.send_with(call, &CallOptions::new()).await
    }

    /// Does as [`send`](Self::send), with options for this call.
    pub async fn send_with<C>(
        &self,
        call: &C,
        options: &CallOptions,
    ) -> Result<Reply<C::Reply>, Error>
    where
        C: Call<Provider = P>,
    {
        let mut run = Run::start(call, &self.0.core, options)?;
        let span = run.span();
        async {
            let outcome = self.carry_out(&mut run).await;
            run.ends(status(&outcome), outcome.as_ref().err());
            outcome
        }
        .instrument(span)
        .await
    }

    /// Drives a call to its end, with the logins that it needs.
    async fn carry_out<'a, C: Call<Provider = P>>(
        &'a self,
        run: &mut Run<'a, C>,
    ) -> Result<Reply<C::Reply>, Error> {
        loop {
            let renewal = match self.drive(run).await? {
                Driven::Done(reply, _) => return Ok(reply),
                Driven::LogIn(renewal) => renewal,
            };
            match self.0.core.provider.token_source() {
                Some(source) => {
                    let told = self.ask(source.ask(renewal.need()), run.left()).await;
                    run.sourced(renewal, told)?;
                }
                None => {
                    let login = run.login()?;
                    let outcome = self.log_in(&login, &run.login_options()).await;
                    run.logged_in(renewal, outcome)?;
                }
            }
        }
    }

    /// Waits for the answer of the caller's own source. `None`: the time was over.
    async fn ask(&self, asked: Asked, left: Duration) -> Option<Told> {
        match asked {
            Asked::Told(told) => Some(told),
            Asked::Awaited(answer) => {
                let time_up = pin!(self.0.transport.sleep(left));
                match select(answer, time_up).await {
                    Either::Left((told, _)) => Some(told),
                    Either::Right(_) => None,
                }
            }
        }
    }

    async fn log_in<'a>(
        &'a self,
        login: &'a P::Login,
        options: &CallOptions,
    ) -> Result<Driven<'a, <P::Login as Call>::Reply>, Error> {
        let mut run = Run::start(login, &self.0.core, options)?;
        let span = run.span();
        async {
            let outcome = self.drive(&mut run).await;
            run.ends(driven(&outcome), outcome.as_ref().err());
            outcome
        }
        .instrument(span)
        .await
    }

    /// Walks page after page, from the page that `first` asks for.
    ///
    /// The stream ends after the last page or the first error, and stays at its end when it is
    /// polled again. Poll it with `StreamExt::next` of any futures library, after pinning it.
    pub fn pages<C>(
        &self,
        first: C,
    ) -> impl Stream<Item = Result<Reply<C::Reply>, Error>> + use<C, P, T>
    where
        C: Paged + Call<Provider = P>,
    {
        self.pages_with(first, &CallOptions::new())
    }

    /// Does as [`pages`](Self::pages), with options for each of the calls.
    pub fn pages_with<C>(
        &self,
        first: C,
        options: &CallOptions,
    ) -> impl Stream<Item = Result<Reply<C::Reply>, Error>> + use<C, P, T>
    where
        C: Paged + Call<Provider = P>,
    {
        let cursor = Cursor::new(first, self.0.core.settings.most_pages);
        let start = (self.clone(), options.clone(), cursor);
        let pages = stream::unfold(start, async |(client, options, mut cursor)| {
            let page = match cursor.take()? {
                Ok(call) => match client.send_with(&call, &options).await {
                    Ok(page) => cursor.advance(&call, page),
                    Err(error) => Err(error),
                },
                Err(error) => Err(error),
            };
            Some((page, (client, options, cursor)))
        });
        // Polled after its end, it would panic.
        pages.fuse()
    }

    /// Walks item after item, over all pages.
    pub fn items<C>(&self, first: C) -> impl Stream<Item = Result<C::Item, Error>> + use<C, P, T>
    where
        C: Paged + Call<Provider = P>,
    {
        self.items_with(first, &CallOptions::new())
    }

    /// Does as [`items`](Self::items), with options for each of the calls.
    pub fn items_with<C>(
        &self,
        first: C,
        options: &CallOptions,
    ) -> impl Stream<Item = Result<C::Item, Error>> + use<C, P, T>
    where
        C: Paged + Call<Provider = P>,
    {
        self.pages_with(first, options)
            .flat_map(|page| stream::iter(C::spread(page)))
    }

    /// Looks at what a mutation changes, before it is made: for
    /// [`reconcile_since`](Self::reconcile_since). `None`: no read shows it.
    ///
    /// # Errors
    ///
    /// A read failed.
    pub async fn observe<C>(&self, call: &C) -> Result<Option<C::Seen>, Error>
    where
        C: Reconcile<Provider = P>,
    {
        let Ok(mut sight) = call.sight(self.0.core.settings.most_pages) else {
            return Ok(None);
        };
        while let Some(read) = sight.take() {
            let read = read?;
            let outcome = self.send(&read).await;
            sight.advance(&read, outcome)?;
        }
        sight.shown().map(|shown| call.seen(shown)).transpose()
    }

    /// Finds out whether a mutation took effect whose outcome is unknown. See
    /// [`reconcile`](crate::reconcile) for when to ask, and how far the answer goes.
    ///
    /// # Errors
    ///
    /// A read failed, so that nothing is known yet: ask again.
    pub async fn reconcile<C>(&self, call: &C) -> Result<Reconciled<C::Seen>, Error>
    where
        C: Reconcile<Provider = P>,
    {
        Ok(reconciled(call, None, self.observe(call).await?))
    }

    /// Does as [`reconcile`](Self::reconcile), with what [`observe`](Self::observe) saw before the
    /// mutation was made. It tells more of some, and is surer of others.
    ///
    /// # Errors
    ///
    /// Returns those of [`reconcile`](Self::reconcile).
    pub async fn reconcile_since<C>(
        &self,
        call: &C,
        before: Option<&C::Seen>,
    ) -> Result<Reconciled<C::Seen>, Error>
    where
        C: Reconcile<Provider = P>,
    {
        Ok(reconciled(call, before, self.observe(call).await?))
    }

    /// Does what the call asks for, until it is over or needs a login.
    async fn drive<'a, C: Call<Provider = P>>(
        &'a self,
        run: &mut Run<'a, C>,
    ) -> Result<Driven<'a, C::Reply>, Error> {
        let transport = &self.0.transport;
        loop {
            match run.next()? {
                Next::Send(request, limits) => {
                    let outcome = transport.send(request, limits).await;
                    if let Some(reply) = run.judge(outcome)? {
                        return Ok(Driven::Done(reply, run.sent()));
                    }
                }
                Next::Pause(pause) => transport.sleep(pause).await,
                Next::Listen(ready, most) => {
                    select(ready, pin!(transport.sleep(most))).await;
                }
                Next::LogIn(renewal) => return Ok(Driven::LogIn(renewal)),
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
