//! What the core needs to know of one provider.

use std::borrow::Cow;
use std::time::{Duration, SystemTime};

use cards_model::Secret;
use http::HeaderValue;

use crate::call::Call;
use crate::refusal::Refusal;

/// A provider with its address and credentials: [`Airpay`](crate::airpay::Airpay),
/// [`Paysafe`](crate::paysafe::Paysafe) or [`Ibanera`](crate::ibanera::Ibanera).
///
/// Implemented by those three and by nothing else.
pub trait Provider: Sealed + Send + Sync + Sized + 'static {
    /// The call that brings a token.
    type Login: Call<Provider = Self> + Send;

    /// A token that was given and not fetched, and how long it is good for
    /// where its end could not be noticed otherwise.
    fn standing_token(&self) -> Option<(Secret, Option<Duration>)>;

    /// The call that brings a token, where there are credentials for it.
    fn login(&self) -> Option<Self::Login>;

    /// The token of a login's reply, and how long it is good for.
    fn issued(reply: <Self::Login as Call>::Reply) -> (Secret, Option<Duration>);

    /// Reads the provider's failure format; nothing where it is another.
    fn refusal(body: &[u8]) -> Option<Refusal>;

    /// How long another attempt has to be held back, given the time of the
    /// last one that may have reached the provider and the time now.
    fn hold(&self, last_sent: SystemTime, now: SystemTime) -> Duration;
}

/// Keeps [`Provider`] and [`Call`] to this crate, so that they can grow.
pub trait Sealed {}

/// Credentials that are missing or cannot be sent. It names the setting, never
/// its value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ConfigError(Cow<'static, str>);

impl ConfigError {
    pub(crate) fn new(message: impl Into<Cow<'static, str>>) -> Self {
        Self(message.into())
    }

    pub(crate) fn missing(variable: &str) -> Self {
        Self(format!("{variable} is not set").into())
    }
}

/// A secret as a header value that HTTP libraries keep out of their logs.
pub(crate) fn secret_header(name: &str, value: &str) -> Result<HeaderValue, ConfigError> {
    let mut header = HeaderValue::from_str(value).map_err(|_| {
        ConfigError::new(format!("{name} holds a character that no header can carry"))
    })?;
    header.set_sensitive(true);
    Ok(header)
}

/// `Authorization: Bearer`.
pub(crate) fn bearer(token: Option<&Secret>) -> Result<HeaderValue, ConfigError> {
    let token = token.ok_or_else(|| ConfigError::new("no token and no credentials to get one"))?;
    secret_header("the token", &format!("Bearer {}", token.expose()))
}
