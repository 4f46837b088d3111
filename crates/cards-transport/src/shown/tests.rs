//! Tests of bodies as they are shown.

use cards_model::Bin;
use cards_model::airpay::{Acknowledged, Registered};
use cards_model::ibanera::CustomerCardsReply;

use cards_model::paysafe::{CardPage, CardPageView};
use proptest::prelude::*;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::*;
use crate::airpay::Airpay;
use crate::call::Provider;
use crate::ibanera::Ibanera;

fn paysafe(body: &str) -> String {
    shown_as::<CardPage>(body, body, Frame::NONE)
}

fn airpay<R: Serialize + DeserializeOwned>(body: &str) -> String {
    let whole: Value = serde_json::from_str(body).unwrap();
    shown_as::<R>(body, &whole["data"].to_string(), Airpay::FRAME)
}

fn ibanera(body: &str) -> String {
    let reply = CustomerCardsReply::from_success(body).unwrap();
    let shown = Shown::new(body.as_bytes(), &reply, Ibanera::FRAME);
    serde_json::to_string(&shown).unwrap()
}

fn shown_as<R: Serialize + DeserializeOwned>(body: &str, payload: &str, frame: Frame) -> String {
    let reply: R = serde_json::from_str(payload).unwrap();
    serde_json::to_string(&Shown::new(body.as_bytes(), &reply, frame)).unwrap()
}

/// A mark before the body, white space around it and an empty object in the place of a list are
/// shown as if they were not there, or as they came.
#[test]
fn a_byte_order_mark_changes_nothing_of_what_is_shown() {
    let body = r#"{"cards":[{"cardId":"C1","tokenizations":{"mobileWalletTokenizations":{}},"availableActions":{}}]}"#;
    assert_eq!(paysafe(body), body);
    let page: CardPage = serde_json::from_str(body).unwrap();
    let marked = format!("\u{feff} {body}\n");
    let shown = Shown::new(marked.as_bytes(), &page, Frame::NONE);
    assert_eq!(serde_json::to_string(&shown).unwrap(), body);
}

#[test]
fn a_whole_card_number_is_not_shown_where_a_part_of_one_belongs() {
    let body = r#"{"cards":[{"cardId":"C1","bin":"4622940000003713","lastFour":4622940000003713},{"cardId":"C2","bin":"53394412","lastFour":"7009"}]}"#;
    assert_eq!(
        paysafe(body),
        r#"{"cards":[{"cardId":"C1","bin":"462294******","lastFour":"******3713"},{"cardId":"C2","bin":"53394412","lastFour":"7009"}]}"#
    );
    let page: CardPage = serde_json::from_str(body).unwrap();
    let view: CardPageView<'_> = serde_json::from_str(body).unwrap();
    for shown in [format!("{page:?}"), format!("{view:?}")] {
        assert!(!shown.contains("0000003713"), "{shown}");
    }
    let bin = page.cards[0].bin.as_ref().map(Bin::expose);
    assert_eq!(bin, Some("4622940000003713"));
}

