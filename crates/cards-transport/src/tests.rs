//! Operations that no document has, through both backends: of any method, with a
//! path of several parameters, a nested JSON body, or a long signed form.

#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

use std::fmt::Debug;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;

use bytes::Bytes;
use cards_model::airpay::Acknowledged;
use cards_model::{
    Effect, Form as _, Method, Operation, Personal, ProviderId, Request as _, Rules, Secret,
    Violations, object, request, rule,
};
use http::{Request, Response};
use serde_json::Value;

use crate::airpay::{Airpay, Signed, Token, acknowledged};
use crate::call::{Attempt, Call, Sealed, Way};
use crate::cause::ConfigError;
use crate::paysafe::{Bearer, Paysafe};
use crate::sign::{Order, checksum};
use crate::unreadable::Unreadable;
use crate::{
    BaseUrl, Client, Error, ErrorKind, Limits, ReqwestTransport, Retry, Settings, TransportError,
    TransportErrorKind, UreqTransport, blocking,
};

request! {
    operation: Operation::new(
        ProviderId::PAYSAFE,
        "change-card",
        Method::Patch,
        "/customers/{customerId}/cards/{cardId}",
        Effect::Mutation,
        "Test Change card",
    ),
    body: json,
    /// Changes a card.
    pub struct ChangeCard {
        /// The customer's id.
        #[validate(custom(function = rule::required), custom(function = rule::path_segment))]
        "customerId" in "Path, customerId" => pub customer_id: String,
        /// The card's id.
        #[validate(custom(function = rule::required), custom(function = rule::path_segment))]
        "cardId" in "Path, cardId" => pub card_id: String,
        /// The place that the card goes to.
        "address" in "Body, address" => pub address: Option<Address>,
        /// The new PIN.
        "pin" in "Body, pin" => pub pin: Option<Secret>,
    }
    /// A change of nothing yet.
    fn new(customer_id: String, card_id: String);
}

object! {
    at: "address",
    /// The place that a card goes to.
    pub struct Address {
        /// City.
        #[validate(custom(function = rule::required), custom(function = rule::city))]
        "city" in "Body, address.city" => pub city: Personal,
        /// Street.
        "street" in "Body, address.street" => pub street: Option<Personal>,
    }
    /// An address in a city.
    fn new(city: Personal);
}

request! {
    operation: Operation::new(
        ProviderId::PAYSAFE,
        "remove-card",
        Method::Delete,
        "/customers/{customerId}/cards/{cardId}",
        Effect::Mutation,
        "Test Remove card",
    ),
    body: none,
    /// Removes a card.
    pub struct RemoveCard {
        /// The customer's id.
        "customerId" in "Path, customerId" => pub customer_id: String,
        /// The card's id.
        "cardId" in "Path, cardId" => pub card_id: String,
        /// The reason.
        "reason" in "Query, reason" => pub reason: Option<String>,
    }
    /// Without a reason.
    fn new(customer_id: String, card_id: String);
}

request! {
    operation: Operation::new(
        ProviderId::PAYSAFE, "name-card", Method::Put, "/cards/{cardId}/name", Effect::Read, "Test",
    ),
    body: form,
    /// Names a card, which may be done as often as one likes.
    pub struct NameCard {
        /// The card's id.
        "cardId" in "Path, cardId" => pub card_id: String,
        /// The name.
        "name" in "Body, name" => pub name: String,
    }
    /// The name of a card.
    fn new(card_id: String, name: String);
}

