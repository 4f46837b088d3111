//! The layer around every route: judges whose the path is, turns away what is not even text, and
//! journals the rest.

use std::borrow::Cow;
use std::time::Instant;

use axum::extract::{Request, State};
use axum::http::header::{CONNECTION, CONTENT_LENGTH};
use axum::http::uri::PathAndQuery;
use axum::http::{HeaderValue, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use cards_model::ProviderId;

use super::called;
use crate::engine::answer::{Rejection, Verdict};
use crate::engine::app::App;
use crate::engine::clock::iso;
use crate::engine::faults::{ConnectionFault, FiredFault};
use crate::engine::guard::unreadable;
use crate::engine::journal::{self, Documented, EXCHANGE, Exchange, NEAREST, Nearest, Observed};
use crate::engine::problem;
use crate::engine::surface::Surface;
use crate::engine::world_name::{NoWorld, WorldName};

/// Stands around every route: turns away what is not even text, and journals the rest.
pub(crate) async fn record(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let started = Instant::now();
    let surface = match request.extensions().get() {
        Some(no_world) => Surface::NoWorld(NoWorld::clone(no_world)),
        None => Surface::of(request.uri().path(), &app.providers),
    };
    request.extensions_mut().insert(surface.clone());
    let method = name_of(request.method());
    if let Surface::Own = surface {
        let mut response = carried_on(&surface, request, next).await;
        response.extensions_mut().remove::<Verdict>();
        return response;
    }
    let path = request.uri().path().to_owned();
    let known = called::operation_of(&app, &request).map(|known| known.operation);
    let (request, observed) = Observed::of(request, app.config.limits.of(known));
    let mut response = carried_on(&surface, request, next).await;
    let (verdict, status, faults) = outcome(&mut response);
    let (provider, documented) = named(&surface);
    let operation = verdict.operation.or(known);
    let called = match operation {
        _ if matches!(surface, Surface::NoWorld(_)) => None,
        Some(_) => None,
        None => Some(journal::called(&app.operations, provider, method, &path)),
    };
    let (called, nearest) = called.map_or((None, None), |it| (Some(it.path), it.nearest));
    let keeps = app.config.keep_values;
    let values = keeps.then(|| observed.values(documented, operation, &path));
    let (request, remarks) = observed.received(documented, operation);
    let mut exchange = Exchange {
        id: 0,
        at: iso(app.now_millis()),
        provider,
        operation: operation.map(|operation| operation.name),
        method,
        path: operation.map(|operation| operation.path),
        verdict: told(&verdict.why, method, called.as_deref(), nearest.as_ref()),
        called,
        nearest,
        request,
        values: None,
        status,
        accepted: verdict.accepted,
        remarks,
        violations: verdict.violations,
        details: app.providers.details(verdict.detail),
        faults,
        micros: u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX),
    };
    tell(&mut response, &exchange, &surface);
    if let Some(values) = values {
        exchange.values = Some(values.with_reply(&mut response).await);
    }
    let id = app.journal.add(exchange.clone());
    response
        .headers_mut()
        .insert(EXCHANGE, HeaderValue::from(id));
    log(id, &exchange, app.world.as_ref());
    response
}

/// The verdict on a call, its status, 0 where a fault lets no answer out, and the faults.
fn outcome(response: &mut Response) -> (Verdict, u16, Vec<FiredFault>) {
    let verdict = response.extensions_mut().remove::<Verdict>();
    let mut verdict = verdict.unwrap_or_default();
    limit(&mut verdict);
    let fault = response.extensions().get::<ConnectionFault>();
    let status = match fault.is_some_and(ConnectionFault::is_unanswered) {
        true => 0,
        false => response.status().as_u16(),
    };
    let faults = fault.map(|fault| fault.fired.clone()).unwrap_or_default();
    (verdict, status, faults)
}

/// The provider whose path it is, and the names in its documents.
fn named(surface: &Surface) -> (Option<ProviderId>, Documented) {
    match surface {
        Surface::Provider(provider) => (Some(provider.id()), provider.documented()),
        Surface::Own | Surface::Unknown | Surface::NoWorld(_) => (None, Documented::default()),
    }
}

