//! Both clients walk lists to their end, and no further. When a list ends is told
//! by the tests of `cards-transport`.

use bytes::Bytes;
use cards_transport::paysafe::Paysafe;
use cards_transport::{PagingTrouble, TransportError};
use http::{Request, Response};

use crate::common::clients::{AnyClient, Backend, for_both_backends};
use crate::common::fake::{Fake, FakeClock, json};
use crate::setup::{is, list, paysafe};

for_both_backends! {
    a_list_is_walked_to_its_end,
    a_server_that_ignores_the_offset_is_noticed,
    an_error_ends_a_walk,
}

/// A client of a server that answers so for an offset.
fn client<B: Backend>(
    answer: impl Fn(usize) -> Result<Response<Bytes>, TransportError> + Send + Sync + 'static,
) -> (B::Faked<Paysafe>, Fake) {
    let clock = FakeClock::new();
    let fake = Fake::new(&clock, move |request: &Request<Bytes>, _| {
        let query = request.uri().query().unwrap_or_default();
        let mut pairs = form_urlencoded::parse(query.as_bytes());
        let offset = pairs.find(|(name, _)| name == "offset");
        answer(offset.map_or(0, |(_, offset)| offset.parse().unwrap()))
    });
    let client = B::faked(paysafe("http://localhost"), &fake, clock.settings());
    (client, fake)
}

/// The page from here on of a list of this many cards.
fn page(offset: usize, total: usize) -> Result<Response<Bytes>, TransportError> {
    let cards = offset..total.min(offset + 50);
    let records = cards.len();
    let cards: Vec<_> = cards.map(|n| format!(r#"{{"cardId":"c{n}"}}"#)).collect();
    let meta = format!(r#"{{"numberOfRecords":{records},"limit":50,"offset":{offset},"page":1}}"#);
    let cards = cards.join(",");
    json(200, format!(r#"{{"cards":[{cards}],"meta":{meta}}}"#))
}

fn a_list_is_walked_to_its_end<B: Backend>() {
    for (total, sizes) in [
        (137, &[50, 50, 37][..]),
        (100, &[50, 50, 0]),
        (0, &[0]),
        (1, &[1]),
    ] {
        let (client, fake) = client::<B>(move |offset| page(offset, total));
        let pages = client.pages(list(), 9).into_iter();
        let found: Vec<_> = pages.map(|page| page.unwrap().cards.len()).collect();
        assert_eq!(found, sizes, "{total}");
        assert_eq!(fake.sent().len(), sizes.len());
    }
    let (client, _) = client::<B>(|offset| page(offset, 137));
    let items = client.items(list().offset(7), 1_000).into_iter();
    let ids: Vec<_> = items.map(|card| card.unwrap().card_id).collect();
    assert_eq!(ids, (7..137).map(|n| format!("c{n}")).collect::<Vec<_>>());
}

fn a_server_that_ignores_the_offset_is_noticed<B: Backend>() {
    let (client, fake) = client::<B>(|_| page(0, 137));
    let pages = client.pages(list(), 9);
    assert_eq!((pages.len(), fake.sent().len()), (2, 2));
    assert!(pages[0].is_ok());
    let error = pages[1].as_ref().map(drop).unwrap_err();
    is(error, "Paging");
    let said = error.to_string();
    assert!(
        said.contains(&PagingTrouble::Repeated.to_string()),
        "{said}"
    );
}

fn an_error_ends_a_walk<B: Backend>() {
    let (client, _) = client::<B>(|offset| match offset {
        0 => page(0, 137),
        _ => json(403, "no"),
    });
    let items = client.items(list(), 1_000);
    assert_eq!(items.len(), 51);
    is(items[50].as_ref().map(drop).unwrap_err(), "Http");
}
