//! The plastic, the end, approval, wallets and KYC: states and events follow.

use cards_sandbox::IbaneraCardApproval;
use serde_json::{Value, json};

use super::*;

/// The seeded customer's card at Paysafe at a position.
fn card(position: u32) -> String {
    format!("12345678-0000-4000-8000-{position:012}")
}

/// The events, each as its name and what it tells.
fn told(sandbox: &Running) -> Vec<String> {
    let events = sandbox.events().unwrap();
    let told = events.iter().map(|event| {
        let body: Value = serde_json::from_str(&event.body).unwrap();
        let what = ["newStatus", "tokenAction", "walletType", "Type"];
        let what = what.into_iter().find_map(|field| body[field].as_str());
        format!("{} {}", event.name, what.unwrap())
    });
    told.collect()
}

fn status(sandbox: &Running, id: &str) -> String {
    let customers = sandbox.paysafe_customers().unwrap();
    let mut cards = customers.iter().flat_map(|customer| &customer.cards);
    cards
        .find(|card| card.card_id == id)
        .unwrap()
        .status
        .clone()
}

/// The first of the seeded cards in a status and of a type.
fn first(sandbox: &Running, status: &str, card_type: &str) -> String {
    let customers = sandbox.paysafe_customers().unwrap();
    let mut cards = customers.iter().flat_map(|customer| &customer.cards);
    let is_so =
        |card: &&cards_sandbox::PaysafeCard| card.status == status && card.card_type == card_type;
    cards
        .find(is_so)
        .unwrap_or_else(|| panic!("none is {status} and {card_type}"))
        .card_id
        .clone()
}

#[test]
fn a_card_of_paysafe_is_approved_shipped_delivered_tokenised_and_ends() {
    let sandbox = Sandbox::start_blocking().unwrap();
    let id = first(&sandbox, "PENDING", "PHYSICAL");
    let of = |action| order(action).card(&*id);
    assert_eq!(
        why(&sandbox, PAYSAFE, of(A::Deliver)),
        "409 the card has not been shipped"
    );
    done(&sandbox, PAYSAFE, of(A::ApproveCard));
    assert_eq!(
        why(&sandbox, PAYSAFE, of(A::RejectCard)),
        "409 only a PENDING or APPLIED card waits to be approved"
    );
    done(&sandbox, PAYSAFE, of(A::Ship));
    assert_eq!(
        why(&sandbox, PAYSAFE, of(A::Ship)),
        "409 the card has been shipped"
    );
    done(&sandbox, PAYSAFE, of(A::Deliver));
    assert_eq!(
        why(&sandbox, PAYSAFE, of(A::Deliver)),
        "409 the card has been delivered"
    );
    assert_eq!(
        why(&sandbox, PAYSAFE, of(A::Tokenise).wallet("APPLE")),
        "409 only an ACTIVE or DIGITAL card is taken by a wallet"
    );
    assert_eq!(status(&sandbox, &id), "ISSUED");
    let target = format!("/_sandbox/paysafe/cards/{id}/actions");
    let headers = [("content-type", "application/json")];
    crate::common::post(
        sandbox.addr(),
        &target,
        &headers,
        r#"{"action":"ACTIVATE"}"#,
    );
    done(&sandbox, PAYSAFE, of(A::Tokenise).wallet("APPLE"));
    done(&sandbox, PAYSAFE, of(A::ReissueToken));
    done(&sandbox, PAYSAFE, of(A::Expire));
    assert_eq!(status(&sandbox, &id), "EXPIRED");
    assert_eq!(
        told(&sandbox),
        [
            "card-status ISSUED",
            "card-status ACTIVE",
            "card-tokenization APPLE",
            "card-token TOKEN_REISSUED",
            "card-status EXPIRED",
            "card-token TOKEN_CANCELLED",
        ]
    );
    assert_eq!(
        why(&sandbox, PAYSAFE, of(A::Ship)),
        "409 the card has come to its end"
    );
}

