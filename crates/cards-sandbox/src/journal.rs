//! What was asked and why it was answered so, for the developer's eyes: the
//! providers' own answers never say.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use axum::extract::{Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use cards_model::{Date, Provider, Violation};
use schemars::JsonSchema;
use serde::Serialize;

use crate::airpay::ChecksumVerdict;
use crate::answer::{Fault, Verdict, provider_of};
use crate::app::App;
use crate::control;
use crate::intake::is_well_encoded;
use crate::openapi::listed;

/// One call and its answer. No value that was sent is in here; field names are
/// those of the documents.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Exchange {
    /// Counted from 1.
    pub id: u64,
    /// When, by the sandbox's clock: ISO 8601 in UTC.
    pub at: String,
    /// Whose API, as far as the path tells.
    #[schemars(schema_with = "listed::provider")]
    pub provider: Option<Provider>,
    /// The operation's name, as in `register-user`.
    pub operation: Option<&'static str>,
    /// The HTTP method; `OTHER` where it is none of the usual ones.
    pub method: &'static str,
    /// The operation's path, with `{customerId}` where the request had a value.
    pub path: Option<&'static str>,
    /// The HTTP status of the answer.
    pub status: u16,
    /// Whether the call did what was asked.
    pub accepted: bool,
    /// Why it was answered so.
    pub verdict: String,
    /// The documented rules that the request breaks.
    #[schemars(schema_with = "listed::violations")]
    pub violations: Vec<Violation>,
    /// What came of the checksum, where the call carries one.
    pub checksum: Option<ChecksumVerdict>,
    /// How long the sandbox took.
    pub micros: u64,
}

/// The last exchanges, up to a number.
pub(crate) struct Journal {
    capacity: usize,
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    last_id: u64,
    exchanges: VecDeque<Exchange>,
}

impl Journal {
    pub(crate) fn new(capacity: usize) -> Self {
        Self {
            capacity,
            kept: Mutex::default(),
        }
    }

    /// The oldest first.
    pub(crate) fn exchanges(&self) -> Vec<Exchange> {
        self.kept().exchanges.iter().cloned().collect()
    }

    /// Gives the exchange its number, keeps it, and forgets the oldest.
    fn add(&self, mut exchange: Exchange) -> u64 {
        let mut kept = self.kept();
        kept.last_id += 1;
        exchange.id = kept.last_id;
        kept.exchanges.push_back(exchange);
        while kept.exchanges.len() > self.capacity {
            kept.exchanges.pop_front();
        }
        kept.last_id
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        // Nothing in here can be left half done.
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Around every route: turns away what is not even text, and journals the rest.
pub(crate) async fn record(State(app): State<App>, request: Request, next: Next) -> Response {
    let started = Instant::now();
    let path = request.uri().path();
    let provider = provider_of(path);
    let is_control = control::is_control(path);
    let method = name_of(request.method());
    let target = request
        .uri()
        .path_and_query()
        .map(axum::http::uri::PathAndQuery::as_str);

    let mut response = if is_well_encoded(target.unwrap_or_default().as_bytes()) {
        next.run(request).await
    } else {
        Fault::Encoding.answer(provider).into_response()
    };
    let verdict = response.extensions_mut().remove::<Verdict>();
    if is_control {
        return response;
    }
    let verdict = verdict.unwrap_or_default();
    let status = response.status().as_u16();
    let operation = verdict.operation.map(|operation| operation.name);
    let exchange = Exchange {
        id: 0,
        at: iso(app.now_millis()),
        provider,
        operation,
        method,
        path: verdict.operation.map(|operation| operation.path),
        status,
        accepted: verdict.accepted,
        verdict: verdict.why.clone().into_owned(),
        violations: verdict.violations,
        checksum: verdict.checksum,
        micros: u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX),
    };
    let id = app.journal.add(exchange);
    let provider = provider.map_or("-", Provider::as_str);
    let operation = operation.unwrap_or("-");
    tracing::info!(id, provider, operation, status, verdict = %verdict.why, "exchange");
    response
}

/// A method's name may be anything that a client makes up; only these are kept.
fn name_of(method: &Method) -> &'static str {
    const USUAL: [&str; 7] = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];
    USUAL
        .into_iter()
        .find(|usual| method.as_str() == *usual)
        .unwrap_or("OTHER")
}

fn iso(unix_millis: i64) -> String {
    let date = Date::from_unix_seconds(unix_millis.div_euclid(1000));
    let of_day = unix_millis.rem_euclid(86_400_000);
    let (seconds, millis) = (of_day / 1000, of_day % 1000);
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    format!("{date}T{hour:02}:{minute:02}:{second:02}.{millis:03}Z")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_as_iso_8601() {
        assert_eq!(iso(0), "1970-01-01T00:00:00.000Z");
        assert_eq!(iso(1_731_067_028_348), "2024-11-08T11:57:08.348Z");
        assert_eq!(iso(-1), "1969-12-31T23:59:59.999Z");
    }

    #[test]
    fn an_invented_method_is_not_repeated() {
        assert_eq!(name_of(&Method::POST), "POST");
        let invented = Method::from_bytes(b"4622940000003713").unwrap();
        assert_eq!(name_of(&invented), "OTHER");
    }
}
