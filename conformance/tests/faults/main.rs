//! Every fault of the sandbox through both backends: the typed error that the
//! client promises, how often it sent, and what the sandbox holds afterwards.
//!
//! A read is tried again where that can help. A mutation is sent once,
//! whatever comes of it, and where it may have taken effect the error says so.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "this is test code, outside of `#[test]` functions"
)]

#[path = "../common/mod.rs"]
mod common;

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use cards_model::airpay::{RegisterUser, UpdateCustomer};
use cards_model::paysafe::ListPrepaidCards;
use cards_sandbox::{Fault, Running, Sandbox, world};
use cards_transport::airpay::Airpay;
use cards_transport::paysafe::Paysafe;
use cards_transport::{BackendOptions, Error, Provider, Retry, Settings};

use common::clients::{AnyClient, Backend, for_both_backends};
use common::fake::FakeClock;
use common::operations::Operation;
use common::{case, noon};

for_both_backends! {
    a_delay_beyond_the_patience,
    a_delay_within_the_patience,
    a_drip_that_pauses_too_long,
    a_drip_that_never_pauses_too_long,
    a_drip_within_the_patience,
    a_reset_before_the_headers,
    a_reset_before_the_headers_after_the_call,
    a_reset_after_the_headers,
    a_reset_in_the_body,
    a_truncated_body,
    more_announced_than_sent,
    fewer_announced_than_sent,
    garbage,
    invalid_json,
    an_oversized_body_over_the_limit,
    an_oversized_body_within_the_limit,
    a_503_with_the_documented_body,
    a_500_with_html_after_the_call,
    a_429_that_asks_to_wait,
    a_400_with_the_documented_body,
    a_401,
    a_401_that_a_new_token_mends,
    a_200_with_the_documented_failure,
    a_lost_reply,
    a_fault_on_a_connection_in_use,
    a_failing_login_fails_the_call,
    reads_come_through_faults_of_chance,
}

// ------------------------------------------------------------------ helpers

/// Never what ends a call.
const NEVER: Duration = Duration::from_secs(300);

/// What a client puts up with.
struct Patience {
    silence: Duration,
    total: Duration,
    reply_bytes: usize,
}

impl Patience {
    const LONG: Self = Self {
        silence: NEVER,
        total: NEVER,
        reply_bytes: 1 << 20,
    };

