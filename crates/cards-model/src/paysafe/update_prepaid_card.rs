//! `PATCH /customers/{customerId}/prepaid/cards/{cardId}`
//!
//! Paysafe, Update prepaid card: another status for a customer's card, given by
//! back-office staff. A page beside the five documents. It lists a `pin` too, and
//! says that this API does not change PINs: the request has none.

use validator::ValidationError;

use super::{Card, CardStatus};
use crate::capability::{Capability, Source};
use crate::constraint::{Constraint, Dependent};
use crate::operation::Operation;
use crate::provider::{Effect, Method, ProviderId};
use crate::rule;
use crate::rule_kind::{Rule, unmet_rule_at};
use crate::sensitive::Personal;

/// The card as it is after an update. Assumption: it comes by itself. `None`: the
/// reply has no body, as under 204, and only says that the update was made.
pub type UpdatedCard = Option<Card>;

crate::request! {
    operation: Operation::new(
        ProviderId::PAYSAFE,
        "update-prepaid-card",
        Method::Patch,
        "/customers/{customerId}/prepaid/cards/{cardId}",
        Effect::Mutation,
        "Paysafe Update prepaid card",
    )
    .offers(&[Capability::CardState])
    .known_from(Source::Reference)
    .dependents(&[goes_with("statusReason", "status"), goes_with("status", "statusReason")]),
    body: json,
    /// Changes a customer's card. What is not given stays as it is.
    ///
    /// ```
    /// use cards_model::paysafe::{CardStatus, UpdatePrepaidCard};
    /// use cards_model::Request;
    ///
    /// let card = UpdatePrepaidCard::new("12345678", "f16ba382-eb42-481a-b08f-c57bdc9aae24");
    /// let lost = card.status(CardStatus::Cancelled).status_reason("lost");
    /// assert_eq!(lost.json(), r#"{"status":"CANCELLED","statusReason":"lost"}"#);
    /// ```
    #[validate(schema(function = has_status, skip_on_field_errors = false))]
    #[validate(schema(function = has_reason, skip_on_field_errors = false))]
    pub struct UpdatePrepaidCard {
        /// The id of the customer whose card it is.
        #[validate(custom(function = rule::required), custom(function = rule::path_segment))]
        "customerId" in "Path Parameters, customerId" sampled "12345678"
            => pub customer_id: String,
        /// The card's id, as a list of cards tells it.
        #[validate(custom(function = rule::required), custom(function = rule::path_segment))]
        "cardId" in "Path Parameters, cardId" sampled "f16ba382-eb42-481a-b08f-c57bdc9aae24"
            => pub card_id: String,
        /// The status to bring the card into, with a reason: of a virtual card ACTIVE
        /// or CANCELLED. CANCELLED is final.
        #[serde(default)]
        #[validate(custom(function = rule::listed))]
        "status" in "Body, status" sampled "CANCELLED" => pub status: Option<CardStatus>,
        /// The reason of the status, with which it goes: at most 200 characters.
        #[serde(default)]
        #[validate(length(max = 200))]
        "statusReason" in "Body, statusReason" => pub status_reason: Option<Personal>,
        /// The User-Agent of the browser of whoever asks: at most 1000 characters.
        #[serde(default)]
        #[validate(length(max = 1000))]
        "userAgent" in "Body, userAgent" => pub user_agent: Option<String>,
    }
    /// A change of nothing yet.
    fn new(customer_id: String, card_id: String);
}

/// Requires a field beside another one, whatever that holds.
const fn goes_with(field: &'static str, on: &'static str) -> Dependent {
    Dependent {
        field,
        constraint: Constraint::Required,
        on,
        words: &[],
        or_absent: false,
    }
}

fn has_status(update: &UpdatePrepaidCard) -> Result<(), ValidationError> {
    let status = update.status.as_ref().map_or("", CardStatus::as_str);
    let limit = "must be given with statusReason";
    given_with("status", status, update.status_reason.is_some(), limit)
}

fn has_reason(update: &UpdatePrepaidCard) -> Result<(), ValidationError> {
    let reason = update.status_reason.as_ref().map_or("", Personal::expose);
    let limit = "must be given with status";
    given_with("status_reason", reason, update.status.is_some(), limit)
}

/// Requires a text where the one that it goes with is given.
fn given_with(
    field: &'static str,
    text: &str,
    is_needed: bool,
    limit: &'static str,
) -> Result<(), ValidationError> {
    match is_needed && text.is_empty() {
        true => Err(unmet_rule_at(field, Rule::Required, limit)),
        false => Ok(()),
    }
}
