use sha2::{Digest, Sha256};

use crate::providers::airpay::{ChecksumOrder, ChecksumVerdict};
use crate::testing::{Harness, encoded};
use crate::world::airpay::{AFFILIATE, CUSTOMER, PLACEHOLDER, PROCESSOR_KEY, SECRET_KEY, TOKEN};
use crate::{Exchange, Sandbox};

const SUCCESS: &str = r#"{"status":200,"message":"success","data":[]}"#;
const FAIL: &str = r#"{"status":400,"message":"fail"}"#;

/// The documents' curl lines: fields and headers as printed, only the
/// checksum computed (here without `cards-sign`).
async fn documented(
    sandbox: &Harness,
    name: &str,
    headers: &[&str],
    fields: &[(&str, &str)],
) -> String {
    let joined: String = fields.iter().map(|(_, value)| *value).collect();
    let digest = Sha256::digest(format!("{joined}{SECRET_KEY}"));
    let sum: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    let mut all: Vec<_> = headers.iter().map(|name| (*name, PLACEHOLDER)).collect();
    all.push(("checksum", &sum));
    let reply = sandbox.airpay_with(name, &all, fields).await;
    assert_eq!(reply.status, 200);
    reply.body
}

#[tokio::test]
async fn the_documented_requests_are_answered_as_documented() {
    let sandbox = Harness::new();
    let register = [
        ("mobile_no", "9XXXXXX513"),
        ("kit_no", "100000001200"),
        ("card_type", "V"),
        ("card_no", "462294XXXXXX3713"),
        ("card_expiry", "01/25"),
        ("title", "Mr"),
        ("first_name", "Prasanth"),
        ("last_name", "Kumar"),
        ("gender", "M"),
        ("dob", "1989-11-09"),
        ("email", "xyz@airpay.co.in"),
        ("address", "Kochi"),
        ("state", "Kerala"),
        ("city", "Ernakulam"),
        ("pincode", "689673"),
        ("doc_type", "AADHAAR"),
        ("doc_number", "59048961234"),
        ("doc_expiry", ""),
        ("doc_country_issue", "India"),
        ("otp", ""),
        ("password", "PaSwd@1234"),
    ];
    let credentials = ["processor-key", "affiliate"];
    assert_eq!(
        documented(&sandbox, "register-user", &credentials, &register).await,
        r#"{"status":200,"message":"success","data":{"entity_id":"AIRPAYCUST0002","kyc_status":"MIN_KYC","kyc_expiry_date":"2028-11-21","kycRefNo":null}}"#
    );
    let update = [
        ("entity_id", PLACEHOLDER),
        ("email", "xyz@airpay.co.in"),
        ("mobile_no", "9XXXXXX879"),
        ("address", "Address"),
        ("city", "City"),
        ("state", "Kerala"),
        ("country", "India"),
        ("pincode", "682308"),
    ];
    assert_eq!(
        documented(&sandbox, "update-customer", &["token"], &update).await,
        SUCCESS
    );
    let preference = [
        ("entity_id", PLACEHOLDER),
        ("status", "ALLOWED"),
        ("type", "CONTACTLESS"),
    ];
    assert_eq!(
        documented(&sandbox, "customer-preference", &["token"], &preference).await,
        SUCCESS
    );

    // With the masked digits replaced, for another customer.
    let mut digits = register;
    digits[0].1 = "9000000513";
    digits[1].1 = "100000001201";
    digits[3].1 = "4622940000003713";
    assert!(
        documented(&sandbox, "register-user", &credentials, &digits)
            .await
            .contains("success")
    );
    // The same once more is the same card.
    assert_eq!(
        documented(&sandbox, "register-user", &credentials, &register).await,
        FAIL
    );
}

