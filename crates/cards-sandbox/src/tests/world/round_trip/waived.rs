//! Checks the worlds of sandboxes that waive rules: whatever a call brings there, the world is
//! saved and loaded, and no whole card number is kept.

use std::collections::BTreeSet;

use cards_model::{Field, Operation, Waiver, Waivers};

use super::held;
use crate::Sandbox;
use crate::builder::Builder;
use crate::testing::{Fields, Harness, accepted, everything, is_number, send, with};

/// Values that keep few rules. The first two are card numbers.
const ODD: [&str; 7] = [
    "4111111111111111",
    "5555 5555-5555 4444",
    "soon",
    "",
    "411111",
    "411111-1111111111",
    "\u{1f4b3}\u{1}\"\\",
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

#[tokio::test]
async fn what_a_waived_rule_lets_through_is_saved_and_loaded_without_a_card_number() {
    let all = Harness::new();
    let mut taken = BTreeSet::new();
    for known in all.app.operations.of(None) {
        let operation = known.operation;
        let sandbox = Harness::with(waivers(operation).fold(Sandbox::builder(), Builder::waive));
        let mut number = 0;
        for field in operation.fields {
            for odd in ODD {
                // As an amount it is no card number.
                if ODD[..2].contains(&odd) && is_number(operation, field.wire) {
                    continue;
                }
                number += 1;
                let usual = anew(&sandbox, operation, number);
                let reply = send(&sandbox, known, &with(&usual, field.wire, odd)).await;
                let place = format!("{operation}, {}", field.wire);
                assert!(
                    reply.status.as_u16() < 500,
                    "{place}, {odd:?}: {}",
                    reply.body
                );
                if sandbox.last().accepted {
                    taken.insert(place);
                }
            }
        }
        let file = held(&sandbox).await;
        let rows = sandbox.app.store.read_all(everything).await.unwrap();
        for text in [file, rows.join("\n")] {
            for number in &ODD[..2] {
                assert!(!text.contains(number), "{operation}: {number} in {text}");
            }
        }
    }
    // Those of fields that name what is there are refused whatever is waived.
    assert!(taken.len() > 60, "{taken:?}");
}
