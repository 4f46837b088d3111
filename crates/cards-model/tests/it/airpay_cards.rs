//! Airpay's cards and balances, as its pages' samples and tables have them, and the one view
//! of a card.

#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

use cards_model::airpay::{AddCard, Balance, CardStatus, CustomerCards, ToppedUp};
use cards_model::{CardKind, CardState, CardSummary, Date, Form, Request, Rule, Rules, Samples};
use proptest::prelude::*;

fn cards(json: &str) -> CustomerCards {
    serde_json::from_str(json).unwrap()
}

#[test]
fn both_shapes_bring_the_same_cards() {
    let list = cards(
        r#"[{"card_no":"462294XXXXXX1234","kit_no":"11","expiry_date":"03/22","card_status":"A","card_type":"P"}]"#,
    );
    let object = cards(
        r#"{"cards":[{"card_no":"462294XXXXXX1234","kit_no":11,"expity":"03/22","card_status":"ALLOCATED","card_type":"PHYSICAL"}]}"#,
    );
    assert_eq!(list.items(), object.items());
    let summary = CardSummary::from(&list.items()[0]);
    assert_eq!(summary.card_id, "11");
    assert_eq!(summary.masked_number.as_deref(), Some("462294******1234"));
    assert_eq!(summary.kind, Some(CardKind::Physical));
    assert_eq!(summary.state, Some(CardState::Active));
    assert_eq!(summary.expiry.as_deref(), Some("03/2022"));
    assert_eq!(summary.currency, None);
}

#[test]
fn states_are_those_of_the_view_and_others_are_kept() {
    for (status, read, state) in [
        ("A", CardStatus::Allocated, CardState::Active),
        ("LOCKED", CardStatus::Locked, CardState::Inactive),
        ("B", CardStatus::Blocked, CardState::Closed),
        (
            "R",
            CardStatus::Unknown("R".into()),
            CardState::Other("R".into()),
        ),
    ] {
        let json = format!(r#"[{{"kit_no":"1","card_status":"{status}"}}]"#);
        let cards = cards(&json);
        let card = &cards.items()[0];
        assert_eq!(card.card_status, Some(read));
        assert_eq!(CardSummary::from(card).state, Some(state));
    }
    let bare = cards(r#"[{}, {"expiry_date": "soon", "card_no": "1500"}]"#);
    for card in bare.items() {
        let summary = CardSummary::from(card);
        assert_eq!(
            (summary.state, summary.expiry, summary.kind),
            (None, None, None)
        );
        assert!(!format!("{card:?}").contains("1500"));
    }
}

#[test]
fn a_balance_is_read_by_either_name_and_with_all_digits() {
    for (json, balance) in [
        (
            r#"{"entityId":"E","balance":"440.0","productId":"GENERAL"}"#,
            "440.0",
        ),
        (
            r#"{"entity_id":"E","balance":"100","product_id":"GENERAL"}"#,
            "100",
        ),
        (
            r#"{"entityId":"E","balance":90071992547409.93,"productId":"GENERAL"}"#,
            "90071992547409.93",
        ),
    ] {
        let read: Balance = serde_json::from_str(json).unwrap();
        assert_eq!(read.balance.to_string(), balance);
        assert_eq!(read.entity_id.as_deref(), Some("E"));
        assert_eq!(read.product_id.as_deref(), Some("GENERAL"));
        let written = serde_json::to_string(&read).unwrap();
        assert_eq!(serde_json::from_str::<Balance>(&written).unwrap(), read);
    }
    for lost in [
        r#"{"balance":null}"#,
        r#"{"balance":""}"#,
        r#"{"entityId":"E"}"#,
        r#"{"balance":[]}"#,
    ] {
        assert!(serde_json::from_str::<Balance>(lost).is_err(), "{lost}");
    }
}

#[test]
fn a_load_has_been_made_whatever_its_id_is() {
    for (json, id) in [
        (r#"{"transaction_id":""}"#, Some("")),
        (r#"{"transaction_id":7}"#, Some("7")),
        (r#"{"transaction_id":null}"#, None),
        (r#"{"transaction_id":{}}"#, None),
        ("{}", None),
    ] {
        let load: ToppedUp = serde_json::from_str(json).unwrap();
        assert_eq!(load.transaction_id.as_deref(), id, "{json}");
    }
}

fn expiry(text: &str, samples: Samples) -> Vec<Rule> {
    let rules = Rules::on(Date::new(2026, 11, 21).unwrap()).samples(samples);
    let card = AddCard::from_fields([("card_expiry", text)]);
    let broken = card.check(&rules).err();
    let broken = broken.iter().flatten();
    broken
        .filter(|one| one.field == "card_expiry")
        .map(|one| one.rule)
        .collect()
}

#[test]
fn an_expiry_has_four_digits_of_the_year_and_is_a_month_to_25_years_ahead() {
    for (text, rule) in [
        ("11/2026", Some(Rule::Range)),
        ("12/2026", None),
        ("11/2051", None),
        ("12/2051", Some(Rule::Range)),
        ("12/30", Some(Rule::Format)),
        ("00/2030", Some(Rule::Format)),
        ("13/2030", Some(Rule::Format)),
        ("1/2030", Some(Rule::Format)),
        ("12/1999", Some(Rule::Format)),
        ("12/2100", Some(Rule::Format)),
        ("12/2022", Some(Rule::Range)),
        ("", Some(Rule::Required)),
    ] {
        let rule = rule.into_iter().collect::<Vec<_>>();
        assert_eq!(expiry(text, Samples::Refuse), rule, "{text}");
    }
    assert_eq!(expiry("12/2022", Samples::Accept), []);
}

proptest! {
    #[test]
    fn no_reply_makes_reading_panic(
        json in "(\\[|\\{\"cards\":\\[)?\\{\"(card_no|kit_no|expity|card_status)\":(null|1|\"[A-Z0-9/]{0,20}\"|\\[\\])\\}(\\]\\}?)?",
    ) {
        if let Ok(cards) = serde_json::from_str::<CustomerCards>(&json) {
            for card in cards.items() {
                let summary = CardSummary::from(card);
                let number = summary.masked_number.unwrap_or_default();
                prop_assert!(number.chars().filter(char::is_ascii_digit).count() <= 10);
            }
        }
    }
}
