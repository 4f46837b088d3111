use proptest::prelude::*;
use serde_json::Value;

use crate::Sandbox;
use crate::testing::{Harness, for_each_drawn};
use crate::world::airpay::{CUSTOMER, PLACEHOLDER};

const SUCCESS: &str = r#"{"status":200,"message":"success","data":[]}"#;
const FAIL: &str = r#"{"status":400,"message":"fail"}"#;
const KIT: &str = "100000000978";
const NEW: &str = "200000000001";

/// A sandbox that replaces a card only once it is blocked.
fn strict() -> Harness {
    Harness::with(Sandbox::builder().any_pin_expiry().replaces_blocked_only())
}

async fn replace(sandbox: &Harness, old: &str, new: &str) -> String {
    let fields = [
        ("entity_id", CUSTOMER),
        ("old_kit_no", old),
        ("new_kit_no", new),
    ];
    sandbox.airpay("card-replacement", &fields).await.body
}

async fn lock(sandbox: &Harness, kit_no: &str, flag: &str) -> String {
    let fields = [
        ("entity_id", CUSTOMER),
        ("kit_no", kit_no),
        ("flag", flag),
        ("reason", "Lost"),
    ];
    sandbox.airpay("lock-unlock", &fields).await.body
}

async fn pin(sandbox: &Harness, kit_no: &str) -> String {
    let fields = [
        ("entity_id", CUSTOMER),
        ("kit_no", kit_no),
        ("pin", "7141"),
        ("expiryDate", "0101"),
    ];
    sandbox.airpay("set-pin", &fields).await.body
}

async fn cards(sandbox: &Harness) -> Vec<Value> {
    let world = sandbox.get_json("/_sandbox/world").await;
    let cards = world["airpay"]["customers"][1]["cards"].as_array();
    cards.unwrap().clone()
}

#[tokio::test]
async fn a_new_card_comes_in_the_place_of_a_blocked_one() {
    let sandbox = strict();
    assert_eq!(replace(&sandbox, KIT, NEW).await, FAIL);
    assert_eq!(
        sandbox.why(),
        "old_kit_no: the card has to be blocked first"
    );
    lock(&sandbox, KIT, "BL").await;
    assert_eq!(replace(&sandbox, KIT, NEW).await, SUCCESS);
    let [old, new] = &cards(&sandbox).await[..] else {
        panic!("two cards");
    };
    assert_eq!(
        (&old["lock"], &old["replaced_by"]),
        (&"BL".into(), &NEW.into())
    );
    assert_eq!(new["kit_no"], NEW);
    assert_eq!(new["card_type"], old["card_type"]);
    assert_eq!(new["card_expiry"], "11/31");
    let number = new["card_no"].as_str().unwrap();
    assert!(number.starts_with("462294******"), "{number}");
    assert_eq!((new.get("lock"), new.get("replaced_by")), (None, None));
    // The old one takes nothing any more, the new one everything.
    for (done, why) in [
        (
            replace(&sandbox, KIT, "").await,
            "old_kit_no: the card is replaced already",
        ),
        (
            pin(&sandbox, KIT).await,
            "kit_no: the card is replaced by another",
        ),
        (
            lock(&sandbox, KIT, "L").await,
            "kit_no: the card is replaced by another",
        ),
        (
            lock(&sandbox, KIT, "BL").await,
            "kit_no: the card is replaced by another",
        ),
    ] {
        assert_eq!(done, FAIL, "{why}");
    }
    assert_eq!(sandbox.why(), "kit_no: the card is replaced by another");
    assert!(pin(&sandbox, NEW).await.contains("SUCCESS"));
    assert_eq!(lock(&sandbox, NEW, "L").await, SUCCESS);
}

#[tokio::test]
async fn without_kits_the_only_card_is_replaced_by_a_kit_of_its_own() {
    let sandbox = strict();
    let no_kits = [("entity_id", CUSTOMER)];
    assert_eq!(
        sandbox.airpay("card-replacement", &no_kits).await.body,
        FAIL
    );
    assert_eq!(
        sandbox.why(),
        "old_kit_no: the customer has no card that can be replaced"
    );
    lock(&sandbox, KIT, "BL").await;
    assert_eq!(replace(&sandbox, "", "").await, SUCCESS);
    let all = cards(&sandbox).await;
    assert_eq!(all[0]["replaced_by"], all[1]["kit_no"]);
    assert_eq!(all[1]["kit_no"].as_str().unwrap().len(), 12);
    let second = r#"{"kit_no":"3","lock":"BL"}"#;
    let path = format!("/_sandbox/world/airpay/customers/{CUSTOMER}/cards");
    sandbox.control("POST", &path, second).await;
    lock(&sandbox, all[1]["kit_no"].as_str().unwrap(), "BL").await;
    assert_eq!(replace(&sandbox, "", "").await, FAIL);
    let why = "old_kit_no: the customer has more than one card that can be replaced";
    assert_eq!(sandbox.why(), why);
    let nobody = [("entity_id", "nobody")];
    assert_eq!(sandbox.airpay("card-replacement", &nobody).await.body, FAIL);
    assert_eq!(sandbox.why(), "entity_id: there is no such customer");
}

