use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::http::{HeaderName, HeaderValue};

use super::line::{Held, MOST_HELD};
use super::*;
use crate::acme::{ACME, OTHER, Sends};
use crate::engine::outbox::{
    Attempt, DeliveryFault, DeliveryFaultKind, EventKind, EventSender, NewEvent, Receiver,
};
use crate::engine::plugin::{Plugin, Plugins};
use crate::engine::settings::Storage;
use crate::setup::Setup;

/// 2026-11-21T08:00:00Z, and a day after it.
const NOW: i64 = 1_795_248_000_000;
const AHEAD: i64 = NOW + 86_400_000;

/// A sandbox whose clock stands still, with a receiver of its events.
async fn app() -> App {
    app_in(Storage::Memory).await
}

async fn app_in(store: Storage) -> App {
    app_with(store, []).await
}

async fn app_with<const N: usize>(store: Storage, plugins: [Plugin; N]) -> App {
    let setup = Setup {
        store,
        ..Setup::default()
    };
    let (app, _) = setup.open(Plugins::new(&[], plugins)).unwrap();
    app.clock.set(Some(NOW), Some(true)).unwrap();
    let receiver = Receiver::all(ACME, "http://127.0.0.1:9/".parse().unwrap());
    write(&app, move |tx| Ok(outbox::add(tx, &receiver).unwrap())).await;
    app
}

async fn write<T: Send + 'static>(
    app: &App,
    job: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T> + Send + 'static,
) -> T {
    let job = |tx: &Transaction<'_>| job(tx).map_err(StoreError::from);
    app.store.write(job).await.unwrap()
}

async fn happens(app: &App, subject: &'static str, at: i64) {
    let event = NewEvent {
        provider: ACME,
        name: "a",
        subject,
        id: "id",
        body: "{}",
        at,
    };
    write(app, move |tx| outbox::put(tx, &event)).await;
}

/// The times of all deliveries that have not ended, in their order.
async fn times(app: &App) -> Vec<i64> {
    let sql = "SELECT due_at FROM event_delivery WHERE ended_at IS NULL ORDER BY number";
    write(app, move |tx| {
        tx.prepare(sql)?.query_map([], |row| row.get(0))?.collect()
    })
    .await
}

