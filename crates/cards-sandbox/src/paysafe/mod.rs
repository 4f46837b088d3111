//! Paysafe: a customer's cards as JSON, page by page, behind bearer tokens.
//!
//! The documented path is served by itself and below the public prefix
//! `/digitalwallets/v1`.

mod access;
mod call;
mod card;
mod change;
mod error;
mod issue_access_token;
mod lifecycle;
mod list_prepaid_cards;
mod openapi;
mod seed;
pub(crate) mod world_file;

use axum::http::StatusCode;
use cards_model::paysafe::ListPrepaidCards;

use self::access::Access;
use self::issue_access_token::IssueAccessToken;
use crate::answer::{Answer, Rejection};
use crate::journal::Documented;
use crate::provider::{Provider, ProviderId};
use crate::served::Served;

#[cfg(test)]
pub(crate) use card::stored_as_listed;
pub(crate) use card::{Card, Customer as WorldCustomer, Shown, World, world};
pub(crate) use change::{NotChanged, act, put_status};
use error::{failure, rejected};
pub(crate) use openapi::document;
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

    fn fail(&self, status: StatusCode) -> Answer {
        failure(status, Access::Bearer)
    }
}

pub(crate) const OPERATIONS: &[Served] = &[
    call::served::<ListPrepaidCards>(),
    call::served::<IssueAccessToken>(),
];
