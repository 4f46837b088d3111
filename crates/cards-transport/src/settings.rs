//! The defaults of a client, and what one call does differently.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use cards_model::{DocExpiry, Rules, UtcOffset, Waivers};

use crate::cause::ConfigError;
use crate::codes::{OtpMemory, OtpReuse};
use crate::extra_headers::ExtraHeaders;
use crate::hooks::{CallId, Hooks};
use crate::retry::Retry;
use crate::throttle::Rate;
use crate::transport::bounded;

/// Sets how a client behaves. The default suits production.
///
/// ```
/// use cards_transport::{Retry, Settings};
/// use std::time::Duration;
///
/// let settings = Settings::new().total_timeout(Duration::from_secs(20)).retry(Retry::never());
/// ```
#[derive(Clone)]
pub struct Settings {
    pub(crate) validation: Validation,
    pub(crate) doc_expiry: DocExpiry,
    pub(crate) total_timeout: Option<Duration>,
    pub(crate) reply_bytes: usize,
    pub(crate) retry: Retry,
    pub(crate) most_pages: u32,
    pub(crate) otp_reuse: Option<OtpReuse>,
    pub(crate) otp_memory: OtpMemory,
    pub(crate) otp_watcher: Option<Arc<dyn Fn(OtpMemory) + Send + Sync>>,
    pub(crate) hooks: Option<Arc<dyn Hooks>>,
    pub(crate) headers: ExtraHeaders,
    pub(crate) rate: Option<Rate>,
    pub(crate) most_at_once: Option<usize>,
    clock: Arc<dyn Fn() -> SystemTime + Send + Sync>,
}

/// Says whether a request is checked against the documents' rules before it is sent.
///
/// ```
/// use cards_transport::model::Rule;
/// use cards_transport::{Settings, Validation};
///
/// // Tamil Nadu has a space, and the document's city has none: New Delhi.
/// let settings = Settings::new().validation(Validation::except([
///     ("state", Rule::Characters),
///     ("register-user/city", Rule::Characters),
/// ])?);
/// # Ok::<(), cards_transport::model::WaiverError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub enum Validation {
    /// A request that breaks a rule is not sent.
    #[default]
    On,
    /// A request that breaks a rule is not sent, but for these rules: see
    /// [`Validation::except`].
    Except(Waivers),
    /// Everything is sent: the documents' own examples break their own rules,
    /// and a provider may be kinder than its document.
    Off,
}

impl Settings {
    /// The longest default of [`total_timeout`](Self::total_timeout), however
    /// long the steps of one-time codes are: 180 seconds.
    pub const LONGEST_DEFAULT: Duration = Duration::from_secs(180);

    /// The defaults: rules on, 60 s a call and two steps more where one-time
    /// codes may have to be waited for, 3 attempts, replies up to 8 MiB, at most
    /// 10,000 pages.
    pub fn new() -> Self {
        Self {
            validation: Validation::On,
            doc_expiry: DocExpiry::default(),
            total_timeout: None,
            reply_bytes: 8 * 1024 * 1024,
            retry: Retry::default(),
            most_pages: 10_000,
            otp_reuse: None,
            otp_memory: OtpMemory::new(),
            otp_watcher: None,
            hooks: None,
            headers: ExtraHeaders::default(),
            rate: None,
            most_at_once: None,
            clock: Arc::new(SystemTime::now),
        }
    }

    /// Tells whether requests are checked before they are sent.
    #[must_use]
    pub fn validation(self, validation: Validation) -> Self {
        Self { validation, ..self }
    }

    /// Sets when Airpay's `doc_expiry` may be empty. See [`DocExpiry`].
    #[must_use]
    pub fn doc_expiry(self, doc_expiry: DocExpiry) -> Self {
        Self { doc_expiry, ..self }
    }