/// A look at the clock that goes ahead and back is no look at the outbox: what was made by the clock
/// that was ahead is written later.
#[tokio::test]
async fn a_clock_that_moved_while_the_outbox_was_left_alone_is_not_forgotten() {
    let app = app().await;
    let deliverer = Deliverer::new(app.clone());
    let sent = tokio::spawn(deliverer.send_all());
    for _ in 0..8 {
        // It looks at the outbox, and waits.
        tokio::time::sleep(Duration::from_millis(20)).await;
        app.clock.set(Some(AHEAD), None).unwrap();
        app.clock.set(Some(NOW), None).unwrap();
        tokio::time::sleep(Duration::from_millis(20)).await;
        happens(&app, "s", AHEAD).await;
        let mut looks = 0;
        while !times(&app).await.is_empty() {
            looks += 1;
            assert!(looks < 200, "it waits for the clock that was ahead");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
    sent.abort();
}

#[tokio::test]
async fn an_attempt_by_a_clock_that_was_ahead_ends_no_pause_but_its_own() {
    const PAUSE: i64 = 30_000;
    let app = app().await;
    let mut deliverer = Deliverer::new(app.clone());
    deliverer.set_back(NOW).await.unwrap();
    for subject in ["s", "t"] {
        happens(&app, subject, NOW).await;
    }
    let due = write(&app, |tx| Ok(outbox::due(tx, 1, NOW, &[], 9).unwrap().due)).await;
    for (due, at) in due.into_iter().zip([NOW, AHEAD]) {
        let attempt = Attempt {
            due,
            at,
            status: None,
            trouble: Some("no".to_owned()),
            next_at: Some(at + PAUSE),
        };
        let written = attempt.clone();
        write(&app, move |tx| outbox::record(tx, &written)).await;
        deliverer.ended(Ok(attempt));
    }
    for now in [NOW + 1, NOW + 2] {
        deliverer.set_back_late(now).await.unwrap();
        deliverer.set_back(now).await.unwrap();
        assert_eq!(times(&app).await, [NOW + PAUSE, NOW + 1 + PAUSE]);
    }
}

#[tokio::test]
async fn one_that_was_queued_by_a_clock_that_was_ahead_lets_the_held_one_go() {
    let app = app().await;
    happens(&app, "s", NOW).await;
    happens(&app, "s", AHEAD).await;
    let mut line = Line::default();
    let subject = "s".to_owned();
    line.held.insert(1, Held { fault: 1, subject });
    let question = line.question(1, NOW);
    let read = move |connection: &Connection| question.ask(connection);
    let look = app.store.read(read).await.unwrap();
    let events: Vec<_> = look.due.iter().map(|due| due.event).collect();
    assert_eq!(events, [2]);
}

/// Puts an event of each of so many subjects into the outbox.
async fn many(app: &App, subjects: usize) {
    write(app, move |tx| {
        for subject in 0..subjects {
            let event = NewEvent {
                provider: ACME,
                name: "a",
                subject: &format!("s{subject:05}"),
                id: "id",
                body: "{}",
                at: NOW,
            };
            outbox::put(tx, &event)?;
        }
        Ok(())
    })
    .await;
}

/// Opens a connection beside a store in a file, which counts the steps that SQLite takes on it.
fn counting(path: &Path) -> (Connection, Arc<AtomicU64>) {
    let mut connection = Connection::open(path).unwrap();
    let steps = Arc::new(AtomicU64::new(0));
    let count = Arc::clone(&steps);
    let step = move || {
        count.fetch_add(1, Ordering::Relaxed);
        false
    };
    connection.progress_handler(1, Some(step)).unwrap();
    (connection, steps)
}

#[tokio::test]
async fn so_many_are_held_back_however_many_there_are_and_each_look_is_short() {
    let mut most = Vec::new();
    for subjects in [200, 2_000] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sandbox.db");
        let app = app_in(Storage::File(path.clone())).await;
        let (connection, steps) = counting(&path);
        many(&app, subjects).await;
        let fault = DeliveryFault::new(DeliveryFaultKind::OutOfOrder);
        app.delivery_faults.add(fault).unwrap();
        let mut deliverer = Deliverer::new(app.clone());
        // A start looks at all that waits.
        deliverer.set_back(NOW).await.unwrap();
        let (mut sent, mut longest) = (0, 0);
        loop {
            let question = deliverer.lines.entry(1).or_default().question(1, NOW);
            let before = steps.load(Ordering::Relaxed);
            question.ask(&connection).unwrap();
            longest = longest.max(steps.load(Ordering::Relaxed) - before);
            let (taken, _) = deliverer.take_due().await;
            assert_eq!(deliverer.lines[&1].held.len(), MOST_HELD);
            if taken.is_empty() {
                break;
            }
            assert!(taken.len() <= 8);
            sent += taken.len();
            for (due, _) in taken {
                let attempt = delivered(due);
                let written = attempt.clone();
                write(&app, move |tx| outbox::record(tx, &written)).await;
                deliverer.ended(Ok(attempt));
            }
        }
        assert_eq!(sent, subjects - MOST_HELD, "the others are sent");
        most.push(longest);
    }
    assert!(most[0] > 100 && most[1] <= 2 * most[0], "steps: {most:?}");
}

fn delivered(due: Due) -> Attempt {
    Attempt {
        due,
        at: NOW,
        status: Some(200),
        trouble: None,
        next_at: None,
    }
}

#[tokio::test]
async fn what_is_held_back_and_given_up_makes_room_for_others() {
    let app = app().await;
    let fault = DeliveryFault::new(DeliveryFaultKind::OutOfOrder);
    app.delivery_faults.add(fault).unwrap();
    many(&app, MOST_HELD).await;
    let mut deliverer = Deliverer::new(app.clone());
    assert!(deliverer.take_due().await.0.is_empty());
    let sql = "UPDATE event_delivery SET state = 'given-up', ended_at = 1 WHERE number <= 5";
    write(&app, move |tx| tx.execute(sql, [])).await;
    many(&app, 2 * MOST_HELD).await;
    let (taken, _) = deliverer.take_due().await;
    assert_eq!(taken.len(), 8);
    let line = &deliverer.lines[&1];
    assert_eq!(line.held.len(), MOST_HELD);
    assert!(line.held.keys().all(|delivery| *delivery > 5));
    // With the receiver goes what was known of its deliveries.
    write(&app, |tx| outbox::remove(tx, 1)).await;
    deliverer.lines.get_mut(&1).unwrap().on_their_way.clear();
    assert!(deliverer.take_due().await.0.is_empty());
    assert!(deliverer.lines.is_empty());
}

/// Each way in which a row of a delivery or of an event may be damaged.
#[tokio::test]
async fn a_damaged_row_is_given_up_and_the_others_are_sent() {
    for damage in [
        "UPDATE event_delivery SET attempts = -1 WHERE number = 1",
        "UPDATE event_delivery SET attempts = 1 << 40 WHERE number = 1",
        "UPDATE event_delivery SET url = CAST(x'ff' AS TEXT) WHERE number = 1",
        "UPDATE event_delivery SET subject = CAST(x'ff' AS TEXT) WHERE number = 1",
        "UPDATE event SET body = CAST(x'ff' AS TEXT) WHERE number = 1",
        "UPDATE event SET name = CAST(x'ff' AS TEXT) WHERE number = 1",
    ] {
        let app = app().await;
        many(&app, 3).await;
        happens(&app, "s00000", NOW).await;
        let moved = "UPDATE event_delivery SET due_at = due_at - 1 WHERE number = 1";
        for sql in [damage, moved] {
            write(&app, move |tx| tx.execute(sql, [])).await;
        }
        let mut deliverer = Deliverer::new(app.clone());
        let (first, _) = deliverer.take_due().await;
        let (second, _) = deliverer.take_due().await;
        let mut taken: Vec<_> = first
            .iter()
            .chain(&second)
            .map(|(due, _)| due.event)
            .collect();
        taken.sort_unstable();
        let is_known_subject = !damage.contains("subject");
        // The next of its subject goes ahead.
        let expected: &[i64] = if is_known_subject {
            &[2, 3, 4]
        } else {
            &[2, 3]
        };
        assert_eq!(taken, expected, "{damage}");
        assert!(app.outbox_trouble.last().is_none());
        let state = "SELECT state || trouble FROM event_delivery WHERE number = 1";
        let state: String = write(&app, move |tx| tx.query_row(state, [], |row| row.get(0))).await;
        assert_eq!(state, "given-upits row is damaged", "{damage}");
    }
}

#[tokio::test]
async fn what_cannot_be_read_of_one_receiver_holds_up_no_other_and_is_told() {
    let app = app().await;
    let other = Receiver::all(ACME, "http://127.0.0.1:9/other".parse().unwrap());
    write(&app, move |tx| Ok(outbox::add(tx, &other).unwrap())).await;
    happens(&app, "s", NOW).await;
    let break_it = "ALTER TABLE event_step RENAME TO event_step_away";
    write(&app, move |tx| tx.execute(break_it, [])).await;
    write(&app, |tx| {
        tx.execute(
            "UPDATE event_delivery SET attempts = -1 WHERE receiver = 1",
            [],
        )
    })
    .await;
    let mut deliverer = Deliverer::new(app.clone());
    for _ in 0..2 {
        // It cannot be given up either.
        let (taken, _) = deliverer.take_due().await;
        let receivers: Vec<_> = taken.iter().map(|(due, _)| due.receiver).collect();
        assert_eq!(receivers, [2]);
        deliverer.lines.get_mut(&2).unwrap().on_their_way.clear();
    }
    let break_it = "ALTER TABLE event RENAME TO event_away";
    write(&app, move |tx| tx.execute(break_it, [])).await;
    let (taken, wait) = deliverer.take_due().await;
    assert!(taken.is_empty() && wait == LOOK);
    assert!(app.outbox_trouble.last().is_some());
    let mend_it = "ALTER TABLE event_away RENAME TO event";
    write(&app, move |tx| tx.execute(mend_it, [])).await;
    assert_eq!(deliverer.take_due().await.0.len(), 1);
    assert!(app.outbox_trouble.last().is_none());
}

/// A provider that is asked for what time has brought about, and cannot tell it so many times.
struct Forgetful {
    fails: u64,
    asked: Arc<AtomicU64>,
}

impl EventSender for Forgetful {
    fn kinds(&self) -> &'static [EventKind] {
        &[]
    }

    fn sign(&self, _: &[u8]) -> Vec<(HeaderName, HeaderValue)> {
        Vec::new()
    }

    fn pause(&self, _: u32, _: Duration) -> Option<Duration> {
        None
    }

    fn catch_up(&self, _: &Transaction<'_>, _: i64, _: Date) -> rusqlite::Result<usize> {
        match self.asked.fetch_add(1, Ordering::SeqCst) < self.fails {
            true => Err(rusqlite::Error::InvalidQuery),
            false => Ok(0),
        }
    }
}

