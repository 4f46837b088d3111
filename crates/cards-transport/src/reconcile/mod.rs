//! Finding out whether a call took effect whose outcome is unknown.
//!
//! After [`ErrorKind::OutcomeUnknown`](crate::ErrorKind::OutcomeUnknown) a client cannot send the
//! call again: it may have been carried out. For some calls a read tells.
//!
//! ```
//! use cards_transport::model::paysafe::{CardStatus, UpdatePrepaidCard};
//! use cards_transport::reconcile::Reconciled;
//! use cards_transport::{blocking::Client, http, paysafe::Paysafe};
//!
//! // A provider that carries the change out and then loses the connection.
//! let lossy = |request: http::Request<_>, _limits| match *request.method() {
//!     http::Method::GET => Ok(http::Response::new(r#"{"cardId":"C1","status":"CANCELLED"}"#.into())),
//!     _ => Ok(http::Response::builder().status(502).body("Bad Gateway".into()).unwrap()),
//! };
//! let client = Client::new(Paysafe::new("http://localhost".parse()?).token("t"), lossy);
//! let lost = UpdatePrepaidCard::new("12345678", "C1").status(CardStatus::Cancelled).status_reason("lost");
//!
//! assert!(client.send(&lost).unwrap_err().is_outcome_unknown());
//! assert!(matches!(client.reconcile(&lost)?, Reconciled::Done(_)));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # How far an answer goes
//!
//! It is made of what the provider's reads show. Where these leave two readings, it is
//! [`CannotTell`](Reconciled::CannotTell), and says why. Two things no read can show, and they
//! are yours to see to:
//!
//! - Assumption: the call is no longer on its way. Ask once its
//!   [total timeout](crate::Settings::total_timeout) has passed, and some time more where there is a
//!   gateway between: a request that is carried out after the read makes
//!   [`NotDone`](Reconciled::NotDone) wrong.
//! - Assumption: nobody else has changed the same thing since. A card that was locked by the call
//!   and unlocked by somebody else looks as if it had never been locked.
//!
//! Some calls are told with a look at what was before, which has to be taken before they are made:
//! [`observe`](crate::blocking::Client::observe) first, then the call, then
//! [`reconcile_since`](crate::blocking::Client::reconcile_since).
//!
//! | call | read | tells |
//! | --- | --- | --- |
//! | Airpay `register-user` | `user-login` | Done, where the same login was refused before; never that it was not done |
//! | Airpay `lock-unlock` | `card-details` | by the card's state |
//! | Airpay `add-card` | `card-details` | by the kit number |
//! | Airpay `card-replacement` | `card-details` | by the new kit number, where one was asked for: that it was done with a look before the call alone, as the kit may have been the customer's already |
//! | Airpay `topup` | `card-balance` | nothing: shows the balance, before and after |
//! | Airpay, all others | none | nothing |
//! | Paysafe `create-prepaid-card` | `list-prepaid-cards` | by `externalId`, where one was given; not where a card has none that was not observed before the call, where the only card of it was, or was rejected |
//! | Paysafe `update-prepaid-card` | `get-prepaid-card` | by the card's status; where that may follow from the change too, with a look before at most |
//! | Ibanera `create-card` | `cards-by-customer` | nothing: shows the customer's cards |
//! | Ibanera `activate-card` | `list-card-balances` | by the card's status |
//! | Ibanera, all others | none | nothing |

mod sight;

pub use sight::{Blind, Once, Search, Sight, Walk};

use std::fmt;

use crate::call::Call;
use crate::error::Error;

/// Says whether a call took effect, as far as the provider's reads tell. `S` is what they showed.
///
/// See the [module](self) for what an answer rests on.
#[derive(Clone, PartialEq, Eq)]
pub enum Reconciled<S> {
    /// The thing that the call asks for is so, by this call or by another that asked for the same.
    /// There is nothing to send again.
    Done(S),
    /// It is not so: the call did not take effect, and can be made again.
    NotDone(S),
    /// The reads do not tell. Ask the provider, or a person.
    CannotTell {
        /// The reason, as a sentence.
        why: &'static str,
        /// The thing that was seen all the same. `None`: nothing can be read.
        now: Option<S>,
    },
}

impl<S> Reconciled<S> {
    /// Tells whether the call took effect. `None`: that cannot be told.
    pub fn is_done(&self) -> Option<bool> {
        match self {
            Self::Done(_) => Some(true),
            Self::NotDone(_) => Some(false),
            Self::CannotTell { .. } => None,
        }
    }

    pub(crate) fn cannot_tell(why: &'static str, now: S) -> Self {
        let now = Some(now);
        Self::CannotTell { why, now }
    }
}

/// Shows the answer and the reason, and not what was seen: it goes to logs.
impl<S> fmt::Debug for Reconciled<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Done(_) => f.write_str("Done"),
            Self::NotDone(_) => f.write_str("NotDone"),
            Self::CannotTell { why, .. } => write!(f, "CannotTell({why})"),
        }
    }
}

/// A mutation that can be asked after. Every mutation of the [list](crate::operations())
/// implements it, those too of which no read tells anything.
pub trait Reconcile: Call {
    /// The reads that show its effect.
    type Sight: Sight<Provider = Self::Provider>;

    /// The part of them that tells.
    type Seen: Clone + Send + Sync + 'static;

    /// The reads to make, of which a walk follows so many pages at most.
    ///
    /// # Errors
    ///
    /// Says why none tells.
    fn sight(&self, most_pages: u32) -> Result<Self::Sight, &'static str>;

    /// The part that tells.
    ///
    /// # Errors
    ///
    /// A refusal of the read, where it tells nothing of the call.
    fn seen(&self, shown: <Self::Sight as Sight>::Shown) -> Result<Self::Seen, Error>;

    /// Decides, without IO. `before` was seen before the call was made.
    fn judge(&self, before: Option<&Self::Seen>, now: Self::Seen) -> Reconciled<Self::Seen>;
}

/// Decides on what was seen now. `None`: nothing can be.
pub(crate) fn reconciled<C: Reconcile>(
    call: &C,
    before: Option<&C::Seen>,
    now: Option<C::Seen>,
) -> Reconciled<C::Seen> {
    match (now, call.sight(1)) {
        (Some(now), _) => call.judge(before, now),
        (None, Err(why)) => Reconciled::CannotTell { why, now: None },
        (None, Ok(_)) => Reconciled::CannotTell {
            why: "Not all reads were made.",
            now: None,
        },
    }
}

/// Implements [`Reconcile`] for calls of which no read tells anything, each with the reason.
macro_rules! blind {
    ($provider:ident { $($call:ident: $why:literal;)+ }) => {$(
        impl $crate::reconcile::Reconcile for $call {
            type Sight = $crate::reconcile::Blind<$provider>;
            type Seen = ();

            fn sight(&self, _: u32) -> Result<Self::Sight, &'static str> {
                Err($why)
            }

            fn seen(&self, (): ()) -> Result<(), $crate::error::Error> {
                Ok(())
            }

            fn judge(&self, _: Option<&()>, now: ()) -> $crate::reconcile::Reconciled<()> {
                $crate::reconcile::Reconciled::cannot_tell($why, now)
            }
        }
    )+};
}

pub(crate) use blind;
