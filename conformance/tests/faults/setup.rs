//! Holds what every scenario needs: a client with some patience, what a read and
//! a mutation bring from a sandbox with a fault, and how to tell it.

use std::marker::PhantomData;
use std::thread;
use std::time::{Duration, Instant};

use cards_model::airpay::UpdateCustomer;
use cards_sandbox::{Fault, Running, world};
use cards_transport::airpay::Airpay;
use cards_transport::model::{Effect as Resend, ProviderId};
use cards_transport::{BackendOptions, Call, Error, Provider, Retry, Visit, operations, visit};

use crate::common::clients::{AnyClient, Backend};
use crate::common::fake::FakeClock;
use crate::common::operations::{from_input, nested, shown, valid};
use crate::common::registration;
use crate::common::sandbox::{Carries, provider_of, sandbox, shown_at};

/// Never what ends a call.
pub(crate) const NEVER: Duration = Duration::from_secs(300);

/// Limits what a client puts up with.
pub(crate) struct Patience {
    pub(crate) silence: Duration,
    pub(crate) total: Duration,
    pub(crate) reply_bytes: usize,
}

impl Patience {
    pub(crate) const LONG: Self = Self {
        silence: NEVER,
        total: NEVER,
        reply_bytes: 1 << 20,
    };

    /// Gives up soon, for faults that would keep it waiting for ever; calls
    /// that meet none have time enough on a busy machine.
    pub(crate) const SHORT: Self = Self {
        silence: Duration::from_secs(2),
        ..Self::LONG
    };

    /// Three attempts, without the waiting.
    pub(crate) fn client<B: Backend, P: Provider>(&self, provider: P) -> B::Client<P> {
        let options = BackendOptions::new().read_timeout(self.silence);
        let retry = Retry::new(3).first_pause(Duration::from_millis(1));
        let settings = FakeClock::new().settings().retry(retry);
        let settings = settings.total_timeout(self.total);
        B::client(provider, &options, settings.reply_bytes(self.reply_bytes))
    }
}

/// Does something with each read that is no login.
pub(crate) trait EachRead: Copy + Send + Sync {
    fn read<B: Backend, C: Call>(self);
}

/// All at once, since with some faults they wait.
pub(crate) fn each_read<B: Backend>(done: impl EachRead) {
    struct Read<D, B>(D, PhantomData<fn(B)>);

    impl<D: EachRead, B: Backend> Visit for Read<D, B> {
        type Output = bool;

        fn visit<C: Call>(self) -> bool {
            let is_read = C::operation().effect == Resend::Read && !C::is_login();
            if is_read {
                self.0.read::<B, C>();
            }
            is_read
        }
    }

    let read = |name| visit(name, Read::<_, B>(done, PhantomData)) == Some(true);
    let reads = thread::scope(|scope| {
        let each: Vec<_> = operations()
            .map(|operation| scope.spawn(move || read(operation.name)))
            .collect();
        let each = each.into_iter().map(|read| read.join().unwrap());
        each.filter(|is_read| *is_read).count()
    });
    assert!(reads >= 3, "{reads}");
}

/// A request that the sandbox takes.
pub(crate) fn call<C: Call>() -> C {
    from_input(&nested(&valid(C::operation().name).unwrap())).unwrap()
}

/// Expects each read to bring this outcome, in a sandbox with a fault that never ends; at Paysafe
/// what is behind "at Paysafe", where that is there.
#[derive(Clone, Copy)]
pub(crate) struct Brings<'a>(
    pub(crate) &'a Fault,
    pub(crate) &'a Patience,
    pub(crate) &'a str,
);

impl EachRead for Brings<'_> {
    fn read<B: Backend, C: Call>(self) {
        let (Self(fault, patience, expected), sandbox, call) = (self, sandbox(), call::<C>());
        let client = patience.client::<B, _>(provider_of::<C::Provider>(&sandbox, Carries::Token));
        let good = shown(client.send(&call).unwrap().value());
        let name = C::operation().name;
        let of_this = fault.clone().operation(name);
        sandbox.faults().add(of_this).unwrap();
        let (sent, line) = match client.send(&call) {
            Ok(reply) => {
                assert_eq!(shown(reply.value()), good, "{name} by {}", B::NAME);
                let sent = reply.attempts();
                (sent, format!("value, {sent} sent"))
            }
            Err(error) => (error.attempts(), told(&error)),
        };
        let expected = match expected.split_once("; at Paysafe ") {
            Some((_, here)) if C::operation().provider == ProviderId::PAYSAFE => here,
            Some((elsewhere, _)) => elsewhere,
            None => expected,
        };
        assert_eq!(line, expected, "{name} by {}", B::NAME);
        reached(&sandbox, name, 1 + sent as usize);
        assert_eq!(sandbox.faults().list()[0].fired, u64::from(sent));

        // A read that is tried again comes through a fault that passes.
        if sent == 3 {
            sandbox.faults().clear();
            sandbox.faults().add(fault.clone().times(2)).unwrap();
            let reply = client.send(&call).unwrap();
            assert_eq!(reply.attempts(), 3, "{name} by {}", B::NAME);
            assert_eq!(shown(reply.value()), good, "{name} by {}", B::NAME);
        }
    }
}

