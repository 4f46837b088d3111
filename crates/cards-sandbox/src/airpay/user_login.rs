//! `POST /airpay/ms/cards/api/user-login`
//!
//! Airpay, Login. A token of 30 minutes for a customer's mobile number and
//! password. Numbers need not be unique: the newest customers who have it are
//! tried first, and no more than eight.

use cards_model::airpay::UserLogin;
use cards_model::{Provider, Rule};
use rusqlite::{Connection, Transaction};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};

use super::call::Handle;
use super::credentials::Credentials;
use super::{Refusal, password};
use crate::answer::UnmetRule;
use crate::app::App;
use crate::openapi::About;
use crate::store::{StoreError, tokens};

/// `data` of the success.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "AirpayToken")]
pub(crate) struct LoggedIn {
    /// For the header `token`.
    token: String,
}

impl Handle for UserLogin {
    const CREDENTIALS: Credentials = Credentials::Affiliate;

    const ABOUT: About = About {
        tag: "login",
        summary: "Get a token",
        text: "A token of 30 minutes for a customer's mobile number and password.",
        page: Some("https://docs.airpay.co.in/v4/prepaid-card/login/"),
    };

    type Data = LoggedIn;

    fn example() -> Value {
        json!({"token": "12w234"})
    }

    async fn carry_out(self, app: &App) -> Result<LoggedIn, Refusal> {
        let candidates = app
            .store
            .read(move |connection| {
                candidates(connection, self.mobile_no.expose()).map_err(Refusal::from)
            })
            .await?;
        let find = move || {
            let is_right = |(_, hash): &(_, String)| password::verify(self.password.expose(), hash);
            candidates.into_iter().find(is_right)
        };
        let found = tokio::task::spawn_blocking(find)
            .await
            .map_err(|_| StoreError::Gone)?;
        let Some((entity_id, hash)) = found else {
            return Err(nobody());
        };
        let (now, lifetime) = (app.now(), app.token_lifetime(Provider::Airpay));
        let token = app
            .store
            .write(move |transaction| issue(transaction, &entity_id, &hash, now, lifetime))
            .await?;
        Ok(LoggedIn { token })
    }
}

/// A token for whoever has the very password that was verified: meanwhile the
/// customer may have gone, or another come in the same place.
fn issue(
    transaction: &Transaction<'_>,
    entity_id: &str,
    hash: &str,
    now: i64,
    lifetime: u64,
) -> Result<String, Refusal> {
    let sql = "SELECT 1 FROM airpay_customer WHERE entity_id = ?1 AND password_hash = ?2";
    let is_there = transaction.prepare_cached(sql)?.exists([entity_id, hash])?;
    if !is_there {
        return Err(nobody());
    }
    let token = tokens::issue(transaction, Provider::Airpay, entity_id, now, lifetime)?;
    Ok(token)
}

fn nobody() -> Refusal {
    let why = "no customer has this mobile number and password";
    let unmet = UnmetRule::field("password", Rule::Allowed, "the customer's");
    Refusal::because(why).breaks(unmet)
}

