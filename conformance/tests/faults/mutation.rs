//! A mutation that meets a fault: what the client says of it, and what the
//! sandbox holds afterwards.

use std::io::{Read, Write};
use std::net::TcpStream;

use cards_model::airpay::UpdateCustomer;
use cards_sandbox::{Fault, Running, world};
use cards_transport::airpay::Airpay;

use crate::common::clients::{AnyClient, Backend};
use crate::common::registration;
use crate::setup::{Patience, arrived, reached, sandbox, told};

/// The effect of a mutation in the sandbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Effect {
    Once,
    None,
}

pub(crate) fn airpay(sandbox: &Running) -> Airpay {
    use world::airpay::{AFFILIATE, PROCESSOR_KEY, SECRET_KEY, TOKEN};
    Airpay::new(sandbox.airpay_url().parse().unwrap(), SECRET_KEY)
        .keys(AFFILIATE, PROCESSOR_KEY)
        .token(TOKEN)
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
