//! The part of receiving events that is each provider's own.

use std::borrow::Cow;
use std::fmt::Debug;

use cards_model::Timestamp;

use crate::call::Sealed;
use crate::unreadable::Unreadable;

/// A provider that sends events: [`Paysafe`](crate::paysafe::Paysafe) or
/// [`Ibanera`](crate::ibanera::Ibanera).
///
/// Implemented by those two and by nothing else.
pub trait Inbound: Sealed + Sized + 'static {
    /// The key that events are signed with.
    type Key: Clone + Debug + Send + Sync;

    /// The settings of how events are signed and read.
    type Reading: Clone + Debug + Default + Send + Sync;

    /// An event.
    type Event: Debug + Send;

    /// The header that carries the signature.
    const HEADER: &'static str;

    /// Advice where an event comes without that header.
    const UNSIGNED: &'static str;

    /// Checks that a header's value can be a signature, whatever it is of. An error ends a
    /// sentence, and does not repeat the value.
    fn check_form(reading: &Self::Reading, given: &str) -> Result<(), Cow<'static, str>>;

    /// Tells whether a signature is of this body and key, in constant time.
    fn is_signed(key: &Self::Key, reading: &Self::Reading, body: &[u8], given: &str) -> bool;

    /// Says which of the usual mistakes a wrong signature comes from, as the end of a sentence.
    /// `None`: from none of them.
    fn explain(
        key: &Self::Key,
        reading: &Self::Reading,
        body: &[u8],
        given: &str,
    ) -> Option<Cow<'static, str>>;

    /// The signature of a body, as the header carries it.
    fn write(key: &Self::Key, reading: &Self::Reading, body: &[u8]) -> String;

    /// Reads an event whose signature was found right.
    fn read(reading: &Self::Reading, body: &str) -> Result<Self::Event, Unreadable>;

    /// The time that stands in an event. `None`: it has none.
    fn time(event: &Self::Event) -> Option<&Timestamp>;
}
