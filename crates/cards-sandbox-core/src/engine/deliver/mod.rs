//! Sends what the outbox holds, to receivers that may be slow, fail or not be there.
//!
//! One task sends all: to each receiver a few events at a time, of each subject one after the
//! other. A receiver that does not answer holds up its own events and nobody else's; names are looked
//! up for two at a time, so that a look-up that takes long may hold up those whose names are not
//! addresses either.

mod post;

use std::collections::{BTreeMap, BTreeSet};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::http::StatusCode;
use cards_model::Date;
use futures_util::future;
use futures_util::stream::{FuturesUnordered, StreamExt as _};
use rusqlite::{Connection, Transaction};
use tokio::sync::watch;

pub(crate) use post::is_host;

use crate::engine::app::App;
use crate::engine::outbox::{self, Attempt, DeliveryDecision, Due, EventKind, EventSender};
use crate::engine::store::StoreError;
use crate::engine::world_name::WorldName;

/// The most events that are on their way to one receiver.
const AT_ONCE: usize = 8;

/// The time for which the outbox is left alone while something in it waits: a clock that is not
/// this sandbox's own may move without a word.
const LOOK: Duration = Duration::from_secs(1);

/// The time for which it is left alone while it is empty: a day may begin.
const IDLE: Duration = Duration::from_secs(60);

/// Sends until the sandbox stops.
pub(crate) async fn run(app: App, mut stopping: watch::Receiver<()>) {
    let deliverer = Deliverer::new(app);
    // An error is the sender's end: what is waited for.
    let stopped = async { while stopping.changed().await.is_ok() {} };
    future::select(pin!(deliverer.send_all()), pin!(stopped)).await;
}

struct Deliverer {
    app: App,
    commits: watch::Receiver<()>,
    moves: watch::Receiver<()>,
    /// The day on which the last events were told that time brings about.
    caught_up: Option<Date>,
    /// The time of the last look at the outbox, in milliseconds since 1970; `None` before any.
    looked_at: Option<i64>,
    /// The attempts that ended at a later time than that of the last look, and are made again.
    late: Vec<Attempt>,
    /// Says whether the clock was moved: a call that read it before may write later, and it may have
    /// been ahead between two looks.
    has_moved: bool,
    /// The deliveries that are being sent, by receiver.
    on_their_way: BTreeMap<i64, BTreeSet<i64>>,
    /// The deliveries that wait for the next one of their subject.
    held: BTreeMap<i64, Held>,
    /// The deliveries that have been held back, and are not once more.
    let_go: BTreeSet<i64>,
}

/// A delivery that a fault holds back.
#[derive(Clone)]
struct Held {
    fault: u64,
    receiver: i64,
    subject: String,
}

impl Deliverer {
    fn new(app: App) -> Self {
        Self {
            commits: app.store.commits(),
            moves: app.clock.moves(),
            caught_up: None,
            looked_at: None,
            late: Vec::new(),
            has_moved: false,
            app,
            on_their_way: BTreeMap::new(),
            held: BTreeMap::new(),
            let_go: BTreeSet::new(),
        }
    }

    async fn send_all(mut self) {
        let mut sending = FuturesUnordered::new();
        loop {
            // Before the outbox is looked at: what comes meanwhile is news again.
            self.commits.borrow_and_update();
            self.has_moved |= self.moves.borrow_and_update().has_changed();
            let wait = match self.take_due().await {
                Ok((due, wait)) => {
                    let each = due.into_iter();
                    sending.extend(each.map(|(due, fate)| send(&self.app, due, fate)));
                    wait
                }
                Err(error) => {
                    tracing::error!(%error, "the outbox cannot be read");
                    LOOK
                }
            };
            tokio::select! {
                Some(attempt) = sending.next() => self.ended(attempt),
                commit = self.commits.changed() => if commit.is_err() {
                    // The store is gone, and nothing more comes.
                    return;
                },
                _ = self.moves.changed() => self.has_moved = true,
                () = tokio::time::sleep(wait) => {}
            }
        }
    }

