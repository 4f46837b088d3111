//! The last stage: the sandbox, which has to answer as documented. Its answers,
//! to the byte, are held by the cases of the statements.

use std::io::{Read, Write};
use std::marker::PhantomData;
use std::net::TcpStream;
use std::sync::Arc;

use cards_sandbox::{Running, Sandbox, Tls};
use cards_transport::{BackendOptions, Call, Provider, Retry, Visit, operations};
use serde_json::{Value, json};

use crate::common::clients::{AnyClient, Backend, for_both_backends};
use crate::common::fake::FakeClock;
use crate::common::operations::{from_input, nested, valid, visited};
use crate::common::sandbox::{Carries, provider_of, sandbox};
use crate::common::{case, cases, noon};
use crate::curl::{commands, curl_bytes};

for_both_backends!(
    requests_of_our_own_are_accepted,
    requests_are_accepted_over_tls,
    tokens_are_fetched_with_the_worlds_credentials,
);

fn strict_client<B: Backend, P: Provider>(sandbox: &Running, carries: Carries) -> B::Client<P> {
    let provider = provider_of(sandbox, carries);
    let options = BackendOptions::new();
    let options = match sandbox.certificate_pem() {
        Some(pem) => options.roots_pem(pem.as_bytes()).unwrap(),
        None => options,
    };
    let settings = FakeClock::new().settings().retry(Retry::never());
    B::client(provider, &options, settings)
}

/// Sends exactly these bytes, and gives the status and the JSON that come back.
fn exchange(sandbox: &Running, request: &[u8]) -> (u16, Value) {
    let mut stream = TcpStream::connect(sandbox.addr()).unwrap();
    stream.write_all(request).unwrap();
    // The connection stays open; the JSON tells where the reply ends.
    let (mut reply, mut buffer) = (Vec::new(), [0; 4096]);
    loop {
        let size = stream.read(&mut buffer).unwrap();
        reply.extend_from_slice(&buffer[..size]);
        let text = String::from_utf8_lossy(&reply);
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or_default();
        match serde_json::from_str(body) {
            Ok(json) => return (head[9..12].parse().unwrap(), json),
            Err(_) => assert!(size > 0, "{text}"),
        }
    }
}

/// The keys of an object and of what is in it, values aside.
fn shape(value: &Value) -> Value {
    match value {
        Value::Object(object) => {
            let pairs = object.iter();
            pairs
                .map(|(key, value)| (key.clone(), shape(value)))
                .collect()
        }
        Value::Array(items) => items.iter().take(1).map(shape).collect(),
        _ => json!(""),
    }
}

fn documented(id: &str) -> Value {
    let reply = case(id).reply.unwrap();
    serde_json::from_slice(&reply.body).unwrap()
}

/// The commands go out as the documents have them, with only host, checksum and masked digits
/// replaced; which is what the client sends too.
#[test]
fn the_documents_curl_commands_are_answered_as_documented() {
    for case in commands() {
        // Two documents add the same card.
        let sandbox = sandbox();
        let host = sandbox.addr().to_string();
        let (status, mut answer) = exchange(&sandbox, &curl_bytes(&case, &host));
        let verdict = sandbox.exchanges().pop().unwrap().verdict;
        assert_eq!(status, 200, "fixtures/{}: {verdict}", case.id());
        let id = case.id().replace("request-example", "success-example");
        let mut expected = documented(&id);
        assert_eq!(shape(&answer), shape(&expected), "{id}: {verdict}");
        // What a server makes itself is another each time, and so is a list of what it has.
        if expected["data"].is_array() {
            answer["data"] = expected["data"].clone();
        }
        if let Some(data) = expected["data"].as_object_mut() {
            data.retain(|key, _| ["kyc_status", "kycRefNo"].contains(&&**key));
            let data = data.clone();
            answer["data"]
                .as_object_mut()
                .unwrap()
                .retain(|key, _| data.contains_key(key));
        }
        assert_eq!(answer, expected, "{id}: {verdict}");
    }
}

/// Sends a fixture with the ids of a request that the sandbox takes to a sandbox
/// of its own.
struct Sent<'a, B>(fn() -> Running, Carries, &'a str, PhantomData<B>);

impl<B: Backend> Visit for Sent<'_, B> {
    type Output = Option<Running>;

    fn visit<C: Call>(self) -> Self::Output {
        let (Self(start, carries, fixture, _), operation) = (self, C::operation());
        if C::is_login() || carries == Carries::Login && !C::NEEDS_TOKEN {
            return None;
        }
        let id = format!("{}/{}/{fixture}", operation.provider, operation.name);
        let mut input = cases().into_iter().find(|case| case.id() == id)?.input?;
        let known = nested(&valid(operation.name).unwrap());
        for (name, value) in known.as_object().unwrap() {
            input[name] = value.clone();
        }
        let sandbox = start();
        let client = strict_client::<B, C::Provider>(&sandbox, carries);
        let outcome = client.send(&from_input::<C>(&input).unwrap());
        outcome.unwrap_or_else(|error| panic!("{error}"));
        Some(sandbox)
    }
}

fn each_sent<B: Backend>(start: fn() -> Running, carries: Carries) -> Vec<Running> {
    let named = operations().flat_map(|operation| {
        let sent = |fixture| Sent::<B>(start, carries, fixture, PhantomData);
        ["smallest", "largest"].map(|fixture| visited(operation.name, sent(fixture)).unwrap())
    });
    named.flatten().collect()
}

/// They are accepted without switching any check off.
fn requests_of_our_own_are_accepted<B: Backend>() {
    let sent = each_sent::<B>(sandbox, Carries::Token);
    assert!(sent.len() >= 12, "{}", sent.len());
}

/// A sandbox with its certificate given is one more server. Without, nothing is sent, as
/// `parity/sent.rs` tells.
fn requests_are_accepted_over_tls<B: Backend>() {
    let start = || {
        let builder = Sandbox::builder().tls(Tls::generated());
        builder.clock(Arc::new(noon)).start_blocking().unwrap()
    };
    let sent = each_sent::<B>(start, Carries::Token);
    assert!(sent.len() >= 12, "{}", sent.len());
    let exchanges = sent.iter().flat_map(|sandbox| sandbox.exchanges());
    assert!(exchanges.into_iter().all(|exchange| exchange.accepted));
}

/// The client has no standing token: each provider's login is used.
fn tokens_are_fetched_with_the_worlds_credentials<B: Backend>() {
    let sent = each_sent::<B>(sandbox, Carries::Login);
    assert!(sent.len() >= 10, "{}", sent.len());
    for exchanges in sent.iter().map(|sandbox| sandbox.exchanges()) {
        assert_eq!(exchanges.len(), 2, "{exchanges:?}");
        assert!(exchanges.iter().all(|exchange| exchange.accepted));
    }
}
