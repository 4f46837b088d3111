//! The three providers, in the order of their documents.

use std::sync::Arc;

use cards_model::Provider as Id;

use crate::airpay::{self, Airpay};
use crate::ibanera::{self, Ibanera};
use crate::paysafe::{self, Paysafe};
use crate::provider::Providers;
use crate::served::Operations;

/// Lists the operations of all.
pub(crate) fn operations() -> Operations {
    Operations::new([
        (Id::Airpay.into(), airpay::OPERATIONS),
        (Id::Paysafe.into(), paysafe::OPERATIONS),
        (Id::Ibanera.into(), ibanera::OPERATIONS),
    ])
}

/// Every provider as the documents have it, without a setting of its own.
pub(crate) fn all() -> Providers {
    Providers::new([
        Arc::new(Airpay {}) as _,
        Arc::new(Paysafe {}) as _,
        Arc::new(Ibanera {}) as _,
    ])
}
