//! Decides which requests without a body say that they have none.

use http::Method;

/// Tells whether a request without a body has `content-length: 0`: with a method that has one
/// elsewhere (RFC 9110, 8.6), and with no other.
pub(super) fn announces_length(method: &Method) -> bool {
    matches!(*method, Method::POST | Method::PUT | Method::PATCH)
}
