//! Many calls at once on several threads, of which some are dropped at random.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use cards_model::paysafe::ListPrepaidCards;
use cards_transport::paysafe::Paysafe;
use cards_transport::{Client, DynAsyncTransport, Limits, Sent, Settings};
use conformance::trust::{Report, length};
use http::Request;
use tokio::runtime::Builder;
use tokio::task::yield_now;

use crate::common::fake::json;
use crate::polls::{LONG, path, polled};

const PLACES: usize = 5;
const CALLS: usize = 300;

/// Draws numbers: the generator of Knuth's MMIX.
struct Draws(u64);

impl Draws {
    fn below(&mut self, bound: u64) -> u64 {
        let next = self.0.wrapping_mul(6_364_136_223_846_793_005);
        self.0 = next.wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

/// A provider that takes the newest token only, and withdraws it now and then.
#[derive(Default)]
struct Server {
    newest: AtomicUsize,
    answered: AtomicUsize,
    logging_in: AtomicUsize,
    at_once: AtomicUsize,
    /// Set where more went on at once than may.
    troubles: AtomicUsize,
}

/// Counts what goes on, dropped or not.
struct Going<'a>(&'a AtomicUsize);

impl<'a> Going<'a> {
    fn on(server: &'a Server, counter: &'a AtomicUsize, most: usize) -> Self {
        if counter.fetch_add(1, Ordering::SeqCst) >= most {
            server.troubles.fetch_add(1, Ordering::SeqCst);
        }
        Self(counter)
    }
}

impl Drop for Going<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Server {
    async fn answers(&self, request: Request<Bytes>) -> Sent {
        let _going = Going::on(self, &self.at_once, PLACES);
        if path(&request).starts_with("/auth/") {
            let _logging_in = Going::on(self, &self.logging_in, 1);
            tokio::time::sleep(Duration::from_millis(1)).await;
            let token = self.newest.fetch_add(1, Ordering::SeqCst) + 1;
            yield_now().await;
            return json(200, format!(r#"{{"access_token":"token-{token}"}}"#));
        }
        yield_now().await;
        let newest = format!("Bearer token-{}", self.newest.load(Ordering::SeqCst));
        if request.headers()["authorization"] != *newest {
            return json(401, "{}");
        }
        if self.answered.fetch_add(1, Ordering::SeqCst) % 40 == 39 {
            self.newest.fetch_add(1, Ordering::SeqCst);
        }
        yield_now().await;
        json(200, r#"{"cards":[],"meta":{}}"#)
    }
}

/// Counts of calls.
#[derive(Clone, Copy, Debug, Default)]
struct Ends {
    dropped: usize,
    /// The calls of which the server refused the token that was renewed for them, too.
    unauthorized: usize,
}

/// Plays one seed, and counts how its calls ended.
fn played(seed: u64) -> Ends {
    let server = Arc::new(Server::default());
    let answers = Arc::clone(&server);
    let transport: Arc<dyn DynAsyncTransport> = Arc::new(move |request, _: Limits| {
        let answers = Arc::clone(&answers);
        async move { answers.answers(request).await }
    });
    let paysafe = Paysafe::new("http://localhost".parse().unwrap()).client("b", "id", "secret");
    let settings = Settings::new().total_timeout(LONG).most_at_once(PLACES);
    let client = Client::with_settings(paysafe, transport, settings);
    let runtime = Builder::new_multi_thread()
        .worker_threads(3)
        .enable_all()
        .build();
    runtime.unwrap().block_on(async {
        let mut draws = Draws(seed);
        let mut tasks = Vec::new();
        for _ in 0..CALLS {
            let client = client.clone();
            let (how, many) = (draws.below(3), draws.below(12));
            let task = tokio::spawn(async move {
                let list = ListPrepaidCards::new("1");
                match how {
                    0 => polled(client.send(&list), many as usize).await,
                    1 => {
                        let limit = Duration::from_micros(many * 400);
                        tokio::time::timeout(limit, client.send(&list)).await.ok()
                    }
                    _ => Some(client.send(&list).await),
                }
            });
            // From outside, wherever it stands then.
            if draws.below(8) == 0 {
                task.abort();
            } else {
                tasks.push(task);
            }
        }
        let mut ends = Ends {
            dropped: CALLS - tasks.len(),
            unauthorized: 0,
        };
        for task in tasks {
            match task.await.unwrap() {
                None => ends.dropped += 1,
                // The token may be withdrawn twice within one call.
                Some(Err(error)) if error.is_unauthorized() => ends.unauthorized += 1,
                Some(outcome) => drop(outcome.unwrap_or_else(|e| panic!("seed {seed}: {e:?}"))),
            }
        }
        client.send(&ListPrepaidCards::new("1")).await.unwrap();
        assert_eq!(server.troubles.load(Ordering::SeqCst), 0, "seed {seed}");
        assert_eq!(server.at_once.load(Ordering::SeqCst), 0, "seed {seed}");
        ends
    })
}

#[test]
fn many_calls_at_once_are_dropped_at_random_and_the_others_come_through() {
    let mut report = Report::new("cancellation-crowd");
    let seeds = length(20, 1_000);
    let mut all = Ends::default();
    for ends in (1..=seeds).map(played) {
        all.dropped += ends.dropped;
        all.unauthorized += ends.unauthorized;
    }
    let calls = seeds as usize * CALLS;
    assert!(all.dropped > calls / 5, "{all:?}");
    assert!(all.unauthorized < calls / 100, "{all:?}");
    report.tried(seeds * CALLS as u64);
    report.figure("dropped", all.dropped);
    report.figure("unauthorized", all.unauthorized);
    report.end();
}
