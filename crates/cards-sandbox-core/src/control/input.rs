//! Reads the bodies of control requests.

use std::str::FromStr;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::Request;
use axum::http::{StatusCode, header};
use serde::de::DeserializeOwned;
use tokio::sync::OwnedSemaphorePermit;

use crate::engine::answer::Answer;
use crate::engine::app::App;
use crate::engine::field_error::FieldError;
use crate::engine::intake;
use crate::engine::json_input::read_json;
use crate::engine::limits::BYTES;
use crate::engine::meter::{Meter, SMALL};
use crate::engine::problem::{problem, rejected, store_trouble, wrong};
use crate::engine::settings::Limits;
use crate::engine::store::StoreError;
use crate::engine::world::file::WorldFile;

/// A customer may come with thousands of cards.
const LARGEST: usize = 16 * 1024 * 1024;

/// The JSON body as `T`, whose own `deny_unknown_fields` and checks apply. The
/// refusal names the field and what belongs there, and repeats no value.
pub async fn json<T: DeserializeOwned + Send + 'static>(
    app: &App,
    request: Request,
) -> Result<T, Answer> {
    json_by(app, request, |body| read_json(body, &[])).await
}

/// Reads the JSON body by a function of one's own.
pub(super) async fn json_by<T: Send + 'static>(
    app: &App,
    request: Request,
    read: impl FnOnce(&[u8]) -> Result<T, FieldError> + Send + 'static,
) -> Result<T, Answer> {
    let (value, ()) = json_within(LARGEST, app, request, read, ()).await?;
    Ok(value)
}

/// The right to have a whole world in memory, until it is dropped: one world is
/// read, checked and stored at a time, so that they do not fill the memory
/// together.
pub(super) type Turn = OwnedSemaphorePermit;

/// Reads a whole world, of any size that can be saved. It waits for its turn
/// as long as a body may take. The turn has to go wherever the world goes.
pub(super) async fn world(app: &App, request: Request) -> Result<(WorldFile, Turn), Answer> {
    let providers = app.providers.clone();
    let read = move |body: &[u8]| WorldFile::read(body, &providers);
    let turn = Arc::clone(&app.loading).acquire_owned();
    match tokio::time::timeout(app.config.limits.body_time, turn).await {
        Ok(Ok(turn)) => json_within(BYTES, app, request, read, turn).await,
        // `acquire_owned` fails once the semaphore is closed, which nobody does.
        Ok(Err(_)) => Err(store_trouble(&StoreError::Gone)),
        Err(_) => {
            let error = "another world is being loaded; send this one again later".to_owned();
            let answer = problem(StatusCode::SERVICE_UNAVAILABLE, error);
            Err(answer.header(header::RETRY_AFTER, "1"))
        }
    }
}

/// Reads a body, and gives the value with what was held while it was read, also
/// where nobody waits for it any more.
async fn json_within<T, H>(
    most: usize,
    app: &App,
    request: Request,
    read: impl FnOnce(&[u8]) -> Result<T, FieldError> + Send + 'static,
    held: H,
) -> Result<(T, H), Answer>
where
    T: Send + 'static,
    H: Send + 'static,
{
    let (parts, body): (_, Body) = request.into_parts();
    let limits = Limits {
        body: most,
        ..app.config.limits
    };
    let body = intake::json(&parts, body, intake::JSON, limits)
        .await
        .map_err(rejected)?;
    // So much takes less than a millisecond, which the async thread has.
    let is_small = body.len() <= SMALL;
    let meter = Meter::of(&parts.extensions);
    let read = move || {
        let value = read(&body);
        // Where nobody waits any more, the body is counted to its end all the same.
        drop((body, meter));
        Ok((value?, held))
    };
    let read = if is_small {
        read()
    } else {
        let read = tokio::task::spawn_blocking(read).await;
        read.map_err(|_| store_trouble(&StoreError::Gone))?
    };
    read.map_err(|error: FieldError| wrong(&error.field, error.what))
}

/// Reads a number of a query or a path: digits only, without a sign.
pub(super) fn number<T: FromStr>(text: &str) -> Option<T> {
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| is_number)
}

/// Reads the number that a path names one thing by.
pub(super) fn number_in_path<T: FromStr>(name: &str, text: &str) -> Result<T, Answer> {
    number(text).ok_or_else(|| wrong(name, "has to be a whole number"))
}

/// The most items that a list has.
pub(super) const MOST_LISTED: usize = 1000;

/// Reads how many items a list is to have at most.
pub(super) fn limit(text: &str) -> Result<usize, &'static str> {
    number(text)
        .filter(|limit| (1..=MOST_LISTED).contains(limit))
        .ok_or("has to be a whole number from 1 to 1000")
}
