//! Paysafe Embedded Wallets: JSON over a bearer token.

pub(crate) mod about;
mod access_token;
mod credentials;
mod list_prepaid_cards;
mod reconcile;
mod signature;
mod webhook;

pub use cards_sign::SignatureKey;
pub use credentials::IssueAccessToken;
pub use signature::SignatureScope;

use std::time::Duration;

use bytes::Bytes;
use cards_model::paysafe::{AccessToken, Card, ErrorBodies, ErrorDetails};
use cards_model::{self as model, Secret};
use http::{HeaderMap, Request, header};
use memchr::memmem;
use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::authorization::{self, bearer};
use crate::base_url::{BaseUrl, base_url};
use crate::body::{is_blank, unmarked};
use crate::call::{Attempt, Call, Provider, Sealed, Way};
use crate::cause::ConfigError;
use crate::json::{Object, body_text, is_object, read_object};
use crate::refusal::{FieldRefusal, Meaning, Refusal, Said};
use crate::request::from_fields;
use crate::token_source::TokenSource;
use crate::unreadable::Unreadable;
use crate::vars::word;

/// Production. That the documented path sits under this prefix is inferred from
/// the token call and the consumer calls.
pub const PRODUCTION: &str = "https://api.paysafe.com/digitalwallets/v1";

/// The provider's test system, under the same inferred prefix.
pub const SANDBOX: &str = "https://sandbox.paysafe.com/digitalwallets/v1";

/// Paysafe's address and credentials: a token, or the client credentials that
/// fetch one and renew it before it expires.
///
/// ```
/// use cards_transport::paysafe::{Paysafe, SANDBOX};
///
/// let paysafe = Paysafe::new(SANDBOX.parse()?)
///     .client("fake-brand", "fake-client", "fake-client-secret");
/// assert!(!format!("{paysafe:?}").contains("fake-client"));
/// # Ok::<(), cards_transport::BaseUrlError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Paysafe {
    base: BaseUrl,
    token: Option<Secret>,
    client: Option<IssueAccessToken>,
    token_base: Option<BaseUrl>,
    token_source: Option<TokenSource>,
    signature_key: Option<SignatureKey>,
    signature_scope: SignatureScope,
}

