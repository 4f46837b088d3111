//! A call that is dropped while it waits for its turn, or before another attempt.

use std::future::ready;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use cards_model::paysafe::ListPrepaidCards;
use cards_transport::paysafe::Paysafe;
use cards_transport::{AsyncTransport, Client, Limits, Rate, Retry, Settings};
use futures_util::future::join_all;
use http::Request;
use tokio::sync::Semaphore;

use crate::common::fake::json;
use crate::polls::{LONG, begun, polled, runtime, within};

const CARDS: &str = r#"{"cards":[],"meta":{}}"#;

fn client<T: AsyncTransport>(transport: T, settings: Settings) -> Client<Paysafe, T> {
    let paysafe = Paysafe::new("http://localhost".parse().unwrap()).token("t");
    Client::with_settings(paysafe, transport, settings.total_timeout(LONG))
}

fn list() -> ListPrepaidCards {
    ListPrepaidCards::new("1")
}

#[test]
fn places_are_free_again_however_their_calls_end() {
    const PLACES: usize = 4;
    runtime().block_on(async {
        let open = Arc::new(Semaphore::new(0));
        let arrived = Arc::new(AtomicUsize::new(0));
        let (gate, counted) = (Arc::clone(&open), Arc::clone(&arrived));
        let transport = move |_: Request<Bytes>, _: Limits| {
            let gate = Arc::clone(&gate);
            counted.fetch_add(1, Ordering::SeqCst);
            async move {
                gate.acquire().await.unwrap().forget();
                json(200, CARDS)
            }
        };
        let client = client(transport, Settings::new().most_at_once(PLACES));
        let list = list();
        for _ in 0..10 {
            let mut calls: Vec<_> = (0..3 * PLACES)
                .map(|_| Box::pin(client.send(&list)))
                .collect();
            for call in &mut calls {
                begun(call).await;
            }
            // Some have a place and some wait, in the midst of the others.
            for at in [10, 6, 4, 2, 0] {
                drop(calls.remove(at));
            }
            open.add_permits(calls.len());
            for outcome in join_all(calls).await {
                outcome.unwrap();
            }
        }
        // All places are free at once.
        arrived.store(0, Ordering::SeqCst);
        let mut calls: Vec<_> = (0..2 * PLACES)
            .map(|_| Box::pin(client.send(&list)))
            .collect();
        for call in &mut calls {
            begun(call).await;
        }
        assert_eq!(arrived.load(Ordering::SeqCst), PLACES);
    });
}

/// Not one of those who gave up takes a share of the rate, nor the place in front.
#[test]
fn those_who_give_up_waiting_for_the_rate_make_room() {
    runtime().block_on(async {
        let transport = |_: Request<Bytes>, _: Limits| ready(json(200, CARDS));
        // The second request of an hour would wait for half of one.
        let rate = Rate::new(2, Duration::from_secs(3600)).unwrap().burst(2);
        let client = client(transport, Settings::new().rate(rate).most_at_once(1));
        let list = list();
        client.send(&list).await.unwrap();
        for polls in 0..4 {
            // One that is over at once has not waited.
            if polled(client.send(&list), polls).await.is_some() {
                break;
            }
        }
        let patient = within(Duration::from_secs(7_200));
        let mut first = Box::pin(client.send_with(&list, &patient));
        begun(&mut first).await;
        let mut second = Box::pin(client.send_with(&list, &patient));
        begun(&mut second).await;
        drop(first);
        begun(&mut second).await;
        drop(second);
        // Nobody is in front of this one, which is told at once how long it would be.
        let error = client.send(&list).await.unwrap_err();
        assert!(error.is_timeout() && error.is_not_sent(), "{error:?}");
        assert!(error.raw().is_none());
    });
}

#[test]
fn a_call_is_dropped_in_the_pause_before_its_next_attempt() {
    runtime().block_on(async {
        let sent = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&sent);
        let transport = move |_: Request<Bytes>, _: Limits| {
            let is_first = counted.fetch_add(1, Ordering::SeqCst) == 0;
            ready(if is_first {
                json(503, "{}")
            } else {
                json(200, CARDS)
            })
        };
        let retry = Retry::new(3).first_pause(Duration::from_secs(20));
        let client = client(transport, Settings::new().retry(retry).most_at_once(1));
        let list = list();
        let mut pauses = Box::pin(client.send(&list));
        begun(&mut pauses).await;
        // Whoever pauses has no place.
        client.send(&list).await.unwrap();
        drop(pauses);
        client.send(&list).await.unwrap();
        assert_eq!(sent.load(Ordering::SeqCst), 3);
    });
}
