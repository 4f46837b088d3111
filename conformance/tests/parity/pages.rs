//! Lists are walked to their end, and no further.

use bytes::Bytes;
use cards_model::ibanera::ListCustomerCards;
use cards_transport::{ErrorKind, PagingTrouble};
use http::Request;

use crate::common::clients::{AnyClient, Backend, for_both_backends};
use crate::common::fake::{Fake, FakeClock, json};
use crate::setup::{ibanera, is, list, paysafe};

for_both_backends! {
    a_list_of_137_cards_is_walked_in_three_pages,
    items_are_the_cards_of_all_pages,
    a_limit_that_the_server_cuts_is_noticed,
    a_server_that_ignores_the_offset_is_noticed,
    a_server_that_never_ends_is_left,
    customers_are_walked_by_the_number_of_pages,
    customers_are_walked_without_a_number_of_pages,
    an_error_ends_a_walk,
}

fn number(request: &Request<Bytes>, name: &str) -> Option<usize> {
    let query = request.uri().query().unwrap_or_default();
    let mut pairs = form_urlencoded::parse(query.as_bytes());
    pairs.find(|(other, _)| other == name)?.1.parse().ok()
}

fn page(offset: usize, limit: usize, total: usize) -> String {
    let cards: Vec<_> = (offset..total.min(offset + limit))
        .map(|n| format!(r#"{{"cardId":"c{n}"}}"#))
        .collect();
    let records = cards.len();
    format!(
        r#"{{"cards":[{}],"meta":{{"numberOfRecords":{records},"limit":{limit},"offset":{offset},"page":1}}}}"#,
        cards.join(",")
    )
}

/// A list of this many cards, with pages of at most `most`.
fn cards(clock: &FakeClock, total: usize, most: usize) -> Fake {
    Fake::new(clock, move |request, _| {
        let limit = number(request, "limit").unwrap_or(10).min(most);
        json(
            200,
            page(number(request, "offset").unwrap_or(0), limit, total),
        )
    })
}

fn a_list_of_137_cards_is_walked_in_three_pages<B: Backend>() {
    let clock = FakeClock::new();
    for (total, sizes) in [
        (137, &[50, 50, 37][..]),
        (100, &[50, 50, 0]),
        (0, &[0]),
        (1, &[1]),
    ] {
        let fake = cards(&clock, total, 50);
        let client = B::faked(paysafe("http://localhost"), &fake, clock.settings());
        let pages = client.pages(list().limit(50), 9);
        let found: Vec<_> = pages
            .iter()
            .map(|page| page.as_ref().unwrap().cards.len())
            .collect();
        assert_eq!(found, sizes, "{total}");
        assert_eq!(fake.sent().len(), sizes.len());
    }
}

fn items_are_the_cards_of_all_pages<B: Backend>() {
    let clock = FakeClock::new();
    let fake = cards(&clock, 137, 50);
    let client = B::faked(paysafe("http://localhost"), &fake, clock.settings());
    let items = client.items(list().limit(50).offset(7), 1_000);
    let ids: Vec<_> = items
        .into_iter()
        .map(|card| card.unwrap().card_id)
        .collect();
    assert_eq!(ids, (7..137).map(|n| format!("c{n}")).collect::<Vec<_>>());
}

fn a_limit_that_the_server_cuts_is_noticed<B: Backend>() {
    let clock = FakeClock::new();
    let fake = cards(&clock, 45, 20);
    let client = B::faked(paysafe("http://localhost"), &fake, clock.settings());
    assert_eq!(client.items(list().limit(50), 1_000).len(), 45);
}

fn a_server_that_ignores_the_offset_is_noticed<B: Backend>() {
    let clock = FakeClock::new();
    let fake = Fake::new(&clock, |request, _| {
        json(200, page(0, number(request, "limit").unwrap(), 137))
    });
    let client = B::faked(paysafe("http://localhost"), &fake, clock.settings());
    let pages = client.pages(list(), 9);
    assert_eq!(pages.len(), 2);
    assert!(pages[0].is_ok());
    is(
        pages[1].as_ref().map(drop).unwrap_err(),
        ErrorKind::Paging,
        &[],
    );
    assert_eq!(fake.sent().len(), 2);
    let said = pages[1].as_ref().unwrap_err().to_string();
    assert!(
        said.contains(&PagingTrouble::Repeated.to_string()),
        "{said}"
    );
}

fn a_server_that_never_ends_is_left<B: Backend>() {
    let clock = FakeClock::new();
    let fake = cards(&clock, usize::MAX / 2, 50);
    let client = B::faked(
        paysafe("http://localhost"),
        &fake,
        clock.settings().most_pages(5),
    );
    let pages = client.pages(list(), 99);
    assert_eq!(pages.len(), 6);
    let trouble = pages[5].as_ref().map(drop).unwrap_err();
    is(trouble, ErrorKind::Paging, &[]);
    assert!(
        trouble
            .to_string()
            .contains(&PagingTrouble::Endless.to_string()),
        "{trouble}"
    );
    assert_eq!(fake.sent().len(), 5);
}

fn customers(clock: &FakeClock, total: usize, tells_pages: bool) -> Fake {
    Fake::new(clock, move |request, _| {
        let size = number(request, "pageSize").unwrap_or(10);
        let number = number(request, "pageNumber").unwrap_or(1);
        let first = (number - 1) * size;
        let customers: Vec<_> = (first..total.min(first + size))
            .map(|n| format!(r#"{{"customersId":{n},"cards":[]}}"#))
            .collect();
        let pages = if tells_pages { total.div_ceil(size) } else { 0 };
        json(
            200,
            format!(
                r#"{{"status":"1","errors":[],"details":[{}],"pageSize":{size},"pageNumber":{number},"numberOfPages":{pages}}}"#,
                customers.join(",")
            ),
        )
    })
}

fn customers_are_walked_by_the_number_of_pages<B: Backend>() {
    walk_customers::<B>(true, &[(20, 2), (23, 3), (0, 1)]);
}

/// A last page that is full costs one call more then.
fn customers_are_walked_without_a_number_of_pages<B: Backend>() {
    walk_customers::<B>(false, &[(20, 3), (23, 3), (0, 1)]);
}

fn walk_customers<B: Backend>(tells_pages: bool, expected: &[(usize, usize)]) {
    let clock = FakeClock::new();
    for &(total, calls) in expected {
        let fake = customers(&clock, total, tells_pages);
        let client = B::faked(
            ibanera("http://localhost").token("t"),
            &fake,
            clock.settings(),
        );
        let items = client.items(ListCustomerCards::new().page_size(10), 1_000);
        let ids: Vec<_> = items
            .into_iter()
            .map(|customer| customer.unwrap().customers_id)
            .collect();
        assert_eq!(ids, (0..total as i64).collect::<Vec<_>>());
        assert_eq!(fake.sent().len(), calls, "{total}");
    }
}

fn an_error_ends_a_walk<B: Backend>() {
    let clock = FakeClock::new();
    let fake = Fake::new(&clock, |request, _| match number(request, "offset") {
        Some(0) => json(200, page(0, number(request, "limit").unwrap(), 137)),
        _ => json(403, "no"),
    });
    let client = B::faked(paysafe("http://localhost"), &fake, clock.settings());
    let items = client.items(list(), 1_000);
    assert_eq!(items.len(), 51);
    is(
        items[50].as_ref().map(drop).unwrap_err(),
        ErrorKind::Http,
        &[],
    );
}
