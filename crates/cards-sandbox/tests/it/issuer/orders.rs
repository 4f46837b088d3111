//! Orders over HTTP.

use serde_json::{Value, json};

use super::*;

fn act(sandbox: &Running, provider: &str, order: &str) -> (u16, Value) {
    let target = format!("/_sandbox/issuer/{provider}");
    let headers = [("content-type", "application/json")];
    let answer = crate::common::post(sandbox.addr(), &target, &headers, order);
    let json = serde_json::from_str(crate::common::body(&answer)).unwrap();
    (crate::common::status(&answer), json)
}

#[test]
fn ids_and_amounts_are_texts_or_numbers_and_keep_their_digits() {
    let sandbox = Sandbox::start_blocking().unwrap();
    let order = r#"{"action":"authorise","card":1005,"amount":0.10}"#;
    let (status, reply) = act(&sandbox, "ibanera", order);
    assert_eq!(status, 200, "{reply}");
    let mut keys: Vec<_> = reply.as_object().unwrap().keys().collect();
    keys.sort();
    assert_eq!(keys, ["action", "card", "customer", "transaction"]);
    assert_eq!(
        (&reply["action"], &reply["card"]),
        (&json!("authorise"), &json!("1005"))
    );
    let customers = sandbox.ibanera_customers().unwrap();
    let mut cards = customers.iter().flat_map(|customer| &customer.cards);
    let card = cards.find(|card| card.id == 1005).unwrap();
    assert_eq!(card.available_balance.as_str(), "1200.15");
    let order = json!({"action": "clear", "transaction": reply["transaction"], "amount": "0.05"});
    assert_eq!(act(&sandbox, "ibanera", &order.to_string()).0, 200);
}

#[test]
fn malformed_orders_name_the_field() {
    let sandbox = Sandbox::start_blocking().unwrap();
    for (provider, order, status, error) in [
        ("ibanera", "{}", 400, "body: missing field `action`"),
        ("ibanera", "[]", 400, "body: expected an object"),
        ("ibanera", r#"{"action":"pay"}"#, 400, "action: "),
        (
            "ibanera",
            r#"{"action":"authorise","cards":1}"#,
            400,
            "body: ",
        ),
        (
            "ibanera",
            r#"{"action":"authorise","card":true}"#,
            400,
            "card: ",
        ),
        (
            "ibanera",
            r#"{"action":"authorise","card":-1}"#,
            400,
            "card: ",
        ),
        (
            "ibanera",
            r#"{"action":"authorise","card":1005,"amount":"x"}"#,
            400,
            "amount: a number above 0",
        ),
        (
            "ibanera",
            r#"{"action":"authorise","card":1005,"amount":1,"description":"4242 4242 4242 4242"}"#,
            400,
            "description: a text without a card number",
        ),
        (
            "nobody",
            r#"{"action":"authorise"}"#,
            404,
            "there is an issuer of airpay, paysafe, ibanera",
        ),
    ] {
        let (got, reply) = act(&sandbox, provider, order);
        let text = reply["error"].as_str().unwrap();
        assert!(
            got == status && text.starts_with(error),
            "{order}: {got} {text}"
        );
    }
}