    /// Takes the deliveries whose turn it is, each with what becomes of it, and tells after which
    /// time to look again.
    async fn take_due(&mut self) -> Result<(Vec<(Due, DeliveryDecision)>, Duration), StoreError> {
        self.catch_up().await;
        let faults = &self.app.delivery_faults;
        let in_force = faults.in_force(self.held.values().map(|held| held.fault));
        self.let_go(|held| !in_force.contains(&held.fault));
        let now = self.app.now_millis();
        self.set_back_late(now).await?;
        self.set_back(now).await?;
        let mut taken = Vec::new();
        loop {
            let (on_their_way, held) = (self.on_their_way.clone(), self.held.clone());
            let read = move |connection: &Connection| due(connection, now, &on_their_way, &held);
            let (due, next) = self.app.store.read(read).await?;
            let held = self.held.len();
            taken.extend(due.into_iter().filter_map(|due| self.take(due)));
            // Behind one that is held back another may come.
            if self.held.len() == held {
                return Ok((taken, self.wait(now, next)));
            }
        }
    }

    /// Sets back the deliveries that were put off by a clock that was ahead between two looks: by as much
    /// as it was ahead of both, and no other delivery.
    async fn set_back_late(&mut self, now: i64) -> Result<(), StoreError> {
        let latest = self.looked_at.map_or(now, |before| before.max(now));
        self.late.retain(|attempt| attempt.at > latest);
        if !self.late.is_empty() {
            let late = self.late.clone();
            let write = move |tx: &Transaction<'_>| {
                let mut late = late.iter();
                late.try_for_each(|one| outbox::set_one_back(tx, one, now, one.at - latest))
                    .map_err(StoreError::from)
            };
            self.app.store.write(write).await?;
            self.late.clear();
        }
        Ok(())
    }

    /// Sets back all that is put off where the clock has gone back since the last look, or may have
    /// before the first; and what was never sent where the clock was moved at all.
    async fn set_back(&mut self, now: i64) -> Result<(), StoreError> {
        let back = self.looked_at.map(|before| before.saturating_sub(now));
        let goes_back = back.is_some_and(|back| back > 0);
        self.has_moved |= goes_back;
        let is_any = move |connection: &Connection| -> Result<bool, StoreError> {
            Ok(match back {
                None => outbox::is_put_off(connection, now)?,
                Some(_) => outbox::is_early(connection, now)?,
            })
        };
        let write = move |tx: &Transaction<'_>| match back {
            Some(..=0) => outbox::hurry(tx, now).map_err(StoreError::from),
            _ => outbox::set_back(tx, now, back).map_err(StoreError::from),
        };
        let may_be_any = back.is_none() || self.has_moved;
        // After a step back nothing is asked first: what is being written then would be missed.
        if goes_back || may_be_any && self.app.store.read(is_any).await? {
            self.app.store.write(write).await?;
        }
        self.looked_at = Some(now);
        Ok(())
    }

    /// Tells what has come about by time alone, once a day.
    async fn catch_up(&mut self) {
        let today = self.app.today();
        if self.caught_up == Some(today) {
            return;
        }
        // Where one fails, it is told of the next day, and what waits is sent all the same.
        self.caught_up = Some(today);
        let now = self.app.now_millis();
        for provider in self.app.providers.iter() {
            loop {
                let provider = Arc::clone(provider);
                let write = move |transaction: &Transaction<'_>| match provider.events() {
                    Some(events) => Ok(events.catch_up(transaction, now, today)?),
                    None => Ok::<_, StoreError>(0),
                };
                match self.app.store.write(write).await {
                    Ok(1..) => {}
                    Ok(0) => break,
                    Err(error) => {
                        tracing::error!(%error, "what time has brought about cannot be told");
                        break;
                    }
                }
            }
        }
    }

    /// Decides what becomes of a delivery. `None`: it is held back.
    fn take(&mut self, due: Due) -> Option<(Due, DeliveryDecision)> {
        let is_behind = |held: &Held| held.is_before(&due);
        let is_new = due.attempts == 0 && !self.let_go.contains(&due.delivery);
        let may_wait = is_new && !self.held.values().any(is_behind);
        let faults = &self.app.delivery_faults;
        let decision = faults.decide(&due.provider, &due.name, may_wait);
        if let Some(fault) = decision.held_by {
            let (receiver, subject) = (due.receiver, due.subject);
            let held = Held {
                fault,
                receiver,
                subject,
            };
            self.held.insert(due.delivery, held);
            return None;
        }
        let on_their_way = self.on_their_way.entry(due.receiver).or_default();
        on_their_way.insert(due.delivery);
        Some((due, decision))
    }

    /// The time after which to look again where nothing happens meanwhile.
    fn wait(&self, now: i64, next: Option<i64>) -> Duration {
        match next {
            Some(next) => Duration::from_millis(next.abs_diff(now)).min(LOOK),
            None if !self.held.is_empty() => LOOK,
            None => IDLE,
        }
    }

    fn ended(&mut self, attempt: Attempt) {
        let due = &attempt.due;
        if let Some(on_their_way) = self.on_their_way.get_mut(&due.receiver) {
            on_their_way.remove(&due.delivery);
        }
        if attempt.next_at.is_none() {
            self.let_go.remove(&due.delivery);
            self.let_go(|held| held.is_before(due));
        } else if Some(attempt.at) > self.looked_at {
            self.late.push(attempt);
        }
    }

    fn let_go(&mut self, is_free: impl Fn(&Held) -> bool) {
        let free = self.held.iter().filter(|(_, held)| is_free(held));
        self.let_go.extend(free.map(|(delivery, _)| *delivery));
        self.held.retain(|_, held| !is_free(held));
    }
}

