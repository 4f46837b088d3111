//! `/_sandbox/...`: what the sandbox tells about itself, for developers.

mod clock;
mod credentials;
mod customers;
pub(crate) mod exchanges;
mod faults;
mod health;
mod ibanera;
mod input;
mod one_time_passwords;
mod openapi;
mod paysafe;
mod reset;
pub(crate) mod world;

use axum::Router;
use axum::http::StatusCode;
use axum::routing::{MethodFilter, MethodRouter};
use schemars::JsonSchema;
use serde::Serialize;

use crate::answer::{Answer, Rejection};
use crate::app::App;
use crate::openapi::{Described, Document};
use crate::store::StoreError;
use crate::world::file::Refused;

pub(crate) use input::{one_of, read_json};

/// Serves and describes one method of one path. The router and the OpenAPI
/// document are both made from these: what is served is described.
pub(crate) struct Endpoint {
    /// In small letters.
    pub(crate) method: &'static str,
    pub(crate) path: &'static str,
    /// The name that generated clients give it.
    pub(crate) id: &'static str,
    pub(crate) summary: &'static str,
    /// The handler, for the method.
    pub(crate) serve: fn(MethodFilter) -> MethodRouter<App>,
    /// Adds what the operation takes and answers.
    pub(crate) describe: fn(&mut Document, Described) -> Described,
}

/// Everything under `/_sandbox/` but the page; each is declared in a file of its
/// own.
pub(crate) const ENDPOINTS: &[Endpoint] = &[
    health::HEALTH,
    credentials::CREDENTIALS,
    credentials::EXPIRE_TOKENS,
    one_time_passwords::ISSUE,
    exchanges::EXCHANGES,
    exchanges::FORGET,
    exchanges::EXCHANGE,
    world::WORLD,
    world::REPLACE,
    world::SAVE,
    customers::ADD_CUSTOMER,
    customers::REMOVE_CUSTOMER,
    customers::ADD_CARD,
    customers::REMOVE_CARD,
    paysafe::ACT,
    paysafe::PUT_STATUS,
    ibanera::CHANGE,
    clock::READ,
    clock::SET,
    clock::RESET,
    clock::ADVANCE,
    faults::LIST,
    faults::ORDER,
    faults::CLEAR,
    faults::SHOW,
    faults::REMOVE,
    reset::RESET,
    openapi::OPENAPI,
];

pub(crate) fn routes() -> Router<App> {
    ENDPOINTS.iter().fold(Router::new(), |router, endpoint| {
        router.route(endpoint.path, (endpoint.serve)(endpoint.filter()))
    })
}

impl Endpoint {
    const fn filter(&self) -> MethodFilter {
        match self.method.as_bytes() {
            b"get" => MethodFilter::GET,
            b"put" => MethodFilter::PUT,
            b"post" => MethodFilter::POST,
            _ => MethodFilter::DELETE,
        }
    }

    /// The operation, of which nothing is described yet.
    pub(crate) fn blank(&self) -> Described {
        Described::new(self.method, self.path, self.id, "control", self.summary)
    }
}

/// Whether a path is one of these, and so stays out of the journal.
pub(crate) fn is_control(path: &str) -> bool {
    path == "/_sandbox" || path.starts_with("/_sandbox/")
}

pub(crate) fn rejected(rejection: Rejection) -> Answer {
    problem(rejection.status(), rejection.why().into_owned())
}

pub(crate) fn store_trouble(error: &StoreError) -> Answer {
    tracing::error!(%error, "the store failed");
    let status = StatusCode::INTERNAL_SERVER_ERROR;
    problem(status, format!("{}; the log has more", error.verdict()))
}

/// Why something was not added, changed or taken away.
fn refused(refused: Refused) -> Answer {
    match refused {
        Refused::Wrong(wrong_field) => wrong(&wrong_field.field, wrong_field.what),
        Refused::NotFound(what) => unknown(what),
        Refused::Store(StoreError::OverQuota(limit)) => {
            problem(StatusCode::CONFLICT, limit.to_string())
        }
        Refused::Store(error) => store_trouble(&error),
    }
}

