//! `POST /airpay/ms/cards/api/customer-preference`
//!
//! Airpay, Customer Preference. Sets whether a customer's card may be used in
//! one kind of place; in every kind where no type is given. Without a status
//! it changes nothing.

use cards_model::airpay::{Channel, CustomerPreference};
use rusqlite::params;
use serde_json::{Value, json};

use super::access::Access;
use super::call::Handle;
use super::customers;
use super::reply::{Nothing, Refusal};
use super::test_values::BY_CUSTOMER;
use cards_sandbox_core::app::App;
use cards_sandbox_core::openapi::About;
use cards_sandbox_core::test_values::TestValues;

impl Handle for CustomerPreference {
    const ACCESS: Access = Access::Token;
    const ABOUT: About = About {
        tag: "customers",
        summary: "Allow or forbid uses of a card",
        text: "Sets whether a customer's card may be used in one kind of place. Without a type the \
               sandbox sets it for every kind, without a status it changes nothing.",
        page: None,
    };
    const TEST_VALUES: TestValues = &[BY_CUSTOMER];
    type Data = Nothing;

    fn example() -> Value {
        json!([])
    }

    async fn carry_out(self, app: &App) -> Result<Nothing, Refusal> {
        app.store
            .write(move |transaction| {
                if !customers::exists(transaction, &self.entity_id)? {
                    return Err(Refusal::because("entity_id: there is no such customer"));
                }
                // An empty value is no value: the rules let nothing unlisted pass but it.
                let status = self.status.as_ref().filter(|status| status.is_known());
                let channel = self.channel.as_ref().filter(|channel| channel.is_known());
                let channels = channel.map_or(Channel::ALL, std::slice::from_ref);
                if let Some(status) = status {
                    let mut set = transaction.prepare_cached(
                        "INSERT INTO airpay_preference (entity_id, type, status)
                         VALUES (?1, ?2, ?3)
                         ON CONFLICT (entity_id, type) DO UPDATE SET status = excluded.status",
                    )?;
                    for channel in channels {
                        set.execute(params![self.entity_id, channel.as_str(), status.as_str()])?;
                    }
                }
                Ok([])
            })
            .await
    }
}

#[cfg(test)]
mod tests;
