//! `POST /airpay/ms/cards/api/customer-preference`
//!
//! Airpay, Customer Preference. Sets whether a customer's card may be used in
//! one kind of place; in every kind where no type is given. Without a status
//! it changes nothing.

use cards_model::airpay::{Channel, CustomerPreference};
use rusqlite::params;
use serde_json::{Value, json};

use super::call::Handle;
use super::credentials::Credentials;
use super::{Nothing, Refusal, customers};
use crate::app::App;
use crate::openapi::About;

impl Handle for CustomerPreference {
    const CREDENTIALS: Credentials = Credentials::Token;

    const ABOUT: About = About {
        tag: "customers",
        summary: "Allow or forbid uses of a card",
        text: "Sets whether a customer's card may be used in one kind of place. Without a type the \
               sandbox sets it for every kind, without a status it changes nothing.",
        page: None,
    };

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
mod tests {
    use crate::testing::Harness;
    use crate::world::airpay::CUSTOMER;

    const SUCCESS: &str = r#"{"status":200,"message":"success","data":[]}"#;
    const FAIL: &str = r#"{"status":400,"message":"fail"}"#;

    async fn preferences(sandbox: &Harness) -> String {
        let world = sandbox.get("/_sandbox/world", &[]).await.body;
        let world: serde_json::Value = serde_json::from_str(&world).unwrap();
        world["airpay"]["customers"][1]["preferences"].to_string()
    }

    #[tokio::test]
    async fn one_kind_of_place_is_set_and_set_again() {
        let sandbox = Harness::new();
        for status in ["ALLOWED", "NOTALLOWED"] {
            let fields = [("entity_id", CUSTOMER), ("status", status), ("type", "ATM")];
            let reply = sandbox.airpay("customer-preference", &fields).await;
            assert_eq!((reply.status.as_u16(), &*reply.body), (200, SUCCESS));
            assert_eq!(
                preferences(&sandbox).await,
                format!(r#"{{"ATM":"{status}"}}"#)
            );
        }
    }

    #[tokio::test]
    async fn without_a_type_every_kind_is_set_and_without_a_status_none() {
        let sandbox = Harness::new();
        let fields = [("entity_id", CUSTOMER), ("type", "POS")];
        assert_eq!(
            sandbox.airpay("customer-preference", &fields).await.body,
            SUCCESS
        );
        assert_eq!(preferences(&sandbox).await, "{}");
        let fields = [
            ("entity_id", CUSTOMER),
            ("status", "NOTALLOWED"),
            ("type", ""),
        ];
        assert_eq!(
            sandbox.airpay("customer-preference", &fields).await.body,
            SUCCESS
        );
        assert_eq!(
            preferences(&sandbox).await,
            r#"{"ATM":"NOTALLOWED","CONTACTLESS":"NOTALLOWED","ECOM":"NOTALLOWED","POS":"NOTALLOWED"}"#
        );
    }

    #[tokio::test]
    async fn an_unknown_customer_and_unlisted_values_are_refused() {
        let sandbox = Harness::new();
        let fields = [
            ("entity_id", "nobody"),
            ("status", "ALLOWED"),
            ("type", "ATM"),
        ];
        assert_eq!(
            sandbox.airpay("customer-preference", &fields).await.body,
            FAIL
        );
        assert_eq!(sandbox.why(), "entity_id: there is no such customer");

        let fields = [
            ("entity_id", CUSTOMER),
            ("status", "allowed"),
            ("type", "WEB"),
        ];
        assert_eq!(
            sandbox.airpay("customer-preference", &fields).await.body,
            FAIL
        );
        let broken: Vec<_> = sandbox
            .last()
            .violations
            .into_iter()
            .map(|v| v.field)
            .collect();
        assert_eq!(broken, ["status", "type"]);
    }
}
