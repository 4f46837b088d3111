//! Ibanera: JSON over a bearer token and a one-time code.

mod cards_by_customer;
mod list_customer_cards;
mod login;
mod otp;

pub use login::LoginCall;
pub use otp::OtpReuse;

use std::time::{Duration, SystemTime};

use bytes::Bytes;
use cards_model::ibanera::{CustomerCards, CustomerCardsReply, Envelope, LoggedIn};
use cards_model::{Query, Secret};
use http::{HeaderMap, Method, Request, header};

use self::otp::Otp;
use crate::airpay::base_url;
use crate::base_url::BaseUrl;
use crate::call::Attempt;
use crate::error::Rejection;
use crate::json::{body_text, read_json, read_part};
use crate::provider::{ConfigError, Provider, Sealed, bearer, secret_header};
use crate::refusal::{FieldRefusal, Refusal};
use crate::request::request;

/// The host of the documents' request example.
pub const PRODUCTION: &str = "https://public-api.ibanera.com";

/// Ibanera's address and credentials.
///
/// Every call carries a bearer token, which is given or fetched by logging in,
/// and a one-time code made for that very attempt from the shared secret.
///
/// ```
/// use cards_transport::ibanera::{Ibanera, PRODUCTION};
///
/// let ibanera = Ibanera::new(PRODUCTION.parse()?)
///     .totp_base32("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")?
///     .login("fake-user", "fake-password");
/// assert!(!format!("{ibanera:?}").contains("GEZD"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Ibanera {
    base: BaseUrl,
    token: Option<Secret>,
    login: Option<(String, Secret)>,
    otp: Option<Otp>,
    otp_reuse: OtpReuse,
}

impl Ibanera {
    /// An address. See [`PRODUCTION`].
    pub fn new(base: BaseUrl) -> Self {
        Self {
            base,
            token: None,
            login: None,
            otp: None,
            otp_reuse: OtpReuse::default(),
        }
    }

    /// The bearer token, where you have one.
    #[must_use]
    pub fn token(self, token: impl Into<Secret>) -> Self {
        Self {
            token: Some(token.into()),
            ..self
        }
    }

    /// The principal user who logs in when a token is needed.
    #[must_use]
    pub fn login(self, username: impl Into<String>, password: impl Into<Secret>) -> Self {
        Self {
            login: Some((username.into(), password.into())),
            ..self
        }
    }

    /// The shared secret of the one-time codes, as base32. Spaces, lower case
    /// and padding are accepted.
    ///
    /// # Errors
    ///
    /// The text is not base32.
    pub fn totp_base32(self, secret: impl Into<Secret>) -> Result<Self, ConfigError> {
        Ok(Self {
            otp: Some(Otp::from_base32(&secret.into())?),
            ..self
        })
    }

    /// The shared secret of the one-time codes, as the text itself: one of the
    /// provider's own code samples reads it so.
    #[must_use]
    pub fn totp_text(self, secret: impl Into<Secret>) -> Self {
        Self {
            otp: Some(Otp::from_text(&secret.into())),
            ..self
        }
    }

    /// Whether an attempt after a failed one may carry the same code.
    #[must_use]
    pub fn otp_reuse(self, otp_reuse: OtpReuse) -> Self {
        Self { otp_reuse, ..self }
    }

    /// Reads `CARDS_IBANERA_BASE_URL`, and where they are set
    /// `CARDS_IBANERA_TOKEN`, `CARDS_IBANERA_USERNAME` with
    /// `CARDS_IBANERA_PASSWORD`, and `CARDS_IBANERA_TOTP_SECRET` (base32) or
    /// `CARDS_IBANERA_TOTP_TEXT` (the text itself).
    ///
    /// # Errors
    ///
    /// Names the variable that is missing or wrong.
    pub fn from_vars(var: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let required = |name: &str| var(name).ok_or_else(|| ConfigError::missing(name));
        let base = base_url(
            "CARDS_IBANERA_BASE_URL",
            &required("CARDS_IBANERA_BASE_URL")?,
        )?;
        let mut ibanera = Self::new(base);
        if let Some(token) = var("CARDS_IBANERA_TOKEN") {
            ibanera = ibanera.token(token);
        }
        if let Some(username) = var("CARDS_IBANERA_USERNAME") {
            ibanera = ibanera.login(username, required("CARDS_IBANERA_PASSWORD")?);
        }
        if let Some(secret) = var("CARDS_IBANERA_TOTP_SECRET") {
            ibanera = ibanera
                .totp_base32(secret)
                .map_err(|error| ConfigError::new(format!("CARDS_IBANERA_TOTP_SECRET: {error}")))?;
        } else if let Some(text) = var("CARDS_IBANERA_TOTP_TEXT") {
            ibanera = ibanera.totp_text(text);
        }
        Ok(ibanera)
    }

