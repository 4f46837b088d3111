//! Keeps what was asked and why it was answered so, for the developer's eyes:
//! the providers' own answers never say.

mod filter;
mod kept;
mod received;

use std::any::Any;
use std::borrow::Cow;
use std::time::Instant;

use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use cards_model::{ProviderId, Violation};
use schemars::JsonSchema;
use serde::Serialize;

use self::received::Observed;
use crate::answer::{Rejection, Verdict};
use crate::app::App;
use crate::clock::iso;
use crate::detail::Details;
use crate::faults::FiredFault;
use crate::intake::is_well_encoded;
use crate::openapi::listed;
use crate::surface::Surface;

pub(crate) use filter::Filter;
pub(crate) use kept::Journal;
pub(crate) use received::Documented;
pub use received::Received;

/// The header that tells the caller which exchange this was.
pub(crate) const EXCHANGE: HeaderName = HeaderName::from_static("x-sandbox-exchange");

/// One call and its answer. No value that was sent is in here; field names are
/// those of the documents.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Exchange {
    /// Counted from 1. The answer has it too, in the header
    /// `x-sandbox-exchange`.
    pub id: u64,
    /// When, by the sandbox's clock: ISO 8601 in UTC.
    pub at: String,
    /// Whose API, as far as the path tells.
    #[schemars(schema_with = "listed::provider")]
    pub provider: Option<ProviderId>,
    /// The operation's name, as in `register-user`.
    pub operation: Option<&'static str>,
    /// The HTTP method; `OTHER` where it is none of the usual ones.
    pub method: &'static str,
    /// The operation's path, with `{customerId}` where the request had a value.
    pub path: Option<&'static str>,
    /// What came with it, by its names.
    pub request: Received,
    /// The HTTP status of the answer; 0 where a fault let none out.
    pub status: u16,
    /// Whether the call did what was asked.
    pub accepted: bool,
    /// Why it was answered so.
    pub verdict: String,
    /// The documented rules that the request breaks, at most the first 64.
    #[schemars(schema_with = "listed::violations")]
    pub violations: Vec<Violation>,
    #[serde(flatten)]
    pub(crate) details: Details,
    /// The faults that fired on it; left out of the JSON where there are none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub faults: Vec<FiredFault>,
    /// How long the sandbox took, without the pauses of faults.
    pub micros: u64,
}

impl Exchange {
    /// What the provider added, such as its verdict on a signature; `None` where the call has
    /// no such thing.
    ///
    /// ```
    /// use cards_sandbox::{ChecksumVerdict, Exchange};
    ///
    /// fn is_signed(exchange: &Exchange) -> bool {
    ///     exchange.detail().is_some_and(ChecksumVerdict::is_right)
    /// }
    /// ```
    pub fn detail<T: Any>(&self) -> Option<&T> {
        self.details.get()
    }

    /// About how many bytes of memory it takes.
    fn weight(&self) -> usize {
        let violation = |violation: &Violation| {
            size_of::<Violation>()
                + violation.field.len()
                + violation.limit.len()
                + violation.source.len()
        };
        size_of::<Self>()
            + self.at.len()
            + self.verdict.len()
            + self.request.weight()
            + self.violations.iter().map(violation).sum::<usize>()
            + self.details.weight()
            + size_of_val(&*self.faults)
    }
}

