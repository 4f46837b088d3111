//! What a fault is held to: a read and a mutation that meet it, what the client
//! says of each, and what reached the sandbox.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use cards_model::airpay::UpdateCustomer;
use cards_model::paysafe::ListPrepaidCards;
use cards_sandbox::{Fault, Running, Sandbox, world};
use cards_transport::airpay::Airpay;
use cards_transport::paysafe::Paysafe;
use cards_transport::{BackendOptions, Error, Provider, Retry, Settings};

use crate::common::clients::{AnyClient, Backend};
use crate::common::fake::FakeClock;
use crate::common::{noon, registration};

/// Never what ends a call.
pub(crate) const NEVER: Duration = Duration::from_secs(300);

/// What a client puts up with.
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

    /// For faults that would keep it waiting for ever; calls that meet none have
    /// time enough on a busy machine.
    pub(crate) const SHORT: Self = Self {
        silence: Duration::from_secs(2),
        ..Self::LONG
    };

    fn options(&self) -> BackendOptions {
        BackendOptions::new().read_timeout(self.silence)
    }

    /// Three attempts, without the waiting.
    fn settings(&self) -> Settings {
        let retry = Retry::new(3).first_pause(Duration::from_millis(1));
        let settings = FakeClock::new().settings().retry(retry);
        settings
            .total_timeout(self.total)
            .reply_bytes(self.reply_bytes)
    }

    pub(crate) fn client<B: Backend, P: Provider>(&self, provider: P) -> B::Client<P> {
        B::client(provider, &self.options(), self.settings())
    }
}

pub(crate) fn sandbox() -> Running {
    Sandbox::builder()
        .clock(Arc::new(noon))
        .start_blocking()
        .unwrap()
}

pub(crate) fn paysafe(sandbox: &Running) -> Paysafe {
    Paysafe::new(sandbox.paysafe_url().parse().unwrap()).token(world::paysafe::TOKEN)
}

pub(crate) fn airpay(sandbox: &Running) -> Airpay {
    use world::airpay::{AFFILIATE, PROCESSOR_KEY, SECRET_KEY, TOKEN};
    Airpay::new(sandbox.airpay_url().parse().unwrap(), SECRET_KEY)
        .keys(AFFILIATE, PROCESSOR_KEY)
        .token(TOKEN)
}

pub(crate) fn list() -> ListPrepaidCards {
    ListPrepaidCards::new(world::paysafe::CUSTOMER)
}

/// Waits until so many calls have reached an operation: of a client that gave
/// up, the sandbox may be at work still.
#[track_caller]
fn reached(sandbox: &Running, operation: &str, calls: usize) {
    let start = Instant::now();
    while arrived(sandbox, operation) < calls && start.elapsed() < Duration::from_secs(60) {
        thread::sleep(Duration::from_millis(5));
    }
    assert_eq!(arrived(sandbox, operation), calls);
}

/// How many calls of an operation reached the sandbox.
pub(crate) fn arrived(sandbox: &Running, operation: &str) -> usize {
    let exchanges = sandbox.exchanges();
    exchanges
        .iter()
        .filter(|exchange| exchange.operation == Some(operation))
        .count()
}

/// How many customers were registered at Airpay, by what the sandbox holds.
fn registered(sandbox: &Running) -> usize {
    let mut stream = TcpStream::connect(sandbox.addr()).unwrap();
    let request = "GET /_sandbox/world HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
    stream.write_all(request.as_bytes()).unwrap();
    let mut reply = String::new();
    stream.read_to_string(&mut reply).unwrap();
    let (_, body) = reply.split_once("\r\n\r\n").unwrap();
    let world: serde_json::Value = serde_json::from_str(body).unwrap();
    let customers = world["airpay"]["customers"].as_array().unwrap();
    customers.len() - 2
}

/// Kind, predicates and what is left of the reply, in one line.
fn told(error: &Error) -> String {
    let unknown = if error.is_outcome_unknown() {
        ", outcome unknown"
    } else {
        ""
    };
    let timeout = if error.is_timeout() { ", timeout" } else { "" };
    let status = error.status().map(|status| status.as_u16());
    let status = status.map_or_else(String::new, |status| format!(", HTTP {status}"));
    assert!(!error.is_not_sent(), "{error:?}");
    let kind = error.kind();
    format!(
        "{kind:?}{unknown}{timeout}{status}, {} sent",
        error.attempts()
    )
}

/// What a read brings from a sandbox with a fault that never ends.
#[track_caller]
pub(crate) fn read<B: Backend>(fault: Fault, patience: &Patience, expected: &str) {
    let sandbox = sandbox();
    sandbox
        .faults()
        .add(fault.clone().operation("list-prepaid-cards"))
        .unwrap();
    let client = patience.client::<B, _>(paysafe(&sandbox));
    let (sent, line) = match client.send(&list()) {
        Ok(reply) => {
            assert!(!reply.cards.is_empty());
            (
                reply.attempts(),
                format!("value, {} sent", reply.attempts()),
            )
        }
        Err(error) => (error.attempts(), told(&error)),
    };
    assert_eq!(line, expected, "{}", B::NAME);
    reached(&sandbox, "list-prepaid-cards", sent as usize);
    assert_eq!(sandbox.faults().list()[0].fired, u64::from(sent));

    // What is tried again comes through a fault that passes.
    if sent == 3 {
        sandbox.faults().clear();
        sandbox.faults().add(fault.times(2)).unwrap();
        let reply = client.send(&list()).unwrap();
        assert_eq!(reply.attempts(), 3);
        assert_eq!(reply.cards.len(), 10);
    }
}

/// What becomes of a mutation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Effect {
    Once,
    None,
}

/// What a mutation brings from a sandbox whose fault is over when it is sent
/// again, and that it is not.
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

#[track_caller]
pub(crate) fn both<B: Backend>(
    fault: Fault,
    patience: &Patience,
    of_a_read: &str,
    of_a_mutation: &str,
    effect: Effect,
) {
    read::<B>(fault.clone(), patience, of_a_read);
    mutation::<B>(fault, patience, of_a_mutation, effect);
}
