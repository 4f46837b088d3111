//! Sets up a server, and starts it.

use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::SystemTime;

use cards_model::{ProviderId, Waiver, Waivers};

use crate::control;
use crate::engine::app::{App, Config};
use crate::engine::deliver;
use crate::engine::error::Error;
use crate::engine::faults::Fault;
use crate::engine::followers::Followers;
use crate::engine::guard;
use crate::engine::large_replies::LargeReplies;
use crate::engine::limits::BYTES;
use crate::engine::meter::Meter;
use crate::engine::outbox::{self, Receiver};
use crate::engine::plugin::{Plugin, Plugins};
use crate::engine::rate_limit::RateLimit;
use crate::engine::settings::{Clock, Limits, LostLogLines, Storage};
use crate::engine::tls::Tls;
use crate::engine::world::file::WorldFile;
use crate::running::Running;

/// Sets up a server of the calls of some providers, of the control API and of the page.
///
/// ```
/// use cards_sandbox_core::{Setup, Tls};
///
/// // Nobody's calls: only the control API and the page.
/// let mut setup = Setup::default();
/// setup.tls = Some(Tls::generated());
/// let server = setup.start_blocking([])?;
/// assert!(server.url().starts_with("https://127.0.0.1:"));
/// # Ok::<(), cards_sandbox_core::Error>(())
/// ```
#[derive(Clone)]
#[non_exhaustive]
pub struct Setup {
    /// The place where the state is kept; in memory by default.
    pub store: Storage,
    /// The address to listen on; a free port of 127.0.0.1 where nothing is said. One that other
    /// machines can reach needs [`expose`](Self::expose) too.
    pub listen: SocketAddr,
    /// The clock that expiries, tokens and one-time passwords follow; the machine's where nothing
    /// is said.
    pub clock: Clock,
    /// The customers and cards to start with, in the place of those of the providers' seeds. A
    /// store that has a world already keeps it; a reset brings this one.
    pub world: Option<WorldFile>,
    /// The number of exchanges that the journal holds before it forgets the oldest; 256.
    pub journal: usize,
    /// The bytes of memory that the journal may take, about; 4 MiB.
    pub journal_bytes: usize,
    /// Says whether the journal, and with it the page and the control API, keeps the values of
    /// requests and replies, of this invented world: all but secrets, up to 16 KiB of each. Only on
    /// an address that nobody else reaches, and without [`allowed_hosts`](Self::allowed_hosts), as
    /// a proxy could hand the page on under such a name. `/_sandbox/world` and the page of
    /// customers then show names, addresses and the like of everybody, registered people too, and
    /// not only of those who are there from the start.
    pub keep_values: bool,
    /// Says whether the providers' test values bring their refusals; they do where nothing is said.
    pub test_values: bool,
    /// The limits of what a client may ask of the server.
    pub limits: Limits,
    /// Says whether the address may be one that other machines can reach.
    pub expose: bool,
    /// Names, beside `localhost`, under which the page and the control API answer, without a port.
    /// None where values are kept: see [`keep_values`](Self::keep_values).
    pub allowed_hosts: Vec<String>,
    /// TLS in the place of plain HTTP.
    pub tls: Option<Tls>,
    /// Faults that are in force from the start.
    pub faults: Vec<Fault>,
    /// Tells how many lines of the log could not be written so far.
    pub lost_log_lines: Option<LostLogLines>,
    /// The receivers of events to start with, beside those that a state file has; a reset comes
    /// back to these.
    pub receivers: Vec<Receiver>,
    /// The hosts to which events may be sent, as names or addresses, beside this machine's own.
    /// Each provider decides how often it sends an event again; only this invented world is in one.
    pub receiver_hosts: Vec<String>,
    /// The calls that a provider takes in a time, by the sandbox's clock: more are answered with 429,
    /// the provider's own words and `Retry-After`, and are not carried out. Any number where nothing
    /// is said. The set-up does not start with the limit of a provider that it has not, nor with two
    /// of one provider.
    pub rate_limits: Vec<(ProviderId, RateLimit)>,
    /// The single rules that are not applied. The set-up does not start with one that no
    /// operation of its providers has.
    pub waivers: Vec<Waiver>,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            store: Storage::Memory,
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            clock: Arc::new(SystemTime::now),
            world: None,
            journal: 256,
            journal_bytes: 4 * 1024 * 1024,
            keep_values: false,
            test_values: true,
            limits: Limits::default(),
            expose: false,
            allowed_hosts: Vec::new(),
            tls: None,
            faults: Vec::new(),
            lost_log_lines: None,
            receivers: Vec::new(),
            receiver_hosts: Vec::new(),
            rate_limits: Vec::new(),
            waivers: Vec::new(),
        }
    }
}

