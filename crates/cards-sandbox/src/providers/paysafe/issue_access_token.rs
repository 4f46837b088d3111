//! `POST /digitalwallets/v1/auth/brands/{brandIdentity}/token`
//!
//! Paysafe, Issue access token. A bearer token for a client's id and secret
//! (HTTP Basic, both parts percent-encoded).

use cards_model::paysafe::AccessToken;
use cards_model::{Operation, Rules};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;

use super::access::Access;
use super::call::Handle;
use super::error::{FieldError, UNKNOWN_ID, refused, refused_fields, store_trouble};
use super::settings::Paysafe;
use super::test_values::rows;
use crate::world::paysafe::BRAND;
use cards_model::ProviderId;
use cards_sandbox_core::answer::Answer;
use cards_sandbox_core::app::App;
use cards_sandbox_core::incoming::{Incoming, Takes};
use cards_sandbox_core::intake::Pairs;
use cards_sandbox_core::openapi::{About, Described, Document};
use cards_sandbox_core::store::{StoreError, tokens};
use cards_sandbox_core::test_values::TestValues;
use cards_sandbox_core::written::Written;

/// Asks for a token; the client and the grant are right.
pub(super) struct IssueAccessToken {
    brand: String,
}

/// The reply, without a refresh token: the page shows none for this grant.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "PaysafeToken")]
pub(super) struct Token {
    /// For `Authorization: Bearer`.
    access_token: String,
    /// Its lifetime in seconds.
    expires_in: u64,
    #[schemars(extend("const" = "Bearer"))]
    token_type: &'static str,
    scope: &'static str,
}

impl Handle for IssueAccessToken {
    const OPERATION: &'static Operation = AccessToken::OPERATION;
    const ACCESS: Access = Access::Client;
    const TAKES: Takes = Takes::Form;
    const ABOUT: About = About {
        tag: "login",
        summary: "Get a token",
        text: "A bearer token of 10 hours for a client's id and secret.",
        page: None,
    };
    const TEST_VALUES: TestValues = &[rows! {
        "brandIdentity" is "Basic realm=\"sandbox\"":
        "test-5276" => UNAUTHORIZED "5276" "The credentials are disabled.",
        "test-5277" => UNAUTHORIZED "5277" "The credentials are locked.",
        "test-5278" => UNAUTHORIZED "5278" "The credentials are rejected.",
        "test-5279" => UNAUTHORIZED "5279" "The credentials are invalid.",
        "test-5270" => FORBIDDEN "5270" "There is no permission.",
        "test-5269" => NOT_FOUND "5269" "The id in the path is unknown.",
        "test-1200" => TOO_MANY_REQUESTS "1200" "There are too many requests.",
        "test-1000" => INTERNAL_SERVER_ERROR "1000" "Internal Server Error.",
        "test-1001" => BAD_GATEWAY "1001" "A server behind this one failed.",
        "test-503" => SERVICE_UNAVAILABLE "DW-SERVICE-UNAVAILABLE" "Service Unavailable.",
    }];
    type Data = Token;

    fn describe(document: &mut Document, operation: Described) -> Described {
        let brand = "The brand that the client belongs to.";
        operation
            .with_path_parameter("brandIdentity", brand, &json!(BRAND))
            .body(json!({"application/x-www-form-urlencoded": {
                "schema": {
                    "type": "object",
                    "properties": {"grant_type": {
                        "type": "string",
                        "const": GRANT,
                        "description": "The only grant that the sandbox has; given once.",
                    }},
                    "required": ["grant_type"],
                },
                "example": {"grant_type": GRANT},
            }}))
            .responds(200, document.reply::<Token>("A token."))
            .issues(200, "bearer", "/access_token")
            .responds(
                400,
                document.failure(
                    "The grant is missing, repeated or none of the sandbox's; or malformed: \
                     another content type than the documented one, or percent-encoding that is \
                     none.",
                ),
            )
            .responds(404, document.failure("There is no such brand."))
    }

    fn read(incoming: &Incoming, _: &Rules) -> Result<Self, Answer> {
        verify_grant(incoming.form())?;
        let brand = incoming.parameter("brandIdentity").to_owned();
        Ok(Self { brand })
    }

    fn show(&self, see: &mut dyn FnMut(&str, &str)) {
        see("brandIdentity", &self.brand);
    }

    async fn carry_out(self, app: &App) -> Result<Written<Token>, Answer> {
        if self.brand != BRAND {
            return Err(refused(UNKNOWN_ID, "there is no such brand"));
        }
        let (now, lifetime) = (
            app.now(),
            app.providers.get::<Paysafe>().token_lifetime.as_secs(),
        );
        let access_token = app
            .store
            .write(move |transaction| {
                tokens::issue(transaction, ProviderId::PAYSAFE, BRAND, now, lifetime)
                    .map_err(StoreError::from)
            })
            .await
            .map_err(|error| store_trouble(&error))?;
        Ok(Written::of(&Token {
            access_token,
            expires_in: lifetime,
            token_type: "Bearer",
            scope: "whitelabelWallet",
        }))
    }
}

/// The one grant of the sandbox.
const GRANT: &str = "client_credentials";

fn verify_grant(form: &Pairs) -> Result<(), Answer> {
    let mut grants = form.iter().filter(|(name, _)| name == "grant_type");
    let error = match (grants.next(), grants.next()) {
        (Some((_, grant)), None) if grant == GRANT => return Ok(()),
        (Some((_, grant)), None) if !grant.is_empty() => {
            format!("{GRANT} is the only grant of the sandbox")
        }
        (Some(_), Some(_)) => "must be given once".to_owned(),
        _ => "must be given".to_owned(),
    };
    Err(refused_fields(&[FieldError {
        field: "grant_type",
        error,
    }]))
}

#[cfg(test)]
mod tests;
