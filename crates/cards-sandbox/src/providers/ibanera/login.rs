//! `POST /api/v1/public/auth/login`
//!
//! Ibanera, Authentication and authorization. An access token of an hour for
//! user name, password and one-time password. The page knows the answers 200
//! and 400, so a wrong password is a 400 too.

use cards_model::ibanera::Login;
use cards_model::{Operation, Rules};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::access::Access;
use super::call::Handle;
use super::envelope::{ErrorItem, Refusal};
use super::one_time_password;
use super::settings::{Ibanera, OneTimePasswords};
use super::test_values::row;
use crate::world::ibanera::{PASSWORD, USERNAME};
use cards_model::ProviderId;
use cards_sandbox_core::app::App;
use cards_sandbox_core::incoming::{Incoming, Takes};
use cards_sandbox_core::intake::{self, same};
use cards_sandbox_core::openapi::{About, Described, Document};
use cards_sandbox_core::store::{StoreError, tokens};
use cards_sandbox_core::test_values::TestValues;
use cards_sandbox_core::written::Written;

/// The reply, with the keys of the page's example.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "IbaneraLoggedIn")]
pub(super) struct Reply {
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

impl Handle for Login {
    const OPERATION: &'static Operation = Login::OPERATION;
    const ACCESS: Access = Access::Open;
    const TAKES: Takes = Takes::Json(intake::JSON);
    const ABOUT: About = About {
        tag: "login",
        summary: "Get a token",
        text: "A bearer token of an hour for user name, password and a one-time password. The \
               provider's page shows the answers 200 and 400 only, so that wrong credentials are \
               a 400 too. Its other content type, \
               `application/json-patch+json`, is taken as `application/json` is.",
        page: None,
    };
    const TEST_VALUES: TestValues = &[&[
        row!(
            "username" = "test-incorrect", BAD_REQUEST "username" "Username_Or_Password_Incorrect",
            "the user name or the password is wrong"
        ),
        row!(
            "username" = "test-not-verified", BAD_REQUEST "username" "Account_Not_Verified",
            "the account may not use the API"
        ),
        row!(
            "username" = "test-locked", BAD_REQUEST "username" "Account_Locked",
            "there were too many failures, for 10 minutes"
        ),
        row!(
            "username" = "test-suppressed", BAD_REQUEST "username" "Account_Suppressed",
            "the account is inactive"
        ),
        row!(
            "otp" = "9401", BAD_REQUEST "otp" "Invalid",
            "the one-time password is wrong"
        )
        .assuming("the code, as the page has none for a wrong one-time password"),
    ]];
    type Reply = Reply;

    fn describe(document: &mut Document, operation: Described) -> Described {
        let text = || json!({"type": "string", "minLength": 1});
        let properties: Map<String, Value> = FIELDS
            .iter()
            .map(|name| ((*name).to_owned(), text()))
            .collect();
        // One content type, as generators of clients make a method of one; the text names the other.
        let content = json!({"application/json": {
            "schema": {"type": "object", "properties": properties, "required": FIELDS},
            "example": {"username": USERNAME, "password": PASSWORD, "otp": "123456"},
        }});
        operation
            .body(content)
            .responds(200, document.reply::<Reply>("A token."))
            .issues(200, "bearer", "/details/accessToken")
            .responds(
                400,
                document.failure(
                    "A text is missing, or the credentials are wrong. Or malformed: no JSON \
                     object, or another content type than the documented ones.",
                ),
            )
    }

    fn read(incoming: &Incoming, _: &Rules) -> Result<Self, Refusal> {
        let [username, password, otp] = fields(incoming.json())?;
        Ok(Self {
            username: username.into(),
            password: password.into(),
            otp: otp.into(),
        })
    }

    fn show(&self, see: &mut dyn FnMut(&str, &str)) {
        see("username", self.username.expose());
        see("otp", self.otp.expose());
    }

    async fn carry_out(self, app: &App) -> Result<Written<Reply>, Refusal> {
        // Both are compared, whatever the first gives.
        if !(same(self.username.expose(), USERNAME) & same(self.password.expose(), PASSWORD)) {
            let error = ErrorItem::new("username", "Username_Or_Password_Incorrect");
            let why = "the user name or the password is not the sandbox's";
            return Err(Refusal::invalid(vec![error], why));
        }
        let refused = |why: &str| Refusal::invalid(vec![ErrorItem::invalid("otp")], why);
        let Some(step) = one_time_password::step_of(self.otp.expose(), app.now()) else {
            let why = "otp is no code of the last, this or the next 30 seconds";
            return Err(refused(why));
        };
        let settings = app.providers.get::<Ibanera>();
        let is_single_use = settings.one_time_passwords == OneTimePasswords::SingleUse;
        let (now, lifetime) = (app.now(), settings.token_lifetime.as_secs());
        let access_token = app
            .store
            .write(move |transaction| {
                if is_single_use
                    && !one_time_password::use_up(transaction, step, now)
                        .map_err(StoreError::from)?
                {
                    return Err(refused(one_time_password::USED_UP));
                }
                tokens::issue(transaction, ProviderId::IBANERA, USERNAME, now, lifetime)
                    .map_err(|error| StoreError::from(error).into())
            })
            .await?;
        Ok(Written::of(&Reply {
            id: 0,
            details: Details {
                access_token,
                expires_in: lifetime,
            },
            status: "1",
            errors: [],
        }))
    }
}

/// The names of the body's texts.
const FIELDS: [&str; 3] = ["username", "password", "otp"];

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
mod tests;
