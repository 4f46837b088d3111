//! Keeps what was asked and why it was answered so, for the developer's eyes:
//! the providers' own answers never say.

mod exchange;
mod filter;
mod kept;
mod received;

use axum::http::HeaderName;

pub use exchange::Exchange;
pub(crate) use filter::Filter;
pub use kept::Journal;
pub use received::Received;
pub use received::{Documented, Observed};

/// The header that tells the caller which exchange this was.
pub(crate) const EXCHANGE: HeaderName = HeaderName::from_static("x-sandbox-exchange");
