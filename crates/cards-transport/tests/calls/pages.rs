//! Lists are walked to their end, and no further.

use bytes::Bytes;
use cards_transport::ibanera::Ibanera;
use cards_transport::model::ibanera::ListCustomerCards;
use cards_transport::model::paysafe::ListPrepaidCards;
use cards_transport::paysafe::Paysafe;
use cards_transport::{BlockingTransport, ErrorKind, Limits, PagingTrouble, Settings, blocking};
use http::{Request, Response};

use crate::samples::{ibanera, paysafe};
use crate::script::Outcome;

/// Answers Paysafe's list the way `page` says, given the offset.
fn pages_of(page: fn(u64) -> String) -> blocking::Client<Paysafe, impl BlockingTransport> {
    let transport = move |request: Request<Bytes>, _: Limits| -> Outcome {
        let query = request.uri().query().unwrap_or_default();
        let offset = query
            .split('&')
            .find_map(|pair| pair.strip_prefix("offset="));
        let offset = offset.map_or(0, |offset| offset.parse().unwrap());
        Ok(Response::new(Bytes::from(page(offset))))
    };
    blocking::Client::with_settings(paysafe(), transport, Settings::new().most_pages(20))
}

fn cards(from: u64, to: u64, limit: u64) -> String {
    let cards: Vec<_> = (from..to)
        .map(|n| format!(r#"{{"cardId":"c{n}"}}"#))
        .collect();
    format!(
        r#"{{"cards":[{}],"meta":{{"limit":{limit}}}}}"#,
        cards.join(",")
    )
}

#[test]
fn items_come_from_all_pages_and_the_last_page_is_the_short_one() {
    let client = pages_of(|offset| cards(offset, 25.min(offset + 10), 10));
    let ids: Vec<_> = client
        .items(ListPrepaidCards::new("1"))
        .map(|card| card.unwrap().card_id)
        .collect();
    assert_eq!(ids, (0..25).map(|n| format!("c{n}")).collect::<Vec<_>>());

    // Twenty cards in pages of ten: only an empty third page shows the end.
    let client = pages_of(|offset| cards(offset, 20.min(offset + 10), 10));
    assert_eq!(client.pages(ListPrepaidCards::new("1")).count(), 3);
    assert_eq!(client.items(ListPrepaidCards::new("1")).count(), 20);
}

#[test]
fn a_server_that_uses_a_smaller_limit_than_asked_for_loses_no_card() {
    let client = pages_of(|offset| cards(offset, 25.min(offset + 10), 10));
    assert_eq!(
        client.items(ListPrepaidCards::new("1").limit(50)).count(),
        25
    );
}

#[test]
fn a_page_that_comes_again_ends_the_walk() {
    let client = pages_of(|_| cards(0, 10, 10));
    let pages: Vec<_> = client.pages(ListPrepaidCards::new("1")).collect();
    assert_eq!(pages.len(), 2);
    assert!(pages[0].is_ok());
    let error = pages[1].as_ref().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Paging);
    insta::assert_snapshot!(error, @"paysafe list-prepaid-cards: the server sent a page that it had sent before; its paging is broken (HTTP 200, 191 bytes)");
}

#[test]
fn a_list_without_end_is_given_up_after_the_last_page_allowed_is_handed_out() {
    let client = pages_of(|offset| cards(offset, offset + 10, 10));
    let pages: Vec<_> = client.pages(ListPrepaidCards::new("1")).collect();
    assert_eq!(pages.len(), 21);
    assert!(pages[..20].iter().all(Result::is_ok));
    let text = pages[20].as_ref().unwrap_err().to_string();
    assert!(text.contains(&PagingTrouble::Endless.to_string()), "{text}");
}

#[test]
fn ibanera_pages_by_the_number_of_pages_where_it_is_told() {
    fn client(page: fn(u32) -> String) -> blocking::Client<Ibanera, impl BlockingTransport> {
        let transport = move |request: Request<Bytes>, _: Limits| -> Outcome {
            let query = request.uri().query().unwrap_or_default();
            let number = query
                .split('&')
                .find_map(|pair| pair.strip_prefix("pageNumber="));
            let number = number.map_or(1, |number| number.parse().unwrap());
            Ok(Response::new(Bytes::from(page(number))))
        };
        blocking::Client::new(ibanera(), transport)
    }
    let told = client(|number| {
        format!(
            r#"{{"status":"1","details":[{{"customersId":{number}}}],"pageSize":1,"numberOfPages":3}}"#
        )
    });
    assert_eq!(told.items(ListCustomerCards::new()).count(), 3);
    let untold = client(|number| match number {
        3 => r#"{"status":"1","details":[{"customersId":3}],"pageSize":2}"#.to_owned(),
        _ => format!(
            r#"{{"status":"1","details":[{{"customersId":{number}}},{{"customersId":{}}}],"pageSize":2}}"#,
            number + 10
        ),
    });
    assert_eq!(untold.items(ListCustomerCards::new()).count(), 5);
}
