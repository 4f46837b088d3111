//! A rendered page as a reply.

use axum::body::Body;
use axum::http::{HeaderValue, Response, StatusCode, header};
use axum::response::IntoResponse;
use maud::Markup;

/// Allows only what this server sends itself, and in nobody's frame.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
                      connect-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; \
                      frame-ancestors 'none'";

/// A rendered page, or one of its assets.
pub struct Page {
    pub(super) status: StatusCode,
    pub(super) content_type: &'static str,
    pub(super) body: Body,
}

impl Page {
    pub(super) fn html(status: StatusCode, markup: Markup) -> Self {
        Self {
            status,
            content_type: "text/html; charset=utf-8",
            body: Body::from(markup.into_string()),
        }
    }
}

/// Leads to where one looks once a form did what it was for.
pub fn see(location: &str) -> Response<Body> {
    (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response()
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
