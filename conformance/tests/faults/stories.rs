//! Faults of chance, of a login, and on a connection in use; and a rate limit.

use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use cards_model::airpay::UpdateCustomer;
use cards_sandbox::{Fault, RateLimit, Sandbox, world};
use cards_transport::model::Effect;
use cards_transport::{BackendOptions, Call, Provider, Retry, Visit, operations, visit};

use crate::common::clients::{AnyClient, Backend, for_both_backends};
use crate::common::fake::FakeClock;
use crate::common::registration;
use crate::common::sandbox::{Carries, provider_of, sandbox, shown_at};
use crate::setup::{EachRead, Patience, airpay, arrived, call, each_read};

for_both_backends! {
    reads_come_through_faults_of_chance,
    a_401_that_a_new_token_mends,
    a_refused_token_is_used_by_no_later_call,
    a_failing_login_fails_the_call,
    a_fault_on_a_connection_in_use,
    a_rate_limit_is_waited_for_and_told,
    a_mutation_over_the_rate_limit_is_sent_once_and_was_not_carried_out,
}

/// A third of all calls fail, and with three attempts every read of 40 comes
/// through but those that the seed fails three times in a row.
fn reads_come_through_faults_of_chance<B: Backend>() {
    #[derive(Clone, Copy)]
    struct ComesThrough;

    impl EachRead for ComesThrough {
        fn read<B: Backend, C: Call>(self) {
            let sandbox = sandbox();
            let fault = Fault::status(503).probability(0.3, 7);
            let id = sandbox.faults().add(fault).unwrap();
            let provider = provider_of::<C::Provider>(&sandbox, Carries::Token);
            let (client, call) = (Patience::LONG.client::<B, _>(provider), call::<C>());
            let (mut sent, mut failed, mut came_through) = (0, 0, 0);
            for _ in 0..40 {
                let (attempts, is_through) = match client.send(&call) {
                    Ok(reply) => (reply.attempts(), 1),
                    Err(error) => (error.attempts(), 0),
                };
                sent += attempts;
                failed += attempts - is_through;
                came_through += is_through;
            }
            let fault = sandbox.faults().get(id).unwrap();
            assert_eq!(fault.matched, u64::from(sent));
            assert_eq!(fault.fired, u64::from(failed));
            assert!(failed > 0 && came_through > 0);
        }
    }

    each_read::<B>(ComesThrough);
}

/// The name of the operation that brings the token of a read.
fn login<C: Call>() -> &'static str {
    <C::Provider as Provider>::Login::operation().name
}

fn a_401_that_a_new_token_mends<B: Backend>() {
    #[derive(Clone, Copy)]
    struct IsMended;

    impl EachRead for IsMended {
        fn read<B: Backend, C: Call>(self) {
            let sandbox = sandbox();
            let name = C::operation().name;
            let fault = Fault::status(401).operation(name).times(1);
            sandbox.faults().add(fault).unwrap();
            let provider = provider_of::<C::Provider>(&sandbox, Carries::Both);
            let client = Patience::LONG.client::<B, _>(provider);
            assert_eq!(client.send(&call::<C>()).unwrap().attempts(), 2);
            assert_eq!(arrived(&sandbox, login::<C>()), 1);
            assert_eq!(arrived(&sandbox, name), 2);
        }
    }

    each_read::<B>(IsMended);
}

/// Where a call is not sent again, the next one has the new token.
fn a_refused_token_is_used_by_no_later_call<B: Backend>() {
    struct Later<B>(PhantomData<B>);

    impl<B: Backend> Visit for Later<B> {
        type Output = bool;

        fn visit<C: Call>(self) -> bool {
            if C::is_login() || !C::NEEDS_TOKEN {
                return false;
            }
            let (sandbox, name) = (sandbox(), C::operation().name);
            let fault = Fault::status(401).operation(name).times(1);
            sandbox.faults().add(fault).unwrap();
            let provider = provider_of::<C::Provider>(&sandbox, Carries::Both);
            let settings = FakeClock::new().settings().retry(Retry::never());
            let client = B::client(provider, &BackendOptions::new(), settings);
            let error = client.send(&call::<C>()).unwrap_err();
            assert!(error.is_unauthorized(), "{name}: {error:?}");
            assert_eq!(arrived(&sandbox, login::<C>()), 0, "{name}");
            let later = client.send(&call::<C>());
            let is_refused_again = later.is_err_and(|error| error.is_unauthorized());
            assert!(!is_refused_again, "{name}");
            assert_eq!(arrived(&sandbox, login::<C>()), 1, "{name}");
            true
        }
    }

    let visits = operations().map(|it| visit(it.name, Later::<B>(PhantomData)).unwrap());
    assert!(visits.filter(|is_tried| *is_tried).count() >= 20);
}

