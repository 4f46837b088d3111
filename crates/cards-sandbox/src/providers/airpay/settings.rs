//! The provider's value, which holds its settings.

use std::time::Duration;

use axum::http::StatusCode;
use cards_model::{DocExpiry, UtcOffset};

use super::order::ChecksumOrder;

/// The provider, with what can be set about it.
#[derive(Clone, Debug)]
pub(crate) struct Airpay {
    pub(crate) checksum_order: ChecksumOrder,
    /// The HTTP status under a refusal, of which the documents state only the one in the body.
    pub(crate) failure_status: StatusCode,
    pub(crate) token_lifetime: Duration,
    /// The zone whose day is "today".
    pub(crate) utc_offset: UtcOffset,
    pub(crate) doc_expiry: DocExpiry,
}

impl Default for Airpay {
    fn default() -> Self {
        Self {
            checksum_order: ChecksumOrder::Received,
            failure_status: StatusCode::OK,
            token_lifetime: Duration::from_secs(30 * 60),
            utc_offset: UtcOffset::INDIA,
            doc_expiry: DocExpiry::default(),
        }
    }
}
