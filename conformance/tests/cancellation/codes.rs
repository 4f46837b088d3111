//! A call that is dropped with a one-time code, or while it waits for one.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use cards_model::ibanera::CardsByCustomer;
use cards_transport::ibanera::{Ibanera, OneTimeCodes, OtpReuse};
use cards_transport::{AsyncTransport, Client, Limits, Rate, Retry, Settings};
use futures_util::future::join_all;
use http::Request;
use tokio::sync::Semaphore;

use crate::common::fake::{FakeClock, json};
use crate::polls::{LONG, begun, code, path, runtime, within};

const CUSTOMER: &str = r#"{"status":"1","errors":[],"details":{"customersId":7,"cards":[]}}"#;
const LOGGED_IN: &str =
    r#"{"status":"1","errors":[],"details":{"accessToken":"t","expiresIn":3600}}"#;
const CALL: CardsByCustomer = CardsByCustomer {
    customers_id: Some(7),
};

fn ibanera() -> Ibanera {
    let ibanera = Ibanera::new("http://localhost".parse().unwrap());
    ibanera.totp_base32("GEZDGNBVGY3TQOJQGEZDGNBV").unwrap()
}

/// The codes that a transport was handed, one after another.
type Codes = Arc<Mutex<Vec<String>>>;

/// Answers as often as it is let.
fn gated(open: &Arc<Semaphore>, codes: &Codes) -> impl AsyncTransport + use<> {
    let (open, codes) = (Arc::clone(open), Arc::clone(codes));
    move |request: Request<Bytes>, _: Limits| {
        let open = Arc::clone(&open);
        codes.lock().unwrap().push(code(&request).unwrap());
        async move {
            open.acquire().await.unwrap().forget();
            let is_login = path(&request).ends_with("/login");
            json(200, if is_login { LOGGED_IN } else { CUSTOMER })
        }
    }
}

/// While it is not known whether a code serves twice, one request has it and the others
/// wait: none waits for one that is gone.
#[test]
fn a_code_goes_to_the_next_where_its_call_is_dropped() {
    runtime().block_on(async {
        let (open, codes) = (Arc::new(Semaphore::new(0)), Codes::default());
        let settings = FakeClock::new().settings().total_timeout(LONG);
        let settings = settings.otp_reuse(OtpReuse::Learn);
        let client = Client::with_settings(ibanera().token("t"), gated(&open, &codes), settings);
        let mut has_it = Box::pin(client.send(&CALL));
        begun(&mut has_it).await;
        let mut waiting: Vec<_> = (0..6).map(|_| Box::pin(client.send(&CALL))).collect();
        for waits in &mut waiting {
            begun(waits).await;
        }
        assert_eq!(codes.lock().unwrap().len(), 1);
        // One that waits, in the midst of the others, and then the one with the code.
        drop(waiting.remove(2));
        drop(has_it);
        open.add_permits(waiting.len());
        for outcome in join_all(waiting).await {
            outcome.unwrap();
        }
        assert_eq!(codes.lock().unwrap().len(), 1 + 5);
    });
}

/// A code of one's own is asked for by one call at a time.
#[test]
fn a_prompt_is_free_again_where_the_call_with_its_code_is_dropped() {
    runtime().block_on(async {
        let (open, codes) = (Arc::new(Semaphore::new(0)), Codes::default());
        let asked = AtomicUsize::new(100_000);
        let own = OneTimeCodes::from_fn(move |_| {
            format!("{}", asked.fetch_add(1, Ordering::SeqCst)).into()
        });
        let ibanera = ibanera().token("t").one_time_codes(own);
        let ibanera = ibanera.otp_reuse(OtpReuse::Never);
        let settings = FakeClock::new().settings().total_timeout(LONG);
        let client = Client::with_settings(ibanera, gated(&open, &codes), settings);
        for _ in 0..2 {
            begun(&mut Box::pin(client.send(&CALL))).await;
        }
        open.add_permits(4);
        for outcome in join_all((0..4).map(|_| client.send(&CALL))).await {
            outcome.unwrap();
        }
        let codes = codes.lock().unwrap();
        // Two were on their way; none was sent twice.
        let expected: Vec<_> = (0..6).map(|code| format!("{}", 100_000 + code)).collect();
        assert_eq!(*codes, expected);
    });
}

