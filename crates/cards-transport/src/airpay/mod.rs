//! Airpay: signed form posts.

pub(crate) mod about;
mod reconcile;
mod reply;

pub use reconcile::LoginWorks;
pub(crate) use reply::{acknowledged, data, data_if_any, issued, part};

use std::marker::PhantomData;
use std::time::Duration;

use bytes::Bytes;
use cards_model::airpay::{LoggedIn, UserLogin};
use cards_model::{Form, Secret, UtcOffset};
use cards_sign::{Order, Recipe};
use http::{HeaderMap, HeaderName, Request, header};

use crate::authorization::{self, secret_header};
use crate::base_url::{BaseUrl, base_url};
use crate::call::{Attempt, Call, Provider, Sealed, Way};
use crate::cause::ConfigError;
use crate::encode::encode_form;
use crate::refusal::Said;
use crate::request::{FORM, address, request};
use crate::shown::Frame;
use crate::token_source::TokenSource;
use crate::unreadable::Unreadable;
use crate::vars::word;

/// The address of the documents' request examples.
pub const PRODUCTION: &str = "https://kraken.airpay.co.in";

/// Airpay's address, credentials and field order.
///
/// The secret key signs every call. Registering, logging in, asking for a new
/// password and for a one-time password take the affiliate's keys; all other
/// calls take a token, which is given or fetched by logging a customer in
/// (`user-login`) and renewed when its 30 minutes are over.
///
/// ```
/// use cards_transport::airpay::{Airpay, PRODUCTION};
/// use cards_transport::sign::Order;
///
/// let airpay = Airpay::new(PRODUCTION.parse()?, "fake-secret-key")
///     .keys("fake-affiliate", "fake-processor-key")
///     .token("fake-token")
///     .order(Order::Table);
/// assert!(!format!("{airpay:?}").contains("fake-"));
/// # Ok::<(), cards_transport::BaseUrlError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Airpay {
    base: BaseUrl,
    secret_key: Secret,
    keys: Option<(Secret, Secret)>,
    token: Option<Secret>,
    login: Option<UserLogin>,
    token_base: Option<BaseUrl>,
    token_source: Option<TokenSource>,
    recipe: Recipe,
    utc_offset: UtcOffset,
    generate_otp_path: Option<String>,
}

impl Airpay {
    /// An address and the key that signs. See [`PRODUCTION`].
    pub fn new(base: BaseUrl, secret_key: impl Into<Secret>) -> Self {
        Self {
            base,
            secret_key: secret_key.into(),
            keys: None,
            token: None,
            login: None,
            token_base: None,
            token_source: None,
            recipe: Recipe::default(),
            utc_offset: UtcOffset::INDIA,
            generate_otp_path: None,
        }
    }

    /// The `affiliate` and `processor-key` headers.
    #[must_use]
    pub fn keys(self, affiliate: impl Into<Secret>, processor_key: impl Into<Secret>) -> Self {
        Self {
            keys: Some((affiliate.into(), processor_key.into())),
            ..self
        }
    }

    /// The `token` header, where you have one. With [`login`](Self::login) too,
    /// it is replaced 30 minutes after the client is made.
    #[must_use]
    pub fn token(self, token: impl Into<Secret>) -> Self {
        Self {
            token: Some(token.into()),
            ..self
        }
    }

    /// The customer to log in with when a token is needed.
    #[must_use]
    pub fn login(self, mobile_no: &str, password: impl Into<Secret>) -> Self {
        let login = UserLogin {
            mobile_no: mobile_no.into(),
            password: password.into(),
        };
        Self {
            login: Some(login),
            ..self
        }
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

    /// The order in which fields are sent and signed, both.
    #[must_use]
    pub fn order(self, order: Order) -> Self {
        self.recipe(order)
    }

    /// The way to sign, where a provider's answer turns out to be another than the documents state: a separator, the
    /// secret first, and the like. Fields are sent in its order too.
    ///
    /// ```
    /// use cards_transport::airpay::{Airpay, PRODUCTION};
    /// use cards_transport::sign::Recipe;
    ///
    /// let recipe: Recipe = "example,joint=|,secret=first".parse()?;
    /// let airpay = Airpay::new(PRODUCTION.parse()?, "fake-secret-key").recipe(recipe);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn recipe(self, recipe: impl Into<Recipe>) -> Self {
        Self {
            recipe: recipe.into(),
            ..self
        }
    }