    /// The longest that a call takes, with its login, attempts and pauses.
    ///
    /// The default is 60 seconds. It is two steps more (120 seconds in all, and
    /// never above [`LONGEST_DEFAULT`](Self::LONGEST_DEFAULT)) for a call that
    /// carries a one-time code, since where each code is taken once, the login
    /// and the call may both have to wait for one.
    ///
    /// Over reqwest a server that sends interim replies without end, or a chunk's size, can delay
    /// the end of a call: see `ReqwestTransport`.
    #[must_use]
    pub fn total_timeout(self, total_timeout: Duration) -> Self {
        Self {
            total_timeout: Some(bounded(total_timeout)),
            ..self
        }
    }

    /// The largest body of a reply that is read, in bytes.
    #[must_use]
    pub fn reply_bytes(self, reply_bytes: usize) -> Self {
        Self {
            reply_bytes,
            ..self
        }
    }

    /// Sets how often a call is sent again.
    #[must_use]
    pub fn retry(self, retry: Retry) -> Self {
        Self { retry, ..self }
    }

    /// Sets how many pages are followed before a server is taken to be endless.
    #[must_use]
    pub fn most_pages(self, most_pages: u32) -> Self {
        Self { most_pages, ..self }
    }

    /// Tells whether a one-time code may go out twice, for providers whose calls carry one. It wins
    /// over what the provider's own settings say.
    #[must_use]
    pub fn otp_reuse(self, otp_reuse: OtpReuse) -> Self {
        Self {
            otp_reuse: Some(otp_reuse),
            ..self
        }
    }

    /// Hands over what an earlier client found out about one-time codes. See
    /// [`otp_watcher`](Self::otp_watcher).
    #[must_use]
    pub fn otp_memory(self, otp_memory: OtpMemory) -> Self {
        Self { otp_memory, ..self }
    }

    /// Calls the watcher before each one-time code goes out, and whenever something is learned of
    /// them: keep it for the next process, which then neither repeats a code nor learns anew. What
    /// is only supposed is not told.
    ///
    /// It is told one thing after another, the last one last, on the thread
    /// that makes the call or polls it. Other calls may wait for it, so that it
    /// returns soon and makes no call with the same client.
    #[must_use]
    pub fn otp_watcher(self, watcher: impl Fn(OtpMemory) + Send + Sync + 'static) -> Self {
        Self {
            otp_watcher: Some(Arc::new(watcher)),
            ..self
        }
    }

    /// Adds a header to every request, logins included: a key of a gateway on the
    /// way, or the name of a system. It takes the place of one of the same name.
    /// Its value is shown nowhere.
    ///
    /// # Errors
    ///
    /// The name is none, or one that the client sets itself; the value is empty, or
    /// no header can carry it.
    ///
    /// ```
    /// use cards_transport::Settings;
    ///
    /// let settings = Settings::new().header("x-system", "payouts")?;
    /// let refused = Settings::new().header("authorization", "Basic abc").unwrap_err();
    /// assert!(refused.to_string().starts_with("the header authorization is the client's own"));
    /// # Ok::<(), cards_transport::ConfigError>(())
    /// ```
    pub fn header(mut self, name: &str, value: &str) -> Result<Self, ConfigError> {
        self.headers = self.headers.with(name, value)?;
        Ok(self)
    }

    /// Has functions of your own called as calls go on. See [`Hooks`].
    #[must_use]
    pub fn hooks(self, hooks: impl Hooks + 'static) -> Self {
        Self {
            hooks: Some(Arc::new(hooks)),
            ..self
        }
    }

    /// Sets the most requests in a time, for all calls of the client and its
    /// clones together: attempts and logins count, each by itself. Those that have
    /// to wait go out in the order in which they came, within the time of their
    /// call; one that cannot be in time is not sent. A call that is dropped makes
    /// room. Without this there is no limit.
    ///
    /// A future that has its place in that order and is not polled any more, such as those of
    /// `buffer_unordered` while the body of the loop over them awaits another call, holds up all that
    /// came after it: spawn such calls, or do not await another within the loop.
    #[must_use]
    pub fn rate(self, rate: Rate) -> Self {
        Self {
            rate: Some(rate),
            ..self
        }
    }

