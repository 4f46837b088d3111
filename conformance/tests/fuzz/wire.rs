//! Checks that the values sent are those given, and the values signed are those
//! sent.

use bytes::Bytes;
use cards_model::{Body, Kind, Operation, Place};
use cards_sandbox::{ChecksumVerdict, Running};
use cards_sign::Order;
use cards_transport::{BackendOptions, Call, Provider, Retry, Visit, operations, visit};
use conformance::fixture::{self, Keys};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::TestRunner;
use serde_json::Value;

use crate::common::clients::{Backend, Ureq};
use crate::common::fake::{Fake, FakeClock, json as replying};
use crate::common::operations::{from_input, provider_in_order};
use crate::common::sandbox::{Carries, provider_of_in_order, sandbox};
use crate::common::{hex, named, rules};
use crate::config;
use crate::requests;

type Outcome = Result<(), TestCaseError>;

pub(crate) fn provider<P: Provider>(order: Order) -> P {
    provider_in_order("http://localhost/base", &keys(), order)
}

fn keys() -> Keys {
    fixture::world().unwrap().own
}

/// Tries a property of many requests of an operation.
fn holds<C: Call>(cases: u32, property: impl Fn(&Value, &C, Order) -> Outcome) {
    let mut runner = TestRunner::new(ProptestConfig { cases, ..config() });
    let inputs = (requests::input(C::operation()), select(&Order::ALL[..]));
    let tried = runner.run(&inputs, |(input, order)| {
        let call = from_input(&input).map_err(TestCaseError::fail)?;
        property(&input, &call, order)
    });
    tried.unwrap_or_else(|error| panic!("{}: {error}", C::operation()));
}

#[test]
fn every_request_survives_the_wire() {
    struct Survives;

    impl Visit for Survives {
        type Output = bool;

        fn visit<C: Call>(self) -> bool {
            let has_fields = !C::operation().fields.is_empty();
            if has_fields {
                holds(config().cases, survives::<C>);
            }
            has_fields
        }
    }

    let tried = operations()
        .filter(|one| visit(one.name, Survives).unwrap())
        .count();
    assert!(tried >= 7, "{tried}");
}

/// Accepted by the rules; path, query and body, decoded as a server decodes
/// them, are the values given; and what is signed is what is sent.
fn survives<C: Call>(input: &Value, call: &C, order: Order) -> Outcome {
    prop_assert_eq!(named(&call.violations(&rules())), Vec::<String>::new());
    let (operation, request) = (C::operation(), sent(provider(order), call));
    let path = request.uri().path().strip_prefix("/base").unwrap();
    prop_assert_eq!(
        unfilled(operation, path),
        in_place(operation, Place::Path, input)
    );
    let query = request.uri().query().unwrap_or_default();
    prop_assert_eq!(
        decoded(query.as_bytes()),
        in_place(operation, Place::Query, input)
    );
    if operation.body == Body::Json {
        let body: Value = serde_json::from_slice(request.body()).unwrap();
        prop_assert_eq!(&body, &without_path(operation, input));
        return Ok(());
    }
    if operation.body == Body::Multipart {
        let parts = cards_transport::form_parts(&request).into_iter();
        let texts = parts.filter(|part| part.file.is_none());
        let texts: Vec<_> = texts.map(|part| (part.name, part.text)).collect();
        let mut given = in_place(operation, Place::Part, input);
        let is_text = |name: &str| {
            operation
                .field(name)
                .is_some_and(|it| it.kind != Kind::File)
        };
        given.retain(|(name, _)| is_text(name));
        prop_assert_eq!(texts, given);
        return Ok(());
    }
    let form = in_place(operation, Place::Form, input);
    let mut form: Vec<_> = form.iter().map(|(name, text)| (&**name, &**text)).collect();
    order.arrange(&mut form, operation.example_order);
    let body = decoded(request.body());
    let body = body.iter().map(|(name, text)| (&**name, &**text));
    prop_assert!(body.eq(form.iter().copied()), "another form");
    if operation.is_signed() {
        let checksum = request.headers()["checksum"].to_str().unwrap();
        let values = || form.iter().map(|(_, value)| *value);
        let secret = keys().secret_key;
        // The second implementation: what a server would hash.
        let text: String = values().chain([&*secret]).collect();
        prop_assert_eq!(checksum, hex(&text));
        prop_assert!(cards_sign::verify(values(), secret.as_bytes(), checksum));
    }
    Ok(())
}

