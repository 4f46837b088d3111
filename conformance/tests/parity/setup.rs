//! Holds what the scenarios share: the providers, their settings, replies of
//! plain bytes, and all that an error tells.

use std::time::Duration;

use cards_model::paysafe::ListPrepaidCards;
use cards_transport::airpay::Airpay;
use cards_transport::ibanera::Ibanera;
use cards_transport::paysafe::Paysafe;
use cards_transport::{BackendOptions, Error, Retry, Settings};
use conformance::server::{RawServer, Reaction};

use crate::common::clients::{AnyClient, Backend, Outcome};
use crate::common::fake::FakeClock;

pub(crate) const GET_CARDS: &str = r#"{"cards":[{"cardId":"c1","status":"ACTIVE"}],"meta":{"numberOfRecords":1,"limit":10,"offset":0,"page":1}}"#;

pub(crate) const REGISTERED: &str =
    r#"{"status":200,"message":"success","data":{"entity_id":"E1"}}"#;

pub(crate) const CUSTOMER: &str =
    r#"{"status":"1","errors":[],"details":{"customersId":7,"cards":[]}}"#;

pub(crate) fn list() -> ListPrepaidCards {
    ListPrepaidCards::new("12345678")
}

pub(crate) fn paysafe(url: &str) -> Paysafe {
    Paysafe::new(url.parse().unwrap()).token("fake-token")
}

pub(crate) fn airpay(url: &str) -> Airpay {
    Airpay::new(url.parse().unwrap(), "fake-secret-key").keys("fake-aff", "fake-processor-key")
}

pub(crate) fn ibanera(url: &str) -> Ibanera {
    let ibanera = Ibanera::new(url.parse().unwrap()).totp_base32("GEZDGNBVGY3TQOJQGEZDGNBV");
    ibanera.unwrap()
}

/// Makes one attempt, at the fixtures' noon.
pub(crate) fn once() -> Settings {
    FakeClock::new().settings().retry(Retry::never())
}

/// Makes up to so many attempts, without the waiting.
pub(crate) fn soon(attempts: u32) -> Settings {
    let retry = Retry::new(attempts).first_pause(Duration::from_millis(1));
    FakeClock::new().settings().retry(retry)
}

pub(crate) fn quick() -> BackendOptions {
    BackendOptions::new().read_timeout(Duration::from_millis(400))
}

/// Lists cards at a server that reacts so, with one attempt.
pub(crate) fn read_from<B: Backend>(
    reaction: Reaction,
    settings: Settings,
) -> Outcome<ListPrepaidCards> {
    let server = RawServer::playing([reaction]).unwrap();
    let client = B::client(paysafe(&server.url()), &quick(), settings);
    let outcome = client.send(&list());
    assert_eq!(server.received().len(), 1, "{}", B::NAME);
    outcome
}

pub(crate) fn failed<B: Backend>(reaction: Reaction) -> Error {
    read_from::<B>(reaction, once()).map(drop).unwrap_err()
}

/// A port on which nobody listens: no system gives it to a socket that asks for
/// any, so no other test can come to listen there.
pub(crate) const NOBODY: &str = "http://127.0.0.1:1";

/// Longer than [`RawServer`] stalls before it ends the connection: a limit that
/// is so long never is what ends a call.
pub(crate) const NEVER: Duration = Duration::from_secs(300);

/// The kind and every predicate that holds, in one line.
pub(crate) fn told(error: &Error) -> String {
    let mut line = format!("{:?}", error.kind());
    for (name, holds) in [
        ("invalid", error.is_invalid()),
        ("not sent", error.is_not_sent()),
        ("outcome unknown", error.is_outcome_unknown()),
        ("timeout", error.is_timeout()),
        ("connect", error.is_connect()),
        ("refused", error.is_refused()),
        ("unauthorized", error.is_unauthorized()),
    ] {
        line.extend(holds.then(|| format!(", {name}")));
    }
    line
}

#[track_caller]
pub(crate) fn is(error: &Error, expected: &str) {
    assert_eq!(told(error), expected, "{error:?}");
}

#[track_caller]
pub(crate) fn kept(error: &Error, status: u16, body: &str) {
    assert_eq!(error.status().unwrap(), status, "{error:?}");
    let raw = error.raw().unwrap();
    assert_eq!(String::from_utf8_lossy(raw.body()), body);
}
