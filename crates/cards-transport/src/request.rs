//! The parts of a request that are the same everywhere.

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Request, Uri, header};

/// Says who calls; both backends send exactly this.
const USER_AGENT: &str = concat!("cards-transport/", env!("CARGO_PKG_VERSION"));

pub(crate) fn request(
    method: Method,
    uri: Uri,
    mut headers: HeaderMap,
    body: Bytes,
) -> Request<Bytes> {
    headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
    headers.insert(header::USER_AGENT, HeaderValue::from_static(USER_AGENT));
    let mut request = Request::new(body);
    *request.method_mut() = method;
    *request.uri_mut() = uri;
    *request.headers_mut() = headers;
    request
}
