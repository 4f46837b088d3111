//! `/_sandbox/world`: every customer and card of every provider.
//!
//! `GET` shows them; unless values are kept, without what is personal of anybody who was
//! registered. `PUT` replaces them all by those of a file, and `GET /_sandbox/world/file` saves
//! that file: see [`WorldFile`](crate::world::file::WorldFile).

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::on;
use cards_model::Method;
use rusqlite::{Connection, Transaction};
use schemars::{Schema, SchemaGenerator, json_schema};
use serde_json::json;
use serde_json::value::RawValue;

use super::input;
use crate::engine::answer::Answer;
use crate::engine::app::App;
use crate::engine::endpoint::Endpoint;
use crate::engine::large_replies::Turn;
use crate::engine::problem::{OVER_QUOTA, problem, refused, store_trouble};
use crate::engine::provider::Providers;
use crate::engine::showing::Showing;
use crate::engine::store::StoreError;
use crate::engine::world::file::{self, WorldFile};
use crate::engine::world::section::{ByProvider, Form, named};
use crate::engine::world_error::WorldError;

pub(super) const WORLD: Endpoint = Endpoint {
    method: Method::Get,
    path: "/_sandbox/world",
    id: "world",
    summary: "Every customer and card of every provider",
    text: "As the calls have changed them by now. Names, addresses and the like are shown of the people whom the sandbox has from the start; of others they are `[redacted]`, unless it keeps values.",
    serve: |method| on(method, world),
    describe: |document, operation| {
        operation
            .responds(200, document.reply_by("The customers and cards.", shown))
            .responds(503, document.failure(NO_ROOM))
    },
};

pub(super) const REPLACE: Endpoint = Endpoint {
    method: Method::Put,
    path: "/_sandbox/world",
    id: "replace-world",
    summary: "Replaces every customer and card by those of a file",
    text: "Nobody is logged in afterwards, and one-time codes are forgotten, be they given out or used. Where anything in the file is wrong, the message names the place and everything stays as it was.",
    serve: |method| on(method, replace),
    describe: |document, operation| {
        operation
            .body(document.json_by(WorldFile::schema))
            .responds(
                200,
                document.reply_by("The new customers and cards.", shown),
            )
            .responds(409, document.failure(OVER_QUOTA))
            .responds(
                503,
                document
                    .failure("Another world was being loaded for as long as this one could wait, or too many other large bodies are on their way."),
            )
    },
};

pub(super) const SAVE: Endpoint = Endpoint {
    method: Method::Get,
    path: "/_sandbox/world/file",
    id: "save-world",
    summary: "The file that brings all this back, for its owner's eyes",
    text: "It is what `PUT /_sandbox/world` and `cards sandbox --world` take. Unlike other answers, it shows the values of everybody in full, but for card numbers, of which it has the ends, and passwords, of which it has hashes. What is under way is not in it: tokens, one-time codes that were given out or used, and events.",
    serve: |method| on(method, save),
    describe: |document, operation| {
        operation
            .responds(200, document.reply_by("The file.", WorldFile::schema))
            .responds(409, document.failure(HOLDS_MORE))
            .responds(503, document.failure(NO_ROOM))
    },
};

/// Says why a large world is not shown.
const NO_ROOM: &str =
    "Too many other large replies are on their way: their clients do not take them.";

/// Says why a world is not saved.
const HOLDS_MORE: &str = "The store of an older sandbox holds more than a world may, so that no \
                          sandbox would load the file; the error names the limit.";

/// Describes what is shown of the world.
fn shown(providers: &Providers, generator: &mut SchemaGenerator) -> Schema {
    let mut schema = json_schema!({
        "type": "object",
        "description": "Every provider's customers and cards.",
        "required": providers.sections().map(|(provider, _)| provider).collect::<Vec<_>>(),
        "properties": {},
    });
    for (provider, section) in providers.sections() {
        let part = section.schema(Form::Shown, generator);
        if let Some(members) = schema.pointer_mut("/properties") {
            members[provider.as_str()] = json!(part);
        }
    }
    named(generator, "World", schema)
}

/// Shows every provider's customers and cards.
fn show(
    connection: &Connection,
    providers: &Providers,
    showing: Showing,
) -> Result<ByProvider<Box<RawValue>>, StoreError> {
    file::ask_each(providers, |section| section.show(connection, showing))
}

/// Answers as of one moment.
async fn world(State(app): State<App>) -> Answer {
    let (providers, showing) = (app.providers.clone(), app.showing());
    let read = move |connection: &Connection| show(connection, &providers, showing);
    match app.store.read_all(read).await {
        Ok(world) => Answer::accepted(&world),
        Err(error) => store_trouble(&error),
    }
}

/// Answers with the new world as `GET` shows it. The turn goes with the reply, too.
async fn replace(State(app): State<App>, request: Request) -> Response {
    match replaced(app, request).await {
        Ok((world, turn)) => {
            let mut response = Answer::accepted(&world).into_response();
            response.extensions_mut().insert(Turn(Arc::new(turn)));
            response
        }
        Err(answer) => answer.into_response(),
    }
}

async fn replaced(
    app: App,
    request: Request,
) -> Result<(ByProvider<Box<RawValue>>, input::Turn), Answer> {
    let (mut file, turn) = input::world(&app, request).await?;
    let (showing, now) = (app.showing(), app.now_millis());
    let of = app.clone();
    // Passwords are hashed on the way. The turn goes along, as both go on where the
    // client does not wait any more.
    let check = move || {
        file.check(|provider| of.rules(provider), now)
            .map(|()| (file, turn))
    };
    let checked = tokio::task::spawn_blocking(check).await;
    let checked = checked.unwrap_or_else(|_| Err(StoreError::Gone.into()));
    let (file, turn) = checked.map_err(refused)?;
    let (providers, of) = (app.providers.clone(), app.clone());
    let write = move |transaction: &Transaction<'_>| {
        file.replace(transaction, &providers)?;
        drop(file);
        of.arrivals.send_replace(());
        Ok::<_, WorldError>((show(transaction, &providers, showing)?, turn))
    };
    app.store.write(write).await.map_err(refused)
}

async fn save(State(app): State<App>) -> Answer {
    let providers = app.providers.clone();
    let save = move |connection: &Connection| file::save(connection, &providers);
    match app.store.read_all(save).await {
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