impl Held {
    fn is_before(&self, due: &Due) -> bool {
        (self.receiver, &self.subject) == (due.receiver, &due.subject)
    }
}

/// Lists what is to be sent now and is not yet, and when the next is that is put off.
fn due(
    connection: &Connection,
    now: i64,
    on_their_way: &BTreeMap<i64, BTreeSet<i64>>,
    held: &BTreeMap<i64, Held>,
) -> Result<(Vec<Due>, Option<i64>), StoreError> {
    let mut all = Vec::new();
    for receiver in outbox::receivers(connection)? {
        let sent = on_their_way.get(&receiver);
        let is_sent = |due: &Due| sent.is_some_and(|sent| sent.contains(&due.delivery));
        let room = AT_ONCE.saturating_sub(sent.map_or(0, BTreeSet::len));
        if room == 0 {
            continue;
        }
        let of_this = held.iter().filter(|(_, held)| held.receiver == receiver);
        let mut found = outbox::due(connection, receiver, now, 2 * AT_ONCE + held.len())?;
        for (delivery, held) in of_this {
            let behind = outbox::behind(connection, receiver, &held.subject, *delivery)?;
            let is_new = |due: &Due| found.iter().all(|other| other.delivery != due.delivery);
            // A delivery that was never sent is due at once: only another clock puts it off.
            let has_come = |due: &Due| due.attempts == 0 || due.due_at <= now;
            let behind = behind.filter(|due| has_come(due) && is_new(due));
            found.extend(behind);
        }
        let is_free = |due: &Due| !is_sent(due) && !held.contains_key(&due.delivery);
        all.extend(found.into_iter().filter(is_free).take(room));
    }
    Ok((all, outbox::next_due(connection, now)?))
}

/// Sends one event once, and writes down what came of it.
fn send(app: &App, due: Due, decision: DeliveryDecision) -> impl Future<Output = Attempt> + use<> {
    let app = app.clone();
    async move {
        tokio::time::sleep(decision.delay).await;
        let (status, trouble) = match post(&app, &due, &decision).await {
            Ok(status) => (Some(status), None),
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
        attempt
    }
}

/// Writes an attempt down, however long the store cannot: until then it is not made again.
async fn record(app: &App, attempt: &Attempt) {
    loop {
        let (clock, mut attempt) = (app.clone(), attempt.clone());
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

/// Sends an event, and judges the answer as its provider does.
async fn post(app: &App, due: &Due, decision: &DeliveryDecision) -> Result<StatusCode, NotTaken> {
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
    let mut answer = post::post(&message, hosts, limit).await;
    if decision.duplicate {
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
        true => Ok(status),
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