#[tokio::test]
async fn a_kit_that_somebody_has_is_not_given_out_again() {
    let sandbox = Harness::new();
    for kit in [KIT, "100000000513"] {
        assert_eq!(replace(&sandbox, KIT, kit).await, FAIL);
        assert_eq!(sandbox.why(), "new_kit_no: the kit is registered already");
    }
    for (entity_id, kit) in [
        (CUSTOMER, "100000000513"),
        (PLACEHOLDER, KIT),
        (CUSTOMER, "1"),
    ] {
        let fields = [("entity_id", entity_id), ("old_kit_no", kit)];
        assert_eq!(sandbox.airpay("card-replacement", &fields).await.body, FAIL);
        assert_eq!(
            sandbox.why(),
            "old_kit_no: the customer has no card of this kit"
        );
    }
    assert_eq!(cards(&sandbox).await.len(), 1);
    // Where nothing is set a card need not be blocked.
    assert_eq!(replace(&sandbox, KIT, NEW).await, SUCCESS);
    assert_eq!(cards(&sandbox).await[0]["replaced_by"], NEW);
}

#[tokio::test]
async fn a_saved_world_and_the_page_show_the_link() {
    let sandbox = Harness::new();
    lock(&sandbox, KIT, "BL").await;
    replace(&sandbox, KIT, "4622940000003713").await;
    let before = cards(&sandbox).await;
    assert_eq!(before[0]["replaced_by"], "462294******3713");
    let saved = sandbox.get("/_sandbox/world/file", &[]).await.body;
    assert!(!saved.contains("4622940000003713"), "{saved}");
    let loaded = sandbox.control("PUT", "/_sandbox/world", &saved).await;
    assert!(loaded.status.is_success(), "{}", loaded.body);
    assert_eq!(cards(&sandbox).await, before);
    let page = sandbox.get("/_sandbox/page/customers", &[]).await.body;
    assert!(page.contains("462294******3713"), "{page}");
    assert_eq!(replace(&sandbox, KIT, "").await, FAIL);
    assert_eq!(sandbox.why(), "old_kit_no: the card is replaced already");
}

/// A card as the model of the test has it.
#[derive(Default)]
struct Modelled {
    is_locked: bool,
    is_blocked: bool,
    is_replaced: bool,
}

impl Modelled {
    /// Tells whether the event is taken, which then happens.
    fn take(&mut self, event: &str, is_block_needed: bool) -> bool {
        let is_taken = match event {
            _ if self.is_replaced => false,
            "replace" => self.is_blocked || !is_block_needed,
            "BL" => true,
            _ => !self.is_blocked,
        };
        if is_taken {
            match event {
                "replace" => self.is_replaced = true,
                "L" => self.is_locked = true,
                "UL" => self.is_locked = false,
                "BL" => self.is_blocked = true,
                _ => {}
            }
        }
        is_taken
    }

    fn lock(&self) -> Option<&'static str> {
        match (self.is_blocked, self.is_locked) {
            (true, _) => Some("BL"),
            (false, true) => Some("L"),
            (false, false) => None,
        }
    }
}

#[test]
fn any_events_lead_where_the_model_says() {
    let event = proptest::sample::select(vec!["L", "UL", "BL", "BL", "pin", "replace", "replace"]);
    let events = proptest::collection::vec((any::<prop::sample::Index>(), event), 1..24);
    for_each_drawn(
        24,
        &(any::<bool>(), events),
        async |(is_block_needed, events)| {
            let sandbox = match is_block_needed {
                true => strict(),
                false => Harness::with(Sandbox::builder().any_pin_expiry()),
            };
            let mut kits = vec![KIT.to_owned()];
            let mut model = vec![Modelled::default()];
            for (at, event) in events {
                let at = at.index(kits.len());
                let kit = kits[at].clone();
                let new = format!("3{:011}", kits.len());
                let reply = match event {
                    "pin" => pin(&sandbox, &kit).await,
                    "replace" => replace(&sandbox, &kit, &new).await,
                    flag => lock(&sandbox, &kit, flag).await,
                };
                let is_taken = model[at].take(event, is_block_needed);
                assert_eq!(
                    reply != FAIL,
                    is_taken,
                    "{event} of {kit}: {reply}, {}",
                    sandbox.why()
                );
                if is_taken && event == "replace" {
                    kits.push(new);
                    model.push(Modelled::default());
                }
                let cards = cards(&sandbox).await;
                assert_eq!(cards.len(), model.len());
                for (card, modelled) in cards.iter().zip(&model) {
                    assert_eq!(
                        card.get("lock").and_then(Value::as_str),
                        modelled.lock(),
                        "{event}"
                    );
                    assert_eq!(
                        card.get("replaced_by").is_some(),
                        modelled.is_replaced,
                        "{event}"
                    );
                }
            }
        },
    );
}