/// Around every route: turns away what is not even text, and journals the rest.
pub(crate) async fn record(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let started = Instant::now();
    let surface = Surface::of(request.uri().path(), &app.providers);
    request.extensions_mut().insert(surface.clone());
    let method = name_of(request.method());
    let target = request
        .uri()
        .path_and_query()
        .map(axum::http::uri::PathAndQuery::as_str);
    let is_well_encoded = is_well_encoded(target.unwrap_or_default().as_bytes());

    if let Surface::Own = surface {
        let mut response = if is_well_encoded {
            next.run(request).await
        } else {
            surface.reject(Rejection::Encoding).into_response()
        };
        response.extensions_mut().remove::<Verdict>();
        return response;
    }
    let (request, observed) = Observed::of(request, app.config.limits.body);
    let mut response = if is_well_encoded {
        next.run(request).await
    } else {
        surface.reject(Rejection::Encoding).into_response()
    };
    let verdict = response.extensions_mut().remove::<Verdict>();
    let mut verdict = verdict.unwrap_or_default();
    let status = match verdict.is_unanswered {
        true => 0,
        false => response.status().as_u16(),
    };
    let (provider, documented) = match &surface {
        Surface::Provider(provider) => (Some(provider.id()), provider.documented()),
        Surface::Own | Surface::Unknown => (None, Documented::default()),
    };
    let operation = verdict.operation.map(|operation| operation.name);
    limit(&mut verdict);
    let exchange = Exchange {
        id: 0,
        at: iso(app.now_millis()),
        provider,
        operation,
        method,
        path: verdict.operation.map(|operation| operation.path),
        request: observed.received(documented, verdict.operation),
        status,
        accepted: verdict.accepted,
        verdict: verdict.why.clone().into_owned(),
        violations: verdict.violations,
        details: app.providers.details(verdict.detail),
        faults: verdict.faults,
        micros: u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX),
    };
    let id = app.journal.add(exchange);
    response
        .headers_mut()
        .insert(EXCHANGE, HeaderValue::from(id));
    let provider = provider.map_or("-", ProviderId::as_str);
    let operation = operation.unwrap_or("-");
    tracing::info!(id, provider, operation, status, verdict = %verdict.why, "exchange");
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
    use crate::testing::{Harness, registration};
    use crate::world::airpay::{CUSTOMER, TOKEN};

    #[test]
    fn an_invented_method_is_not_repeated() {
        assert_eq!(name_of(&Method::POST), "POST");
        let invented = Method::from_bytes(b"4622940000003713").unwrap();
        assert_eq!(name_of(&invented), "OTHER");
    }

    #[tokio::test]
    async fn a_providers_reply_names_its_exchange_and_ours_do_not() {
        let sandbox = Harness::new();
        for (at, path) in [
            "/airpay/other",
            "/customers/1/prepaid/cards",
            "/api/v1/%zz",
            "/x",
        ]
        .into_iter()
        .enumerate()
        {
            let reply = sandbox.get(path, &[]).await;
            assert_eq!(reply.headers["x-sandbox-exchange"], *(at + 1).to_string());
            assert_eq!(sandbox.last().id, at as u64 + 1);
        }
        for path in ["/", "/_sandbox/world", "/_sandbox/other", "/_sandbox/%zz"] {
            let reply = sandbox.get(path, &[]).await;
            assert!(!reply.headers.contains_key("x-sandbox-exchange"), "{path}");
        }
        assert_eq!(sandbox.last().id, 4);
    }

    #[tokio::test]
    async fn a_list_that_is_wrong_throughout_is_journaled_in_part() {
        let sandbox = Harness::new();
        let query = vec!["x"; 2000].join(",");
        let target = format!("/customers/12345678/prepaid/cards?status={query}");
        let token = [("authorization", "Bearer sandbox-paysafe-token")];
        assert_eq!(sandbox.get(&target, &token).await.status, 400);
        let last = sandbox.last();
        assert!(last.violations.len() <= 64, "{}", last.violations.len());
        assert!(last.verdict.len() < 9000, "{}", last.verdict.len());
        assert!(last.weight() < 32 * 1024, "{}", last.weight());
    }

    /// The verdict, and each broken rule as `field, kind of rule, row`.
    fn told(sandbox: &Harness) -> (String, Vec<String>) {
        let last = sandbox.last();
        assert!(!last.accepted);
        let broken = last.violations.iter();
        let broken = broken.map(|it| format!("{}, {}, {}", it.field, it.rule, it.source));
        (last.verdict, broken.collect())
    }

    #[tokio::test]
    async fn every_refusal_of_airpay_names_the_row_that_it_breaks() {
        let sandbox = Harness::new();
        let customer = ("entity_id", CUSTOMER);
        for (headers, field, verdict, broken) in [
            (
                &[][..],
                customer,
                "the header token is missing",
                "token, required, Airpay Update Customer, Header, token",
            ),
            (
                &[("token", "other")],
                customer,
                "the token is unknown",
                "token, allowed, Airpay Update Customer, Header, token",
            ),
            (
                &[("token", TOKEN)],
                customer,
                "the header checksum is missing or sent twice",
                "checksum, required, Airpay Update Customer, Header, checksum",
            ),
        ] {
            sandbox
                .airpay_with("update-customer", headers, &[field])
                .await;
            assert_eq!(told(&sandbox), (verdict.into(), vec![broken.into()]));
        }
        let wrong = [("token", TOKEN), ("checksum", "0")];
        sandbox
            .airpay_with("update-customer", &wrong, &[customer])
            .await;
        let row = "checksum, allowed, Airpay Update Customer, Header, checksum";
        assert_eq!(told(&sandbox).1, [row]);

        sandbox.airpay("register-user", &registration(&[])).await;
        let other = [("card_no", "4242424242424242"), ("kit_no", "2")];
        for (name, fields, verdict, broken) in [
            (
                "update-customer",
                vec![customer, ("email", "asha@example.com")],
                "email: another customer has it",
                "email, allowed, Airpay Update Customer, Request Body, email",
            ),
            (
                "register-user",
                registration(&other),
                "email: another customer has it",
                "email, allowed, Airpay User Registration, Request Body, email",
            ),
            (
                "register-user",
                registration(&[("otp", "4321")]),
                "the one-time password is not the sandbox's",
                "otp, allowed, Airpay User Registration, Request Body, otp",
            ),
        ] {
            sandbox.airpay(name, &fields).await;
            assert_eq!(told(&sandbox), (verdict.into(), vec![broken.into()]));
        }
    }

    #[tokio::test]
    async fn an_unknown_customer_is_told_by_the_verdict_alone() {
        let sandbox = Harness::new();
        for name in ["update-customer", "customer-preference"] {
            sandbox.airpay(name, &[("entity_id", "nobody")]).await;
            let verdict = "entity_id: there is no such customer".to_owned();
            assert_eq!(told(&sandbox), (verdict, vec![]));
        }
    }

    #[tokio::test]
    async fn every_refusal_of_a_list_names_the_row_that_it_breaks() {
        let sandbox = Harness::new();
        let bearer = [("authorization", "Bearer sandbox-paysafe-token")];
        let documented = [("authorization", "YOUR_API_KEY"), ("otp", "text")];
        let wrong_otp = [
            ("authorization", "Bearer sandbox-ibanera-token"),
            ("otp", "0"),
        ];
        let by_customer = "/api/v1/customer/cards/byuser";
        let list = "/api/v1/customer/cards/byuser/list?pageNumber=x&pageSize=0";
        let paysafe = "Paysafe Get customer prepaid cards";
        for (target, headers, verdict, broken) in [
            // The documents say nothing of an id that nobody has.
            (
                "/customers/1/prepaid/cards".to_owned(),
                &bearer[..],
                "there is no such customer",
                vec![],
            ),
            (
                "/customers/12345678/prepaid/cards?limit=51&offset=x".to_owned(),
                &bearer,
                "offset: a whole number; limit: 1 to 50",
                vec![
                    format!("limit, range, {paysafe}, Query Parameters, limit"),
                    format!("offset, format, {paysafe}, Query Parameters, offset"),
                ],
            ),
            (
                by_customer.to_owned(),
                &documented,
                "customersId is missing",
                vec!["customersId, required, Ibanera Get Cards By Customer, Query Parameters, customersId".into()],
            ),
            (
                format!("{by_customer}?customersId=x"),
                &documented,
                "customersId has to be a whole number",
                vec!["customersId, format, Ibanera Get Cards By Customer, Query Parameters, customersId".into()],
            ),
            (
                format!("{by_customer}?customersId=1"),
                &documented,
                "there is no such customer",
                vec![],
            ),
            (
                list.to_owned(),
                &documented,
                "pageNumber and pageSize have to be whole numbers from 1 on",
                vec![
                    "pageSize, range, Ibanera Get Customer Cards, Query Parameters, pageSize".into(),
                    "pageNumber, format, Ibanera Get Customer Cards, Query Parameters, pageNumber".into(),
                ],
            ),
            (
                list.to_owned(),
                &wrong_otp,
                "the header otp holds no code of the last, this or the next 30 seconds",
                vec!["otp, allowed, Ibanera Get Customer Cards, request example, otp".into()],
            ),
            (
                list.to_owned(),
                &[],
                "the header Authorization is missing",
                vec!["Authorization, required, Ibanera Get Customer Cards, request example, Authorization".into()],
            ),
        ] {
            sandbox.get(&target, headers).await;
            assert_eq!(told(&sandbox), (verdict.into(), broken), "{target}");
        }
    }
}