    /// The zone whose day is "today" for dates of birth and expiries; India's,
    /// `+05:30`, where nothing is said.
    #[must_use]
    pub fn utc_offset(self, utc_offset: UtcOffset) -> Self {
        Self { utc_offset, ..self }
    }

    /// The path of [`GenerateOtp`](cards_model::airpay::GenerateOtp), of which no public page tells
    /// one: `/airpay/ms/cards/api/generate-otp` at the sandbox. Without it that call is not sent.
    ///
    /// ```
    /// use cards_transport::airpay::{Airpay, PRODUCTION};
    /// use cards_transport::model::airpay::GenerateOtp;
    /// use cards_transport::{blocking::Client, http};
    ///
    /// let canned = |request: http::Request<_>, _limits| {
    ///     assert_eq!(request.uri().path(), "/otp/send");
    ///     let body = r#"{"status":200,"message":"success","data":[]}"#;
    ///     Ok(http::Response::new(body.into()))
    /// };
    /// let airpay = Airpay::new(PRODUCTION.parse()?, "fake-secret-key").keys("a", "b");
    /// let otp = GenerateOtp::new("9000000777");
    /// let unset = Client::new(airpay.clone(), canned).send(&otp).unwrap_err();
    /// assert!(unset.to_string().contains("CARDS_AIRPAY_GENERATE_OTP_PATH"));
    /// Client::new(airpay.generate_otp_path("/otp/send"), canned).send(&otp)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn generate_otp_path(self, path: impl Into<String>) -> Self {
        Self {
            generate_otp_path: Some(path.into()),
            ..self
        }
    }

    /// Reads `CARDS_AIRPAY_BASE_URL`, `CARDS_AIRPAY_SECRET_KEY`, and where they
    /// are set `CARDS_AIRPAY_TOKEN_BASE_URL`, `CARDS_AIRPAY_AFFILIATE` with
    /// `CARDS_AIRPAY_PROCESSOR_KEY`,
    /// `CARDS_AIRPAY_TOKEN`, `CARDS_AIRPAY_MOBILE_NO` with
    /// `CARDS_AIRPAY_PASSWORD`, `CARDS_AIRPAY_ORDER` (an order or a
    /// [`Recipe`]), `CARDS_AIRPAY_UTC_OFFSET` and `CARDS_AIRPAY_GENERATE_OTP_PATH`.
    ///
    /// # Errors
    ///
    /// Names the variable that is missing or wrong.
    pub fn from_vars(var: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let required = |name: &str| var(name).ok_or_else(|| ConfigError::missing(name));
        let credential = |name: &str| authorization::from_var(name, required(name)?);
        let filled = |name: &str| authorization::filled_var(name, required(name)?);
        let base = base_url(
            "CARDS_AIRPAY_BASE_URL",
            &required("CARDS_AIRPAY_BASE_URL")?,
            PRODUCTION,
        )?;
        let mut airpay = Self::new(base, filled("CARDS_AIRPAY_SECRET_KEY")?);
        if let Some(url) = word(&var, "CARDS_AIRPAY_TOKEN_BASE_URL") {
            airpay = airpay.token_base(base_url("CARDS_AIRPAY_TOKEN_BASE_URL", &url, PRODUCTION)?);
        }
        if var("CARDS_AIRPAY_AFFILIATE").is_some() {
            let affiliate = credential("CARDS_AIRPAY_AFFILIATE")?;
            airpay = airpay.keys(affiliate, credential("CARDS_AIRPAY_PROCESSOR_KEY")?);
        }
        if var("CARDS_AIRPAY_TOKEN").is_some() {
            airpay = airpay.token(credential("CARDS_AIRPAY_TOKEN")?);
        }
        if var("CARDS_AIRPAY_MOBILE_NO").is_some() {
            let mobile_no = filled("CARDS_AIRPAY_MOBILE_NO")?;
            airpay = airpay.login(&mobile_no, filled("CARDS_AIRPAY_PASSWORD")?);
        }
        if let Some(recipe) = word(&var, "CARDS_AIRPAY_ORDER") {
            let recipe = recipe.parse::<Recipe>();
            airpay = airpay.recipe(
                recipe.map_err(|error| ConfigError::new(format!("CARDS_AIRPAY_ORDER: {error}")))?,
            );
        }
        if let Some(offset) = word(&var, "CARDS_AIRPAY_UTC_OFFSET") {
            let offset = offset.parse::<UtcOffset>();
            airpay =
                airpay.utc_offset(offset.map_err(|error| {
                    ConfigError::new(format!("CARDS_AIRPAY_UTC_OFFSET: {error}"))
                })?);
        }
        if let Some(path) = word(&var, GENERATE_OTP_PATH) {
            let joined = airpay.base.join_set(&path);
            joined.map_err(|error| error.of(GENERATE_OTP_PATH))?;
            airpay = airpay.generate_otp_path(path);
        }
        Ok(airpay)
    }
}

