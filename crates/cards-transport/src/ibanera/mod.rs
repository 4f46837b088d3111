//! Ibanera: JSON over a bearer token and a one-time code.

pub(crate) mod about;
mod credentials;
mod login;
mod pages;
mod reconcile;
mod reply;
mod scheme;
mod webhook;

pub use credentials::LoginCall;
pub(crate) use reply::{created_card, customer_card, customers, paid_in, review, uploaded};
pub use scheme::AuthorizationScheme;
pub use webhook::HashReading;

pub use crate::codes::{CodeUse, OneTimeCodes, OtpAlgorithm, OtpMemory, OtpReuse};

use std::time::Duration;

use bytes::Bytes;
use cards_model::ibanera::LoggedIn;
use cards_model::{self as model, Effect, Personal, Secret};
use http::{HeaderMap, Request, StatusCode, header};

use crate::authorization::{self, bare, bearer, secret_header};
use crate::base_url::{BaseUrl, base_url};
use crate::call::{Attempt, Call, Provider, Sealed, Way};
use crate::cause::ConfigError;
use crate::refusal::{FieldRefusal, Refusal, Said};
use crate::request::with_file_part;
use crate::shown::Frame;
use crate::token_source::TokenSource;
use crate::unreadable::Unreadable;
use crate::vars::word;

/// The host of the documents' request example.
pub const PRODUCTION: &str = "https://public-api.ibanera.com";

/// Ibanera's address and credentials.
///
/// Every call carries a bearer token, which is given or fetched by logging in,
/// and a one-time code made from the shared secret. The codes belong to the
/// session: see [`OtpReuse`] for which of them goes out when.
///
/// ```
/// use cards_transport::ibanera::{Ibanera, PRODUCTION};
///
/// let ibanera = Ibanera::new(PRODUCTION.parse()?)
///     .totp_base32("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")?
///     .login("fake-user", "fake-password");
/// let shown = format!("{ibanera:?}");
/// assert!(!shown.contains("GEZD") && !shown.contains("fake-"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Ibanera {
    base: BaseUrl,
    token: Option<Secret>,
    login: Option<(Personal, Secret)>,
    codes: Option<OneTimeCodes>,
    otp_reuse: OtpReuse,
    scheme: AuthorizationScheme,
    token_base: Option<BaseUrl>,
    token_source: Option<TokenSource>,
    file_part: Option<String>,
}

