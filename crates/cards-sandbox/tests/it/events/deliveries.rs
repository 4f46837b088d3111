//! Deliveries without faults: what is sent, where, and in which order.

use std::sync::atomic::Ordering;

use cards_sandbox::world::ibanera::WEBHOOK_SECRET;
use cards_sandbox::world::paysafe::{CUSTOMER, SIGNATURE_KEY};
use cards_sandbox::{DeliveryState, Store, World};
use cards_sign::{HashEncoding, HashSecret, SignatureKey};

use super::*;

#[test]
fn a_change_of_status_is_sent_signed_to_its_documented_path() {
    let receiver = Receiver::start();
    let sandbox = sandbox(&receiver);
    act(&sandbox, ISSUED, "ACTIVATE");
    let got = receiver.wait(1).remove(0);
    assert_eq!(got.target, "/prepaid/card/status/events");
    assert_eq!(got.headers["content-type"], "application/json");
    let key: SignatureKey = SIGNATURE_KEY.parse().unwrap();
    assert!(
        key.sign(got.body.as_bytes())
            .verify(&got.headers["signature"])
    );
    let event = got.json();
    let keys: Vec<_> = event.as_object().unwrap().keys().collect();
    assert_eq!(
        keys,
        [
            "cardId",
            "customerId",
            "eventTimestamp",
            "id",
            "newStatus",
            "oldStatus"
        ]
    );
    assert_eq!(event["cardId"], ISSUED);
    assert_eq!(event["customerId"], CUSTOMER);
    assert_eq!(
        (&event["oldStatus"], &event["newStatus"]),
        (&json!("ISSUED"), &json!("ACTIVE"))
    );
    let sent = events(&sandbox, |events| {
        events[0].deliveries[0].state == DeliveryState::Delivered
    });
    assert_eq!((sent.len(), sent[0].deliveries.len()), (1, 1));
    assert_eq!(sent[0].body, got.body);
    assert_eq!(sent[0].id, event["id"]);
    assert_eq!(sent[0].deliveries[0].status, Some(200));
    assert_eq!(sent[0].deliveries[0].attempts, 1);
}

#[test]
fn a_documented_call_that_changes_the_status_is_told_too_and_one_that_does_not_is_not() {
    let receiver = Receiver::start();
    let sandbox = sandbox(&receiver);
    let update = |status: &str| {
        let target = format!("/customers/{CUSTOMER}/prepaid/cards/{ACTIVE}");
        let headers = [
            ("authorization", "Bearer sandbox-paysafe-token"),
            ("content-type", "application/json"),
        ];
        let body = json!({"status": status, "statusReason": "a test"}).to_string();
        let answer = exchange(
            sandbox.addr(),
            request("PATCH", &target, &headers, &body).as_bytes(),
        );
        assert_eq!(crate::common::status(&answer), 200, "{answer}");
    };
    update("ACTIVE");
    assert!(sandbox.events().unwrap().is_empty());
    update("CANCELLED");
    let got = receiver.wait(1);
    assert_eq!(got[0].text("newStatus"), "CANCELLED");
}

#[test]
fn tokens_are_frozen_and_unfrozen_with_their_card_in_order() {
    let receiver = Receiver::start();
    let sandbox = sandbox(&receiver);
    act(&sandbox, ACTIVE, "LOCK");
    act(&sandbox, ACTIVE, "UNLOCK");
    act(&sandbox, ACTIVE, "CANCEL");
    let all = sandbox.events().unwrap();
    let told: Vec<_> = receiver
        .wait(all.len())
        .iter()
        .map(|got| {
            let event = got.json();
            let what = [&event["newStatus"], &event["tokenAction"]];
            let what = what.into_iter().find_map(Value::as_str).unwrap();
            format!("{} {what}", got.target)
        })
        .collect();
    let tokens = told
        .iter()
        .filter(|told| told.ends_with("TOKEN_FROZEN"))
        .count();
    assert!(tokens > 0, "{told:?}");
    let mut expected = Vec::new();
    for (status, token) in [
        ("LOCKED", "TOKEN_FROZEN"),
        ("ACTIVE", "TOKEN_UNFROZEN"),
        ("CANCELLED", "TOKEN_CANCELLED"),
    ] {
        expected.push(format!("/prepaid/card/status/events {status}"));
        let token = format!("/prepaid/card/token/events {token}");
        expected.extend(std::iter::repeat_n(token, tokens));
    }
    assert_eq!(told, expected);
}

/// A receiver knows an event again by its id, whichever sandbox sends it.
#[test]
fn no_two_events_have_one_id_whichever_sandbox_sends_them() {
    let receiver = Receiver::start();
    let mut sent = 0;
    for _ in 0..3 {
        let sandbox = sandbox(&receiver);
        act(&sandbox, ACTIVE, "LOCK");
        act(&sandbox, ACTIVE, "UNLOCK");
        sent += sandbox.events().unwrap().len();
        receiver.wait(sent);
    }
    let ids = receiver.wait(sent).into_iter().map(|got| {
        let event = got.json();
        let id = ["eventId", "id"]
            .iter()
            .find_map(|name| event[name].as_str());
        id.unwrap().to_owned()
    });
    assert_eq!(ids.collect::<std::collections::BTreeSet<_>>().len(), sent);
}