impl Sealed for Airpay {}

impl Provider for Airpay {
    type Login = UserLogin;

    const PREFIX: &'static str = "CARDS_AIRPAY";

    const FRAME: Frame = Frame {
        payload: Some("data"),
        of_reply: None,
        beside: &["status", "message"],
        // In the tables of card-details and card-balance, and in their samples.
        spellings: &[
            ("expity", "expiry_date"),
            ("ALLOCATED", "A"),
            ("LOCKED", "L"),
            ("BLOCKED", "B"),
            ("PHYSICAL", "P"),
            ("VIRTUAL", "V"),
            ("entityId", "entity_id"),
            ("productId", "product_id"),
        ],
    };

    const PRODUCTION: &'static str = PRODUCTION;

    const TOKEN_LIFETIME: Option<Duration> = Some(LIFETIME);

    fn from_vars(var: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        Self::from_vars(var)
    }

    fn utc_offset(&self) -> UtcOffset {
        self.utc_offset
    }

    /// Airpay documents one refusal, 400 and "fail", for an expired token as for
    /// anything else: where there is a login or a source to replace the token, it is
    /// replaced by the clock.
    fn standing_token(&self) -> Option<(Secret, Option<Duration>)> {
        let can_renew = self.login.is_some() || self.token_source.is_some();
        Some((self.token.clone()?, can_renew.then_some(LIFETIME)))
    }

    fn address(&self, is_login: bool) -> &BaseUrl {
        let token_base = self.token_base.as_ref().filter(|_| is_login);
        token_base.unwrap_or(&self.base)
    }

    fn token_source(&self) -> Option<&TokenSource> {
        self.token_source.as_ref()
    }

    fn login(&self) -> Option<UserLogin> {
        self.login.clone()
    }

    fn check_login(login: &UserLogin) -> Result<(), ConfigError> {
        authorization::check_filled("the mobile number", login.mobile_no.expose())?;
        authorization::check_filled("the password", login.password.expose())
    }

    fn issued(reply: LoggedIn) -> (Secret, Option<Duration>) {
        (reply.token, Some(LIFETIME))
    }

    fn said(body: &[u8]) -> Said {
        match reply::success(body) {
            Ok(_) => Said::Yes,
            Err(Unreadable::Refused(refusal)) => Said::No(*refusal),
            Err(Unreadable::Malformed(_)) => Said::Nothing,
        }
    }

    /// The secret key signs every call. One without the token carries the keys.
    fn check_credentials(&self, needs_token: bool) -> Result<(), ConfigError> {
        authorization::check_filled("the secret key", self.secret_key.expose())?;
        match &self.keys {
            _ if needs_token => authorization::check_token(self.token.as_ref()),
            Some((affiliate, processor_key)) => {
                authorization::check("the affiliate", affiliate.expose())?;
                authorization::check("the processor key", processor_key.expose())
            }
            None => Ok(()),
        }
    }
}

/// The variable of [`Airpay::generate_otp_path`].
const GENERATE_OTP_PATH: &str = "CARDS_AIRPAY_GENERATE_OTP_PATH";