/// The sandbox's verdict on the checksum, by its own code, over the wire,
/// whatever else it thinks of the call.
#[test]
fn the_sandbox_verifies_what_the_client_signs() {
    struct Verified<'a>(&'a Running);

    impl Visit for Verified<'_> {
        type Output = bool;

        fn visit<C: Call>(self) -> bool {
            let is_meant = C::NEEDS_TOKEN && C::operation().is_signed();
            if is_meant {
                let cases = config().cases.div_ceil(3);
                holds(cases, |_, call: &C, order| verified(self.0, call, order));
            }
            is_meant
        }
    }

    let sandbox = sandbox();
    let verified = |one: &&'static Operation| visit(one.name, Verified(&sandbox)).unwrap();
    let tried = operations().filter(verified).count();
    assert!(tried >= 2, "{tried}");
}

fn verified<C: Call>(sandbox: &Running, call: &C, order: Order) -> Outcome {
    let settings = FakeClock::new().settings().retry(Retry::never());
    let provider = provider_of_in_order(sandbox, Carries::Token, order);
    let outcome = Ureq::client(provider, &BackendOptions::new(), settings).send(call);
    let known = outcome
        .as_ref()
        .map_or_else(cards_transport::Error::is_refused, |_| true);
    prop_assert!(known, "{:?}", outcome.map(drop));
    let exchange = sandbox.exchanges().pop().unwrap();
    prop_assert_eq!(exchange.operation, Some(C::operation().name));
    prop_assert_eq!(&exchange.violations.len(), &0);
    prop_assert!(exchange.detail().is_some_and(ChecksumVerdict::is_right));
    Ok(())
}

/// The request that the client would send.
fn sent<C: Call>(provider: C::Provider, call: &C) -> http::Request<Bytes> {
    let clock = FakeClock::new();
    let fake = Fake::new(&clock, |_, _| replying(200, "{}"));
    let client = Ureq::faked(provider, &fake, clock.settings().retry(Retry::never()));
    let outcome = client.send(call);
    let sent = fake.sent().pop();
    sent.unwrap_or_else(|| panic!("not sent: {}", outcome.map(drop).unwrap_err()))
}

fn decoded(text: &[u8]) -> Vec<(String, String)> {
    form_urlencoded::parse(text).into_owned().collect()
}

/// The fields of a place that are given, in the order of the table, as texts.
fn in_place(operation: &Operation, place: Place, input: &Value) -> Vec<(String, String)> {
    let rows = operation.fields.iter().filter(|row| row.place == place);
    let given = |row: &cards_model::Field| {
        let text = match input.get(row.wire)? {
            Value::String(text) => text.clone(),
            Value::Array(words) => {
                let words: Vec<_> = words.iter().filter_map(Value::as_str).collect();
                words.join(",")
            }
            other => other.to_string(),
        };
        Some((row.wire.to_owned(), text))
    };
    rows.filter_map(given).collect()
}

/// The fields that a JSON body holds.
fn without_path(operation: &Operation, input: &Value) -> Value {
    let mut body = input.clone();
    for row in operation
        .fields
        .iter()
        .filter(|row| row.place != Place::Json)
    {
        body.as_object_mut().unwrap().remove(row.wire);
    }
    body
}

/// The parameters of a path, in the order of the template.
fn unfilled(operation: &Operation, path: &str) -> Vec<(String, String)> {
    let template = operation.path.split('/').zip(path.split('/'));
    let parameters = template.filter_map(|(name, value)| {
        let name = name.strip_prefix('{')?.strip_suffix('}')?;
        // A plus is a plus in a path and a space in a form.
        let pair = format!("{name}={}", value.replace('+', "%2B"));
        decoded(pair.as_bytes()).pop()
    });
    parameters.collect()
}
