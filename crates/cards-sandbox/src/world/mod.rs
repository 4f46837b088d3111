//! The fixed world that every new sandbox starts with, unless it is given
//! another: credentials, customers and cards to call it with. None of it is
//! secret, none of it is anybody's.

pub mod airpay;
pub mod ibanera;
pub mod paysafe;

use std::fmt;
use std::net::SocketAddr;

use crate::providers;
use cards_sandbox_core::error::Error;
use cards_sandbox_core::world::file::WorldFile;
use cards_sandbox_core::world::url;

/// The environment variables with which the `cards` program, and whoever else
/// follows its names, calls a sandbox that listens on `address`, without TLS.
/// They are the same for every sandbox but for the address: none needs to run.
pub fn env(address: SocketAddr) -> Vec<(&'static str, String)> {
    env_at(&url(address))
}

/// The environment variables of [`env()`] for a sandbox that is called by a URL of its own, with TLS
/// or by another name.
///
/// ```
/// let variables = cards_sandbox::world::env_at("https://sandbox.test:8484");
/// assert_eq!(variables[0].0, "CARDS_AIRPAY_BASE_URL");
/// assert_eq!(variables[0].1, "https://sandbox.test:8484");
/// ```
pub fn env_at(url: &str) -> Vec<(&'static str, String)> {
    providers::all().env(url.trim_end_matches('/'))
}

/// Gives the URL of a world beside the first, whose variables [`env_at`] tells:
///
/// ```
/// let url = cards_sandbox::world::url_beside("http://127.0.0.1:8484", "checkout-tests")?;
/// let variables = cards_sandbox::world::env_at(&url);
/// assert_eq!(variables[0].1, "http://127.0.0.1:8484/_worlds/checkout-tests");
/// # Ok::<(), cards_sandbox::Error>(())
/// ```
pub use cards_sandbox_core::url_beside;

/// Gives the base URL of Paysafe's calls, which stands before `/customers/...` and `/auth/...`.
pub(crate) fn paysafe_url(url: &str) -> String {
    format!("{url}{}", paysafe::PREFIX)
}

/// The customers and cards of all three providers, to start a sandbox with:
/// what `GET /_sandbox/world/file` saves, or a few lines of one's own.
///
/// The sandbox has no other customers and cards than those in the file; what one
/// of them does not say is made up. Card numbers are given whole, and have to be test numbers;
/// passwords are given in the clear. Neither is kept so. A file holds at most
/// 10,000 customers and 50,000 cards, in at most 64 MiB, and so does a sandbox: what
/// is in one can be saved and loaded again. A store of an older sandbox may hold
/// more. It is served and does not grow, and is saved once it holds no more than
/// that.
///
/// ```
/// use cards_sandbox::{Sandbox, World};
///
/// let world = World::from_json(
///     r#"{
///         "airpay": {"customers": [{"mobile_no": "9000000001", "password": "Quiet#Sea42"}]},
///         "paysafe": {"customers": [{"customerId": "7", "cards": [{"status": "LOCKED"}]}]},
///         "ibanera": {"customers": [{"customersId": 7, "cards": [{"totalBalance": 12.50}]}]}
///     }"#,
/// )?;
/// let sandbox = Sandbox::builder().world(world).start_blocking()?;
/// # Ok::<(), cards_sandbox::Error>(())
/// ```
#[derive(Clone)]
pub struct World(pub(crate) WorldFile);

impl World {
    /// Reads a world. Whether it keeps the documents' rules is seen when a
    /// sandbox starts with it, as they depend on the day.
    ///
    /// # Errors
    ///
    /// The text is no JSON of this form; the message names the field. See
    /// [`Error::is_world`].
    pub fn from_json(text: &str) -> Result<Self, Error> {
        let file = WorldFile::read(text.as_bytes(), &providers::all());
        Ok(Self(file.map_err(Error::world)?))
    }
}

impl fmt::Debug for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("World").finish_non_exhaustive()
    }
}
