//! Tells what a client needs to call the sandbox's Airpay.

use schemars::JsonSchema;
use serde::Serialize;

use crate::world::airpay::{
    AFFILIATE, CUSTOMER, MOBILE_NO, ONE_TIME_PASSWORD, PASSWORD, PROCESSOR_KEY, SECRET_KEY, TOKEN,
};

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "AirpayCredentials")]
pub(super) struct Client {
    base_url: String,
    affiliate: &'static str,
    processor_key: &'static str,
    secret_key: &'static str,
    token: &'static str,
    /// The one that every registration takes.
    one_time_password: &'static str,
    entity_id: &'static str,
    mobile_no: &'static str,
    password: &'static str,
}

impl Client {
    pub(super) fn at(origin: &str) -> Self {
        Self {
            base_url: origin.to_owned(),
            affiliate: AFFILIATE,
            processor_key: PROCESSOR_KEY,
            secret_key: SECRET_KEY,
            token: TOKEN,
            one_time_password: ONE_TIME_PASSWORD,
            entity_id: CUSTOMER,
            mobile_no: MOBILE_NO,
            password: PASSWORD,
        }
    }

    /// Gives the environment variables in which programs look for it.
    pub(super) fn env(&self) -> Vec<(&'static str, String)> {
        vec![
            ("CARDS_AIRPAY_BASE_URL", self.base_url.clone()),
            ("CARDS_AIRPAY_AFFILIATE", self.affiliate.to_owned()),
            ("CARDS_AIRPAY_PROCESSOR_KEY", self.processor_key.to_owned()),
            ("CARDS_AIRPAY_SECRET_KEY", self.secret_key.to_owned()),
            ("CARDS_AIRPAY_TOKEN", self.token.to_owned()),
        ]
    }
}
