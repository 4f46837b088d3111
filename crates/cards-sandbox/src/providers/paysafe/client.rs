//! Tells what a client needs to call the sandbox's Paysafe.

use std::fmt;

use cards_model::Request as _;
use cards_model::paysafe::ListPrepaidCards;
use schemars::JsonSchema;
use serde::Serialize;

use crate::world::paysafe::{
    BRAND, CLIENT_ID, CLIENT_SECRET, CUSTOMER, CUSTOMER_WITH_MANY, PREFIX, SIGNATURE_KEY, TOKEN,
};

/// Holds what a client needs to call the Paysafe of a sandbox: none of it is secret, and `Debug` shows no
/// credential all the same, as programs print their settings.
///
/// [`RunningWorld::paysafe`](crate::RunningWorld::paysafe) gives it.
#[derive(Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
#[schemars(
    rename = "PaysafeCredentials",
    description = "What clients need to call it; none of it is secret."
)]
pub struct Client {
    /// The address that stands before `/customers/...` and `/auth/...`, without a slash at the end.
    pub base_url: String,
    /// The brand in the path of the token call.
    pub brand: &'static str,
    /// The client that asks for tokens.
    pub client_id: &'static str,
    /// The secret of this client.
    pub client_secret: &'static str,
    /// A bearer token that never expires.
    pub token: &'static str,
    /// The key that events are signed with, in base64.
    pub webhook_key: &'static str,
    /// A customer with cards in every state, and one with many.
    pub customer_ids: [&'static str; 2],
}

impl Client {
    pub(crate) fn at(origin: &str) -> Self {
        Self {
            base_url: format!("{origin}{}", PREFIX),
            brand: BRAND,
            client_id: CLIENT_ID,
            client_secret: CLIENT_SECRET,
            token: TOKEN,
            webhook_key: SIGNATURE_KEY,
            customer_ids: [CUSTOMER, CUSTOMER_WITH_MANY],
        }
    }

    /// Gives a line for a shell that lists the cards of the first customer.
    pub(super) fn example(&self) -> String {
        let path = ListPrepaidCards::OPERATION
            .path
            .replace("{customerId}", CUSTOMER);
        let (url, token) = (&self.base_url, self.token);
        format!("curl -sS '{url}{path}' -H 'Authorization: Bearer {token}'")
    }

    /// Gives the environment variables in which programs look for it.
    pub(super) fn env(&self) -> Vec<(&'static str, String)> {
        vec![
            ("CARDS_PAYSAFE_BASE_URL", self.base_url.clone()),
            ("CARDS_PAYSAFE_BRAND", self.brand.to_owned()),
            ("CARDS_PAYSAFE_CLIENT_ID", self.client_id.to_owned()),
            ("CARDS_PAYSAFE_CLIENT_SECRET", self.client_secret.to_owned()),
            ("CARDS_PAYSAFE_TOKEN", self.token.to_owned()),
            ("CARDS_PAYSAFE_WEBHOOK_KEY", self.webhook_key.to_owned()),
        ]
    }
}

/// Shows the address alone.
impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PaysafeClient")
            .field("base_url", &self.base_url)
            .finish_non_exhaustive()
    }
}