    /// Sets the most requests that are on their way at a time, as
    /// [`rate`](Self::rate) does for those in a time; 0 is taken for 1.
    #[must_use]
    pub fn most_at_once(self, most_at_once: usize) -> Self {
        Self {
            most_at_once: Some(most_at_once),
            ..self
        }
    }

    /// Sets where the time comes from: for expiries, tokens and one-time
    /// passwords.
    #[must_use]
    pub fn clock(self, clock: impl Fn() -> SystemTime + Send + Sync + 'static) -> Self {
        Self {
            clock: Arc::new(clock),
            ..self
        }
    }

    pub(crate) fn now(&self) -> SystemTime {
        (self.clock)()
    }

    /// The rules as of the day that it is in a zone. `None`: nothing is checked.
    pub(crate) fn rules(
        &self,
        validation: &Validation,
        now: SystemTime,
        zone: UtcOffset,
    ) -> Option<Rules> {
        let waivers = match validation {
            Validation::On => Waivers::default(),
            Validation::Except(waivers) => waivers.clone(),
            Validation::Off => return None,
        };
        let seconds = now
            .duration_since(UNIX_EPOCH)
            .map_or(0, |since| since.as_secs());
        let today = zone.date(i64::try_from(seconds).unwrap_or(i64::MAX));
        let rules = Rules::on(today).doc_expiry(self.doc_expiry);
        Some(rules.waivers(waivers))
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("validation", &self.validation)
            .field("total_timeout", &self.total_timeout)
            .field("reply_bytes", &self.reply_bytes)
            .field("retry", &self.retry)
            .field("most_pages", &self.most_pages)
            .field("otp_reuse", &self.otp_reuse)
            .field("hooks", &self.hooks.is_some())
            .field("headers", &self.headers)
            .field("rate", &self.rate)
            .field("most_at_once", &self.most_at_once)
            .finish_non_exhaustive()
    }
}

/// Sets what one call does differently from its client.
///
/// ```
/// use cards_transport::CallOptions;
/// use std::time::Duration;
///
/// let quick = CallOptions::new().total_timeout(Duration::from_secs(2));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CallOptions {
    pub(crate) validation: Option<Validation>,
    pub(crate) total_timeout: Option<Duration>,
    pub(crate) retry: Option<Retry>,
    pub(crate) headers: ExtraHeaders,
    /// The call that a login is for.
    pub(crate) within: Option<CallId>,
}

impl CallOptions {
    /// Changes nothing: the call does as the client does.
    pub fn new() -> Self {
        Self::default()
    }

    /// See [`Settings::validation`]. A rule that is waived for one call has to be
    /// one of that call's.
    #[must_use]
    pub fn validation(self, validation: Validation) -> Self {
        Self {
            validation: Some(validation),
            ..self
        }
    }

    /// See [`Settings::total_timeout`].
    #[must_use]
    pub fn total_timeout(self, total_timeout: Duration) -> Self {
        Self {
            total_timeout: Some(bounded(total_timeout)),
            ..self
        }
    }

    /// Adds a header to the requests of this call, such as a correlation id: to
    /// each attempt, and not to the login where one is needed. It takes the place
    /// of one that [`Settings::header`] set.
    ///
    /// # Errors
    ///
    /// As [`Settings::header`].
    ///
    /// ```
    /// use cards_transport::CallOptions;
    ///
    /// let traced = CallOptions::new().header("x-correlation-id", "7f3a-2291")?;
    /// # Ok::<(), cards_transport::ConfigError>(())
    /// ```
    pub fn header(mut self, name: &str, value: &str) -> Result<Self, ConfigError> {
        self.headers = self.headers.with(name, value)?;
        Ok(self)
    }

    /// See [`Settings::retry`]. This call is meant alone: a login that it needs is sent again as the
    /// client's settings say.
    #[must_use]
    pub fn retry(self, retry: Retry) -> Self {
        Self {
            retry: Some(retry),
            ..self
        }
    }
}
