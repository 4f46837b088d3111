//! One world of a running sandbox, and where its providers' calls are.

use std::ops::Deref;
use std::time::UNIX_EPOCH;

use cards_sandbox_core::Error;
use cards_sandbox_core::world::section::{TypedSection as _, Who};

use crate::providers::airpay::{self, AirpayClient, AirpayCustomer};
use crate::providers::ibanera::{self, IbaneraClient, IbaneraCustomer};
use crate::providers::paysafe::{self, PaysafeClient, PaysafeCustomer};
use crate::world;

/// A world of a running sandbox: its customers and cards, its clock, its faults, its journal and its
/// events. It is served for as long as the sandbox runs and nobody removes it; a clone is
/// a reference.
///
/// It derefs to the engine's world, which has the methods that no provider's name is in.
#[derive(Clone, Debug)]
pub struct RunningWorld(pub(crate) cards_sandbox_core::RunningWorld);

impl RunningWorld {
    /// Gives the URL that stands before `/airpay/ms/cards/api/...`.
    pub fn airpay_url(&self) -> String {
        self.url()
    }

    /// Gives the URL that stands before `/customers/...` and `/auth/...`.
    pub fn paysafe_url(&self) -> String {
        world::paysafe_url(&self.url())
    }

    /// Gives the URL that stands before `/api/v1/...`.
    pub fn ibanera_url(&self) -> String {
        self.url()
    }

    /// Gives the address and the credentials of a client of Airpay's.
    ///
    /// ```
    /// # let sandbox = cards_sandbox::Sandbox::start_blocking()?;
    /// let airpay = sandbox.airpay();
    /// // A program's own settings, of whatever type they are.
    /// let settings = [
    ///     ("base_url", &*airpay.base_url),
    ///     ("affiliate", airpay.affiliate),
    ///     ("processor_key", airpay.processor_key),
    ///     ("secret_key", airpay.secret_key),
    ///     ("token", airpay.token),
    /// ];
    /// assert!(settings[0].1.starts_with("http://127.0.0.1:"));
    /// # Ok::<(), cards_sandbox::Error>(())
    /// ```
    pub fn airpay(&self) -> AirpayClient {
        AirpayClient::at(&self.url())
    }

    /// Gives the address and the credentials of a client of Paysafe's.
    ///
    /// ```
    /// # let sandbox = cards_sandbox::Sandbox::start_blocking()?;
    /// let paysafe = sandbox.paysafe();
    /// assert_eq!(paysafe.base_url, sandbox.paysafe_url());
    /// assert_eq!(paysafe.client_id, "sandbox-client");
    /// # Ok::<(), cards_sandbox::Error>(())
    /// ```
    pub fn paysafe(&self) -> PaysafeClient {
        PaysafeClient::at(&self.url())
    }

    /// Gives the address and the credentials of a client of Ibanera's, with the one-time password
    /// of now by the sandbox's clock.
    ///
    /// ```
    /// # let sandbox = cards_sandbox::Sandbox::start_blocking()?;
    /// let ibanera = sandbox.ibanera();
    /// assert!(ibanera.otp.is_some_and(|otp| otp.len() == 6));
    /// # Ok::<(), cards_sandbox::Error>(())
    /// ```
    pub fn ibanera(&self) -> IbaneraClient {
        let now = self.clock().now().duration_since(UNIX_EPOCH);
        let now = now.map_or(-1, |since| {
            i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
        });
        IbaneraClient::at(&self.url(), now)
    }

    /// Reads Airpay's customers and their cards, to assert on. As JSON, what is personal of others
    /// than those who are there from the start is hidden, unless values are kept.
    ///
    /// ```
    /// # let sandbox = cards_sandbox::Sandbox::start_blocking()?;
    /// // A program has registered nobody, and locked nothing.
    /// let customers = sandbox.airpay_customers()?;
    /// let standing = customers.iter().find(|one| one.entity_id == "AIRPAYCUST0001");
    /// assert!(standing.is_some_and(|one| one.cards.iter().all(|card| card.lock.is_none())));
    /// assert!(sandbox.calls("register-user")?.is_empty());
    /// # Ok::<(), cards_sandbox::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The store cannot be read. See [`Error::is_store`].
    pub fn airpay_customers(&self) -> Result<Vec<AirpayCustomer>, Error> {
        self.read(|connection, showing| {
            airpay::section::AirpaySection::show(connection, showing, Who::All)
        })
    }

    /// Reads Paysafe's customers and their cards, as of the sandbox's day, to assert on. As JSON,
    /// what is personal is hidden as in [`RunningWorld::airpay_customers`].
    ///
    /// # Errors
    ///
    /// The store cannot be read. See [`Error::is_store`].
    pub fn paysafe_customers(&self) -> Result<Vec<PaysafeCustomer>, Error> {
        self.read(|connection, showing| {
            paysafe::section::PaysafeSection::show(connection, showing, Who::All)
        })
    }

    /// Reads Ibanera's customers and their cards, to assert on.
    ///
    /// ```
    /// # let sandbox = cards_sandbox::Sandbox::start_blocking()?;
    /// let customers = sandbox.ibanera_customers()?;
    /// assert_eq!(customers[0].customers_id, 11057);
    /// assert!(customers[0].cards.iter().any(|card| card.suppressed));
    /// # Ok::<(), cards_sandbox::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The store cannot be read. See [`Error::is_store`].
    pub fn ibanera_customers(&self) -> Result<Vec<IbaneraCustomer>, Error> {
        self.read(|connection, showing| {
            ibanera::section::IbaneraSection::show(connection, showing, Who::All)
        })
    }
}

impl Deref for RunningWorld {
    type Target = cards_sandbox_core::RunningWorld;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}
