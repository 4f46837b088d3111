//! Sets up a sandbox.

mod events;
mod limits;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::http::StatusCode;
use cards_model::{DocExpiry, ProviderId, UtcOffset, Waiver};
use cards_sandbox_core::{Clock, Error, Fault, Plugin, Setup, Storage, Tls};
#[cfg(test)]
use cards_sandbox_core::{Plugins, app::App};
use cards_sign::Recipe;

use crate::providers;
use crate::providers::airpay::Airpay;
#[cfg(doc)]
use crate::providers::airpay::ChecksumOrder;
use crate::providers::ibanera::{
    Ibanera, IbaneraAuthorization, IbaneraBalanceNames, OneTimePasswords,
};
use crate::providers::paysafe::{
    Paysafe, PaysafePhysicalUpdates, PaysafeSignatures, PaysafeUpdateRefusal, PaysafeUpdateReply,
};
use crate::running::Running;
use crate::world::World;

/// The way in: [`Sandbox::start`], [`Sandbox::start_blocking`], or
/// [`Sandbox::builder`] for anything but the defaults.
#[derive(Debug)]
#[non_exhaustive]
pub struct Sandbox {}

impl Sandbox {
    /// A sandbox in memory, on a free port of 127.0.0.1, served by a thread of
    /// its own.
    pub fn start_blocking() -> Result<Running, Error> {
        Self::builder().start_blocking()
    }

    /// The same, served by the tokio runtime that this is called from.
    pub async fn start() -> Result<Running, Error> {
        Self::builder().start().await
    }

    /// Makes a builder, on which everything can be set.
    pub fn builder() -> Builder {
        Builder::default()
    }
}

/// Sets up a [`Sandbox`].
///
/// ```
/// use cards_sandbox::{ChecksumOrder, Sandbox, Store};
///
/// let sandbox = Sandbox::builder()
///     .store(Store::Memory)
///     .checksum_order(ChecksumOrder::Table)
///     .start_blocking()?;
/// # Ok::<(), cards_sandbox::Error>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Builder {
    setup: Setup,
    airpay: Airpay,
    failure_status: u16,
    paysafe: Paysafe,
    ibanera: Ibanera,
    /// A provider that was spoken of and is not among the three.
    unknown_provider: Option<ProviderId>,
}

impl Default for Builder {
    fn default() -> Self {
        Self {
            setup: Setup::default(),
            airpay: Airpay::default(),
            failure_status: StatusCode::OK.as_u16(),
            paysafe: Paysafe::default(),
            ibanera: Ibanera::default(),
            unknown_provider: None,
        }
    }
}

impl Builder {
    /// Sets where the state is kept; in memory where nothing is said.
    pub fn store(mut self, store: Storage) -> Self {
        self.setup.store = store;
        self
    }

    /// The address to listen on; a free port of 127.0.0.1 where nothing is
    /// said. One that other machines can reach needs [`Builder::expose`] too.
    pub fn listen(mut self, listen: impl Into<SocketAddr>) -> Self {
        self.setup.listen = listen.into();
        self
    }

    /// The order in which Airpay's checksum is taken over the values: a [`ChecksumOrder`], or a whole
    /// [`Recipe`](cards_sign::Recipe) where more than the order differs from what the documents state.
    pub fn checksum_order(mut self, recipe: impl Into<Recipe>) -> Self {
        self.airpay.checksum = recipe.into();
        self
    }

    /// Sets when `doc_expiry` may be empty where a customer is registered at
    /// Airpay; where nothing is said by the kind of document.
    pub fn doc_expiry(mut self, doc_expiry: DocExpiry) -> Self {
        self.airpay.doc_expiry = doc_expiry;
        self
    }

    /// Sets the zone whose day is "today" at Airpay, for dates of birth, expiries
    /// and the end of a KYC; India's, `+05:30`, where nothing is said.
    pub fn airpay_utc_offset(mut self, utc_offset: UtcOffset) -> Self {
        self.airpay.utc_offset = utc_offset;
        self
    }

    /// Refuses a mobile number at Airpay that another customer has, when registering and
    /// updating. Where nothing is said it may come again, as no document says otherwise.
    pub fn unique_mobile_numbers(mut self) -> Self {
        self.airpay.unique_mobile_numbers = true;
        self
    }

