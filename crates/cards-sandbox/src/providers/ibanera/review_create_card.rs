//! `GET /api/v1/customer/cards/reviewcreatecard`
//!
//! Ibanera, Review customer details. The sandbox keeps no details of anybody: it
//! knows of each person what the page's sample says.

use cards_model::ibanera::{DocumentType, ReviewCreateCard};
use cards_model::{Operation, Request, Rules};
use schemars::JsonSchema;
use serde::Serialize;

use super::access::Access;
use super::call::Handle;
use super::cards_by_customer::{NO_CUSTOMER, by_customer, invalid};
use super::documents;
use super::envelope::{ErrorItem, Refusal};
use super::numbered::CUSTOMER;
use super::review::{Kind, ReviewRow};
use super::section::Amount;
use super::test_values::{by_id, row};
use crate::world::ibanera::REVIEWED;
use cards_sandbox_core::app::App;
use cards_sandbox_core::incoming::{Incoming, Takes};
use cards_sandbox_core::listed;
use cards_sandbox_core::openapi::{About, Described, Document};
use cards_sandbox_core::store::StoreError;
use cards_sandbox_core::test_values::{self, TestValues};
use cards_sandbox_core::written::Written;

/// The reply, with the keys of the page's sample.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "IbaneraReview")]
pub(super) struct Reply {
    /// Not used.
    id: i64,
    details: Details,
    #[schemars(extend("const" = "1"))]
    status: &'static str,
    errors: [ErrorItem; 0],
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "IbaneraReviewDetails")]
struct Details {
    /// Of a person only: what a business has here was not seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Person")]
    personal_review_details: Option<Person>,
    types: Types,
    /// Empty for a person, as in the sample; left out once a business has its corporate
    /// authorization document on file.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Vec<&'static str>")]
    required_documents: Option<Vec<&'static str>>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "IbaneraReviewedPerson")]
struct Person {
    source_of_funds: [&'static str; 1],
    #[schemars(schema_with = "listed::decimal", required)]
    estimated_gross_annual_income: Option<Amount>,
    #[schemars(schema_with = "listed::decimal", required)]
    estimated_net_worth: Option<Amount>,
    actively_employed: bool,
    employed_company_name: &'static str,
    employed_job_title: &'static str,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "IbaneraReviewTypes")]
struct Types {
    source_of_funds: [&'static str; 4],
}

impl Handle for ReviewCreateCard {
    const OPERATION: &'static Operation = <Self as Request>::OPERATION;
    const ACCESS: Access = Access::Headers;
    const TAKES: Takes = Takes::Nothing;
    const ABOUT: About = About {
        tag: "cards",
        summary: "Show what has to be told again before a card is made",
        text: "The sandbox keeps no details of anybody: of each person it tells those of the page's \
               sample. Customer 11078 is a person and 11079 a business of more than six months, of \
               whom creating a card wants the details again. Assumption: of a business no details are \
               told, as the page does not show their form, and its corporate authorization document is \
               wanted until it is on file.",
        page: Some(
            "https://customer-api-docs.ibanera.com/api-endpoints/cards/review-customer-details",
        ),
    };
    const TEST_VALUES: TestValues = &[by_id!("customersId", CODE)];
    type Reply = Reply;

    fn describe(document: &mut Document, operation: Described) -> Described {
        operation
            .parameter("customersId", "example", &REVIEWED[0].into())
            .responds(
                200,
                document.reply::<Reply>("What is known, and what is missing."),
            )
            .responds(400, document.failure(NO_CUSTOMER))
    }

    fn read(incoming: &Incoming, rules: &Rules) -> Result<Self, Refusal> {
        by_customer(incoming, rules, Self::new)
    }

    fn show(&self, see: &mut dyn FnMut(&str, &str)) {
        test_values::show(self, see);
    }

    async fn carry_out(self, app: &App) -> Result<Written<Reply>, Refusal> {
        let customers_id = self.customers_id.unwrap_or_default();
        let find = move |connection: &rusqlite::Connection| -> Result<_, StoreError> {
            let is_there = CUSTOMER.has(connection, customers_id)?;
            let documents = documents::of(connection, customers_id)?;
            Ok((
                is_there,
                ReviewRow::read(connection, customers_id)?,
                documents,
            ))
        };
        let (is_there, review, documents) = app.store.read(find).await?;
        if !is_there {
            return Err(invalid("there is no such customer"));
        }
        let kind = review.map_or(Kind::Personal, |review| review.kind());
        let wanted = DocumentType::CorporateAuthorization;
        let required_documents = match kind {
            Kind::Personal => Some(Vec::new()),
            Kind::Business if documents.iter().any(|one| one == wanted.as_str()) => None,
            Kind::Business => Some(vec!["Corporate Authorization Document"]),
        };
        Ok(Written::of(&Reply {
            id: 0,
            details: Details {
                personal_review_details: (kind == Kind::Personal).then(sample),
                types: Types {
                    source_of_funds: ["Salary", "Savings", "Self Employed", "Loans/Borrowed Funds"],
                },
                required_documents,
            },
            status: "1",
            errors: [],
        }))
    }
}

/// The person of the page's sample.
fn sample() -> Person {
    Person {
        source_of_funds: ["Salary"],
        estimated_gross_annual_income: Amount::of("10000.00"),
        estimated_net_worth: Amount::of("200000.00"),
        actively_employed: true,
        employed_company_name: "ABC Technologies",
        employed_job_title: "Software Engineer",
    }
}

#[cfg(test)]
mod tests;