/// A deliverer beside two providers, of which the first one fails so many times, and the counts of how
/// often each was asked.
async fn beside_one_that_fails(fails: u64) -> (Deliverer, [Arc<AtomicU64>; 2]) {
    let asked = [Arc::<AtomicU64>::default(), Arc::default()];
    let plugin = |id, fails, asked: &Arc<AtomicU64>| {
        let asked = Arc::clone(asked);
        let sender = Forgetful { fails, asked };
        Sends { id, sender }.plugin()
    };
    let plugins = [plugin(ACME, fails, &asked[0]), plugin(OTHER, 0, &asked[1])];
    let app = app_with(Storage::Memory, plugins).await;
    (Deliverer::new(app), asked)
}

#[tokio::test]
async fn what_time_brings_about_is_told_once_it_can_be() {
    let (mut deliverer, asked) = beside_one_that_fails(2).await;
    happens(&deliverer.app, "s", NOW).await;
    for look in 0..4 {
        if (1..3).contains(&look) {
            tokio::time::sleep(LOOK).await;
        }
        let (taken, wait) = deliverer.take_due().await;
        let fails = look < 2;
        assert_eq!(taken.len(), usize::from(look == 0), "what waits is sent");
        assert_eq!(wait == LOOK, fails, "look {look}");
        assert_eq!(deliverer.app.outbox_trouble.last().is_some(), fails);
    }
    // The other is asked beside it, and neither once all is told of the day.
    let asked = asked.map(|one| one.load(Ordering::SeqCst));
    assert_eq!(asked, [3, 3]);
}