#[test]
fn one_who_does_not_answer_holds_nobody_else_up() {
    let stuck = Receiver::judging(|got| (got.text("cardId") != ISSUED).then_some(200));
    let other = Receiver::start();
    let sandbox = sandbox(&stuck);
    let to = json!({"provider": "paysafe", "event": "card-status", "url": format!("{}/all?key=1", other.url)});
    assert_eq!(
        control(sandbox.addr(), "POST", "/_sandbox/receivers", &to).0,
        200
    );
    act(&sandbox, ISSUED, "ACTIVATE");
    act(&sandbox, ISSUED, "CANCEL");
    act(&sandbox, ACTIVE, "CANCEL");
    let got = other.wait(3);
    assert!(
        got.iter().all(|got| got.target == "/all?key=1"),
        "as it is registered"
    );
    let of_card: Vec<_> = got
        .iter()
        .filter(|got| got.text("cardId") == ISSUED)
        .collect();
    let order: Vec<_> = of_card.iter().map(|got| got.text("newStatus")).collect();
    assert_eq!(order, ["ACTIVE", "CANCELLED"]);
    // Of the receiver that is stuck only the one card is.
    let got = stuck.wait(2);
    assert!(got.iter().any(|got| got.text("cardId") == ACTIVE));
    assert_eq!(
        got.iter()
            .filter(|got| got.text("cardId") == ISSUED)
            .count(),
        1
    );
    let shown = sandbox.events().unwrap();
    let urls: Vec<_> = shown[0].deliveries.iter().map(|one| &*one.url).collect();
    assert_eq!(
        urls,
        [&*stuck.url, &*format!("{}/all", other.url)],
        "without a query"
    );
}

#[test]
fn a_restart_sends_what_waits() {
    let folder = tempfile::tempdir().unwrap();
    let file = || Sandbox::builder().store(Store::File(folder.path().join("sandbox.db")));
    let refusing = Receiver::judging(|_| Some(500));
    let first = at(file(), &refusing.url);
    act(&first, ISSUED, "ACTIVATE");
    refusing.wait(1);
    events(&first, |events| events[0].deliveries[0].attempts == 1);
    first.shutdown_blocking();
    let second = at(file(), &refusing.url);
    second.clock().advance(Duration::from_secs(30)).unwrap();
    assert_eq!(
        refusing.wait(2)[1].body,
        refusing.got()[0].body,
        "the same bytes"
    );
}

