//! Reconciling against replies that a provider may give and the sandbox never does.

use std::sync::atomic::{AtomicI64, Ordering};

use bytes::Bytes;
use cards_transport::airpay::LoginWorks;
use cards_transport::model::Decimal;
use cards_transport::model::airpay::{
    CardReplacement, CustomerCard, CustomerCards, LockFlag, TopUp,
};
use cards_transport::model::ibanera::{ActivateCard, CardBalance};
use cards_transport::model::paysafe::{Card, CardStatus};
use cards_transport::reconcile::{Reconcile, Reconciled};
use cards_transport::{Call, Provider, Retry, Settings, blocking, http};
use serde_json::{Value, json};

use crate::reconcile::airpay::{add_card, lock, registration};
use crate::reconcile::ibanera::create as create_at_ibanera;
use crate::reconcile::paysafe::{cancel, create};

/// Cards of an Airpay customer: kit and state.
pub(super) fn cards(cards: &[(&str, &str)]) -> Vec<CustomerCard> {
    let cards: Vec<_> = cards
        .iter()
        .map(|(kit, status)| json!({"kit_no": kit, "card_status": status}))
        .collect();
    let cards: CustomerCards = serde_json::from_value(Value::from(cards)).unwrap();
    cards.items().to_vec()
}

#[track_caller]
pub(super) fn is<S>(answer: &Reconciled<S>, expected: Option<bool>) {
    assert_eq!(answer.is_done(), expected, "{answer:?}");
}

#[test]
fn a_lock_is_told_by_the_state_of_the_one_card() {
    const KIT: &str = "100000000978";
    let judge = |flag, before: Option<&str>, now: &[(&str, &str)]| {
        let before = before.map(|status| cards(&[(KIT, status)]));
        lock(flag).judge(before.as_ref(), cards(now))
    };
    for (flag, before, now, expected) in [
        (LockFlag::Lock, None, &[(KIT, "LOCKED")][..], Some(true)),
        (LockFlag::Lock, None, &[(KIT, "A")], Some(false)),
        (LockFlag::Lock, Some("A"), &[(KIT, "A")], Some(false)),
        // Somebody has blocked it: in the place of the lock, or after it.
        (LockFlag::Lock, Some("A"), &[(KIT, "B")], None),
        (LockFlag::Unlock, None, &[(KIT, "A")], Some(true)),
        (LockFlag::Unlock, Some("L"), &[(KIT, "L")], Some(false)),
        (LockFlag::Block, Some("L"), &[(KIT, "B")], Some(true)),
        (LockFlag::Lock, None, &[(KIT, "FROZEN")], None),
        (LockFlag::Lock, None, &[("1000XXXX0978", "L")], None),
        (LockFlag::Lock, None, &[(KIT, "L"), (KIT, "A")], None),
        (LockFlag::Lock, None, &[("another", "L")], None),
        (LockFlag::Lock, None, &[], None),
    ] {
        let answer = judge(flag, before, now);
        assert_eq!(answer.is_done(), expected, "{before:?} {now:?} {answer:?}");
    }
    assert!(lock(LockFlag::from("X")).sight(1).is_err());
}

#[test]
fn a_card_is_told_by_its_kit_where_kits_are_shown_whole() {
    let kit = "100000007777";
    is(
        &add_card().judge(None, cards(&[("1", "A"), (kit, "A")])),
        Some(true),
    );
    is(&add_card().judge(None, cards(&[("1", "A")])), Some(false));
    is(&add_card().judge(None, cards(&[])), Some(false));
    // A list that has lost a card may have lost this one too.
    let had = cards(&[("1", "A"), ("2", "A")]);
    is(&add_card().judge(Some(&had), had.clone()), Some(false));
    is(&add_card().judge(Some(&had), cards(&[])), None);
    is(&add_card().judge(Some(&had), cards(&[("2", "A")])), None);
    is(
        &add_card().judge(None, cards(&[("1000XXXX7777", "A")])),
        None,
    );
    is(&add_card().judge(None, cards(&[("", "A")])), None);
    let other = json!([{"kit_no": kit, "card_no": "462294XXXXXX0000"}]);
    let other: CustomerCards = serde_json::from_value(other).unwrap();
    is(&add_card().judge(None, other.items().to_vec()), None);

    let replaced = CardReplacement::new("E1").new_kit_no(kit);
    let (without, with) = (cards(&[("1", "A")]), cards(&[("1", "A"), (kit, "A")]));
    is(&replaced.judge(Some(&without), with.clone()), Some(true));
    is(
        &replaced.judge(Some(&without), without.clone()),
        Some(false),
    );
    is(&replaced.judge(None, without.clone()), Some(false));
    // There is a card to replace.
    for before in [None, Some(&without), Some(&cards(&[]))] {
        is(&replaced.judge(before, cards(&[])), None);
        let other = cards(&[("2", "A")]);
        let expected = before.is_none_or(Vec::is_empty).then_some(false);
        is(&replaced.judge(before, other), expected);
    }
    is(&replaced.judge(None, with.clone()), None);
    is(&replaced.judge(Some(&with), with.clone()), None);
    assert!(CardReplacement::new("E1").new_kit_no("").sight(1).is_err());
}