#[tokio::test]
async fn each_header_is_needed_once_and_has_to_be_right() {
    let sandbox = Harness::new();
    let fields = [("mobile_no", "1"), ("password", "2")];
    let sum = cards_sign::checksum(["1", "2"], SECRET_KEY.as_bytes()).to_string();
    let right = [
        ("affiliate", AFFILIATE),
        ("processor-key", PROCESSOR_KEY),
        ("checksum", &*sum),
    ];
    sandbox.airpay_with("user-login", &right, &fields).await;
    assert_eq!(
        sandbox.why(),
        "no customer has this mobile number and password"
    );

    for (at, missing, wrong) in [
        (
            0,
            "the header affiliate is missing",
            "the header affiliate is not the sandbox's",
        ),
        (
            1,
            "the header processor-key is missing",
            "the header processor-key is not the sandbox's",
        ),
    ] {
        let mut headers = right.to_vec();
        headers[at].1 = "other";
        let reply = sandbox.airpay_with("user-login", &headers, &fields).await;
        assert_eq!((reply.status.as_u16(), &*reply.body), (200, FAIL));
        assert_eq!(sandbox.why(), wrong);
        let name = headers.remove(at).0;
        sandbox.airpay_with("user-login", &headers, &fields).await;
        assert_eq!(sandbox.why(), missing);
        headers.extend([right[at], right[at]]);
        sandbox.airpay_with("user-login", &headers, &fields).await;
        assert_eq!(sandbox.why(), format!("the header {name} is sent twice"));
    }
    sandbox
        .airpay_with("user-login", &right[..2], &fields)
        .await;
    assert_eq!(
        sandbox.why(),
        "the header checksum is missing or sent twice"
    );
    assert_eq!(sandbox.last().detail(), Some(&ChecksumVerdict::Missing));
}

#[tokio::test]
async fn a_token_has_to_be_there_and_known() {
    let sandbox = Harness::new();
    let fields = [("entity_id", CUSTOMER)];
    let sum = cards_sign::checksum([CUSTOMER], SECRET_KEY.as_bytes()).to_string();
    for (token, why) in [
        (None, "the header token is missing"),
        (Some("other"), "the token is unknown"),
        (Some(""), "the header token is missing"),
    ] {
        let token = token.map(|token| ("token", token));
        let headers: Vec<_> = token.into_iter().chain([("checksum", &*sum)]).collect();
        let reply = sandbox
            .airpay_with("update-customer", &headers, &fields)
            .await;
        assert_eq!(reply.body, FAIL);
        assert_eq!(sandbox.why(), why);
    }
}

#[tokio::test]
async fn a_recipe_is_asked_for_in_place_of_what_the_documents_state() {
    let recipe: cards_sign::Recipe = "received,joint=|,secret=first".parse().unwrap();
    let sandbox = Harness::with(Sandbox::builder().checksum_order(recipe));
    let fields = [("entity_id", CUSTOMER), ("city", "Kochi")];
    let digest = |text: String| -> String {
        let digest = Sha256::digest(text);
        digest.iter().map(|byte| format!("{byte:02x}")).collect()
    };
    for (text, is_right) in [
        (format!("{SECRET_KEY}{CUSTOMER}|Kochi"), true),
        (format!("{CUSTOMER}Kochi{SECRET_KEY}"), false),
    ] {
        let sum = digest(text);
        let headers = [("token", TOKEN), ("checksum", &*sum)];
        let reply = sandbox
            .airpay_with("update-customer", &headers, &fields)
            .await;
        assert_eq!(reply.body == FAIL, !is_right, "{}", reply.body);
    }
    assert!(
        sandbox
            .why()
            .ends_with("This sandbox was set to the recipe `received,joint=|,secret=first`."),
        "{}",
        sandbox.why()
    );
}

