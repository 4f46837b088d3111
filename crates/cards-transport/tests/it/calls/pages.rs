//! Lists are walked to their end, and no further.

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use cards_transport::ibanera::Ibanera;
use cards_transport::model::ibanera::ListCustomerCards;
use cards_transport::model::paysafe::ListPrepaidCards;
use cards_transport::paysafe::Paysafe;
use cards_transport::{
    BlockingTransport, Call, ErrorKind, Limits, Paged, PagingTrouble, Settings, blocking,
};
use http::{Request, Response};

use crate::calls::samples::{ibanera, paysafe};
use crate::calls::script::Outcome;

/// The items of a page of each provider that has lists, as they are shown: in the order that they
/// came in, with what no type of ours knows taken out.
#[test]
fn the_items_of_a_page_are_shown_one_by_one() {
    fn shown<C: Paged>(call: &C, body: &'static str, config: C::Provider) -> Vec<String> {
        let transport = move |_: Request<Bytes>, _: Limits| -> Outcome {
            Ok(Response::new(Bytes::from_static(body.as_bytes())))
        };
        let page = blocking::Client::new(config, transport).send(call).unwrap();
        let items = C::shown_items(&page);
        items.iter().map(|item| format!("{item:?}")).collect()
    }

    let cards = r#"{"meta":{"limit":10},"cards":[{"cardId":"c2","new":"x"},{"cardId":"c1"}]}"#;
    let call = ListPrepaidCards::new("1");
    assert_eq!(
        shown(&call, cards, paysafe()),
        [
            r#"{"cardId":"c2","new":"[redacted]"}"#,
            r#"{"cardId":"c1"}"#
        ]
    );
    let cards = r#"{"status":"1","details":[{"customersId":2,"customersReference":"r"},{"customersId":1}]}"#;
    let call = ListCustomerCards::new();
    assert_eq!(
        shown(&call, cards, ibanera()),
        [
            r#"{"customersId":2,"customersReference":"r"}"#,
            r#"{"customersId":1}"#
        ]
    );
    let none = r#"{"status":"1","details":[]}"#;
    assert!(shown(&call, none, ibanera()).is_empty());
}

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
    insta::assert_snapshot!(error, @"paysafe list-prepaid-cards: the server sent what it had sent before; its paging is broken, or the list changed on the way, and something may be missing: walk it again (HTTP 200, 191 bytes)");
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

/// The document says nothing on pageNumber without pageSize, nor the other way
/// round.
#[test]
fn each_request_of_a_walk_has_both_parameters_of_paging() {
    for (call, begins) in [
        (ListCustomerCards::new(), "pageNumber=1&pageSize=10"),
        (
            ListCustomerCards::new().page_number(2),
            "pageNumber=2&pageSize=10",
        ),
        (
            ListCustomerCards::new().page_size(7),
            "pageNumber=1&pageSize=7",
        ),
    ] {
        let sent = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&sent);
        let transport = move |request: Request<Bytes>, _: Limits| -> Outcome {
            let query = request.uri().query().unwrap_or_default().to_owned();
            let mut seen = seen.lock().unwrap();
            seen.push(query);
            let number = seen.len();
            let page = format!(
                r#"{{"status":"1","details":[{{"customersId":{number}}}],"pageSize":1,"numberOfPages":4}}"#
            );
            Ok(Response::new(Bytes::from(page)))
        };
        let client = blocking::Client::new(ibanera(), transport);
        assert!(client.items(call).count() >= 3);
        let sent = sent.lock().unwrap();
        assert_eq!(sent[0], begins);
        let size = begins.split('&').next_back().unwrap();
        for query in sent.iter() {
            assert!(
                query.starts_with("pageNumber=") && query.ends_with(size),
                "{query}"
            );
        }
    }
    // Begun without a size, a walk goes on with that of the reply.
    let page = r#"{"status":"1","details":[{"customersId":1}],"pageSize":1,"numberOfPages":3}"#;
    let page = ListCustomerCards::parse(page.as_bytes()).unwrap();
    let next = ListCustomerCards::new().next(&page).unwrap();
    assert_eq!(next, ListCustomerCards::new().page_number(2).page_size(1));
}