#[test]
fn a_login_tells_where_it_did_not_work_before() {
    let judge = |before: Option<bool>, now| {
        registration()
            .judge(before.map(LoginWorks).as_ref(), LoginWorks(now))
            .is_done()
    };
    assert_eq!(judge(Some(false), true), Some(true));
    for (before, now) in [
        (None, true),
        (Some(true), true),
        (None, false),
        (Some(true), false),
        (Some(false), false),
    ] {
        assert_eq!(judge(before, now), None, "{before:?} {now}");
    }
}

#[test]
fn a_balance_tells_nothing_and_is_shown() {
    let load = TopUp::new("E1", Decimal::new(700, 2));
    let why = |before: Option<i64>, now: i64| {
        let before = before.map(|cents| Decimal::new(cents, 2));
        let answer = load.judge(before.as_ref(), Decimal::new(now, 2));
        let Reconciled::CannotTell {
            why,
            now: Some(seen),
        } = answer
        else {
            unreachable!("a balance tells")
        };
        assert_eq!(seen, Decimal::new(now, 2));
        why
    };
    assert!(why(None, 700).starts_with("A balance does not tell"));
    assert!(why(Some(100), 100).starts_with("The balance is what it was"));
    assert!(why(Some(100), 800).starts_with("The balance has grown by the amount"));
    assert!(why(Some(100), 900).starts_with("The balance has changed by another amount"));
}

pub(super) fn card(id: &str, external_id: Option<&str>) -> Card {
    let mut card = Card::new(id);
    card.external_id = external_id.map(str::to_owned);
    card
}

#[test]
fn a_card_is_told_by_its_external_id() {
    let own = create().external_id("Own-1");
    let old = [card("C1", None), card("C2", Some("other"))];
    let with = |new: &[Card]| [&old[..], new].concat();
    let others = vec![card("C2", Some("other"))];
    is(&own.judge(None, others.clone()), Some(false));
    is(&own.judge(Some(&old.to_vec()), with(&[])), Some(false));
    // A list that has lost a card may have lost this one too.
    is(&own.judge(Some(&old.to_vec()), others.clone()), None);
    is(&own.judge(Some(&old.to_vec()), vec![]), None);
    // A card without one may be the new one, unless it was there before.
    is(&own.judge(None, with(&[])), None);
    for nameless in [card("C3", None), card("C3", Some(""))] {
        is(&own.judge(Some(&old.to_vec()), with(&[nameless])), None);
    }
    is(
        &own.judge(None, with(&[card("C3", Some("Own-1"))])),
        Some(true),
    );
    // Another case may be another card's.
    for other in ["own-1", "OWN-1", " Own-1", "Own -1"] {
        is(&own.judge(None, with(&[card("C3", Some(other))])), None);
    }
    is(
        &own.judge(
            None,
            with(&[card("C3", Some("Own-1")), card("C4", Some("Own-1"))]),
        ),
        None,
    );
    is(&own.judge(None, with(&[card("C3", Some("O****"))])), None);
    // A list that is another customer's tells nothing of this one.
    let of_another = |external_id| {
        let mut card = card("C3", external_id);
        card.customer_id = Some("another".to_owned());
        vec![card]
    };
    is(&own.judge(None, of_another(Some("Own-1"))), None);
    is(&own.judge(Some(&vec![]), of_another(Some("other"))), None);
    // One of the same id was there before: an earlier sending may have made it.
    let before = vec![card("C3", Some("own-1"))];
    is(&own.judge(Some(&before), before.clone()), None);
    let twice = [&before[..], &[card("C4", Some("Own-1"))]].concat();
    is(&own.judge(Some(&before), twice), Some(true));
    assert!(create().external_id("").sight(1).is_err());
}

