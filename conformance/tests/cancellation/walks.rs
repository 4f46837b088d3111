//! A walk that is given up between two pages, or within one, and taken up again.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use cards_model::paysafe::ListPrepaidCards;
use cards_transport::paysafe::Paysafe;
use cards_transport::{AsyncTransport, Client, Limits, Paged as _, Settings};
use futures_util::StreamExt as _;
use http::Request;
use tokio::task::yield_now;

use crate::common::fake::json;
use crate::polls::{LONG, polled, runtime};

const CARDS: usize = 23;
const PAGE: usize = 5;

/// A list of cards by pages.
fn lists(sent: Arc<AtomicUsize>) -> Client<Paysafe, impl AsyncTransport> {
    let transport = move |request: Request<Bytes>, _: Limits| {
        sent.fetch_add(1, Ordering::SeqCst);
        async move {
            yield_now().await;
            let query = request.uri().query().unwrap_or_default();
            let offset = query
                .split('&')
                .find_map(|pair| pair.strip_prefix("offset="));
            let offset: usize = offset.map_or(0, |offset| offset.parse().unwrap());
            let cards: Vec<_> = (offset..CARDS.min(offset + PAGE))
                .map(|card| format!(r#"{{"cardId":"c{card}","status":"ACTIVE"}}"#))
                .collect();
            let (count, page) = (cards.len(), offset / PAGE + 1);
            let meta = format!(
                r#"{{"numberOfRecords":{count},"limit":{PAGE},"offset":{offset},"page":{page}}}"#
            );
            yield_now().await;
            json(
                200,
                format!(r#"{{"cards":[{}],"meta":{meta}}}"#, cards.join(",")),
            )
        }
    };
    let paysafe = Paysafe::new("http://localhost".parse().unwrap()).token("t");
    let settings = Settings::new().total_timeout(LONG).most_at_once(1);
    Client::with_settings(paysafe, transport, settings)
}

fn first() -> ListPrepaidCards {
    ListPrepaidCards::new("1").limit(PAGE as u32)
}

/// The stream outlives a look at it, so that nothing is asked for twice.
#[test]
fn a_look_at_a_walk_that_is_dropped_loses_no_item() {
    let sent = Arc::new(AtomicUsize::new(0));
    let client = lists(Arc::clone(&sent));
    runtime().block_on(async {
        let mut items = pin!(client.items(first()));
        let (mut seen, mut looks) = (Vec::new(), 0);
        loop {
            looks += 1;
            match polled(items.next(), looks % 2).await {
                None => {}
                Some(Some(item)) => seen.push(item.unwrap().card_id),
                Some(None) => break,
            }
        }
        let all: Vec<_> = (0..CARDS).map(|card| format!("c{card}")).collect();
        assert_eq!(seen, all);
        let pages = sent.load(Ordering::SeqCst);
        assert!(pages <= CARDS.div_ceil(PAGE) + 1, "{pages} pages");
    });
}

/// The whole stream is dropped, and another begins where the last whole page ended.
#[test]
fn a_walk_that_is_dropped_is_taken_up_at_the_page_after_the_last() {
    let client = lists(Arc::default());
    runtime().block_on(async {
        let mut next = Some(first().first());
        let (mut seen, mut looks, mut drops) = (Vec::new(), 0, 0);
        while let Some(call) = next.take() {
            let mut pages = pin!(client.pages(call.clone()));
            looks += 1;
            let Some(page) = polled(pages.next(), looks % 5).await else {
                drops += 1;
                next = Some(call);
                continue;
            };
            let page = page.unwrap().unwrap();
            seen.extend(page.cards.iter().map(|card| card.card_id.clone()));
            next = match page.cards.is_empty() {
                true => None,
                false => call.next(page.value()),
            };
        }
        let all: Vec<_> = (0..CARDS).map(|card| format!("c{card}")).collect();
        assert_eq!(seen, all);
        assert!(drops > 0);
    });
}
