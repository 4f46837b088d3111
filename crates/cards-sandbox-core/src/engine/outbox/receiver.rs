//! The receivers of events: URLs that are registered.

use std::fmt;
use std::str::FromStr;

use axum::http::Uri;
use axum::http::uri::Scheme;
use cards_model::ProviderId;
use rusqlite::{Connection, OptionalExtension, Transaction, params};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::engine::field_error::FieldError;
use crate::engine::listed;
use crate::engine::world_error::WorldError;

/// The most receivers that there may be.
pub(crate) const MOST_RECEIVERS: i64 = 32;

/// The most bytes of a URL.
const LONGEST: usize = 500;

/// A receiver as it is registered.
///
/// ```
/// use cards_model::ProviderId;
/// use cards_sandbox_core::Receiver;
///
/// let all = Receiver::all(ProviderId::new("acme"), "http://127.0.0.1:9000/hooks".parse()?);
/// let one = all.clone().only("card-status");
/// assert_eq!(one.event.as_deref(), Some("card-status"));
/// # Ok::<(), &'static str>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Receiver {
    /// The provider whose events are sent there.
    pub provider: ProviderId,
    /// The name of the one event that is sent there, to the URL as it is. `None`: all are, each to
    /// its documented path below the URL.
    pub event: Option<String>,
    /// The address that they are sent to.
    pub url: ReceiverUrl,
}

impl Receiver {
    /// Takes all events of a provider, each at its documented path below this URL.
    pub const fn all(provider: ProviderId, url: ReceiverUrl) -> Self {
        Self {
            provider,
            event: None,
            url,
        }
    }

    /// Takes the events of this name only, at the URL as it is.
    #[must_use]
    pub fn only(self, event: impl Into<String>) -> Self {
        Self {
            event: Some(event.into()),
            ..self
        }
    }
}

/// The URL of a receiver: `http` or `https`, a host, and a path. It is shown without its query,
/// which may hold a secret.
#[derive(Clone, PartialEq, Eq)]
pub struct ReceiverUrl(String);

impl ReceiverUrl {
    /// The whole URL, with its query.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Takes the query off a URL.
    pub(crate) fn shown(url: &str) -> &str {
        url.split('?').next().unwrap_or_default()
    }
}

impl FromStr for ReceiverUrl {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        const FORM: &str = "a URL as in http://127.0.0.1:9000/events, of at most 500 bytes";
        if text.len() > LONGEST || text.contains('#') {
            return Err(FORM);
        }
        let uri: Uri = text.parse().map_err(|_| FORM)?;
        let port = uri.authority().and_then(|whole| {
            let behind = whole
                .as_str()
                .rsplit('@')
                .next()?
                .strip_prefix(whole.host())?;
            Some(
                behind.is_empty()
                    || behind
                        .strip_prefix(':')?
                        .parse::<u16>()
                        .is_ok_and(|port| port > 0),
            )
        });
        if port != Some(true) {
            return Err(FORM);
        }
        let is_http = [Some(&Scheme::HTTP), Some(&Scheme::HTTPS)].contains(&uri.scheme());
        let has_host = uri.host().is_some_and(|host| !host.is_empty());
        match (is_http && has_host, uri.authority()) {
            (true, Some(authority)) if !authority.as_str().contains('@') => {
                Ok(Self(text.to_owned()))
            }
            (true, Some(_)) => Err("a URL without a user and a password"),
            _ => Err(FORM),
        }
    }
}

impl fmt::Display for ReceiverUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(Self::shown(&self.0))
    }
}

impl fmt::Debug for ReceiverUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ReceiverUrl({self})")
    }
}