    /// Lets a token of Airpay's `user-login` speak only for the customer who logged in;
    /// the standing one speaks for all. Where nothing is said each speaks for every
    /// customer, as no document binds it to one.
    ///
    /// ```
    /// let sandbox = cards_sandbox::Sandbox::builder()
    ///     .unique_mobile_numbers()
    ///     .bound_tokens()
    ///     .start_blocking()?;
    /// # Ok::<(), cards_sandbox::Error>(())
    /// ```
    pub fn bound_tokens(mut self) -> Self {
        self.airpay.bound_tokens = true;
        self
    }

    /// Takes any month in `expiryDate` where Airpay's `set-pin` is called. Where nothing is said it has
    /// to be that of the card; no page says whether it is the card's or the PIN's.
    pub fn any_pin_expiry(mut self) -> Self {
        self.airpay.any_pin_expiry = true;
        self
    }

    /// Replaces a card at Airpay only once it is blocked for good, as the likely processor does. Where
    /// nothing is said a card is replaced in any state, as the page asks for none.
    pub fn replaces_blocked_only(mut self) -> Self {
        self.airpay.replaces_blocked_only = true;
        self
    }

    /// Lets a KYC level at Airpay come after any other. Where nothing is said the minimum comes before
    /// the full one, as at the likely processor; the page says nothing.
    pub fn any_kyc_order(mut self) -> Self {
        self.airpay.any_kyc_order = true;
        self
    }

    /// Takes no one-time password at Airpay's registration but one that the sandbox gave out, by
    /// `generate-otp` or by the control API: neither the standing one nor the document's empty one.
    pub fn issued_otp_only(mut self) -> Self {
        self.airpay.issued_otp_only = true;
        self
    }

    /// Loads customers at Airpay without limits. Where nothing is said a month's loads end at
    /// 10,000 rupees at the minimum KYC and at 1,00,000 at full KYC, and with the minimum KYC's
    /// end: facts of Airpay's pages for cardholders. Assumption: the API enforces them.
    ///
    /// ```
    /// let sandbox = cards_sandbox::Sandbox::builder().unlimited_loads().start_blocking()?;
    /// # Ok::<(), cards_sandbox::Error>(())
    /// ```
    pub fn unlimited_loads(mut self) -> Self {
        self.airpay.load_limits = false;
        self
    }

    /// Answers Airpay's `card-details` and `card-balance` as the tables of their pages have it, which
    /// have other names, words and shapes than their samples. Where nothing is said the samples are
    /// followed.
    ///
    /// ```
    /// let sandbox = cards_sandbox::Sandbox::builder().table_replies().start_blocking()?;
    /// # Ok::<(), cards_sandbox::Error>(())
    /// ```
    pub fn table_replies(mut self) -> Self {
        self.airpay.table_replies = true;
        self
    }

    /// Does not apply one rule of one field, as clients can be told not to: of
    /// every operation that has it, or of `OPERATION/` or `PROVIDER/` alone. A
    /// sandbox does not start with a waiver of what there is not. Card numbers are
    /// masked before they are kept, and only test cards are taken, whatever is waived.
    /// A reply may hold what it let through, which the OpenAPI documents do not list.
    ///
    /// ```
    /// use cards_model::Rule;
    /// use cards_sandbox::Sandbox;
    ///
    /// let sandbox = Sandbox::builder()
    ///     .waive(("register-user/city", Rule::Characters))
    ///     .waive(("state", Rule::Characters))
    ///     .start_blocking()?;
    /// # Ok::<(), cards_sandbox::Error>(())
    /// ```
    pub fn waive(mut self, waiver: impl Into<Waiver>) -> Self {
        self.setup.waivers.push(waiver.into());
        self
    }

    /// The HTTP status under an Airpay refusal, 200 to 499. The documents
    /// state only the one in the body; 200 where nothing is said.
    pub fn failure_status(self, failure_status: u16) -> Self {
        Self {
            failure_status,
            ..self
        }
    }

    /// The clock that expiries, tokens and one-time passwords follow, so that
    /// a test can move time.
    pub fn clock(mut self, clock: Clock) -> Self {
        self.setup.clock = clock;
        self
    }

    /// Sets how long a provider's tokens are good for. Where nothing is said: 30
    /// minutes at Airpay, 10 hours at Paysafe, 1 hour at Ibanera, as their
    /// pages have it. The standing tokens never expire. A sandbox does not start with
    /// the lifetime of a provider that it has not.
    pub fn token_lifetime(mut self, provider: ProviderId, lifetime: Duration) -> Self {
        match provider {
            ProviderId::AIRPAY => self.airpay.token_lifetime = lifetime,
            ProviderId::PAYSAFE => self.paysafe.token_lifetime = lifetime,
            ProviderId::IBANERA => self.ibanera.token_lifetime = lifetime,
            other => self.unknown_provider = Some(other),
        }
        self
    }

