//! The header `Signature`, which some of Paysafe's calls carry beside the token.

use std::str::FromStr;

use bytes::Bytes;
use cards_sign::SignatureKey;
use http::{HeaderName, Request};

use crate::authorization::secret_header;
use crate::base_url::BaseUrl;
use crate::cause::ConfigError;

const SIGNATURE: HeaderName = HeaderName::from_static("signature");

/// The requests to Paysafe that are signed where there is a key for it: its page on signing says
/// that some calls need it, and not which.
///
/// ```
/// use cards_transport::paysafe::SignatureScope;
///
/// assert_eq!("bodies-and-paths".parse(), Ok(SignatureScope::BodiesAndPaths));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum SignatureScope {
    /// Those with a body, over its bytes.
    #[default]
    Bodies,
    /// Those too, over their path, which have none. Assumption: the path as it is sent, without the
    /// prefix of the address and without the query.
    BodiesAndPaths,
}

impl FromStr for SignatureScope {
    type Err = ConfigError;

    /// Reads `bodies` and `bodies-and-paths`, in any case.
    fn from_str(text: &str) -> Result<Self, ConfigError> {
        match text.trim().to_ascii_lowercase().as_str() {
            "bodies" => Ok(Self::Bodies),
            "bodies-and-paths" => Ok(Self::BodiesAndPaths),
            _ => Err(ConfigError::new(
                "one of bodies and bodies-and-paths is wanted",
            )),
        }
    }
}

/// Signs a request whose body and address stand.
pub(super) fn sign(
    request: &mut Request<Bytes>,
    key: &SignatureKey,
    scope: SignatureScope,
    base: &BaseUrl,
) -> Result<(), ConfigError> {
    let signature = match (request.body().is_empty(), scope) {
        (false, _) => key.sign(request.body()),
        (true, SignatureScope::BodiesAndPaths) => {
            key.sign(base.without_prefix(request.uri().path()).as_bytes())
        }
        (true, SignatureScope::Bodies) => return Ok(()),
    };
    let value = secret_header("the signature", &signature.to_string())?;
    request.headers_mut().insert(SIGNATURE, value);
    Ok(())
}