/// A list of `total` cards, of which each page holds `most`, whatever its meta
/// says.
fn paged(
    total: u64,
    most: u64,
    meta: impl Fn(u64, u64) -> String + Send + Sync,
) -> blocking::Client<Paysafe, impl BlockingTransport> {
    let transport = move |request: Request<Bytes>, _: Limits| -> Outcome {
        let query = request.uri().query().unwrap_or_default();
        let offset = query
            .split('&')
            .find_map(|pair| pair.strip_prefix("offset="));
        let offset: u64 = offset.unwrap().parse().unwrap();
        let ids = offset.min(total)..total.min(offset + most);
        let came = ids.end - ids.start;
        let cards: Vec<_> = ids.map(|n| format!(r#"{{"cardId":"c{n}"}}"#)).collect();
        let body = format!(r#"{{"cards":[{}]{}}}"#, cards.join(","), meta(offset, came));
        Ok(Response::new(Bytes::from(body)))
    };
    blocking::Client::with_settings(paysafe(), transport, Settings::new().most_pages(100))
}

#[test]
fn a_walk_asks_for_the_largest_page_and_says_so_from_the_first_call_on() {
    let seen = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let keep = std::sync::Arc::clone(&seen);
    let transport = move |request: Request<Bytes>, _: Limits| -> Outcome {
        keep.lock()
            .unwrap()
            .push(request.uri().query().unwrap_or_default().to_owned());
        Ok(Response::new(Bytes::from_static(
            br#"{"cards":[],"meta":{}}"#,
        )))
    };
    let client = blocking::Client::new(paysafe(), transport);
    assert_eq!(client.items(ListPrepaidCards::new("1")).count(), 0);
    assert_eq!(
        client
            .items(ListPrepaidCards::new("1").limit(7).offset(3))
            .count(),
        0
    );
    // A page asked for alone is asked for as the caller asks.
    client.send(&ListPrepaidCards::new("1")).unwrap();
    assert_eq!(
        *seen.lock().unwrap(),
        ["limit=50&offset=0", "limit=7&offset=3", ""]
    );

    let seen = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let keep = std::sync::Arc::clone(&seen);
    let transport = move |request: Request<Bytes>, _: Limits| -> Outcome {
        keep.lock()
            .unwrap()
            .push(request.uri().query().unwrap_or_default().to_owned());
        Ok(Response::new(Bytes::from_static(
            br#"{"status":"1","details":[]}"#,
        )))
    };
    let client = blocking::Client::new(ibanera(), transport);
    assert_eq!(client.items(ListCustomerCards::new()).count(), 0);
    assert_eq!(
        client
            .items(ListCustomerCards::new().page_number(2))
            .count(),
        0
    );
    assert_eq!(
        *seen.lock().unwrap(),
        ["pageNumber=1&pageSize=10", "pageNumber=2&pageSize=10"]
    );
}

/// No card is lost and none comes twice, whatever a server tells or does not
/// tell of its pages.
#[test]
fn a_server_that_cuts_the_limit_silently_loses_no_card() {
    let metas: [fn(u64, u64) -> String; 5] = [
        |_, _| String::new(),
        |_, _| r#","meta":null"#.to_owned(),
        |_, _| r#","meta":{}"#.to_owned(),
        |_, came| format!(r#","meta":{{"numberOfRecords":{came}}}"#),
        |offset, _| format!(r#","meta":{{"limit":10,"offset":{offset}}}"#),
    ];
    for meta in metas {
        for total in [0, 1, 9, 10, 11, 20, 35] {
            let client = paged(total, 10, meta);
            let ids: Vec<_> = client
                .items(ListPrepaidCards::new("1"))
                .map(|card| card.unwrap().card_id)
                .collect();
            assert_eq!(ids, (0..total).map(|n| format!("c{n}")).collect::<Vec<_>>());
        }
    }
}

#[test]
fn a_limit_that_the_server_cuts_is_a_warning() {
    let client = paged(15, 10, |offset, came| {
        format!(r#","meta":{{"numberOfRecords":{came},"limit":10,"offset":{offset}}}"#)
    });
    let pages: Vec<_> = client.pages(ListPrepaidCards::new("1")).collect();
    assert_eq!(pages.len(), 2);
    for page in pages {
        let page = page.unwrap();
        let said: Vec<_> = page.warnings().iter().map(ToString::to_string).collect();
        assert_eq!(
            said,
            ["pages of 50 were asked for, and the server makes them of 10"]
        );
    }
    let client = paged(3, 10, |_, came| {
        format!(r#","meta":{{"numberOfRecords":{came},"limit":50,"offset":0}}"#)
    });
    let page = client
        .pages(ListPrepaidCards::new("1"))
        .next()
        .unwrap()
        .unwrap();
    assert!(page.warnings().is_empty());
}

/// A page that stands behind the place that was asked for ends a walk: the server has passed over
/// something. One that stands before it does not.
#[test]
fn what_a_server_says_that_it_passed_over_is_missing() {
    for (shift, is_missing) in [(0, false), (1, true), (7, true), (-1, false)] {
        let client = paged(25, 10, move |offset, came| {
            let told = offset.saturating_add_signed(if offset == 10 { shift } else { 0 });
            format!(r#","meta":{{"numberOfRecords":{came},"limit":10,"offset":{told}}}"#)
        });
        let items: Vec<_> = client.items(ListPrepaidCards::new("1")).collect();
        let good = items.iter().filter(|item| item.is_ok()).count();
        assert_eq!(good, 25, "{shift}");
        let trouble: Vec<_> = items
            .iter()
            .filter_map(|item| item.as_ref().err())
            .collect();
        assert_eq!(trouble.len(), usize::from(is_missing), "{shift}");
        assert!(
            trouble
                .iter()
                .all(|error| error.kind() == ErrorKind::Paging)
        );
    }
}

#[test]
fn what_a_page_announces_and_does_not_hold_is_told() {
    // An empty page ends the walk, whatever it announces.
    let client = paged(0, 10, |_, _| {
        r#","meta":{"numberOfRecords":10,"limit":10}"#.to_owned()
    });
    let pages: Vec<_> = client.pages(ListPrepaidCards::new("1")).collect();
    assert_eq!(pages.len(), 2);
    assert_eq!(
        pages[0].as_ref().unwrap().warnings()[0].to_string(),
        "the page announces 10 records and holds 0"
    );
    let error = pages[1].as_ref().unwrap_err();
    insta::assert_snapshot!(error, @"paysafe list-prepaid-cards: the server announced more than it sent, or passed over a part; something of the list is missing (HTTP 200, 53 bytes)");

    // All that came is handed out before it is told.
    let client = paged(25, 7, |_, came| {
        let announced = if came == 7 { 10 } else { came };
        format!(r#","meta":{{"numberOfRecords":{announced},"limit":10}}"#)
    });
    let items: Vec<_> = client.items(ListPrepaidCards::new("1")).collect();
    assert_eq!(items.len(), 26);
    assert!(items[..25].iter().all(Result::is_ok));
    assert_eq!(items[25].as_ref().unwrap_err().kind(), ErrorKind::Paging);

    // Fewer announced than came loses nothing.
    let client = paged(8, 10, |_, _| {
        r#","meta":{"numberOfRecords":5,"limit":10}"#.to_owned()
    });
    let pages: Vec<_> = client.pages(ListPrepaidCards::new("1")).collect();
    assert_eq!(pages.len(), 1);
    assert_eq!(pages[0].as_ref().unwrap().cards.len(), 8);
    assert_eq!(pages[0].as_ref().unwrap().warnings().len(), 2);
}

#[test]
fn a_card_that_comes_twice_ends_the_walk() {
    // The list changed between two pages, and one page repeats itself.
    for page in [
        (|offset| match offset {
            0 => cards(0, 10, 10),
            _ => cards(9, 19, 10),
        }) as fn(u64) -> String,
        |_| r#"{"cards":[{"cardId":"c1"},{"cardId":"c1"}],"meta":{"limit":10}}"#.to_owned(),
    ] {
        let client = pages_of(page);
        let last = client.items(ListPrepaidCards::new("1")).last().unwrap();
        let error = last.map(drop).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Paging);
        assert!(error.to_string().contains("sent before"), "{error}");
    }
}

#[test]
fn ibaneras_pages_are_held_to_what_they_announce() {
    fn walk(page: fn(u32) -> String) -> Vec<Result<i64, ErrorKind>> {
        let transport = move |request: Request<Bytes>, _: Limits| -> Outcome {
            let query = request.uri().query().unwrap_or_default();
            let number = query
                .split('&')
                .find_map(|pair| pair.strip_prefix("pageNumber="));
            Ok(Response::new(Bytes::from(page(
                number.unwrap().parse().unwrap(),
            ))))
        };
        blocking::Client::new(ibanera(), transport)
            .items(ListCustomerCards::new())
            .map(|item| {
                item.map(|item| item.customers_id)
                    .map_err(|error| error.kind())
            })
            .collect()
    }
    // Empty before the announced end.
    let found = walk(|number| match number {
        1 => {
            r#"{"status":"1","details":[{"customersId":1}],"pageSize":10,"numberOfPages":3}"#.into()
        }
        _ => r#"{"status":"1","details":[],"pageSize":10,"numberOfPages":3}"#.into(),
    });
    assert_eq!(found, [Ok(1), Err(ErrorKind::Paging)]);
    // Everything at once, whatever page is asked for.
    let found = walk(|_| {
        let all: Vec<_> = (0..25)
            .map(|n| format!(r#"{{"customersId":{n}}}"#))
            .collect();
        format!(
            r#"{{"status":"1","details":[{}],"pageSize":10,"numberOfPages":3}}"#,
            all.join(",")
        )
    });
    assert_eq!(found.len(), 26);
    assert_eq!(found.last(), Some(&Err(ErrorKind::Paging)));
    // Neither size nor number is told: an empty page is the end.
    let found = walk(|number| match number {
        1..=3 => format!(r#"{{"status":"1","details":[{{"customersId":{number}}}]}}"#),
        _ => r#"{"status":"1","details":[]}"#.into(),
    });
    assert_eq!(found, [Ok(1), Ok(2), Ok(3)]);
}

/// A loop over several streams polls those that have ended too.
#[test]
fn a_walk_that_has_ended_stays_at_its_end() {
    use std::pin::pin;

    use futures_util::StreamExt as _;

    // The last page, a page with a fault, an error, and nothing at all.
    let bodies = [
        cards(0, 3, 10),
        r#"{"cards":[{"cardId":"c1"},{"cardId":"c1"}],"meta":{"limit":10}}"#.to_owned(),
        "no JSON".to_owned(),
        cards(0, 0, 10),
    ];
    for body in bodies {
        let page = move || -> Outcome { Ok(Response::new(Bytes::from(body.clone()))) };
        let first = || ListPrepaidCards::new("1");
        let one = page.clone();
        let transport = move |_: Request<Bytes>, _: Limits| std::future::ready(one());
        let client = cards_transport::Client::new(paysafe(), transport);
        pollster::block_on(async {
            let (mut pages, mut items) = (pin!(client.pages(first())), pin!(client.items(first())));
            while pages.next().await.is_some() {}
            while items.next().await.is_some() {}
            for _ in 0..3 {
                assert!(pages.next().await.is_none());
                assert!(items.next().await.is_none());
            }
        });
        let client = blocking::Client::new(paysafe(), move |_: Request<Bytes>, _: Limits| page());
        let (mut pages, mut items) = (client.pages(first()), client.items(first()));
        while pages.next().is_some() {}
        while items.next().is_some() {}
        for _ in 0..3 {
            assert!(pages.next().is_none());
            assert!(items.next().is_none());
        }
    }
}
