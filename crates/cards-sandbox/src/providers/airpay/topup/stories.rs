//! Thousands of loads of several customers, told beside the sandbox by the clock alone.

use std::collections::BTreeMap;

use cards_model::{Decimal, UtcOffset};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use serde_json::Value;

use crate::Sandbox;
use crate::builder::Builder;
use crate::providers::airpay::ledger;
use crate::testing::{Harness, START};
use crate::world::airpay::{CUSTOMER, PLACEHOLDER};
use cards_sandbox_core::Storage;

/// Loads, each of one of three customers, with its amount in paise and a pause before it in
/// seconds.
type Story = Vec<(usize, i64, u32)>;

const IDS: [&str; 3] = [PLACEHOLDER, CUSTOMER, "third"];

fn stories(loads: std::ops::Range<usize>) -> impl Strategy<Value = Story> {
    let paise = prop_oneof![
        1..=300_i64,
        1..=1_000_100_i64,
        Just(1_000_000),
        Just(999_999),
    ];
    proptest::collection::vec((0..IDS.len(), paise, 0..400_000_u32), loads)
}

/// The balances, and how much each has loaded in which month.
#[derive(Default)]
struct Told {
    balances: BTreeMap<usize, i64>,
    months: BTreeMap<(usize, String), i64>,
}

impl Told {
    /// Tells whether a load is within the limit of its month; if so it counts.
    fn load(&mut self, who: usize, paise: i64, now: i64) -> bool {
        let month = UtcOffset::INDIA.date(now).to_string()[..7].to_owned();
        let loaded = self.months.entry((who, month)).or_default();
        let is_taken = *loaded + paise <= 1_000_000;
        if is_taken {
            *loaded += paise;
            *self.balances.entry(who).or_default() += paise;
        }
        is_taken
    }
}

/// Gives all three customers, known for ever: the seeded ones would lapse along the way.
async fn ready(builder: Builder) -> Harness {
    let sandbox = Harness::with(builder);
    let third = r#"{"entity_id":"third","kyc_expiry_date":"9999-01-01","cards":[{}]}"#;
    let path = "/_sandbox/world/airpay/customers";
    let added = sandbox.control("POST", path, third).await;
    assert_eq!(added.status, 200, "{}", added.body);
    let saved = sandbox.get("/_sandbox/world/file", &[]).await.body;
    let later = saved.replace("2028-11-21", "9999-01-01");
    let loaded = sandbox.control("PUT", "/_sandbox/world", &later).await;
    assert!(loaded.status.is_success(), "{}", loaded.body);
    sandbox
}

async fn tell(sandbox: &Harness, story: Story) -> Told {
    let (mut told, mut now) = (Told::default(), START);
    for (who, paise, pause) in story {
        sandbox.advance(i64::from(pause));
        now += i64::from(pause);
        let amount = ledger::rupees(paise).to_string();
        let fields = [("entity_id", IDS[who]), ("amount", &*amount)];
        let reply = sandbox.airpay("topup", &fields).await;
        let is_taken = reply.body.contains("AIRPAYTXN");
        let expected = told.load(who, paise, now);
        assert_eq!(is_taken, expected, "{amount}: {}", sandbox.why());
    }
    told
}

/// Holds that each balance is what was told, and the sum of the transactions.
async fn held(sandbox: &Harness, told: &Told) -> Value {
    let world = sandbox.get_json("/_sandbox/world").await;
    let customers = world["airpay"]["customers"].as_array().unwrap();
    for (who, id) in IDS.into_iter().enumerate() {
        let customer = customers.iter().find(|it| it["entity_id"] == id).unwrap();
        let paise = told.balances.get(&who);
        let balance = paise.map(|paise| ledger::rupees(*paise).to_string());
        assert_eq!(customer["balance"].as_str(), balance.as_deref());
        let transactions = customer["transactions"].as_array().into_iter().flatten();
        let amounts = transactions.map(|one| one["amount"].as_str().unwrap());
        let sum: Decimal = amounts.map(|text| text.parse::<Decimal>().unwrap()).sum();
        assert_eq!(sum, ledger::rupees(paise.copied().unwrap_or(0)));
        let reply = sandbox.airpay("card-balance", &[("entity_id", id)]).await;
        let reply: Value = serde_json::from_str(&reply.body).unwrap();
        let told: Decimal = reply["data"]["balance"].as_str().unwrap().parse().unwrap();
        assert_eq!(told, sum);
    }
    world
}

fn run(cases: u32, loads: std::ops::Range<usize>, tell: impl Fn(Story)) {
    let config = ProptestConfig {
        cases,
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    let tell = |story| {
        tell(story);
        Ok(())
    };
    TestRunner::new(config).run(&stories(loads), tell).unwrap();
}

fn runtime() -> tokio::runtime::Runtime {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    builder.enable_all().build().unwrap()
}

#[test]
fn balances_are_the_sums_of_what_was_loaded() {
    run(4, 900..1100, |story| {
        runtime().block_on(async {
            let sandbox = ready(Sandbox::builder()).await;
            let told = tell(&sandbox, story).await;
            held(&sandbox, &told).await;
        });
    });
}

#[test]
fn a_file_that_is_opened_again_has_the_same_balances() {
    run(2, 60..90, |story| {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("store.db");
        let stored = || Sandbox::builder().store(Storage::File(file.clone()));
        let told_before = runtime().block_on(async {
            let sandbox = ready(stored()).await;
            let told = tell(&sandbox, story).await;
            (held(&sandbox, &told).await, told)
        });
        let (before, told) = told_before;
        runtime().block_on(async {
            let sandbox = Harness::with(stored());
            assert!(held(&sandbox, &told).await == before);
        });
    });
}