#[test]
fn receivers_of_another_start_go_and_those_that_were_registered_stay() {
    let folder = tempfile::tempdir().unwrap();
    let file = || Sandbox::builder().store(Store::File(folder.path().join("sandbox.db")));
    let urls = |sandbox: &Running| {
        let (_, list) = control(sandbox.addr(), "GET", "/_sandbox/receivers", &Value::Null);
        let all = list["receivers"].as_array().unwrap().clone();
        all.iter()
            .map(|one| one["url"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    let first = at(file(), "http://127.0.0.1:9/first");
    let to = json!({"provider": "paysafe", "url": "http://127.0.0.1:9/registered"});
    control(first.addr(), "POST", "/_sandbox/receivers", &to);
    first.shutdown_blocking();
    let second = at(file(), "http://127.0.0.1:9/second");
    assert_eq!(
        urls(&second),
        ["http://127.0.0.1:9/registered", "http://127.0.0.1:9/second"]
    );
}

#[test]
fn a_retry_is_made_in_time_while_another_receiver_does_not_answer() {
    let stuck = Receiver::judging(|_| None);
    let draws = std::sync::atomic::AtomicU64::new(0);
    let late = Receiver::judging(move |_| {
        let is_first = draws.fetch_add(1, Ordering::SeqCst) == 0;
        Some(if is_first { 503 } else { 200 })
    });
    let to = |url: &str| To::all(ProviderId::PAYSAFE, url.parse().unwrap());
    let sandbox = Sandbox::builder()
        .receiver(to(&late.url))
        .receiver(to(&stuck.url))
        .paysafe_event_pause(Duration::from_secs(1))
        .start_blocking()
        .unwrap();
    let began = Instant::now();
    act(&sandbox, ISSUED, "ACTIVATE");
    late.wait(2);
    // The other has ten seconds to answer.
    assert!(
        began.elapsed() < Duration::from_secs(6),
        "{:?}",
        began.elapsed()
    );
}

#[test]
fn numbers_go_on_after_a_reset_to_a_given_world_and_after_a_new_one() {
    let receiver = Receiver::start();
    let world =
        || json!({"paysafe": {"customers": [{"cards": [{"cardId": "c", "status": "ACTIVE"}]}]}});
    let given = World::from_json(&world().to_string()).unwrap();
    let sandbox = at(Sandbox::builder().world(given), &receiver.url);
    for number in 1..=3 {
        act(&sandbox, "c", "LOCK");
        assert_eq!(sandbox.events().unwrap().last().unwrap().number, number);
        receiver.wait(number as usize);
        if number == 1 {
            sandbox.reset_blocking().unwrap();
        } else {
            let (status, _) = control(sandbox.addr(), "PUT", "/_sandbox/world", &world());
            assert_eq!(status, 200);
        }
    }
}

#[test]
fn ibaneras_event_is_hashed_and_given_up_after_two_hours() {
    let receiver = Receiver::judging(|_| Some(202));
    let to = To::all(
        ProviderId::IBANERA,
        format!("{}/all", receiver.url).parse().unwrap(),
    );
    let sandbox = Sandbox::builder().receiver(to).start_blocking().unwrap();
    sandbox.clock().freeze();
    let answer = crate::common::create_ibanera_card(sandbox.addr(), 11057);
    let reply: Value = serde_json::from_str(crate::common::body(&answer)).unwrap();
    let got = receiver.wait(1).remove(0);
    assert_eq!(got.target, "/all");
    assert_eq!(got.json()["Type"], "MANAGEE_CARD_APPROVAL_UPDATED");
    let data =
        json!({"TopUpCardsId": reply["id"], "Status": "Approved", "bManuallyUpdated": false});
    assert_eq!(got.json()["Data"], data);
    let secret = HashSecret::new(WEBHOOK_SECRET).unwrap();
    let hash = secret.sign(got.body.as_bytes());
    assert!(hash.verify(&got.headers["webhook-signature"], HashEncoding::Base64));
    // 10 s, 20 s, 40 s, ... as far as two hours reach; 202 is not 200.
    let mut passed = 0;
    for attempt in 1..=10 {
        let sent = events(&sandbox, |events| {
            events[0].deliveries[0].attempts == attempt
        });
        let state = sent[0].deliveries[0].state;
        let pause = 10 << (attempt - 1);
        let is_left = passed + pause <= 7200;
        let expected = if is_left {
            DeliveryState::Waiting
        } else {
            DeliveryState::GivenUp
        };
        assert_eq!(state, expected, "attempt {attempt}");
        if !is_left {
            assert_eq!(attempt, 10);
            break;
        }
        passed += pause;
        sandbox.clock().advance(Duration::from_secs(pause)).unwrap();
    }
}

#[test]
fn a_reset_forgets_events_and_keeps_the_receivers_of_the_start() {
    let receiver = Receiver::start();
    let sandbox = sandbox(&receiver);
    let to = json!({"provider": "paysafe", "url": "http://127.0.0.1:9"});
    control(sandbox.addr(), "POST", "/_sandbox/receivers", &to);
    act(&sandbox, ISSUED, "ACTIVATE");
    receiver.wait(1);
    sandbox.reset_blocking().unwrap();
    assert!(sandbox.events().unwrap().is_empty());
    let (_, list) = control(sandbox.addr(), "GET", "/_sandbox/receivers", &Value::Null);
    let urls: Vec<_> = list["receivers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["url"])
        .collect();
    assert_eq!(urls, [&json!(receiver.url)]);
    act(&sandbox, ISSUED, "ACTIVATE");
    receiver.wait(2);
    assert_eq!(sandbox.events().unwrap()[0].number, 2, "numbers go on");
}

#[test]
fn whoever_follows_sees_each_step() {
    use std::io::{BufRead, BufReader, Write};

    let receiver = Receiver::judging(|got| {
        Some(if got.text("newStatus") == "ACTIVE" {
            200
        } else {
            500
        })
    });
    let sandbox = sandbox(&receiver);
    let mut stream = crate::common::connect(sandbox.addr());
    let asked = "GET /_sandbox/event-steps?limit=4 HTTP/1.1\r\nhost: 127.0.0.1\r\naccept: text/event-stream\r\n\r\n";
    stream.write_all(asked.as_bytes()).unwrap();
    let mut lines = BufReader::new(stream).lines().map(Result::unwrap);
    lines.find(String::is_empty).unwrap();
    act(&sandbox, ISSUED, "ACTIVATE");
    receiver.wait(1);
    events(&sandbox, |events| {
        events[0].deliveries[0].state == DeliveryState::Delivered
    });
    act(&sandbox, ISSUED, "CANCEL");
    let steps = lines.filter_map(|line| {
        let step: Value = serde_json::from_str(line.strip_prefix("data: ")?).unwrap();
        Some(format!(
            "{} {} {}",
            step["number"],
            step["step"].as_str()?,
            step["status"]
        ))
    });
    let steps: Vec<_> = steps.take(4).collect();
    assert_eq!(
        steps,
        [
            "1 made null",
            "2 delivered 200",
            "3 made null",
            "4 failed 500"
        ]
    );
}
