//! Sends one event to one receiver, and writes down what came of it.

use std::sync::Arc;
use std::time::Duration;

use axum::http::StatusCode;
use rusqlite::{Connection, Transaction};

use super::post;
use crate::engine::app::App;
use crate::engine::outbox::{self, Attempt, DeliveryDecision, Due, EventKind, EventSender};
use crate::engine::store::StoreError;
use crate::engine::world_name::WorldName;

/// The time for which the outbox is left alone while something in it waits: a clock that is not
/// this sandbox's own may move without a word.
pub(super) const LOOK: Duration = Duration::from_secs(1);

/// The end of one attempt: what came of it, or the delivery as it was where it is to be sent no
/// more.
pub(super) type Sent = Result<Attempt, Due>;

/// Sends one event once, and writes down what came of it. A delivery that has gone or ended while a
/// fault held it up is not sent.
pub(super) fn send(
    app: &App,
    due: Due,
    decision: DeliveryDecision,
) -> impl Future<Output = Sent> + use<> {
    let app = app.clone();
    async move {
        for pause in &decision.pauses {
            pause.wait().await;
        }
        let (status, trouble) = match post(&app, &due, &decision).await {
            Ok(Some(status)) => (Some(status), None),
            Ok(None) => return Err(due),
            Err((status, trouble)) => (status, Some(trouble)),
        };
        let at = app.now_millis();
        let next_at = trouble.as_ref().and_then(|_| {
            let since = at.saturating_sub(due.first_at.unwrap_or(at)).max(0);
            let since = Duration::from_millis(since.unsigned_abs());
            let pause = sender(&app, &due)?.pause(due.attempts + 1, since)?;
            Some(at.saturating_add_unsigned(u64::try_from(pause.as_millis()).ok()?))
        });
        let attempt = Attempt {
            due,
            at,
            status: status.as_ref().map(StatusCode::as_u16),
            trouble,
            next_at,
        };
        attempt.tell(app.world.as_ref());
        record(&app, &attempt).await;
        Ok(attempt)
    }
}

/// Tells whether a delivery is still to be sent: its receiver may have been removed, or all been
/// reset.
async fn is_to_be_sent(app: &App, due: &Due) -> Result<bool, NotTaken> {
    let (delivery, event) = (due.delivery, due.event);
    let read = move |connection: &Connection| {
        outbox::is_to_be_sent(connection, delivery, event).map_err(StoreError::from)
    };
    let trouble = |error: StoreError| (None, error.verdict().to_owned());
    app.store.read(read).await.map_err(trouble)
}

/// Writes an attempt down, however long the store cannot: until then it is not made again.
async fn record(app: &App, attempt: &Attempt) {
    loop {
        // Not the whole state: a job that is left behind would keep the store open.
        let (clock, mut attempt) = (Arc::clone(&app.clock), attempt.clone());
        let write = move |tx: &Transaction<'_>| {
            attempt.set_back(clock.now_millis());
            outbox::record(tx, &attempt).map_err(StoreError::from)
        };
        match app.store.write(write).await {
            Ok(()) | Err(StoreError::Gone) => return,
            Err(error) => {
                tracing::error!(%error, "a delivery cannot be written down");
                tokio::time::sleep(LOOK).await;
            }
        }
    }
}

fn sender<'a>(app: &'a App, due: &Due) -> Option<&'a dyn EventSender> {
    app.providers.find(&due.provider)?.events()
}

/// The reason why an event was not taken: the answer's status, where one came, and a sentence.
type NotTaken = (Option<StatusCode>, String);

/// Sends an event, and judges the answer as its provider does. `None`: it is to be sent no more.
async fn post(
    app: &App,
    due: &Due,
    decision: &DeliveryDecision,
) -> Result<Option<StatusCode>, NotTaken> {
    let gone = || (None, "the provider sends no such event".to_owned());
    let sender = sender(app, due).ok_or_else(gone)?;
    let kind = sender.kinds().iter().find(|kind| kind.name == due.name);
    let kind = kind.ok_or_else(gone)?;
    let mut message = post::Message {
        url: address(due, kind),
        headers: sender.sign(due.body.as_bytes()),
        body: due.body.clone(),
    };
    if decision.wrong_signature {
        let other = [due.body.as_bytes(), b" "].concat();
        message.headers = sender.sign(&other);
    }
    let (config, limit) = (&app.config, app.config.limits.delivery_time);
    let hosts = &config.receiver_hosts;
    if !is_to_be_sent(app, due).await? {
        return Ok(None);
    }
    let mut answer = post::post(&message, hosts, limit).await;
    if decision.duplicate && is_to_be_sent(app, due).await.unwrap_or(false) {
        let again = post::post(&message, hosts, limit).await;
        // A receiver that refuses what it has seen has taken it.
        let is_taken = answer.as_ref().is_ok_and(|status| sender.is_taken(*status));
        answer = if is_taken { answer } else { again };
    }
    let status = match (answer, decision.status) {
        _ if decision.no_answer => {
            let seconds = limit.as_secs_f32();
            return Err((None, format!("a fault: no answer within {seconds} s")));
        }
        (Ok(_), Some(ordered)) => StatusCode::from_u16(ordered).unwrap_or_default(),
        (Ok(status), None) => status,
        (Err(trouble), _) => return Err((None, trouble)),
    };
    match sender.is_taken(status) {
        true => Ok(Some(status)),
        false => {
            let whose = decision.status.map_or("", |_| "a fault: ");
            Err((Some(status), format!("{whose}answered with {status}")))
        }
    }
}

/// The address of an event: below the address that takes all, or the one that takes these.
fn address(due: &Due, kind: &EventKind) -> String {
    if !due.takes_all || kind.path.is_empty() {
        return due.url.clone();
    }
    let (base, query) = match due.url.split_once('?') {
        Some((base, query)) => (base, format!("?{query}")),
        None => (&*due.url, String::new()),
    };
    format!("{}{}{query}", base.trim_end_matches('/'), kind.path)
}

impl Attempt {
    /// Tells the log what became of it. Only the first world has no name.
    fn tell(&self, world: Option<&WorldName>) {
        let world = world.map(WorldName::as_str);
        let (event, delivery) = (self.due.event, self.due.delivery);
        match (&self.trouble, self.next_at) {
            (None, _) => tracing::info!(world, event, delivery, "an event was delivered"),
            (Some(why), Some(_)) => {
                tracing::warn!(
                    world,
                    event,
                    delivery,
                    why,
                    "an event was not taken; it is sent again"
                );
            }
            (Some(why), None) => {
                tracing::warn!(
                    world,
                    event,
                    delivery,
                    why,
                    "an event was not taken, and is given up"
                );
            }
        }
    }
}

#[cfg(test)]
mod tests;
