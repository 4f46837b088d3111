//! The three providers, in the order of their documents.

pub(crate) mod airpay;
pub(crate) mod ibanera;
pub(crate) mod paysafe;

use cards_sandbox_core::provider::Providers;
use cards_sandbox_core::{Plugin, Plugins};

use self::airpay::Airpay;
use self::ibanera::Ibanera;
use self::paysafe::Paysafe;

/// Hangs the three in, each with its settings.
pub(crate) fn plugins(airpay: Airpay, paysafe: Paysafe, ibanera: Ibanera) -> [Plugin; 3] {
    [airpay.plugin(), paysafe.plugin(), ibanera.plugin()]
}

/// Hangs the three in as their documents have them, with no setting changed.
pub(crate) fn as_documented() -> Plugins {
    cards_sandbox_core::plugins(plugins(
        Airpay::default(),
        Paysafe::default(),
        Ibanera::default(),
    ))
}

/// Lists the three.
pub(crate) fn all() -> Providers {
    as_documented().providers()
}

/// Lists the tables of the three.
#[cfg(test)]
pub(crate) fn tables() -> Vec<&'static cards_sandbox_core::store::Tables> {
    all().tables()
}

/// Lists the operations of the three.
#[cfg(test)]
pub(crate) fn operations() -> cards_sandbox_core::operations::Operations {
    as_documented().operations()
}