request! {
    operation: Operation::new(
        ProviderId::AIRPAY, "long", Method::Put, "/long", Effect::Mutation, "Test Long",
    ),
    body: form in [
        "z", "y", "x", "w", "v", "u", "t", "s", "r", "q", "p", "o", "n", "m", "l", "k", "j", "i",
        "h", "g", "f", "e", "d", "c", "b", "a",
    ],
    /// Has more fields than the stack is given room for.
    pub struct Long {
        #[doc = "."] "a" in "a" => pub a: String, #[doc = "."] "b" in "b" => pub b: String,
        #[doc = "."] "c" in "c" => pub c: String, #[doc = "."] "d" in "d" => pub d: String,
        #[doc = "."] "e" in "e" => pub e: String, #[doc = "."] "f" in "f" => pub f: String,
        #[doc = "."] "g" in "g" => pub g: String, #[doc = "."] "h" in "h" => pub h: String,
        #[doc = "."] "i" in "i" => pub i: String, #[doc = "."] "j" in "j" => pub j: String,
        #[doc = "."] "k" in "k" => pub k: String, #[doc = "."] "l" in "l" => pub l: String,
        #[doc = "."] "m" in "m" => pub m: String, #[doc = "."] "n" in "n" => pub n: String,
        #[doc = "."] "o" in "o" => pub o: String, #[doc = "."] "p" in "p" => pub p: String,
        #[doc = "."] "q" in "q" => pub q: String, #[doc = "."] "r" in "r" => pub r: String,
        #[doc = "."] "s" in "s" => pub s: String, #[doc = "."] "t" in "t" => pub t: String,
        #[doc = "."] "u" in "u" => pub u: String, #[doc = "."] "v" in "v" => pub v: String,
        #[doc = "."] "w" in "w" => pub w: String, #[doc = "."] "x" in "x" => pub x: String,
        #[doc = "."] "y" in "y" => pub y: String,
        #[doc = "."] #[validate(custom(function = rule::required))] "z" in "z" => pub z: String,
    }
}

/// Makes a request a call, as a row of `operations!` does.
macro_rules! call {
    ($call:ident: $provider:ty, $way:ty, $reply:ty, $reader:expr) => {
        impl Sealed for $call {}

        impl Call for $call {
            type Provider = $provider;
            type Reply = $reply;

            const NEEDS_TOKEN: bool = <$way as Way<Self>>::NEEDS_TOKEN;

            fn operation() -> &'static Operation {
                Self::OPERATION
            }

            fn violations(&self, rules: &Rules) -> Result<(), Violations> {
                self.check(rules)
            }

            fn request(
                &self,
                attempt: &Attempt<'_, $provider>,
            ) -> Result<Request<Bytes>, ConfigError> {
                <$way as Way<Self>>::request(self, attempt)
            }

            fn parse(body: &[u8]) -> Result<$reply, Unreadable> {
                $reader(body)
            }
        }
    };
}

/// The body's text, whatever it is.
fn text(body: &[u8]) -> Result<String, Unreadable> {
    Ok(String::from_utf8_lossy(body).into_owned())
}

call!(ChangeCard: Paysafe, Bearer, String, text);
call!(RemoveCard: Paysafe, Bearer, String, text);
call!(NameCard: Paysafe, Bearer, String, text);
call!(Long: Airpay, Signed<Token>, Acknowledged, acknowledged);

fn paysafe(base: BaseUrl) -> Paysafe {
    Paysafe::new(base).token("fake-token")
}

/// Holds what a server got, and what the backend made of its reply.
struct Exchange<T> {
    head: String,
    body: String,
    reply: T,
}

impl<T> Exchange<T> {
    fn line(&self) -> &str {
        self.head.lines().next().unwrap()
    }

    fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.lines().filter_map(|line| line.split_once(": "));
        let found = lines.find(|(other, _)| other.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value)
    }
}

/// A server that takes one request and answers it so.
fn serve(reply: &'static str) -> (BaseUrl, mpsc::Receiver<(String, String)>) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let base = format!("http://{}/v1", listener.local_addr().unwrap());
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut bytes = Vec::new();
        let end = loop {
            if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
                break end;
            }
            read_on(&mut stream, &mut bytes);
        };
        let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
        let length = head.to_lowercase();
        let length = length
            .split_once("content-length: ")
            .map_or(0, |(_, rest)| rest.lines().next().unwrap().parse().unwrap());
        while bytes.len() < end + 4 + length {
            read_on(&mut stream, &mut bytes);
        }
        let body = String::from_utf8(bytes[end + 4..].to_vec()).unwrap();
        sender.send((head, body)).unwrap();
        stream.write_all(reply.as_bytes()).unwrap();
    });
    (base.parse().unwrap(), receiver)
}

fn read_on(stream: &mut impl Read, bytes: &mut Vec<u8>) {
    let mut buffer = [0; 4096];
    let size = stream.read(&mut buffer).unwrap();
    assert!(size > 0, "the request ends early");
    bytes.extend_from_slice(&buffer[..size]);
}

