//! `/_sandbox/world`: every customer and card of every provider.
//!
//! `GET` shows them redacted. `PUT` replaces them all by those of a file, and
//! `GET /_sandbox/world/file` saves that file: see [`crate::World`].

use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::routing::on;
use rusqlite::{Connection, Transaction};
use schemars::JsonSchema;
use serde::Serialize;

use super::{Endpoint, input, problem, refused, store_trouble};
use crate::answer::Answer;
use crate::app::App;
use crate::store::StoreError;
use crate::world::file::{self, File, Refused};
use crate::{airpay, ibanera, paysafe};

pub(super) const WORLD: Endpoint = Endpoint {
    method: "get",
    path: "/_sandbox/world",
    id: "world",
    summary: "Every customer and card of every provider, redacted",
    serve: |method| on(method, world),
    describe: |document, operation| {
        operation.responds(200, document.reply::<World>("The customers and cards."))
    },
};

pub(super) const REPLACE: Endpoint = Endpoint {
    method: "put",
    path: "/_sandbox/world",
    id: "replace-world",
    summary: "Replaces every customer and card by those of a file",
    serve: |method| on(method, replace),
    describe: |document, operation| {
        operation
            .body(document.json::<File>())
            .responds(200, document.reply::<World>("The new customers and cards."))
            .responds(409, document.failure(super::OVER_QUOTA))
            .responds(
                503,
                document
                    .failure("Another world was being loaded for as long as this one could wait."),
            )
    },
};

pub(super) const SAVE: Endpoint = Endpoint {
    method: "get",
    path: "/_sandbox/world/file",
    id: "save-world",
    summary: "The file that brings all this back, for its owner's eyes",
    serve: |method| on(method, save),
    describe: |document, operation| {
        operation
            .responds(200, document.reply::<File>("The file."))
            .responds(409, document.failure(HOLDS_MORE))
    },
};

/// Why a world is not saved.
const HOLDS_MORE: &str = "The store of an older sandbox holds more than a world may, so that no \
                          sandbox would load the file; the error names the limit.";

/// Every provider's customers and cards.
#[derive(Serialize, JsonSchema)]
pub(crate) struct World {
    pub(crate) airpay: airpay::World,
    pub(crate) paysafe: paysafe::World,
    pub(crate) ibanera: ibanera::World,
}

impl World {
    fn read(connection: &Connection, today: cards_model::Date) -> Result<Self, StoreError> {
        Ok(Self {
            airpay: airpay::world(connection, None)?,
            paysafe: paysafe::world(connection, today, None)?,
            ibanera: ibanera::world(connection, None)?,
        })
    }
}

async fn world(State(app): State<App>) -> Answer {
    match read(&app).await {
        Ok(world) => Answer::accepted(&world),
        Err(error) => store_trouble(&error),
    }
}

/// Reads the world as of one moment.
pub(crate) async fn read(app: &App) -> Result<World, StoreError> {
    let today = app.today();
    let read = move |connection: &Connection| World::read(connection, today);
    app.store.read_all(read).await
}

/// Answers with the new world as `GET` shows it.
async fn replace(State(app): State<App>, request: Request) -> Answer {
    let (file, turn): (File, _) = match input::world(&app, request).await {
        Ok(world) => world,
        Err(answer) => return answer,
    };
    let (rules, today, now) = (app.rules(), app.today(), app.now_millis());
    // Passwords are hashed on the way. The turn goes along, as both go on where the
    // client does not wait any more.
    let ready = tokio::task::spawn_blocking(move || Ok((file.ready(rules, now)?, turn))).await;
    let (ready, turn) = match ready.unwrap_or_else(|_| Err(StoreError::Gone.into())) {
        Ok(ready) => ready,
        Err(error) => return refused(error),
    };
    let write = move |transaction: &Transaction<'_>| {
        ready.replace(transaction)?;
        drop(ready);
        Ok::<_, Refused>((World::read(transaction, today)?, turn))
    };
    match app.store.write(write).await {
        Ok((world, _turn)) => Answer::accepted(&world),
        Err(error) => refused(error),
    }
}

async fn save(State(app): State<App>) -> Answer {
    match app.store.read_all(file::save).await {
        Ok(file) => Answer::accepted(&file)
            .header(header::CACHE_CONTROL, "no-store")
            .header(
                header::CONTENT_DISPOSITION,
                "attachment; filename=\"world.json\"",
            ),
        Err(StoreError::OverQuota(limit)) => {
            let error = format!("{limit}; this one holds more: take some away, then save it");
            problem(StatusCode::CONFLICT, error)
        }
        Err(error) => store_trouble(&error),
    }
}

#[cfg(test)]
mod tests;
