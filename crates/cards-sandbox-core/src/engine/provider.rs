//! A provider of card APIs, as far as the engine has to know it: whose paths are whose, and
//! how each says no.
//!
//! Routes are not in here. They need the state, which holds the providers; so they hang in
//! from above it.

use std::any::Any;
use std::sync::Arc;

use axum::http::StatusCode;
use cards_model::{Date, ProviderId, Rules, Samples};
use schemars::{Schema, SchemaGenerator, json_schema};
use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};

use crate::engine::answer::{Answer, Rejection};
use crate::engine::detail::{Detail, DetailKind, Details};
use crate::engine::issuer::Issuer;
use crate::engine::journal::Documented;
use crate::engine::outbox::{EventKind, EventSender};
use crate::engine::store::Tables;
use crate::engine::world::section::Section;

/// A provider tells the engine of itself. The value holds the provider's own settings.
pub trait Provider: Any + Send + Sync {
    /// The name that paths of the control API, the journal and faults have for it.
    fn id(&self) -> ProviderId;

    /// The beginnings of its paths, without a slash at the end.
    fn prefixes(&self) -> &'static [&'static str];

    /// Reads its documents' rules as of a time, in seconds since 1970: those of the day in
    /// UTC, which the documents' own sample values may break.
    fn rules(&self, now: i64) -> Rules {
        Rules::on(Date::from_unix_seconds(now)).samples(Samples::Accept)
    }

    /// The names that its documents have beside the tables of fields; the journal shows no
    /// others.
    fn documented(&self) -> Documented {
        Documented::default()
    }

    /// Names what it may add to the journal's account of a call; most add nothing.
    fn detail(&self) -> Option<DetailKind> {
        None
    }

    /// Tells what clients need to call it where the sandbox is reached at this origin: the
    /// control API shows it, and programs read it from their environment. None of it is secret.
    fn credentials(&self, origin: &str, now: i64) -> Credentials {
        let _ = (origin, now);
        Credentials::new(&(), Vec::new())
    }

    /// Describes the JSON of [`credentials`](Self::credentials).
    fn credentials_schema(&self, generator: &mut SchemaGenerator) -> Schema {
        let _ = generator;
        json_schema!({"type": "null"})
    }

    /// Its tables of the store; none where it keeps nothing.
    fn tables(&self) -> &'static Tables {
        &Tables::NONE
    }

    /// Says in the provider's words that a request is turned away before its rules apply.
    fn reject(&self, rejection: Rejection) -> Answer;

    /// Makes the provider's documented failure, as a fault orders it, where the path has no
    /// operation. An operation's own is in its row.
    fn fail(&self, status: StatusCode) -> Answer;

    /// Gives a documented refusal as the provider's settings have it, where a test value brings it;
    /// as it is where nothing is set.
    fn as_set(&self, documented: Answer) -> Answer {
        documented
    }

    /// Its part of the world: the customers and cards that the control API adds, shows, saves and
    /// loads. `None` where it has no such thing.
    fn section(&self) -> Option<&'static dyn Section> {
        None
    }

    /// Simulates the issuer of its cards. `None` where nobody does.
    fn issuer(&self) -> Option<&dyn Issuer> {
        None
    }

    /// Tells what it sends when something changes, and how. `None` where its documents have no
    /// events.
    fn events(&self) -> Option<&dyn EventSender> {
        None
    }
}

/// Credentials hold what clients need to call a provider.
pub struct Credentials {
    pub(crate) json: Option<Box<RawValue>>,
    /// Environment variables, by name.
    pub(crate) env: Vec<(&'static str, String)>,
    /// A call to copy into a shell.
    pub(crate) example: Option<String>,
}

impl Credentials {
    /// Holds what the control API shows, and environment variables by name.
    pub fn new(shown: &impl Serialize, env: Vec<(&'static str, String)>) -> Self {
        Self {
            json: to_raw_value(shown).ok(),
            env,
            example: None,
        }
    }

    /// Adds a call that is accepted as it stands, as a line for a shell: the page shows it before
    /// the first call.
    pub fn example(mut self, curl: String) -> Self {
        self.example = Some(curl);
        self
    }
}

/// The providers of one sandbox, in the order in which they are listed to people; a clone is
/// a reference.
#[derive(Clone)]
pub struct Providers {
    all: Arc<[Arc<dyn Provider>]>,
    /// The names of what they may add to the journal's account of a call.
    details: Arc<[&'static str]>,
}

impl Providers {
    pub(crate) fn new(providers: impl IntoIterator<Item = Arc<dyn Provider>>) -> Self {
        let all: Arc<[Arc<dyn Provider>]> = providers.into_iter().collect();
        let kinds = all.iter().filter_map(|provider| provider.detail());
        Self {
            details: kinds.map(|kind| kind.name).collect(),
            all,
        }
    }

