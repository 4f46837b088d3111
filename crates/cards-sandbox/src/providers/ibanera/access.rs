//! `Authorization: Bearer` and `otp`: the two headers of every call but login.

use axum::http::{HeaderMap, header};
use cards_model::Rule;

use super::envelope::{ErrorItem, Refusal};
use super::one_time_password;
use super::settings::{Ibanera, IbaneraAuthorization, OneTimePasswords};
use crate::world::ibanera::{SAMPLE_AUTHORIZATION, SAMPLE_OTP, TOKEN};
use cards_model::ProviderId;
use cards_sandbox_core::answer::UnmetRule;
use cards_sandbox_core::app::App;
use cards_sandbox_core::bearer;
use cards_sandbox_core::intake::{self, HeaderValue};
use cards_sandbox_core::store::StoreError;
use cards_sandbox_core::store::tokens::TokenState;

const AUTHORIZATION: &str = "Authorization";
const OTP: &str = "otp";

/// The credentials that an operation has to carry.
#[derive(Clone, Copy)]
pub(super) enum Access {
    /// None but those in its body.
    Open,
    /// `Authorization: Bearer` and `otp`.
    Headers,
}

impl Access {
    /// The schemes of the OpenAPI document.
    pub(super) const fn schemes(self) -> &'static [&'static str] {
        match self {
            Self::Open => &[],
            Self::Headers => &["bearer", "otp"],
        }
    }

    pub(super) async fn verify(self, app: &App, headers: &HeaderMap) -> Result<(), Refusal> {
        match self {
            Self::Open => Ok(()),
            Self::Headers => verify(app, headers).await,
        }
    }
}

async fn verify(app: &App, headers: &HeaderMap) -> Result<(), Refusal> {
    let authorization = value(headers, header::AUTHORIZATION.as_str(), AUTHORIZATION)?;
    let otp = value(headers, OTP, OTP)?;
    if authorization == SAMPLE_AUTHORIZATION && otp == SAMPLE_OTP {
        return Ok(());
    }
    verify_token(app, token_in(app, authorization)?).await?;
    let refused = |why: &str| {
        let unmet = unmet_header(OTP, Rule::Allowed, "a code of now");
        Refusal::unauthorized(ErrorItem::invalid(OTP), why).breaks([unmet])
    };
    let Some(step) = one_time_password::step_of(otp, app.now()) else {
        let why = "the header otp holds no code of the last, this or the next 30 seconds";
        return Err(refused(why));
    };
    if app.providers.get::<Ibanera>().one_time_passwords == OneTimePasswords::Reusable {
        return Ok(());
    }
    let now = app.now();
    let is_first = app
        .store
        .write(move |transaction| {
            one_time_password::use_up(transaction, step, now).map_err(StoreError::from)
        })
        .await?;
    if is_first {
        Ok(())
    } else {
        Err(refused(one_time_password::USED_UP))
    }
}

/// The token in the header, as the sandbox is set to take it.
fn token_in<'a>(app: &App, authorization: &'a str) -> Result<&'a str, Refusal> {
    let bearer = intake::scheme(authorization, "Bearer");
    let (token, why, limit) = match app.providers.get::<Ibanera>().authorization {
        IbaneraAuthorization::Bearer => (
            bearer,
            "the header Authorization has to be: Bearer, a space, the token",
            "Bearer, a space, the token",
        ),
        IbaneraAuthorization::Bare => (
            bearer.is_none().then_some(authorization),
            "this sandbox is set to take the token alone in the header Authorization, without Bearer",
            "the token alone",
        ),
    };
    token.ok_or_else(|| {
        let unmet = unmet_header(AUTHORIZATION, Rule::Format, limit);
        Refusal::unauthorized(ErrorItem::invalid(AUTHORIZATION), why).breaks([unmet])
    })
}

fn value<'a>(headers: &'a HeaderMap, name: &str, shown: &'static str) -> Result<&'a str, Refusal> {
    match intake::header(headers, name) {
        HeaderValue::Text(text) => Ok(text),
        HeaderValue::Missing => Err(Refusal::unauthorized(
            ErrorItem::required(shown),
            format!("the header {shown} is missing"),
        )
        .breaks([unmet_header(shown, Rule::Required, "must be given")])),
        HeaderValue::Unreadable(how) => Err(Refusal::unauthorized(
            ErrorItem::invalid(shown),
            format!("the header {shown} is {how}"),
        )
        .breaks([unmet_header(shown, Rule::Format, "one plain text")])),
    }
}

async fn verify_token(app: &App, token: &str) -> Result<(), Refusal> {
    let state = bearer::judge(app, ProviderId::IBANERA, &[TOKEN], token).await?;
    let why = match state {
        TokenState::Valid => return Ok(()),
        TokenState::Expired => "the token has expired",
        TokenState::Unknown => "the token is unknown",
    };
    let error = ErrorItem::invalid(AUTHORIZATION);
    let unmet = unmet_header(AUTHORIZATION, Rule::Allowed, "a token that has not expired");
    Err(Refusal::unauthorized(error, why).breaks([unmet]))
}

/// A header that the documents state by their request examples alone.
fn unmet_header(name: &'static str, rule: Rule, limit: &'static str) -> UnmetRule {
    UnmetRule::at(name, format!("request example, {name}"), rule, limit)
}

#[cfg(test)]
mod tests;