#[tokio::test]
async fn a_day_a_header_and_two_mistakes_at_once_are_told() {
    let sandbox = Harness::new();
    let fields = [
        ("entity_id", CUSTOMER),
        ("city", "Kochi"),
        ("address", "Main Road"),
    ];
    let day = sandbox.app.now();
    let day = cards_model::UtcOffset::INDIA.date(day).to_string();
    let values = [CUSTOMER, "Kochi", "Main Road"];
    for (parts, why) in [
        (
            vec![values[0], values[1], values[2], &day],
            "with the day in IST (`Y-m-d`) after them",
        ),
        (
            vec![values[0], values[1], values[2], TOKEN],
            "with `token`, which is not of the body, after them",
        ),
        (
            vec![CUSTOMER, "|", "KOCHI", "|", "MAIN ROAD"],
            "each value in capitals, and with `|` between them",
        ),
    ] {
        let sum = cards_sign::checksum(parts, SECRET_KEY.as_bytes()).to_string();
        let headers = [("token", TOKEN), ("checksum", &*sum)];
        sandbox
            .airpay_with("update-customer", &headers, &fields)
            .await;
        assert!(sandbox.why().contains(why), "{}", sandbox.why());
    }
}

/// As clients send it whose content type is not changed with the body.
#[tokio::test]
async fn a_json_body_under_the_content_type_of_a_form_is_told() {
    let body = format!("{{\"entity_id\":\"{CUSTOMER}\",\"status\":\"ALLOWED\",\"type\":\"ATM\"}}");
    for (hashed, why) in [
        (
            vec![CUSTOMER, "ALLOWED", "ATM"],
            "The sender hashed the values in the order received",
        ),
        (vec!["ATM", "ALLOWED", CUSTOMER], "backwards"),
        (vec![&*body], "with their names, as a JSON text"),
    ] {
        let sandbox = Harness::new();
        let sum = cards_sign::checksum(hashed, SECRET_KEY.as_bytes()).to_string();
        let headers = [
            ("content-type", "application/x-www-form-urlencoded"),
            ("affiliate", AFFILIATE),
            ("processor-key", PROCESSOR_KEY),
            ("token", TOKEN),
            ("checksum", &*sum),
        ];
        let path = "/airpay/ms/cards/api/customer-preference";
        let reply = sandbox.post(path, &headers, &body).await;
        assert_eq!(&*reply.body, FAIL);
        let said = sandbox.why();
        assert!(said.contains("The body is a JSON text"), "{said}");
        assert!(said.contains("send the fields urlencoded"), "{said}");
        assert!(said.contains(why), "{said}");
    }
}

#[tokio::test]
async fn a_wrong_checksum_is_refused_and_explained() {
    let sandbox = Harness::new();
    let fields = [
        ("type", "ATM"),
        ("entity_id", CUSTOMER),
        ("status", "ALLOWED"),
    ];
    let in_table_order = [CUSTOMER, "ALLOWED", "ATM"];
    let sum = cards_sign::checksum(in_table_order, SECRET_KEY.as_bytes()).to_string();
    let headers = [("token", TOKEN), ("checksum", &*sum)];
    let reply = sandbox
        .airpay_with("customer-preference", &headers, &fields)
        .await;
    assert_eq!((reply.status.as_u16(), &*reply.body), (200, FAIL));
    let why = sandbox.why();
    assert!(why.starts_with("the checksum is wrong: "), "{why}");
    assert!(why.contains("in the order of the parameter table"), "{why}");
    assert!(matches!(
        sandbox.last().detail(),
        Some(ChecksumVerdict::Wrong { .. })
    ));
}

#[tokio::test]
async fn the_order_of_the_checksum_can_be_set() {
    let fields = [
        ("type", "ATM"),
        ("entity_id", CUSTOMER),
        ("status", "ALLOWED"),
    ];
    for (order, values) in [
        (ChecksumOrder::Received, ["ATM", CUSTOMER, "ALLOWED"]),
        (ChecksumOrder::Table, [CUSTOMER, "ALLOWED", "ATM"]),
        (ChecksumOrder::Example, [CUSTOMER, "ALLOWED", "ATM"]),
        (ChecksumOrder::Sorted, [CUSTOMER, "ALLOWED", "ATM"]),
    ] {
        let sandbox = Harness::with(Sandbox::builder().checksum_order(order));
        let sum = cards_sign::checksum(values, SECRET_KEY.as_bytes()).to_string();
        let headers = [("token", TOKEN), ("checksum", &*sum)];
        let reply = sandbox
            .airpay_with("customer-preference", &headers, &fields)
            .await;
        assert_eq!(reply.body, SUCCESS, "{order}");
    }
    let sandbox = Harness::with(Sandbox::builder().checksum_order(ChecksumOrder::Table));
    sandbox.airpay("customer-preference", &fields).await;
    assert!(
        sandbox
            .why()
            .ends_with("This sandbox was set to the order `table`.")
    );
}

