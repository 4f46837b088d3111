//! The three providers, in the order of their documents.

use std::sync::Arc;

use cards_model::Provider as Id;

use crate::airpay::{self, Airpay};
use crate::ibanera::{self, Ibanera};
use crate::operations::Operations;
use crate::paysafe::{self, Paysafe};
use crate::provider::Providers;
use crate::served;
#[cfg(test)]
use crate::store::Tables;

/// Lists the operations of all.
pub(crate) fn operations() -> Operations {
    Operations::new([
        (Id::Airpay.into(), served::known(airpay::OPERATIONS)),
        (Id::Paysafe.into(), served::known(paysafe::OPERATIONS)),
        (Id::Ibanera.into(), served::known(ibanera::OPERATIONS)),
    ])
}

/// Lists the three, each with its settings.
pub(crate) fn of(airpay: Airpay, paysafe: Paysafe, ibanera: Ibanera) -> Providers {
    Providers::new([
        Arc::new(airpay) as _,
        Arc::new(paysafe) as _,
        Arc::new(ibanera) as _,
    ])
}

/// Lists the three as their documents have them, with no setting changed.
pub(crate) fn all() -> Providers {
    of(Airpay::default(), Paysafe::default(), Ibanera::default())
}

/// Lists the tables of the three.
#[cfg(test)]
pub(crate) fn tables() -> Vec<&'static Tables> {
    all().tables()
}
