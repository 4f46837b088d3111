//! `/_sandbox/worlds`: the worlds beside the first one.
//!
//! A world is made when its paths are first used. `GET` lists all, `DELETE` of
//! `/_sandbox/worlds/{name}` ends one; every world answers for all.

use axum::Extension;
use axum::extract::Path;
use axum::routing::on;
use cards_model::Method;
use schemars::JsonSchema;
use serde::Serialize;

use crate::engine::answer::Answer;
use crate::engine::endpoint::Endpoint;
use crate::engine::problem::unknown;
use crate::engine::world_name::WorldName;
use crate::engine::worlds::{KnownWorlds, ToldWorld};

pub(super) const LIST: Endpoint = Endpoint {
    method: Method::Get,
    path: "/_sandbox/worlds",
    id: "list-worlds",
    summary: "The worlds beside the first",
    text: "A world has a state of its own: customers, clock, faults, journal, receivers. \
           `/_worlds/{name}` stands before its paths, those of the control API and of the page too. \
           It is made when one of them is first used, in memory, as the first one is after a reset.",
    serve: |method| on(method, list),
    describe: |document, operation| {
        operation.responds(200, document.reply::<Worlds>("All, by name."))
    },
};

pub(super) const REMOVE: Endpoint = Endpoint {
    method: Method::Delete,
    path: "/_sandbox/worlds/{name}",
    id: "remove-world",
    summary: "Ends a world beside the first",
    text: "What it holds is forgotten, its streams end, and nothing more is sent of its events. The \
           next use of its paths makes a new one.",
    serve: |method| on(method, remove),
    describe: |document, operation| {
        operation
            .with_path_parameter("name", "The world's name.", &"checkout-tests".into())
            .responds(200, document.reply::<World>("The world as it was."))
            .responds(404, document.failure("No world has this name."))
    },
};

#[derive(Serialize, JsonSchema)]
struct Worlds {
    worlds: Vec<World>,
    /// Number of worlds that there may be.
    most: usize,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "WorldBeside")]
struct World {
    name: String,
    /// The prefix of its paths.
    path: String,
    /// The calls that it has had, whether they are still in its journal or not.
    exchanges: u64,
}

impl From<ToldWorld> for World {
    fn from(told: ToldWorld) -> Self {
        Self {
            name: told.name.to_string(),
            path: told.name.prefix(),
            exchanges: told.exchanges,
        }
    }
}

async fn list(worlds: Option<Extension<KnownWorlds>>) -> Answer {
    let worlds = worlds.and_then(|Extension(KnownWorlds(worlds))| worlds.upgrade());
    let list = worlds.as_ref().map(|worlds| worlds.list());
    Answer::accepted(&Worlds {
        worlds: list.into_iter().flatten().map(World::from).collect(),
        most: worlds.map_or(0, |worlds| worlds.most()),
    })
}

async fn remove(worlds: Option<Extension<KnownWorlds>>, Path(name): Path<String>) -> Answer {
    let worlds = worlds.and_then(|Extension(KnownWorlds(worlds))| worlds.upgrade());
    let name = WorldName::read(&name);
    match worlds
        .zip(name)
        .and_then(|(worlds, name)| worlds.remove(&name))
    {
        Some(told) => Answer::accepted(&World::from(told)),
        None => unknown("no world has this name"),
    }
}
