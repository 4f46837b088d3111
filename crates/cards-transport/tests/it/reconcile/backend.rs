//! Both drivers, each over its backend.

use std::time::Duration;

use cards_transport::reconcile::{Reconcile, Reconciled};
use cards_transport::{
    BackendOptions, Client, Error, Provider, ReqwestTransport, UreqTransport, blocking,
};

pub(crate) trait Backend {
    const NAME: &'static str;
    type Client<P: Provider>;

    fn client<P: Provider>(provider: P) -> Self::Client<P>;
    fn send<C: Reconcile>(client: &Self::Client<C::Provider>, call: &C) -> Result<(), Error>;
    fn observe<C: Reconcile>(
        client: &Self::Client<C::Provider>,
        call: &C,
    ) -> Result<Option<C::Seen>, Error>;
    fn reconcile_since<C: Reconcile>(
        client: &Self::Client<C::Provider>,
        call: &C,
        before: Option<&C::Seen>,
    ) -> Result<Reconciled<C::Seen>, Error>;
}

fn options() -> BackendOptions {
    BackendOptions::new().read_timeout(Duration::from_secs(60))
}

pub(crate) struct Blocking;

impl Backend for Blocking {
    const NAME: &'static str = "ureq";
    type Client<P: Provider> = blocking::Client<P, UreqTransport>;

    fn client<P: Provider>(provider: P) -> Self::Client<P> {
        blocking::Client::new(provider, UreqTransport::with_options(&options()).unwrap())
    }

    fn send<C: Reconcile>(client: &Self::Client<C::Provider>, call: &C) -> Result<(), Error> {
        client.send(call).map(drop)
    }

    fn observe<C: Reconcile>(
        client: &Self::Client<C::Provider>,
        call: &C,
    ) -> Result<Option<C::Seen>, Error> {
        client.observe(call)
    }

    fn reconcile_since<C: Reconcile>(
        client: &Self::Client<C::Provider>,
        call: &C,
        before: Option<&C::Seen>,
    ) -> Result<Reconciled<C::Seen>, Error> {
        match before {
            None => client.reconcile(call),
            before => client.reconcile_since(call, before),
        }
    }
}

pub(crate) struct Asynchronous;

/// A client and the runtime that it runs on.
pub(crate) struct OnRuntime<P: Provider> {
    client: Client<P, ReqwestTransport>,
    runtime: tokio::runtime::Runtime,
}

impl Backend for Asynchronous {
    const NAME: &'static str = "reqwest";
    type Client<P: Provider> = OnRuntime<P>;

    fn client<P: Provider>(provider: P) -> Self::Client<P> {
        let runtime = tokio::runtime::Builder::new_current_thread();
        let runtime = { runtime }.enable_all().build().unwrap();
        let transport = ReqwestTransport::with_options(&options()).unwrap();
        let client = Client::new(provider, transport);
        OnRuntime { client, runtime }
    }

    fn send<C: Reconcile>(client: &Self::Client<C::Provider>, call: &C) -> Result<(), Error> {
        let OnRuntime { client, runtime } = client;
        runtime.block_on(client.send(call)).map(drop)
    }

    fn observe<C: Reconcile>(
        client: &Self::Client<C::Provider>,
        call: &C,
    ) -> Result<Option<C::Seen>, Error> {
        client.runtime.block_on(client.client.observe(call))
    }

    fn reconcile_since<C: Reconcile>(
        client: &Self::Client<C::Provider>,
        call: &C,
        before: Option<&C::Seen>,
    ) -> Result<Reconciled<C::Seen>, Error> {
        let OnRuntime { client, runtime } = client;
        match before {
            None => runtime.block_on(client.reconcile(call)),
            before => runtime.block_on(client.reconcile_since(call, before)),
        }
    }
}
