//! A renewal whose owner is dropped, runs out of time, or is not polled any more.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use cards_model::paysafe::ListPrepaidCards;
use cards_transport::paysafe::Paysafe;
use cards_transport::{
    AsyncTransport, CallOptions, Client, Error, IssuedToken, Limits, Retry, Sent, Settings,
    TokenNeed, TokenSource,
};
use futures_util::future::join_all;
use http::Request;
use tokio::sync::Semaphore;

use crate::common::fake::json;
use crate::polls::{LONG, begun, path, runtime, stalls, within};

const CARDS: &str = r#"{"cards":[],"meta":{}}"#;

fn list() -> ListPrepaidCards {
    ListPrepaidCards::new("1")
}

fn paysafe() -> Paysafe {
    Paysafe::new("http://localhost".parse().unwrap()).client("b", "id", "secret")
}

/// Logs in as often as it is let, and answers all else.
#[derive(Clone)]
struct Gate {
    /// Has a permit for each login that is answered.
    open: Arc<Semaphore>,
    logins: Arc<AtomicUsize>,
}

impl Gate {
    fn new(permits: usize) -> Self {
        Self {
            open: Arc::new(Semaphore::new(permits)),
            logins: Arc::default(),
        }
    }

    fn logins(&self) -> usize {
        self.logins.load(Ordering::SeqCst)
    }

    fn client(&self) -> Client<Paysafe, impl AsyncTransport + use<>> {
        let gate = self.clone();
        let transport = move |request: Request<Bytes>, limits: Limits| {
            let gate = gate.clone();
            async move { gate.answers(&request, limits).await }
        };
        let settings = Settings::new().total_timeout(LONG);
        Client::with_settings(paysafe(), transport, settings)
    }

