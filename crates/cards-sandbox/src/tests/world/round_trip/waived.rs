//! Checks the worlds of sandboxes that waive rules: whatever a call brings there, the world is
//! saved and loaded, and no whole card number is kept.

use std::collections::BTreeSet;

use cards_model::{Field, Operation, Waiver, Waivers};
use serde_json::Value;

use super::{held, load, save};
use crate::Sandbox;
use crate::builder::Builder;
use crate::testing::{Fields, Harness, accepted, everything, is_number, send, with};

/// Values that keep few rules. The first two are card numbers.
const ODD: [&str; 8] = [
    "4111111111111111",
    "5555 5555-5555 4444",
    "soon",
    "",
    "411111",
    "411111-1111111111",
    "\u{1f4b3}\u{1}\"\\",
    LONG,
];

/// A text of 200 characters.
const LONG: &str = "abcdefghijklmnopqrstuvwxyz-abcdefghijklmnopqrstuvwxyz-abcdefghijklmnopqrs\
    tuvwxyz-abcdefghijklmnopqrstuvwxyz-abcdefghijklmnopqrstuvwxyz-abcdefghijklmnopqrstuvwxyz-\
    abcdefghijklmnopqrstuvwxyz-abcdefghijk";

/// Fields that are kept, and in which a card number comes once their rules are waived.
const KEPT: [&str; 12] = [
    "airpay register-user, card_type",
    "airpay register-user, card_expiry",
    "airpay register-user, city",
    "airpay register-user, doc_type",
    "airpay register-user, first_name",
    "airpay add-card, card_type",
    "airpay add-card, card_expiry",
    "airpay card-replacement, new_kit_no",
    "airpay update-customer, state",
    "airpay update-kyc-status, doc_number",
    "ibanera create-card, cardReferenceId",
    "paysafe create-prepaid-card, externalId",
];

/// The waivers of all rules of an operation that can be waived.
fn waivers(operation: &'static Operation) -> impl Iterator<Item = Waiver> {
    let of = |field: &'static Field| {
        let name = format!("{}/{}", operation.name, field.wire);
        let rules = operation.rules_of(field).into_iter();
        rules.map(move |rule| Waiver::from((&*name, rule)))
    };
    let all = operation.fields.iter().flat_map(of);
    all.filter(move |waiver| Waivers::new([waiver.clone()], [operation]).is_ok())
}

/// An accepted request that names nothing new which an earlier one has named.
fn anew(sandbox: &Harness, operation: &Operation, number: usize) -> Fields {
    let mut fields = accepted(sandbox, operation);
    let is_first = matches!(operation.name, "register-user" | "add-card");
    for (name, value) in &mut fields {
        match *name {
            "kit_no" if is_first => *value = format!("3000000{number:05}"),
            "card_no" => *value = format!("411111{number:010}"),
            "email" => *value = format!("new{number}@example.com"),
            "externalId" | "cardReferenceId" => *value = format!("R-{number}"),
            _ => {}
        }
    }
    fields
}

/// Fails where a whole card number is kept.
async fn no_card_number_is_kept(sandbox: &Harness, place: &str) {
    let rows = sandbox.app.store.read_all(everything).await.unwrap();
    let rows = rows.join("\n");
    for number in ODD[..2].iter().chain(&["5555555555554444"]) {
        assert!(!rows.contains(number), "{place}: {number} in {rows}");
    }
}

/// Brings the world back that the sandbox was started with.
async fn start_anew(sandbox: &Harness, place: &str) {
    let reset = sandbox.control("POST", "/_sandbox/reset", "").await;
    assert_eq!(reset.status, 200, "{place}");
}

#[tokio::test]
async fn what_a_waived_rule_lets_through_is_saved_and_loaded_without_a_card_number() {
    let all = Harness::new();
    let mut with_a_number = BTreeSet::new();
    for known in all.app.operations.of(None) {
        let operation = known.operation;
        let sandbox = Harness::with(waivers(operation).fold(Sandbox::builder(), Builder::waive));
        for field in operation.fields {
            let place = format!("{operation}, {}", field.wire);
            start_anew(&sandbox, &place).await;
            let mut is_any = false;
            for (number, odd) in ODD.into_iter().enumerate() {
                // As an amount it is no card number.
                if number < 2 && is_number(operation, field.wire) {
                    continue;
                }
                let usual = anew(&sandbox, operation, number);
                let sent = with(&usual, field.wire, odd);
                let mut reply = send(&sandbox, known, &sent).await;
                // What one call uses up, such as a card that is replaced, the next may need.
                if is_any && !sandbox.last().accepted {
                    held(&sandbox).await;
                    start_anew(&sandbox, &place).await;
                    is_any = false;
                    reply = send(&sandbox, known, &sent).await;
                }
                assert!(
                    reply.status.as_u16() < 500,
                    "{place}, {odd:?}: {}",
                    reply.body
                );
                if sandbox.last().accepted {
                    no_card_number_is_kept(&sandbox, &place).await;
                    is_any = true;
                    if number == 0 {
                        with_a_number.insert(place.clone());
                    }
                }
            }
            if is_any {
                held(&sandbox).await;
            }
        }
    }
    // Those of fields that name what is there are refused whatever is waived.
    assert!(with_a_number.len() > 60, "{with_a_number:?}");
    for field in KEPT {
        assert!(with_a_number.contains(field), "{field}");
    }
}

#[tokio::test]
async fn a_card_number_in_a_saved_card_is_refused_by_name() {
    let sandbox = Harness::new();
    let saved = save(&sandbox).await;
    for field in ["kit_no", "card_type", "card_expiry"] {
        let mut world: Value = serde_json::from_str(&saved).unwrap();
        world["airpay"]["customers"][0]["cards"][0][field] = ODD[0].into();
        let reply = load(&sandbox, &world.to_string()).await;
        assert_eq!(reply.status, 400, "{field}");
        let name = format!("airpay.customers[0].cards[0].{field}");
        let reply: Value = serde_json::from_str(&reply.body).unwrap();
        assert_eq!(reply["field"], name);
        assert!(!reply.to_string().contains(ODD[0]));
    }
}