#[test]
fn a_status_is_told_by_the_one_card() {
    let of = |status: Option<&str>| {
        let mut card = card("F16BA382-eb42-481a-b08f-c57bdc9aae24", None);
        card.status = status.map(CardStatus::from);
        card
    };
    is(&cancel().judge(None, of(Some("CANCELLED"))), Some(true));
    is(&cancel().judge(None, of(Some("ACTIVE"))), Some(false));
    is(
        &cancel().judge(Some(&of(Some("ACTIVE"))), of(Some("ACTIVE"))),
        Some(false),
    );
    is(
        &cancel().judge(Some(&of(Some("ACTIVE"))), of(Some("LOCKED"))),
        None,
    );
    is(&cancel().judge(None, of(Some("MELTED"))), None);
    is(&cancel().judge(None, of(None)), None);
    let mut another = of(Some("CANCELLED"));
    another.card_id = "C2".into();
    is(&cancel().judge(None, another), None);
    let mut anothers = of(Some("CANCELLED"));
    anothers.customer_id = Some("nobody".into());
    is(&cancel().judge(None, anothers), None);
    assert!(
        cancel()
            .status(CardStatus::from("MELTED"))
            .sight(1)
            .is_err()
    );
}

#[test]
fn ibaneras_cards_tell_of_an_activation_and_not_of_a_creation() {
    let of = |status: Value| {
        let card = json!({"id": 1004, "status": status});
        Some(serde_json::from_value::<CardBalance>(card).unwrap())
    };
    let activate = ActivateCard::new(1004);
    is(&activate.judge(None, of(json!("active"))), Some(true));
    is(&activate.judge(None, of(json!("Deactivated"))), Some(false));
    is(&activate.judge(None, of(json!("Frozen"))), None);
    is(&activate.judge(None, of(Value::Null)), None);
    is(&activate.judge(None, None), None);
    let card = |id| serde_json::from_value(json!({"id": id})).unwrap();
    for (before, now) in [
        (None, vec![]),
        (Some(vec![]), vec![card(1)]),
        (Some(vec![card(1)]), vec![card(1)]),
    ] {
        is(&create_at_ibanera().judge(before.as_ref(), now), None);
    }
}

/// A client of a provider that answers everything with this.
fn always<P: Provider>(
    status: u16,
    body: &'static str,
) -> blocking::Client<P, impl cards_transport::BlockingTransport> {
    client(move |_| {
        let reply = http::Response::builder().status(status);
        reply.body(body.into()).unwrap()
    })
}

/// A client of a provider that answers so.
fn client<P: Provider>(
    answer: impl Fn(http::Request<Bytes>) -> http::Response<Bytes> + Send + Sync,
) -> blocking::Client<P, impl cards_transport::BlockingTransport> {
    let sandbox = |name: &str| match name {
        "CARDS_AIRPAY_OTP" => None,
        name if name.ends_with("BASE_URL") => Some("http://localhost:1".to_owned()),
        name if name.ends_with("_OTP")
            || name.ends_with("_AFFILIATE")
            || name.ends_with("_KEY")
            || name.ends_with("_TOKEN") =>
        {
            Some("fake".to_owned())
        }
        _ => None,
    };
    let provider = P::from_vars(sandbox).unwrap();
    let transport = move |request: http::Request<_>, _| Ok(answer(request));
    // What fails fails at once.
    let settings = Settings::new().retry(Retry::never());
    blocking::Client::with_settings(provider, transport, settings)
}

