//! The two ways to write a token into `Authorization`.

use std::str::FromStr;

use crate::cause::ConfigError;

/// The form in which `Authorization` carries Ibanera's token.
///
/// The request samples of the documents have a key alone, without a scheme, and
/// the page on authentication has `Bearer` before an access token.
///
/// ```
/// use cards_transport::ibanera::{AuthorizationScheme, Ibanera, PRODUCTION};
///
/// let ibanera = Ibanera::new(PRODUCTION.parse()?).authorization(AuthorizationScheme::Bare);
/// assert_eq!("bare".parse(), Ok(AuthorizationScheme::Bare));
/// # Ok::<(), cards_transport::BaseUrlError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum AuthorizationScheme {
    /// `Authorization: Bearer TOKEN`, as the page on authentication shows it.
    #[default]
    Bearer,
    /// `Authorization: TOKEN`, as the request samples show it.
    Bare,
}

impl FromStr for AuthorizationScheme {
    type Err = ConfigError;

    /// Reads `bearer` and `bare`, in any case.
    fn from_str(text: &str) -> Result<Self, ConfigError> {
        match text.trim().to_ascii_lowercase().as_str() {
            "bearer" => Ok(Self::Bearer),
            "bare" => Ok(Self::Bare),
            _ => Err(ConfigError::new("one of bearer and bare is wanted")),
        }
    }
}