impl Setup {
    /// Starts the server on the tokio runtime that this is called from, which has to have time and
    /// IO enabled.
    ///
    /// # Errors
    ///
    /// A setting makes no sense, the store cannot be opened, or the address cannot be listened on:
    /// see [`Error`].
    pub async fn start(self, plugins: impl IntoIterator<Item = Plugin>) -> Result<Running, Error> {
        let plugins = self::plugins(plugins);
        Running::on_this_runtime(self.listen, move || self.open(plugins)).await
    }

    /// Starts the server on a thread of its own, from code with or without a runtime. It is
    /// accepting connections when this returns.
    ///
    /// # Errors
    ///
    /// As for [`Setup::start`].
    pub fn start_blocking(
        self,
        plugins: impl IntoIterator<Item = Plugin>,
    ) -> Result<Running, Error> {
        let plugins = self::plugins(plugins);
        Running::on_own_thread(self.listen, move || self.open(plugins))
    }

    /// Refuses limits under which nothing could be answered.
    fn check_limits(&self) -> Result<(), Error> {
        if self.limits.connections == 0 {
            return Err(Error::settings("at least one connection has to be allowed"));
        }
        if !(1..=Followers::MOST).contains(&self.limits.followers) {
            let most = Followers::MOST;
            let why = format!("1 to {most} may be allowed to follow event streams");
            return Err(Error::settings(why));
        }
        let times = [
            ("to send its headers", self.limits.header_time),
            ("to send a body", self.limits.body_time),
            ("to take what it is sent", self.limits.write_time),
            ("to take an event", self.limits.delivery_time),
        ];
        if let Some((what, _)) = times.iter().find(|(_, time)| time.is_zero()) {
            let why = format!("a client has to have some time {what}");
            return Err(Error::settings(why));
        }
        let most = LargeReplies::MOST;
        if !(1..=most).contains(&self.limits.replies) {
            let why = format!("large replies may have 1 to {most} bytes in memory at one time");
            return Err(Error::settings(why));
        }
        let (least, most) = (BYTES.max(self.limits.upload), Meter::MOST);
        if !(least..=most).contains(&self.limits.bodies) {
            return Err(Error::settings(format!(
                "the bodies that are in memory at one time have to have room for a whole world \
                 and for one upload, {least} bytes, and for {most} bytes at most"
            )));
        }
        Ok(())
    }

    /// Opens the store and puts together what the handlers share.
    ///
    /// # Errors
    ///
    /// A setting makes no sense, or the store cannot be opened.
    pub fn open(self, plugins: Plugins) -> Result<(App, Plugins), Error> {
        plugins.check().map_err(Error::settings)?;
        self.check_limits()?;
        if !self.allowed_hosts.iter().all(|name| guard::is_name(name)) {
            return Err(Error::settings(
                "an allowed host has to be a name such as sandbox.test, without a port",
            ));
        }
        if !self.expose && !self.listen.ip().to_canonical().is_loopback() {
            return Err(Error::settings(
                "other machines can reach this address, and the sandbox's credentials are \
                 published: that it is exposed has to be asked for",
            ));
        }
        self.check_kept_values()?;
        self.check_receivers(&plugins)?;
        self.check_rate_limits(&plugins)?;
        let tls = match self.tls {
            Some(tls) => Some(tls.identity(self.listen.ip(), &self.allowed_hosts)?),
            None => None,
        };
        let operations = plugins.operations();
        let known = operations.of(None).map(|known| known.operation);
        let waivers = Waivers::new(self.waivers, known)
            .map_err(|error| Error::settings(format!("a waiver: {error}")))?;
        let config = Config {
            waivers,
            keep_values: self.keep_values,
            test_values: self.test_values,
            clock: self.clock,
            limits: self.limits,
            tls,
            allowed_hosts: self.allowed_hosts,
            views: plugins.views(),
            lost_log_lines: self.lost_log_lines,
            receivers: self.receivers,
            receiver_hosts: self.receiver_hosts,
            rate_limits: self.rate_limits,
            journal: (self.journal, self.journal_bytes),
            faults: self.faults,
        };
        let providers = plugins.providers();
        let app = App::new(providers, config, &self.store, self.world, operations)?;
        Ok((app, plugins))
    }

