//! The traits that tell the core of one operation and of its provider.

use std::fmt::Debug;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use cards_model::{Effect, Operation, Rules, Secret, UtcOffset, Violations};
use http::{Request, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::base_url::BaseUrl;
use crate::cause::ConfigError;
use crate::codes::{OneTimeCodes, OtpReuse};
use crate::refusal::{Refusal, Said};
use crate::reply::{Reply, Warning};
use crate::shown::{Frame, Shown};
use crate::token_source::TokenSource;
use crate::unreadable::Unreadable;

/// An operation that a [`Client`](crate::Client) can carry out.
///
/// Every request of the [list](crate::operations()) implements it, and nothing
/// else does. It reads from an object of its fields by their names on the wire.
pub trait Call: Sealed + DeserializeOwned + Clone + Debug + Send + Sync + 'static {
    /// The provider whose operation it is.
    type Provider: Provider;

    /// The value that a success brings. Written as JSON or by `Debug`, it shows
    /// no sensitive value.
    type Reply: Serialize + Debug + Send + 'static;

    /// Says whether the request carries a token that has to be fetched and renewed.
    const NEEDS_TOKEN: bool;

    /// Says whether the request carries a one-time code.
    const NEEDS_CODE: bool = false;

    /// The variable that its path is set with, where no document tells one: it is not sent until
    /// somebody has set it. `None`: it goes to the operation's own path.
    const PATH_VARIABLE: Option<&'static str> = None;

    /// The operation's name and path, and whether it may be sent again.
    fn operation() -> &'static Operation;

    /// Checks the documented rules.
    fn violations(&self, rules: &Rules) -> Result<(), Violations>;

    /// The whole request: address, headers, body, signed for this attempt.
    fn request(&self, attempt: &Attempt<'_, Self::Provider>)
    -> Result<Request<Bytes>, ConfigError>;

    /// Reads the body of a reply with a 2xx status, which may still be a
    /// refusal: two of the providers say so in the body.
    fn parse(body: &[u8]) -> Result<Self::Reply, Unreadable>;

    /// Tells whether it brings its provider's token, which a client does by itself.
    fn is_login() -> bool {
        Self::operation() == <Self::Provider as Provider>::Login::operation()
    }

    /// The reply as it came, without the values that its type hides: for a log, or
    /// for programs that know the provider's documents.
    ///
    /// ```
    /// use cards_transport::model::paysafe::ListPrepaidCards;
    /// use cards_transport::{Call, blocking::Client, http, paysafe::Paysafe};
    ///
    /// let canned = |_request: http::Request<_>, _limits| {
    ///     let body = r#"{"cards":[{"cardId":"C1","mobile":"+35988000000"}],"meta":{"limit":10}}"#;
    ///     Ok(http::Response::new(body.into()))
    /// };
    /// let paysafe = Paysafe::new("http://localhost".parse()?).token("t");
    /// let reply = Client::new(paysafe, canned).send(&ListPrepaidCards::new("1"))?;
    /// assert_eq!(
    ///     format!("{:?}", ListPrepaidCards::shown(&reply)),
    ///     r#"{"cards":[{"cardId":"C1","mobile":"[redacted]"}],"meta":{"limit":10}}"#
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    fn shown(reply: &Reply<Self::Reply>) -> Shown {
        Shown::new(reply.body(), reply.value(), Self::Provider::FRAME)
    }

    /// Lists the oddities of a reply that is a success all the same.
    fn warnings(&self, reply: &Self::Reply) -> Vec<Warning> {
        let _ = reply;
        Vec::new()
    }
}

/// Makes the requests of a provider's calls that have nothing of their own.
pub(crate) trait Way<C: Call> {
    /// See [`Call::NEEDS_TOKEN`].
    const NEEDS_TOKEN: bool;

    /// See [`Call::NEEDS_CODE`].
    const NEEDS_CODE: bool = false;

    /// See [`Call::PATH_VARIABLE`].
    const PATH_VARIABLE: Option<&'static str> = None;

    /// See [`Call::request`].
    fn request(call: &C, attempt: &Attempt<'_, C::Provider>)
    -> Result<Request<Bytes>, ConfigError>;
}

/// Holds the parts of a request that may change from one attempt to the next.
#[derive(Debug)]
#[non_exhaustive]
pub struct Attempt<'a, P> {
    /// The provider that is called, with the credentials of the caller.
    pub provider: &'a P,
    /// The token in force, for calls that need one.
    pub token: Option<&'a Secret>,
    /// The one-time code of this attempt, for calls that need one.
    pub code: Option<&'a Secret>,
    /// The time of the attempt.
    pub now: SystemTime,
}

/// A provider with its address and credentials: [`Airpay`](crate::airpay::Airpay),
/// [`Paysafe`](crate::paysafe::Paysafe) or [`Ibanera`](crate::ibanera::Ibanera).
///
/// Implemented by those three and by nothing else.
pub trait Provider: Sealed + Send + Sync + Sized + 'static {
    /// The call that brings a token.
    type Login: Call<Provider = Self> + Send;

    /// The beginning of its variables' names, such as `CARDS_AIRPAY`.
    const PREFIX: &'static str;

    /// The address of production, as an example of one.
    const PRODUCTION: &'static str;

    /// The frame that stands around the values in every body.
    const FRAME: Frame = Frame::NONE;

    /// Reads the address and the credentials from variables, such as those of
    /// the environment.
    ///
    /// # Errors
    ///
    /// Names the variable that is missing or wrong.
    fn from_vars(var: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError>;

    /// The address of its calls, or that of its login.
    fn address(&self, is_login: bool) -> &BaseUrl;

    /// Checks the credentials in the headers of a call that carries the token, or
    /// of one that does not, and the key that signs it, as they are set now.
    ///
    /// # Errors
    ///
    /// Names the first one that is empty, or that no header can carry.
    fn check_credentials(&self, needs_token: bool) -> Result<(), ConfigError>;

    /// The zone whose day is "today" where a date is judged before it is sent.
    fn utc_offset(&self) -> UtcOffset {
        UtcOffset::UTC
    }

    /// A token that was given and not fetched, and how long it is good for
    /// where its end could not be noticed otherwise.
    fn standing_token(&self) -> Option<(Secret, Option<Duration>)>;

    /// The lifetime of a token whose issuer tells none. `None`: the provider's
    /// refusal is what ends it.
    const TOKEN_LIFETIME: Option<Duration> = None;

    /// The source of the caller's own that brings tokens in place of a login.
    fn token_source(&self) -> Option<&TokenSource>;

    /// The call that brings a token, where there are credentials for it.
    fn login(&self) -> Option<Self::Login>;

    /// Checks the credentials that a login is made of.
    ///
    /// # Errors
    ///
    /// Names the first one that is empty.
    fn check_login(login: &Self::Login) -> Result<(), ConfigError>;

    /// The token of a login's reply, and how long it is good for.
    fn issued(reply: <Self::Login as Call>::Reply) -> (Secret, Option<Duration>);

    /// Reads what a body says of the call under a status that is no success.
    fn said(body: &[u8]) -> Said;

    /// The refusal in a body. `None`: it says nothing of the kind.
    fn refusal(body: &[u8]) -> Option<Refusal> {
        match Self::said(body) {
            Said::No(refusal) => Some(refusal),
            Said::Yes | Said::Nothing => None,
        }
    }

    /// The maker of one-time codes, where the provider's calls carry them, and
    /// whether a code serves twice.
    fn codes(&self) -> Option<(&OneTimeCodes, OtpReuse)> {
        None
    }

    /// Tells whether an answer to a call of this effect may mean that the one-time code was not
    /// taken. To a change it has to say so: that is made again with another code.
    fn doubts_code(effect: Effect, status: StatusCode, refusal: Option<&Refusal>) -> bool {
        let _ = (effect, status, refusal);
        false
    }
}

/// Keeps [`Provider`] and [`Call`] to this crate, so that they can grow.
pub trait Sealed {}
