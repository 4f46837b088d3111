//! Headers of the caller's own, beside those of a request.

use std::fmt;

use http::{HeaderMap, HeaderName, HeaderValue};

use crate::authorization;
use crate::cause::ConfigError;

/// Holds headers that go out with each request, such as a correlation id.
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct ExtraHeaders(HeaderMap);

/// The headers that the client sets itself in some call, and those that belong
/// to the connection. A test holds the former to the requests of all operations.
const RESERVED: [&str; 25] = [
    "accept",
    "accept-encoding",
    "affiliate",
    "authorization",
    "checksum",
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "expect",
    "host",
    "keep-alive",
    "otp",
    "processor-key",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "range",
    "signature",
    "te",
    "token",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "user-agent",
];

/// The most bytes of all names and values together: servers refuse a head that is
/// much longer.
const MOST_BYTES: usize = 8 * 1024;

impl ExtraHeaders {
    /// Adds one. It takes the place of one of the same name.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Result<Self, ConfigError> {
        let Ok(name) = HeaderName::try_from(name) else {
            // It is not repeated: it may be a value in the wrong place.
            return Err(ConfigError::new(
                "the name of an extra header is not one that HTTP has: letters, digits and hyphens",
            ));
        };
        if RESERVED.contains(&name.as_str()) {
            return Err(ConfigError::new(format!(
                "the header {name} is the client's own and cannot be set"
            )));
        }
        let about = format!("the header {name}");
        authorization::check(&about, value)?;
        let value: HeaderValue = authorization::secret_header(&about, value)?;
        self.0.insert(name, value);
        let bytes = self
            .0
            .iter()
            .map(|(name, value)| name.as_str().len() + value.len());
        match bytes.sum::<usize>() > MOST_BYTES {
            true => Err(ConfigError::new(format!(
                "extra headers hold more than {MOST_BYTES} bytes, which servers refuse"
            ))),
            false => Ok(self),
        }
    }

    /// Writes all of them into a request's.
    pub(crate) fn add_to(&self, headers: &mut HeaderMap) {
        for (name, value) in &self.0 {
            headers.insert(name.clone(), value.clone());
        }
    }
}

impl fmt::Debug for ExtraHeaders {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The values may be secrets.
        f.debug_set().entries(self.0.keys()).finish()
    }
}