/// Describes the 409 of a request that adds something, for OpenAPI.
const OVER_QUOTA: &str = "There would be more than a world may hold; the error names the limit.";

/// 404: there is nothing of this name.
fn unknown(what: &str) -> Answer {
    problem(StatusCode::NOT_FOUND, what.to_owned())
}

/// Makes the answer to a refused control request.
pub(crate) fn problem(status: StatusCode, error: String) -> Answer {
    refusal(status, error, None)
}

/// 400: a field of a control request is wrong.
fn wrong(field: &str, what: impl std::fmt::Display) -> Answer {
    let error = format!("{field}: {what}");
    refusal(StatusCode::BAD_REQUEST, error, Some(field))
}

/// The body of every reply of the control API that is no success.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Problem<'a> {
    /// What is wrong.
    error: &'a str,
    /// The field that is wrong, where it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    field: Option<&'a str>,
}

fn refusal(status: StatusCode, error: String, field: Option<&str>) -> Answer {
    let body = Problem {
        error: &error,
        field,
    };
    Answer::refused(status, &body, error.clone())
}

#[cfg(test)]
mod tests {
    use crate::testing::{Harness, request};

    #[test]
    fn every_endpoint_has_a_method_that_the_router_knows() {
        for endpoint in super::ENDPOINTS {
            let known = ["get", "put", "post", "delete"];
            assert!(known.contains(&endpoint.method), "{}", endpoint.id);
        }
    }

    #[tokio::test]
    async fn unknown_paths_and_wrong_methods_in_each_providers_shape() {
        let sandbox = Harness::new();
        let airpay = r#"{"status":400,"message":"fail"}"#;
        let paysafe = r#""fieldErrors":[]}}"#;
        let ibanera = r#"{"status":"0","errors":[{"fieldName":"request","messageCode":"Invalid"}],"id":0,"details":null}"#;
        for (method, target, status, body) in [
            ("POST", "/airpay/ms/cards/api/other", 404, airpay),
            ("GET", "/airpay", 404, airpay),
            ("GET", "/airpay/ms/cards/api/register-user", 405, airpay),
            ("POST", "/airpay/ms/cards/api/register-user/", 404, airpay),
            ("GET", "/customers/1/other", 404, paysafe),
            ("DELETE", "/customers/1/prepaid/cards", 405, paysafe),
            (
                "GET",
                "/digitalwallets/v1/auth/brands/sandbox/token",
                405,
                paysafe,
            ),
            ("GET", "/api/v1/other", 404, ibanera),
            ("PUT", "/api/v1/public/auth/login", 405, ibanera),
            ("POST", "/api/v1/customer/cards/byuser", 405, ibanera),
            (
                "POST",
                "/",
                405,
                "{\"error\":\"this path is not for this method\"}",
            ),
            (
                "GET",
                "/airpayother",
                404,
                "{\"error\":\"no provider has this path\"}",
            ),
            (
                "GET",
                "/_sandbox",
                404,
                "{\"error\":\"no provider has this path\"}",
            ),
            (
                "POST",
                "/_sandbox/health",
                405,
                "{\"error\":\"this path is not for this method\"}",
            ),
            ("GET", "/airpay/%zz", 400, airpay),
            ("GET", "/customers/%ff/prepaid/cards", 400, paysafe),
            ("GET", "/customers/1/prepaid/cards?limit=%", 400, paysafe),
            (
                "GET",
                "/api/v1/customer/cards/byuser?customersId=%e2%82",
                400,
                ibanera,
            ),
        ] {
            let reply = sandbox.send(request(method, target, &[], "")).await;
            assert_eq!(reply.status, status, "{method} {target}");
            assert!(
                reply.body.ends_with(body),
                "{method} {target}: {}",
                reply.body
            );
            assert_eq!(reply.headers["content-type"], "application/json");
        }
    }
}
