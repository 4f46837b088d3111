//! Every state of an Airpay card by everything that is done to a card or with its money, against a table
//! that the errata E-AL-04, E-AL-05, E-AS-05, E-AT-05, E-AX-03 and E-AX-04 lead to.

use serde_json::{Value, json};

use crate::testing::Harness;

const KIT: &str = "100000000009";
/// The month before the sandbox's: `MM/YY`, and as a PIN's call has it.
const ENDED: &str = "10/26";

/// The states, each as a row of a world and by what is ordered then.
fn states() -> [(&'static str, Value, bool); 8] {
    let by = "100000000010";
    [
        ("active", json!({}), false),
        ("locked", json!({"lock": "L"}), false),
        ("expired", json!({}), true),
        ("locked and expired", json!({"lock": "L"}), true),
        ("blocked", json!({"lock": "BL"}), false),
        ("replaced", json!({"replaced_by": by}), false),
        (
            "replaced, locked",
            json!({"lock": "L", "replaced_by": by}),
            false,
        ),
        (
            "replaced, blocked",
            json!({"lock": "BL", "replaced_by": by}),
            false,
        ),
    ]
}

/// A sandbox whose only customer with money has one card, in a state.
async fn with_card(mut card: Value, is_expired: bool) -> Harness {
    let sandbox = Harness::new();
    card["kit_no"] = KIT.into();
    card["card_type"] = "P".into();
    let world = json!({"airpay": {"customers": [{
        "entity_id": "7", "cards": [card],
        "transactions": [{"transaction_id": "T1", "amount": "100", "at": 7}],
    }]}});
    let reply = sandbox
        .control("PUT", "/_sandbox/world", &world.to_string())
        .await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    if is_expired {
        assert!(issuer(&sandbox, "expire").await);
    }
    sandbox
}

/// Tells whether the issuer did something.
async fn issuer(sandbox: &Harness, action: &str) -> bool {
    let mut order = json!({"action": action, "customer": "7", "card": KIT});
    if action == "authorise" {
        order["amount"] = 1.into();
    }
    let reply = sandbox
        .control("POST", "/_sandbox/issuer/airpay", &order.to_string())
        .await;
    assert!(reply.status == 200 || reply.status == 409, "{}", reply.body);
    reply.status == 200
}

/// Tells whether a call did something.
async fn call(sandbox: &Harness, name: &str, fields: &[(&str, &str)]) -> bool {
    let fields = [&[("entity_id", "7")], fields].concat();
    let reply = sandbox.airpay(name, &fields).await;
    reply.body.to_lowercase().contains("success")
}

const DONE: [&str; 12] = [
    "lock",
    "unlock",
    "block",
    "set-pin",
    "replace",
    "replace-only",
    "topup",
    "card-balance",
    "authorise",
    "ship",
    "expire",
    "card-details",
];

async fn is_done(sandbox: &Harness, what: &str, expiry: &str) -> bool {
    let kit = ("kit_no", KIT);
    let flag = |flag| [kit, ("flag", flag), ("reason", "Lost")];
    match what {
        "lock" => call(sandbox, "lock-unlock", &flag("L")).await,
        "unlock" => call(sandbox, "lock-unlock", &flag("UL")).await,
        "block" => call(sandbox, "lock-unlock", &flag("BL")).await,
        "set-pin" => {
            let pin = [kit, ("pin", "4821"), ("expiryDate", expiry)];
            call(sandbox, "set-pin", &pin).await
        }
        "replace" => call(sandbox, "card-replacement", &[("old_kit_no", KIT)]).await,
        "replace-only" => call(sandbox, "card-replacement", &[]).await,
        "topup" => call(sandbox, "topup", &[("amount", "5")]).await,
        "card-balance" | "card-details" => call(sandbox, what, &[]).await,
        _ => issuer(sandbox, what).await,
    }
}

#[tokio::test]
async fn each_state_by_everything_that_is_done() {
    let mut table = String::new();
    for (state, card, is_expired) in states() {
        let mut done = Vec::new();
        for what in DONE {
            let sandbox = with_card(card.clone(), is_expired).await;
            let shown = sandbox.get_json("/_sandbox/world").await;
            let expiry = shown["airpay"]["customers"][0]["cards"][0]["card_expiry"].as_str();
            let expiry = expiry.unwrap();
            assert_eq!(expiry == ENDED, is_expired, "{expiry}");
            let digits = expiry.replace('/', "");
            if is_done(&sandbox, what, &digits).await {
                done.push(what);
            }
        }
        table.push_str(&format!("{state}: {}\n", done.join(" ")));
    }
    insta::assert_snapshot!(table, @r"
    active: lock unlock block set-pin replace replace-only topup card-balance authorise ship expire card-details
    locked: lock unlock block set-pin replace replace-only topup card-balance ship expire card-details
    expired: lock unlock block set-pin replace replace-only topup card-balance card-details
    locked and expired: lock unlock block set-pin replace replace-only topup card-balance card-details
    blocked: block replace replace-only card-balance expire card-details
    replaced: card-balance expire card-details
    replaced, locked: card-balance expire card-details
    replaced, blocked: card-balance expire card-details
    ");
}
