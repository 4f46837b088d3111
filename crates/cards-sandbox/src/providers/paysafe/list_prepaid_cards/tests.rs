use serde_json::Value;

use crate::testing::{EXTREMES, Harness, Reply};

const BEARER: (&str, &str) = ("authorization", "Bearer sandbox-paysafe-token");

async fn list(sandbox: &Harness, customer: &str, query: &str) -> Reply {
    let target = format!("/customers/{customer}/prepaid/cards{query}");
    sandbox.get(&target, &[BEARER]).await
}

async fn cards(sandbox: &Harness, customer: &str, query: &str) -> (Vec<Value>, Value) {
    let reply = list(sandbox, customer, query).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    let mut page: Value = serde_json::from_str(&reply.body).unwrap();
    let meta = page["meta"].take();
    let Value::Array(cards) = page["cards"].take() else {
        panic!("no cards: {}", reply.body);
    };
    (cards, meta)
}

/// A query repeats a mistake of one field, and the reply tells it once.
#[tokio::test]
async fn a_mistake_that_is_repeated_is_told_once() {
    let sandbox = Harness::new();
    for mistake in [
        "limit=x",
        "offset=-1",
        "limit=0",
        "status=NONE",
        "cardType=NONE",
        "include=NONE",
        "status=NONE,NONE",
        "limit=x&offset=x&status=NONE",
    ] {
        let once = list(&sandbox, "12345678", &format!("?{mistake}")).await;
        assert_eq!(once.status, 400, "{mistake}: {}", once.body);
        let often = vec![mistake; 60_000 / (mistake.len() + 1)].join("&");
        let often = list(&sandbox, "12345678", &format!("?{often}")).await;
        assert_eq!(often.status, 400, "{mistake}");
        let errors = |reply: &Reply| {
            let reply: Value = serde_json::from_str(&reply.body).unwrap();
            let error = &reply["error"];
            (error["fieldErrors"].clone(), error["details"].clone())
        };
        assert_eq!(errors(&often), errors(&once), "{mistake}");
        assert!(errors(&once).0.is_array(), "{mistake}: {}", once.body);
        assert!(often.body.len() < 2_000, "{mistake}: {}", often.body.len());
    }
}

/// Each row of a customer's is compared with the list that is looked up: it has no more in it than
/// there are values, however often a query repeats one.
#[tokio::test]
async fn a_filter_has_each_value_once() {
    let known = ["LOCKED", "ACTIVE"].map(Some);
    assert_eq!(super::looked_up(known.into_iter()), ",ACTIVE,LOCKED,");
    assert_eq!(
        super::looked_up(known.into_iter().cycle().take(9_000)),
        ",ACTIVE,LOCKED,"
    );
    assert_eq!(
        super::looked_up([None, Some("ACTIVE"), None].into_iter()),
        ",ACTIVE,"
    );
    assert_eq!(super::looked_up([None].into_iter()), ",");
    assert_eq!(super::looked_up(std::iter::empty()), "");
    let sandbox = Harness::new();
    let (once, _) = cards(&sandbox, "12345678", "?limit=50&status=ACTIVE").await;
    let often = format!("?limit=50&status=ACTIVE{}", ",ACTIVE".repeat(8_000));
    assert_eq!(cards(&sandbox, "12345678", &often).await.0, once);
    assert!(!once.is_empty());
}

