//! Tells what a client needs to call the sandbox's Paysafe.

use schemars::JsonSchema;
use serde::Serialize;

use crate::world::paysafe::{
    BRAND, CLIENT_ID, CLIENT_SECRET, CUSTOMER, CUSTOMER_WITH_MANY, PREFIX, TOKEN,
};

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "PaysafeCredentials")]
pub(super) struct Client {
    base_url: String,
    brand: &'static str,
    client_id: &'static str,
    client_secret: &'static str,
    token: &'static str,
    customer_ids: [&'static str; 2],
}

impl Client {
    pub(super) fn at(origin: &str) -> Self {
        Self {
            base_url: format!("{origin}{}", PREFIX),
            brand: BRAND,
            client_id: CLIENT_ID,
            client_secret: CLIENT_SECRET,
            token: TOKEN,
            customer_ids: [CUSTOMER, CUSTOMER_WITH_MANY],
        }
    }

    /// Gives the environment variables in which programs look for it.
    pub(super) fn env(&self) -> Vec<(&'static str, String)> {
        vec![
            ("CARDS_PAYSAFE_BASE_URL", self.base_url.clone()),
            ("CARDS_PAYSAFE_BRAND", self.brand.to_owned()),
            ("CARDS_PAYSAFE_CLIENT_ID", self.client_id.to_owned()),
            ("CARDS_PAYSAFE_CLIENT_SECRET", self.client_secret.to_owned()),
            ("CARDS_PAYSAFE_TOKEN", self.token.to_owned()),
        ]
    }
}