    /// For faults that would keep it waiting for ever; calls that meet none have
    /// time enough on a busy machine.
    const SHORT: Self = Self {
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

    fn client<B: Backend, P: Provider>(&self, provider: P) -> B::Client<P> {
        B::client(provider, &self.options(), self.settings())
    }
}

fn sandbox() -> Running {
    Sandbox::builder()
        .clock(Arc::new(noon))
        .start_blocking()
        .unwrap()
}

fn paysafe(sandbox: &Running) -> Paysafe {
    Paysafe::new(sandbox.paysafe_url().parse().unwrap()).token(world::paysafe::TOKEN)
}

fn airpay(sandbox: &Running) -> Airpay {
    use world::airpay::{AFFILIATE, PROCESSOR_KEY, SECRET_KEY, TOKEN};
    Airpay::new(sandbox.airpay_url().parse().unwrap(), SECRET_KEY)
        .keys(AFFILIATE, PROCESSOR_KEY)
        .token(TOKEN)
}

fn list() -> ListPrepaidCards {
    ListPrepaidCards::new(world::paysafe::CUSTOMER)
}

fn register() -> RegisterUser {
    let case = case("airpay/register-user/valid");
    RegisterUser::from_input(case.input.as_ref().unwrap()).unwrap()
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
fn arrived(sandbox: &Running, operation: &str) -> usize {
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
fn read<B: Backend>(fault: Fault, patience: &Patience, expected: &str) {
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
enum Effect {
    Once,
    None,
}

/// What a mutation brings from a sandbox whose fault is over when it is sent
/// again, and that it is not.
#[track_caller]
fn mutation<B: Backend>(fault: Fault, patience: &Patience, expected: &str, effect: Effect) {
    let sandbox = sandbox();
    let fault = fault.operation("register-user").times(1);
    sandbox.faults().add(fault).unwrap();
    let client = patience.client::<B, _>(airpay(&sandbox));
    let line = match client.send(&register()) {
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
    let again = patient.send(&register());
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
fn both<B: Backend>(
    fault: Fault,
    patience: &Patience,
    of_a_read: &str,
    of_a_mutation: &str,
    effect: Effect,
) {
    read::<B>(fault.clone(), patience, of_a_read);
    mutation::<B>(fault, patience, of_a_mutation, effect);
}

// ------------------------------------------------------------------ time

fn a_delay_beyond_the_patience<B: Backend>() {
    both::<B>(
        Fault::delay(NEVER),
        &Patience::SHORT,
        "Timeout, timeout, 3 sent",
        "OutcomeUnknown, outcome unknown, timeout, 1 sent",
        Effect::Once,
    );
}

fn a_delay_within_the_patience<B: Backend>() {
    both::<B>(
        Fault::delay(Duration::from_millis(50)),
        &Patience::LONG,
        "value, 1 sent",
        "value, 1 sent",
        Effect::Once,
    );
}

fn a_drip_that_pauses_too_long<B: Backend>() {
    both::<B>(
        Fault::drip(20, NEVER),
        &Patience::SHORT,
        "Timeout, timeout, 3 sent",
        "OutcomeUnknown, outcome unknown, timeout, 1 sent",
        Effect::Once,
    );
}

/// Only the limit of the whole call ends it, and leaves no time to try again.
fn a_drip_that_never_pauses_too_long<B: Backend>() {
    let patience = Patience {
        total: Duration::from_secs(4),
        ..Patience::LONG
    };
    let drip = Fault::drip(1, Duration::from_millis(100));
    read::<B>(drip.clone(), &patience, "Timeout, timeout, 1 sent");
    let expected = "OutcomeUnknown, outcome unknown, timeout, 1 sent";
    mutation::<B>(drip, &patience, expected, Effect::Once);
}

fn a_drip_within_the_patience<B: Backend>() {
    both::<B>(
        Fault::drip(50, Duration::from_millis(2)),
        &Patience::LONG,
        "value, 1 sent",
        "value, 1 sent",
        Effect::Once,
    );
}

// ------------------------------------------------------------------ connections

fn a_reset_before_the_headers<B: Backend>() {
    both::<B>(
        Fault::reset_before_headers(),
        &Patience::LONG,
        "Interrupted, 3 sent",
        "OutcomeUnknown, outcome unknown, 1 sent",
        Effect::None,
    );
}

/// The very same to the client, and yet there is a customer more.
fn a_reset_before_the_headers_after_the_call<B: Backend>() {
    both::<B>(
        Fault::reset_before_headers().carry_out(true),
        &Patience::LONG,
        "Interrupted, 3 sent",
        "OutcomeUnknown, outcome unknown, 1 sent",
        Effect::Once,
    );
}

fn a_reset_after_the_headers<B: Backend>() {
    both::<B>(
        Fault::reset_after_headers(),
        &Patience::LONG,
        "Interrupted, HTTP 200, 3 sent",
        "OutcomeUnknown, outcome unknown, HTTP 200, 1 sent",
        Effect::Once,
    );
}

fn a_reset_in_the_body<B: Backend>() {
    both::<B>(
        Fault::reset_in_body(),
        &Patience::LONG,
        "Interrupted, HTTP 200, 3 sent",
        "OutcomeUnknown, outcome unknown, HTTP 200, 1 sent",
        Effect::Once,
    );
}

fn a_truncated_body<B: Backend>() {
    both::<B>(
        Fault::truncated_body(),
        &Patience::LONG,
        "Interrupted, HTTP 200, 3 sent",
        "OutcomeUnknown, outcome unknown, HTTP 200, 1 sent",
        Effect::Once,
    );
}

fn a_lost_reply<B: Backend>() {
    both::<B>(
        Fault::lost_reply(),
        &Patience::LONG,
        "Interrupted, 3 sent",
        "OutcomeUnknown, outcome unknown, 1 sent",
        Effect::Once,
    );
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
        let error = client.send(&register()).unwrap_err();
        assert!(error.is_outcome_unknown(), "{error:?}");
        assert_eq!(arrived(&sandbox, "register-user"), 1, "{error:?}");
        assert!(sandbox.faults().get(id).unwrap().spent);
    }
}

// ------------------------------------------------------------------ lengths

fn more_announced_than_sent<B: Backend>() {
    both::<B>(
        Fault::wrong_length(10),
        &Patience::SHORT,
        "Timeout, timeout, HTTP 200, 3 sent",
        "OutcomeUnknown, outcome unknown, timeout, HTTP 200, 1 sent",
        Effect::Once,
    );
}

/// The body is cut at its length, and so is no JSON. The rest of it is not
/// taken for the reply to the next call.
fn fewer_announced_than_sent<B: Backend>() {
    both::<B>(
        Fault::wrong_length(-10),
        &Patience::LONG,
        "Malformed, HTTP 200, 1 sent",
        "Malformed, outcome unknown, HTTP 200, 1 sent",
        Effect::Once,
    );
}

fn an_oversized_body_over_the_limit<B: Backend>() {
    let patience = Patience {
        reply_bytes: 10_000,
        ..Patience::LONG
    };
    both::<B>(
        Fault::oversized_body(100_000_000),
        &patience,
        "TooLarge, HTTP 200, 1 sent",
        "OutcomeUnknown, outcome unknown, HTTP 200, 1 sent",
        Effect::Once,
    );
}

fn an_oversized_body_within_the_limit<B: Backend>() {
    both::<B>(
        Fault::oversized_body(1 << 20),
        &Patience::LONG,
        "value, 1 sent",
        "value, 1 sent",
        Effect::Once,
    );
}

// ------------------------------------------------------------------ contents

/// Nothing says that the same would not come again.
fn garbage<B: Backend>() {
    both::<B>(
        Fault::garbage(),
        &Patience::LONG,
        "Interrupted, 1 sent",
        "OutcomeUnknown, outcome unknown, 1 sent",
        Effect::Once,
    );
}

fn invalid_json<B: Backend>() {
    both::<B>(
        Fault::invalid_json(),
        &Patience::LONG,
        "Malformed, HTTP 200, 1 sent",
        "Malformed, outcome unknown, HTTP 200, 1 sent",
        Effect::Once,
    );
}

// ------------------------------------------------------------------ statuses

/// A server that failed may have failed after the effect.
fn a_503_with_the_documented_body<B: Backend>() {
    both::<B>(
        Fault::status(503),
        &Patience::LONG,
        "Refused, HTTP 503, 3 sent",
        "Refused, outcome unknown, HTTP 503, 1 sent",
        Effect::None,
    );
}

fn a_500_with_html_after_the_call<B: Backend>() {
    let html = Fault::status(500)
        .body("<html>Internal Server Error</html>")
        .header("content-type", "text/html")
        .carry_out(true);
    both::<B>(
        html,
        &Patience::LONG,
        "Http, HTTP 500, 3 sent",
        "Http, outcome unknown, HTTP 500, 1 sent",
        Effect::Once,
    );
}

fn a_429_that_asks_to_wait<B: Backend>() {
    both::<B>(
        Fault::status(429).header("retry-after", "0"),
        &Patience::LONG,
        "Refused, HTTP 429, 3 sent",
        "Refused, HTTP 429, 1 sent",
        Effect::None,
    );
    // It asks for more than there is.
    let patience = Patience {
        total: Duration::from_secs(60),
        ..Patience::LONG
    };
    let long = Fault::status(429).header("retry-after", "3600");
    read::<B>(long, &patience, "Refused, HTTP 429, 1 sent");
}

fn a_400_with_the_documented_body<B: Backend>() {
    both::<B>(
        Fault::status(400),
        &Patience::LONG,
        "Refused, HTTP 400, 1 sent",
        "Refused, HTTP 400, 1 sent",
        Effect::None,
    );
}

fn a_401<B: Backend>() {
    both::<B>(
        Fault::status(401),
        &Patience::LONG,
        "Unauthorized, HTTP 401, 1 sent",
        "Unauthorized, HTTP 401, 1 sent",
        Effect::None,
    );
}

fn a_401_that_a_new_token_mends<B: Backend>() {
    let sandbox = sandbox();
    let fault = Fault::status(401).operation("list-prepaid-cards").times(1);
    sandbox.faults().add(fault).unwrap();
    let provider = paysafe(&sandbox).client(
        world::paysafe::BRAND,
        world::paysafe::CLIENT_ID,
        world::paysafe::CLIENT_SECRET,
    );
    let client = Patience::LONG.client::<B, _>(provider);
    assert_eq!(client.send(&list()).unwrap().attempts(), 2);
    assert_eq!(arrived(&sandbox, "issue-access-token"), 1);
    assert_eq!(arrived(&sandbox, "list-prepaid-cards"), 2);
}

/// Airpay says no so; at Paysafe it must not pass for a customer without cards.
fn a_200_with_the_documented_failure<B: Backend>() {
    both::<B>(
        Fault::status(200),
        &Patience::LONG,
        "Refused, HTTP 200, 1 sent",
        "Refused, HTTP 200, 1 sent",
        Effect::None,
    );
}

// ------------------------------------------------------------------ more

/// The call itself is then certainly not sent.
fn a_failing_login_fails_the_call<B: Backend>() {
    let sandbox = sandbox();
    let fault = Fault::reset_before_headers().operation("issue-access-token");
    let id = sandbox.faults().add(fault).unwrap();
    let provider = Paysafe::new(sandbox.paysafe_url().parse().unwrap()).client(
        world::paysafe::BRAND,
        world::paysafe::CLIENT_ID,
        world::paysafe::CLIENT_SECRET,
    );
    let client = Patience::LONG.client::<B, _>(provider);
    let error = client.send(&list()).unwrap_err();
    assert_eq!(error.operation().name, "issue-access-token");
    assert_eq!(arrived(&sandbox, "list-prepaid-cards"), 0);
    sandbox.faults().remove(id).unwrap();
    client.send(&list()).unwrap();
}

/// A third of all calls fail, and with three attempts every read of 40 comes
/// through but those that the seed fails three times in a row.
fn reads_come_through_faults_of_chance<B: Backend>() {
    let sandbox = sandbox();
    let fault = Fault::status(503).probability(0.3, 7);
    let id = sandbox.faults().add(fault).unwrap();
    let client = Patience::LONG.client::<B, _>(paysafe(&sandbox));
    let attempts = (0..40).map(|_| match client.send(&list()) {
        Ok(reply) => (true, reply.attempts()),
        Err(error) => (false, error.attempts()),
    });
    let attempts: Vec<(bool, u32)> = attempts.collect();
    let fault = sandbox.faults().get(id).unwrap();
    let sent: u32 = attempts.iter().map(|(_, attempts)| attempts).sum();
    assert_eq!(fault.matched, u64::from(sent));
    let failed: u32 = attempts
        .iter()
        .map(|(came_through, attempts)| attempts - u32::from(*came_through))
        .sum();
    assert_eq!(fault.fired, u64::from(failed));
    assert!(failed > 0 && attempts.iter().any(|(came_through, _)| *came_through));
}
