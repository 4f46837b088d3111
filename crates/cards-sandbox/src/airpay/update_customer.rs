//! `POST /airpay/ms/cards/api/update-customer`
//!
//! Airpay, Update Customer. Changes what is given; what is absent or empty
//! stays as it is. The e-mail address must be nobody else's.

use cards_model::Personal;
use cards_model::airpay::UpdateCustomer;
use rusqlite::params;
use serde_json::{Value, json};

use super::call::Handle;
use super::credentials::Credentials;
use super::{Nothing, Refusal, customers};
use crate::app::App;
use crate::card_number;
use crate::openapi::About;
use crate::store::Fingerprints;

impl Handle for UpdateCustomer {
    const CREDENTIALS: Credentials = Credentials::Token;

    const ABOUT: About = About {
        tag: "customers",
        summary: "Change a customer",
        text: "Changes what is given and leaves the rest as it is; what is empty counts as not \
               given. The e-mail address must be nobody else's.",
        page: Some("https://docs.airpay.co.in/v4/prepaid-card/update-customer/"),
    };

    type Data = Nothing;

    fn example() -> Value {
        json!([])
    }

    async fn carry_out(self, app: &App) -> Result<Nothing, Refusal> {
        app.store
            .write(move |transaction| {
                let fingerprints = Fingerprints::of(transaction)?;
                let email_key = non_empty(self.email.as_ref()).and_then(|email| {
                    customers::email_key(email, |email| fingerprints.make(email))
                });
                if customers::is_email_taken(transaction, email_key.as_ref(), &self.entity_id)? {
                    return Err(Refusal::because("email: another customer has it")
                        .breaks(customers::EMAIL_IS_UNIQUE));
                }
                let changed = transaction
                    .prepare_cached(
                        "UPDATE airpay_customer SET
                            email = coalesce(?2, email),
                            email_key = CASE WHEN ?2 IS NULL THEN email_key ELSE ?3 END,
                            mobile_no = coalesce(?4, mobile_no),
                            address = coalesce(?5, address),
                            country = coalesce(?6, country),
                            city = coalesce(?7, city),
                            state = coalesce(?8, state),
                            pincode = coalesce(?9, pincode)
                         WHERE entity_id = ?1",
                    )?
                    .execute(params![
                        self.entity_id,
                        masked(self.email.as_ref()),
                        email_key,
                        masked(self.mobile_no.as_ref()),
                        masked(self.address.as_ref()),
                        masked(self.country.as_ref()),
                        masked(self.city.as_ref()),
                        masked(self.state.as_ref()),
                        masked(self.pincode.as_ref()),
                    ])?;
                if changed == 0 {
                    return Err(Refusal::because("entity_id: there is no such customer"));
                }
                Ok([])
            })
            .await
    }
}

fn non_empty(value: Option<&Personal>) -> Option<&str> {
    value.map(Personal::expose).filter(|text| !text.is_empty())
}

fn masked(value: Option<&Personal>) -> Option<String> {
    non_empty(value).map(card_number::masked)
}

#[cfg(test)]
mod tests {
    use crate::testing::{Harness, registration};
    use crate::world::airpay::CUSTOMER;

    const SUCCESS: &str = r#"{"status":200,"message":"success","data":[]}"#;
    const FAIL: &str = r#"{"status":400,"message":"fail"}"#;

    async fn column(sandbox: &Harness, column: &'static str) -> String {
        let sql = format!("SELECT {column} FROM airpay_customer WHERE entity_id = ?1");
        let read = move |connection: &rusqlite::Connection| {
            connection
                .query_row(&sql, [CUSTOMER], |row| row.get(0))
                .map_err(crate::store::StoreError::from)
        };
        sandbox.app.store.read(read).await.unwrap()
    }

    #[tokio::test]
    async fn what_is_given_changes_and_the_rest_stays() {
        let sandbox = Harness::new();
        let fields = [
            ("entity_id", CUSTOMER),
            ("city", "Sofia"),
            ("state", ""),
            ("country", "Bulgaria"),
        ];
        let reply = sandbox.airpay("update-customer", &fields).await;
        assert_eq!((reply.status.as_u16(), &*reply.body), (200, SUCCESS));
        assert_eq!(column(&sandbox, "city").await, "Sofia");
        assert_eq!(
            column(&sandbox, "state").await,
            "Kerala",
            "empty changes nothing"
        );
        assert_eq!(column(&sandbox, "pincode").await, "682308");
        assert_eq!(column(&sandbox, "email").await, "standing@sandbox.example");
    }

    #[tokio::test]
    async fn an_id_alone_is_a_success_that_changes_nothing() {
        let reply = Harness::new()
            .airpay("update-customer", &[("entity_id", CUSTOMER)])
            .await;
        assert_eq!(reply.body, SUCCESS);
    }

    #[tokio::test]
    async fn an_unknown_customer_is_refused() {
        let sandbox = Harness::new();
        let fields = [("entity_id", "AIRPAYCUST9999"), ("city", "Kochi")];
        let reply = sandbox.airpay("update-customer", &fields).await;
        assert_eq!((reply.status.as_u16(), &*reply.body), (200, FAIL));
        assert_eq!(sandbox.why(), "entity_id: there is no such customer");
    }

    #[tokio::test]
    async fn an_email_address_of_another_is_refused_and_ones_own_is_not() {
        let sandbox = Harness::new();
        sandbox.airpay("register-user", &registration(&[])).await;
        let taken = [("entity_id", CUSTOMER), ("email", "Asha@Example.com")];
        let reply = sandbox.airpay("update-customer", &taken).await;
        assert_eq!(reply.body, FAIL);
        assert_eq!(sandbox.why(), "email: another customer has it");
        let own = [
            ("entity_id", "AIRPAYCUST0002"),
            ("email", "asha@example.com"),
        ];
        assert_eq!(sandbox.airpay("update-customer", &own).await.body, SUCCESS);

        // An address that is given up is free again.
        let moved = [
            ("entity_id", "AIRPAYCUST0002"),
            ("email", "nair@example.com"),
        ];
        assert_eq!(
            sandbox.airpay("update-customer", &moved).await.body,
            SUCCESS
        );
        assert_eq!(
            sandbox.airpay("update-customer", &taken).await.body,
            SUCCESS
        );
    }

    #[tokio::test]
    async fn the_rules_of_the_table_are_applied() {
        let sandbox = Harness::new();
        let fields = [
            ("entity_id", CUSTOMER),
            ("email", "nobody"),
            ("address", "12, MG Road"),
            ("city", "New Delhi"),
            ("state", "Tamil Nadu"),
            ("pincode", "68230"),
        ];
        let reply = sandbox.airpay("update-customer", &fields).await;
        assert_eq!(reply.body, FAIL);
        let broken: Vec<_> = sandbox
            .last()
            .violations
            .into_iter()
            .map(|v| v.field)
            .collect();
        assert_eq!(broken, ["email", "address", "city", "state", "pincode"]);
    }
}
