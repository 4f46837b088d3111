use axum::response::IntoResponse;
use serde::Deserialize;

use super::*;
use crate::engine::problem::wrong;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "lowercase")]
#[allow(dead_code, reason = "what is read is not looked at")]
struct Order {
    cards: Vec<Card>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code, reason = "what is read is not looked at")]
struct Card {
    status: Status,
    times: u8,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
enum Status {
    Active,
}

#[test]
fn a_name_is_copied_only_where_it_has_an_escape() {
    for (text, is_copied) in [(r#""cards""#, false), (r#""c\u0061rds""#, true)] {
        let mut input = serde_json::Deserializer::from_slice(text.as_bytes());
        let name = MemberName.deserialize(&mut input).unwrap();
        assert_eq!(name, "cards");
        assert_eq!(matches!(name, Cow::Owned(_)), is_copied, "{text}");
    }
}

#[test]
fn a_list_in_the_place_of_an_object_is_found_by_its_way() {
    for (body, field) in [
        (r#"{"cards":[{"a":1},[]]}"#, Some("cards[1]")),
        (
            r#"{"acme":{"c\u0061rds":[{"a":[1]}]}}"#,
            Some("acme.cards[0].a"),
        ),
        (r#"{"acme":{"c\u0061rds":[{"a":{}}]}}"#, None),
    ] {
        let wrong = check_lists(body.as_bytes(), &["cards"]).err();
        assert_eq!(wrong.as_ref().map(|wrong| &*wrong.field), field, "{body}");
    }
}

async fn refusal(body: &str) -> String {
    let error = read_json::<Order>(body.as_bytes(), &["cards"]).unwrap_err();
    let answer = wrong(&error.field, error.what);
    let response = answer.into_response();
    assert_eq!(response.status(), 400);
    let bytes = axum::body::to_bytes(response.into_body(), 1000).await;
    String::from_utf8(bytes.unwrap().into()).unwrap()
}

#[tokio::test]
async fn a_refusal_names_the_field_and_repeats_no_value() {
    assert!(
        read_json::<Order>(br#"{"cards":[{"status":"ACTIVE","times":1}]}"#, &["cards"]).is_ok()
    );
    insta::assert_snapshot!(refusal("").await, @r#"{"error":"body: not JSON: line 1, column 0","field":"body"}"#);
    insta::assert_snapshot!(refusal("{").await, @r#"{"error":"body: not JSON: line 1, column 1","field":"body"}"#);
    insta::assert_snapshot!(refusal("{}").await, @r#"{"error":"body: missing field `cards`","field":"body"}"#);
    insta::assert_snapshot!(refusal(r#"{"cards":[]} 4622"#).await, @r#"{"error":"body: there is more after the JSON value","field":"body"}"#);
    insta::assert_snapshot!(refusal(r#"{"cards":"4622940000003713"}"#).await, @r#"{"error":"cards: expected a sequence","field":"cards"}"#);
    insta::assert_snapshot!(refusal(r#"{"cards":[{"status":"4622940000003713"}]}"#).await, @r#"{"error":"cards[0].status: an unknown word, expected `ACTIVE`","field":"cards[0].status"}"#);
    insta::assert_snapshot!(refusal(r#"{"cards":[{"times":4622940000003713}]}"#).await, @r#"{"error":"cards[0].times: expected u8","field":"cards[0].times"}"#);
    insta::assert_snapshot!(refusal(r#"{"4622.940000003713":1}"#).await, @r#"{"error":"body: an unknown field, expected `cards`","field":"body"}"#);
    insta::assert_snapshot!(refusal(r#"{"cards":[{"4622940000003713":1}]}"#).await, @r#"{"error":"cards[0]: an unknown field, expected `status` or `times`","field":"cards[0]"}"#);
}