impl Paysafe {
    /// An address, with its prefix. See [`PRODUCTION`] and [`SANDBOX`].
    ///
    /// No page shows the prefix of the card calls. Assumption: it is that of the token call; others
    /// call them below `/v2`, and with [`token_base`](Self::token_base) either goes with any.
    ///
    /// ```
    /// use cards_transport::paysafe::{PRODUCTION, Paysafe};
    ///
    /// let paysafe = Paysafe::new("https://api.paysafe.com/v2".parse()?)
    ///     .token_base(PRODUCTION.parse()?);
    /// # Ok::<(), cards_transport::BaseUrlError>(())
    /// ```
    pub fn new(base: BaseUrl) -> Self {
        Self {
            base,
            token: None,
            client: None,
            token_base: None,
            token_source: None,
            signature_key: None,
            signature_scope: SignatureScope::default(),
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

    /// The brand and the client credentials that fetch a token.
    #[must_use]
    pub fn client(
        self,
        brand: impl Into<String>,
        client_id: impl Into<Secret>,
        client_secret: impl Into<Secret>,
    ) -> Self {
        let client = IssueAccessToken::new(brand, client_id, client_secret);
        Self {
            client: Some(client),
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

    /// The address that tokens are asked for at, with its prefix, where it is
    /// another than that of the cards.
    ///
    /// ```
    /// use cards_transport::paysafe::{Paysafe, SANDBOX};
    ///
    /// let paysafe = Paysafe::new("http://127.0.0.1:8484".parse()?).token_base(SANDBOX.parse()?);
    /// # Ok::<(), cards_transport::BaseUrlError>(())
    /// ```
    #[must_use]
    pub fn token_base(self, token_base: BaseUrl) -> Self {
        Self {
            token_base: Some(token_base),
            ..self
        }
    }

    /// The key that bodies are signed with, in the header `Signature` beside the token. Which calls
    /// need it is not known for cards; those that do not should pass it over.
    ///
    /// ```
    /// use cards_transport::paysafe::{Paysafe, SANDBOX};
    ///
    /// let paysafe = Paysafe::new(SANDBOX.parse()?).signature_key("ZmFrZS1rZXk=".parse()?);
    /// assert!(!format!("{paysafe:?}").contains("Zm"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn signature_key(self, key: SignatureKey) -> Self {
        Self {
            signature_key: Some(key),
            ..self
        }
    }

    /// Sets which requests are signed where there is a key. See [`SignatureScope`].
    #[must_use]
    pub fn signature_scope(self, signature_scope: SignatureScope) -> Self {
        Self {
            signature_scope,
            ..self
        }
    }

    /// Reads `CARDS_PAYSAFE_BASE_URL`, and where they are set
    /// `CARDS_PAYSAFE_TOKEN_BASE_URL`, `CARDS_PAYSAFE_TOKEN`, and `CARDS_PAYSAFE_BRAND` with
    /// `CARDS_PAYSAFE_CLIENT_ID` and `CARDS_PAYSAFE_CLIENT_SECRET`,
    /// `CARDS_PAYSAFE_SIGNATURE_KEY` (base64) and `CARDS_PAYSAFE_SIGNATURE_SCOPE` (`bodies` or
    /// `bodies-and-paths`).
    ///
    /// # Errors
    ///
    /// Names the variable that is missing or wrong.
    pub fn from_vars(var: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let required = |name: &str| var(name).ok_or_else(|| ConfigError::missing(name));
        let base = base_url(
            "CARDS_PAYSAFE_BASE_URL",
            &required("CARDS_PAYSAFE_BASE_URL")?,
            PRODUCTION,
        )?;
        let mut paysafe = Self::new(base);
        if let Some(url) = word(&var, "CARDS_PAYSAFE_TOKEN_BASE_URL") {
            paysafe =
                paysafe.token_base(base_url("CARDS_PAYSAFE_TOKEN_BASE_URL", &url, PRODUCTION)?);
        }
        if let Some(token) = var("CARDS_PAYSAFE_TOKEN") {
            paysafe = paysafe.token(authorization::from_var("CARDS_PAYSAFE_TOKEN", token)?);
        }
        if var("CARDS_PAYSAFE_BRAND").is_some() {
            let filled = |name: &str| authorization::filled_var(name, required(name)?);
            let brand = filled("CARDS_PAYSAFE_BRAND")?;
            let client_id = filled("CARDS_PAYSAFE_CLIENT_ID")?;
            paysafe = paysafe.client(brand, client_id, filled("CARDS_PAYSAFE_CLIENT_SECRET")?);
        }
        const KEY: &str = "CARDS_PAYSAFE_SIGNATURE_KEY";
        if let Some(key) = var(KEY) {
            let key = key.parse::<SignatureKey>();
            paysafe = paysafe
                .signature_key(key.map_err(|error| ConfigError::new(error.to_string()).of(KEY))?);
        }
        const SCOPE: &str = "CARDS_PAYSAFE_SIGNATURE_SCOPE";
        if let Some(scope) = word(&var, SCOPE) {
            let scope = scope.parse::<SignatureScope>();
            paysafe = paysafe.signature_scope(scope.map_err(|error| error.of(SCOPE))?);
        }
        Ok(paysafe)
    }
}

impl Sealed for Paysafe {}

impl Provider for Paysafe {
    type Login = IssueAccessToken;

    const PREFIX: &'static str = "CARDS_PAYSAFE";

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

    fn login(&self) -> Option<IssueAccessToken> {
        self.client.clone()
    }

    fn check_login(login: &IssueAccessToken) -> Result<(), ConfigError> {
        authorization::check_filled("the brand", &login.brand)?;
        authorization::check_filled("the client id", login.client_id.expose())?;
        authorization::check_filled("the client secret", login.client_secret.expose())
    }

    fn issued(reply: AccessToken) -> (Secret, Option<Duration>) {
        let lifetime = reply
            .expires_in
            .and_then(|seconds| u64::try_from(seconds).ok());
        (reply.access_token, lifetime.map(Duration::from_secs))
    }

    fn said(body: &[u8]) -> Said {
        match refusal(body) {
            Some(refusal) => Said::No(refusal),
            None if holds_card(body) => Said::Yes,
            None => Said::Nothing,
        }
    }

    fn check_credentials(&self, needs_token: bool) -> Result<(), ConfigError> {
        authorization::check_token(self.token.as_ref().filter(|_| needs_token))
    }
}

/// Carries the token beside the call's fields.
pub(crate) struct Bearer;

impl<C: Call<Provider = Paysafe> + model::Request> Way<C> for Bearer {
    const NEEDS_TOKEN: bool = true;

    fn request(call: &C, attempt: &Attempt<'_, Paysafe>) -> Result<Request<Bytes>, ConfigError> {
        let headers = HeaderMap::from_iter([(header::AUTHORIZATION, bearer(attempt.token)?)]);
        let provider = attempt.provider;
        let mut request = from_fields(call, &provider.base, headers)?;
        if let Some(key) = &provider.signature_key {
            signature::sign(&mut request, key, provider.signature_scope, &provider.base)?;
        }
        Ok(request)
    }
}

/// Reads an object; or the refusal, which may stand under a 200 too, in the place of a value or
/// beside one. The document has it under 500 alone, so that it says nothing there of what was done
/// (E-PP-58).
pub(crate) fn object<'de, T: Deserialize<'de>>(body: &'de [u8]) -> Result<T, Unreadable> {
    let text = body_text(body)?;
    let read = read_object("", text, text);
    // An array may read as an error, and says nothing of what was done. Most values have no such
    // member, and are not read twice.
    if is_object(text)
        && (read.is_err() || memmem::find(text.as_bytes(), b"\"error\"").is_some())
        && let Some(refusal) = refusal(body)
        && (read.is_err() || says_something(&refusal))
    {
        return Err(refusal.meaning(Meaning::Undocumented).into());
    }
    read
}

/// Tells whether an error beside a value is one: an empty member is none, nor is a word such as `none`,
/// which says something only where it has a sentence with it, as those of OAuth have.
fn says_something(refusal: &Refusal) -> bool {
    let is_word = |code: &String| code.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    let has_code = refusal.code.as_ref().is_some_and(|code| !is_word(code));
    let is_empty =
        |text: &Option<String>| text.as_deref().is_none_or(|text| text.trim().is_empty());
    has_code
        || !is_empty(&refusal.message)
        || !refusal.details.is_empty()
        || !refusal.fields.is_empty()
}

/// Tells whether a body holds a card, as successes alone do.
fn holds_card(body: &[u8]) -> bool {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Found {
        card_id: Option<IgnoredAny>,
    }
    let found = serde_json::from_slice(unmarked(body));
    found.is_ok_and(|Object(Found { card_id })| card_id.is_some())
}

/// Reads a card where there is a body. `None`: it is empty, as under 204.
#[inline]
pub(crate) fn card_or_nothing(body: &[u8]) -> Result<Option<Card>, Unreadable> {
    match is_blank(body) {
        true => Ok(None),
        false => object(body).map(Some),
    }
}

/// Reads the error object, or a list of them. `None`: the body holds none.
fn refusal(body: &[u8]) -> Option<Refusal> {
    let body = unmarked(body);
    let ErrorBodies(all) = match body.trim_ascii_start().first() {
        Some(b'[') => serde_json::from_slice(body).ok()?,
        _ => {
            let Object(one) = serde_json::from_slice(body).ok()?;
            ErrorBodies(vec![one])
        }
    };
    let mut description = None;
    let errors = all.into_iter().filter_map(|body| {
        description = description.take().or(body.error_description);
        body.error
    });
    let details = ErrorDetails::joined(errors)?;
    let message = details.message.or(description);
    let mut refusal = Refusal::new(details.code, message);
    refusal.details = details.details;
    refusal.fields = details
        .field_errors
        .into_iter()
        .map(|field| FieldRefusal::new(field.field, field.error))
        .collect();
    Some(refusal)
}
