//! Checks money over many random stories: what is paid in is on the card, in every list, to
//! the last digit, and the balances are the sums of the transactions.

use std::collections::BTreeMap;

use cards_model::Decimal;
use cards_model::ibanera::{Card, CardBalance, CardTransaction, CustomerCardsReply, Page};
use proptest::prelude::*;
use serde_json::json;

use crate::providers::ibanera::testing::otp;
use crate::testing::{Harness, for_each_drawn};

/// The cards that are paid into, and one that is not there.
const CARDS: [i64; 5] = [1001, 1002, 1004, 1026, 7];

#[derive(Clone, Debug)]
enum Step {
    /// Pays this many cents onto one of the cards.
    PayIn(usize, i64),
    /// An amount that is none.
    Wrong(usize, &'static str),
    /// A balance is set by the control API.
    Adjust(usize, &'static str, i64, u32),
    /// Lets this many milliseconds pass.
    Advance(i64),
}

fn step() -> impl Strategy<Value = Step> {
    let card = || 0..CARDS.len();
    let cents = prop_oneof![
        4 => 1..100_000_i64,
        1 => Just(1),
        1 => Just(99_999_999_999_999),
        1 => 1..99_999_999_999_999_i64,
    ];
    let wrong = proptest::sample::select(&["0", "0.00", "-1", "0.001", "\"1\"", "null"][..]);
    let balance =
        proptest::sample::select(&["totalBalance", "pendingBalance", "availableBalance"][..]);
    prop_oneof![
        8 => (card(), cents).prop_map(|(card, cents)| Step::PayIn(card, cents)),
        1 => (card(), wrong).prop_map(|(card, amount)| Step::Wrong(card, amount)),
        1 => (card(), balance, -1_000_000..1_000_000_i64, 0..5_u32)
            .prop_map(|(card, name, units, scale)| Step::Adjust(card, name, units, scale)),
        1 => (-100_000_000..100_000_000_i64).prop_map(Step::Advance),
    ]
}

/// Total, available and pending balance.
type Balances = [Decimal; 3];

async fn call(sandbox: &Harness, method: &str, path: &str, body: &str) -> (u16, String) {
    let code = otp(sandbox);
    let headers = [
        ("authorization", "Bearer sandbox-ibanera-token"),
        ("otp", &*code),
        ("content-type", "application/json"),
    ];
    let target = format!("/api/v1/customer/{path}");
    let request = crate::testing::request(method, &target, &headers, body);
    let reply = sandbox.send(request).await;
    (reply.status.as_u16(), reply.body)
}

async fn get(sandbox: &Harness, path: &str) -> String {
    let (status, body) = call(sandbox, "GET", path, "").await;
    assert_eq!(status, 200, "{path}: {body}");
    body
}

/// Takes a step, in the sandbox and in what is expected of it.
async fn take(step: &Step, sandbox: &Harness, expected: &mut BTreeMap<i64, Balances>) {
    match step {
        Step::PayIn(at, cents) => {
            let (card, amount) = (CARDS[*at], Decimal::new(*cents, 2));
            let (status, reply) = pay_in(sandbox, card, &amount.to_string()).await;
            match expected.get_mut(&card) {
                Some([total, available, _]) => {
                    assert_eq!(status, 200, "{reply}");
                    (*total, *available) = (*total + amount, *available + amount);
                }
                None => assert_eq!(status, 400, "{reply}"),
            }
        }
        Step::Wrong(at, amount) => {
            let (status, reply) = pay_in(sandbox, CARDS[*at], amount).await;
            assert_eq!(status, 400, "{amount}: {reply}");
        }
        Step::Adjust(at, name, units, scale) => {
            let amount = Decimal::new(*units, *scale);
            let path = format!("/_sandbox/ibanera/cards/{}", CARDS[*at]);
            let body = format!(r#"{{"{name}":{amount}}}"#);
            let reply = sandbox.control("PUT", &path, &body).await;
            if let Some(balances) = expected.get_mut(&CARDS[*at]) {
                assert_eq!(reply.status, 200, "{}", reply.body);
                let names = ["totalBalance", "availableBalance", "pendingBalance"];
                balances[names.iter().position(|one| one == name).unwrap()] = amount;
            }
        }
        Step::Advance(millis) => {
            let body = json!({ "seconds": millis / 1000 }).to_string();
            let path = "/_sandbox/clock/advance";
            assert_eq!(sandbox.control("POST", path, &body).await.status, 200);
        }
    }
}

async fn pay_in(sandbox: &Harness, card: i64, amount: &str) -> (u16, String) {
    let body =
        format!(r#"{{"DestinationAccountId":{card},"TransferType":"WIRE","Amount":{amount}}}"#);
    call(sandbox, "POST", "simulations/payins", &body).await
}

fn of_list(card: &Card) -> (i64, Balances) {
    let balance = |amount: Option<Decimal>| amount.unwrap();
    let (total, available) = (balance(card.total_balance), balance(card.available_balance));
    (card.id, [total, available, balance(card.pending_balance)])
}

fn of_balances(card: &CardBalance) -> (i64, Balances) {
    let balance = |amount: Option<Decimal>| amount.unwrap();
    let (total, available) = (balance(card.total_balance), balance(card.available_balance));
    (card.id, [total, available, balance(card.pending_balance)])
}

/// The balances of every card by each of the three lists, which must agree.
async fn listed(sandbox: &Harness) -> BTreeMap<i64, Balances> {
    let all = get(sandbox, "cards/byuser/list?pageSize=100").await;
    let all = CustomerCardsReply::from_success(&all).unwrap();
    let listed: BTreeMap<_, _> = all.cards().map(of_list).collect();
    let page = get(sandbox, "cards/balances?PageSize=100").await;
    let page: Page<CardBalance> = serde_json::from_str(&page).unwrap();
    let balances: BTreeMap<_, _> = page.details.iter().map(of_balances).collect();
    assert_eq!(balances, listed);
    for customer in [11057, 11079] {
        let one = get(sandbox, &format!("cards/byuser?customersId={customer}")).await;
        for card in CustomerCardsReply::from_success(&one).unwrap().cards() {
            let (id, balances) = of_list(card);
            assert_eq!(balances, listed[&id]);
        }
    }
    listed
}

/// Adds up a card's transactions over all pages: all of them, and those that are pending.
async fn added_up(sandbox: &Harness, card: i64) -> [Decimal; 2] {
    let (mut sums, mut ids) = ([Decimal::ZERO; 2], Vec::new());
    let mut times = Vec::new();
    for number in 1.. {
        let query = format!("cards/transactions?CardsId={card}&PageSize=7&PageNumber={number}");
        let page: Page<CardTransaction> =
            serde_json::from_str(&get(sandbox, &query).await).unwrap();
        for one in &page.details {
            let amount = one.amount.unwrap();
            sums[0] += amount;
            if one.pending == Some(true) {
                sums[1] += amount;
            }
            ids.push(one.id);
            times.push(one.date_time.as_ref().unwrap().unix_millis().unwrap());
        }
        if i64::from(number) >= page.number_of_pages.unwrap() {
            break;
        }
    }
    assert!(times.is_sorted_by(|one, next| one >= next), "newest first");
    let count = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), count, "each once");
    sums
}

async fn tell(steps: &[Step]) {
    let sandbox = Harness::new();
    let mut expected = listed(&sandbox).await;
    for step in steps {
        take(step, &sandbox, &mut expected).await;
    }
    assert_eq!(listed(&sandbox).await, expected);
    for card in CARDS {
        if let Some([total, _, pending]) = expected.get(&card) {
            assert_eq!(added_up(&sandbox, card).await, [*total, *pending], "{card}");
        }
    }
}

/// Tells as many stories as `PROPTEST_CASES` says, and 32 where it is not set.
#[test]
fn balances_are_the_sums_of_transactions_in_every_story() {
    let cases = std::env::var("PROPTEST_CASES").ok();
    let cases = cases.and_then(|cases| cases.parse().ok()).unwrap_or(32);
    let stories = proptest::collection::vec(step(), 0..24);
    for_each_drawn(cases, &stories, async |steps| tell(&steps).await);
}
