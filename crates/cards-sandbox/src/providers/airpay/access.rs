//! The headers that say who calls.

use axum::http::HeaderMap;
use cards_model::Rule;

use super::reply::Refusal;
use super::settings::Airpay;
use crate::world::airpay::{AFFILIATE, PLACEHOLDER, PROCESSOR_KEY, TOKEN};
use cards_model::ProviderId;
use cards_sandbox_core::answer::UnmetRule;
use cards_sandbox_core::app::App;
use cards_sandbox_core::bearer;
use cards_sandbox_core::intake::{HeaderValue, header, same};
use cards_sandbox_core::store::tokens::TokenState;

/// The headers that a call has to carry (the documents' Header tables).
#[derive(Clone, Copy)]
pub(super) enum Access {
    /// `affiliate` and `processor-key`.
    Affiliate,
    /// `token`: the standing one, or one from `user-login`. It speaks for every
    /// customer, as no document binds it to one, unless tokens are set to be bound.
    Token,
}

impl Access {
    /// The schemes of the OpenAPI document, that of the checksum among them.
    pub(super) const fn schemes(self) -> &'static [&'static str] {
        match self {
            Self::Affiliate => &["affiliate", "processorKey", "checksum"],
            Self::Token => &["token", "checksum"],
        }
    }

    pub(super) async fn verify(self, app: &App, headers: &HeaderMap) -> Result<(), Refusal> {
        match self {
            Self::Affiliate => {
                fixed(headers, "affiliate", AFFILIATE)?;
                fixed(headers, "processor-key", PROCESSOR_KEY)
            }
            Self::Token => {
                let token = text(headers, "token")?;
                let standing = [TOKEN, PLACEHOLDER];
                match bearer::judge(app, ProviderId::AIRPAY, &standing, token).await? {
                    TokenState::Valid => Ok(()),
                    TokenState::Expired => Err(Refusal::because("the token has expired").breaks(
                        unmet_header("token", Rule::Allowed, "a token that has not expired"),
                    )),
                    TokenState::Unknown => Err(Refusal::because("the token is unknown").breaks(
                        unmet_header("token", Rule::Allowed, "a token that was given out"),
                    )),
                }
            }
        }
    }

    /// Refuses a token that another customer than that of the form logged in for, where tokens
    /// are bound.
    pub(super) async fn speaks_for(
        self,
        app: &App,
        headers: &HeaderMap,
        fields: &[(&str, &str)],
    ) -> Result<(), Refusal> {
        let is_bound = app.providers.get::<Airpay>().bound_tokens;
        if !is_bound || matches!(self, Self::Affiliate) {
            return Ok(());
        }
        let token = text(headers, "token")?;
        let subject = bearer::subject(app, ProviderId::AIRPAY, token).await?;
        // The last of a field counts that comes twice.
        let named = fields.iter().rev().find(|(name, _)| *name == "entity_id");
        match (subject, named) {
            (Some(subject), Some((_, id))) if subject != *id => {
                let unmet = unmet_header("token", Rule::Consistency, "the customer's own");
                Err(Refusal::because("the token is another customer's").breaks(unmet))
            }
            _ => Ok(()),
        }
    }
}

fn fixed(headers: &HeaderMap, name: &'static str, expected: &str) -> Result<(), Refusal> {
    let given = text(headers, name)?;
    // Both are compared, whatever the first gives.
    if same(given, expected) | same(given, PLACEHOLDER) {
        return Ok(());
    }
    let why = format!("the header {name} is not the sandbox's");
    Err(Refusal::because(why).breaks(unmet_header(name, Rule::Allowed, "as it was given out")))
}

/// The text of a header that has to be there, once.
fn text<'a>(headers: &'a HeaderMap, name: &'static str) -> Result<&'a str, Refusal> {
    match header(headers, name) {
        HeaderValue::Text(text) => Ok(text),
        HeaderValue::Missing => Err(Refusal::because(format!("the header {name} is missing"))
            .breaks(unmet_header(name, Rule::Required, "must be given"))),
        HeaderValue::Unreadable(how) => Err(Refusal::because(format!(
            "the header {name} is {how}"
        ))
        .breaks(unmet_header(name, Rule::Format, "one plain text"))),
    }
}

/// A rule of the documents' Header tables.
pub(super) fn unmet_header(name: &'static str, rule: Rule, limit: &'static str) -> UnmetRule {
    UnmetRule::at(name, format!("Header, {name}"), rule, limit)
}
