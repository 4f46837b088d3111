//! Checks what the journal tells of calls.

use crate::testing::{Harness, registration, request};
use crate::world::airpay::{CUSTOMER, TOKEN};

#[tokio::test]
async fn a_providers_reply_names_its_exchange_and_ours_do_not() {
    let sandbox = Harness::new();
    for (at, path) in [
        "/airpay/other",
        "/customers/1/prepaid/cards",
        "/api/v1/%zz",
        "/x",
    ]
    .into_iter()
    .enumerate()
    {
        let reply = sandbox.get(path, &[]).await;
        assert_eq!(reply.headers["x-sandbox-exchange"], *(at + 1).to_string());
        assert_eq!(sandbox.last().id, at as u64 + 1);
    }
    for path in ["/", "/_sandbox/world", "/_sandbox/other", "/_sandbox/%zz"] {
        let reply = sandbox.get(path, &[]).await;
        assert!(!reply.headers.contains_key("x-sandbox-exchange"), "{path}");
    }
    assert_eq!(sandbox.last().id, 4);
}

#[tokio::test]
async fn a_list_that_is_wrong_throughout_is_journaled_in_part() {
    let sandbox = Harness::new();
    let query = vec!["x"; 2000].join(",");
    let target = format!("/customers/12345678/prepaid/cards?status={query}");
    let token = [("authorization", "Bearer sandbox-paysafe-token")];
    assert_eq!(sandbox.get(&target, &token).await.status, 400);
    let last = sandbox.last();
    assert!(last.violations.len() <= 64, "{}", last.violations.len());
    assert!(last.verdict.len() < 9000, "{}", last.verdict.len());
    assert!(last.weight() < 32 * 1024, "{}", last.weight());
}

/// The verdict, and each broken rule as `field, kind of rule, row`.
fn told(sandbox: &Harness) -> (String, Vec<String>) {
    let last = sandbox.last();
    assert!(!last.accepted);
    let broken = last.violations.iter();
    let broken = broken.map(|it| format!("{}, {}, {}", it.field, it.rule, it.source));
    (last.verdict, broken.collect())
}

#[tokio::test]
async fn every_refusal_of_airpay_names_the_row_that_it_breaks() {
    let sandbox = Harness::new();
    let customer = ("entity_id", CUSTOMER);
    for (headers, field, verdict, broken) in [
        (
            &[][..],
            customer,
            "the header token is missing",
            "token, required, Airpay Update Customer, Header, token",
        ),
        (
            &[("token", "other")],
            customer,
            "the token is unknown",
            "token, allowed, Airpay Update Customer, Header, token",
        ),
        (
            &[("token", TOKEN)],
            customer,
            "the header checksum is missing or sent twice",
            "checksum, required, Airpay Update Customer, Header, checksum",
        ),
    ] {
        sandbox
            .airpay_with("update-customer", headers, &[field])
            .await;
        assert_eq!(told(&sandbox), (verdict.into(), vec![broken.into()]));
    }
    let wrong = [("token", TOKEN), ("checksum", "0")];
    sandbox
        .airpay_with("update-customer", &wrong, &[customer])
        .await;
    let row = "checksum, allowed, Airpay Update Customer, Header, checksum";
    assert_eq!(told(&sandbox).1, [row]);

    sandbox.airpay("register-user", &registration(&[])).await;
    let other = [("card_no", "4242424242424242"), ("kit_no", "2")];
    for (name, fields, verdict, broken) in [
        (
            "update-customer",
            vec![customer, ("email", "asha@example.com")],
            "email: another customer has it",
            "email, allowed, Airpay Update Customer, Request Body, email",
        ),
        (
            "register-user",
            registration(&other),
            "email: another customer has it",
            "email, allowed, Airpay User Registration, Request Body, email",
        ),
        (
            "register-user",
            registration(&[("otp", "4321")]),
            "the one-time password is not the sandbox's",
            "otp, allowed, Airpay User Registration, Request Body, otp",
        ),
    ] {
        sandbox.airpay(name, &fields).await;
        assert_eq!(told(&sandbox), (verdict.into(), vec![broken.into()]));
    }
}

#[tokio::test]
async fn an_unknown_customer_is_told_by_the_verdict_alone() {
    let sandbox = Harness::new();
    for name in ["update-customer", "customer-preference"] {
        sandbox.airpay(name, &[("entity_id", "nobody")]).await;
        let verdict = "entity_id: there is no such customer".to_owned();
        assert_eq!(told(&sandbox), (verdict, vec![]));
    }
}

