//! Judging a token that came with a call, whatever header it came in.

use cards_model::ProviderId;

use crate::engine::app::App;
use crate::engine::intake::same;
use crate::engine::store::StoreError;
use crate::engine::store::tokens::{self, TokenState};

/// Tells whether a token is one of the provider's standing ones, or one that a login brought.
pub async fn judge(
    app: &App,
    provider: ProviderId,
    standing: &[&str],
    token: &str,
) -> Result<TokenState, StoreError> {
    // All are compared, whatever the first gives.
    let is_standing = |found, one: &&str| found | same(token, one);
    if standing.iter().fold(false, is_standing) {
        return Ok(TokenState::Valid);
    }
    let (token, now) = (token.to_owned(), app.now());
    let state = move |connection: &rusqlite::Connection| {
        tokens::state(connection, provider, &token, now).map_err(StoreError::from)
    };
    app.store.read(state).await
}

/// Tells whom a token was given out to by a login. `None` for a standing one, and for one that
/// is unknown.
pub async fn subject(
    app: &App,
    provider: ProviderId,
    token: &str,
) -> Result<Option<String>, StoreError> {
    let token = token.to_owned();
    let subject = move |connection: &rusqlite::Connection| {
        tokens::subject(connection, provider, &token).map_err(StoreError::from)
    };
    app.store.read(subject).await
}
