//! A provider of card APIs, as far as the engine has to know it: whose paths are whose, and
//! how each says no.
//!
//! Routes are not in here. They need the state, which holds the providers; so they hang in
//! from above it.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

use axum::http::StatusCode;
use serde::Serialize;

use crate::answer::{Answer, Rejection};
use crate::journal::Documented;

/// What a provider tells the engine of itself. The value holds the provider's own settings.
pub(crate) trait Provider: Any + Send + Sync {
    /// The name that paths of the control API, the journal and faults have for it.
    fn id(&self) -> ProviderId;

    /// The beginnings of its paths, without a slash at the end.
    fn prefixes(&self) -> &'static [&'static str];

    /// The names that its documents have beside the tables of fields; the journal shows no
    /// others.
    fn documented(&self) -> Documented;

    /// Says in the provider's words that a request is turned away before its rules apply.
    fn reject(&self, rejection: Rejection) -> Answer;

    /// Makes the provider's documented failure, as a fault orders it, where the path has no
    /// operation. An operation's own is in its row.
    fn fail(&self, status: StatusCode) -> Answer;
}

/// A provider's name in lower case, as in `airpay`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct ProviderId(&'static str);

impl ProviderId {
    /// Names a provider, in lower case.
    pub const fn new(name: &'static str) -> Self {
        Self(name)
    }

    /// The name.
    pub const fn as_str(self) -> &'static str {
        self.0
    }
}

impl From<cards_model::Provider> for ProviderId {
    fn from(provider: cards_model::Provider) -> Self {
        Self(provider.as_str())
    }
}

impl fmt::Display for ProviderId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.0)
    }
}

/// The providers of one sandbox, in the order in which they are listed to people; a clone is
/// a reference.
#[derive(Clone)]
pub(crate) struct Providers(Arc<[Arc<dyn Provider>]>);

impl Providers {
    pub(crate) fn new(providers: impl IntoIterator<Item = Arc<dyn Provider>>) -> Self {
        Self(providers.into_iter().collect())
    }

    /// Finds whose path this is.
    pub(crate) fn of_path(&self, path: &str) -> Option<&Arc<dyn Provider>> {
        let is_below = |prefix: &&str| {
            path.strip_prefix(prefix)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        self.0
            .iter()
            .find(|provider| provider.prefixes().iter().any(is_below))
    }

    /// Gives the names of all, in order.
    pub(crate) fn ids(&self) -> impl Iterator<Item = ProviderId> {
        self.0.iter().map(|provider| provider.id())
    }

    /// Finds the provider of this name, or tells which names there are.
    pub(crate) fn named(&self, name: &str) -> Result<ProviderId, String> {
        let found = self.ids().find(|id| id.as_str() == name);
        found.ok_or_else(|| {
            let names: Vec<_> = self.ids().map(ProviderId::as_str).collect();
            match names.split_last() {
                Some((last, [])) => format!("has to be {last}"),
                Some((last, others)) => format!("has to be {} or {last}", others.join(", ")),
                None => "there are no providers".to_owned(),
            }
        })
    }
}
