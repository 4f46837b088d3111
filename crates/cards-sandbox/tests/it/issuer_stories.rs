//! Random stories of cards, with `kill -9` among them: each committed change is told of by exactly
//! one event, each event comes at least once and in order per card, and balances are the sums of
//! their transactions. The process that is killed is this test binary, started anew.
//!
//! `CARDS_STORIES` sets how many there are.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::common::receiver::{Got, Receiver};
use crate::common::{body, request, status};
use cards_sandbox::{Limits, ProviderId, Receiver as To, Sandbox, Store};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};
use rusqlite::Connection;
use serde_json::{Value, json};

const FILE: &str = "CARDS_SANDBOX_STORIES_FILE";
const URLS: &str = "CARDS_SANDBOX_STORIES_URLS";
const COUNT: &str = "CARDS_STORIES";

/// The number of stories that are told by default.
const STORIES: u64 = 200;
/// The number of stories that are told at one time.
const AT_ONCE: usize = 8;

/// No test: what the started process does.
#[test]
fn serve() {
    let (Some(path), Ok(urls)) = (std::env::var_os(FILE), std::env::var(URLS)) else {
        return;
    };
    let mut limits = Limits::default();
    limits.delivery_time = Duration::from_millis(300);
    let mut sandbox = Sandbox::builder()
        .store(Store::File(path.into()))
        .limits(limits)
        .paysafe_event_pause(Duration::from_secs(1))
        .unlimited_loads();
    for url in urls.split(' ') {
        for provider in [ProviderId::PAYSAFE, ProviderId::IBANERA] {
            sandbox = sandbox.receiver(To::all(provider, url.parse().unwrap()));
        }
    }
    let sandbox = sandbox.start_blocking().unwrap();
    println!("\nlistening on {}", sandbox.addr());
    // Until the one who started it ends, if nothing else ends it.
    std::io::stdin().read_to_end(&mut Vec::new()).unwrap();
}

/// A sandbox in a process of its own.
struct Victim(Child);

impl Victim {
    fn spawn(path: &Path, urls: &str) -> (Self, SocketAddr) {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command
            .args(["--exact", "issuer_stories::serve", "--nocapture"])
            .env(FILE, path)
            .env(URLS, urls)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let address = lines
            .find_map(|line| Some(line.unwrap().strip_prefix("listening on ")?.to_owned()))
            .expect("it has to start");
        (Self(child), address.parse().unwrap())
    }
}