/// Sends a call through both backends.
fn through_both<C: Call>(
    provider: impl Fn(BaseUrl) -> C::Provider,
    call: &C,
    reply: &'static str,
) -> [Exchange<C::Reply>; 2] {
    let exchange = |send: &dyn Fn(C::Provider) -> Result<C::Reply, Error>| {
        let (base, received) = serve(reply);
        let reply = send(provider(base)).unwrap();
        let (head, body) = received.recv().unwrap();
        Exchange { head, body, reply }
    };
    let settings = || Settings::new().retry(Retry::never());
    let blocking = |provider| {
        let transport = UreqTransport::new().unwrap();
        let client = blocking::Client::with_settings(provider, transport, settings());
        client.send(call).map(crate::Reply::into_value)
    };
    let asynchronous = |provider| {
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        let runtime = runtime.enable_all().build().unwrap();
        runtime.block_on(async {
            let transport = ReqwestTransport::new().unwrap();
            let client = Client::with_settings(provider, transport, settings());
            client.send(call).await.map(crate::Reply::into_value)
        })
    };
    [exchange(&blocking), exchange(&asynchronous)]
}

const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}";
const NO_CONTENT: &str = "HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n";
const DONE: &str = "HTTP/1.1 200 OK\r\ncontent-length: 44\r\nconnection: close\r\n\r\n\
    {\"status\":200,\"message\":\"success\",\"data\":[]}";

fn change() -> ChangeCard {
    let address = Address::new("Łódź").street("Marker \"Lane\" 7");
    ChangeCard::new("c/1", "k 1?")
        .address(address)
        .pin("739164")
}

#[test]
fn a_patch_with_two_parameters_and_a_nested_body() {
    for sent in through_both(paysafe, &change(), OK) {
        assert_eq!(
            sent.line(),
            "PATCH /v1/customers/c%2F1/cards/k%201%3F HTTP/1.1"
        );
        assert_eq!(sent.header("content-type"), Some("application/json"));
        assert_eq!(sent.header("authorization"), Some("Bearer fake-token"));
        assert_eq!(
            sent.body,
            r#"{"address":{"city":"Łódź","street":"Marker \"Lane\" 7"},"pin":"739164"}"#
        );
        assert_eq!(sent.reply, "{}");
    }
}

#[test]
fn a_delete_has_no_body_and_may_be_answered_with_none() {
    let call = RemoveCard::new("c1", "k1").reason("lost & found");
    for sent in through_both(paysafe, &call, NO_CONTENT) {
        let line = "DELETE /v1/customers/c1/cards/k1?reason=lost%20%26%20found HTTP/1.1";
        assert_eq!(sent.line(), line);
        for header in ["content-type", "content-length", "transfer-encoding"] {
            assert_eq!(sent.header(header), None, "{header}");
        }
        assert_eq!((&*sent.body, &*sent.reply), ("", ""));
    }
}

#[test]
fn a_put_of_a_plain_form() {
    for sent in through_both(paysafe, &NameCard::new("k1", "a b&c"), OK) {
        assert_eq!(sent.line(), "PUT /v1/cards/k1/name HTTP/1.1");
        let form = "application/x-www-form-urlencoded";
        assert_eq!(sent.header("content-type"), Some(form));
        assert_eq!(sent.body, "name=a+b%26c");
    }
}

#[test]
fn a_put_of_a_long_form_is_signed_in_every_order() {
    let rows = Long::OPERATION.fields.iter();
    let long = Long::from_fields(rows.map(|field| (field.wire, field.rust)));
    for (order, first) in [(Order::Table, "a=a&b=b"), (Order::Example, "z=z&y=y")] {
        let airpay = |base| Airpay::new(base, "fake-secret").token("t").order(order);
        for sent in through_both(airpay, &long, DONE) {
            assert_eq!(sent.line(), "PUT /v1/long HTTP/1.1");
            assert!(sent.body.starts_with(first), "{}", sent.body);
            let values: Vec<_> = sent.body.split('&').map(|pair| &pair[2..]).collect();
            assert_eq!(values.len(), 26);
            let expected = checksum(values, b"fake-secret").to_hex();
            assert_eq!(sent.header("checksum"), Some(&*expected));
        }
    }
}

