//! Holds what this crate's tests share: a sandbox without a socket, on a clock
//! that the test moves.

mod calls;
mod drawn;
mod store;

use std::io::{self, Write};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, Once, OnceLock};
use std::time::{Duration, UNIX_EPOCH};

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, Response, StatusCode, Version};
use cards_model::Date;
use tower::ServiceExt;

use crate::Sandbox;
use crate::builder::Builder;
use crate::world;
use cards_sandbox_core::app::App;
use cards_sandbox_core::journal::Exchange;
use cards_sandbox_core::plugin::Plugins;

pub(crate) use calls::{ENTITY_ID, Fields, accepted, call, is_number, send, sent, with};
pub(crate) use drawn::for_each_drawn;
pub(crate) use store::{context, everything, holds_made_up, in_a_store, older_file, open, said};

/// 2026-11-21T08:00:00Z.
pub(crate) const START: i64 = 1_795_248_000;

pub(crate) struct Harness {
    pub(crate) app: App,
    pub(crate) plugins: Plugins,
    /// Keeps the router, which takes longer to build than most calls of a test take to answer.
    router: OnceLock<Router>,
    clock: Arc<AtomicI64>,
}

pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Harness {
    pub(crate) fn new() -> Self {
        Self::with(Sandbox::builder())
    }

    pub(crate) fn with(builder: Builder) -> Self {
        let clock = Arc::new(AtomicI64::new(START));
        let hand = Arc::clone(&clock);
        let now = move || UNIX_EPOCH + Duration::from_secs(hand.load(Ordering::SeqCst) as u64);
        let (app, plugins) = builder.clock(Arc::new(now)).app().unwrap();
        Self {
            app,
            plugins,
            router: OnceLock::new(),
            clock,
        }
    }

    pub(crate) fn advance(&self, seconds: i64) {
        self.clock.fetch_add(seconds, Ordering::SeqCst);
    }

    pub(crate) fn router(&self) -> Router {
        let build = || cards_sandbox_core::router(&self.app, &self.plugins);
        self.router.get_or_init(build).clone()
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Reply {
        let response: Response<Body> = self.router().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        Reply {
            status: parts.status,
            headers: parts.headers,
            body: String::from_utf8(bytes.into()).unwrap(),
        }
    }

    pub(crate) async fn get(&self, target: &str, headers: &[(&str, &str)]) -> Reply {
        self.send(request("GET", target, headers, "")).await
    }

    /// Gives the JSON that a path of the control API answers with 200.
    pub(crate) async fn get_json(&self, path: &str) -> serde_json::Value {
        let reply = self.get(path, &[]).await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        serde_json::from_str(&reply.body).unwrap()
    }

    /// A call of the control API; the body, where there is one, is JSON.
    pub(crate) async fn control(&self, method: &str, path: &str, body: &str) -> Reply {
        let json = [("content-type", "application/json")];
        let headers = if body.is_empty() { &[][..] } else { &json };
        self.send(request(method, path, headers, body)).await
    }

    pub(crate) async fn post(&self, target: &str, headers: &[(&str, &str)], body: &str) -> Reply {
        self.send(request("POST", target, headers, body)).await
    }

    /// An Airpay call with all credentials and a right checksum.
    pub(crate) async fn airpay(&self, name: &str, fields: &[(&str, &str)]) -> Reply {
        let values = fields.iter().map(|(_, value)| *value);
        let sum = cards_sign::checksum(values, world::airpay::SECRET_KEY.as_bytes()).to_string();
        let headers = [
            ("affiliate", world::airpay::AFFILIATE),
            ("processor-key", world::airpay::PROCESSOR_KEY),
            ("token", world::airpay::TOKEN),
            ("checksum", &sum),
        ];
        self.airpay_with(name, &headers, fields).await
    }

    pub(crate) async fn airpay_with(
        &self,
        name: &str,
        headers: &[(&str, &str)],
        fields: &[(&str, &str)],
    ) -> Reply {
        let form = ("content-type", "application/x-www-form-urlencoded");
        let headers = [headers, &[form]].concat();
        let path = format!("/airpay/ms/cards/api/{name}");
        self.post(&path, &headers, &encoded(fields)).await
    }

    pub(crate) fn last(&self) -> Exchange {
        self.app.journal.exchanges().pop().unwrap()
    }

    /// The reason of the last answer.
    pub(crate) fn why(&self) -> String {
        self.last().verdict
    }
}

/// The number of draws of each thing that the sandbox makes up at random: enough to find
/// what goes wrong once in thousands. Each run draws anew.
pub(crate) const DRAWS: usize = 20_000;

/// A hundred thousand days of all that the clock can show, and those at which a
/// century, a leap year or time itself begins or ends.
pub(crate) fn days() -> impl Iterator<Item = Date> {
    const YEARS: [u16; 13] = [
        1, 4, 1969, 1974, 1975, 1990, 1997, 2000, 2096, 2099, 2100, 9995, 9999,
    ];
    const DAYS: [(u8, u8); 6] = [(1, 1), (1, 31), (2, 28), (3, 1), (12, 1), (12, 31)];
    let day = |year, (month, day)| Date::new(year, month, day).unwrap();
    let [first, last] = [day(1, (1, 1)), day(9999, (12, 31))].map(Date::unix_days);
    (first..=last)
        .step_by(36)
        .map(|day| Date::from_unix_seconds(day * 86_400))
        .chain(
            YEARS
                .into_iter()
                .flat_map(move |year| DAYS.map(|of| day(year, of))),
        )
}

/// Holds what is logged on this thread while the guard is held.
#[derive(Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    /// Beside it stands a subscriber for all threads, which takes everything and tells nobody:
    /// what is logged first where nobody listens is remembered as of no interest, and a test
    /// that begins to listen in that moment would miss it.
    pub(crate) fn capture() -> (Self, tracing::subscriber::DefaultGuard) {
        static FOR_ALL: Once = Once::new();
        FOR_ALL.call_once(|| {
            let all = tracing_subscriber::registry();
            tracing::subscriber::set_global_default(all).expect("no test sets another one");
        });
        let log = Self::default();
        let writer = log.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_ansi(false)
            .with_writer(move || writer.clone());
        let guard = tracing::subscriber::set_default(subscriber.finish());
        (log, guard)
    }

    /// Takes what was logged since the last time.
    pub(crate) fn take(&self) -> String {
        String::from_utf8(std::mem::take(&mut *self.0.lock().unwrap())).unwrap()
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

pub(crate) fn request(
    method: &str,
    target: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> Request<Body> {
    // One of HTTP/1.1 needs a host.
    let has_host = headers.iter().any(|(name, _)| *name == "host");
    let version = if has_host {
        Version::HTTP_11
    } else {
        Version::HTTP_10
    };
    let request = Request::builder()
        .method(method)
        .uri(target)
        .version(version);
    headers
        .iter()
        .fold(request, |request, (name, value)| {
            request.header(*name, *value)
        })
        .body(Body::from(body.to_owned()))
        .unwrap()
}

pub(crate) fn encoded(fields: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new())
        .extend_pairs(fields)
        .finish()
}

/// Whole numbers at the edges of every type that a query could be read into.
pub(crate) const EXTREMES: [&str; 15] = [
    "0",
    "1",
    "50",
    "51",
    "2147483647",
    "2147483648",
    "4294967295",
    "4294967296",
    "9223372036854775807",
    "9223372036854775808",
    "18446744073709551615",
    "18446744073709551616",
    "99999999999999999999999999999999999999999",
    "-1",
    "-9223372036854775808",
];

/// A registration that keeps every rule.
pub(crate) const REGISTRATION: [(&str, &str); 21] = [
    ("mobile_no", "9000000777"),
    ("kit_no", "100000007777"),
    ("card_type", "V"),
    ("card_no", "4111111111111111"),
    ("card_expiry", "01/30"),
    ("first_name", "Asha"),
    ("last_name", "Nair"),
    ("title", "Ms"),
    ("gender", "F"),
    ("dob", "1990-02-28"),
    ("email", "asha@example.com"),
    ("address", "12 MG Road"),
    ("city", "Kochi"),
    ("state", "Tamil Nadu"),
    ("pincode", "682001"),
    ("doc_type", "PASSPORT"),
    ("doc_number", "P1234567"),
    ("doc_expiry", "2031-05-31"),
    ("doc_country_issue", "India"),
    ("otp", "1234"),
    ("password", "Quiet#Sea42"),
];

/// [`REGISTRATION`] with other values.
pub(crate) fn registration<'a>(changes: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let changed = |name| changes.iter().find(|(other, _)| *other == name).copied();
    REGISTRATION
        .iter()
        .map(|&field| changed(field.0).unwrap_or(field))
        .collect()
}
