//! The issuer's side: what happens to a card without a call of the programme's, because somebody pays
//! with it, or because the issuer ships, ends or approves it.

mod error;
mod order;
mod shipment;

use rusqlite::Transaction;

pub use error::IssuerError;
pub use order::{IssuerAction, IssuerOrder};
pub use shipment::{Shipment, deliver, ship};

/// A provider whose issuer can be simulated.
pub trait Issuer: Send + Sync {
    /// Lists what its issuer does, in the order in which it is listed to people. All else is refused:
    /// the provider's documents have no place for it.
    fn actions(&self) -> &'static [IssuerAction];

    /// Does what the issuer does, and puts the events that follow into the outbox: all in one
    /// transaction, which is taken back on an error. `now` is in milliseconds since 1970, by the
    /// sandbox's clock.
    fn act(
        &self,
        transaction: &Transaction<'_>,
        order: &IssuerOrder,
        now: i64,
    ) -> Result<IssuerDone, IssuerError>;
}

/// The outcome of what an issuer did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IssuerDone {
    /// The customer whose card or standing it was.
    pub customer: String,
    /// The card, where it was one, by the name that the order has for it.
    pub card: Option<String>,
    /// The transaction that was made or changed; of one that was taken back, its former id.
    pub transaction: Option<String>,
}
