//! `GET /api/v1/customer/cards/reviewcreatecard`
//!
//! Ibanera, Review customer details: a page beside the five documents.

use serde::{Deserialize, Serialize};

use crate::capability::{Capability, Source};
use crate::lenient;
use crate::operation::Operation;
use crate::personal_amount::PersonalAmount;
use crate::provider::{Effect, Method, ProviderId};
use crate::sensitive::Personal;

crate::request! {
    operation: Operation::new(
        ProviderId::IBANERA,
        "review-create-card",
        Method::Get,
        "/api/v1/customer/cards/reviewcreatecard",
        Effect::Read,
        "Ibanera Review Customer Details",
    )
    .offers(&[Capability::Review])
    .known_from(Source::Reference),
    body: none,
    /// Asks what of a customer has to be told again, and which documents are
    /// missing, before a card is made.
    ///
    /// ```
    /// use cards_model::ibanera::ReviewCreateCard;
    ///
    /// let request = ReviewCreateCard::new(11057);
    /// ```
    #[derive(Default)]
    pub struct ReviewCreateCard {
        /// The customer's id, at least 1.
        #[serde(default)]
        #[validate(required, range(min = 1))]
        "customersId" in "Query Parameters, customersId" sampled "12345"
            => pub customers_id: Option<i64>,
    }
    /// The review of the customer with this id.
    fn new(customers_id: i64);
}

/// Holds the details of a customer, and what is missing (`details` of the reply).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct CardReview {
    /// The details of a person. The form for a business was not seen.
    #[serde(default, deserialize_with = "lenient::quiet")]
    pub personal_review_details: Option<ReviewedPerson>,
    /// The words that can be used in a review.
    #[serde(default, deserialize_with = "lenient::quiet")]
    pub types: Option<ReviewTypes>,
    /// The documents that have to be uploaded. `None`: the reply has no list, as
    /// where none is missing of a business. An item that is no text is an empty
    /// one, so that nobody takes the list for shorter than it is.
    #[serde(
        default,
        deserialize_with = "lenient::texts_or_blanks",
        skip_serializing_if = "Option::is_none"
    )]
    pub required_documents: Option<Vec<String>>,
}

/// Holds what is known of a person.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ReviewedPerson {
    /// The sources of the funds.
    #[serde(default, deserialize_with = "lenient::list")]
    pub source_of_funds: Vec<Personal>,
    /// The income of a year before tax, as an estimate.
    #[serde(default)]
    pub estimated_gross_annual_income: Option<PersonalAmount>,
    /// The net worth, as an estimate.
    #[serde(default)]
    pub estimated_net_worth: Option<PersonalAmount>,
    /// Says whether the person is employed.
    #[serde(default, deserialize_with = "lenient::boolean")]
    pub actively_employed: Option<bool>,
    /// The employer's name.
    #[serde(default)]
    pub employed_company_name: Option<Personal>,
    /// The job's title.
    #[serde(default)]
    pub employed_job_title: Option<Personal>,
}

/// Holds the words that can be used in a review.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ReviewTypes {
    /// Sources of funds, such as Salary and Savings.
    #[serde(default, deserialize_with = "lenient::list")]
    pub source_of_funds: Vec<String>,
}