/// Each try is a commit, which is news.
#[tokio::test]
async fn what_cannot_be_told_is_not_tried_without_a_pause() {
    let (deliverer, [asked, other]) = beside_one_that_fails(u64::MAX).await;
    let app = deliverer.app.clone();
    let started = Instant::now();
    let sent = tokio::spawn(deliverer.send_all());
    for _ in 0..20 {
        app.arrivals.send_replace(());
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    sent.abort();
    let pauses = started.elapsed().as_secs() / LOOK.as_secs();
    for asked in [asked, other] {
        let asked = asked.load(Ordering::SeqCst);
        assert!((1..=1 + pauses).contains(&asked), "{asked} in {pauses}");
    }
}

#[tokio::test]
async fn what_comes_is_caught_up_with_on_the_same_day() {
    let (deliverer, [asked, _]) = beside_one_that_fails(0).await;
    let app = deliverer.app.clone();
    let sent = tokio::spawn(deliverer.send_all());
    let is_asked = async |times: u64| {
        for _ in 0..400 {
            if asked.load(Ordering::SeqCst) == times {
                return true;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        false
    };
    assert!(is_asked(1).await);
    for times in 2..5 {
        app.arrivals.send_replace(());
        assert!(is_asked(times).await, "{times}");
    }
    sent.abort();
}
