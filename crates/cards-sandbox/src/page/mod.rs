//! The page for people: `/`, and `/_sandbox/page/...` below it.
//!
//! Rendered here, in whole pages, one file per view. The script fetches the
//! same pages and swaps parts of them in: there is one template for what is
//! seen, and all of it works without the script. Nothing comes from elsewhere,
//! and nothing shown is a secret: what is personal is hidden, a card's number is
//! its first six and last four digits.

mod assets;
mod clock;
mod customers;
mod exchange;
mod exchanges;
mod fault_form;
mod faults;
pub(crate) mod layout;
mod reset;
pub(crate) mod views;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderValue, Response, StatusCode, header};
use axum::response::IntoResponse;
use maud::Markup;

use crate::app::App;
use crate::intake::{self, Pairs};
use crate::store::StoreError;
use crate::view::View;

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .merge(exchanges::routes())
        .merge(customers::routes())
        .merge(faults::routes())
        .merge(clock::routes())
        .merge(reset::routes())
        .merge(assets::routes())
}

/// Allows only what this server sends itself, and in nobody's frame.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
                      connect-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; \
                      frame-ancestors 'none'";

/// A rendered page, or one of its assets.
pub(crate) struct Page {
    status: StatusCode,
    content_type: &'static str,
    body: Body,
}

impl Page {
    fn html(status: StatusCode, markup: Markup) -> Self {
        Self {
            status,
            content_type: "text/html; charset=utf-8",
            body: Body::from(markup.into_string()),
        }
    }
}

/// Leads to where one looks once a form did what it was for.
fn see(location: &str) -> Response<Body> {
    (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response()
}

/// Reads what a form holds; or gives a page that says why it could not be read.
async fn form(app: &App, view: View, request: Request) -> Result<Pairs, Page> {
    let (parts, body) = request.into_parts();
    let form = intake::form(&parts.headers, body, app.config.limits).await;
    form.map_err(|rejection| layout::trouble(app, view, rejection.status(), &rejection.why()))
}

/// Gives the first value of this name, or an empty text.
fn form_field<'a>(form: &'a Pairs, name: &str) -> &'a str {
    let found = form.iter().find(|(other, _)| other == name);
    found.map_or("", |(_, value)| value)
}

/// The log is told why.
fn store_trouble(app: &App, view: View, error: &StoreError) -> Page {
    tracing::error!(%error, "the store failed");
    let status = StatusCode::INTERNAL_SERVER_ERROR;
    layout::trouble(app, view, status, "The store failed; the log says why.")
}

impl IntoResponse for Page {
    fn into_response(self) -> Response<Body> {
        let mut response = Response::new(self.body);
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        for (name, value) in [
            (header::CONTENT_TYPE, self.content_type),
            (header::CONTENT_SECURITY_POLICY, POLICY),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
            // Under `no-referrer` browsers send forms with `Origin: null`,
            // which other sites can send too. Others learn nothing from this.
            (header::REFERRER_POLICY, "same-origin"),
            (header::CACHE_CONTROL, "no-store"),
        ] {
            headers.insert(name, HeaderValue::from_static(value));
        }
        response
    }
}
