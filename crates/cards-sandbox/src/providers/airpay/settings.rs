//! The provider's value, which holds its settings.

use std::time::Duration;

use axum::http::StatusCode;

use super::order::ChecksumOrder;

/// The provider, with what can be set about it.
#[derive(Clone, Debug)]
pub(crate) struct Airpay {
    pub(crate) checksum_order: ChecksumOrder,
    /// The HTTP status under a refusal, of which the documents state only the one in the body.
    pub(crate) failure_status: StatusCode,
    pub(crate) token_lifetime: Duration,
}

impl Default for Airpay {
    fn default() -> Self {
        Self {
            checksum_order: ChecksumOrder::Received,
            failure_status: StatusCode::OK,
            token_lifetime: Duration::from_secs(30 * 60),
        }
    }
}
