//! `POST /api/v1/public/auth/login`
//!
//! Ibanera, Authentication and authorization. An access token of an hour for
//! user name, password and one-time password. The page knows the answers 200
//! and 400, so a wrong password is a 400 too.

use axum::Router;
use axum::extract::{Request, State};
use axum::routing::post;
use cards_model::Provider;
use cards_model::ibanera::Login;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::envelope::{ErrorItem, Refusal, rejected};
use super::one_time_password;
use crate::answer::Answer;
use crate::app::App;
use crate::builder::OneTimePasswords;
use crate::intake::{self, same};
use crate::store::{StoreError, tokens};
use crate::world::ibanera::{PASSWORD, USERNAME};

pub(super) fn routes() -> Router<App> {
    Router::new().route(Login::OPERATION.path, post(handle))
}

/// The reply, with the keys of the page's example.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "IbaneraLoggedIn")]
pub(crate) struct Reply {
    /// Not used.
    id: i64,
    details: Details,
    #[schemars(extend("const" = "1"))]
    status: &'static str,
    errors: [ErrorItem; 0],
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "IbaneraToken")]
struct Details {
    /// For `Authorization: Bearer`.
    access_token: String,
    /// Its lifetime in seconds.
    expires_in: u64,
}

async fn handle(State(app): State<App>, request: Request) -> Answer {
    let (parts, body) = request.into_parts();
    let answer = match intake::json(&parts.headers, body, app.config.limits).await {
        Ok(body) => match log_in(&app, &body).await {
            Ok(reply) => Answer::accepted(&reply),
            Err(refusal) => refusal.into(),
        },
        Err(rejection) => rejected(rejection),
    };
    answer.of(Login::OPERATION)
}

async fn log_in(app: &App, body: &[u8]) -> Result<Reply, Refusal> {
    let [username, password, otp] = fields(body)?;
    // Both are compared, whatever the first gives.
    if !(same(&username, USERNAME) & same(&password, PASSWORD)) {
        let error = ErrorItem::new("username", "Username_Or_Password_Incorrect");
        let why = "the user name or the password is not the sandbox's";
        return Err(Refusal::invalid(vec![error], why));
    }
    let refused = |why: &str| Refusal::invalid(vec![ErrorItem::invalid("otp")], why);
    let Some(step) = one_time_password::step_of(&otp, app.now()) else {
        let why = "otp is no code of the last, this or the next 30 seconds";
        return Err(refused(why));
    };
    let is_single_use = app.config.one_time_passwords == OneTimePasswords::SingleUse;
    let (now, lifetime) = (app.now(), app.token_lifetime(Provider::Ibanera));
    let access_token = app
        .store
        .write(move |transaction| {
            if is_single_use
                && !one_time_password::use_up(transaction, step, now).map_err(StoreError::from)?
            {
                return Err(refused(one_time_password::USED_UP));
            }
            tokens::issue(transaction, Provider::Ibanera, USERNAME, now, lifetime)
                .map_err(|error| StoreError::from(error).into())
        })
        .await?;
    Ok(Reply {
        id: 0,
        details: Details {
            access_token,
            expires_in: lifetime,
        },
        status: "1",
        errors: [],
    })
}

/// The names of the body's texts.
pub(crate) const FIELDS: [&str; 3] = ["username", "password", "otp"];

