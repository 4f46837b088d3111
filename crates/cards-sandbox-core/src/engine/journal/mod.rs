//! Keeps what was asked and why it was answered so, for the developer's eyes:
//! the providers' own answers never say.

mod called;
mod difference;
mod documented;
mod exchange;
mod filter;
mod kept;
mod names;
mod received;
mod remark;
mod values;

use axum::http::HeaderName;

pub use called::Nearest;
pub(crate) use called::called;
pub use difference::Difference;
pub use documented::{Documented, Part};
pub use exchange::Exchange;
pub(crate) use filter::Filter;
pub use kept::Journal;
pub use received::Observed;
pub use received::Received;
pub use remark::Remark;
pub use values::{KeptValue, KeptValues, Values};

/// The header that tells the caller which exchange this was.
pub(crate) const EXCHANGE: HeaderName = HeaderName::from_static("x-sandbox-exchange");

/// The header that tells the caller of an unknown path which documented one is nearest.
pub(crate) const NEAREST: HeaderName = HeaderName::from_static("x-sandbox-nearest");
