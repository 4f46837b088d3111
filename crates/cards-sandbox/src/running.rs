//! A sandbox that runs, and where its providers' calls are.

use std::ops::Deref;

use crate::world;

/// A running sandbox. It stops when this is dropped: it accepts nothing more, and calls under way
/// get a second to finish.
///
/// Whatever a server of any providers can do, it can, through [`Deref`].
///
/// ```
/// let sandbox = cards_sandbox::Sandbox::start_blocking()?;
/// assert!(sandbox.exchange(1).is_none(), "nobody has called");
/// # Ok::<(), cards_sandbox::Error>(())
/// ```
#[derive(Debug)]
pub struct Running(pub(crate) cards_sandbox_core::Running);

impl Running {
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

    /// Stops, and waits until it has stopped and the store is closed, for which queries that are
    /// still at work are waited for.
    pub async fn shutdown(self) {
        self.0.shutdown().await;
    }

    /// As [`Running::shutdown`], for code without a runtime. Where the sandbox runs on the very
    /// thread that calls this, nothing can stop it meanwhile and this gives up after two seconds.
    pub fn shutdown_blocking(self) {
        self.0.shutdown_blocking();
    }
}

impl Deref for Running {
    type Target = cards_sandbox_core::Running;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}