/// The lifetime of a token.
const LIFETIME: Duration = Duration::from_secs(LoggedIn::LIFETIME_SECONDS);

/// The headers' names, which are not read anew for each call.
const AFFILIATE: HeaderName = HeaderName::from_static("affiliate");
const PROCESSOR_KEY: HeaderName = HeaderName::from_static("processor-key");
const TOKEN: HeaderName = HeaderName::from_static("token");
const CHECKSUM: HeaderName = HeaderName::from_static("checksum");

/// Puts a form's fields in order, signs them and encodes the same list; `A`
/// identifies the caller.
pub(crate) struct Signed<A>(PhantomData<A>);

/// The headers that identify the caller.
pub(crate) trait Access {
    const NEEDS_TOKEN: bool;

    fn identify(headers: &mut HeaderMap, attempt: &Attempt<'_, Airpay>) -> Result<(), ConfigError>;
}

/// Access by `affiliate` and `processor-key`.
pub(crate) struct Keys;

impl Access for Keys {
    const NEEDS_TOKEN: bool = false;

    fn identify(headers: &mut HeaderMap, attempt: &Attempt<'_, Airpay>) -> Result<(), ConfigError> {
        let (affiliate, processor_key) = attempt.provider.keys.as_ref().ok_or_else(|| {
            ConfigError::new("no affiliate and processor key, which this call carries")
        })?;
        headers.insert(AFFILIATE, secret_header("affiliate", affiliate.expose())?);
        let processor_key = secret_header("processor-key", processor_key.expose())?;
        headers.insert(PROCESSOR_KEY, processor_key);
        Ok(())
    }
}

/// Access by `token`.
pub(crate) struct Token;

impl Access for Token {
    const NEEDS_TOKEN: bool = true;

    fn identify(headers: &mut HeaderMap, attempt: &Attempt<'_, Airpay>) -> Result<(), ConfigError> {
        let token = attempt
            .token
            .ok_or_else(|| ConfigError::new("no token, and no login to get one"))?;
        headers.insert(TOKEN, secret_header("token", token.expose())?);
        Ok(())
    }
}

impl<C: Call<Provider = Airpay> + Form, A: Access> Way<C> for Signed<A> {
    const NEEDS_TOKEN: bool = A::NEEDS_TOKEN;

    fn request(form: &C, attempt: &Attempt<'_, Airpay>) -> Result<Request<Bytes>, ConfigError> {
        let airpay = attempt.provider;
        let operation = C::operation();
        let mut fields = form.fields();
        airpay.recipe.arrange(&mut fields, operation.example_order);
        let checksum = airpay
            .recipe
            .sign(&fields, airpay.secret_key.expose().as_bytes());

        let mut headers = HeaderMap::with_capacity(8);
        A::identify(&mut headers, attempt)?;
        headers.insert(CHECKSUM, secret_header("checksum", &checksum)?);
        headers.insert(header::CONTENT_TYPE, FORM);
        let url = address(form, airpay.address(C::is_login()))?;
        let body = encode_form(&fields).into();
        Ok(request(operation.method, url, headers, body))
    }
}

/// Signs as [`Signed`] does, to the path that is set for Generate OTP: it is the one call whose path
/// no document tells.
pub(crate) struct AtSetPath<A>(PhantomData<A>);

impl<C: Call<Provider = Airpay> + Form, A: Access> Way<C> for AtSetPath<A> {
    const NEEDS_TOKEN: bool = A::NEEDS_TOKEN;
    const PATH_VARIABLE: Option<&'static str> = Some(GENERATE_OTP_PATH);

    fn request(form: &C, attempt: &Attempt<'_, Airpay>) -> Result<Request<Bytes>, ConfigError> {
        let airpay = attempt.provider;
        let path = airpay.generate_otp_path.as_deref().ok_or_else(|| {
            ConfigError::new(format!(
                "no document tells the path of {}: set it with {GENERATE_OTP_PATH}",
                C::operation().name,
            ))
        })?;
        let uri = airpay.address(C::is_login()).join_set(path)?;
        let mut request = Signed::<A>::request(form, attempt)?;
        *request.uri_mut() = uri;
        Ok(request)
    }
}
