//! A PHYSICAL Paysafe card has the date of its activation from then on, whatever is done with it, and is
//! never on its way again.

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::testing::{Harness, for_each_drawn};

const CUSTOMER: &str = "12345678";
const CARD: &str = "12345678-0000-4000-8000-00000000a117";
const STATUSES: [&str; 8] = [
    "PENDING",
    "APPLIED",
    "ISSUED",
    "DIGITAL",
    "ACTIVE",
    "SUSPENDED",
    "LOCKED",
    "ACTIVE",
];

#[derive(Clone, Debug)]
enum Step {
    Act(&'static str),
    Put(&'static str),
    Update(&'static str),
}

fn step() -> impl Strategy<Value = Step> {
    let actions = proptest::sample::select(&["ACTIVATE", "LOCK", "UNLOCK", "SET_PIN"][..]);
    let status = || proptest::sample::select(&STATUSES[..]);
    prop_oneof![
        2 => actions.prop_map(Step::Act),
        3 => status().prop_map(Step::Put),
        2 => status().prop_map(Step::Update),
    ]
}

async fn take(sandbox: &Harness, step: &Step) {
    let own = format!("/_sandbox/paysafe/cards/{CARD}");
    let page = format!("/customers/{CUSTOMER}/prepaid/cards/{CARD}");
    let (method, path, body) = match step {
        Step::Act(action) => ("POST", format!("{own}/actions"), json!({"action": action})),
        Step::Put(status) => ("PUT", format!("{own}/status"), json!({"status": status})),
        Step::Update(status) => (
            "PATCH",
            page,
            json!({"status": status, "statusReason": "asked"}),
        ),
    };
    let headers = [
        ("content-type", "application/json"),
        ("authorization", "Bearer sandbox-paysafe-token"),
    ];
    let request = crate::testing::request(method, &path, &headers, &body.to_string());
    let reply = sandbox.send(request).await;
    let code = reply.status.as_u16();
    assert!(matches!(code, 200 | 409), "{step:?}: {}", reply.body);
}

async fn shown(sandbox: &Harness) -> Value {
    let world = sandbox.get_json("/_sandbox/world/file").await;
    let customers = world["paysafe"]["customers"].as_array().unwrap().iter();
    let mut cards = customers.flat_map(|customer| customer["cards"].as_array().unwrap());
    cards.find(|card| card["cardId"] == CARD).unwrap().clone()
}

/// Takes the steps with a card that begins so. Gives it as it is then.
async fn holds(first: &str, steps: &[Step]) -> Value {
    let sandbox = Harness::new();
    let path = format!("/_sandbox/world/paysafe/customers/{CUSTOMER}/cards");
    let card = json!({"cardId": CARD, "status": first, "cardType": "PHYSICAL"});
    let reply = sandbox.control("POST", &path, &card.to_string()).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    let mut before = shown(&sandbox).await;
    for (at, step) in steps.iter().enumerate() {
        sandbox.advance(1);
        take(&sandbox, step).await;
        let card = shown(&sandbox).await;
        let so_far = format!("{first}, {:?}: {card}", &steps[..=at]);
        let date = &card["activationDate"];
        assert!(date.is_string() || card["status"] != "ACTIVE", "{so_far}");
        if before["activationDate"].is_string() {
            assert_eq!(*date, before["activationDate"], "{so_far}");
            assert!(
                card["status"] != "ISSUED" && card["status"] != "DIGITAL",
                "{so_far}"
            );
        }
        before = card;
    }
    before
}

#[test]
fn an_active_card_has_a_date_and_an_activated_one_is_never_on_its_way() {
    let first =
        proptest::sample::select(&["PENDING", "APPLIED", "ISSUED", "DIGITAL", "LOCKED"][..]);
    let steps = proptest::collection::vec(step(), 1..12);
    for_each_drawn(96, &(first, steps), async |(first, steps)| {
        drop(holds(first, &steps).await);
    });
}

#[tokio::test]
async fn each_way_to_active_activates() {
    for (first, steps) in [
        ("ISSUED", &[Step::Put("SUSPENDED"), Step::Put("ACTIVE")][..]),
        (
            "ISSUED",
            &[Step::Update("SUSPENDED"), Step::Update("ACTIVE")],
        ),
        ("PENDING", &[Step::Put("ACTIVE")]),
        ("LOCKED", &[Step::Act("UNLOCK")]),
    ] {
        assert_eq!(
            holds(first, steps).await["status"],
            "ACTIVE",
            "{first} {steps:?}"
        );
    }
    let back = [
        Step::Act("ACTIVATE"),
        Step::Put("SUSPENDED"),
        Step::Put("ISSUED"),
    ];
    assert_eq!(holds("ISSUED", &back).await["status"], "SUSPENDED");
}