/// The call itself is then certainly not sent.
fn a_failing_login_fails_the_call<B: Backend>() {
    #[derive(Clone, Copy)]
    struct Fails;

    impl EachRead for Fails {
        fn read<B: Backend, C: Call>(self) {
            let sandbox = sandbox();
            let fault = Fault::reset_before_headers().operation(login::<C>());
            let id = sandbox.faults().add(fault).unwrap();
            let provider = provider_of::<C::Provider>(&sandbox, Carries::Login);
            let client = Patience::LONG.client::<B, _>(provider);
            let error = client.send(&call::<C>()).unwrap_err();
            assert_eq!(error.operation().name, login::<C>());
            assert_eq!(arrived(&sandbox, C::operation().name), 0);
            sandbox.faults().remove(id).unwrap();
            client.send(&call::<C>()).unwrap();
        }
    }

    each_read::<B>(Fails);
}

/// The first call leaves a connection behind, on which the second one fails:
/// that is not taken for a connection that was dead before.
fn a_fault_on_a_connection_in_use<B: Backend>() {
    for fault in [
        Fault::reset_before_headers(),
        Fault::lost_reply(),
        Fault::truncated_body(),
        Fault::garbage(),
    ] {
        let sandbox = sandbox();
        let client = Patience::LONG.client::<B, _>(airpay(&sandbox));
        let update = UpdateCustomer::new(world::airpay::CUSTOMER).city("Kochi");
        client.send(&update).unwrap();
        let id = sandbox.faults().add(fault.times(1)).unwrap();
        let error = client.send(&registration()).unwrap_err();
        assert!(error.is_outcome_unknown(), "{error:?}");
        assert_eq!(arrived(&sandbox, "register-user"), 1, "{error:?}");
        assert!(sandbox.faults().get(id).unwrap().spent);
    }
}

/// A read waits as it is told to, and is sent again.
fn a_rate_limit_is_waited_for_and_told<B: Backend>() {
    #[derive(Clone, Copy)]
    struct Waits;

    impl EachRead for Waits {
        fn read<B: Backend, C: Call>(self) {
            let limit = RateLimit::new(1, Duration::from_secs(1));
            let builder = Sandbox::builder().clock(Arc::new(crate::common::noon));
            let builder = builder.rate_limit(C::operation().provider, limit);
            let sandbox = builder.start_blocking().unwrap();
            let provider = provider_of::<C::Provider>(&sandbox, Carries::Token);
            let (client, call) = (Patience::LONG.client::<B, _>(provider), call::<C>());
            client.send(&call).unwrap();
            // The clock stands, so that no waiting helps.
            let error = client.send(&call).unwrap_err();
            assert!(error.is_rate_limited(), "{error:?}");
            assert_eq!(error.retry_after(), Some(Duration::from_secs(1)));
            assert_eq!(error.attempts(), 3);
            sandbox.clock().advance(Duration::from_secs(1)).unwrap();
            assert_eq!(client.send(&call).unwrap().attempts(), 1);
        }
    }

    each_read::<B>(Waits);
}

fn a_mutation_over_the_rate_limit_is_sent_once_and_was_not_carried_out<B: Backend>() {
    struct Refused<B>(PhantomData<B>);

    impl<B: Backend> Visit for Refused<B> {
        type Output = ();

        fn visit<C: Call>(self) {
            let name = C::operation().name;
            let limit = RateLimit::new(1, Duration::from_secs(86_400));
            let builder = Sandbox::builder().clock(Arc::new(crate::common::noon));
            let sandbox = builder.rate_limit(C::operation().provider, limit);
            let sandbox = sandbox.start_blocking().unwrap();
            let provider = provider_of::<C::Provider>(&sandbox, Carries::Token);
            let client = Patience::LONG.client::<B, _>(provider);
            // Its outcome does not matter: it is the one call that is taken.
            drop(client.send(&call::<C>()));
            let before = shown_at(&sandbox, "/_sandbox/world/file");
            let error = client.send(&call::<C>()).unwrap_err();
            assert!(error.is_rate_limited(), "{name}: {error:?}");
            assert!(!error.is_outcome_unknown(), "{name}: {error:?}");
            let wait = Duration::from_secs(86_400);
            assert_eq!(error.retry_after(), Some(wait), "{name}");
            assert_eq!(error.attempts(), 1, "{name}");
            assert_eq!(arrived(&sandbox, name), 2);
            let after = shown_at(&sandbox, "/_sandbox/world/file");
            assert!(after == before, "{name} has changed something");
        }
    }

    let mutations = operations().filter(|it| it.effect == Effect::Mutation);
    let visits = mutations.map(|it| visit(it.name, Refused::<B>(PhantomData)).unwrap());
    assert!(visits.count() >= 15);
}
