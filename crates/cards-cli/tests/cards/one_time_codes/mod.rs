//! Ibanera's one-time codes: given, remembered from run to run, refused.

mod flags;

use conformance::server::RawServer;

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

/// The one-time codes that came so far.
fn codes(server: &RawServer) -> Vec<String> {
    let received = server.received().into_iter();
    let code = |request: conformance::server::Captured| {
        let request = request.request().unwrap();
        request.header("otp").unwrap().to_owned()
    };
    received.map(code).collect()
}