/// Id and password hash of those who have the number.
fn candidates(connection: &Connection, mobile_no: &str) -> rusqlite::Result<Vec<(String, String)>> {
    connection
        .prepare_cached(
            "SELECT entity_id, password_hash FROM airpay_customer
             WHERE mobile_no = ?1 ORDER BY number DESC LIMIT 8",
        )?
        .query_map([mobile_no], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Harness, registration};
    use crate::world::airpay::{CUSTOMER, MOBILE_NO, PASSWORD, SECRET_KEY};

    const FAIL: &str = r#"{"status":400,"message":"fail"}"#;

    async fn log_in(sandbox: &Harness, mobile_no: &str, password: &str) -> String {
        let fields = [("mobile_no", mobile_no), ("password", password)];
        let reply = sandbox.airpay("user-login", &fields).await;
        assert_eq!(reply.status, 200);
        reply.body
    }

    fn token_of(body: &str) -> String {
        let start = r#"{"status":200,"message":"success","data":{"token":""#;
        let token = body
            .strip_prefix(start)
            .and_then(|rest| rest.strip_suffix("\"}}"));
        token.unwrap_or_else(|| panic!("{body}")).to_owned()
    }

    async fn update_with(sandbox: &Harness, token: &str) -> String {
        let sum = cards_sign::checksum([CUSTOMER], SECRET_KEY.as_bytes()).to_string();
        let headers = [("token", token), ("checksum", &*sum)];
        let fields = [("entity_id", CUSTOMER)];
        sandbox
            .airpay_with("update-customer", &headers, &fields)
            .await
            .body
    }

    #[tokio::test]
    async fn the_token_works_for_30_minutes() {
        let sandbox = Harness::new();
        let token = token_of(&log_in(&sandbox, MOBILE_NO, PASSWORD).await);
        assert_eq!(token.len(), 64);
        assert_ne!(
            token,
            token_of(&log_in(&sandbox, MOBILE_NO, PASSWORD).await)
        );

        sandbox.advance(30 * 60 - 1);
        assert!(update_with(&sandbox, &token).await.contains("success"));
        sandbox.advance(1);
        assert_eq!(update_with(&sandbox, &token).await, FAIL);
        assert_eq!(sandbox.why(), "the token has expired");
        sandbox.advance(2 * 86_400);
        log_in(&sandbox, MOBILE_NO, PASSWORD).await;
        assert_eq!(update_with(&sandbox, &token).await, FAIL);
        assert_eq!(
            sandbox.why(),
            "the token is unknown",
            "forgotten after a day"
        );
    }

    #[tokio::test]
    async fn a_registered_customer_logs_in_with_the_password_given_then() {
        let sandbox = Harness::new();
        sandbox
            .airpay("register-user", &registration(&[("mobile_no", MOBILE_NO)]))
            .await;
        token_of(&log_in(&sandbox, MOBILE_NO, "Quiet#Sea42").await);
        token_of(&log_in(&sandbox, MOBILE_NO, PASSWORD).await);
    }

    /// Does the write that follows a verified password. Gives whether it succeeded.
    async fn issued(sandbox: &Harness, verified: &(String, String)) -> bool {
        let (id, hash) = verified.clone();
        let issue = move |transaction: &Transaction<'_>| issue(transaction, &id, &hash, 0, 60);
        sandbox.app.store.write(issue).await.is_ok()
    }

    #[tokio::test]
    async fn whoever_goes_while_the_password_is_verified_is_not_logged_in() {
        let sandbox = Harness::new();
        let first = |connection: &Connection| -> Result<_, StoreError> {
            Ok(candidates(connection, MOBILE_NO)?.remove(0))
        };
        let verified = sandbox.app.store.read(first).await.unwrap();
        assert_eq!(verified.0, CUSTOMER);
        assert!(issued(&sandbox, &verified).await);

        // The same id and mobile number, another password.
        let world = format!(
            r#"{{"airpay":{{"customers":[{{"entity_id":"{CUSTOMER}","mobile_no":"{MOBILE_NO}"}}]}}}}"#
        );
        let reply = sandbox.control("PUT", "/_sandbox/world", &world).await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        assert!(!issued(&sandbox, &verified).await);

        let verified = sandbox.app.store.read(first).await.unwrap();
        assert!(issued(&sandbox, &verified).await);
        let path = format!("/_sandbox/world/airpay/customers/{CUSTOMER}");
        let reply = sandbox.control("DELETE", &path, "").await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        assert!(!issued(&sandbox, &verified).await);
    }

    #[tokio::test]
    async fn wrong_and_malformed_credentials_are_refused() {
        let sandbox = Harness::new();
        for (mobile_no, password) in [(MOBILE_NO, "PaSwd@1235"), ("9000000979", PASSWORD)] {
            assert_eq!(log_in(&sandbox, mobile_no, password).await, FAIL);
            assert_eq!(
                sandbox.why(),
                "no customer has this mobile number and password"
            );
        }
        assert_eq!(log_in(&sandbox, "98 76", "").await, FAIL);
        let broken: Vec<_> = sandbox
            .last()
            .violations
            .into_iter()
            .map(|v| v.field)
            .collect();
        assert_eq!(broken, ["mobile_no", "password"]);
    }
}