    /// Finds whose path this is.
    pub(crate) fn of_path(&self, path: &str) -> Option<&Arc<dyn Provider>> {
        let is_below = |prefix: &&str| {
            path.strip_prefix(prefix)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        self.all
            .iter()
            .find(|provider| provider.prefixes().iter().any(is_below))
    }

    /// Finds the provider of this type, with its settings; one without any where it is not
    /// among them.
    pub fn get<P: Provider + Clone + Default>(&self) -> P {
        let mut found = self.all.iter().map(|provider| &**provider as &dyn Any);
        let found = found.find_map(|provider| provider.downcast_ref::<P>());
        found.cloned().unwrap_or_default()
    }

    /// Puts a detail, where a call has one, in its place beside those that it has not.
    pub(crate) fn details(&self, given: Option<Arc<dyn Detail>>) -> Details {
        Details {
            kinds: Arc::clone(&self.details),
            given,
        }
    }

    /// Gives the environment variables of all clients, where the sandbox is reached at this
    /// origin.
    pub fn env(&self, origin: &str) -> Vec<(&'static str, String)> {
        let each = self.iter().map(|provider| provider.credentials(origin, 0));
        each.flat_map(|credentials| credentials.env).collect()
    }

    /// Lists those that send events, each with these.
    pub(crate) fn senders(&self) -> Vec<(&'static str, &'static [EventKind])> {
        let each = self.all.iter();
        each.filter_map(|provider| Some((provider.id().as_str(), provider.events()?.kinds())))
            .collect()
    }

    /// Lists the tables of all.
    pub fn tables(&self) -> Vec<&'static Tables> {
        self.all.iter().map(|provider| provider.tables()).collect()
    }

    /// Goes through all, in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Arc<dyn Provider>> {
        self.all.iter()
    }

    /// Finds the provider of this name.
    pub(crate) fn find(&self, name: &str) -> Option<&Arc<dyn Provider>> {
        self.iter().find(|provider| provider.id().as_str() == name)
    }

    /// Goes through the parts of the world, in order.
    pub(crate) fn sections(&self) -> impl Iterator<Item = (ProviderId, &'static dyn Section)> {
        let each = self.all.iter();
        each.filter_map(|provider| Some((provider.id(), provider.section()?)))
    }

    /// Finds the part of the world of the provider of this name.
    pub(crate) fn section(&self, name: &str) -> Option<&'static dyn Section> {
        self.find(name)?.section()
    }

    /// Gives the rules of a provider as of a time, in seconds since 1970.
    pub(crate) fn rules(&self, provider: ProviderId, now: i64) -> Rules {
        let found = self.iter().find(|it| it.id() == provider);
        match found {
            Some(provider) => provider.rules(now),
            None => Rules::on(Date::from_unix_seconds(now)),
        }
    }

    /// Gives the names of all, in order.
    pub(crate) fn ids(&self) -> impl Iterator<Item = ProviderId> {
        self.all.iter().map(|provider| provider.id())
    }

    /// Finds the provider of this name, or tells which names there are.
    pub(crate) fn named(&self, name: &str) -> Result<ProviderId, String> {
        let found = self.ids().find(|id| id.as_str() == name);
        found.ok_or_else(|| format!("has to be {}", self.listed("or")))
    }

    /// Gives the names of all as a sentence has them, with a word before the last.
    pub(crate) fn listed(&self, word: &str) -> String {
        let names: Vec<_> = self.ids().map(ProviderId::as_str).collect();
        match names.split_last() {
            Some((last, others)) if !others.is_empty() => {
                format!("{} {word} {last}", others.join(", "))
            }
            _ => names.concat(),
        }
    }
}
