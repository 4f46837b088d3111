//! Balances and transactions of Ibanera's cards: times of a query, and what is read of a page.

#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

use cards_model::ibanera::{CardBalance, CardTransaction, ListCardTransactions, Page};
use cards_model::{CardState, CardSummary, Request, Rules};
use proptest::prelude::*;

fn wrong(request: &ListCardTransactions) -> Vec<String> {
    let rules = Rules::on("2026-11-21".parse().unwrap());
    let told = request.check(&rules).err();
    let told = told.iter().flatten();
    told.map(|one| format!("{} {}", one.field, one.rule))
        .collect()
}

#[test]
fn a_span_may_be_a_moment_and_no_less() {
    let at = |from: &str, to: &str| ListCardTransactions::new(1).from_date(from).to_date(to);
    let moment = "2025-07-10T16:43:50.359Z";
    assert!(wrong(&at(moment, moment)).is_empty());
    assert!(wrong(&at("2025-07-10T16:43:50Z", moment)).is_empty());
    assert_eq!(
        wrong(&at(moment, "2025-07-10T16:43:50.358Z")),
        ["toDate consistency"]
    );
    // Beside a text that is no time there is nothing to compare.
    assert_eq!(wrong(&at("now", moment)), ["fromDate format"]);
    assert_eq!(wrong(&at("", "x")), ["fromDate length", "toDate format"]);
}

#[test]
fn an_item_without_an_id_is_none_and_anything_else_may_be_absent() {
    let page = r#"{"details":[{"id":"7"}],"pageSize":"2"}"#;
    let page: Page<CardBalance> = serde_json::from_str(page).unwrap();
    assert_eq!((page.details[0].id, page.page_size), (7, Some(2)));
    let summary = CardSummary::from(&page.details[0]);
    assert_eq!((summary.masked_number, summary.state), (None, None));
    assert!(serde_json::from_str::<CardBalance>("{}").is_err());
    assert!(serde_json::from_str::<CardTransaction>(r#"{"amount":1}"#).is_err());
    let none: Page<CardTransaction> = serde_json::from_str(r#"{"details":null}"#).unwrap();
    assert!(none.details.is_empty());
}

#[test]
fn no_more_than_four_digits_and_no_name_are_shown() {
    let card =
        r#"{"id":7,"CardLast4":"4622940000003713","CardHolderName":"Jane","status":"Active"}"#;
    let card: CardBalance = serde_json::from_str(card).unwrap();
    let summary = CardSummary::from(&card);
    assert_eq!(summary.masked_number.as_deref(), Some("******3713"));
    assert_eq!(summary.state, Some(CardState::Active));
    assert!(!format!("{card:?}").contains("Jane"));
    assert!(!serde_json::to_string(&card).unwrap().contains("Jane"));
}

proptest! {
    #[test]
    fn times_of_a_query_are_those_that_can_be_compared(text in "[0-9TZ:.+ -]{0,24}|[0-9]{4}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-6][0-9]:[0-6][0-9](\\.[0-9]{0,10})?Z?") {
        let request = ListCardTransactions::new(1).from_date(&*text);
        let is_right = wrong(&request).is_empty();
        let is_time = request.span().0.is_some() && text.ends_with('Z');
        prop_assert!(!is_right || is_time);
    }
}