impl Drop for Victim {
    /// `kill -9`
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// A step of a story.
#[derive(Clone, Copy, Debug)]
enum Step {
    /// The cardholder's, at Paysafe.
    Act(&'static str),
    /// The provider's, at Paysafe.
    Put(&'static str),
    /// The issuer's, at Paysafe.
    Issue(&'static str),
    /// A card of Ibanera's is created.
    Create,
    /// Somebody pays with a card of Ibanera's, and then so much is settled and given back, in cents;
    /// where nothing is, the payment is reversed.
    Pay { held: u32, cleared: u32, back: u32 },
    /// The same at Airpay.
    PayAtAirpay { held: u32, cleared: u32, back: u32 },
}

fn step() -> impl Strategy<Value = Step> {
    let pay = (1..500_u32, 0..500_u32, 0..500_u32);
    prop_oneof![
        3 => prop::sample::select(vec!["LOCK", "UNLOCK", "ACTIVATE", "SET_PIN"]).prop_map(Step::Act),
        2 => prop::sample::select(vec!["SUSPENDED", "ACTIVE"]).prop_map(Step::Put),
        1 => prop::sample::select(vec!["tokenise", "reissue-token", "ship", "deliver", "expire"]).prop_map(Step::Issue),
        1 => Just(Step::Create),
        2 => pay.clone().prop_map(|(held, cleared, back)| Step::Pay { held, cleared, back }),
        2 => pay.prop_map(|(held, cleared, back)| Step::PayAtAirpay { held, cleared, back }),
    ]
}

/// Draws the steps of a story by its number: another one's are others.
fn story(number: u64) -> Vec<Step> {
    let mut seed = [0; 32];
    seed[..8].copy_from_slice(&number.to_le_bytes());
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &seed);
    let mut runner = TestRunner::new_with_rng(ProptestConfig::default(), rng);
    let steps = prop::collection::vec(step(), 1..12);
    steps.new_tree(&mut runner).unwrap().current()
}

/// Sends JSON; `None`: the sandbox is gone.
fn send(address: SocketAddr, method: &str, target: &str, sent: &Value) -> Option<Value> {
    let headers = [
        ("content-type", "application/json"),
        ("authorization", "YOUR_API_KEY"),
        ("otp", "text"),
    ];
    let sent = if sent.is_null() {
        String::new()
    } else {
        sent.to_string()
    };
    let asked = request(method, target, &headers, &sent);
    let mut stream = TcpStream::connect(address).ok()?;
    stream.write_all(asked.as_bytes()).ok()?;
    let answer = crate::common::rest(&mut stream);
    if !answer.starts_with("HTTP/1.1 ") {
        return None;
    }
    assert!(status(&answer) < 500, "{target}: {answer}");
    serde_json::from_str(body(&answer)).ok()
}

/// Writes an amount, of which some have zeros before them.
fn money(cents: u32) -> String {
    let zeros = "0".repeat(cents as usize % 3);
    format!("{zeros}{}.{:02}", cents / 100, cents % 100)
}

/// Pays, settles or takes back, and gives back. `None`: the sandbox is gone.
fn pay(
    address: SocketAddr,
    provider: &str,
    mut order: Value,
    [held, cleared, back]: [u32; 3],
) -> Option<()> {
    let target = format!("/_sandbox/issuer/{provider}");
    order["action"] = "authorise".into();
    order["amount"] = money(held).into();
    let paid = send(address, "POST", &target, &order)?["transaction"].clone();
    if paid.is_null() {
        return Some(());
    }
    let act = |action: &str, cents: u32| {
        let mut order = json!({"action": action, "transaction": paid});
        if cents > 0 {
            order["amount"] = money(cents).into();
        }
        send(address, "POST", &target, &order).map(drop)
    };
    if cleared == 0 {
        return act("reverse", 0);
    }
    act("clear", cleared)?;
    if back > 0 {
        act("refund", back)
    } else {
        Some(())
    }
}

/// Tells a story of a card of its own. `None`: the sandbox is gone.
fn tell(address: SocketAddr, number: u64, steps: &[Step]) -> Option<()> {
    let card = format!("story-{number}");
    let customer = json!({"customerId": format!("s{number}"), "cards": [
        {"cardId": card, "status": "ISSUED", "cardType": "PHYSICAL"},
    ]});
    send(
        address,
        "POST",
        "/_sandbox/world/paysafe/customers",
        &customer,
    )?;
    for step in steps {
        match *step {
            Step::Act(action) => {
                let target = format!("/_sandbox/paysafe/cards/{card}/actions");
                send(address, "POST", &target, &json!({"action": action}))?;
            }
            Step::Put(status) => {
                let target = format!("/_sandbox/paysafe/cards/{card}/status");
                send(address, "PUT", &target, &json!({"status": status}))?;
            }
            Step::Issue(action) => {
                let mut order = json!({"action": action, "card": card});
                if action == "tokenise" {
                    order["wallet"] = "APPLE".into();
                }
                send(address, "POST", "/_sandbox/issuer/paysafe", &order)?;
            }
            Step::Create => {
                let order: Value =
                    serde_json::from_str(&crate::common::ibanera_card(11060)).unwrap();
                send(address, "POST", "/api/v1/customer/cards/create", &order)?;
            }
            Step::Pay {
                held,
                cleared,
                back,
            } => {
                let order = json!({"card": 1005});
                pay(address, "ibanera", order, [held, cleared, back])?;
            }
            Step::PayAtAirpay {
                held,
                cleared,
                back,
            } => {
                let order = json!({"customer": "AIRPAYCUST0001", "card": "100000000978"});
                pay(address, "airpay", order, [held, cleared, back])?;
            }
        }
    }
    Some(())
}

#[test]
fn stories_with_kills_are_told_of_by_one_event_a_change_each_at_least_once_and_in_order() {
    let count = std::env::var(COUNT).ok().and_then(|text| text.parse().ok());
    let count: u64 = count.unwrap_or(STORIES);
    let good = Receiver::start();
    // Of each event, by its body, it fails some attempts and answers some never.
    let draws = AtomicU64::new(0);
    let bad = Receiver::judging(move |_| match draws.fetch_add(1, Ordering::Relaxed) % 10 {
        0 => None,
        1..4 => Some(500),
        _ => Some(200),
    });
    let urls = format!("{} {}", good.url, bad.url);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sandbox.db");
    let next = AtomicU64::new(0);
    let mut round = 0_u64;
    let (mut victim, mut address) = Victim::spawn(&path, &urls);
    load(address);
    while next.load(Ordering::Relaxed) < count {
        let until = (next.load(Ordering::Relaxed) + 1 + round * 29 % 100).min(count);
        std::thread::scope(|scope| {
            let mut workers = Vec::new();
            for _ in 0..AT_ONCE {
                let next = &next;
                workers.push(scope.spawn(move || {
                    loop {
                        let number = next.fetch_add(1, Ordering::Relaxed);
                        let steps = story(number);
                        if number >= count || tell(address, number, &steps).is_none() {
                            return;
                        }
                    }
                }));
            }
            let is_told = || {
                workers
                    .iter()
                    .all(std::thread::ScopedJoinHandle::is_finished)
            };
            while next.load(Ordering::Relaxed) < until && !is_told() {
                std::thread::sleep(Duration::from_millis(1));
            }
            drop(victim);
        });
        round += 1;
        (victim, address) = Victim::spawn(&path, &urls);
    }
    // One who fails holds up nobody else: all has come to the other before any clock is moved.
    settled(address, |delivery| delivery["url"] == *good.url, false);
    settled(address, |_| true, true);
    drop(victim);
    check_money(&path);
    let cards = cards(&path);
    for receiver in [&good, &bad] {
        check_events(&receiver.got(), &cards);
    }
    assert!(round > 3 || count < 10, "{round} kills");
}

/// Loads those who pay.
fn load(address: SocketAddr) {
    for _ in 0..4 {
        let fields = [("entity_id", "AIRPAYCUST0001"), ("amount", "9999")];
        assert!(crate::common::airpay(address, "topup", &fields).contains("success"));
    }
}

/// Waits until no delivery of these waits, by a clock that goes on faster where it is to.
fn settled(address: SocketAddr, is_one: impl Fn(&Value) -> bool, is_fast: bool) {
    let deadline = Instant::now() + Duration::from_secs(180);
    loop {
        let target = "/_sandbox/events?limit=1000";
        let listed = send(address, "GET", target, &Value::Null).unwrap();
        let receivers = send(address, "GET", "/_sandbox/receivers", &Value::Null).unwrap();
        let waits = receivers["receivers"]
            .as_array()
            .unwrap()
            .iter()
            .any(|one| is_one(one) && one["waiting"] != 0);
        if !waits {
            return;
        }
        assert!(Instant::now() < deadline, "{receivers} {listed}");
        if is_fast {
            send(
                address,
                "POST",
                "/_sandbox/clock/advance",
                &json!({"seconds": 60}),
            );
        }
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// The status of each card of a story and how many wallets have it, and the ids of Ibanera's cards that
/// were created.
struct Cards {
    statuses: BTreeMap<String, String>,
    wallets: BTreeMap<String, i64>,
    created: BTreeSet<i64>,
}

fn cards(path: &Path) -> Cards {
    let database = Connection::open(path).unwrap();
    let sql = "SELECT card_id, status FROM paysafe_card WHERE card_id GLOB 'story-*'";
    let mut statuses = database.prepare(sql).unwrap();
    let statuses = statuses.query_map([], |row| Ok((row.get(0)?, row.get(1)?)));
    let sql =
        "SELECT card_id, json_array_length(tokenizations, '$.mobileWalletTokenizations') AS wallets
        FROM paysafe_card WHERE card_id GLOB 'story-*' AND wallets > 0";
    let mut wallets = database.prepare(sql).unwrap();
    let wallets = wallets.query_map([], |row| Ok((row.get(0)?, row.get(1)?)));
    let mut created = database
        .prepare("SELECT id FROM ibanera_card WHERE id > 1026")
        .unwrap();
    let created = created.query_map([], |row| row.get(0)).unwrap();
    Cards {
        statuses: statuses.unwrap().map(Result::unwrap).collect(),
        wallets: wallets.unwrap().map(Result::unwrap).collect(),
        created: created.map(Result::unwrap).collect(),
    }
}

/// Each change was told of by one event, and the events of each card came in order.
fn check_events(got: &[Got], cards: &Cards) {
    let mut seen = BTreeSet::new();
    let mut chains = BTreeMap::<String, String>::new();
    let mut approved = BTreeSet::new();
    let (mut wallets, mut frozen) = (BTreeMap::new(), BTreeMap::<String, i64>::new());
    for event in got.iter().map(Got::json) {
        // The first time counts: it may come again.
        let id = ["Id", "eventId", "id"]
            .into_iter()
            .find_map(|name| event[name].as_str());
        if !seen.insert(id.unwrap().to_owned()) {
            continue;
        }
        if let Some(card) = event["Data"]["TopUpCardsId"].as_i64() {
            assert!(approved.insert(card), "{card} is told of twice");
        }
        let Some(card) = event["cardId"].as_str().map(str::to_owned) else {
            continue;
        };
        if event["walletType"].is_string() {
            *wallets.entry(card.clone()).or_default() += 1;
        }
        let frozen = frozen.entry(card.clone()).or_default();
        match event["tokenAction"].as_str() {
            Some("TOKEN_FROZEN") => *frozen += 1,
            Some("TOKEN_UNFROZEN") => *frozen -= 1,
            _ => {}
        }
        let all = 0..=wallets.get(&card).copied().unwrap_or_default();
        assert!(all.contains(frozen), "{card}: {frozen} tokens are frozen");
        let Some(new) = event["newStatus"].as_str() else {
            continue;
        };
        let before = chains.insert(card.clone(), new.to_owned());
        let before = before.unwrap_or_else(|| "ISSUED".to_owned());
        assert_eq!(
            event["oldStatus"], before,
            "{card}: a change is missing, or told twice"
        );
    }
    assert_eq!(approved, cards.created);
    assert_eq!(wallets, cards.wallets);
    for (card, status) in &cards.statuses {
        let told = chains.get(card).map_or("ISSUED", String::as_str);
        assert_eq!(told, status, "{card}");
    }
}

/// The balances are the sums of their transactions, and nobody has less than nothing.
fn check_money(path: &Path) {
    let database = Connection::open(path).unwrap();
    let text = |row: &rusqlite::Row<'_>, at: usize| -> i64 {
        let text: String = row.get(at).unwrap();
        let is_json = serde_json::from_str::<serde_json::Number>(&text).is_ok();
        assert!(is_json, "{text}");
        let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
        format!("{whole}{fraction:0<2}").parse().unwrap()
    };
    let sql = "SELECT total_balance, available_balance, pending_balance FROM ibanera_card
        WHERE id = 1005";
    let balances = database.query_row(sql, [], |row| {
        Ok([text(row, 0), text(row, 1), text(row, 2)])
    });
    let [total, available, pending] = balances.unwrap();
    let sql = "SELECT amount, pending FROM ibanera_transaction WHERE cards_id = 1005";
    let mut entries = database.prepare(sql).unwrap();
    let entries = entries.query_map([], |row| Ok((text(row, 0), row.get::<_, bool>(1)?)));
    let entries: Vec<_> = entries.unwrap().map(Result::unwrap).collect();
    let sum = |is_one: &dyn Fn(&(i64, bool)) -> bool| -> i64 {
        entries
            .iter()
            .filter(|one| is_one(one))
            .map(|one| one.0)
            .sum()
    };
    assert_eq!(total, sum(&|_| true));
    assert_eq!(pending, sum(&|one| one.1));
    let to_come = sum(&|one| one.1 && one.0 > 0);
    assert_eq!(available, total - to_come);
    assert!(available >= 0);
    let sql = "SELECT sum(paise) FROM airpay_transaction WHERE entity_id = 'AIRPAYCUST0001'";
    let balance: i64 = database.query_row(sql, [], |row| row.get(0)).unwrap();
    assert!(balance >= 0);
    let sql = "SELECT count(*) FROM (
            SELECT refund_of, sum(paise) AS paise FROM airpay_transaction
            WHERE kind = 'refund' GROUP BY refund_of
        ) WHERE paise >
        (SELECT -paise FROM airpay_transaction WHERE transaction_id = refund_of)";
    let too_much: i64 = database.query_row(sql, [], |row| row.get(0)).unwrap();
    assert_eq!(too_much, 0, "more was given back than was paid");
}
