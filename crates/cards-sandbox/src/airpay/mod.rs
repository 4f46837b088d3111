//! Airpay: four form posts under `/airpay/ms/cards/api/`.
//!
//! A refusal is `{"status":400,"message":"fail"}` and nothing more, as the
//! documents have it; the reason goes to the journal.

mod access;
mod calculator;
mod call;
mod checksum;
mod client;
mod comparison;
mod control;
mod customer_preference;
mod customers;
mod listed;
mod one_time_password;
mod openapi;
mod password;
mod register_user;
pub(crate) mod section;
mod seed;
pub(crate) mod sequences;
mod update_customer;
mod user_login;

use std::sync::Arc;
use std::time::Duration;

use axum::http::StatusCode;
use cards_model::ProviderId;
use cards_model::airpay::{CustomerPreference, RegisterUser, UpdateCustomer, UserLogin};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;

use self::client::Client;
use crate::answer::{Answer, Rejection, UnmetRule};
use crate::app::App;
use crate::detail::DetailKind;
use crate::journal::Documented;
use crate::plugin::{AddedView, Plugin};
use crate::provider::{Credentials, Provider};
use crate::served::Served;
use crate::store::{Migration, StoreError, Tables};
use crate::world::section::Section;

pub(crate) use checksum::arrange;
pub use checksum::{ChecksumOrder, ChecksumVerdict, ParseChecksumOrderError};
pub use comparison::Sequence;
pub(crate) use comparison::{Comparison, compare};
pub(crate) use customers::Customer as WorldCustomer;
use openapi::document;

/// The name that the engine has for the provider.
const ID: ProviderId = ProviderId::AIRPAY;

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

impl Airpay {
    /// Hangs the provider in, with all that it serves.
    pub(crate) fn plugin(self) -> Plugin {
        Plugin {
            provider: Arc::new(self),
            operations: OPERATIONS,
            endpoints: &[control::ISSUE],
            views: &[AddedView {
                view: calculator::CHECKSUM,
                routes: calculator::routes,
            }],
            document,
        }
    }
}

impl Provider for Airpay {
    fn id(&self) -> ProviderId {
        ID
    }

    fn prefixes(&self) -> &'static [&'static str] {
        &["/airpay"]
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
        Credentials::new(&client, client.env())
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

    fn section(&self) -> &dyn Section {
        self
    }
}

const OPERATIONS: &[Served] = &[
    call::served::<RegisterUser>(),
    call::served::<UpdateCustomer>(),
    call::served::<CustomerPreference>(),
    call::served::<UserLogin>(),
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
};

/// Every Success-Response.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "AirpaySuccessOf{T}")]
pub(crate) struct Success<T> {
    #[schemars(extend("const" = 200))]
    status: u16,
    #[schemars(extend("const" = "success"))]
    message: &'static str,
    data: T,
}

impl<T> Success<T> {
    const fn new(data: T) -> Self {
        Self {
            status: 200,
            message: "success",
            data,
        }
    }
}

/// Every Fail-Response.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "AirpayFailure")]
pub(crate) struct Failure {
    #[schemars(extend("const" = 400))]
    status: u16,
    #[schemars(extend("const" = "fail"))]
    message: &'static str,
}

const FAILURE: Failure = Failure {
    status: 400,
    message: "fail",
};

/// `data` of a success that brings nothing: `[]`.
type Nothing = [(); 0];

fn rejected(rejection: Rejection) -> Answer {
    Answer::refused(rejection.status(), &FAILURE, rejection.why())
}

/// The documented failure, ordered.
fn failure(status: StatusCode) -> Answer {
    Answer::refused(status, &FAILURE, "")
}

/// A refusal, under the HTTP status that the sandbox was set to.
fn refused(app: &App, refusal: Refusal) -> Answer {
    match refusal {
        Refusal::Because(why, unmet) => {
            let status = app.providers.get::<Airpay>().failure_status;
            Answer::refused(status, &FAILURE, why).unmet(unmet)
        }
        Refusal::Store(error) => {
            tracing::error!(%error, "the store failed");
            let status = StatusCode::INTERNAL_SERVER_ERROR;
            Answer::refused(status, &FAILURE, error.verdict())
        }
    }
}

/// Why a call is not carried out.
pub(crate) enum Refusal {
    Because(std::borrow::Cow<'static, str>, Option<UnmetRule>),
    Store(StoreError),
}

impl Refusal {
    fn because(why: impl Into<std::borrow::Cow<'static, str>>) -> Self {
        Self::Because(why.into(), None)
    }

    /// Adds the documented rule that the request breaks.
    fn breaks(self, unmet: UnmetRule) -> Self {
        match self {
            Self::Because(why, _) => Self::Because(why, Some(unmet)),
            Self::Store(error) => Self::Store(error),
        }
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::OverQuota(limit) => Self::because(limit.to_string()),
            error => Self::Store(error),
        }
    }
}

impl From<rusqlite::Error> for Refusal {
    fn from(error: rusqlite::Error) -> Self {
        StoreError::from(error).into()
    }
}
