//! Sends what the outbox holds, to receivers that may be slow, fail or not be there.
//!
//! One task sends all: to each receiver a few events at a time, of each subject one after the
//! other. A receiver that does not answer holds up its own events and nobody else's; names are looked
//! up for two at a time, so that a look-up that takes long may hold up those whose names are not
//! addresses either.

mod line;
mod post;
mod send;

use std::collections::BTreeMap;
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use cards_model::Date;
use futures_util::future;
use futures_util::stream::{FuturesUnordered, StreamExt as _};
use rusqlite::{Connection, Transaction};
use tokio::sync::watch;

pub(crate) use post::is_host;

use crate::engine::app::App;
use crate::engine::outbox::{self, Attempt, Damaged, DeliveryDecision, Due};
use crate::engine::provider::Provider;
use crate::engine::store::StoreError;
use line::Line;
use send::{LOOK, Sent, send};

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
    arrivals: watch::Receiver<()>,
    /// The day on which the last events were told that time brings about.
    caught_up: Option<Date>,
    /// The last time that the outbox could not be brought to the clock's, and why.
    failed: Option<(Instant, StoreError)>,
    /// The time of the last look at the outbox, in milliseconds since 1970; `None` before any.
    looked_at: Option<i64>,
    /// The attempts that ended at a later time than that of the last look, and are made again.
    late: Vec<Attempt>,
    /// Says whether the clock was moved: a call that read it before may write later, and it may have
    /// been ahead between two looks.
    has_moved: bool,
    /// The deliveries that are under way, by receiver.
    lines: BTreeMap<i64, Line>,
}

/// A delivery whose turn it is, and what becomes of it.
type Taken = (Due, DeliveryDecision);

impl Deliverer {
    fn new(app: App) -> Self {
        Self {
            commits: app.store.commits(),
            moves: app.clock.moves(),
            arrivals: app.arrivals.subscribe(),
            caught_up: None,
            failed: None,
            looked_at: None,
            late: Vec::new(),
            has_moved: false,
            app,
            lines: BTreeMap::new(),
        }
    }

    async fn send_all(mut self) {
        let mut sending = FuturesUnordered::new();
        loop {
            // Before the outbox is looked at: what comes meanwhile is news again.
            self.commits.borrow_and_update();
            if self.moves.borrow_and_update().has_changed() {
                self.moved();
            }
            if self.arrivals.borrow_and_update().has_changed() {
                self.caught_up = None;
            }
            let (due, wait) = self.take_due().await;
            let each = due.into_iter();
            sending.extend(each.map(|(due, fate)| send(&self.app, due, fate)));
            tokio::select! {
                Some(sent) = sending.next() => self.ended(sent),
                commit = self.commits.changed() => if commit.is_err() {
                    // The store is gone, and nothing more comes.
                    return;
                },
                _ = self.moves.changed() => self.moved(),
                _ = self.arrivals.changed() => { self.caught_up = None; }
                () = tokio::time::sleep(wait) => {}
            }
        }
    }

    /// Notes that the clock was moved, as a reset does: the day may be another, or the world.
    fn moved(&mut self) {
        self.has_moved = true;
        self.caught_up = None;
    }

    /// Takes the deliveries whose turn it is, and tells after which time to look again. Where a
    /// part of the outbox cannot be read, the others are sent.
    async fn take_due(&mut self) -> (Vec<Taken>, Duration) {
        let (now, kept_up) = self.keep_up().await;
        let faults = &self.app.delivery_faults;
        let held = self.lines.values().flat_map(|line| line.held.values());
        let in_force = faults.in_force(held.map(|held| held.fault));
        for line in self.lines.values_mut() {
            line.let_go(|held| !in_force.contains(&held.fault));
        }
        let mut taken = Vec::new();
        let found = self.take_of_all(now, &mut taken).await;
        let next = match kept_up.and(found) {
            Ok(next) => {
                self.app.outbox_trouble.end();
                self.wait(now, next)
            }
            Err(error) => {
                self.app.outbox_trouble.begin(error);
                LOOK
            }
        };
        (taken, next)
    }

    /// Brings the outbox to the time of the clock, which it gives. What fails is tried again after a
    /// pause, as each try is news to who waits for commits.
    async fn keep_up(&mut self) -> (i64, Result<(), StoreError>) {
        if let Some((at, error)) = &self.failed
            && at.elapsed() < LOOK
        {
            return (self.app.now_millis(), Err(error.clone()));
        }
        let caught_up = self.catch_up().await;
        let now = self.app.now_millis();
        let (late, back) = (self.set_back_late(now).await, self.set_back(now).await);
        let kept_up = caught_up.and(late).and(back);
        let failed = kept_up.as_ref().err();
        self.failed = failed.map(|error| (Instant::now(), error.clone()));
        (now, kept_up)
    }