/// Of a programme with many cards no page is read after the one that shows the card.
#[test]
fn a_card_is_looked_for_up_to_the_page_that_shows_it() {
    const PAGES: i64 = 7;
    const SIZE: i64 = 3;
    for (id, reads, expected) in [
        (1, 1, Some(true)),
        (SIZE, 1, Some(true)),
        (SIZE + 1, 2, Some(true)),
        (PAGES * SIZE, PAGES, Some(true)),
        (PAGES * SIZE + 1, PAGES, None),
    ] {
        let asked = AtomicI64::new(0);
        let client = client(|_| {
            let page = asked.fetch_add(1, Ordering::Relaxed);
            let cards =
                (1..=SIZE).map(|place| json!({"id": page * SIZE + place, "status": "Active"}));
            let page = json!({
                "status": "1",
                "details": cards.collect::<Vec<_>>(),
                "pageSize": SIZE,
                "pageNumber": page + 1,
                "numberOfPages": PAGES,
            });
            http::Response::new(page.to_string().into())
        });
        is(&client.reconcile(&ActivateCard::new(id)).unwrap(), expected);
        assert_eq!(asked.load(Ordering::Relaxed), reads, "card {id}");
    }
    let mut nameless = ActivateCard::new(1);
    nameless.cards_id = None;
    is(&always(500, "").reconcile(&nameless).unwrap(), None);
}

/// A read that fails says nothing of the call, and is an error.
#[test]
fn a_read_that_fails_is_no_answer() {
    let refused = r#"{"status":400,"message":"fail"}"#;
    fn of<C: Call>(_: &C) -> &'static str {
        C::operation().name
    }
    for (status, body) in [
        (200, refused),
        (401, refused),
        (429, refused),
        (500, ""),
        (503, refused),
        (200, r#"{"status":500,"message":"fail"}"#),
        (200, "{}"),
        (200, ""),
    ] {
        let client = always(status, body);
        let call = lock(LockFlag::Lock);
        let error = client.reconcile(&call).unwrap_err();
        assert_ne!(
            error.operation().name,
            of(&call),
            "{status} {body}: it is the read's"
        );
        assert!(!error.is_outcome_unknown());
    }
    // Of a login a refusal is what is looked for; of a busy provider's no it is not.
    let before = always(200, refused).observe(&registration()).unwrap();
    assert_eq!(before, Some(LoginWorks(false)));
    // Nor is a no that an Airpay gives which is down: the login may work.
    for (status, body) in [
        (429, refused),
        (500, ""),
        (401, refused),
        (200, "{}"),
        (500, refused),
        (502, refused),
        (503, refused),
        (504, refused),
        (408, refused),
        (301, refused),
        (200, r#"{"status":500,"message":"fail"}"#),
        (200, r#"{"status":503,"message":"Try later"}"#),
        (200, r#"{"status":408,"message":"fail"}"#),
        (200, r#"{"status":429,"message":"fail"}"#),
        (200, r#"{"status":201,"message":"success"}"#),
        (200, r#"{"status":0,"message":"odd"}"#),
        (400, r#"{"status":500,"message":"fail"}"#),
    ] {
        let error = always(status, body).observe(&registration()).map(drop);
        assert!(error.is_err(), "{status} {body}");
        let error = always(status, body).reconcile(&registration()).map(drop);
        assert!(error.is_err(), "{status} {body}");
    }
}

/// A list that contradicts itself proves nothing.
#[test]
fn a_walk_that_is_not_whole_is_no_answer() {
    let repeats = r#"{"cards":[{"cardId":"C1"}],"meta":{"limit":1,"numberOfRecords":1}}"#;
    let own = create().external_id("Own-1");
    assert!(always(200, repeats).reconcile(&own).is_err());
    let short = r#"{"cards":[],"meta":{"limit":50,"numberOfRecords":3}}"#;
    assert!(always(200, short).reconcile(&own).is_err());
    let whole = r#"{"cards":[],"meta":{"limit":50,"numberOfRecords":0}}"#;
    is(&always(200, whole).reconcile(&own).unwrap(), Some(false));
}

#[test]
fn an_answer_shows_no_value() {
    let mut seen = card("C1", Some("MARKER"));
    seen.mobile = Some("MARKER".into());
    let answer = create().external_id("MARKER").judge(None, vec![seen]);
    assert_eq!(format!("{answer:?}"), "Done");
}
