//! `POST /_sandbox/airpay/password-resets`: a new password for the customer who was given a link. A
//! digest of the link's token is kept, for 30 minutes.

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::routing::on;
use cards_model::airpay::RegisterUser;
use cards_model::{Form as _, Method, ProviderId, Request as _, Secret};
use rusqlite::{OptionalExtension, Transaction, params};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::password;
use cards_sandbox_core::answer::Answer;
use cards_sandbox_core::app::App;
use cards_sandbox_core::control::input;
use cards_sandbox_core::endpoint::Endpoint;
use cards_sandbox_core::problem::{problem, store_trouble, wrong};
use cards_sandbox_core::store::StoreError;

pub(super) const RESET: Endpoint = Endpoint {
    method: Method::Post,
    path: "/_sandbox/airpay/password-resets",
    id: "reset-airpay-password",
    summary: "Sets a new password at Airpay, where the link for one leads",
    text: "As in `{\"token\":\"...\",\"password\":\"...\"}`, with the token of the link; the password keeps the rules of a registration. A token works once.",
    serve: |method| on(method, reset),
    describe: |document, operation| {
        operation
            .body(document.json::<Wanted>())
            .responds(200, document.reply::<Reset>("Whose password was set."))
            .responds(404, document.failure(NOT_FOUND))
    },
};

/// The end of a link's time.
const LIFETIME: i64 = 30 * 60;

const NOT_FOUND: &str = "no such token was given out, or its time is over, or it has been used";

/// The link's path and query. Under this name the journal keeps no token, even where it keeps values.
pub(super) fn path(token: &str) -> String {
    format!("{}?token={token}", RESET.path)
}

/// Makes a token for a customer, in the place of one of before.
pub(super) fn issue(
    transaction: &Transaction<'_>,
    entity_id: &str,
    now: i64,
) -> rusqlite::Result<String> {
    // 122 of these bits are random.
    let token = Uuid::new_v4().simple().to_string();
    transaction
        .prepare_cached("DELETE FROM airpay_password_reset WHERE entity_id = ?1")?
        .execute([entity_id])?;
    transaction
        .prepare_cached("DELETE FROM airpay_password_reset WHERE expires_at <= ?1")?
        .execute([now])?;
    transaction
        .prepare_cached("INSERT INTO airpay_password_reset VALUES (?1, ?2, ?3)")?
        .execute(params![
            digest(&token),
            entity_id,
            now.saturating_add(LIFETIME)
        ])?;
    Ok(token)
}

fn digest(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "AirpayPasswordWanted")]
struct Wanted {
    /// The token at the end of the link.
    #[schemars(with = "String")]
    token: Secret,
    /// The new password: 7 to 20 characters, and more rules than a schema tells.
    #[schemars(with = "String", length(min = 7, max = 20))]
    password: Secret,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "AirpayPasswordReset")]
struct Reset {
    /// The customer's id.
    entity_id: String,
}

async fn reset(State(app): State<App>, request: Request) -> Answer {
    let Wanted { token, password } = match input::json(&app, request).await {
        Ok(wanted) => wanted,
        Err(answer) => return answer,
    };
    let form = RegisterUser::from_fields([("password", password.expose())]);
    let violations = form.check(&app.rules(ProviderId::AIRPAY)).err();
    let mut broken = violations.iter().flatten();
    if let Some(broken) = broken.find(|broken| broken.field == "password") {
        return wrong("password", &broken.limit);
    }
    let hash = tokio::task::spawn_blocking(move || password::hash(password.expose())).await;
    let hash = match hash.unwrap_or(Err(StoreError::Gone)) {
        Ok(hash) => hash,
        Err(error) => return store_trouble(&error),
    };
    let now = app.now();
    let set = move |transaction: &Transaction<'_>| set(transaction, token.expose(), &hash, now);
    match app.store.write(set).await {
        Ok(Some(entity_id)) => Answer::accepted(&Reset { entity_id }),
        Ok(None) => problem(StatusCode::NOT_FOUND, NOT_FOUND.to_owned()),
        Err(error) => store_trouble(&error),
    }
}

/// Uses the token up and sets the hash. `None`: the token is not good.
fn set(
    transaction: &Transaction<'_>,
    token: &str,
    hash: &str,
    now: i64,
) -> Result<Option<String>, StoreError> {
    let sql = "DELETE FROM airpay_password_reset WHERE digest = ?1 AND expires_at > ?2
               RETURNING entity_id";
    let mut used = transaction.prepare_cached(sql)?;
    let used: Option<String> = used
        .query_row(params![digest(token), now], |row| row.get(0))
        .optional()?;
    if let Some(entity_id) = &used {
        transaction
            .prepare_cached("UPDATE airpay_customer SET password_hash = ?2 WHERE entity_id = ?1")?
            .execute([entity_id.as_str(), hash])?;
    }
    Ok(used)
}
