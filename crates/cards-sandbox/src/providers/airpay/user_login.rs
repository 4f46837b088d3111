//! `POST /airpay/ms/cards/api/user-login`
//!
//! Airpay, Login. A token of 30 minutes for a customer's mobile number and
//! password. Numbers need not be unique: the newest customers who have it are
//! tried first, and no more than eight.

use cards_model::Rule;
use cards_model::airpay::UserLogin;
use rusqlite::{Connection, Transaction};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};

use super::access::Access;
use super::call::Handle;
use super::password;
use super::reply::Refusal;
use super::settings::Airpay;
use super::test_values::is;
use crate::world::airpay::PASSWORD;
use cards_model::ProviderId;
use cards_sandbox_core::answer::UnmetRule;
use cards_sandbox_core::app::App;
use cards_sandbox_core::openapi::{About, Described};
use cards_sandbox_core::store::{StoreError, tokens};
use cards_sandbox_core::test_values::TestValues;

/// `data` of the success.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "AirpayToken")]
pub(crate) struct LoggedIn {
    /// Token for the header `token`.
    token: String,
}

impl Handle for UserLogin {
    const ACCESS: Access = Access::Affiliate;
    const ABOUT: About = About {
        tag: "login",
        summary: "Get a token",
        text: "A token of 30 minutes for a customer's mobile number and password.",
        page: Some("https://docs.airpay.co.in/v4/prepaid-card/login/"),
    };
    const VALUES: &'static [(&'static str, &'static str)] = &[("password", PASSWORD)];
    const TEST_VALUES: TestValues = &[&[
        is(
            "mobile_no",
            "6000000401",
            "the password is not the customer's",
        ),
        is(
            "mobile_no",
            "6000000404",
            "no customer has this mobile number",
        ),
    ]];
    type Data = LoggedIn;

    fn example() -> Value {
        json!({"token": "12w234"})
    }

    fn describe(described: Described) -> Described {
        described.issues(200, "token", "/data/token")
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
        let (now, lifetime) = (
            app.now(),
            app.providers.get::<Airpay>().token_lifetime.as_secs(),
        );
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
    let token = tokens::issue(transaction, ProviderId::AIRPAY, entity_id, now, lifetime)?;
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
mod tests;