/// A card that the clock lets expire is what it was once the clock goes back, whatever was done to it
/// that changes nothing.
#[test]
fn a_change_that_changes_nothing_keeps_no_expiry_by_the_clock() {
    let sandbox = Sandbox::start_blocking().unwrap();
    let id = first(&sandbox, "ACTIVE", "PHYSICAL");
    let of = |action| order(action).card(&*id);
    done(&sandbox, PAYSAFE, of(A::Ship));
    let target = format!("/_sandbox/paysafe/cards/{id}");
    let headers = [("content-type", "application/json")];
    let send = |method: &str, target: &str, body: &str| {
        let asked = crate::common::request(method, target, &headers, body);
        let answer = crate::common::exchange(sandbox.addr(), asked.as_bytes());
        assert_eq!(crate::common::status(&answer), 200, "{answer}");
    };
    let act = |action: &str| send("POST", &format!("{target}/actions"), action);
    act(r#"{"action":"LOCK"}"#);
    let before = sandbox.clock().now();
    let years = std::time::Duration::from_secs(40 * 365 * 86_400);
    sandbox.clock().advance(years).unwrap();
    assert_eq!(status(&sandbox, &id), "EXPIRED");
    done(&sandbox, PAYSAFE, of(A::Deliver));
    let expired = r#"{"status":"EXPIRED"}"#;
    send("PUT", &format!("{target}/status"), expired);
    assert_eq!(status(&sandbox, &id), "EXPIRED");
    sandbox.clock().set(before).unwrap();
    assert_eq!(status(&sandbox, &id), "LOCKED");
    act(r#"{"action":"UNLOCK"}"#);
    assert_eq!(status(&sandbox, &id), "ACTIVE");
}

/// A world that is saved and loaded knows which cards were told of that have expired by the clock.
#[test]
fn an_expiry_by_the_clock_is_told_once_also_in_a_world_that_is_loaded() {
    let sandbox = Sandbox::start_blocking().unwrap();
    let id = first(&sandbox, "ACTIVE", "PHYSICAL");
    let years = |count: u64| std::time::Duration::from_secs(count * 366 * 86_400);
    sandbox.clock().freeze();
    sandbox.clock().advance(years(40)).unwrap();
    let count = || {
        let events = sandbox.events().unwrap();
        let of_card = events.iter().filter(|event| event.subject == id);
        of_card.filter(|event| event.name == "card-status").count()
    };
    let is_in_time = |is_so: &dyn Fn() -> bool| {
        (0..400).any(|_| {
            std::thread::sleep(std::time::Duration::from_millis(5));
            is_so()
        })
    };
    assert!(is_in_time(&|| count() == 1));
    let file = crate::common::get(sandbox.addr(), "/_sandbox/world/file", &[]);
    let file = crate::common::body(&file);
    assert!(file.contains(r#""expiryTold":true"#));
    let headers = [("content-type", "application/json")];
    let asked = crate::common::request("PUT", "/_sandbox/world", &headers, file);
    let answer = crate::common::exchange(sandbox.addr(), asked.as_bytes());
    assert_eq!(crate::common::status(&answer), 200, "{answer}");
    // The next day nothing is told of it again.
    sandbox.clock().advance(years(1)).unwrap();
    assert!(!is_in_time(&|| count() > 1));
}

#[test]
fn what_paysafe_has_no_place_for_is_refused() {
    let sandbox = Sandbox::start_blocking().unwrap();
    let virtual_one = first(&sandbox, "ACTIVE", "VIRTUAL");
    for (order, why_not) in [
        (
            order(A::Authorise).card(card(1)).amount("1"),
            "400 action: one of paysafe's: approve-card, reject-card, ship, deliver, expire, tokenise, reissue-token",
        ),
        (order(A::Expire), "400 card: this action needs it"),
        (
            order(A::Expire).card("nobody"),
            "404 there is no card of this id",
        ),
        (
            order(A::Ship).card(&*virtual_one),
            "409 only a PHYSICAL card is shipped",
        ),
        (
            order(A::Tokenise).card(card(1)).wallet("SAMSUNG"),
            "400 wallet: one of APPLE, GOOGLE",
        ),
        (
            order(A::Tokenise).card(card(1)),
            "400 wallet: one of APPLE, GOOGLE",
        ),
        (
            order(A::ReissueToken).card(first(&sandbox, "ISSUED", "PHYSICAL")),
            "409 only an ACTIVE or DIGITAL card's tokens are given anew",
        ),
    ] {
        assert_eq!(why(&sandbox, PAYSAFE, order), why_not);
    }
    assert!(told(&sandbox).is_empty());
}

#[test]
fn a_requested_card_of_ibanera_is_approved_or_rejected() {
    let sandbox = Sandbox::builder()
        .ibanera_card_approval(IbaneraCardApproval::Manual)
        .ibanera_padded_event_type()
        .start_blocking()
        .unwrap();
    let create = || {
        let answer = crate::common::create_ibanera_card(sandbox.addr(), 11057);
        let reply: Value = serde_json::from_str(crate::common::body(&answer)).unwrap();
        assert_eq!(
            (&reply["details"], &reply["status"]),
            (&Value::Null, &json!("1")),
            "{reply}"
        );
        reply["id"].to_string()
    };
    let cards = || {
        let customers = sandbox.ibanera_customers().unwrap();
        customers[0].cards.len()
    };
    let before = cards();
    let (first, second) = (create(), create());
    assert_ne!(first, second);
    assert_eq!(cards(), before, "nothing is made yet");
    assert!(told(&sandbox).is_empty());
    done(&sandbox, IBANERA, order(A::ApproveCard).request(&*first));
    done(&sandbox, IBANERA, order(A::RejectCard).request(&*second));
    assert_eq!(cards(), before + 1);
    for request in [&first, &second] {
        for action in [A::ApproveCard, A::RejectCard] {
            let why_not = why(&sandbox, IBANERA, order(action).request(&**request));
            assert_eq!(why_not, "404 no request of this id waits");
        }
    }
    let events = sandbox.events().unwrap();
    let bodies: Vec<Value> = events
        .iter()
        .map(|event| serde_json::from_str(&event.body).unwrap())
        .collect();
    assert_eq!(bodies[0]["Type"], " MANAGEE_CARD_APPROVAL_UPDATED");
    let card = sandbox.ibanera_customers().unwrap()[0].cards[before].id;
    assert_eq!(
        bodies[0]["Data"],
        json!({"TopUpCardsId": card, "RequestedTopUpCardsId": first.parse::<i64>().unwrap(), "Status": "Approved", "bManuallyUpdated": true})
    );
    assert_eq!(
        bodies[1]["Data"],
        json!({"RequestedTopUpCardsId": second.parse::<i64>().unwrap(), "Status": "Rejected", "bManuallyUpdated": true})
    );
}

#[test]
fn airpays_kyc_follows_a_review() {
    let sandbox = Sandbox::start_blocking().unwrap();
    let kyc = || sandbox.airpay_customers().unwrap()[1].kyc_status.clone();
    assert_eq!(kyc(), "MIN_KYC");
    for (action, level) in [(A::ApproveKyc, "FULL_KYC"), (A::RejectKyc, "MIN_KYC")] {
        sandbox
            .act_as_issuer(AIRPAY, order(action).customer(CUSTOMER))
            .unwrap();
        assert_eq!(kyc(), level);
    }
    let none = order(A::ApproveKyc).customer("nobody");
    assert_eq!(
        why(&sandbox, AIRPAY, none),
        "404 there is no customer of this id"
    );
}

#[test]
fn plastic_at_airpay_and_ibanera_is_shipped_once_and_then_delivered() {
    let sandbox = Sandbox::start_blocking().unwrap();
    assert_eq!(
        why(&sandbox, AIRPAY, at_airpay(A::Ship)),
        "409 only a physical card is shipped"
    );
    let of = |action| order(action).card(CARD);
    assert_eq!(
        why(&sandbox, IBANERA, of(A::Deliver)),
        "409 the card has not been shipped"
    );
    done(&sandbox, IBANERA, of(A::Ship));
    assert_eq!(
        why(&sandbox, IBANERA, of(A::Ship)),
        "409 the card has been shipped"
    );
    done(&sandbox, IBANERA, of(A::Deliver));
}

#[test]
fn a_card_that_goes_takes_its_shipment_along() {
    let sandbox = Sandbox::start_blocking().unwrap();
    let ship = || order(A::Ship).card("c");
    let customer =
        r#"{"customerId":"s","cards":[{"cardId":"c","status":"ISSUED","cardType":"PHYSICAL"}]}"#;
    let headers = [("content-type", "application/json")];
    for _ in 0..2 {
        let target = "/_sandbox/world/paysafe/customers";
        let answer = crate::common::post(sandbox.addr(), target, &headers, customer);
        assert_eq!(crate::common::status(&answer), 200, "{answer}");
        done(&sandbox, PAYSAFE, ship());
        assert_eq!(
            why(&sandbox, PAYSAFE, ship()),
            "409 the card has been shipped"
        );
        let gone = crate::common::request("DELETE", &format!("{target}/s"), &[], "");
        assert_eq!(
            crate::common::status(&crate::common::exchange(sandbox.addr(), gone.as_bytes())),
            200
        );
    }
}
