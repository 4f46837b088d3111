//! The parts of a request that are the same everywhere.

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Request, header};

use crate::cause::ConfigError;

/// Says who calls; both backends send exactly this.
const USER_AGENT: &str = concat!("cards-transport/", env!("CARGO_PKG_VERSION"));

pub(crate) fn request(
    method: Method,
    url: &str,
    mut headers: HeaderMap,
    body: Bytes,
) -> Result<Request<Bytes>, ConfigError> {
    headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
    headers.insert(header::USER_AGENT, HeaderValue::from_static(USER_AGENT));
    let mut request = Request::builder()
        .method(method)
        .uri(url)
        .body(body)
        .map_err(|_| ConfigError::new("the address is not a URL that can be called"))?;
    *request.headers_mut() = headers;
    Ok(request)
}
