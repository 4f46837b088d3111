//! Providers, a valid registration, and replies that are good.

use cards_transport::airpay::Airpay;
use cards_transport::ibanera::Ibanera;
use cards_transport::model::Form;
use cards_transport::model::airpay::RegisterUser;
use cards_transport::paysafe::Paysafe;

use crate::script::{Outcome, response};

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

pub(crate) fn registration() -> RegisterUser {
    let form = [
        ("mobile_no", "9000000513"),
        ("kit_no", "100000001200"),
        ("card_type", "V"),
        ("card_no", "4622940000003713"),
        ("card_expiry", "01/30"),
        ("first_name", "Prasanth"),
        ("last_name", "Kumar"),
        ("title", "Mr"),
        ("gender", "M"),
        ("dob", "1989-11-09"),
        ("email", "xyz@airpay.co.in"),
        ("address", "Kochi"),
        ("city", "Ernakulam"),
        ("state", "Kerala"),
        ("pincode", "689673"),
        ("doc_type", "AADHAAR"),
        ("doc_number", "59048961234"),
        ("doc_expiry", "2031-12-31"),
        ("doc_country_issue", "India"),
        ("otp", "1234"),
        ("password", "PaSwd@1234"),
    ];
    Form::from_fields(form)
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
