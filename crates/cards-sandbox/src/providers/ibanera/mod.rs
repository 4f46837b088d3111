//! Ibanera: the cards of a manager's customers, as JSON in one envelope,
//! behind a bearer token and a one-time password for each call.

mod access;
mod activate_card;
mod call;
mod cards_by_customer;
mod client;
mod control;
mod create_card;
mod customers;
mod documents;
mod envelope;
mod events;
mod issuer;
mod ledger;
mod lifecycle;
mod list_card_balances;
mod list_card_transactions;
mod list_customer_cards;
mod login;
mod numbered;
mod one_time_password;
mod openapi;
mod page;
mod payments;
mod query;
mod requested;
mod review;
mod review_create_card;
pub(crate) mod section;
mod seed;
mod served;
mod settings;
mod simulate_payin;
mod test_values;
mod upload_document;

use axum::http::StatusCode;
use cards_model::ProviderId;
use cards_model::ibanera::{
    ActivateCard, CardsByCustomer, CreateCard, ListCardBalances, ListCardTransactions,
    ListCustomerCards, Login, ReviewCreateCard, SimulatePayin, UploadDocument,
};
use schemars::{Schema, SchemaGenerator};

use self::client::Client;
pub use self::client::Client as IbaneraClient;
use cards_sandbox_core::answer::{Answer, Rejection};
use cards_sandbox_core::issuer::Issuer;
use cards_sandbox_core::journal::Documented;
use cards_sandbox_core::outbox::EventSender;
use cards_sandbox_core::plugin::Plugin;
use cards_sandbox_core::provider::{Credentials, Provider};
use cards_sandbox_core::served::Served;
use cards_sandbox_core::store::{Migration, Tables};
use cards_sandbox_core::world::section::Section;

pub use customers::{Card as IbaneraCard, Customer as IbaneraCustomer};
use envelope::{failure, rejected};
use openapi::document;
pub use section::Amount;
use served::served;
pub(crate) use settings::Ibanera;
pub use settings::{
    BalanceNames as IbaneraBalanceNames, IbaneraAuthorization, IbaneraCardApproval,
    OneTimePasswords,
};

const TABLES: Tables = Tables {
    owner: "ibanera",
    migrations: &[
        Migration {
            version: 1,
            sql: include_str!("migrations/01_tables.sql"),
        },
        Migration {
            version: 4,
            sql: include_str!("migrations/04_quota.sql"),
        },
        Migration {
            version: 6,
            sql: include_str!("migrations/06_reviews.sql"),
        },
        Migration {
            version: 10,
            sql: include_str!("migrations/10_ledger.sql"),
        },
        Migration {
            version: 11,
            sql: include_str!("migrations/11_documents.sql"),
        },
        Migration {
            version: 12,
            sql: include_str!("migrations/12_requested_cards.sql"),
        },
        Migration {
            version: 13,
            sql: include_str!("migrations/13_counts.sql"),
        },
        Migration {
            version: 15,
            sql: include_str!("migrations/15_stars.sql"),
        },
        // Once more, as a card number may stand further apart than it did.
        Migration {
            version: 16,
            sql: include_str!("migrations/15_stars.sql"),
        },
        Migration {
            version: 19,
            sql: include_str!("migrations/19_saved_requests.sql"),
        },
    ],
    seed_alike: seed::seed,
    seed: |_, _, _| Ok(()),
};

const DOCUMENTED: Documented = Documented {
    headers: &["Authorization", "otp", "Accept", "Content-Type"],
    fields: &["username", "password", "otp"],
    has_caseless_query: true,
    takes_first_of_query: true,
};
impl Ibanera {
    /// Hangs the provider in, with all that it serves.
    pub(crate) fn plugin(self) -> Plugin {
        Plugin {
            endpoints: &[control::CHANGE],
            customers: Some(page::CUSTOMERS),
            ..Plugin::new(self, OPERATIONS, document)
        }
    }
}

impl Provider for Ibanera {
    fn id(&self) -> ProviderId {
        ProviderId::IBANERA
    }

    fn prefixes(&self) -> &'static [&'static str] {
        &["/api/v1"]
    }

    fn documented(&self) -> Documented {
        DOCUMENTED
    }

    fn credentials(&self, origin: &str, now: i64) -> Credentials {
        let client = Client::at(origin, now);
        Credentials::new(&client, client.env()).example(client.example())
    }

    fn credentials_schema(&self, generator: &mut SchemaGenerator) -> Schema {
        generator.subschema_for::<Client>()
    }

    fn tables(&self) -> &'static Tables {
        &TABLES
    }

    fn reject(&self, rejection: Rejection) -> Answer {
        rejected(rejection)
    }

    fn fail(&self, status: StatusCode) -> Answer {
        failure(status)
    }

    fn section(&self) -> Option<&'static dyn Section> {
        Some(&section::IbaneraSection)
    }

    fn issuer(&self) -> Option<&dyn Issuer> {
        Some(self)
    }

    fn events(&self) -> Option<&dyn EventSender> {
        Some(self)
    }
}

const OPERATIONS: &[Served] = &[
    served::<ListCustomerCards>(),
    served::<CardsByCustomer>(),
    served::<CreateCard>(),
    served::<ReviewCreateCard>(),
    served::<UploadDocument>(),
    served::<ActivateCard>(),
    served::<ListCardBalances>(),
    served::<ListCardTransactions>(),
    served::<SimulatePayin>(),
    served::<Login>(),
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
