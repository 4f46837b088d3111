//! `POST /airpay/ms/cards/api/user-login`
//!
//! Airpay, Login. A token of 30 minutes for a customer's mobile number and
//! password. Numbers need not be unique: the newest customers who have it are
//! tried first. Each password takes as long to try as it is meant to, so that no more
//! than eight are; customers who have theirs by one hash, as a world file gives it, are
//! one to try.

use cards_model::Rule;
use cards_model::airpay::UserLogin;
use rusqlite::{Connection, Transaction, params};
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
        text: "A token of 30 minutes for a customer's mobile number and password. Of several \
               customers who have the number, the newest whose password it is gets it. The \
               sandbox tries eight passwords, from the newest customer's on: somebody before \
               them is refused, and the journal says so.",
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
        let (candidates, is_cut_off) = app
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
            return Err(nobody(is_cut_off));
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
        return Err(nobody(false));
    }
    let token = tokens::issue(transaction, ProviderId::AIRPAY, entity_id, now, lifetime)?;
    Ok(token)
}

/// Refuses a customer who was not found; with `is_cut_off` others have the number who were not tried.
fn nobody(is_cut_off: bool) -> Refusal {
    let why = match is_cut_off {
        false => "no customer has this mobile number and password",
        true => {
            "none of the newest customers with this mobile number has this password, and no more \
             than 8 passwords are tried"
        }
    };
    let unmet = UnmetRule::field("password", Rule::Allowed, "the customer's");
    Refusal::because(why).breaks(unmet)
}

/// The most passwords that are tried: each takes tens of milliseconds of a processor. The texts of the
/// operation and of a refusal name the number.
const MOST_TRIED: u8 = 8;

/// The most customers with one number that are looked at.
const MOST_LOOKED_AT: u16 = 256;

/// Gives id and password hash of those who have the number, the newest of each hash, the newest first,
/// and tells whether there may be others.
fn candidates(
    connection: &Connection,
    mobile_no: &str,
) -> rusqlite::Result<(Vec<(String, String)>, bool)> {
    let sql = "SELECT entity_id, password_hash FROM airpay_customer
        WHERE mobile_no = ?1 ORDER BY number DESC LIMIT ?2";
    let mut customers = connection.prepare_cached(sql)?;
    let mut rows = customers.query(params![mobile_no, MOST_LOOKED_AT + 1])?;
    let (mut found, mut looked_at) = (Vec::<(String, String)>::new(), 0);
    while let Some(row) = rows.next()? {
        looked_at += 1;
        if looked_at > MOST_LOOKED_AT {
            return Ok((found, true));
        }
        let hash = row.get(1)?;
        if found.iter().any(|(_, known)| *known == hash) {
            continue;
        }
        if found.len() == usize::from(MOST_TRIED) {
            return Ok((found, true));
        }
        found.push((row.get(0)?, hash));
    }
    Ok((found, false))
}

#[cfg(test)]
mod tests;