/// The document's example GET_PREPAID_CARDS, with the key `offset` that
/// its schema and its first example have.
#[tokio::test]
async fn the_documented_card() {
    let sandbox = Harness::new();
    let expected = r#"{"cards":[{"cardId":"f16ba382-eb42-481a-b08f-c57bdc9aae24","status":"ACTIVE","expiry":{"month":3,"year":2028},"bin":"533944","lastFour":"7009","customerId":"12345678","cardType":"VIRTUAL","programName":"BRAND-VIRTUAL-MC","currency":"EUR","mobile":"+359 888333333","createdDate":"2019-08-24T14:15:22Z","accountId":"127623047","scheme":"MC","activationDate":"2019-08-24T14:15:22Z","isPinSet":true}],"meta":{"numberOfRecords":1,"limit":1,"offset":0,"page":1}}"#;
    let reply = list(&sandbox, "12345678", "?limit=1").await;
    assert_eq!((reply.status.as_u16(), &*reply.body), (200, expected));

    let wallets = r#""isPinSet":true,"tokenizations":{"mobileWalletTokenizations":[{"dpanRef":"DAPLMC00002125433c0c34a2821f4f86866e7576963baf8b","walletId":"NMZlGi8-DezZZKaU06orvl0f","walletType":"GOOGLE_PAY","status":"COMPLETED"}]}}]"#;
    let reply = list(&sandbox, "12345678", "?limit=1&include=TOKENIZATIONS").await;
    assert_eq!(
        reply.body,
        expected.replace(r#""isPinSet":true}]"#, wallets)
    );

    let actions = r#""isPinSet":true,"availableActions":[{"action":"CANCEL"},{"action":"LOCK"},{"action":"SHOW_DETAILS"},{"action":"SHOW_PIN"},{"action":"SET_PIN"}]}]"#;
    let reply = list(&sandbox, "12345678", "?limit=1&include=AVAILABLE_ACTIONS").await;
    assert_eq!(
        reply.body,
        expected.replace(r#""isPinSet":true}]"#, actions)
    );
}

#[tokio::test]
async fn both_paths_give_the_same() {
    let sandbox = Harness::new();
    let bare = list(&sandbox, "12345678", "").await.body;
    let target = "/digitalwallets/v1/customers/12345678/prepaid/cards";
    assert_eq!(sandbox.get(target, &[BEARER]).await.body, bare);
}

#[tokio::test]
async fn a_page_has_ten_cards_where_nothing_is_said() {
    let (cards, meta) = cards(&Harness::new(), "12345678", "").await;
    assert_eq!(cards.len(), 10);
    assert_eq!(meta["numberOfRecords"], 10);
    assert_eq!((&meta["limit"], &meta["offset"]), (&10.into(), &0.into()));
}

#[tokio::test]
async fn pages_hold_every_card_once_and_end() {
    let sandbox = Harness::new();
    let mut ids = std::collections::BTreeSet::new();
    for (offset, records, page) in [(0, 50, 1), (50, 50, 2), (100, 37, 3), (150, 0, 4)] {
        let query = format!("?limit=50&offset={offset}");
        let (cards, meta) = cards(&sandbox, "87654321", &query).await;
        assert_eq!(cards.len(), records);
        assert_eq!(meta["numberOfRecords"], records);
        assert_eq!(meta["offset"], offset);
        assert_eq!(meta["page"], page);
        ids.extend(cards.iter().map(|card| card["cardId"].to_string()));
    }
    assert_eq!(ids.len(), 137);
    let (none, meta) = cards(&sandbox, "87654321", "?offset=18446744073709551615").await;
    assert!(none.is_empty());
    assert_eq!(meta["offset"], u64::MAX);
}

#[tokio::test]
async fn filters_by_states_and_types() {
    let sandbox = Harness::new();
    let (locked, _) = cards(&sandbox, "12345678", "?status=LOCKED,SUSPENDED&limit=50").await;
    let mut states: Vec<_> = locked
        .iter()
        .map(|card| card["status"].as_str().unwrap())
        .collect();
    states.sort_unstable();
    assert_eq!(states, ["LOCKED", "LOCKED", "SUSPENDED"]);
    let (virtual_locked, _) = cards(&sandbox, "12345678", "?status=LOCKED&cardType=VIRTUAL").await;
    assert_eq!(virtual_locked.len(), 1);
    let repeated = "?status=LOCKED&status=SUSPENDED&cardType=PHYSICAL,VIRTUAL";
    assert_eq!(cards(&sandbox, "12345678", repeated).await.0.len(), 3);
}

#[tokio::test]
async fn what_is_delivered_is_physical() {
    let (all, _) = cards(&Harness::new(), "12345678", "?limit=50").await;
    assert_eq!(all.len(), 16);
    for card in all {
        let is_physical = card["cardType"] == "PHYSICAL";
        assert_eq!(card.get("deliveryAddress").is_some(), is_physical, "{card}");
    }
}

#[tokio::test]
async fn an_unknown_customer_is_a_404_with_the_error_object() {
    let reply = list(&Harness::new(), "1", "").await;
    assert_eq!(reply.status, 404);
    assert_eq!(
        reply.body,
        r#"{"error":{"code":"5269","message":"The id in the path is unknown.","details":["there is no such customer"],"fieldErrors":[]}}"#
    );
}

#[tokio::test]
async fn a_bad_value_is_a_400_that_names_each_field() {
    let sandbox = Harness::new();
    let query = "?limit=51&offset=-1&status=ACTIVE,FROZEN&cardType=&include=tokenizations";
    let reply = list(&sandbox, "12345678", query).await;
    assert_eq!(reply.status, 400);
    let body: Value = serde_json::from_str(&reply.body).unwrap();
    assert_eq!(body["error"]["code"], "5068");
    let fields = body["error"]["fieldErrors"].as_array().unwrap();
    let mut names: Vec<_> = fields
        .iter()
        .map(|field| field["field"].as_str().unwrap())
        .collect();
    names.sort_unstable();
    assert_eq!(names, ["cardType", "include", "limit", "offset", "status"]);
    assert!(
        fields
            .iter()
            .all(|field| !field["error"].as_str().unwrap().is_empty())
    );
    assert!(!reply.body.contains("FROZEN"));
}

#[tokio::test]
async fn numbers_at_their_edges() {
    let sandbox = Harness::new();
    for (query, status) in [
        ("?limit=1", 200),
        ("?limit=50", 200),
        ("?limit=0", 400),
        ("?limit=%2B5", 400),
        ("?limit=5.0", 400),
        ("?limit=", 400),
        ("?limit=99999999999", 400),
        ("?offset=", 400),
        ("?offset=x", 400),
        ("?unheard=of", 200),
    ] {
        assert_eq!(
            list(&sandbox, "12345678", query).await.status,
            status,
            "{query}"
        );
    }
}

#[tokio::test]
async fn the_last_offset_of_all_is_a_page_like_any_other() {
    let query = format!("?limit=1&offset={}", u64::MAX);
    let (none, meta) = cards(&Harness::new(), "12345678", &query).await;
    assert!(none.is_empty());
    let last = u64::MAX;
    let expected =
        serde_json::json!({"numberOfRecords": 0, "limit": 1, "offset": last, "page": last});
    assert_eq!(meta, expected);
}

#[tokio::test]
async fn no_number_is_too_extreme() {
    let sandbox = Harness::new();
    for limit in EXTREMES {
        for offset in EXTREMES {
            let query = format!("?limit={limit}&offset={offset}");
            let status = list(&sandbox, "12345678", &query).await.status;
            assert!(status == 200 || status == 400, "{query}: {status}");
        }
    }
}

#[tokio::test]
async fn a_bad_bearer_is_a_401_with_the_error_object() {
    let sandbox = Harness::new();
    let target = "/customers/12345678/prepaid/cards";
    for (authorization, code, why) in [
        (None, "5280", "the header Authorization is missing"),
        (Some("Bearer other"), "5279", "the token is unknown"),
        (
            Some("sandbox-paysafe-token"),
            "5279",
            "the header Authorization has to be: Bearer, a space, the token",
        ),
        (
            Some("Basic sandbox-paysafe-token"),
            "5279",
            "the header Authorization has to be: Bearer, a space, the token",
        ),
    ] {
        let headers: Vec<_> = authorization
            .into_iter()
            .map(|a| ("authorization", a))
            .collect();
        let reply = sandbox.get(target, &headers).await;
        assert_eq!(reply.status, 401);
        assert_eq!(reply.headers["www-authenticate"], "Bearer");
        let body: Value = serde_json::from_str(&reply.body).unwrap();
        assert_eq!(body["error"]["code"], code);
        assert_eq!(body["error"]["details"], serde_json::json!([why]));
        assert_eq!(sandbox.why(), why);
    }
    let reply = sandbox.get(target, &[BEARER, BEARER]).await;
    assert_eq!(reply.status, 401);
}
