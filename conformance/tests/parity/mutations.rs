//! A mutation is sent once, unless it is certain that nothing was sent. The
//! meaning of each answer is told by the tests of `cards-transport` and by the
//! statements.

use std::marker::PhantomData;

use cards_model::Effect;
use cards_transport::{Call, Visit, operations, visit};
use conformance::fixture;
use conformance::server::{RawServer, Reaction};

use crate::common::clients::{AnyClient, Backend, for_both_backends};
use crate::common::operations::{from_input, nested, provider, valid};
use crate::setup::{NOBODY, quick, soon, told};

for_both_backends! { every_mutation_is_sent_once }

/// Holds for every operation in the list, whatever becomes of what was sent.
fn every_mutation_is_sent_once<B: Backend>() {
    struct SentOnce<B>(PhantomData<B>);

    impl<B: Backend> Visit for SentOnce<B> {
        type Output = ();

        fn visit<C: Call>(self) {
            let operation = C::operation();
            let call: C = from_input(&nested(&valid(operation.name).unwrap())).unwrap();
            let keys = fixture::world().unwrap().own;
            let provider = |url: &str| provider::<C::Provider>(url, &keys);
            for fault in [
                Reaction::SendAndReset(Vec::new()),
                Reaction::SendAndClose(b"HTTP/1.1 200 OK\r\n".to_vec()),
                Reaction::reply("503 Busy", &["retry-after: 0"], ""),
                Reaction::json("200 OK", "<html>"),
            ] {
                let server = RawServer::playing([fault.clone()]).unwrap();
                let client = B::client(provider(&server.url()), &quick(), soon(3));
                let error = client.send(&call).map(drop).unwrap_err();
                assert_eq!(
                    told(&error),
                    "OutcomeUnknown, outcome unknown",
                    "{operation}"
                );
                assert_eq!(server.received().len(), 1, "{operation} {fault:?}");
            }
            let client = B::client(provider(NOBODY), &quick(), soon(2));
            let error = client.send(&call).map(drop).unwrap_err();
            assert_eq!(told(&error), "Connect, not sent, connect", "{operation}");
            assert_eq!(error.attempts(), 2, "{operation}");
        }
    }

    let mutations = operations().filter(|operation| operation.effect == Effect::Mutation);
    let visits = mutations.map(|one| visit(one.name, SentOnce::<B>(PhantomData)).unwrap());
    assert!(visits.count() >= 3);
}
