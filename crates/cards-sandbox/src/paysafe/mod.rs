//! Paysafe: a customer's cards as JSON, page by page, behind bearer tokens.
//!
//! The documented path is served by itself and below the public prefix
//! `/digitalwallets/v1`.

mod access;
mod card;
mod change;
mod error;
mod issue_access_token;
mod lifecycle;
mod list_prepaid_cards;
mod seed;
pub(crate) mod world_file;

use axum::Router;
use axum::http::StatusCode;
use cards_model::paysafe::{AccessToken, ListPrepaidCards};
use cards_model::{Operation, Request};

use crate::answer::{Answer, Rejection};
use crate::app::App;
use crate::journal::Documented;
use crate::provider::{Provider, ProviderId};

#[cfg(test)]
pub(crate) use card::stored_as_listed;
pub(crate) use card::{Card, Customer as WorldCustomer, Shown, World, world};
pub(crate) use change::{NotChanged, act, put_status};
pub(crate) use error::{BASIC, BEARER, ErrorBody as Error};
use error::{failure, rejected};
pub(crate) use issue_access_token::{GRANT, Token};
pub(crate) use list_prepaid_cards::Page;
pub(crate) use seed::seed;

const DOCUMENTED: Documented = Documented {
    headers: &["Authorization", "Content-Type"],
    fields: &["grant_type"],
};
/// The provider, as the engine has it.
pub(crate) struct Paysafe {}

impl Provider for Paysafe {
    fn id(&self) -> ProviderId {
        ProviderId::new("paysafe")
    }

    fn prefixes(&self) -> &'static [&'static str] {
        &["/customers", "/digitalwallets"]
    }

    fn documented(&self) -> Documented {
        DOCUMENTED
    }

    fn reject(&self, rejection: Rejection) -> Answer {
        rejected(rejection)
    }

    fn fail(&self, status: StatusCode, operation: Option<&'static Operation>) -> Answer {
        failure(status, operation)
    }
}

pub(crate) const OPERATIONS: &[&Operation] = &[ListPrepaidCards::OPERATION, AccessToken::OPERATION];

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .merge(list_prepaid_cards::routes())
        .merge(issue_access_token::routes())
}
