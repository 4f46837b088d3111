//! Both clients behind one trait, so that one suite serves for both.

use std::pin::pin;
use std::thread;

use cards_transport::blocking::Client as BlockingClient;
use cards_transport::{
    AsyncTransport, BackendOptions, BlockingTransport, Call, CallOptions, Client, Error, Paged,
    Provider, Reply, ReqwestTransport, Settings, UreqTransport,
};
use futures_util::future::join_all;
use futures_util::stream::StreamExt;
use tokio::runtime::{Builder, Runtime};

use super::fake::Fake;

pub(crate) type Outcome<C> = Result<Reply<<C as Call>::Reply>, Error>;

/// Calls both clients in one way, without `await`.
pub(crate) trait AnyClient<P: Provider> {
    fn send_with<C: Call<Provider = P>>(&self, call: &C, options: &CallOptions) -> Outcome<C>;

    fn send<C: Call<Provider = P>>(&self, call: &C) -> Outcome<C> {
        self.send_with(call, &CallOptions::new())
    }

    /// Sends the same call so many times at once: threads here, tasks there.
    fn send_many<C>(&self, call: &C, times: usize) -> Vec<Outcome<C>>
    where
        C: Call<Provider = P>,
        C::Reply: Send;

    /// Walks at most so many pages.
    fn pages<C>(&self, first: C, most: usize) -> Vec<Outcome<C>>
    where
        C: Paged + Call<Provider = P>;

    /// Walks at most so many items.
    fn items<C>(&self, first: C, most: usize) -> Vec<Result<C::Item, Error>>
    where
        C: Paged + Call<Provider = P>;
}

impl<P: Provider, T: BlockingTransport> AnyClient<P> for BlockingClient<P, T> {
    fn send_with<C: Call<Provider = P>>(&self, call: &C, options: &CallOptions) -> Outcome<C> {
        self.send_with(call, options)
    }

    fn send_many<C>(&self, call: &C, times: usize) -> Vec<Outcome<C>>
    where
        C: Call<Provider = P>,
        C::Reply: Send,
    {
        thread::scope(|scope| {
            let calls: Vec<_> = (0..times)
                .map(|_| scope.spawn(|| self.send(call)))
                .collect();
            calls.into_iter().map(|call| call.join().unwrap()).collect()
        })
    }

    fn pages<C>(&self, first: C, most: usize) -> Vec<Outcome<C>>
    where
        C: Paged + Call<Provider = P>,
    {
        self.pages(first).take(most).collect()
    }

    fn items<C>(&self, first: C, most: usize) -> Vec<Result<C::Item, Error>>
    where
        C: Paged + Call<Provider = P>,
    {
        self.items(first).take(most).collect()
    }
}

/// The async client on a runtime of one thread.
pub(crate) struct Driven<P, T> {
    client: Client<P, T>,
    runtime: Runtime,
}

impl<P: Provider, T: AsyncTransport> Driven<P, T> {
    fn with_settings(provider: P, transport: T, settings: Settings) -> Self {
        let runtime = Builder::new_current_thread().enable_all().build();
        Self {
            client: Client::with_settings(provider, transport, settings),
            runtime: runtime.unwrap(),
        }
    }
}

impl<P: Provider, T: AsyncTransport> AnyClient<P> for Driven<P, T> {
    fn send_with<C: Call<Provider = P>>(&self, call: &C, options: &CallOptions) -> Outcome<C> {
        self.runtime.block_on(self.client.send_with(call, options))
    }

    fn send_many<C>(&self, call: &C, times: usize) -> Vec<Outcome<C>>
    where
        C: Call<Provider = P>,
        C::Reply: Send,
    {
        let calls = (0..times).map(|_| self.client.send(call));
        self.runtime.block_on(join_all(calls))
    }

    fn pages<C>(&self, first: C, most: usize) -> Vec<Outcome<C>>
    where
        C: Paged + Call<Provider = P>,
    {
        self.runtime.block_on(async {
            let pages = pin!(self.client.pages(first));
            pages.take(most).collect().await
        })
    }

    fn items<C>(&self, first: C, most: usize) -> Vec<Result<C::Item, Error>>
    where
        C: Paged + Call<Provider = P>,
    {
        self.runtime.block_on(async {
            let items = pin!(self.client.items(first));
            items.take(most).collect().await
        })
    }
}

/// Stands for one of the two backends, with the client that belongs to it.
pub(crate) trait Backend {
    const NAME: &'static str;

    type Client<P: Provider>: AnyClient<P>;
    type Faked<P: Provider>: AnyClient<P>;

    /// Over the network.
    fn client<P: Provider>(
        provider: P,
        options: &BackendOptions,
        settings: Settings,
    ) -> Self::Client<P>;

    /// Makes the same client without a network.
    fn faked<P: Provider>(provider: P, fake: &Fake, settings: Settings) -> Self::Faked<P>;
}

macro_rules! backend {
    ($name:ident, $label:literal, $client:ident, $transport:ident) => {
        pub(crate) struct $name;

        impl Backend for $name {
            const NAME: &'static str = $label;

            type Client<P: Provider> = $client<P, $transport>;
            type Faked<P: Provider> = $client<P, Fake>;

            fn client<P: Provider>(
                provider: P,
                options: &BackendOptions,
                settings: Settings,
            ) -> Self::Client<P> {
                let transport = $transport::with_options(options).unwrap();
                $client::with_settings(provider, transport, settings)
            }

            fn faked<P: Provider>(provider: P, fake: &Fake, settings: Settings) -> Self::Faked<P> {
                $client::with_settings(provider, fake.clone(), settings)
            }
        }
    };
}

backend!(Reqwest, "reqwest", Driven, ReqwestTransport);
backend!(Ureq, "ureq", BlockingClient, UreqTransport);

/// Instantiates functions that are generic over the [`Backend`] as one test for
/// each backend, in a module of its name.
macro_rules! for_both_backends {
    ($($(#[$attribute:meta])* $name:ident),+ $(,)?) => {
        mod reqwest {
            $(#[test] $(#[$attribute])* fn $name() { super::$name::<crate::common::clients::Reqwest>(); })+
        }

        mod ureq {
            $(#[test] $(#[$attribute])* fn $name() { super::$name::<crate::common::clients::Ureq>(); })+
        }
    };
}

pub(crate) use for_both_backends;
