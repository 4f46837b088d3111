//! The bearer token that every call but the token's own carries.

use axum::http::{HeaderMap, header};
use cards_model::Provider;

use super::error::{
    BEARER, CREDENTIALS_ABSENT, CREDENTIALS_INVALID, TOKEN_EXPIRED, store_trouble, unauthorized,
};
use crate::answer::Answer;
use crate::app::App;
use crate::intake::{self, Given, same};
use crate::store::StoreError;
use crate::store::tokens::{self, TokenState};
use crate::world::paysafe::TOKEN;

pub(super) async fn verify(app: &App, headers: &HeaderMap) -> Result<(), Answer> {
    let given = match intake::header(headers, header::AUTHORIZATION.as_str()) {
        Given::Missing => {
            let why = "the header Authorization is missing";
            return Err(unauthorized(CREDENTIALS_ABSENT, BEARER, why));
        }
        Given::Unreadable(_) => {
            let why = "the header Authorization is sent twice or is no plain text";
            return Err(unauthorized(CREDENTIALS_INVALID, BEARER, why));
        }
        Given::Text(text) => text,
    };
    let Some(token) = intake::scheme(given, "Bearer") else {
        let why = "the header Authorization has to be: Bearer, a space, the token";
        return Err(unauthorized(CREDENTIALS_INVALID, BEARER, why));
    };
    if same(token, TOKEN) {
        return Ok(());
    }
    let (token, now) = (token.to_owned(), app.now());
    let state = app
        .store
        .read(move |connection| {
            tokens::state(connection, Provider::Paysafe, &token, now).map_err(StoreError::from)
        })
        .await;
    match state {
        Ok(TokenState::Valid) => Ok(()),
        Ok(TokenState::Expired) => {
            Err(unauthorized(TOKEN_EXPIRED, BEARER, "the token has expired"))
        }
        Ok(TokenState::Unknown) => Err(unauthorized(
            CREDENTIALS_INVALID,
            BEARER,
            "the token is unknown",
        )),
        Err(error) => Err(store_trouble(&error)),
    }
}
