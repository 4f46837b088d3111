//! The provider's value, which holds its settings.

use std::time::Duration;

/// Says which statuses an update at Paysafe takes for a PHYSICAL card. The page says all that are
/// allowed, and lists two below that.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum PaysafePhysicalUpdates {
    /// All that the card's life allows.
    #[default]
    All,
    /// ACTIVE and CANCELLED, as for a VIRTUAL card.
    ActiveOrCancelled,
}

/// Says how an update at Paysafe is answered, of which the page shows nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum PaysafeUpdateReply {
    /// With 200 and the card.
    #[default]
    Card,
    /// With 204 and no body.
    NoContent,
}

/// Says under which HTTP status an update at Paysafe is refused that the card's life forbids.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum PaysafeUpdateRefusal {
    /// 409.
    #[default]
    Conflict,
    /// 400.
    BadRequest,
}

/// Says which requests have to carry a right `Signature` at Paysafe. Its page on signing says that
/// some have to, and not which.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum PaysafeSignatures {
    /// No request is checked: the header is passed over.
    #[default]
    NotChecked,
    /// Those with a body, over its bytes.
    Bodies,
    /// Those too, over their path without the prefix, which have none.
    BodiesAndPaths,
}

/// The provider, with what can be set about it.
#[derive(Clone, Debug)]
pub(crate) struct Paysafe {
    pub(crate) token_lifetime: Duration,
    pub(crate) physical_updates: PaysafePhysicalUpdates,
    pub(crate) update_reply: PaysafeUpdateReply,
    pub(crate) update_refusal: PaysafeUpdateRefusal,
    pub(crate) signatures: PaysafeSignatures,
    /// The pause before an event is sent again.
    pub(crate) event_pause: Duration,
}

impl Default for Paysafe {
    fn default() -> Self {
        Self {
            token_lifetime: Duration::from_secs(36_000),
            physical_updates: PaysafePhysicalUpdates::default(),
            update_reply: PaysafeUpdateReply::default(),
            update_refusal: PaysafeUpdateRefusal::default(),
            signatures: PaysafeSignatures::default(),
            event_pause: Duration::from_secs(30),
        }
    }
}