    /// Receivers are of events that there are, and their hosts have names.
    fn check_receivers(&self, plugins: &Plugins) -> Result<(), Error> {
        if !self
            .receiver_hosts
            .iter()
            .all(|host| deliver::is_host(host))
        {
            return Err(Error::settings(
                "a host that receives events has to be a name or an address, without a port",
            ));
        }
        let known = plugins.providers().senders();
        for receiver in &self.receivers {
            let event = receiver.event.as_deref();
            outbox::check_scope(&known, Some(receiver.provider.as_str()), event)
                .map_err(|error| Error::settings(format!("a receiver of events: {error}")))?;
        }
        Ok(())
    }

    /// Limits are of providers that there are, and can be kept.
    fn check_rate_limits(&self, plugins: &Plugins) -> Result<(), Error> {
        for (at, (provider, limit)) in self.rate_limits.iter().enumerate() {
            let others = self.rate_limits.iter().take(at);
            if others
                .map(|(other, _)| other)
                .any(|other| other == provider)
            {
                let why = format!("{provider} has two rate limits: it takes one");
                return Err(Error::settings(why));
            }
            let known = plugins.providers().named(provider.as_str());
            known.map_err(|error| Error::settings(format!("a rate limit: a provider {error}")))?;
            if let Some(wrong) = limit.wrong() {
                let why = format!("the rate limit of {provider}, {limit}: {wrong}");
                return Err(Error::settings(why));
            }
        }
        Ok(())
    }

    /// Values are kept only where nobody on another machine can read them.
    fn check_kept_values(&self) -> Result<(), Error> {
        let is_private = self.listen.ip().to_canonical().is_loopback() && !self.expose;
        if self.keep_values && !is_private {
            return Err(Error::settings(
                "values of calls are kept (--keep-values, keep_values) only where no other machine \
                 can read them: listen on 127.0.0.1 or [::1] and without --expose (expose), or do \
                 not keep them",
            ));
        }
        // Who calls by such a name may come through a proxy on this machine.
        if self.keep_values && !self.allowed_hosts.is_empty() {
            return Err(Error::settings(
                "values of calls are kept (--keep-values, keep_values) only where the page answers \
                 to this machine's own names: leave out --allow-host (allow_host), or do not keep \
                 them",
            ));
        }
        Ok(())
    }
}

/// Puts plugins beside the control API, in the order in which they are listed to people.
pub fn plugins(plugins: impl IntoIterator<Item = Plugin>) -> Plugins {
    Plugins::new(control::ENDPOINTS, plugins)
}

impl fmt::Debug for Setup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Setup")
            .field("store", &self.store)
            .field("listen", &self.listen)
            .field("journal", &self.journal)
            .field("journal_bytes", &self.journal_bytes)
            .field("keep_values", &self.keep_values)
            .field("test_values", &self.test_values)
            .field("limits", &self.limits)
            .field("expose", &self.expose)
            .field("allowed_hosts", &self.allowed_hosts)
            .field("tls", &self.tls)
            .field("faults", &self.faults)
            .field("receivers", &self.receivers)
            .field("receiver_hosts", &self.receiver_hosts)
            .field("rate_limits", &self.rate_limits)
            .finish_non_exhaustive()
    }
}