#[test]
fn names_order_digits_and_frame_are_the_providers() {
    let body = r#"{"meta":{"limit":"10","numberOfRecords":1},"cards":[{"status":"ACTIVE","isPinSet":"true","cardId":"C\u00e9"}]}"#;
    assert_eq!(paysafe(body), body);
    let body = r#"{"status":200,"message":"success","data":[]}"#;
    assert_eq!(airpay::<Acknowledged>(body), body);
    let body = r#"{"status":"1","errors":[],"id":0,"details":[{"customersId":7,"cards":[{"id":71,"totalBalance":50.50,"availableBalance":"1.10","pendingBalance":null}]},{"customersId":8,"customersReference":"","cards":[]}],"pageSize":1,"pageNumber":1,"numberOfPages":2}"#;
    assert_eq!(ibanera(body), body);
    let body =
        r#"{"details":{"customersId":"7","cards":[]},"status":1,"errors":[],"numberOfPages":2}"#;
    assert_eq!(ibanera(body), body);
    assert_eq!(
        ibanera(r#"{"status":"1","details":null}"#),
        r#"{"status":"1","details":null}"#
    );
}

#[test]
fn what_the_type_hides_or_does_not_know_is_out() {
    let body = r#"{"cards":[{"cardId":"C","mobile":"+359888","deliveryAddress":{"city":"Sofia","countryCode":"BG","floor":3},"nickname":"Asha","9000007141":1,"tokenizations":null,"expiry":{"month":1}}],"meta":{"limit":10},"owner":{"email":"a@b.example"}}"#;
    let out = r#"{"cards":[{"cardId":"C","mobile":"[redacted]","deliveryAddress":{"city":"[redacted]","countryCode":"BG","floor":"[redacted]"},"nickname":"[redacted]","[redacted]":"[redacted]","tokenizations":null,"expiry":"[redacted]"}],"meta":{"limit":10},"owner":"[redacted]"}"#;
    assert_eq!(paysafe(body), out);
    let card = concat!("424242", "4242", "424242");
    let body = format!(
        r#"{{"status":"1","id":{card},"details":{{"customersId":7,"cards":[{{"id":1,"cardNumber":"{card}"}}]}},"errors":[{{"fieldName":"Asha"}}]}}"#
    );
    let out = r#"{"status":"1","id":"[redacted]","details":{"customersId":7,"cards":[{"id":1,"cardNumber":"424242******4242"}]},"errors":"[redacted]"}"#;
    assert_eq!(ibanera(&body), out);
    let body = r#"{"status":200,"message":"Asha Menon is registered","data":{"entity_id":"E1","kyc_status":"MIN_KYC","name":"Asha"}}"#;
    let out = r#"{"status":200,"message":"[redacted]","data":{"entity_id":"E1","kyc_status":"MIN_KYC","name":"[redacted]"}}"#;
    assert_eq!(airpay::<Registered>(body), out);
    // A number beside the payload is plain while it is too short for anybody's.
    for (id, out) in [("12345678", "12345678"), ("123456789", "\"[redacted]\"")] {
        let body = |id| format!(r#"{{"status":"1","id":{id},"details":[],"errors":[]}}"#);
        assert_eq!(ibanera(&body(id)), body(out));
    }
    // What is acknowledged may hold anything.
    let body = r#"{"status":200,"data":[{"name":"Asha"},null]}"#;
    let out = r#"{"status":200,"data":["[redacted]",null]}"#;
    assert_eq!(airpay::<Acknowledged>(body), out);
}

#[test]
fn the_items_of_a_list() {
    let items = |body: &str| {
        let reply = CustomerCardsReply::from_success(body).unwrap();
        let shown = Shown::new(body.as_bytes(), &reply, Ibanera::FRAME);
        let items = shown.into_items("details").into_iter();
        let items = items.map(|item| serde_json::to_string(&item).unwrap());
        items.collect::<Vec<_>>()
    };
    let one = r#"{"customersId":7,"cards":[]}"#;
    assert_eq!(
        items(&format!(r#"{{"status":"1","details":{one}}}"#)),
        [one]
    );
    assert_eq!(
        items(&format!(r#"{{"status":"1","details":[{one},{one}]}}"#)),
        [one, one]
    );
    assert!(items(r#"{"status":"1","details":null}"#).is_empty());
}

/// Draws any JSON, to stand where it does not belong.
fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "MARK[a-z0-9\"\\\\é]{0,8}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec(("[a-z]{1,8}", inner), 0..4)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    /// A value of a sensitive field, or of one that no document has, is never shown,
    /// and the body stays JSON with the same members.
    #[test]
    fn nothing_of_an_unknown_or_sensitive_value_is_shown(
        unknown in json(), mobile in "MARK[0-9]{1,12}", beside in json(),
    ) {
        let body = serde_json::json!({
            "cards": [{"cardId": "C", "mobile": mobile, "unknown": unknown}], "other": beside,
        });
        let shown = paysafe(&body.to_string());
        prop_assert!(!shown.contains("MARK"), "{shown}");
        let shown: Value = serde_json::from_str(&shown).unwrap();
        prop_assert_eq!(&shown["cards"][0]["cardId"], "C");
        prop_assert_eq!(shown.as_object().unwrap().len(), 2);
        for (shown, came) in [(&shown["other"], &beside), (&shown["cards"][0]["unknown"], &unknown)] {
            prop_assert_eq!(shown.is_null(), came.is_null());
        }
    }
}
