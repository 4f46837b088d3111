//! Every call can be spawned on a runtime of many threads: its future goes from one to
//! another, whatever the transport.

use std::future::{Future, ready};
use std::pin::pin;
use std::sync::Arc;

use cards_transport::model::airpay::{CardDetails, LockFlag, LockUnlock};
use cards_transport::model::ibanera::{ActivateCard, ListCustomerCards};
use cards_transport::model::paysafe::{CreatePrepaidCard, ListPrepaidCards};
use cards_transport::reconcile::Reconcile;
use cards_transport::{
    AsyncTransport, Call, CallOptions, Client, DynAsyncTransport, Paged, ReqwestTransport,
};
use futures_util::StreamExt as _;

use crate::calls::samples::{NO_CARDS, airpay, ibanera, paysafe};

/// Asks what a runtime of many threads asks of a task.
fn is_spawned<F: Future + Send + 'static>(_: F) {}

/// A call of any type, in a function that knows it as little as its caller's code does.
fn sends<C: Call>(
    client: Client<C::Provider, impl AsyncTransport + 'static>,
    call: C,
) -> impl Future + Send + 'static {
    async move {
        let options = CallOptions::new();
        let first = client.send(&call).await.is_ok();
        first && client.send_with(&call, &options).await.is_ok()
    }
}

fn walks<C>(
    client: Client<C::Provider, impl AsyncTransport + 'static>,
    first: C,
) -> impl Future + Send + 'static
where
    C: Paged<Item: Send>,
{
    async move {
        let options = CallOptions::new();
        let pages = pin!(client.pages(first.clone())).count().await;
        let pages = pages
            + pin!(client.pages_with(first.clone(), &options))
                .count()
                .await;
        let items = pin!(client.items(first.clone())).count().await;
        pages + items + pin!(client.items_with(first, &options)).count().await
    }
}

fn finds_out<C>(
    client: Client<C::Provider, impl AsyncTransport + 'static>,
    call: C,
) -> impl Future + Send + 'static
where
    C: Reconcile,
{
    async move {
        let before = client.observe(&call).await?;
        client.reconcile(&call).await?;
        client.reconcile_since(&call, before.as_ref()).await
    }
}

/// All entry points of all providers over one transport.
fn spawned<T: AsyncTransport + Clone + 'static>(transport: &T) {
    let airpay = || Client::new(airpay(), transport.clone());
    let paysafe = || Client::new(paysafe(), transport.clone());
    let ibanera = || Client::new(ibanera(), transport.clone());
    let list = || ListPrepaidCards::new("1");
    is_spawned(sends(airpay(), CardDetails::new("E1")));
    is_spawned(sends(paysafe(), list()));
    is_spawned(sends(ibanera(), ListCustomerCards::new()));
    is_spawned(walks(paysafe(), list()));
    is_spawned(walks(ibanera(), ListCustomerCards::new()));
    let lock = LockUnlock::new("E1", "100000001234", LockFlag::Lock, "Lost");
    is_spawned(finds_out(airpay(), lock));
    is_spawned(finds_out(
        paysafe(),
        CreatePrepaidCard::new("1", "P", "EUR"),
    ));
    is_spawned(finds_out(ibanera(), ActivateCard::new(7)));
    // The streams themselves may be held over a point where others have their turn.
    let (walk, client) = (list(), paysafe());
    is_spawned(async move {
        let (mut pages, mut items) = (pin!(client.pages(walk.clone())), pin!(client.items(walk)));
        (pages.next().await.is_some(), items.next().await.is_some())
    });
}

#[test]
fn a_call_can_be_spawned_whatever_its_transport() {
    let closure = |_: http::Request<bytes::Bytes>, _| ready(NO_CARDS());
    spawned(&closure);
    spawned(&(Arc::new(closure) as Arc<dyn DynAsyncTransport>));
    spawned(&ReqwestTransport::new().unwrap());
    // Where all types are known, the compiler looks into each of the futures.
    let pointer: Arc<dyn DynAsyncTransport> = Arc::new(closure);
    let client = Client::new(paysafe(), pointer);
    is_spawned(async move {
        let list = ListPrepaidCards::new("1");
        let create = CreatePrepaidCard::new("1", "P", "EUR");
        let sent = client.send(&list).await.is_ok();
        let pages = pin!(client.pages(list.clone())).count().await;
        let items = pin!(client.items(list)).count().await;
        let found = client.reconcile(&create).await.is_ok();
        (sent, pages, items, found)
    });
    let boxed: Box<dyn DynAsyncTransport> = Box::new(closure);
    let client = Client::new(paysafe(), boxed);
    is_spawned(sends(client.clone(), ListPrepaidCards::new("1")));
    is_spawned(walks(client, ListPrepaidCards::new("1")));
}
