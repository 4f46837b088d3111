//! Paysafe: a customer's cards as JSON, listed, read, created and updated, behind bearer tokens.
//!
//! Each documented path is served by itself and below the public prefix
//! `/digitalwallets/v1`, the card calls below `/v2` too.

mod access;
mod call;
mod card;
mod change;
mod client;
mod control;
mod create_prepaid_card;
mod error;
mod events;
mod get_prepaid_card;
mod issue_access_token;
mod issuer;
mod lifecycle;
mod list_prepaid_cards;
pub(crate) mod listed;
mod openapi;
mod page;
pub(crate) mod section;
mod seed;
mod served;
mod settings;
mod shown;
mod signature;
mod test_values;
mod update_prepaid_card;
mod update_rules;

use axum::http::StatusCode;
use cards_model::ProviderId;
use cards_model::paysafe::{
    CreatePrepaidCard, GetPrepaidCard, ListPrepaidCards, UpdatePrepaidCard,
};
use schemars::{Schema, SchemaGenerator};

use self::access::Access;
use self::client::Client;
pub use self::client::Client as PaysafeClient;
use self::issue_access_token::IssueAccessToken;
use crate::world::paysafe::OTHER_PREFIX;
use cards_sandbox_core::answer::{Answer, Rejection};
use cards_sandbox_core::issuer::Issuer;
use cards_sandbox_core::journal::Documented;
use cards_sandbox_core::outbox::EventSender;
use cards_sandbox_core::plugin::Plugin;
use cards_sandbox_core::provider::{Credentials, Provider};
use cards_sandbox_core::served::Served;
use cards_sandbox_core::store::{Migration, Tables};
use cards_sandbox_core::world::section::Section;

pub use card::Expiry;
#[cfg(test)]
pub(crate) use card::stored_as_listed;
#[cfg(test)]
pub(crate) use change::act;
use error::{failure, rejected};
use openapi::document;
use served::served;
pub(crate) use settings::Paysafe;
pub use settings::{
    PaysafePhysicalUpdates, PaysafeSignatures, PaysafeUpdateRefusal, PaysafeUpdateReply,
};
pub use shown::{
    Customer as PaysafeCustomer, DeliveryAddressShown as PaysafeDeliveryAddress,
    Shown as PaysafeCard,
};

const TABLES: Tables = Tables {
    owner: "paysafe",
    migrations: &[
        Migration {
            version: 1,
            sql: include_str!("migrations/01_tables.sql"),
        },
        Migration {
            version: 2,
            sql: include_str!("migrations/02_card_life.sql"),
        },
        Migration {
            version: 3,
            sql: include_str!("migrations/03_card_wallets.sql"),
        },
        Migration {
            version: 4,
            sql: include_str!("migrations/04_quota.sql"),
        },
        Migration {
            version: 12,
            sql: include_str!("migrations/12_expiry_told.sql"),
        },
        Migration {
            version: 13,
            sql: include_str!("migrations/13_counts.sql"),
        },
        Migration {
            version: 15,
            sql: include_str!("migrations/15_stars.sql"),
        },
        Migration {
            version: 16,
            sql: include_str!("migrations/16_apart.sql"),
        },
        Migration {
            version: 17,
            sql: include_str!("migrations/17_mobile.sql"),
        },
        Migration {
            version: 18,
            sql: include_str!("migrations/18_spent_ids.sql"),
        },
    ],
    seed_alike: seed::seed,
    seed: |_, _, _| Ok(()),
};

const DOCUMENTED: Documented = Documented {
    headers: &["Authorization", "Content-Type", "Signature"],
    fields: &["grant_type"],
    has_caseless_query: false,
    takes_first_of_query: false,
};
impl Paysafe {
    /// Hangs the provider in, with all that it serves.
    pub(crate) fn plugin(self) -> Plugin {
        Plugin {
            endpoints: &[control::ACT, control::PUT_STATUS],
            customers: Some(page::CUSTOMERS),
            ..Plugin::new(self, OPERATIONS, document)
        }
    }
}

impl Provider for Paysafe {
    fn id(&self) -> ProviderId {
        ProviderId::PAYSAFE
    }

    fn prefixes(&self) -> &'static [&'static str] {
        &["/customers", "/auth", "/digitalwallets", OTHER_PREFIX]
    }

    fn documented(&self) -> Documented {
        DOCUMENTED
    }

    fn credentials(&self, origin: &str, _: i64) -> Credentials {
        let client = Client::at(origin);
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
        failure(status, Access::Bearer.challenge())
    }

    fn section(&self) -> Option<&'static dyn Section> {
        Some(&section::PaysafeSection)
    }

    fn issuer(&self) -> Option<&dyn Issuer> {
        Some(self)
    }

    fn events(&self) -> Option<&dyn EventSender> {
        Some(self)
    }
}

const OPERATIONS: &[Served] = &[
    served::<ListPrepaidCards>(),
    served::<GetPrepaidCard>(),
    served::<CreatePrepaidCard>(),
    served::<UpdatePrepaidCard>(),
    served::<IssueAccessToken>(),
];
