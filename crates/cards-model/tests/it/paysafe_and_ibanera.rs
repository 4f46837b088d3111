//! Rules and lenient reading of Paysafe's and Ibanera's requests and replies.

#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

use cards_model::ibanera::{self, CardsByCustomer, ListCustomerCards};
use cards_model::paysafe::{self, CardPage, CardStatus, CardType, Expiry, ListPrepaidCards};
use cards_model::{CardKind, CardState, CardSummary, Date, Place, Request, Rule, Rules};

fn rules() -> Rules {
    Rules::on(Date::new(2026, 11, 21).unwrap())
}

fn broken(request: &impl Request) -> Vec<(String, Rule)> {
    let violations = request.check(&rules()).err();
    violations
        .iter()
        .flatten()
        .map(|v| (v.field.clone(), v.rule))
        .collect()
}

fn page(card: &str) -> CardPage {
    serde_json::from_slice::<CardPage>(format!(r#"{{"cards":[{card}]}}"#).as_bytes()).unwrap()
}

fn page_breaks(card: &str) -> Vec<(String, Rule)> {
    let violations = page(card).check().err();
    violations
        .iter()
        .flatten()
        .map(|v| (v.field.clone(), v.rule))
        .collect()
}

#[test]
fn list_prepaid_cards_at_its_boundaries() {
    let list = || ListPrepaidCards::new("12345678");
    let field = |name: &str, rule| vec![(name.to_owned(), rule)];
    assert_eq!(broken(&list().limit(1)), []);
    assert_eq!(broken(&list().limit(50)), []);
    assert_eq!(broken(&list().limit(0)), field("limit", Rule::Range));
    assert_eq!(broken(&list().limit(51)), field("limit", Rule::Range));
    assert_eq!(broken(&list().offset(0)), []);
    assert_eq!(
        broken(&ListPrepaidCards::new("")),
        field("customerId", Rule::Required)
    );
    assert_eq!(
        broken(&ListPrepaidCards::new("..")),
        field("customerId", Rule::Format)
    );
    assert_eq!(broken(&list().status(CardStatus::ALL.iter().cloned())), []);
    assert_eq!(
        broken(&list().status(["FROZEN".into()])),
        field("status", Rule::Allowed)
    );
    assert_eq!(
        broken(&list().card_type(["GIFT".into()])),
        field("cardType", Rule::Allowed)
    );
    assert_eq!(
        broken(&list().include(["ALL".into()])),
        field("include", Rule::Allowed)
    );
    let all_wrong = ListPrepaidCards::new("").limit(0).status(["X".into()]);
    insta::assert_snapshot!(all_wrong.check(&rules()).unwrap_err(), @r"
    paysafe list-prepaid-cards: 3 fields break the document's rules
      customerId: must be given (required; Paysafe Get customer prepaid cards, Path Parameters)
      limit: 1 to 50 (range; Paysafe Get customer prepaid cards, Query Parameters, limit)
      status: one of ACTIVE, PENDING, CANCELLED, SUSPENDED, APPLIED, DIGITAL, REJECTED, LOCKED, EXPIRED, ISSUED (allowed; Paysafe Get customer prepaid cards, Query Parameters, status)
    ");
}

#[test]
fn queries_list_what_is_given_in_the_documents_order() {
    let list = ListPrepaidCards::new("12345678")
        .card_type([CardType::Virtual, CardType::Physical])
        .status([CardStatus::Active])
        .offset(20)
        .limit(10);
    let query: Vec<_> = list
        .pairs(Place::Query)
        .into_iter()
        .map(|(n, v)| format!("{n}={v}"))
        .collect();
    assert_eq!(
        query,
        [
            "limit=10",
            "offset=20",
            "status=ACTIVE",
            "cardType=VIRTUAL,PHYSICAL"
        ]
    );
    assert!(ListPrepaidCards::new("1").pairs(Place::Query).is_empty());
    let second = ListCustomerCards::new().page_size(25).page_number(2);
    assert_eq!(
        second.pairs(Place::Query).as_slice(),
        [("pageNumber", "2".into()), ("pageSize", "25".into())]
    );
    assert_eq!(
        CardsByCustomer::new(11057).pairs(Place::Query).as_slice(),
        [("customersId", "11057".into())]
    );
}

#[test]
fn ibanera_at_its_boundaries() {
    assert_eq!(broken(&ListCustomerCards::new()), []);
    assert_eq!(
        broken(&ListCustomerCards::new().page_number(1).page_size(1)),
        []
    );
    let zero = ListCustomerCards::new().page_number(0).page_size(0);
    let expected = [
        ("pageNumber".to_owned(), Rule::Range),
        ("pageSize".to_owned(), Rule::Range),
    ];
    assert_eq!(broken(&zero), expected);
    assert_eq!(broken(&CardsByCustomer::new(1)), []);
    let field = |rule| vec![("customersId".to_owned(), rule)];
    assert_eq!(broken(&CardsByCustomer::new(0)), field(Rule::Range));
    assert_eq!(broken(&CardsByCustomer::default()), field(Rule::Required));
}

#[test]
fn a_card_of_the_future_still_reads() {
    let page = page(
        r#"{"cardId":"c1","status":"FROZEN","cardType":null,"newField":{"deep":[1]},
            "deliveryAddress":null,"expiry":null,"bin":533944,"isPinSet":null}"#,
    );
    let card = &page.cards[0];
    assert_eq!(card.status, Some(CardStatus::Unknown("FROZEN".into())));
    assert_eq!(card.card_type, None);
    assert_eq!(
        card.bin.as_ref().map(cards_model::Bin::expose),
        Some("533944")
    );
    assert_eq!(page.meta, None);
}

#[test]
fn half_an_expiry_or_a_word_for_a_bit_costs_no_page() {
    let page = page(
        r#"{"cardId":"c1","expiry":{"month":3,"year":null},"isPinSet":"true",
            "availableActions":[{"action":null},{"action":"LOCK"}],"lastFour":"4622940000003713"}"#,
    );
    let card = &page.cards[0];
    assert_eq!((card.expiry, card.is_pin_set), (None, Some(true)));
    assert_eq!(card.available_actions.as_ref().unwrap().len(), 2);
    let summary = CardSummary::from(card);
    assert_eq!(summary.masked_number.as_deref(), Some("******3713"));

    let card: ibanera::Card = serde_json::from_str(r#"{"id":"9","bSuppressed":1}"#).unwrap();
    assert_eq!((card.id, card.suppressed), (9, Some(true)));
}

#[test]
fn rules_of_the_card_object() {
    let breaks = |field: &str, rule| vec![(format!("cards[0].{field}"), rule)];
    let address = |parts: &str| {
        let card =
            format!(r#"{{"cardId":"c","cardType":"PHYSICAL","deliveryAddress":{{{parts}}}}}"#);
        page_breaks(&card)
    };
    assert_eq!(
        page_breaks(r#"{"cardId":"c","lastFour":"7009","currency":"EUR"}"#),
        []
    );
    assert_eq!(
        page_breaks(r#"{"cardId":"c","lastFour":"string"}"#),
        breaks("lastFour", Rule::Length)
    );
    assert_eq!(
        page_breaks(r#"{"cardId":"c","currency":"EURO"}"#),
        breaks("currency", Rule::Length)
    );
    assert_eq!(
        page_breaks(r#"{"cardId":"c","mobile":"string"}"#),
        breaks("mobile", Rule::Format)
    );
    assert_eq!(
        page_breaks(r#"{"cardId":"c","mobile":"+359 888333333"}"#),
        []
    );
    assert_eq!(
        page_breaks(r#"{"cardId":"c","status":"NEW"}"#),
        breaks("status", Rule::Allowed)
    );
    // A card without an id is none to be read (E-PC-01, E-PP-19).
    for id in ["", r#""cardId":null"#, r#""cardId":"""#] {
        assert!(serde_json::from_str::<paysafe::Card>(&format!("{{{id}}}")).is_err());
    }
    let mut nameless = page(r#"{"cardId":"c"}"#);
    nameless.cards[0].card_id.clear();
    let broken = nameless.check().unwrap_err();
    assert_eq!(broken.iter().next().unwrap().rule, Rule::Required);
    assert_eq!(
        page_breaks(r#"{"cardId":"c","expiry":{"month":13,"year":2028}}"#),
        breaks("expiry.month", Rule::Range)
    );
    for (month, kept) in [
        ("0", 0),
        ("-1", 0),
        ("255", 255),
        ("256", 255),
        ("\"300\"", 255),
    ] {
        let card = format!(r#"{{"cardId":"c","expiry":{{"month":{month},"year":70000}}}}"#);
        let expiry = serde_json::from_str::<paysafe::Card>(&card).unwrap().expiry;
        let kept = Expiry {
            month: kept,
            year: u16::MAX,
        };
        assert_eq!(expiry, Some(kept), "{month}");
        assert_eq!(page_breaks(&card), breaks("expiry.month", Rule::Range));
    }
    assert_eq!(
        page_breaks(r#"{"cardId":"c","cardType":"VIRTUAL","deliveryAddress":{}}"#),
        breaks("deliveryAddress", Rule::Consistency)
    );
    let nested = |field: &str, rule| breaks(&format!("deliveryAddress.{field}"), rule);
    assert_eq!(address(r#""address1":"four""#), []);
    assert_eq!(
        address(r#""address1":"abc""#),
        nested("address1", Rule::Length)
    );
    assert_eq!(
        address(&format!(r#""address1":"{}""#, "a".repeat(41))),
        nested("address1", Rule::Length)
    );
    assert_eq!(
        address(&format!(r#""address2":"{}""#, "a".repeat(31))),
        nested("address2", Rule::Length)
    );
    assert_eq!(
        address(&format!(r#""address3":"{}""#, "a".repeat(31))),
        nested("address3", Rule::Length)
    );
    assert_eq!(
        address(r#""city":"Sofia 1""#),
        nested("city", Rule::Characters)
    );
    assert_eq!(
        address(r#""countryCode":"BGR""#),
        nested("countryCode", Rule::Length)
    );
    assert_eq!(address(r#""state":"UTAH""#), nested("state", Rule::Length));
    assert_eq!(address(r#""countryCode":"BG","postalCode":"1""#), []);
    assert_eq!(
        address(&format!(
            r#""countryCode":"BG","postalCode":"{}""#,
            "1".repeat(17)
        )),
        nested("postalCode", Rule::Length)
    );
    assert_eq!(
        address(r#""countryCode":"BG","postalCode":"""#),
        nested("postalCode", Rule::Length)
    );
    let us = r#""countryCode":"US""#;
    assert_eq!(
        address(&format!(r#"{us},"state":"UT","postalCode":"84-4 0""#)),
        []
    );
    assert_eq!(address(us), nested("state", Rule::Required));
    // Letters are documented of what is sent alone.
    assert_eq!(address(&format!(r#"{us},"state":"12""#)), []);
    assert_eq!(
        address(&format!(r#"{us},"state":"U""#)),
        nested("state", Rule::Length)
    );
    assert_eq!(
        address(&format!(r#"{us},"state":"UT","postalCode":"123""#)),
        nested("postalCode", Rule::Length)
    );
    assert_eq!(
        address(&format!(r#"{us},"state":"UT","postalCode":"12345678901""#)),
        nested("postalCode", Rule::Length)
    );
    assert_eq!(
        address(&format!(r#"{us},"state":"UT","postalCode":"8440!""#)),
        nested("postalCode", Rule::Characters)
    );
}

#[test]
fn ibanera_details_as_object_array_or_null() {
    let read = |details: &str| {
        let json = format!(r#"{{"status":"1","errors":[],"id":0,"details":{details}}}"#);
        ibanera::CustomerCardsReply::from_success(&json).unwrap()
    };
    let customer = r#"{"customersId":11057,"customersReference":"r","cards":[{"id":1}]}"#;
    assert_eq!(read(customer), read(&format!("[{customer}]")));
    assert_eq!(read(customer).cards().count(), 1);
    assert_eq!(read("null").customers, []);
    assert_eq!(read("[]").customers, []);
    let refusal = r#"{"status":"0","errors":[],"details":null}"#;
    assert_eq!(ibanera::CustomerCardsReply::from_success(refusal), None);
}

#[test]
fn one_summary_for_every_providers_card() {
    let page = page(
        r#"{"cardId":"c1","status":"DIGITAL","cardType":"PHYSICAL","bin":"53394412","lastFour":"7009",
            "scheme":"MC","currency":"EUR","expiry":{"month":3,"year":2028}}"#,
    );
    let summary = CardSummary::from(&page.cards[0]);
    assert_eq!(summary.masked_number.as_deref(), Some("533944******7009"));
    assert_eq!(summary.kind, Some(CardKind::Physical));
    assert_eq!(summary.state, Some(CardState::Active));
    assert_eq!(summary.expiry.as_deref(), Some("03/2028"));

    let card: ibanera::Card = serde_json::from_str(
        r#"{"id":9,"currency":"usd","cardNumber":"4000000000000002","totalBalance":1.10,"bSuppressed":false}"#,
    )
    .unwrap();
    let summary = serde_json::to_string(&CardSummary::from(&card)).unwrap();
    assert!(
        summary.contains(r#""masked_number":"400000******0002""#),
        "{summary}"
    );
    assert!(summary.contains(r#""total_balance":1.10"#), "{summary}");
}

#[test]
fn meta_that_contradicts_itself_is_told() {
    let json = r#"{"cards":[],"meta":{"numberOfRecords":11,"limit":10,"page":0}}"#;
    let page = serde_json::from_slice::<CardPage>(json.as_bytes()).unwrap();
    let violations = page.check().unwrap_err();
    let fields: Vec<_> = violations.fields().collect();
    assert_eq!(fields, ["meta.numberOfRecords", "meta.page"]);
    assert_eq!(paysafe::Meta::new(5, 10, 20).page, Some(3));
}
