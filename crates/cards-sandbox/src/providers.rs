//! The three providers, in the order of their documents.

use std::sync::Arc;

use crate::airpay::Airpay;
use crate::ibanera::Ibanera;
use crate::paysafe::Paysafe;
use crate::provider::Providers;

/// Every provider as the documents have it, without a setting of its own.
pub(crate) fn all() -> Providers {
    Providers::new([
        Arc::new(Airpay {}) as _,
        Arc::new(Paysafe {}) as _,
        Arc::new(Ibanera {}) as _,
    ])
}
