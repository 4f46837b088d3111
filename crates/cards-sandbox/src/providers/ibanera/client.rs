//! Tells what a client needs to call the sandbox's Ibanera.

use schemars::JsonSchema;
use serde::Serialize;

use super::one_time_password;
use crate::world::ibanera::{CUSTOMER, PASSWORD, TOKEN, TOTP_SECRET, USERNAME};

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "IbaneraCredentials")]
pub(super) struct Client {
    base_url: String,
    username: &'static str,
    password: &'static str,
    totp_secret: &'static str,
    token: &'static str,
    /// The code of now; none before 1970.
    otp: Option<String>,
    otp_seconds_left: Option<u64>,
    customers_id: i64,
}

impl Client {
    pub(super) fn at(origin: &str, now: i64) -> Self {
        let (otp, otp_seconds_left) = one_time_password::current(now).unzip();
        Self {
            base_url: origin.to_owned(),
            username: USERNAME,
            password: PASSWORD,
            totp_secret: TOTP_SECRET,
            token: TOKEN,
            otp,
            otp_seconds_left,
            customers_id: CUSTOMER,
        }
    }

    /// Gives the environment variables in which programs look for it.
    pub(super) fn env(&self) -> Vec<(&'static str, String)> {
        vec![
            ("CARDS_IBANERA_BASE_URL", self.base_url.clone()),
            ("CARDS_IBANERA_USERNAME", self.username.to_owned()),
            ("CARDS_IBANERA_PASSWORD", self.password.to_owned()),
            ("CARDS_IBANERA_TOTP_SECRET", self.totp_secret.to_owned()),
            ("CARDS_IBANERA_TOKEN", self.token.to_owned()),
        ]
    }
}
