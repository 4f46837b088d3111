//! Checks that a world with something wrong in it is refused whole.

use serde_json::Value;

use super::save;
use crate::testing::Harness;

#[tokio::test]
async fn what_is_wrong_is_named_and_nothing_is_changed() {
    let sandbox = Harness::new();
    let before = save(&sandbox).await;
    let airpay = |fields: &str| format!(r#"{{"airpay":{{"customers":[{{}},{{{fields}}}]}}}}"#);
    let card = |fields: &str| airpay(&format!(r#""cards":[{{{fields}}}]"#));
    let paysafe =
        |fields: &str| format!(r#"{{"paysafe":{{"customers":[{{"cards":[{{{fields}}}]}}]}}}}"#);
    let ibanera =
        |fields: &str| format!(r#"{{"ibanera":{{"customers":[{{"cards":[{{{fields}}}]}}]}}}}"#);
    let in_airpay = "airpay.customers[1].";
    let in_paysafe = "paysafe.customers[0].cards[0].";
    let in_ibanera = "ibanera.customers[0].cards[0].";
    let hash = "$argon2id$v=19$m=1024,t=1,p=1$c2FsdHNhbHQ$";
    for (world, within, field) in [
        ("[]".to_owned(), "", "body"),
        (r#"{"version":2}"#.to_owned(), "", "version"),
        (r#"{"paysafe":[]}"#.to_owned(), "", "paysafe"),
        (
            r#"{"ibanera":{"customers":[[]]}}"#.to_owned(),
            "ibanera.",
            "customers[0]",
        ),
        (paysafe(r#""expiry":[1,2030]"#), in_paysafe, "expiry"),
        (
            r#"{"fingerprintKey":"00"}"#.to_owned(),
            "",
            "fingerprintKey",
        ),
        (
            airpay(r#""mobile_no":"12345678901""#),
            in_airpay,
            "mobile_no",
        ),
        (airpay(r#""mobile_no":1"#), in_airpay, "mobile_no"),
        (airpay(r#""first_name":"As ha""#), in_airpay, "first_name"),
        (airpay(r#""dob":"2027-01-01""#), in_airpay, "dob"),
        (airpay(r#""pincode":"12345""#), in_airpay, "pincode"),
        (airpay(r#""email":"nobody""#), in_airpay, "email"),
        (airpay(r#""password":"short""#), in_airpay, "password"),
        (airpay(r#""otp":"1234""#), "", "airpay.customers[1]"),
        (airpay(r#""number":-1"#), in_airpay, "number"),
        (airpay(r#""number":100000000000"#), in_airpay, "number"),
        (
            airpay(r#""entity_id":"AIRPAYCUST100000000000""#),
            in_airpay,
            "entity_id",
        ),
        (
            r#"{"airpay":{"last_number":100000000000}}"#.to_owned(),
            "airpay.",
            "last_number",
        ),
        (
            r#"{"airpay":{"last_transaction":100000000000}}"#.to_owned(),
            "airpay.",
            "last_transaction",
        ),
        (
            r#"{"paysafe":{"spentIds":{"customers":9999999}}}"#.to_owned(),
            "paysafe.",
            "spentIds.customers",
        ),
        (airpay(r#""entity_id":"""#), in_airpay, "entity_id"),
        (
            airpay(r#""kyc_expiry_date":"soon""#),
            in_airpay,
            "kyc_expiry_date",
        ),
        (
            airpay(r#""preferences":{"ATM":"YES"}"#),
            in_airpay,
            "preferences",
        ),
        (
            airpay(&format!(r#""password_hash":"{hash}""#)),
            in_airpay,
            "password_hash",
        ),
        (
            airpay(r#""email_fingerprint":"00""#),
            in_airpay,
            "email_fingerprint",
        ),
        (
            card(r#""card_no":"4929000000000006""#),
            in_airpay,
            "cards[0].card_no",
        ),
        (
            card(r#""card_no":"411111******1111""#),
            in_airpay,
            "cards[0].card_no",
        ),
        (card(r#""card_no":"4111""#), in_airpay, "cards[0].card_no"),
        (card(r#""card_type":"X""#), in_airpay, "cards[0].card_type"),
        (
            card(r#""card_expiry":"11/26""#),
            in_airpay,
            "cards[0].card_expiry",
        ),
        (
            card(r#""kit_no":"12345678901234567""#),
            in_airpay,
            "cards[0].kit_no",
        ),
        (
            card(r#""card_fingerprint":"00""#),
            in_airpay,
            "cards[0].card_fingerprint",
        ),
        (
            r#"{"airpay":{"customers":[{"email":"a@b.example"},{"email":"A@b.example"}]}}"#
                .to_owned(),
            in_airpay,
            "email",
        ),
        (
            r#"{"airpay":{"customers":[{"cards":[{"kit_no":"1"}]},{"cards":[{"kit_no":"1"}]}]}}"#
                .to_owned(),
            in_airpay,
            "cards[0].kit_no",
        ),
        (paysafe(r#""status":"FROZEN""#), in_paysafe, "status"),
        (paysafe(r#""status":"ISSUED""#), in_paysafe, "status"),
        (paysafe(r#""cardType":"PAPER""#), in_paysafe, "cardType"),
        (paysafe(r#""cardType":"""#), in_paysafe, "cardType"),
        (
            paysafe(r#""cardType":"4111111111111111""#),
            in_paysafe,
            "cardType",
        ),
        (
            paysafe(&format!(r#""scheme":"{}""#, "x".repeat(101))),
            in_paysafe,
            "scheme",
        ),
        (paysafe(r#""status":"""#), in_paysafe, "status"),
        (paysafe(r#""scheme":"""#), in_paysafe, "scheme"),
        (paysafe(r#""lastFour":"12345""#), in_paysafe, "lastFour"),
        (paysafe(r#""bin":"abc""#), in_paysafe, "bin"),
        (
            paysafe(r#""cardId":"4111-1111-1111-1111""#),
            in_paysafe,
            "cardId",
        ),
        (
            paysafe(r#""cardNumber":"4929000000000006""#),
            in_paysafe,
            "cardNumber",
        ),
        (
            paysafe(r#""cardNumber":"4111111111111111","bin":"411111""#),
            in_paysafe,
            "cardNumber",
        ),
        (paysafe(r#""currency":"EURO""#), in_paysafe, "currency"),
        (paysafe(r#""mobile":"0888""#), in_paysafe, "mobile"),
        (
            paysafe(r#""expiry":{"month":13,"year":2030}"#),
            in_paysafe,
            "expiry.month",
        ),
        (
            paysafe(r#""expiry":{"month":1,"year":0}"#),
            in_paysafe,
            "expiry.year",
        ),
        (
            paysafe(r#""createdDate":"yesterday""#),
            in_paysafe,
            "createdDate",
        ),
        (
            paysafe(r#""externalId":"to 4111 1111 1111 1111""#),
            in_paysafe,
            "externalId",
        ),
        (
            paysafe(r#""cardId":"4111111111111111""#),
            in_paysafe,
            "cardId",
        ),
        (paysafe(r#""cardId":"a/b""#), in_paysafe, "cardId"),
        (
            paysafe(r#""statusBeforeLock":"ACTIVE""#),
            in_paysafe,
            "statusBeforeLock",
        ),
        (
            paysafe(
                r#""cardType":"VIRTUAL","deliveryAddress":{"address1":"1 Main Road","city":"Sofia","countryCode":"BG","postalCode":"1000"}"#,
            ),
            in_paysafe,
            "deliveryAddress",
        ),
        (
            paysafe(
                r#""cardType":"PHYSICAL","deliveryAddress":{"address1":"1 Main Road","city":"Reno","countryCode":"US","postalCode":"89501"}"#,
            ),
            in_paysafe,
            "deliveryAddress.state",
        ),
        (
            paysafe(r#""tokenizations":{"mobileWalletTokenizations":[{"walletType":"PAY"}]}"#),
            in_paysafe,
            "tokenizations.mobileWalletTokenizations[0].walletType",
        ),
        (
            ibanera(r#""cardNumber":"4929000000000006""#),
            in_ibanera,
            "cardNumber",
        ),
        (ibanera(r#""totalBalance":1e3"#), in_ibanera, "totalBalance"),
        (ibanera(r#""totalBalance":null,"id":0"#), in_ibanera, "id"),
        (
            ibanera(r#""currency":"4111111111111111""#),
            in_ibanera,
            "currency",
        ),
        (
            r#"{"ibanera":{"customers":[{"customersId":1},{"customersId":1}]}}"#.to_owned(),
            "ibanera.customers[1].",
            "customersId",
        ),
    ] {
        let reply = sandbox.control("PUT", "/_sandbox/world", &world).await;
        assert_eq!(reply.status, 400, "{world}: {}", reply.body);
        let problem: Value = serde_json::from_str(&reply.body).unwrap();
        assert_eq!(
            problem["field"],
            format!("{within}{field}"),
            "{world}: {}",
            reply.body
        );
        assert_eq!(save(&sandbox).await, before, "{world}");
        for value in [
            "4929",
            "4111",
            "FROZEN",
            "As ha",
            "short",
            "yesterday",
            "$argon",
        ] {
            assert!(!reply.body.contains(value), "{}", reply.body);
        }
    }
}