/// The three texts of the body, or all that is wrong with them.
fn fields(body: &[u8]) -> Result<[String; 3], Refusal> {
    let Ok(Value::Object(object)) = serde_json::from_slice(body) else {
        let error = ErrorItem::invalid("request");
        return Err(Refusal::invalid(vec![error], "the body is no JSON object"));
    };
    let mut errors = Vec::new();
    let texts = FIELDS.map(|name| match object.get(name) {
        Some(Value::String(text)) if !text.is_empty() => text.clone(),
        None | Some(Value::Null | Value::String(_)) => {
            errors.push(ErrorItem::required(name));
            String::new()
        }
        Some(_) => {
            errors.push(ErrorItem::invalid(name));
            String::new()
        }
    });
    if errors.is_empty() {
        Ok(texts)
    } else {
        Err(Refusal::invalid(
            errors,
            "username, password and otp are needed, as text",
        ))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::ibanera::testing::otp;
    use crate::testing::{Harness, Reply};

    const PATH: &str = "/api/v1/public/auth/login";
    const JSON: (&str, &str) = ("content-type", "application/json");

    async fn log_in(sandbox: &Harness, body: &Value) -> Reply {
        sandbox.post(PATH, &[JSON], &body.to_string()).await
    }

    fn right(sandbox: &Harness) -> Value {
        json!({"username": "sandbox", "password": "Sandbox@1234", "otp": otp(sandbox)})
    }

    fn failure(errors: &str) -> String {
        format!(r#"{{"status":"0","errors":[{errors}],"id":0,"details":null}}"#)
    }

    #[tokio::test]
    async fn the_token_works_for_an_hour() {
        let sandbox = Harness::new();
        let reply = log_in(&sandbox, &right(&sandbox)).await;
        assert_eq!(reply.status, 200);
        let body: Value = serde_json::from_str(&reply.body).unwrap();
        let token = body["details"]["accessToken"].as_str().unwrap();
        assert_eq!(
            reply.body.replace(token, "T"),
            r#"{"id":0,"details":{"accessToken":"T","expiresIn":3600},"status":"1","errors":[]}"#
        );
        let bearer = format!("Bearer {token}");
        for (seconds, status) in [(3599, 200), (1, 401)] {
            sandbox.advance(seconds);
            let headers = [("authorization", &*bearer), ("otp", &otp(&sandbox))];
            let target = "/api/v1/customer/cards/byuser/list";
            assert_eq!(sandbox.get(target, &headers).await.status, status);
        }
        assert_eq!(sandbox.why(), "the token has expired");
    }

    #[tokio::test]
    async fn the_pages_own_content_type_is_taken_and_no_other() {
        let sandbox = Harness::new();
        let body = right(&sandbox).to_string();
        for (content_type, status) in [
            ("application/json-patch+json", 200),
            ("application/json; charset=utf-8", 200),
            ("application/x-www-form-urlencoded", 400),
            ("text/json", 400),
        ] {
            let headers = [("content-type", content_type)];
            assert_eq!(sandbox.post(PATH, &headers, &body).await.status, status);
        }
        assert_eq!(sandbox.post(PATH, &[], &body).await.status, 400);
    }

    #[tokio::test]
    async fn wrong_credentials() {
        let sandbox = Harness::new();
        for (field, value, error) in [
            (
                "username",
                "other",
                r#"{"fieldName":"username","messageCode":"Username_Or_Password_Incorrect"}"#,
            ),
            (
                "password",
                "other",
                r#"{"fieldName":"username","messageCode":"Username_Or_Password_Incorrect"}"#,
            ),
            (
                "otp",
                "000000",
                r#"{"fieldName":"otp","messageCode":"Invalid"}"#,
            ),
        ] {
            let mut body = right(&sandbox);
            body[field] = value.into();
            let reply = log_in(&sandbox, &body).await;
            assert_eq!((reply.status.as_u16(), reply.body), (400, failure(error)));
        }
    }

    #[tokio::test]
    async fn fields_that_are_missing_or_no_text() {
        let sandbox = Harness::new();
        let required = r#"{"fieldName":"username","messageCode":"Required"},{"fieldName":"password","messageCode":"Required"},{"fieldName":"otp","messageCode":"Required"}"#;
        for body in [
            json!({}),
            json!({"username": null, "password": "", "Otp": "1"}),
        ] {
            let reply = log_in(&sandbox, &body).await;
            assert_eq!(
                (reply.status.as_u16(), reply.body),
                (400, failure(required))
            );
        }
        let mut body = right(&sandbox);
        body["otp"] = 123_456.into();
        let invalid = r#"{"fieldName":"otp","messageCode":"Invalid"}"#;
        assert_eq!(log_in(&sandbox, &body).await.body, failure(invalid));
    }

    #[tokio::test]
    async fn what_is_no_json_object() {
        let sandbox = Harness::new();
        let deep = "[".repeat(60_000);
        for body in ["", "{", "[]", "null", "{\"username\":\"\\ud800\"}", &deep] {
            let reply = sandbox.post(PATH, &[JSON], body).await;
            let error = r#"{"fieldName":"request","messageCode":"Invalid"}"#;
            assert_eq!((reply.status.as_u16(), reply.body), (400, failure(error)));
        }
    }
}
