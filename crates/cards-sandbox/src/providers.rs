//! The three providers, in the order of their documents.

use crate::airpay::Airpay;
use crate::control;
use crate::ibanera::Ibanera;
use crate::paysafe::Paysafe;
use crate::plugin::Plugins;
use crate::provider::Providers;

/// Hangs the three in, each with its settings.
pub(crate) fn plugins(airpay: Airpay, paysafe: Paysafe, ibanera: Ibanera) -> Plugins {
    let three = [airpay.plugin(), paysafe.plugin(), ibanera.plugin()];
    Plugins::new(control::ENDPOINTS, three)
}

/// Hangs the three in as their documents have them, with no setting changed.
pub(crate) fn as_documented() -> Plugins {
    plugins(Airpay::default(), Paysafe::default(), Ibanera::default())
}

/// Lists the three.
pub(crate) fn all() -> Providers {
    as_documented().providers()
}

/// Lists the tables of the three.
#[cfg(test)]
pub(crate) fn tables() -> Vec<&'static crate::store::Tables> {
    all().tables()
}

/// Lists the operations of the three.
#[cfg(test)]
pub(crate) fn operations() -> crate::operations::Operations {
    as_documented().operations()
}