#[tokio::test]
async fn the_status_of_a_refusal_can_be_set() {
    let sandbox = Harness::with(Sandbox::builder().failure_status(400));
    let reply = sandbox
        .airpay("update-customer", &[("entity_id", "nobody")])
        .await;
    assert_eq!((reply.status.as_u16(), &*reply.body), (400, FAIL));
}

#[tokio::test]
async fn what_is_no_form_is_a_400() {
    let sandbox = Harness::new();
    let path = "/airpay/ms/cards/api/update-customer";
    let form = (
        "content-type",
        "Application/X-WWW-form-urlencoded; charset=utf-8",
    );
    for (headers, body, why) in [
        (&[form][..], "entity_id=%zz", "not percent-encoded UTF-8"),
        (&[form], "entity_id=%ff", "not percent-encoded UTF-8"),
        (&[form], "entity_id=%", "not percent-encoded UTF-8"),
        (
            &[("content-type", "application/json")],
            "{}",
            "the content type has to be",
        ),
        (&[], "entity_id=1", "the content type has to be"),
    ] {
        let reply = sandbox.post(path, headers, body).await;
        assert_eq!((reply.status.as_u16(), &*reply.body), (400, FAIL), "{body}");
        assert!(sandbox.why().starts_with(why), "{}", sandbox.why());
        assert_eq!(sandbox.last().operation, Some("update-customer"));
    }
    // A plus sign is a space, and an empty body a form without fields.
    for body in ["address=a+b", "", "&&", "=", "entity_id"] {
        let reply = sandbox.post(path, &[form], body).await;
        assert_eq!((reply.status.as_u16(), &*reply.body), (200, FAIL), "{body}");
    }
}

#[tokio::test]
async fn of_a_field_sent_twice_the_last_counts_and_the_journal_tells() {
    let sandbox = Harness::new();
    let fields = [
        ("type", "ATM"),
        ("entity_id", "nobody"),
        ("status", "ALLOWED"),
        ("Marker", "1"),
        ("type", "ECOM"),
        ("entity_id", CUSTOMER),
        ("Marker", "2"),
    ];
    let reply = sandbox.airpay("customer-preference", &fields).await;
    assert_eq!(reply.body, SUCCESS);
    let exchange = sandbox.last();
    assert!(exchange.accepted);
    let repeated = [
        "`entity_id` came 2 times in the body: the last counts",
        "`type` came 2 times in the body: the last counts",
    ];
    assert_eq!(told(&exchange), repeated);

    // Also where it is refused, for whatever reason.
    let headers = [("token", TOKEN), ("checksum", "0")];
    let reply = sandbox
        .airpay_with("customer-preference", &headers, &fields)
        .await;
    assert_eq!(reply.body, FAIL);
    let why = sandbox.why();
    assert!(why.starts_with("the checksum is wrong: "), "{why}");
    assert_eq!(told(&sandbox.last()), repeated);
}

/// The remarks on documented names.
fn told(exchange: &Exchange) -> Vec<&str> {
    let remarks = exchange.remarks.iter();
    let named = remarks.filter(|remark| remark.nearest.is_some());
    named.map(|remark| &*remark.text).collect()
}

#[tokio::test]
async fn a_form_may_have_as_many_fields_as_fit() {
    let sandbox = Harness::new();
    let fields = vec![("a", ""); 20_000];
    let reply = sandbox.airpay("update-customer", &fields).await;
    assert_eq!((reply.status.as_u16(), &*reply.body), (200, FAIL));
    assert!(encoded(&fields).len() > 50_000);
}
