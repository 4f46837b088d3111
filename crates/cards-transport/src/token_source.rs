//! Tokens from a place of the caller's own.

use std::error::Error as StdError;
use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use cards_model::Secret;

use crate::transport::Boxed;

/// A function that brings a provider's token, in place of a login: out of a
/// vault, a broker, or another service that logs in for all.
///
/// It is asked when a call needs a token and there is none, when the one in
/// force is over, and once after the provider refused it; one call asks for all
/// that wait. It shares the time of the call that asks, as far as it can be
/// awaited. It makes no call with the same client, which would wait for itself.
///
/// ```
/// use cards_transport::paysafe::{Paysafe, SANDBOX};
/// use cards_transport::{IssuedToken, TokenSource};
/// use std::time::Duration;
///
/// let source = TokenSource::new(|_why| {
///     let token = std::env::var("TOKEN_OF_TODAY")?;
///     Ok(IssuedToken::new(token).lasting(Duration::from_secs(900)))
/// });
/// let paysafe = Paysafe::new(SANDBOX.parse()?).token_source(source);
/// # Ok::<(), cards_transport::BaseUrlError>(())
/// ```
#[derive(Clone)]
pub struct TokenSource(Way);

#[derive(Clone)]
enum Way {
    Told(Arc<dyn Fn(TokenNeed) -> Told + Send + Sync>),
    Awaited(Arc<dyn Fn(TokenNeed) -> Boxed<'static, Told> + Send + Sync>),
}

/// The outcome of asking a source.
pub(crate) type Told = Result<IssuedToken, SourceError>;

/// The error of a source. Its text must hold no secret.
pub type SourceError = Box<dyn StdError + Send + Sync>;

/// The way in which a source answers.
pub(crate) enum Asked {
    /// It has answered.
    Told(Told),
    /// It has to be awaited.
    Awaited(Boxed<'static, Told>),
}

/// The reason why a source is asked for a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TokenNeed {
    /// There was none so far.
    First,
    /// The one in force is over, or almost.
    Expired,
    /// The provider refused the one in force: a copy that is kept elsewhere is
    /// not to be handed out again.
    Refused,
}

/// A token that was issued, and how long it is good for.
#[derive(Clone, Debug)]
pub struct IssuedToken {
    pub(crate) secret: Secret,
    pub(crate) lifetime: Option<Duration>,
}

impl TokenSource {
    /// A source that answers at once, for both clients. The async client calls it
    /// on the thread that polls the call, so that it must not block for long
    /// there: see [`awaited`](Self::awaited).
    pub fn new(
        ask: impl Fn(TokenNeed) -> Result<IssuedToken, SourceError> + Send + Sync + 'static,
    ) -> Self {
        Self(Way::Told(Arc::new(ask)))
    }

    /// A source that is awaited, for the async client. The blocking client has
    /// nothing to await it on, and refuses to make a call with it.
    ///
    /// ```
    /// use cards_transport::{IssuedToken, TokenSource};
    ///
    /// async fn of_the_broker() -> Result<String, std::io::Error> {
    ///     Ok("fake-token".to_owned())
    /// }
    ///
    /// let source = TokenSource::awaited(|_why| async {
    ///     Ok(IssuedToken::new(of_the_broker().await?))
    /// });
    /// ```
    pub fn awaited<F>(ask: impl Fn(TokenNeed) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<IssuedToken, SourceError>> + Send + 'static,
    {
        Self(Way::Awaited(Arc::new(move |need| Box::pin(ask(need)))))
    }

    pub(crate) fn ask(&self, need: TokenNeed) -> Asked {
        match &self.0 {
            Way::Told(ask) => Asked::Told(ask(need)),
            Way::Awaited(ask) => Asked::Awaited(ask(need)),
        }
    }
}

impl IssuedToken {
    /// A token that is good until the provider refuses it; one of Airpay's, which
    /// tells no such refusal from others, for the documented 30 minutes.
    pub fn new(token: impl Into<Secret>) -> Self {
        Self {
            secret: token.into(),
            lifetime: None,
        }
    }

    /// Sets how long it is good for, from now. It is replaced a little earlier:
    /// by 30 seconds, or by a tenth of a short life.
    #[must_use]
    pub fn lasting(self, lifetime: Duration) -> Self {
        Self {
            lifetime: Some(lifetime),
            ..self
        }
    }
}

impl fmt::Debug for TokenSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenSource")
    }
}
