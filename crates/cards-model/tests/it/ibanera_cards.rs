//! Ibanera's requests about cards: their bodies, their rules and what they show.

use cards_model::ibanera::{
    ActivateCard, BusinessReview, CardCurrency, CardReview, CreateCard, CustomerCard, EntityType,
    PersonalReview, ReviewCreateCard, ShippingAddress, ShippingMethod,
};
use cards_model::{CardState, CardSummary, Date, Decimal, Place, Request, Rules};

fn rules() -> Rules {
    Rules::on(Date::from_unix_seconds(1_795_248_000))
}

fn broken<R: Request>(request: &R) -> Vec<String> {
    let violations = request.check(&rules()).err();
    let each = violations.iter().flatten();
    each.map(|one| format!("{} {}", one.field, one.rule))
        .collect()
}

fn card() -> CreateCard {
    let address = ShippingAddress::new("Suite 500", "New York", "Texas", "55050", "USA");
    CreateCard::new(
        14387,
        CardCurrency::Usd,
        "CARD-REF-001",
        ShippingMethod::Standard,
        1002,
        address,
    )
}

#[test]
fn the_ids_of_cards_and_customers_have_both_bounds() {
    for (id, fits) in [
        (0, false),
        (1, true),
        (2_147_483_647, true),
        (2_147_483_648, false),
    ] {
        assert_eq!(broken(&ActivateCard::new(id)).is_empty(), fits, "{id}");
    }
    assert_eq!(broken(&ActivateCard::default()), ["cardsId required"]);
    for (id, fits) in [(-1, false), (0, false), (1, true), (i64::MAX, true)] {
        assert_eq!(broken(&ReviewCreateCard::new(id)).is_empty(), fits, "{id}");
    }
    let review = ReviewCreateCard::new(12345);
    let pairs = review.pairs(Place::Query);
    assert_eq!(pairs.as_slice(), [("customersId", "12345".into())]);
}

/// Values that only older copies of the page list are refused before sending.
#[test]
fn what_the_newest_page_does_not_list_is_refused() {
    assert_eq!(broken(&card()), Vec::<String>::new());
    let older = CreateCard {
        currency: "EUR".into(),
        shipping_method: "Priority".into(),
        ..card()
    };
    assert_eq!(
        broken(&older),
        ["currency allowed", "shippingMethod allowed"]
    );
    let business = BusinessReview::new("", "B", EntityType::from("Club"), "S", "C", "TX", "7");
    let wrong = card().business_review_details(business);
    let fields = [
        "businessReviewDetails.legalEntityName required",
        "businessReviewDetails.entityType allowed",
    ];
    assert_eq!(broken(&wrong), fields);
}

#[test]
fn details_travel_in_the_clear_and_are_shown_to_nobody() {
    let details = PersonalReview::new()
        .source_of_funds(["Marker".into()])
        .estimated_gross_annual_income(Decimal::new(1_000_050, 2))
        .actively_employed(true)
        .employed_company_name("Marker");
    let card = card().personal_review_details(details);
    let body = card.json();
    let sent = r#""personalReviewDetails":{"sourceOfFunds":["Marker"],"estimatedGrossAnnualIncome":10000.50,"activelyEmployed":true,"employedCompanyName":"Marker"}}"#;
    assert!(body.ends_with(sent), "{body}");
    let shown = format!("{card:?}");
    for hidden in ["Marker", "10000", "Suite", "55050"] {
        assert!(!shown.contains(hidden), "{shown}");
    }
}

#[test]
fn a_review_that_cannot_be_read_is_no_short_one() {
    let read = |json: &str| {
        serde_json::from_str::<CardReview>(json)
            .unwrap()
            .required_documents
    };
    assert_eq!(read("{}"), None);
    assert_eq!(read(r#"{"requiredDocuments":null}"#), None);
    assert_eq!(read(r#"{"requiredDocuments":[]}"#), Some(Vec::new()));
    let odd = read(r#"{"requiredDocuments":["Tax Document",{"type":"x"}]}"#);
    assert_eq!(odd, Some(vec!["Tax Document".to_owned(), String::new()]));
    assert_eq!(
        read(r#"{"requiredDocuments":{}}"#),
        Some(vec![String::new()])
    );
}

#[test]
fn a_state_that_looks_like_no_word_is_not_shown() {
    let shown = |state: &str| format!("{:?}", CardState::Other(state.to_owned()));
    assert_eq!(shown("FROZEN"), "Other(FROZEN)");
    assert_eq!(shown("4622940000003713"), "Other([redacted])");
}

#[test]
fn the_state_of_a_card_is_told_by_flag_or_by_word() {
    for (card, state) in [
        (r#""status":"Deactivated""#, Some(CardState::Inactive)),
        (r#""status":"Active""#, Some(CardState::Active)),
        (
            r#""status":"Frozen""#,
            Some(CardState::Other("Frozen".to_owned())),
        ),
        (
            r#""bSuppressed":true,"status":"Active""#,
            Some(CardState::Inactive),
        ),
        (r#""currency":"USD""#, None),
    ] {
        let json =
            format!(r#"{{"customersId":1,"customerReference":"r","card":{{"id":7,{card}}}}}"#);
        let reply: CustomerCard = serde_json::from_str(&json).unwrap();
        assert_eq!(
            CardSummary::from(reply.card.as_ref().unwrap()).state,
            state,
            "{card}"
        );
        let listed = reply.listed().unwrap();
        assert_eq!(
            listed.customers[0].customers_reference.as_deref(),
            Some("r")
        );
        assert_eq!(listed.cards().count(), 1);
    }
    assert!(CustomerCard::default().listed().is_none());
}
