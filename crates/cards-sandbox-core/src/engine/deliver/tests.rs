use super::*;
use crate::acme::ACME;
use crate::engine::outbox::{NewEvent, Receiver};
use crate::engine::plugin::Plugins;
use crate::setup::Setup;

/// 2026-11-21T08:00:00Z, and a day after it.
const NOW: i64 = 1_795_248_000_000;
const AHEAD: i64 = NOW + 86_400_000;

/// A sandbox whose clock stands still, with a receiver of its events.
async fn app() -> App {
    let (app, _) = Setup::default().open(Plugins::new(&[], [])).unwrap();
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
    let due = write(&app, |tx| outbox::due(tx, 1, NOW, 9)).await;
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
        deliverer.ended(attempt);
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
    let held = Held {
        fault: 1,
        receiver: 1,
        subject: "s".to_owned(),
    };
    let held = BTreeMap::from([(1, held)]);
    let read = move |connection: &Connection| due(connection, NOW, &BTreeMap::new(), &held);
    let (due, _) = app.store.read(read).await.unwrap();
    let events: Vec<_> = due.iter().map(|due| due.event).collect();
    assert_eq!(events, [2]);
}