impl Ibanera {
    /// An address. See [`PRODUCTION`].
    pub fn new(base: BaseUrl) -> Self {
        Self {
            base,
            token: None,
            login: None,
            codes: None,
            otp_reuse: OtpReuse::default(),
            scheme: AuthorizationScheme::default(),
            token_base: None,
            token_source: None,
            file_part: None,
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
    pub fn login(self, username: impl Into<Personal>, password: impl Into<Secret>) -> Self {
        Self {
            login: Some((username.into(), password.into())),
            ..self
        }
    }

    /// Sets how the token stands in `Authorization`. See [`AuthorizationScheme`].
    #[must_use]
    pub fn authorization(self, scheme: AuthorizationScheme) -> Self {
        Self { scheme, ..self }
    }

    /// Takes tokens from a source of your own, in place of logging in. See
    /// [`TokenSource`].
    #[must_use]
    pub fn token_source(self, source: TokenSource) -> Self {
        Self {
            token_source: Some(source),
            ..self
        }
    }

    /// The address to log in at, where it is another than that of the calls.
    #[must_use]
    pub fn token_base(self, token_base: BaseUrl) -> Self {
        Self {
            token_base: Some(token_base),
            ..self
        }
    }

    /// The name of the part that holds the file of an upload, in place of `file`, which
    /// is an assumption: the page was not seen to its end.
    ///
    /// ```
    /// use cards_transport::ibanera::{Ibanera, PRODUCTION};
    ///
    /// let ibanera = Ibanera::new(PRODUCTION.parse()?).file_part("document");
    /// # Ok::<(), cards_transport::BaseUrlError>(())
    /// ```
    #[must_use]
    pub fn file_part(self, name: impl Into<String>) -> Self {
        Self {
            file_part: Some(name.into()),
            ..self
        }
    }

    /// The shared secret of the one-time codes, as base32. Spaces, lower case
    /// and padding are accepted.
    ///
    /// # Errors
    ///
    /// The text is not base32, or empty.
    pub fn totp_base32(self, secret: impl Into<Secret>) -> Result<Self, ConfigError> {
        Ok(self.one_time_codes(OneTimeCodes::base32(secret)?))
    }

    /// The shared secret of the one-time codes, as the text itself: one of the
    /// provider's own code samples reads it so.
    ///
    /// # Errors
    ///
    /// The text is empty.
    pub fn totp_text(self, secret: impl Into<Secret>) -> Result<Self, ConfigError> {
        Ok(self.one_time_codes(OneTimeCodes::text(secret)?))
    }

    /// Sets one-time codes of other parameters, or of your own.
    ///
    /// ```
    /// use cards_transport::ibanera::{Ibanera, OneTimeCodes, PRODUCTION};
    ///
    /// // Read off a device, for this call and those of the next seconds.
    /// let ibanera = Ibanera::new(PRODUCTION.parse()?).one_time_codes(OneTimeCodes::fixed("123456"));
    /// # Ok::<(), cards_transport::BaseUrlError>(())
    /// ```
    #[must_use]
    pub fn one_time_codes(self, codes: OneTimeCodes) -> Self {
        Self {
            codes: Some(codes),
            ..self
        }
    }

    /// Tells whether a code may go out twice. [`Settings`](crate::Settings) can say otherwise.
    #[must_use]
    pub fn otp_reuse(self, otp_reuse: OtpReuse) -> Self {
        Self { otp_reuse, ..self }
    }

    /// Reads `CARDS_IBANERA_BASE_URL`, and where they are set
    /// `CARDS_IBANERA_TOKEN_BASE_URL`, `CARDS_IBANERA_AUTHORIZATION` (`bearer`,
    /// `bare`), `CARDS_IBANERA_TOKEN`, `CARDS_IBANERA_USERNAME` with
    /// `CARDS_IBANERA_PASSWORD`, and for the one-time codes
    /// `CARDS_IBANERA_OTP` (one code), or `CARDS_IBANERA_TOTP_SECRET` (base32)
    /// or `CARDS_IBANERA_TOTP_TEXT` (the text itself) with
    /// `CARDS_IBANERA_TOTP_DIGITS` (6 to 8), `CARDS_IBANERA_TOTP_STEP`
    /// (seconds), `CARDS_IBANERA_TOTP_ALGORITHM` (`sha1`, `sha256`, `sha512`);
    /// `CARDS_IBANERA_OTP_REUSE` (`learn`, `allowed`, `never`); and
    /// `CARDS_IBANERA_FILE_PART`, the name of the part of an upload that holds the file.
    ///
    /// # Errors
    ///
    /// Names the variable that is missing or wrong.
    pub fn from_vars(var: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let required = |name: &str| var(name).ok_or_else(|| ConfigError::missing(name));
        let base = base_url(
            "CARDS_IBANERA_BASE_URL",
            &required("CARDS_IBANERA_BASE_URL")?,
            PRODUCTION,
        )?;
        let mut ibanera = Self::new(base);
        if let Some(url) = word(&var, "CARDS_IBANERA_TOKEN_BASE_URL") {
            ibanera =
                ibanera.token_base(base_url("CARDS_IBANERA_TOKEN_BASE_URL", &url, PRODUCTION)?);
        }
        if let Some(scheme) = word(&var, "CARDS_IBANERA_AUTHORIZATION") {
            let scheme = scheme.parse::<AuthorizationScheme>();
            ibanera =
                ibanera.authorization(scheme.map_err(|e| e.of("CARDS_IBANERA_AUTHORIZATION"))?);
        }
        if let Some(token) = var("CARDS_IBANERA_TOKEN") {
            ibanera = ibanera.token(authorization::from_var("CARDS_IBANERA_TOKEN", token)?);
        }
        if var("CARDS_IBANERA_USERNAME").is_some() {
            let filled = |name: &str| authorization::filled_var(name, required(name)?);
            let username = filled("CARDS_IBANERA_USERNAME")?;
            ibanera = ibanera.login(username, filled("CARDS_IBANERA_PASSWORD")?);
        }
        if let Some(codes) = codes_from_vars(&var)? {
            ibanera = ibanera.one_time_codes(codes);
        }
        if let Some(reuse) = word(&var, "CARDS_IBANERA_OTP_REUSE") {
            let reuse = reuse.parse::<OtpReuse>();
            ibanera = ibanera.otp_reuse(reuse.map_err(|e| e.of("CARDS_IBANERA_OTP_REUSE"))?);
        }
        if let Some(name) = var("CARDS_IBANERA_FILE_PART") {
            ibanera = ibanera.file_part(name);
        }
        Ok(ibanera)
    }
}

/// The one-time codes that variables describe. `None`: none does.
fn codes_from_vars(
    var: &impl Fn(&str) -> Option<String>,
) -> Result<Option<OneTimeCodes>, ConfigError> {
    if let Some(code) = var("CARDS_IBANERA_OTP") {
        let code = authorization::from_var("CARDS_IBANERA_OTP", code)?;
        return Ok(Some(OneTimeCodes::fixed(code)));
    }
    let mut codes = if let Some(secret) = var("CARDS_IBANERA_TOTP_SECRET") {
        OneTimeCodes::base32(secret).map_err(|e| e.of("CARDS_IBANERA_TOTP_SECRET"))?
    } else if let Some(text) = var("CARDS_IBANERA_TOTP_TEXT") {
        OneTimeCodes::text(text).map_err(|e| e.of("CARDS_IBANERA_TOTP_TEXT"))?
    } else {
        return Ok(None);
    };
    if let Some(digits) = word(var, "CARDS_IBANERA_TOTP_DIGITS") {
        // Any other text is no number of digits.
        let digits = digits.parse().unwrap_or(0);
        codes = codes
            .digits(digits)
            .map_err(|e| e.of("CARDS_IBANERA_TOTP_DIGITS"))?;
    }
    if let Some(step) = word(var, "CARDS_IBANERA_TOTP_STEP") {
        let step = Duration::from_secs(step.parse().unwrap_or(0));
        codes = codes
            .step(step)
            .map_err(|e| e.of("CARDS_IBANERA_TOTP_STEP"))?;
    }
    if let Some(algorithm) = word(var, "CARDS_IBANERA_TOTP_ALGORITHM") {
        let algorithm = algorithm.parse::<OtpAlgorithm>();
        codes = codes.algorithm(algorithm.map_err(|e| e.of("CARDS_IBANERA_TOTP_ALGORITHM"))?);
    }
    Ok(Some(codes))
}

impl Sealed for Ibanera {}

impl Provider for Ibanera {
    type Login = LoginCall;

    const PREFIX: &'static str = "CARDS_IBANERA";

    const FRAME: Frame = Frame {
        payload: Some("details"),
        of_reply: Some("details"),
        beside: &[
            "status",
            "errors",
            "id",
            "pageSize",
            "pageNumber",
            "numberOfPages",
        ],
        // In the older copy of the page of balances, and in the newer one.
        spellings: &[
            ("CustomersReference", "customersReference"),
            ("CardHolderName", "cardHolderName"),
            ("CardLast4", "cardLast4"),
            ("CustomersID", "customersID"),
        ],
    };

    const PRODUCTION: &'static str = PRODUCTION;

    fn from_vars(var: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        Self::from_vars(var)
    }

    fn standing_token(&self) -> Option<(Secret, Option<Duration>)> {
        Some((self.token.clone()?, None))
    }

    fn address(&self, is_login: bool) -> &BaseUrl {
        let token_base = self.token_base.as_ref().filter(|_| is_login);
        token_base.unwrap_or(&self.base)
    }

    fn token_source(&self) -> Option<&TokenSource> {
        self.token_source.as_ref()
    }

    fn login(&self) -> Option<LoginCall> {
        let (username, password) = self.login.as_ref()?;
        Some(LoginCall::new(username.clone(), password.clone()))
    }

    fn check_login(login: &LoginCall) -> Result<(), ConfigError> {
        authorization::check_filled("the username", login.username.expose())?;
        authorization::check_filled("the password", login.password.expose())
    }

    fn issued(reply: LoggedIn) -> (Secret, Option<Duration>) {
        let lifetime = reply
            .expires_in
            .and_then(|seconds| u64::try_from(seconds).ok());
        (reply.access_token, lifetime.map(Duration::from_secs))
    }

    fn said(body: &[u8]) -> Said {
        match reply::envelope(body) {
            Ok(_) => Said::Yes,
            Err(Unreadable::Refused(refusal)) => Said::No(*refusal),
            Err(Unreadable::Malformed(_)) => Said::Nothing,
        }
    }

    fn check_credentials(&self, needs_token: bool) -> Result<(), ConfigError> {
        authorization::check_token(self.token.as_ref().filter(|_| needs_token))
    }

    fn codes(&self) -> Option<(&OneTimeCodes, OtpReuse)> {
        Some((self.codes.as_ref()?, self.otp_reuse))
    }

    /// Ibanera has no code of its own for a one-time password that it does not
    /// take: any refusal of the caller may mean it, but for those that name
    /// another reason or another field, in the body or by their status. That of a change means it
    /// only where it names the field, or by 401 no other: a second attempt would be another change.
    fn doubts_code(effect: Effect, status: StatusCode, refusal: Option<&Refusal>) -> bool {
        const OTHER_REASONS: [&str; 4] = [
            "Account_Locked",
            "Account_Suppressed",
            "Account_Not_Verified",
            "Required",
        ];
        #[rustfmt::skip]
        const CALLERS: [&str; 6] = ["", "otp", "username", "password", "authorization", "request"];
        let Some(refusal) = refusal else {
            return status == StatusCode::UNAUTHORIZED;
        };
        let is_of = |all: &[&str], text: &str| all.iter().any(|one| one.eq_ignore_ascii_case(text));
        let is_elsewhere = |field: &FieldRefusal| {
            is_of(&OTHER_REASONS, &field.error) || !is_of(&CALLERS, &field.field)
        };
        // Found nowhere, too slow, too large, too many: a fresh code changes none of it.
        let is_other_status = matches!(status.as_u16(), 404..=406 | 408 | 410..=417 | 426..=431);
        let is_refused = status.is_success() || status.is_client_error() && !is_other_status;
        let names_code = |field: &FieldRefusal| field.field.eq_ignore_ascii_case("otp");
        let is_told = effect == Effect::Read
            || status == StatusCode::UNAUTHORIZED
            || refusal.fields.iter().any(names_code);
        is_refused && is_told && !refusal.fields.iter().any(is_elsewhere)
    }
}

/// Carries the token and a one-time code beside the call's fields.
pub(crate) struct BearerAndCode;

impl<C: Call<Provider = Ibanera> + model::Request> Way<C> for BearerAndCode {
    const NEEDS_TOKEN: bool = true;
    const NEEDS_CODE: bool = true;

    fn request(call: &C, attempt: &Attempt<'_, Ibanera>) -> Result<Request<Bytes>, ConfigError> {
        let mut headers = HeaderMap::with_capacity(4);
        let authorization = match attempt.provider.scheme {
            AuthorizationScheme::Bearer => bearer(attempt.token)?,
            AuthorizationScheme::Bare => bare(attempt.token)?,
        };
        headers.insert(header::AUTHORIZATION, authorization);
        headers.insert("otp", secret_header("otp", code(attempt)?.expose())?);
        let Ibanera {
            base, file_part, ..
        } = attempt.provider;
        with_file_part(call, base, headers, file_part.as_deref())
    }
}

/// The one-time code of an attempt.
fn code<'a>(attempt: &Attempt<'a, Ibanera>) -> Result<&'a Secret, ConfigError> {
    let code = attempt.code;
    let code = code.ok_or_else(|| ConfigError::new("no one-time code"))?;
    // A code of the caller's own was not seen before.
    authorization::check("otp", code.expose())?;
    Ok(code)
}