    async fn answers(&self, request: &Request<Bytes>, limits: Limits) -> Sent {
        if !path(request).starts_with("/auth/") {
            return json(200, CARDS);
        }
        let number = self.logins.fetch_add(1, Ordering::SeqCst);
        let permit = tokio::time::timeout(limits.total, self.open.acquire()).await;
        let Ok(permit) = permit else {
            return stalls(Limits::new(Duration::ZERO, 0)).await;
        };
        permit.unwrap().forget();
        json(
            200,
            format!(r#"{{"access_token":"token-{number}","expires_in":900}}"#),
        )
    }
}

#[test]
fn one_that_waits_for_a_renewal_is_dropped_and_the_renewal_goes_on() {
    runtime().block_on(async {
        let gate = Gate::new(0);
        let (client, list) = (gate.client(), list());
        let mut owner = Box::pin(client.send(&list));
        begun(&mut owner).await;
        let mut waits = Box::pin(client.send(&list));
        begun(&mut waits).await;
        for _ in 0..4 {
            begun(&mut Box::pin(client.send(&list))).await;
        }
        gate.open.add_permits(1);
        owner.await.unwrap();
        waits.await.unwrap();
        assert_eq!(gate.logins(), 1);
    });
}

#[test]
fn the_owner_of_a_renewal_is_dropped_and_one_that_waits_takes_it_over() {
    runtime().block_on(async {
        let gate = Gate::new(0);
        let (client, list) = (gate.client(), list());
        let mut owner = Box::pin(client.send(&list));
        begun(&mut owner).await;
        let mut waiting: Vec<_> = (0..8).map(|_| Box::pin(client.send(&list))).collect();
        for waits in &mut waiting {
            begun(waits).await;
        }
        drop(owner);
        gate.open.add_permits(1);
        for outcome in join_all(waiting).await {
            outcome.unwrap();
        }
        assert_eq!(gate.logins(), 2);
    });
}

/// The provider takes the login and never answers it: that costs the one whose login it
/// is its own time, and the others that.
#[test]
fn a_login_that_is_never_answered_is_taken_over() {
    runtime().block_on(async {
        let gate = Gate::new(0);
        let (client, list) = (gate.client(), list());
        let hasty = within(Duration::from_millis(100)).retry(Retry::never());
        let others = async {
            tokio::time::sleep(Duration::from_millis(20)).await;
            join_all((0..8).map(|_| client.send(&list))).await
        };
        let opens = async {
            while gate.logins() < 2 {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            gate.open.add_permits(1);
        };
        let first = client.send_with(&list, &hasty);
        let (first, others, ()) = tokio::join!(first, others, opens);
        let error = first.unwrap_err();
        assert!(error.is_timeout() && error.is_not_sent(), "{error:?}");
        others.into_iter().for_each(|other| drop(other.unwrap()));
        assert_eq!(gate.logins(), 2);
    });
}

/// A task that holds a call and awaits something else before it goes on with it.
#[test]
fn the_owner_of_a_renewal_is_not_polled_any_more_and_the_others_take_it_over() {
    runtime().block_on(async {
        let gate = Gate::new(0);
        let (client, list) = (gate.client(), list());
        let short = within(Duration::from_millis(50)).retry(Retry::never());
        let mut asleep = Box::pin(client.send_with(&list, &short));
        begun(&mut asleep).await;
        // One answer is for the login that nobody polls.
        gate.open.add_permits(2);
        for outcome in join_all((0..8).map(|_| client.send(&list))).await {
            outcome.unwrap();
        }
        assert_eq!(gate.logins(), 2);
        // It wakes up too late, and changes nothing for those who come after it.
        assert!(asleep.await.unwrap_err().is_timeout());
        client.send(&list).await.unwrap();
        assert_eq!(gate.logins(), 2);
    });
}

/// A call without the time for a second login gets the provider's 503 as its error; the calls
/// that waited for it and have the time log in again.
#[test]
fn a_busy_provider_fails_nobody_who_has_the_time_to_ask_again() {
    runtime().block_on(async {
        let asked = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&asked);
        let transport = move |request: Request<Bytes>, _: Limits| {
            let is_login = path(&request).starts_with("/auth/");
            let first = is_login && counted.fetch_add(1, Ordering::SeqCst) == 0;
            async move {
                if !first {
                    return json(
                        200,
                        if is_login {
                            r#"{"access_token":"t"}"#
                        } else {
                            CARDS
                        },
                    );
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
                let mut busy = json(503, "{}")?;
                let header = http::HeaderValue::from_static("20");
                busy.headers_mut().insert("retry-after", header);
                Ok(busy)
            }
        };
        let client = Client::new(paysafe(), transport);
        let (list, hasty) = (list(), within(Duration::from_secs(10)));
        let mut first = Box::pin(client.send_with(&list, &hasty));
        begun(&mut first).await;
        let others = join_all((0..4).map(|_| client.send(&list)));
        let (first, others) = tokio::join!(first, others);
        assert_eq!(first.unwrap_err().status().unwrap(), 503);
        others.into_iter().for_each(|other| drop(other.unwrap()));
        assert_eq!(asked.load(Ordering::SeqCst), 2);
    });
}

/// A token that was refused is used by nobody who comes later, and by no call that may
/// not be sent again either.
#[test]
fn a_refused_token_is_forgotten_once_and_for_all_calls() {
    runtime().block_on(async {
        let old = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&old);
        let transport = move |request: Request<Bytes>, _: Limits| {
            let counted = Arc::clone(&counted);
            async move {
                let Some(token) = request.headers().get("authorization") else {
                    return json(400, "{}");
                };
                if path(&request).starts_with("/auth/") {
                    return json(200, r#"{"access_token":"new"}"#);
                }
                match token.to_str().unwrap() {
                    "Bearer new" => json(200, CARDS),
                    _ => {
                        counted.fetch_add(1, Ordering::SeqCst);
                        json(401, "{}")
                    }
                }
            }
        };
        let client = Client::new(paysafe().token("old"), transport);
        let once = CallOptions::new().retry(Retry::never());
        let first = client.send_with(&list(), &once).await;
        assert!(first.unwrap_err().is_unauthorized());
        client.send_with(&list(), &once).await.unwrap();
        client.send(&list()).await.unwrap();
        assert_eq!(old.load(Ordering::SeqCst), 1);
    });
}

/// A source that is awaited is dropped with the call that asks it.
#[test]
fn a_source_is_asked_by_the_next_where_the_first_is_dropped() {
    runtime().block_on(async {
        let asked = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&asked);
        let source = TokenSource::awaited(move |need: TokenNeed| {
            assert_eq!(need, TokenNeed::First);
            let number = counted.fetch_add(1, Ordering::SeqCst);
            async move {
                if number == 0 {
                    std::future::pending::<()>().await;
                }
                Ok(IssuedToken::new("own"))
            }
        });
        let paysafe = Paysafe::new("http://localhost".parse().unwrap()).token_source(source);
        let transport = |_: Request<Bytes>, _: Limits| async { json(200, CARDS) };
        let client = Client::new(paysafe, transport);
        let list = list();
        let mut owner = Box::pin(client.send(&list));
        begun(&mut owner).await;
        let mut waits = pin!(client.send(&list));
        begun(&mut waits).await;
        drop(owner);
        let outcome: Result<_, Error> = waits.await;
        outcome.unwrap();
        assert_eq!(asked.load(Ordering::SeqCst), 2);
    });
}