impl<'de> Deserialize<'de> for ReceiverUrl {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// A receiver that is registered, as the control API shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[non_exhaustive]
pub struct RegisteredReceiver {
    /// Its number, counted from 1.
    pub number: i64,
    /// The provider whose events are sent there.
    #[schemars(schema_with = "listed::provider_name")]
    pub provider: String,
    /// The name of the one event that is sent there; null where all are.
    pub event: Option<String>,
    /// Address that they are sent to, without a query.
    pub url: String,
    /// Number of deliveries that wait.
    pub waiting: i64,
}

/// Registers a receiver, or finds the one that is registered alike. Gives its number.
pub(crate) fn add(transaction: &Transaction<'_>, receiver: &Receiver) -> Result<i64, WorldError> {
    let provider = receiver.provider.as_str();
    let alike = "SELECT number FROM event_receiver
        WHERE provider = ?1 AND name IS ?2 AND url = ?3";
    let given = params![provider, receiver.event, receiver.url.expose()];
    let found = transaction.query_row(alike, given, |row| row.get(0));
    if let Some(number) = found.optional()? {
        return Ok(number);
    }
    let count = "SELECT count(*) FROM event_receiver";
    let count: i64 = transaction.query_row(count, [], |row| row.get(0))?;
    if count >= MOST_RECEIVERS {
        let what = format!("there are {MOST_RECEIVERS} receivers already: remove some");
        return Err(FieldError::of_whole(what).into());
    }
    let sql = "INSERT INTO event_receiver (provider, name, url, at_start) VALUES (?1, ?2, ?3, 0)";
    transaction.execute(sql, given)?;
    Ok(transaction.last_insert_rowid())
}

/// Takes a receiver away, and with it what waits for it. Gives it as it was.
pub(crate) fn remove(
    transaction: &Transaction<'_>,
    number: i64,
) -> rusqlite::Result<Option<RegisteredReceiver>> {
    let all = list(transaction)?;
    let Some(found) = all.into_iter().find(|receiver| receiver.number == number) else {
        return Ok(None);
    };
    let waiting = "DELETE FROM event_delivery WHERE receiver = ?1 AND ended_at IS NULL";
    transaction.execute(waiting, [number])?;
    transaction.execute("DELETE FROM event_receiver WHERE number = ?1", [number])?;
    Ok(Some(found))
}

/// Lists the numbers of the receivers.
pub(crate) fn receivers(connection: &Connection) -> rusqlite::Result<Vec<i64>> {
    connection
        .prepare_cached("SELECT number FROM event_receiver ORDER BY number")?
        .query_map([], |row| row.get(0))?
        .collect()
}

/// Lists the receivers by number.
pub(crate) fn list(connection: &Connection) -> rusqlite::Result<Vec<RegisteredReceiver>> {
    let sql = "SELECT number, provider, name, url, (
            SELECT count(*) FROM event_delivery
            WHERE receiver = event_receiver.number AND ended_at IS NULL
        ) FROM event_receiver ORDER BY number";
    let read = |row: &rusqlite::Row<'_>| {
        let url: String = row.get(3)?;
        Ok(RegisteredReceiver {
            number: row.get(0)?,
            provider: row.get(1)?,
            event: row.get(2)?,
            url: ReceiverUrl::shown(&url).to_owned(),
            waiting: row.get(4)?,
        })
    };
    connection
        .prepare_cached(sql)?
        .query_map([], read)?
        .collect()
}

/// Tells whether a start of the sandbox has brought receivers.
pub(crate) fn has_any_of_a_start(connection: &Connection) -> rusqlite::Result<bool> {
    let sql = "SELECT 1 FROM event_receiver WHERE at_start = 1";
    connection.prepare(sql)?.exists([])
}

/// Registers the receivers of the start in a store that may have had them already, in the place of
/// those of another start.
pub(crate) fn keep_at_start(
    transaction: &Transaction<'_>,
    receivers: &[Receiver],
) -> Result<(), WorldError> {
    let mut others = transaction
        .prepare("SELECT number, provider, name, url FROM event_receiver WHERE at_start = 1")?;
    let others = others.query_map([], |row| {
        let name: Option<String> = row.get(2)?;
        Ok((
            row.get::<_, i64>(0)?,
            row.get::<_, String>(1)?,
            name,
            row.get::<_, String>(3)?,
        ))
    })?;
    for other in others {
        let (number, provider, name, url) = other?;
        let is_kept = |one: &Receiver| {
            one.provider.as_str() == provider && one.event == name && one.url.expose() == url
        };
        if !receivers.iter().any(is_kept) {
            remove(transaction, number)?;
        }
    }
    for receiver in receivers {
        let number = add(transaction, receiver)?;
        let sql = "UPDATE event_receiver SET at_start = 1 WHERE number = ?1";
        transaction.execute(sql, [number])?;
    }
    Ok(())
}

/// Brings the receivers back to those of the start.
pub(crate) fn restart(
    transaction: &Transaction<'_>,
    receivers: &[Receiver],
) -> Result<(), WorldError> {
    transaction.execute("DELETE FROM event_receiver", [])?;
    keep_at_start(transaction, receivers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_names_a_host_and_nobody() {
        for good in [
            "http://127.0.0.1:9000/events",
            "https://h.example",
            "http://[::1]:1/",
        ] {
            assert!(good.parse::<ReceiverUrl>().is_ok(), "{good}");
        }
        let nobody = "a URL without a user and a password";
        for (text, why) in [
            ("http://u:p@h.example/", nobody),
            ("https://u@h.example:9000", nobody),
            ("ftp://h.example/", "a URL as in"),
            ("/events", "a URL as in"),
            ("http://h.example:0/", "a URL as in"),
            ("http://h.example/#x", "a URL as in"),
        ] {
            let said = text.parse::<ReceiverUrl>().unwrap_err();
            assert!(said.starts_with(why), "{text}: {said}");
        }
    }
}