#[tokio::test]
async fn every_refusal_of_a_list_names_the_row_that_it_breaks() {
    let sandbox = Harness::new();
    let bearer = [("authorization", "Bearer sandbox-paysafe-token")];
    let documented = [("authorization", "YOUR_API_KEY"), ("otp", "text")];
    let wrong_otp = [
        ("authorization", "Bearer sandbox-ibanera-token"),
        ("otp", "0"),
    ];
    let by_customer = "/api/v1/customer/cards/byuser";
    let list = "/api/v1/customer/cards/byuser/list?pageNumber=x&pageSize=0";
    let paysafe = "Paysafe Get customer prepaid cards";
    for (target, headers, verdict, broken) in [
        // The documents say nothing of an id that nobody has.
        (
            "/customers/1/prepaid/cards".to_owned(),
            &bearer[..],
            "there is no such customer",
            vec![],
        ),
        (
            "/customers/12345678/prepaid/cards?limit=51&offset=x".to_owned(),
            &bearer,
            "offset: a whole number; limit: 1 to 50",
            vec![
                format!("limit, range, {paysafe}, Query Parameters, limit"),
                format!("offset, format, {paysafe}, Query Parameters, offset"),
            ],
        ),
        (
            by_customer.to_owned(),
            &documented,
            "customersId is missing",
            vec!["customersId, required, Ibanera Get Cards By Customer, Query Parameters, customersId".into()],
        ),
        (
            format!("{by_customer}?customersId=x"),
            &documented,
            "customersId has to be a whole number",
            vec!["customersId, format, Ibanera Get Cards By Customer, Query Parameters, customersId".into()],
        ),
        (
            format!("{by_customer}?customersId=1"),
            &documented,
            "there is no such customer",
            vec![],
        ),
        (
            list.to_owned(),
            &documented,
            "pageNumber and pageSize have to be whole numbers from 1 on",
            vec![
                "pageSize, range, Ibanera Get Customer Cards, Query Parameters, pageSize".into(),
                "pageNumber, format, Ibanera Get Customer Cards, Query Parameters, pageNumber".into(),
            ],
        ),
        (
            list.to_owned(),
            &wrong_otp,
            "the header otp holds no code of the last, this or the next 30 seconds",
            vec!["otp, allowed, Ibanera Get Customer Cards, request example, otp".into()],
        ),
        (
            list.to_owned(),
            &[],
            "the header Authorization is missing",
            vec!["Authorization, required, Ibanera Get Customer Cards, request example, Authorization".into()],
        ),
    ] {
        sandbox.get(&target, headers).await;
        assert_eq!(told(&sandbox), (verdict.into(), broken), "{target}");
    }
}

#[tokio::test]
async fn a_path_that_nobody_has_is_told_with_the_nearest_documented_one() {
    let sandbox = Harness::new();
    let registration = "POST /airpay/ms/cards/api/register-user";
    let list = "GET /digitalwallets/v1/customers/{customerId}/prepaid/cards";
    let own_list = "GET /customers/{customerId}/prepaid/cards";
    let cards = "GET /api/v1/customer/cards/byuser";
    for (method, target, called, nearest, body) in [
        (
            "POST",
            "/airpay/ms/cards/api/register_user",
            "",
            registration,
            FAIL,
        ),
        (
            "POST",
            "/airpay/ms/cards/api/register-user/",
            "",
            registration,
            FAIL,
        ),
        (
            "POST",
            "/airpay/ms/cards/register-user",
            "",
            registration,
            FAIL,
        ),
        (
            "GET",
            "/airpay/ms/cards/api/register-user",
            "",
            registration,
            FAIL,
        ),
        ("POST", "/ms/cards/api/register-user", "", registration, ""),
        (
            "POST",
            "/Airpay/ms/cards/api/register-user",
            "",
            registration,
            "",
        ),
        (
            "POST",
            "/airpay/ms/cards/api/asha@example.com",
            "/airpay/ms/cards/api/{...}",
            "",
            FAIL,
        ),
        (
            "GET",
            "/customers/4622940000003713/prepaid/card",
            "/customers/{customerId}/prepaid/card",
            own_list,
            "",
        ),
        (
            "DELETE",
            "/digitalwallets/v1/customers/Canary/prepaid/cards",
            "/digitalwallets/v1/customers/{customerId}/prepaid/cards",
            list,
            "",
        ),
        (
            "GET",
            "/digitalwallets/v2/customers/Canary/prepaid/cards",
            "/digitalwallets/v2/customers/{customerId}/prepaid/cards",
            list,
            "",
        ),
        ("GET", "/api/v2/customer/cards/byuser", "", cards, ""),
        (
            "GET",
            "/api/v1/customer/card/byuser?customersId=1",
            "/api/v1/customer/card/byuser",
            cards,
            "",
        ),
        ("GET", "/Canary", "/{...}", "", ""),
    ] {
        let reply = sandbox.send(request(method, target, &[], "")).await;
        let called = if called.is_empty() { target } else { called };
        let last = sandbox.last();
        assert_eq!(last.called.as_deref(), Some(called));
        let found = last
            .nearest
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default();
        // For a login, any of an API's calls may be as near.
        assert!(
            found == nearest || nearest.is_empty(),
            "{method} {target}: {found}"
        );
        let header = reply.headers.get("x-sandbox-nearest");
        assert_eq!(header.map_or("", |it| it.to_str().unwrap()), found);
        assert!(
            last.verdict.contains(&format!("`{method} {called}`")),
            "{}",
            last.verdict
        );
        assert!(last.verdict.contains(&found), "{}", last.verdict);
        // A provider's reply is in its own words; nobody's says it all.
        if last.provider.is_none() {
            let said: serde_json::Value = serde_json::from_str(&reply.body).unwrap();
            assert_eq!(said, serde_json::json!({"error": last.verdict}));
        } else {
            assert!(reply.body.contains(body) && !reply.body.contains("nearest"));
        }
        let page = sandbox
            .get(&format!("/?exchange={}", last.id), &[])
            .await
            .body;
        for shown in [
            &format!("<code>{method} {called}</code>"),
            &format!("<code>{found}</code>"),
        ] {
            assert!(
                found.is_empty() || page.contains(shown),
                "{shown} in {page}"
            );
        }
        for secret in ["Canary", "4622940000003713", "asha@"] {
            let all = format!("{last:?} {page} {} {:?}", reply.body, reply.headers);
            assert!(!all.contains(secret), "{secret}: {all}");
        }
    }
}

const FAIL: &str = r#"{"status":400,"message":"fail"}"#;
