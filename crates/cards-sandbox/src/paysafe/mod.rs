//! Paysafe: a customer's cards as JSON, page by page, behind bearer tokens.
//!
//! The documented path is served by itself and below the public prefix
//! `/digitalwallets/v1`.

mod access;
mod card;
mod error;
mod issue_access_token;
mod list_prepaid_cards;
mod seed;

use axum::Router;

use crate::app::App;

pub(crate) use card::{World, world};
pub(crate) use error::{ErrorBody as Error, fault};
pub(crate) use issue_access_token::{GRANT, Token};
pub(crate) use list_prepaid_cards::Page;
pub(crate) use seed::seed;

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .merge(list_prepaid_cards::routes())
        .merge(issue_access_token::routes())
}
