//! Ibanera: the cards of a manager's customers, as JSON in one envelope,
//! behind a bearer token and a one-time password for each call.

mod access;
mod call;
mod cards_by_customer;
mod customers;
mod envelope;
mod list_customer_cards;
mod login;
mod one_time_password;
mod openapi;
mod seed;
pub(crate) mod world_file;

use axum::http::StatusCode;
use cards_model::ibanera::{CardsByCustomer, ListCustomerCards, Login};

use crate::answer::{Answer, Rejection};
use crate::journal::Documented;
use crate::provider::{Provider, ProviderId};
use crate::served::Served;

pub(crate) use customers::{Customer as WorldCustomer, World, world};
use envelope::{failure, rejected};
pub(crate) use one_time_password::current as current_code;
pub(crate) use openapi::document;
pub(crate) use seed::seed;

const DOCUMENTED: Documented = Documented {
    headers: &["Authorization", "otp", "Accept", "Content-Type"],
    fields: &["username", "password", "otp"],
};

/// The provider, as the engine has it.
pub(crate) struct Ibanera {}

impl Provider for Ibanera {
    fn id(&self) -> ProviderId {
        ProviderId::new("ibanera")
    }

    fn prefixes(&self) -> &'static [&'static str] {
        &["/api/v1"]
    }

    fn documented(&self) -> Documented {
        DOCUMENTED
    }

    fn reject(&self, rejection: Rejection) -> Answer {
        rejected(rejection)
    }

    fn fail(&self, status: StatusCode) -> Answer {
        failure(status)
    }
}

pub(crate) const OPERATIONS: &[Served] = &[
    call::served::<ListCustomerCards>(),
    call::served::<CardsByCustomer>(),
    call::served::<Login>(),
];

#[cfg(test)]
pub(crate) mod testing {
    use crate::testing::Harness;
    use crate::world::ibanera::TOTP_SECRET;

    pub(super) const BEARER: (&str, &str) = ("authorization", "Bearer sandbox-ibanera-token");

    /// The code of the sandbox's now.
    pub(crate) fn otp(sandbox: &Harness) -> String {
        let secret = totp_rs::Secret::try_from_base32(TOTP_SECRET).unwrap();
        let totp = totp_rs::Builder::new().with_secret(secret).build().unwrap();
        totp.generate(sandbox.app.now() as u64).to_string()
    }
}
