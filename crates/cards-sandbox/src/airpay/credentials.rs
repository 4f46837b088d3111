//! The headers that say who calls.

use axum::http::HeaderMap;
use cards_model::{Provider, Rule};

use super::Refusal;
use crate::answer::Broken;
use crate::app::App;
use crate::intake::{Given, header, same};
use crate::store::tokens::{self, TokenState};
use crate::world::airpay::{AFFILIATE, PLACEHOLDER, PROCESSOR_KEY, TOKEN};

/// Which headers a call has to carry (the documents' Header tables).
#[derive(Clone, Copy)]
pub(crate) enum Credentials {
    /// `affiliate` and `processor-key`.
    Affiliate,
    /// `token`: the standing one, or one from `user-login`. It speaks for every
    /// customer, as no document binds it to one.
    Token,
}

impl Credentials {
    pub(super) async fn verify(self, app: &App, headers: &HeaderMap) -> Result<(), Refusal> {
        match self {
            Self::Affiliate => {
                fixed(headers, "affiliate", AFFILIATE)?;
                fixed(headers, "processor-key", PROCESSOR_KEY)
            }
            Self::Token => match fixed(headers, "token", TOKEN) {
                Ok(()) => Ok(()),
                Err(refusal) => match header(headers, "token") {
                    Given::Text(token) => issued(app, token.to_owned()).await,
                    _ => Err(refusal),
                },
            },
        }
    }
}

fn fixed(headers: &HeaderMap, name: &'static str, expected: &str) -> Result<(), Refusal> {
    match header(headers, name) {
        Given::Missing => Err(Refusal::because(format!("the header {name} is missing"))
            .breaks(broken(name, Rule::Required, "must be given"))),
        Given::Unreadable(how) => Err(Refusal::because(format!("the header {name} is {how}"))
            .breaks(broken(name, Rule::Format, "one plain text"))),
        Given::Text(given) => {
            // Both are compared, whatever the first gives.
            if same(given, expected) | same(given, PLACEHOLDER) {
                Ok(())
            } else {
                let why = format!("the header {name} is not the sandbox's");
                Err(Refusal::because(why).breaks(broken(
                    name,
                    Rule::Allowed,
                    "as it was given out",
                )))
            }
        }
    }
}

/// A rule of the documents' Header tables.
pub(super) fn broken(name: &'static str, rule: Rule, limit: &'static str) -> Broken {
    Broken::at(name, format!("Header, {name}"), rule, limit)
}

async fn issued(app: &App, token: String) -> Result<(), Refusal> {
    let now = app.now();
    let state = app
        .store
        .read(move |connection| {
            tokens::state(connection, Provider::Airpay, &token, now).map_err(Refusal::from)
        })
        .await?;
    match state {
        TokenState::Valid => Ok(()),
        TokenState::Expired => Err(Refusal::because("the token has expired").breaks(broken(
            "token",
            Rule::Allowed,
            "a token that has not expired",
        ))),
        TokenState::Unknown => Err(Refusal::because("the token is unknown").breaks(broken(
            "token",
            Rule::Allowed,
            "a token that was given out",
        ))),
    }
}
