//! Ibanera's one-time codes: given, remembered from run to run, refused.

mod flags;
mod runs;
mod state_file;

use conformance::server::RawServer;
use conformance::wire::WireRequest;

pub(crate) use runs::a_long_step;

use super::cards;

const CALL: &[&str] = &["ibanera", "cards-by-customer", "--customers-id=5"];

const ONE_CUSTOMER: &str = r#"{"status":"1","errors":[],"details":{"customersId":5,"cards":[]}}"#;

/// A call with a token and a shared secret, to be answered by `server`.
fn call_at(server: &RawServer, call: &[&str]) -> assert_cmd::Command {
    let mut command = cards(call);
    command
        .env("CARDS_IBANERA_BASE_URL", server.url())
        .env("CARDS_IBANERA_TOKEN", "fake-token")
        .env(
            "CARDS_IBANERA_TOTP_SECRET",
            "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ",
        );
    command
}

/// The one-time code of a request: a login has it in its body.
fn code(request: &WireRequest) -> String {
    if let Some(code) = request.header("otp") {
        return code.to_owned();
    }
    let body: serde_json::Value = serde_json::from_slice(&request.body).unwrap();
    body["otp"].as_str().unwrap().to_owned()
}

/// The one-time codes that came so far.
fn codes(server: &RawServer) -> Vec<String> {
    let received = server.received().into_iter();
    received
        .map(|request| code(&request.request().unwrap()))
        .collect()
}
