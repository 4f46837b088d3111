//! Three prepaid-card documents as Rust types and checks.
//!
//! Airpay, Paysafe Embedded Wallets and Ibanera each describe their card API
//! in a few pages. This crate holds every request and reply of those pages,
//! and every rule they state, so that a mistake is found on this side of the
//! wire, before a card number leaves the process.
//!
//! ```
//! use cards_model::{Date, Request, Rules};
//! use cards_model::airpay::UpdateCustomer;
//!
//! let update = UpdateCustomer::new("AIRPAYCUST0001")
//!     .email("asha@example.com")
//!     .pincode("68230"); // one digit short
//!
//! let rules = Rules::on(Date::new(2026, 11, 21)?);
//! let wrong = update.check(&rules).unwrap_err();
//! assert_eq!(wrong.iter().next().unwrap().field, "pincode");
//! assert!(!wrong.to_string().contains("68230"));
//! # Ok::<(), cards_model::DateError>(())
//! ```
//!
//! # In scope
//!
//! Requests, replies, events, their documented rules ([`Rules`], [`Violations`], and as
//! data [`Constraint`]),
//! types that keep personal and secret values out of logs ([`Pan`],
//! [`Secret`], [`Personal`]), and a view that is the same for every provider
//! ([`CardSummary`]).
//!
//! # Out of scope
//!
//! IO, HTTP, the clock and the checksum. "Today" is an argument.
//!
//! # Invariants
//!
//! - A [`Violation`] never holds the offending value.
//! - `Debug`, `Display` and `Serialize` of a sensitive value are redacted;
//!   reading one is an explicit `expose()`.
//! - The error of a field that cannot be read does not repeat what stands there. Where a text stands in the
//!   place of a whole reply, serde's own words do; `cards-transport` shows none of serde's words.
//! - A request lists its fields once ([`Record::visit`]); signing and encoding
//!   both work from that list.
//! - Replies are read leniently: unknown fields are passed over, unknown enum
//!   values kept.
//! - No input makes this crate panic.

pub mod airpay;
mod amount;
mod capability;
mod checks;
mod constraint;
mod date;
mod derived;
mod event;
mod file_upload;
mod found;
pub mod ibanera;
mod json;
mod lenient;
mod lent;
mod list_or_object;
mod money;
mod open_enum;
mod operation;
pub mod paysafe;
mod personal_amount;
mod provider;
mod quiet;
mod received;
mod record;
mod reply;
mod request;
pub mod rule;
mod rule_kind;
mod sensitive;
mod summary;
mod table;
mod value;
mod violation;
mod waiver;
mod written;
mod zone;

pub use amount::Amount;
pub use capability::{Capability, Source};
pub use constraint::{Constraint, Dependent, Kind};
pub use date::{CardExpiry, Date, DateError, Timestamp};
pub use event::UnknownEvent;
pub use file_upload::FileUpload;
pub use lent::Lent;
pub use list_or_object::ListOrObject;
pub use operation::{Body, Field, Operation, Place, Sensitivity};
pub use personal_amount::PersonalAmount;
pub use provider::{Effect, Method, ProviderId};
pub use received::Received;
pub use record::Record;
pub use request::{Fields, Form, Pairs, Request};
pub use rule::{DocExpiry, DocExpiryError, Rules, Samples};
pub use rule_kind::Rule;
pub use rust_decimal::Decimal;
pub use sensitive::{Bin, LastFour, Pan, Personal, Secret, Text};
pub use summary::{CardKind, CardState, CardSummary};
pub use value::{FieldType, FieldValue, Texts, Value, Visitor};
pub use violation::{Violation, Violations};
pub use waiver::{Waiver, WaiverError, Waivers};
pub use zone::{UtcOffset, UtcOffsetError};

/// Names for [`request!`] and [`object!`].
#[doc(hidden)]
pub mod __macro {
    pub use serde_json::Value as Json;
    pub use validator::{ValidateArgs, ValidationErrors};

    pub use crate::checks::{
        Bounds, Given, custom, equal_length, length, nested, outcome, range, required, whole,
    };
    pub use crate::derived::{ConstraintOf, is_required};
    pub use crate::found::Found;
    pub use crate::quiet::quiet;
    pub use crate::received::Reader;
    pub use crate::record::next;
    pub use crate::table::{flat, operation, own, place, rows};
}
