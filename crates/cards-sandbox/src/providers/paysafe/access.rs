//! The credentials that a call carries, always in `Authorization`.

use axum::http::{HeaderMap, header};
use base64::prelude::{BASE64_STANDARD, Engine};
use percent_encoding::percent_decode_str;

use super::error::{
    CREDENTIALS_ABSENT, CREDENTIALS_INVALID, TOKEN_EXPIRED, Unauthorized, store_trouble,
    unauthorized,
};
use crate::world::paysafe::{CLIENT_ID, CLIENT_SECRET, TOKEN};
use cards_model::ProviderId;
use cards_sandbox_core::answer::Answer;
use cards_sandbox_core::app::App;
use cards_sandbox_core::bearer;
use cards_sandbox_core::intake::{self, HeaderValue, same};
use cards_sandbox_core::store::tokens::TokenState;

/// The credentials that an operation has to carry.
#[derive(Clone, Copy)]
pub(super) enum Access {
    /// A bearer token: the standing one, or one of `issue-access-token`.
    Bearer,
    /// The client's id and secret, both percent-encoded.
    Client,
}

impl Access {
    /// The challenge of a 401. For bearer tokens RFC 6750 has it; for a client RFC 7617 wants a
    /// realm, of which the provider says nothing.
    pub(super) const fn challenge(self) -> &'static str {
        match self {
            Self::Bearer => "Bearer",
            Self::Client => "Basic realm=\"sandbox\"",
        }
    }

    /// The scheme of the OpenAPI document.
    pub(super) const fn scheme(self) -> &'static str {
        match self {
            Self::Bearer => "bearer",
            Self::Client => "client",
        }
    }

    pub(super) async fn verify(self, app: &App, headers: &HeaderMap) -> Result<(), Answer> {
        match self {
            Self::Bearer => self.verify_token(app, headers).await,
            Self::Client => self.verify_client(headers),
        }
    }

    async fn verify_token(self, app: &App, headers: &HeaderMap) -> Result<(), Answer> {
        let given = match intake::header(headers, header::AUTHORIZATION.as_str()) {
            HeaderValue::Missing => {
                let why = "the header Authorization is missing";
                return self.refuse(CREDENTIALS_ABSENT, why);
            }
            HeaderValue::Unreadable(_) => {
                let why = "the header Authorization is sent twice or is no plain text";
                return self.refuse(CREDENTIALS_INVALID, why);
            }
            HeaderValue::Text(text) => text,
        };
        let Some(token) = intake::scheme(given, "Bearer") else {
            let why = "the header Authorization has to be: Bearer, a space, the token";
            return self.refuse(CREDENTIALS_INVALID, why);
        };
        match bearer::judge(app, ProviderId::PAYSAFE, &[TOKEN], token).await {
            Ok(TokenState::Valid) => Ok(()),
            Ok(TokenState::Expired) => self.refuse(TOKEN_EXPIRED, "the token has expired"),
            Ok(TokenState::Unknown) => self.refuse(CREDENTIALS_INVALID, "the token is unknown"),
            Err(error) => Err(store_trouble(&error)),
        }
    }

    fn verify_client(self, headers: &HeaderMap) -> Result<(), Answer> {
        let given = match intake::header(headers, header::AUTHORIZATION.as_str()) {
            HeaderValue::Text(given) => given,
            HeaderValue::Missing | HeaderValue::Unreadable(_) => {
                let why = "the header Authorization is missing, sent twice, or no plain text";
                return self.refuse(CREDENTIALS_ABSENT, why);
            }
        };
        let Some((id, secret)) = basic(given) else {
            let why = "the header Authorization has to be: Basic, a space, base64 of id:secret, \
                       both percent-encoded";
            return self.refuse(CREDENTIALS_INVALID, why);
        };
        // Both are compared, whatever the first gives.
        if same(&id, CLIENT_ID) & same(&secret, CLIENT_SECRET) {
            Ok(())
        } else {
            let why = "the client's id or secret is not the sandbox's";
            self.refuse(CREDENTIALS_INVALID, why)
        }
    }

    fn refuse(self, what: Unauthorized, why: &'static str) -> Result<(), Answer> {
        Err(unauthorized(what, self.challenge(), why))
    }
}

fn basic(authorization: &str) -> Option<(String, String)> {
    let encoded = intake::scheme(authorization, "Basic")?;
    let decoded = String::from_utf8(BASE64_STANDARD.decode(encoded).ok()?).ok()?;
    let (id, secret) = decoded.split_once(':')?;
    let text = |part: &str| percent_decode_str(part).decode_utf8().ok().map(Into::into);
    Some((text(id)?, text(secret)?))
}

#[cfg(test)]
mod tests;
