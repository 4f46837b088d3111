//! Holds what the suites share: every operation by its name, both clients behind one trait, a
//! transport without a network, and a clock that moves when told.

#![allow(
    dead_code,
    unused_imports,
    unused_macros,
    reason = "each suite uses its own part of this"
)]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "this is test code, outside of `#[test]` functions"
)]

pub(crate) mod clients;
pub(crate) mod fake;
pub(crate) mod operations;
pub(crate) mod process;
pub(crate) mod sandbox;

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use cards_model::airpay::RegisterUser;
use cards_model::{Date, Rules, Violations};
use conformance::fixture::{self, Case};
use conformance::wire::WireRequest;
use http::{HeaderName, HeaderValue};
use sha2::{Digest as _, Sha256};

/// 2026-11-21, the day of `fixtures/world.toml`, at noon.
pub(crate) const NOON: u64 = 1_795_262_400;

/// The time of day is that of no other test; the code for it is fixed.
pub(crate) fn noon() -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(NOON)
}

/// The rules as of the fixtures' day.
pub(crate) fn rules() -> Rules {
    let today: Date = fixture::world().unwrap().today.parse().unwrap();
    assert_eq!(today, Date::from_unix_seconds(NOON as i64));
    Rules::on(today)
}

/// Every fixture, or the reason why they cannot be read.
pub(crate) fn cases() -> Vec<Case> {
    fixture::all().unwrap_or_else(|error| panic!("{error}"))
}

/// Finds one fixture by its id.
pub(crate) fn case(id: &str) -> Case {
    let mut cases = cases();
    let at = cases.iter().position(|case| case.id() == id);
    cases.swap_remove(at.unwrap_or_else(|| panic!("no fixture {id}")))
}

const REGISTRATION: &str = include_str!("../../fixtures/airpay/register-user/valid/input.json");

/// A registration that breaks no rule.
pub(crate) fn registration() -> RegisterUser {
    serde_json::from_str(REGISTRATION).unwrap()
}

/// `field rule`, as fixtures write it.
pub(crate) fn named(checked: &Result<(), Violations>) -> Vec<String> {
    let violations = checked.as_ref().err().into_iter().flatten();
    let named = violations.map(|one| format!("{} {}", one.field, one.rule));
    named.collect()
}

/// The normal form of the fixtures: what changes from run to run is replaced.
pub(crate) fn normal(request: &WireRequest) -> String {
    let version = concat!("cards-transport/", env!("CARGO_PKG_VERSION"));
    assert_eq!(request.header("user-agent"), Some(version));
    request.normal(&[
        ("host", "<host>"),
        ("otp", "<otp>"),
        ("user-agent", "cards-transport/<version>"),
    ])
}

/// A request that the core built, as it would stand on the wire.
pub(crate) fn on_the_wire(request: &http::Request<bytes::Bytes>) -> WireRequest {
    let uri = request.uri();
    let target = uri.path_and_query().map_or("/", |target| target.as_str());
    let header = |(name, value): (&HeaderName, &HeaderValue)| {
        (name.to_string(), value.to_str().unwrap().to_owned())
    };
    let mut headers: Vec<_> = request.headers().iter().map(header).collect();
    headers.push(("host".into(), uri.authority().unwrap().to_string()));
    if !request.body().is_empty() {
        let length = request.body().len().to_string();
        headers.push(("content-length".into(), length));
    }
    let method = request.method().to_string();
    WireRequest::new(method, target, headers, request.body().to_vec())
}

/// The digest of a text, which is what a server makes of the values of a form
/// and the secret: an implementation of our own.
pub(crate) fn hex(text: &str) -> String {
    let digest = Sha256::digest(text);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}