#[test]
fn an_id_made_of_dots_goes_into_no_path() {
    let settings = Settings::new().validation(crate::Validation::Off);
    let never = |_: Request<Bytes>, _: Limits| -> Result<Response<Bytes>, TransportError> {
        Err(TransportError::maybe_sent(TransportErrorKind::Protocol))
    };
    let client = blocking::Client::with_settings(local(), never, settings);
    for (customer, card) in [("..", "k1"), ("c1", ""), ("c1", ".")] {
        let error = client.send(&ChangeCard::new(customer, card)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(
            error.to_string().contains("empty or made of dots"),
            "{error}"
        );
    }
    let checked = blocking::Client::new(local(), never);
    let error = checked
        .send(&change().address(Address::new("7")))
        .unwrap_err();
    insta::assert_snapshot!(error, @r"
    not sent: paysafe change-card: 1 field breaks the document's rules
      address.city: letters, spaces, hyphens and periods only (characters; Test Change card, Body, address.city)
    ");
}

fn local() -> Paysafe {
    paysafe("http://localhost:1".parse().unwrap())
}

/// Counts how often a call is sent when its reply never comes whole.
fn attempts<C: Call<Provider = Paysafe>>(call: &C) -> (u32, ErrorKind) {
    let sent = Arc::new(AtomicU32::new(0));
    let seen = Arc::clone(&sent);
    let transport =
        move |_: Request<Bytes>, _: Limits| -> Result<Response<Bytes>, TransportError> {
            seen.fetch_add(1, Ordering::SeqCst);
            Err(TransportError::maybe_sent(TransportErrorKind::Interrupted))
        };
    let retry = Retry::new(3).first_pause(std::time::Duration::ZERO);
    let settings = Settings::new().retry(retry);
    let client = blocking::Client::with_settings(local(), transport, settings);
    let error = client.send(call).unwrap_err();
    (sent.load(Ordering::SeqCst), error.kind())
}

#[test]
fn the_effect_and_not_the_method_says_what_is_sent_again() {
    let unknown = (1, ErrorKind::OutcomeUnknown);
    assert_eq!(attempts(&change()), unknown);
    assert_eq!(attempts(&RemoveCard::new("c1", "k1")), unknown);
    let read = (3, ErrorKind::Interrupted);
    assert_eq!(attempts(&NameCard::new("k1", "a")), read);
}

/// Keeps what is logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<String>>);

impl tracing::Subscriber for Log {
    fn enabled(&self, _: &tracing::Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, _: &tracing::span::Attributes<'_>) -> tracing::span::Id {
        tracing::span::Id::from_u64(1)
    }

    fn record(&self, _: &tracing::span::Id, _: &tracing::span::Record<'_>) {}

    fn record_follows_from(&self, _: &tracing::span::Id, _: &tracing::span::Id) {}

    fn event(&self, event: &tracing::Event<'_>) {
        let mut log = self.0.lock().unwrap();
        event.record(&mut |field: &tracing::field::Field, value: &dyn Debug| {
            log.push_str(&format!("{field}={value:?} "));
        });
    }

    fn enter(&self, _: &tracing::span::Id) {}

    fn exit(&self, _: &tracing::span::Id) {}
}

#[test]
fn no_nested_value_is_shown_in_an_error_or_a_log() {
    let echo = |request: Request<Bytes>, _: Limits| {
        let body: Value = serde_json::from_slice(request.body()).unwrap();
        let (city, street) = (&body["address"]["city"], &body["address"]["street"]);
        let said = format!("no {} in {} for {}", street, city, body["pin"]);
        let field = serde_json::json!({"field": "address.city", "error": city});
        let error = serde_json::json!({"code": "DW-1", "message": said, "fieldErrors": [field]});
        let reply = serde_json::json!({"error": error}).to_string();
        Ok(Response::builder().status(400).body(reply.into()).unwrap())
    };
    let log = Log::default();
    let error = tracing::subscriber::with_default(log.clone(), || {
        blocking::Client::new(local(), echo).send(&change())
    });
    let error = error.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Refused);
    let logged = log.0.lock().unwrap().clone();
    assert!(logged.contains("change-card"), "{logged}");
    for shown in [
        error.to_string(),
        format!("{error:?}"),
        format!("{:?}", change()),
        logged,
    ] {
        for value in ["Łódź", "Marker", "Lane", "739164"] {
            assert!(!shown.contains(value), "{shown}");
        }
    }
    assert!(error.to_string().contains("address.city"), "{error}");
}