/// The effect of a mutation in the sandbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Effect {
    Once,
    None,
}

pub(crate) fn airpay(sandbox: &Running) -> Airpay {
    provider_of(sandbox, Carries::Token)
}

/// Sends a mutation to a sandbox whose fault is over when it is sent again, and
/// requires that it is not.
#[track_caller]
pub(crate) fn mutation<B: Backend>(
    fault: Fault,
    patience: &Patience,
    expected: &str,
    effect: Effect,
) {
    let sandbox = sandbox();
    let fault = fault.operation("register-user").times(1);
    sandbox.faults().add(fault).unwrap();
    let client = patience.client::<B, _>(airpay(&sandbox));
    let line = match client.send(&registration()) {
        Ok(reply) => format!("value, {} sent", reply.attempts()),
        Err(error) => told(&error),
    };
    assert_eq!(line, expected, "{}", B::NAME);
    reached(&sandbox, "register-user", 1);
    assert!(sandbox.faults().list()[0].spent);
    let exchange = sandbox.exchanges().remove(0);
    assert_eq!(exchange.accepted, effect == Effect::Once, "{exchange:?}");
    assert_eq!(exchange.faults[0].carried_out, exchange.accepted);
    assert_eq!(registered(&sandbox), usize::from(effect == Effect::Once));

    // The caller looks, and may send it again: still there is one.
    let patient = Patience::LONG.client::<B, _>(airpay(&sandbox));
    let again = patient.send(&registration());
    match effect {
        Effect::Once => assert!(again.unwrap_err().is_refused()),
        Effect::None => drop(again.unwrap()),
    }
    assert_eq!(registered(&sandbox), 1);

    // The client that met the fault is none the worse for it.
    let update = UpdateCustomer::new(world::airpay::CUSTOMER).city("Kochi");
    client.send(&update).unwrap();
    assert_eq!(arrived(&sandbox, "update-customer"), 1);
}

/// Counts the customers that were registered at Airpay, by what the sandbox
/// holds.
fn registered(sandbox: &Running) -> usize {
    let world = shown_at(sandbox, "/_sandbox/world");
    let world: serde_json::Value = serde_json::from_str(&world).unwrap();
    let customers = world["airpay"]["customers"].as_array().unwrap();
    customers.len() - 2
}

/// Waits until so many calls have reached an operation: of a client that gave
/// up, the sandbox may be at work still.
#[track_caller]
fn reached(sandbox: &Running, operation: &str, calls: usize) {
    let start = Instant::now();
    while arrived(sandbox, operation) < calls && start.elapsed() < Duration::from_secs(60) {
        thread::sleep(Duration::from_millis(5));
    }
    assert_eq!(arrived(sandbox, operation), calls, "{operation}");
}

/// Counts the calls of an operation that reached the sandbox.
pub(crate) fn arrived(sandbox: &Running, operation: &str) -> usize {
    let exchanges = sandbox.exchanges().into_iter();
    let of_it = exchanges.filter(|exchange| exchange.operation == Some(operation));
    of_it.count()
}

/// Kind, predicates and what is left of the reply, in one line.
fn told(error: &Error) -> String {
    assert!(!error.is_not_sent(), "{error:?}");
    let status = error.status().map(|status| status.as_u16());
    [
        Some(format!("{:?}", error.kind())),
        error.is_outcome_unknown().then(|| "outcome unknown".into()),
        error.is_timeout().then(|| "timeout".into()),
        status.map(|status| format!("HTTP {status}")),
        Some(format!("{} sent", error.attempts())),
    ]
    .into_iter()
    .flatten()
    .collect::<Vec<_>>()
    .join(", ")
}
