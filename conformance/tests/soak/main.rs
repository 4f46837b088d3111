//! Mixed load by both backends, 64 calls in flight, against a sandbox that meets random faults
//! and is killed again and again.
//!
//! Afterwards the store holds every change that was acknowledged, none that was told as not
//! done, each at most once, and each approved card was told of by exactly one event.
//! `CARDS_SOAK_SECONDS` sets how long it goes on.

#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "this is test code, outside of `#[test]` functions"
)]

#[path = "../common/mod.rs"]
mod common;

mod changes;
mod ledger;
mod load;
mod memory;
mod store;
mod victim;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use conformance::server::{RawServer, Reaction};
use conformance::trust::{Report, length};
use proptest::prelude::Rng as _;
use proptest::test_runner::{RngAlgorithm, TestRng};
use serde_json::{Value, json};

use changes::Change;
use load::Load;
use memory::Memory;
use victim::Victim;

/// Takes the seconds that the load goes on.
const SECONDS: &str = "CARDS_SOAK_SECONDS";

/// The calls in flight: half by each backend.
const IN_FLIGHT: usize = 64;

#[test]
fn what_was_acknowledged_is_there_once_whatever_happened_meanwhile() {
    let seconds = std::env::var(SECONDS)
        .ok()
        .and_then(|text| text.parse().ok());
    let time = Duration::from_secs(seconds.unwrap_or_else(|| length(15, 1_800)));
    let mut report = Report::new("soak");
    let told = Told::default();
    let receiver = receiver(&told);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("sandbox.db");
    let mut victim = Victim::spawn(&file, &receiver.url(), 0);
    let port = victim.address.port();

    let load = Arc::new(Load::new(victim.address, IN_FLIGHT));
    load.begin();
    let before = store::read(&file);
    let stop = Arc::new(AtomicBool::new(false));
    let workers = load::start(&load, &stop);
    let mut memory = Memory::new(time);
    let mut rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[13; 32]);
    let (begun, mut kills, mut faults) = (Instant::now(), 0_u32, 0_u32);
    let mut next_kill = Duration::from_secs(2);
    while begun.elapsed() < time {
        let now = begun.elapsed();
        if memory.lets_kill(now) && now >= next_kill {
            drop(victim);
            victim = Victim::spawn(&file, &receiver.url(), port);
            kills += 1;
            next_kill = now + Duration::from_millis(2_000 + rng.next_u64() % 6_000);
        }
        faults += u32::from(victim.orders(&fault(&mut rng)));
        memory.looks(now, victim.process());
        thread::sleep(Duration::from_millis(250));
    }
    stop.store(true, Ordering::SeqCst);
    for worker in workers {
        worker.join().unwrap();
    }
    victim.settles();
    drop(victim);

    let ledger = load.into_ledger();
    let store = store::read(&file);
    store.check(&before, &ledger, &mut report);
    let Arrived { made, changes } = std::mem::take(&mut *told.lock().unwrap());
    check_made(made, &store, &mut report);
    changes::check(changes, &ledger, &store, &mut report);
    memory.check(&mut report);
    report.figure("seconds", time.as_secs());
    report.figure("kills", kills);
    report.figure("faults ordered", faults);
    report.figure("calls in flight", IN_FLIGHT);
    ledger.tell(&mut report);
    let cards = store.ibanera.len();
    if kills == 0 || faults == 0 || cards == 0 {
        report.failed(format!(
            "{kills} kills, {faults} faults and {cards} cards that events tell of: that shows little"
        ));
    }
    report.end();
}

/// The events, in the order of their arrival.
type Told = Arc<Mutex<Arrived>>;

#[derive(Default)]
struct Arrived {
    /// The card of Ibanera's that each told of, and its own id.
    made: Vec<(i64, String)>,
    /// The changes of Paysafe's cards, one for each event of a status.
    changes: Vec<Change>,
}

/// Takes events, and keeps what it needs of them; one of eight is refused, so that it comes again.
fn receiver(told: &Told) -> RawServer {
    let told = Arc::clone(told);
    let mut count = 0_u32;
    RawServer::forgetting(move |request| {
        let event: Value = serde_json::from_slice(&request.body).unwrap();
        if let Some(card) = event["Data"]["TopUpCardsId"].as_i64() {
            let id = event["Id"].as_str().unwrap_or_default().to_owned();
            told.lock().unwrap().made.push((card, id));
        }
        let text = |name: &str| event[name].as_str().map(str::to_owned);
        if let Some(old) = text("oldStatus") {
            told.lock().unwrap().changes.push(Change {
                card: text("cardId").unwrap(),
                id: text("id").unwrap(),
                old,
                new: text("newStatus").unwrap(),
            });
        }
        count += 1;
        match count % 8 {
            3 => Reaction::SendAndClose(conformance::server::reply("503 x", &[], "")),
            _ => Reaction::SendAndClose(conformance::server::reply("200 OK", &[], "")),
        }
    })
    .unwrap()
}

/// A fault of a random kind, for the next few calls.
fn fault(rng: &mut TestRng) -> Value {
    const KINDS: [&str; 9] = [
        "delay",
        "reset-before-headers",
        "reset-after-headers",
        "reset-in-body",
        "lost-reply",
        "truncated-body",
        "garbage",
        "status",
        "invalid-json",
    ];
    let kind = KINDS[rng.next_u64() as usize % KINDS.len()];
    let mut fault = json!({"fault": kind, "times": 1 + rng.next_u64() % 5});
    match kind {
        "delay" => fault["millis"] = 40.into(),
        "status" => fault["status"] = [429, 500, 502, 503][rng.next_u64() as usize % 4].into(),
        _ => {}
    }
    fault
}

/// Every card that is there was told of once, and no other.
fn check_made(made: Vec<(i64, String)>, store: &store::Found, report: &mut Report) {
    let mut told = BTreeMap::<i64, BTreeSet<String>>::new();
    for (card, id) in made {
        told.entry(card).or_default().insert(id);
    }
    for (card, events) in &told {
        if events.len() > 1 {
            report.failed(format!(
                "card {card} was told of by {} events",
                events.len()
            ));
        }
        if !store.ibanera.contains(card) {
            report.failed(format!("card {card} was told of and is not there"));
        }
    }
    let missing = store.ibanera.iter().filter(|card| !told.contains_key(card));
    for card in missing {
        report.failed(format!("card {card} is there and was never told of"));
    }
    report.figure("events", told.len());
}