    /// Tells whether one of Ibanera's codes serves more than one call.
    pub fn one_time_passwords(mut self, one_time_passwords: OneTimePasswords) -> Self {
        self.ibanera.one_time_passwords = one_time_passwords;
        self
    }

    /// Sets how the token stands in Ibanera's `Authorization`: after `Bearer` where nothing is
    /// said.
    ///
    /// ```
    /// use cards_sandbox::{IbaneraAuthorization, Sandbox};
    ///
    /// let sandbox = Sandbox::builder()
    ///     .ibanera_authorization(IbaneraAuthorization::Bare)
    ///     .start_blocking()?;
    /// # Ok::<(), cards_sandbox::Error>(())
    /// ```
    pub fn ibanera_authorization(mut self, authorization: IbaneraAuthorization) -> Self {
        self.ibanera.authorization = authorization;
        self
    }

    /// Sets how the fields of Ibanera's list of balances are spelled, in which two copies of its
    /// page differ: as in the newer one where nothing is said.
    ///
    /// ```
    /// use cards_sandbox::{IbaneraBalanceNames, Sandbox};
    ///
    /// let sandbox = Sandbox::builder()
    ///     .ibanera_balance_names(IbaneraBalanceNames::Older)
    ///     .start_blocking()?;
    /// # Ok::<(), cards_sandbox::Error>(())
    /// ```
    pub fn ibanera_balance_names(mut self, names: IbaneraBalanceNames) -> Self {
        self.ibanera.balance_names = names;
        self
    }

    /// Sets which requests at Paysafe have to be signed, with the key
    /// [`SIGNATURE_KEY`](crate::world::paysafe::SIGNATURE_KEY); none where nothing is said.
    pub fn paysafe_signatures(mut self, signatures: PaysafeSignatures) -> Self {
        self.paysafe.signatures = signatures;
        self
    }

    /// Sets which statuses an update takes for a PHYSICAL card of Paysafe; all that the card's
    /// life allows where nothing is said.
    pub fn paysafe_physical_updates(mut self, taken: PaysafePhysicalUpdates) -> Self {
        self.paysafe.physical_updates = taken;
        self
    }

    /// Sets how an update at Paysafe is answered; with the card where nothing is said.
    ///
    /// ```
    /// use cards_sandbox::{PaysafeUpdateReply, Sandbox};
    ///
    /// let sandbox = Sandbox::builder()
    ///     .paysafe_update_reply(PaysafeUpdateReply::NoContent)
    ///     .start_blocking()?;
    /// # Ok::<(), cards_sandbox::Error>(())
    /// ```
    pub fn paysafe_update_reply(mut self, reply: PaysafeUpdateReply) -> Self {
        self.paysafe.update_reply = reply;
        self
    }

    /// Sets the HTTP status of an update at Paysafe that the card's life forbids; 409 where
    /// nothing is said.
    pub fn paysafe_update_refusal(mut self, refusal: PaysafeUpdateRefusal) -> Self {
        self.paysafe.update_refusal = refusal;
        self
    }

    /// The customers and cards to start with, in the place of those of
    /// [`crate::world`]. A store that has a world already keeps it; a reset
    /// brings this one.
    pub fn world(mut self, World(file): World) -> Self {
        self.setup.world = Some(file);
        self
    }

    /// Sets how many exchanges the journal holds before it forgets the oldest; 256.
    pub fn journal(mut self, exchanges: usize) -> Self {
        self.setup.journal = exchanges;
        self
    }

    /// Sets how many bytes of memory the journal may take, about, before it forgets
    /// the oldest exchanges; 4 MiB.
    pub fn journal_bytes(mut self, bytes: usize) -> Self {
        self.setup.journal_bytes = bytes;
        self
    }