    /// Takes what is to be sent to each receiver, and gives the time at which the next is that is
    /// put off. An error is the last of a receiver's.
    async fn take_of_all(
        &mut self,
        now: i64,
        taken: &mut Vec<Taken>,
    ) -> Result<Option<i64>, StoreError> {
        let read =
            |connection: &Connection| outbox::receivers(connection).map_err(StoreError::from);
        let receivers = self.app.store.read(read).await?;
        let is_kept =
            |number: &i64, line: &Line| !line.on_their_way.is_empty() || receivers.contains(number);
        self.lines.retain(|number, line| is_kept(number, line));
        let mut read = Ok(());
        for receiver in receivers {
            let of_this = self.take_of(receiver, now, taken).await;
            read = of_this.and(read);
        }
        read?;
        let read = move |connection: &Connection| {
            outbox::next_due(connection, now).map_err(StoreError::from)
        };
        self.app.store.read(read).await
    }

    /// Takes what is to be sent to one receiver.
    async fn take_of(
        &mut self,
        receiver: i64,
        now: i64,
        taken: &mut Vec<Taken>,
    ) -> Result<(), StoreError> {
        loop {
            let line = self.lines.entry(receiver).or_default();
            let (question, held) = (line.question(receiver, now), line.held.len());
            let read = move |connection: &Connection| question.ask(connection);
            let look = self.app.store.read(read).await?;
            line.forget(&look.gone);
            let has_forgotten = line.held.len() < held;
            for damaged in look.damaged {
                give_up(&self.app, line, damaged, now).await;
            }
            let held = line.held.len();
            let faults = &self.app.delivery_faults;
            let decide = |due: Due| {
                let decision = faults.decide(&due.provider, &due.name, line.may_hold(&due));
                line.take(due, decision)
            };
            taken.extend(look.due.into_iter().filter_map(decide));
            // Behind one that is held back another may come.
            if line.held.len() == held && !has_forgotten {
                return Ok(());
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

    /// Tells what has come about by time alone: once a day, once the clock was moved, and once customers
    /// or cards have come. An error is the last provider's: it is tried again with all of them.
    async fn catch_up(&mut self) -> Result<(), StoreError> {
        let today = self.app.today();
        if self.caught_up == Some(today) {
            return Ok(());
        }
        let mut caught_up = Ok(());
        for provider in self.app.providers.iter() {
            let of_this = self.catch_up_with(provider, today).await;
            caught_up = of_this.and(caught_up);
        }
        caught_up?;
        self.caught_up = Some(today);
        Ok(())
    }

    /// Tells what time has brought about at one provider.
    async fn catch_up_with(
        &self,
        provider: &Arc<dyn Provider>,
        today: Date,
    ) -> Result<(), StoreError> {
        loop {
            let (clock, provider) = (Arc::clone(&self.app.clock), Arc::clone(provider));
            let write = move |transaction: &Transaction<'_>| {
                // A reset puts the clock back with the world: on another day this may be another.
                let now = clock.now_millis();
                let is_today = Date::from_unix_seconds(now.div_euclid(1000)) == today;
                match provider.events().filter(|_| is_today) {
                    Some(events) => Ok(events.catch_up(transaction, now, today)?),
                    None => Ok::<_, StoreError>(0),
                }
            };
            if self.app.store.write(write).await? == 0 {
                return Ok(());
            }
        }
    }

    /// The time after which to look again where nothing happens meanwhile.
    fn wait(&self, now: i64, next: Option<i64>) -> Duration {
        match next {
            Some(next) => Duration::from_millis(next.abs_diff(now)).min(LOOK),
            None if self.lines.values().any(|line| !line.held.is_empty()) => LOOK,
            None => IDLE,
        }
    }

    fn ended(&mut self, sent: Sent) {
        let due = match &sent {
            Ok(attempt) => &attempt.due,
            Err(due) => due,
        };
        let line = self.lines.entry(due.receiver).or_default();
        line.ended(due.delivery);
        match sent {
            Ok(attempt) if attempt.next_at.is_some() => {
                if Some(attempt.at) > self.looked_at {
                    self.late.push(attempt);
                }
            }
            _ => line.let_go(|held| held.subject == due.subject),
        }
    }
}

/// Gives up a delivery whose row is damaged, and names it in the log.
async fn give_up(app: &App, line: &mut Line, damaged: Damaged, now: i64) {
    let Damaged { delivery, what } = damaged;
    tracing::error!(delivery, what, "a damaged delivery is given up");
    // Looked at once, also where that cannot be written down.
    line.damaged.insert(delivery);
    let write = move |tx: &Transaction<'_>| {
        outbox::give_up_damaged(tx, delivery, now).map_err(StoreError::from)
    };
    match app.store.write(write).await {
        Ok(()) => drop(line.damaged.remove(&delivery)),
        Err(error) => tracing::error!(%error, delivery, "that cannot be written down"),
    }
}

#[cfg(test)]
mod tests;
