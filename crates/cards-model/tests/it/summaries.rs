//! The one view of a card, of every provider's cards.

use cards_model::{CardState, CardSummary, airpay, ibanera, paysafe};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// The view of a card, as JSON without what it does not tell.
fn told<T: DeserializeOwned>(card: Value) -> Value
where
    for<'a> CardSummary: From<&'a T>,
{
    let card: T = serde_json::from_str(&card.to_string()).expect("a card");
    let view = serde_json::to_value(CardSummary::from(&card)).expect("a view");
    let members = view.as_object().expect("an object").clone();
    members
        .into_iter()
        .filter(|(_, value)| !value.is_null())
        .collect()
}

#[test]
fn a_view_tells_all_that_the_card_does_and_no_more() {
    let full = json!({
        "cardId": "C1", "status": "SUSPENDED", "cardType": "VIRTUAL", "bin": "533944",
        "lastFour": "7009", "scheme": "MC", "currency": "eur", "expiry": {"month": 3, "year": 2028},
    });
    let view = json!({
        "provider": "paysafe", "card_id": "C1", "masked_number": "533944******7009",
        "kind": "virtual", "scheme": "MC", "currency": "EUR", "state": "inactive",
        "expiry": "03/2028",
    });
    assert_eq!(told::<paysafe::Card>(full), view);
    let bare = json!({"provider": "paysafe", "card_id": "C1"});
    assert_eq!(told::<paysafe::Card>(json!({"cardId": "C1"})), bare);

    let full = json!({
        "kit_no": "11", "card_no": "462294XXXXXX1234", "expiry_date": "03/28",
        "card_status": "L", "card_type": "P",
    });
    let view = json!({
        "provider": "airpay", "card_id": "11", "masked_number": "462294******1234",
        "kind": "physical", "state": "inactive", "expiry": "03/2028",
    });
    assert_eq!(told::<airpay::CustomerCard>(full), view);
    let bare = json!({"provider": "airpay", "card_id": "11"});
    assert_eq!(told::<airpay::CustomerCard>(json!({"kit_no": "11"})), bare);

    let balances = json!({"totalBalance": 1.5, "availableBalance": 2.5, "pendingBalance": 3.5});
    let with = |more: Value| -> Value {
        let members = [more, balances.clone()]
            .into_iter()
            .flat_map(|it| match it {
                Value::Object(members) => members,
                _ => panic!("no object"),
            });
        Value::Object(members.collect())
    };
    let view = |number: &str, state: &str| {
        json!({
            "provider": "ibanera", "card_id": "9", "masked_number": number, "currency": "USD",
            "state": state, "total_balance": 1.5, "available_balance": 2.5, "pending_balance": 3.5,
        })
    };
    let card =
        json!({"id": 9, "currency": "usd", "cardNumber": "4000000000000002", "bSuppressed": true});
    assert_eq!(
        told::<ibanera::Card>(with(card)),
        view("400000******0002", "inactive")
    );
    let card = json!({"id": 9, "currency": "usd", "cardLast4": "0002", "status": "Active"});
    assert_eq!(
        told::<ibanera::CardBalance>(with(card)),
        view("******0002", "active")
    );
    let bare = json!({"provider": "ibanera", "card_id": "9"});
    assert_eq!(told::<ibanera::Card>(json!({"id": 9})), bare);
}

#[test]
fn a_registration_tells_of_the_card_that_it_asks_for() {
    let fields = [
        ("kit_no", "11"),
        ("card_no", "4622947301945800"),
        ("card_type", "P"),
        ("card_expiry", "03/28"),
    ];
    let request: airpay::RegisterUser = cards_model::Form::from_fields(fields);
    let Ok(view) = serde_json::to_value(CardSummary::from(&request)) else {
        panic!("no view");
    };
    assert_eq!(view["card_id"], "11");
    assert_eq!(view["masked_number"], "462294******5800");
    assert_eq!(
        (&view["kind"], &view["expiry"]),
        (&"physical".into(), &"03/2028".into())
    );
    assert_eq!(view["state"], Value::Null);
}

#[test]
fn the_word_of_a_state_is_that_of_its_json() {
    for state in [
        CardState::Active,
        CardState::Pending,
        CardState::Inactive,
        CardState::Closed,
    ] {
        assert_eq!(
            serde_json::to_value(&state).ok(),
            Some(state.as_str().into())
        );
        assert_eq!(format!("{state:?}").to_lowercase(), state.as_str());
    }
    assert_eq!(CardState::Other("MELTED".into()).as_str(), "MELTED");
}
