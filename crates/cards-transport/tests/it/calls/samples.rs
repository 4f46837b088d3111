//! Providers, a valid registration, and replies that are good.

use cards_transport::airpay::Airpay;
use cards_transport::ibanera::Ibanera;
use cards_transport::model::airpay::RegisterUser;
use cards_transport::paysafe::Paysafe;

use crate::calls::script::{Outcome, response};

pub(crate) fn airpay() -> Airpay {
    Airpay::new("http://localhost:1".parse().unwrap(), "fake-secret").token("fake-token")
}

pub(crate) fn paysafe() -> Paysafe {
    Paysafe::new("http://localhost:1/v1".parse().unwrap()).token("fake-old")
}

pub(crate) fn ibanera() -> Ibanera {
    let base = "http://localhost:1".parse().unwrap();
    Ibanera::new(base)
        .token("fake")
        .totp_base32("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")
        .unwrap()
}

/// Reads the registration of the fixtures.
pub(crate) fn registration() -> RegisterUser {
    let input =
        include_str!("../../../../../conformance/fixtures/airpay/register-user/valid/input.json");
    serde_json::from_str(input).unwrap()
}

pub(crate) const ACKNOWLEDGED: fn() -> Outcome =
    || response(200, r#"{"status":200,"message":"success","data":[]}"#);
pub(crate) const NO_CARDS: fn() -> Outcome = || response(200, r#"{"cards":[],"meta":{}}"#);

pub(crate) const ONE_CUSTOMER: fn() -> Outcome = || {
    response(
        200,
        r#"{"status":"1","errors":[],"id":0,"details":{"customersId":11057}}"#,
    )
};