/// A task that holds a call, with a code of the caller's own or logging in with one, and polls it no
/// more: the others have its code to wait for no longer than its own time, and a second.
#[test]
fn a_call_that_is_not_polled_any_more_keeps_its_own_code_for_its_time_alone() {
    let next = |asked: &AtomicUsize| format!("{}", asked.fetch_add(1, Ordering::SeqCst));
    for (reuse, is_fixed, logs_in) in [
        (OtpReuse::Never, false, false),
        (OtpReuse::Never, false, true),
        (OtpReuse::Learn, false, true),
        (OtpReuse::Learn, true, false),
        (OtpReuse::Learn, true, true),
    ] {
        runtime().block_on(async {
            let (open, codes) = (Arc::new(Semaphore::new(0)), Codes::default());
            let asked = AtomicUsize::new(100_000);
            let own = match is_fixed {
                true => OneTimeCodes::fixed("100000"),
                false => OneTimeCodes::from_fn(move |_| next(&asked).into()),
            };
            let ibanera = ibanera().one_time_codes(own).otp_reuse(reuse);
            let ibanera = match logs_in {
                true => ibanera.login("u", "p"),
                false => ibanera.token("t"),
            };
            let settings = FakeClock::new().settings().total_timeout(LONG);
            let client = Client::with_settings(ibanera, gated(&open, &codes), settings);
            let short = within(Duration::from_millis(50)).retry(Retry::never());
            let mut asleep = Box::pin(client.send_with(&CALL, &short));
            begun(&mut asleep).await;
            open.add_permits(20);
            for outcome in join_all((0..4).map(|_| client.send(&CALL))).await {
                outcome.unwrap();
            }
            // It wakes up and is over, and the next call has a code at once.
            drop(asleep);
            client.send(&CALL).await.unwrap();
            let codes = codes.lock().unwrap();
            assert_eq!(codes.len(), 1 + usize::from(logs_in) + 5);
            let sent: BTreeSet<_> = codes.iter().collect();
            assert_eq!(sent.len(), if is_fixed { 1 } else { codes.len() });
        });
    }
}

/// The call has a one-time code and waits for a login; the login needs that code to go on.
#[test]
fn a_call_that_waits_for_a_renewal_holds_no_code_that_the_login_needs() {
    runtime().block_on(async {
        let (open, codes) = (Arc::new(Semaphore::new(10)), Codes::default());
        let asked = AtomicUsize::new(100_000);
        let own = OneTimeCodes::from_fn(move |_| {
            format!("{}", asked.fetch_add(1, Ordering::SeqCst)).into()
        });
        let ibanera = ibanera().login("u", "p").one_time_codes(own);
        let ibanera = ibanera.otp_reuse(OtpReuse::Never);
        let clock = FakeClock::new();
        let rate = Rate::new(1, Duration::from_millis(300)).unwrap();
        let settings = clock.settings().total_timeout(LONG).rate(rate);
        let client = Client::with_settings(ibanera, gated(&open, &codes), settings);
        client.send(&CALL).await.unwrap();
        let mut has_code = Box::pin(client.send(&CALL));
        begun(&mut has_code).await;
        // Before its turn comes, the token is over, and another logs in.
        clock.advance(Duration::from_secs(3_600));
        let mut logs_in = Box::pin(client.send(&CALL));
        begun(&mut logs_in).await;
        let (first, second) = tokio::join!(has_code, logs_in);
        first.unwrap();
        second.unwrap();
    });
}

/// The codes of single use go out one by one, whoever is dropped before its own is.
#[test]
fn a_step_that_was_waited_for_goes_to_the_next_where_its_call_is_dropped() {
    runtime().block_on(async {
        let (open, codes) = (Arc::new(Semaphore::new(10)), Codes::default());
        let clock = FakeClock::new();
        let settings = clock.settings().total_timeout(LONG);
        let settings: Settings = settings.otp_reuse(OtpReuse::Never);
        let client = Client::with_settings(ibanera().token("t"), gated(&open, &codes), settings);
        client.send(&CALL).await.unwrap();
        // It waits for the next step, half a minute.
        let mut waits = Box::pin(client.send(&CALL));
        begun(&mut waits).await;
        clock.advance(Duration::from_secs(30));
        let mut later = Box::pin(client.send(&CALL));
        begun(&mut later).await;
        drop(later);
        drop(waits);
        client.send(&CALL).await.unwrap();
        let codes = codes.lock().unwrap();
        assert!(codes.len() == 2 && codes[0] != codes[1], "{codes:?}");
    });
}
