//! Tells what a client needs to call the sandbox's Airpay.

use std::fmt;

use cards_model::Request as _;
use cards_model::airpay::{GenerateOtp, UserLogin};
use schemars::JsonSchema;
use serde::Serialize;

use crate::world::airpay::{
    AFFILIATE, CUSTOMER, MOBILE_NO, ONE_TIME_PASSWORD, PASSWORD, PROCESSOR_KEY, SECRET_KEY, TOKEN,
};

/// Holds what a client needs to call the Airpay of a sandbox: none of it is secret, and `Debug` shows no
/// credential all the same, as programs print their settings.
///
/// [`RunningWorld::airpay`](crate::RunningWorld::airpay) gives it.
#[derive(Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
#[schemars(
    rename = "AirpayCredentials",
    description = "What clients need to call it; none of it is secret."
)]
pub struct Client {
    /// The address that stands before `/airpay/ms/cards/api/...`, without a slash at the end.
    pub base_url: String,
    /// The header `affiliate`.
    pub affiliate: &'static str,
    /// The header `processor-key`.
    pub processor_key: &'static str,
    /// The key that a checksum ends with.
    pub secret_key: &'static str,
    /// A header `token` that never expires.
    pub token: &'static str,
    /// The one that every registration takes.
    pub one_time_password: &'static str,
    /// The path of `generate-otp`, of which no document tells one.
    pub generate_otp_path: &'static str,
    /// A customer who is there from the start.
    pub entity_id: &'static str,
    /// The mobile number that this customer logs in with.
    pub mobile_no: &'static str,
    /// The password that this customer logs in with.
    pub password: &'static str,
}

impl Client {
    pub(crate) fn at(origin: &str) -> Self {
        Self {
            base_url: origin.to_owned(),
            affiliate: AFFILIATE,
            processor_key: PROCESSOR_KEY,
            secret_key: SECRET_KEY,
            token: TOKEN,
            one_time_password: ONE_TIME_PASSWORD,
            generate_otp_path: GenerateOtp::OPERATION.path,
            entity_id: CUSTOMER,
            mobile_no: MOBILE_NO,
            password: PASSWORD,
        }
    }

    /// Gives a line for a shell that logs the customer in.
    pub(super) fn example(&self) -> String {
        let values = [self.mobile_no, self.password];
        let sum = cards_sign::checksum(values, self.secret_key.as_bytes());
        format!(
            "curl -sS '{}{}' -H 'affiliate: {}' -H 'processor-key: {}' -H 'checksum: {sum}' \
             --data-urlencode 'mobile_no={}' --data-urlencode 'password={}'",
            self.base_url,
            UserLogin::OPERATION.path,
            self.affiliate,
            self.processor_key,
            self.mobile_no,
            self.password,
        )
    }

    /// Gives the environment variables in which programs look for it.
    pub(super) fn env(&self) -> Vec<(&'static str, String)> {
        vec![
            ("CARDS_AIRPAY_BASE_URL", self.base_url.clone()),
            ("CARDS_AIRPAY_AFFILIATE", self.affiliate.to_owned()),
            ("CARDS_AIRPAY_PROCESSOR_KEY", self.processor_key.to_owned()),
            ("CARDS_AIRPAY_SECRET_KEY", self.secret_key.to_owned()),
            ("CARDS_AIRPAY_TOKEN", self.token.to_owned()),
            (
                "CARDS_AIRPAY_GENERATE_OTP_PATH",
                self.generate_otp_path.to_owned(),
            ),
        ]
    }
}

/// Shows the address alone.
impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AirpayClient")
            .field("base_url", &self.base_url)
            .finish_non_exhaustive()
    }
}