/// Tells the log of an exchange: a refused one as a warning. Only the first world has no name.
fn log(id: u64, exchange: &Exchange, world: Option<&WorldName>) {
    let world = world.map(WorldName::as_str);
    macro_rules! tell {
        ($level:ident) => {
            tracing::$level!(
                target: "cards_sandbox::journal",
                id,
                world,
                provider = exchange.provider.map_or("-", ProviderId::as_str),
                operation = exchange.operation.unwrap_or("-"),
                method = exchange.method,
                path = exchange.path.or(exchange.called.as_deref()).unwrap_or("-"),
                status = exchange.status,
                accepted = exchange.accepted,
                duration_micros = exchange.micros,
                verdict = %exchange.verdict,
                remarks = exchange.remarks.len(),
                "exchange"
            )
        };
    }
    if exchange.accepted {
        tell!(info);
    } else {
        tell!(warn);
    }
}

/// The verdict, and, where no operation was called, what was and what may be meant.
fn told(why: &str, method: &str, called: Option<&str>, nearest: Option<&Nearest>) -> String {
    let Some(called) = called else {
        return why.to_owned();
    };
    let nearest = nearest.map_or_else(
        || "no documented one is near".to_owned(),
        |nearest| format!("the nearest documented one is `{nearest}`"),
    );
    format!("{why}: `{method} {called}`; {nearest}")
}

/// Tells the caller too of the documented path that is nearest: by a header, as a provider's reply
/// is in its own words, and in the body where nobody has the path.
fn tell(response: &mut Response, exchange: &Exchange, surface: &Surface) {
    let nearest = exchange.nearest.as_ref().map(ToString::to_string);
    if let Some(Ok(nearest)) = nearest.map(HeaderValue::try_from) {
        response.headers_mut().insert(NEAREST, nearest);
    }
    // A fault's reply is what was ordered.
    if exchange.called.is_some()
        && exchange.faults.is_empty()
        && matches!(surface, Surface::Unknown)
    {
        let told = problem::problem(response.status(), exchange.verdict.clone());
        let (_, body) = told.into_response().into_parts();
        response.headers_mut().remove(CONTENT_LENGTH);
        *response.body_mut() = body;
    }
}

/// Passes a request on, unless nobody can read it.
async fn carried_on(surface: &Surface, request: Request, next: Next) -> Response {
    let target = request.uri().path_and_query();
    let target = target.map(PathAndQuery::as_str).unwrap_or_default();
    let Some(rejection) = unreadable(request.version(), request.headers(), target) else {
        return next.run(request).await;
    };
    let mut response = surface.reject(rejection).into_response();
    if rejection == Rejection::Coding {
        // To who reads the body another way, what follows it is another request.
        let close = HeaderValue::from_static("close");
        response.headers_mut().insert(CONNECTION, close);
    }
    response
}

/// A list in a query can be wrong thousands of times over.
fn limit(verdict: &mut Verdict) {
    const MOST_VIOLATIONS: usize = 64;
    const LONGEST: usize = 8 * 1024;
    verdict.violations.truncate(MOST_VIOLATIONS);
    verdict.violations.shrink_to_fit();
    if verdict.why.len() > LONGEST {
        let mut end = LONGEST;
        while !verdict.why.is_char_boundary(end) {
            end -= 1;
        }
        verdict.why = Cow::Owned(format!("{} ...", &verdict.why[..end]));
    }
}

/// A method's name may be anything that a client makes up; only these are kept.
fn name_of(method: &Method) -> &'static str {
    const USUAL: [&str; 7] = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];
    USUAL
        .into_iter()
        .find(|usual| method.as_str() == *usual)
        .unwrap_or("OTHER")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_invented_method_is_not_repeated() {
        assert_eq!(name_of(&Method::POST), "POST");
        let invented = Method::from_bytes(b"4622940000003713").unwrap();
        assert_eq!(name_of(&invented), "OTHER");
    }
}
