//! The parts of a request that are the same everywhere.

use bytes::Bytes;
use cards_model::{self as model, Body, Method, Place};
use http::{HeaderMap, HeaderValue, Request, Uri, header};

use crate::base_url::BaseUrl;
use crate::cause::ConfigError;
use crate::encode::encode_form;
use crate::multipart;

/// Says who calls; both backends send exactly this.
const USER_AGENT: &str = concat!("cards-transport/", env!("CARGO_PKG_VERSION"));

/// The content type of a form body.
pub(crate) const FORM: HeaderValue = HeaderValue::from_static("application/x-www-form-urlencoded");

/// The content type of a JSON body.
pub(crate) const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// Makes a request of a call's fields, each in its place, behind the headers that
/// identify the caller.
pub(crate) fn from_fields<R: model::Request>(
    call: &R,
    base: &BaseUrl,
    headers: HeaderMap,
) -> Result<Request<Bytes>, ConfigError> {
    with_file_part(call, base, headers, None)
}

/// Does the same; a file goes in the part of this name, where one is given.
pub(crate) fn with_file_part<R: model::Request>(
    call: &R,
    base: &BaseUrl,
    mut headers: HeaderMap,
    file_part: Option<&str>,
) -> Result<Request<Bytes>, ConfigError> {
    let operation = R::OPERATION;
    let body = match operation.body {
        Body::None => Bytes::new(),
        Body::Form => {
            headers.insert(header::CONTENT_TYPE, FORM);
            let pairs = call.pairs(Place::Form);
            let pairs: Vec<_> = pairs.iter().map(|(name, text)| (*name, &**text)).collect();
            encode_form(&pairs).into()
        }
        Body::Json => {
            headers.insert(header::CONTENT_TYPE, JSON);
            call.json().into()
        }
        Body::Multipart => {
            let (content_type, body) = multipart::encode(call, file_part);
            headers.insert(header::CONTENT_TYPE, content_type);
            body
        }
    };
    let url = address(call, base)?;
    Ok(request(operation.method, url, headers, body))
}

/// The address of a call, with its fields in the path and the query.
pub(crate) fn address<R: model::Request>(call: &R, base: &BaseUrl) -> Result<Uri, ConfigError> {
    let (parameters, query) = (call.pairs(Place::Path), call.pairs(Place::Query));
    base.join(R::OPERATION.path, &parameters, &query)
}

pub(crate) fn request(
    method: Method,
    uri: Uri,
    mut headers: HeaderMap,
    body: Bytes,
) -> Request<Bytes> {
    headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
    headers.insert(header::USER_AGENT, HeaderValue::from_static(USER_AGENT));
    let mut request = Request::new(body);
    *request.method_mut() = match method {
        Method::Get => http::Method::GET,
        Method::Post => http::Method::POST,
        Method::Put => http::Method::PUT,
        Method::Patch => http::Method::PATCH,
        Method::Delete => http::Method::DELETE,
    };
    *request.uri_mut() = uri;
    *request.headers_mut() = headers;
    request
}
