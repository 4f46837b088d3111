//! Tells what a client needs to call the sandbox's Ibanera.

use std::fmt;

use cards_model::Request as _;
use cards_model::ibanera::CardsByCustomer;
use schemars::JsonSchema;
use serde::Serialize;

use super::one_time_password;
use crate::world::ibanera::{
    CUSTOMER, PASSWORD, SAMPLE_AUTHORIZATION, SAMPLE_OTP, TOKEN, TOTP_SECRET, USERNAME,
    WEBHOOK_SECRET,
};

/// Holds what a client needs to call the Ibanera of a sandbox: none of it is secret, and `Debug` shows no
/// credential all the same, as programs print their settings.
///
/// [`RunningWorld::ibanera`](crate::RunningWorld::ibanera) gives it.
#[derive(Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
#[schemars(
    rename = "IbaneraCredentials",
    description = "What clients need to call it; none of it is secret."
)]
pub struct Client {
    /// The address that stands before `/api/v1/...`, without a slash at the end.
    pub base_url: String,
    /// The user who logs in.
    pub username: &'static str,
    /// The password of this user.
    pub password: &'static str,
    /// The secret of this user's one-time passwords, in base32.
    pub totp_secret: &'static str,
    /// A bearer token that never expires.
    pub token: &'static str,
    /// The secret that the hashes of events are made with.
    pub webhook_secret: &'static str,
    /// The code of now; none before 1970.
    pub otp: Option<String>,
    /// The seconds for which this code is still of now.
    pub otp_seconds_left: Option<u64>,
    /// A customer who is there from the start.
    pub customers_id: i64,
}

impl Client {
    pub(crate) fn at(origin: &str, now: i64) -> Self {
        let (otp, otp_seconds_left) = one_time_password::current(now).unzip();
        Self {
            base_url: origin.to_owned(),
            username: USERNAME,
            password: PASSWORD,
            totp_secret: TOTP_SECRET,
            token: TOKEN,
            webhook_secret: WEBHOOK_SECRET,
            otp,
            otp_seconds_left,
            customers_id: CUSTOMER,
        }
    }

    /// Gives a line for a shell that lists a customer's cards with the headers that the document
    /// prints: a one-time password would be of no use half a minute later.
    pub(super) fn example(&self) -> String {
        let path = CardsByCustomer::OPERATION.path;
        format!(
            "curl -sS '{}{path}?customersId={}' -H 'Authorization: {SAMPLE_AUTHORIZATION}' \
             -H 'otp: {SAMPLE_OTP}'",
            self.base_url, self.customers_id,
        )
    }

    /// Gives the environment variables in which programs look for it.
    pub(super) fn env(&self) -> Vec<(&'static str, String)> {
        vec![
            ("CARDS_IBANERA_BASE_URL", self.base_url.clone()),
            ("CARDS_IBANERA_USERNAME", self.username.to_owned()),
            ("CARDS_IBANERA_PASSWORD", self.password.to_owned()),
            ("CARDS_IBANERA_TOTP_SECRET", self.totp_secret.to_owned()),
            ("CARDS_IBANERA_TOKEN", self.token.to_owned()),
            (
                "CARDS_IBANERA_WEBHOOK_SECRET",
                self.webhook_secret.to_owned(),
            ),
        ]
    }
}

/// Shows the address alone.
impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IbaneraClient")
            .field("base_url", &self.base_url)
            .finish_non_exhaustive()
    }
}
