//! Sends calls over either backend with the same client.

use std::ops::ControlFlow;
use std::pin::pin;
use std::time::Duration;

use cards_transport::{
    BackendOptions, Call, Error as CallError, Paged, Provider, Reply, ReqwestTransport, Settings,
    UreqTransport, blocking,
};
use futures_util::StreamExt;
use tokio::runtime::Runtime;

use super::told::Told;
use crate::error::Error;

/// The two backends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Backend {
    /// Blocking, without a runtime
    Ureq,
    /// Async, on tokio
    Reqwest,
}

impl Backend {
    pub(crate) const ALL: [Self; 2] = [Self::Reqwest, Self::Ureq];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Ureq => "ureq",
            Self::Reqwest => "reqwest",
        }
    }
}

/// A provider's client, whatever sends for it.
pub(crate) enum Client<P> {
    Ureq(blocking::Client<P, Told<UreqTransport>>),
    Reqwest(cards_transport::Client<P, Told<ReqwestTransport>>, Runtime),
}

impl<P: Provider> Client<P> {
    pub(crate) fn new(
        provider: P,
        backend: Backend,
        settings: Settings,
        options: BackendOptions,
        timeout: Option<Duration>,
    ) -> Result<Self, Error> {
        // A longer limit for all allows for a longer silence too.
        let silence = timeout.unwrap_or(Duration::from_secs(60));
        let silence = silence.max(Duration::from_secs(30));
        let options = options.read_timeout(silence);
        Ok(match backend {
            Backend::Ureq => {
                let transport = Told(UreqTransport::with_options(&options)?);
                Self::Ureq(blocking::Client::with_settings(
                    provider, transport, settings,
                ))
            }
            Backend::Reqwest => {
                let runtime = tokio::runtime::Builder::new_current_thread()
                    .enable_all()
                    .build();
                let runtime =
                    runtime.map_err(|error| Error::failure("no async runtime").caused_by(error))?;
                let transport = Told(ReqwestTransport::with_options(&options)?);
                let client = cards_transport::Client::with_settings(provider, transport, settings);
                Self::Reqwest(client, runtime)
            }
        })
    }

    pub(crate) fn send<C>(&self, call: &C) -> Result<Reply<C::Reply>, CallError>
    where
        C: Call<Provider = P>,
    {
        match self {
            Self::Ureq(client) => client.send(call),
            Self::Reqwest(client, runtime) => runtime.block_on(client.send(call)),
        }
    }

    /// Hands each page on as it comes, up to the last, the first error or the one after
    /// which no more are wanted.
    pub(crate) fn each_page<C>(
        &self,
        first: C,
        mut take: impl FnMut(Reply<C::Reply>) -> ControlFlow<()>,
    ) -> Result<ControlFlow<()>, CallError>
    where
        C: Paged + Call<Provider = P>,
    {
        match self {
            Self::Ureq(client) => {
                for page in client.pages(first) {
                    if take(page?).is_break() {
                        return Ok(ControlFlow::Break(()));
                    }
                }
                Ok(ControlFlow::Continue(()))
            }
            Self::Reqwest(client, runtime) => runtime.block_on(async {
                let mut pages = pin!(client.pages(first));
                while let Some(page) = pages.next().await {
                    if take(page?).is_break() {
                        return Ok(ControlFlow::Break(()));
                    }
                }
                Ok(ControlFlow::Continue(()))
            }),
        }
    }
}