    /// Keeps the values of requests and replies in the journal, and so on the page and in the
    /// control API: all but secrets, which are masked, card numbers down to six and four digits.
    /// Where nothing is said, no value is kept. A sandbox that keeps them does not start on an
    /// address that other machines can reach, nor with [`Builder::expose`], nor with
    /// [`Builder::allow_host`], as a proxy could hand the page on under such a name.
    ///
    /// `/_sandbox/world` and the page of customers then show names, addresses and the like of
    /// everybody, registered people too, and not only of those who are there from the start.
    ///
    /// ```
    /// let sandbox = cards_sandbox::Sandbox::builder().keep_values().start_blocking()?;
    /// assert!(sandbox.exchanges().is_empty());
    /// # Ok::<(), cards_sandbox::Error>(())
    /// ```
    pub fn keep_values(mut self) -> Self {
        self.setup.keep_values = true;
        self
    }

    /// Takes test values for what they are, so that none brings a refusal of its own. Where nothing
    /// is said, those of [`test_values`](cards_sandbox_core::RunningWorld::test_values) do.
    ///
    /// ```
    /// let sandbox = cards_sandbox::Sandbox::builder().without_test_values().start_blocking()?;
    /// assert!(sandbox.test_values().is_empty());
    /// # Ok::<(), cards_sandbox::Error>(())
    /// ```
    pub fn without_test_values(mut self) -> Self {
        self.setup.test_values = false;
        self
    }

    /// A name, beside `localhost`, under which the page at `/` and the control
    /// API answer, without a port: `sandbox.test`. Under other names they
    /// refuse, as a web site could have given itself such a name to read the
    /// sandbox through its visitors' browsers (DNS rebinding). Addresses are
    /// always taken, and the providers' paths under any name. A generated
    /// certificate is good for the name too. Not with [`Builder::keep_values`].
    pub fn allow_host(mut self, name: impl Into<String>) -> Self {
        self.setup.allowed_hosts.push(name.into());
        self
    }

    /// Lets the sandbox listen on an address that other machines can reach,
    /// which is refused otherwise: its credentials are published, so whoever
    /// reaches it can read and change everything in it, and have it send events to any
    /// port of this machine.
    pub fn expose(mut self) -> Self {
        self.setup.expose = true;
        self
    }

    /// Serves `https` and no plain HTTP; [`certificate_pem`](cards_sandbox_core::Running::certificate_pem) is what
    /// clients have to trust.
    pub fn tls(mut self, tls: Tls) -> Self {
        self.setup.tls = Some(tls);
        self
    }

    /// Orders a fault from the start. More can be ordered of the running sandbox:
    /// see [`faults`](cards_sandbox_core::RunningWorld::faults).
    pub fn fault(mut self, fault: Fault) -> Self {
        self.setup.faults.push(fault);
        self
    }

    /// Sets what tells how many lines of the log could not be written so far, for
    /// `/_sandbox/health`: who writes the log knows. A sandbox only makes events
    /// of `tracing`. A subscriber for them must not panic when it cannot write,
    /// or calls go unanswered; with `tracing-subscriber`, set
    /// `log_internal_errors(false)`.
    pub fn lost_log_lines(mut self, lost: impl Fn() -> u64 + Send + Sync + 'static) -> Self {
        self.setup.lost_log_lines = Some(Arc::new(lost));
        self
    }

    /// Starts the sandbox on the tokio runtime that this is called from, which
    /// has to have time and IO enabled.
    pub async fn start(self) -> Result<Running, Error> {
        let (setup, plugins) = self.parts()?;
        Ok(Running::new(setup.start(plugins).await?))
    }

    /// Starts the sandbox on a thread of its own, from code with or without a
    /// runtime. It is accepting connections when this returns.
    pub fn start_blocking(self) -> Result<Running, Error> {
        let (setup, plugins) = self.parts()?;
        Ok(Running::new(setup.start_blocking(plugins)?))
    }

    /// Opens the store and puts together what the handlers share.
    #[cfg(test)]
    pub(crate) fn app(self) -> Result<(App, Plugins), Error> {
        let (setup, plugins) = self.parts()?;
        setup.open(cards_sandbox_core::plugins(plugins))
    }

    /// Hangs the providers in, each with its settings.
    fn parts(self) -> Result<(Setup, [Plugin; 3]), Error> {
        let mut airpay = self.airpay;
        airpay.failure_status = StatusCode::from_u16(self.failure_status)
            .ok()
            .filter(|status| (200..500).contains(&status.as_u16()))
            .ok_or_else(|| Error::settings("the failure status has to be from 200 to 499"))?;
        if let Some(provider) = self.unknown_provider {
            return Err(Error::settings(format!("no provider is named {provider}")));
        }
        let plugins = providers::plugins(airpay, self.paysafe, self.ibanera);
        Ok((self.setup, plugins))
    }
}
