//! Airpay: form posts under `/airpay/ms/cards/api/`.
//!
//! A refusal is `{"status":400,"message":"fail"}` and nothing more, as the
//! documents have it; the reason goes to the journal.

mod access;
mod add_card;
mod calculator;
mod call;
mod card_balance;
mod card_details;
mod card_replacement;
mod checksum;
mod client;
mod comparison;
mod control;
mod customer_preference;
mod customers;
mod forgot_password;
mod generate_otp;
mod issuer;
mod kyc;
mod ledger;
mod lifecycle;
mod listed;
mod lock_unlock;
mod one_time_password;
mod openapi;
mod order;
mod page;
mod password;
mod password_reset;
mod payments;
mod register_user;
mod reply;
pub(crate) mod section;
mod seed;
mod sequences;
mod served;
mod set_pin;
mod settings;
mod standing;
mod test_values;
mod topup;
mod transaction_kind;
mod update_customer;
mod update_kyc_status;
mod user_login;

use axum::http::StatusCode;
use cards_model::airpay::{
    AddCard, CardBalance, CardDetails, CardReplacement, CustomerPreference, ForgotPassword,
    GenerateOtp, LockUnlock, RegisterUser, SetPin, TopUp, UpdateCustomer, UpdateKycStatus,
    UserLogin,
};
use cards_model::{ProviderId, Rules, Samples};
use schemars::{Schema, SchemaGenerator};

use self::client::Client;
pub use self::client::Client as AirpayClient;
use cards_sandbox_core::answer::{Answer, Rejection};
use cards_sandbox_core::detail::DetailKind;
use cards_sandbox_core::issuer::Issuer;
use cards_sandbox_core::journal::Documented;
use cards_sandbox_core::plugin::{AddedView, Plugin};
use cards_sandbox_core::provider::{Credentials, Provider};
use cards_sandbox_core::served::Served;
use cards_sandbox_core::store::{Migration, Tables};
use cards_sandbox_core::world::section::Section;

pub use self::section::Transaction as AirpayTransaction;
pub use self::section::{Card as AirpayCard, Customer as AirpayCustomer};
pub use self::transaction_kind::TransactionKind as AirpayTransactionKind;
pub use checksum::ChecksumVerdict;
pub use comparison::Sequence;
use openapi::document;
pub use order::{ChecksumOrder, ParseChecksumOrderError};
use reply::{failure, rejected};
use served::served;
pub(crate) use settings::Airpay;

impl Airpay {
    /// Hangs the provider in, with all that it serves.
    pub(crate) fn plugin(self) -> Plugin {
        Plugin {
            endpoints: &[control::ISSUE, control::FIND, password_reset::RESET],
            views: &[AddedView {
                view: calculator::CHECKSUM,
                routes: calculator::routes,
            }],
            customers: Some(page::CUSTOMERS),
            ..Plugin::new(self, OPERATIONS, document)
        }
    }
}

impl Provider for Airpay {
    fn id(&self) -> ProviderId {
        ProviderId::AIRPAY
    }

    fn prefixes(&self) -> &'static [&'static str] {
        &["/airpay"]
    }

    fn rules(&self, now: i64) -> Rules {
        let rules = Rules::on(self.utc_offset.date(now)).samples(Samples::Accept);
        rules.doc_expiry(self.doc_expiry)
    }

    fn documented(&self) -> Documented {
        DOCUMENTED
    }

    fn detail(&self) -> Option<DetailKind> {
        Some(DetailKind {
            name: checksum::DETAIL,
            schema: |generator| {
                let mut schema = generator.subschema_for::<Option<ChecksumVerdict>>();
                let text = "What came of the checksum, where the call carries one.";
                schema.insert("description".to_owned(), text.into());
                schema
            },
        })
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
        failure(status)
    }

    /// Answers under the HTTP status that the sandbox was set to.
    fn as_set(&self, documented: Answer) -> Answer {
        documented.status(self.failure_status)
    }

    fn section(&self) -> Option<&'static dyn Section> {
        Some(&section::AirpaySection)
    }

    fn issuer(&self) -> Option<&dyn Issuer> {
        Some(self)
    }
}

const OPERATIONS: &[Served] = &[
    served::<RegisterUser>(),
    served::<UpdateCustomer>(),
    served::<CustomerPreference>(),
    served::<LockUnlock>(),
    served::<SetPin>(),
    served::<CardReplacement>(),
    served::<UpdateKycStatus>(),
    served::<ForgotPassword>(),
    served::<GenerateOtp>(),
    served::<AddCard>(),
    served::<CardDetails>(),
    served::<CardBalance>(),
    served::<TopUp>(),
    served::<UserLogin>(),
];

const TABLES: Tables = Tables {
    owner: "airpay",
    migrations: &[
        Migration {
            version: 1,
            sql: include_str!("migrations/01_tables.sql"),
        },
        Migration {
            version: 2,
            sql: include_str!("migrations/02_one_time_passwords.sql"),
        },
        Migration {
            version: 4,
            sql: include_str!("migrations/04_quota.sql"),
        },
        Migration {
            version: 5,
            sql: include_str!("migrations/05_locks.sql"),
        },
        Migration {
            version: 7,
            sql: include_str!("migrations/07_card_life.sql"),
        },
        Migration {
            version: 8,
            sql: include_str!("migrations/08_password_resets.sql"),
        },
        Migration {
            version: 9,
            sql: include_str!("migrations/09_tries.sql"),
        },
        Migration {
            version: 10,
            sql: include_str!("migrations/10_transactions.sql"),
        },
        Migration {
            version: 12,
            sql: include_str!("migrations/12_payments.sql"),
        },
        Migration {
            version: 13,
            sql: include_str!("migrations/13_counts.sql"),
        },
        Migration {
            version: 14,
            sql: include_str!("migrations/14_masked.sql"),
        },
        Migration {
            version: 15,
            sql: include_str!("migrations/15_stars.sql"),
        },
        Migration {
            version: 16,
            sql: include_str!("migrations/16_apart.sql"),
        },
        // Once more, as a card number may stand further apart than it did.
        Migration {
            version: 16,
            sql: include_str!("migrations/15_stars.sql"),
        },
        Migration {
            version: 17,
            sql: include_str!("migrations/17_most.sql"),
        },
    ],
    seed_alike: |_| Ok(()),
    seed: |transaction, fingerprints, today| {
        seed::seed(transaction, &|number| fingerprints.make(number), today)
    },
};

const DOCUMENTED: Documented = Documented {
    headers: &[
        "affiliate",
        "processor-key",
        "token",
        "checksum",
        "Content-Type",
    ],
    fields: &[],
    has_caseless_query: false,
    takes_first_of_query: false,
};