    fn code(&self, now: SystemTime) -> Result<Secret, ConfigError> {
        let missing = || {
            ConfigError::new(
                "no secret for one-time codes: give Ibanera::totp_base32 or Ibanera::totp_text",
            )
        };
        Ok(self.otp.as_ref().ok_or_else(missing)?.code(now))
    }
}

impl Sealed for Ibanera {}

impl Provider for Ibanera {
    type Login = LoginCall;

    fn standing_token(&self) -> Option<(Secret, Option<Duration>)> {
        Some((self.token.clone()?, None))
    }

    fn login(&self) -> Option<LoginCall> {
        let (username, password) = self.login.as_ref()?;
        Some(LoginCall::new(username, password.clone()))
    }

    fn issued(reply: LoggedIn) -> (Secret, Option<Duration>) {
        let lifetime = reply
            .expires_in
            .and_then(|seconds| u64::try_from(seconds).ok());
        (reply.access_token, lifetime.map(Duration::from_secs))
    }

    fn refusal(body: &[u8]) -> Option<Refusal> {
        let envelope: Envelope<'_> = serde_json::from_slice(body).ok()?;
        envelope.status.is_some().then(|| refused(&envelope))
    }

    fn hold(&self, last_sent: SystemTime, now: SystemTime) -> Duration {
        match self.otp_reuse {
            OtpReuse::Allowed => Duration::ZERO,
            OtpReuse::Never => otp::until_new_code(last_sent, now),
        }
    }
}

/// A read with both credentials.
fn lookup<Q: Query>(
    query: &Q,
    attempt: &Attempt<'_, Ibanera>,
) -> Result<Request<Bytes>, ConfigError> {
    let ibanera = attempt.provider;
    let mut headers = HeaderMap::with_capacity(4);
    headers.insert(header::AUTHORIZATION, bearer(attempt.token)?);
    headers.insert(
        "otp",
        secret_header("otp", ibanera.code(attempt.now)?.expose())?,
    );
    let url = ibanera
        .base
        .join(Q::OPERATION.path, query.path_parameter(), &query.query())?;
    request(Method::GET, &url, headers, Bytes::new())
}

/// The envelope of a success; Ibanera says in the body whether it is one.
fn envelope(body: &[u8]) -> Result<Envelope<'_>, Rejection> {
    let envelope: Envelope<'_> = read_json(body_text(body)?)?;
    match envelope.status {
        Some(_) if envelope.is_success() => Ok(envelope),
        Some(_) => Err(Rejection::Refused(refused(&envelope))),
        None => Err(Rejection::missing("status")),
    }
}

fn customers(body: &[u8]) -> Result<CustomerCardsReply, Rejection> {
    if let Some(reply) = CustomerCardsReply::from_success(body_text(body)?) {
        return Ok(reply);
    }
    // It is no success, or a field is at fault: once more, to learn which.
    let details = envelope(body)?.details_text();
    let body = body_text(body)?;
    if details.starts_with('[') {
        read_part::<Vec<CustomerCards>>("details", body, details)?;
    } else {
        read_part::<CustomerCards>("details", body, details)?;
    }
    Err(Rejection::missing("details"))
}

fn refused(envelope: &Envelope<'_>) -> Refusal {
    let code = envelope
        .errors
        .first()
        .and_then(|error| error.message_code.clone());
    let mut refusal = Refusal::new(code, None);
    refusal.fields = envelope
        .errors
        .iter()
        .map(|error| FieldRefusal {
            field: error.field_name.clone().unwrap_or_default(),
            error: error.message_code.clone().unwrap_or_default(),
        })
        .collect();
    refusal
}
