//! `POST /api/v1/customer/cards/create`
//!
//! Ibanera, Create card. A card of a customer, deactivated and empty. The sandbox
//! keeps its currency, and neither the address nor the caller's own id: a second
//! call makes a second card.

use cards_model::ibanera::CreateCard;
use cards_model::{Operation, ProviderId, Request, Rule, Rules};
use rusqlite::Transaction;
use schemars::JsonSchema;
use serde::Serialize;

use super::access::Access;
use super::call::{self, Handle};
use super::customers;
use super::envelope::{ErrorItem, Refusal};
use super::events::{self, Approval};
use super::lifecycle::{self, Event};
use super::numbered::{CUSTOMER as CUSTOMERS, Given};
use super::requested::RequestedRow;
use super::review::{self, Kind};
use super::section::{Amount, CardRow};
use super::settings::{Ibanera, IbaneraCardApproval};
use super::test_values::{CODE, by_id, row};
use crate::world::ibanera::{CUSTOMER, PROGRAMS};
use cards_sandbox_core::answer::UnmetRule;
use cards_sandbox_core::app::App;
use cards_sandbox_core::incoming::{Incoming, Takes};
use cards_sandbox_core::intake;
use cards_sandbox_core::listed;
use cards_sandbox_core::openapi::{About, Described, Document};
use cards_sandbox_core::test_values::{self, TestValues};
use cards_sandbox_core::world::section::{Check, Context};
use cards_sandbox_core::world_error::WorldError;
use cards_sandbox_core::written::Written;

const CUSTOMERS_ID: &str = "customersId";

/// The reply, with the keys of the page's sample; without details where the card waits for approval.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "IbaneraCreated")]
pub(super) struct Reply {
    /// The card's id; that of the request where it waits.
    id: i64,
    details: Option<Details>,
    #[schemars(extend("const" = "1"))]
    status: &'static str,
    errors: [ErrorItem; 0],
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "IbaneraCreatedCard")]
struct Details {
    customers_id: i64,
    customers_reference: String,
    card: Created,
}

/// A new card: without a number, and with a word in the place of the flag.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "IbaneraNewCard")]
struct Created {
    id: i64,
    currency: String,
    #[schemars(schema_with = "listed::decimal")]
    total_balance: Amount,
    #[schemars(schema_with = "listed::decimal")]
    available_balance: Amount,
    #[schemars(schema_with = "listed::decimal")]
    pending_balance: Amount,
    status: &'static str,
}

impl Handle for CreateCard {
    const OPERATION: &'static Operation = <Self as Request>::OPERATION;
    const ACCESS: Access = Access::Headers;
    const TAKES: Takes = Takes::Json(intake::JSON);
    const ABOUT: About = About {
        tag: "cards",
        summary: "Create a card",
        text: "A new card of a customer, deactivated and empty; its number is of a test range. The \
               sandbox has the programmes 1001 and 1002. Neither the address nor `cardReferenceId` \
               is kept. Assumption: a second call with the same `cardReferenceId` makes a second \
               card; the page has no list of errors, so that `Required` and `Invalid` are those of \
               the other calls. Assumption: a card is made at once, or, where the sandbox is set \
               so, once it is approved: the reply then has the request's id and no details.",
        page: Some("https://customer-api-docs.ibanera.com/api-endpoints/cards/create-card"),
    };
    const TEST_VALUES: TestValues = &[by_id!("customersId", CODE), &[
        row!(
            "cardReferenceId" = "test-400", BAD_REQUEST "cardReferenceId" "Invalid",
            "another card has it"
        ).assuming(CODE),
        row!(
            "cardReferenceId" = "test-500", INTERNAL_SERVER_ERROR "cardReferenceId" "Card_Provider_Error",
            "the card's provider failed"
        ).assuming(CODE),
    ]];
    type Reply = Reply;

    fn describe(document: &mut Document, operation: Described) -> Described {
        operation
            .parameter(CUSTOMERS_ID, "example", &CUSTOMER.into())
            .responds(200, document.reply::<Reply>("The new card."))
            .responds(
                400,
                document.failure(
                    "A field is missing (`Required`), breaks a documented rule or is none of the \
                     sandbox's (`Invalid`): each is named. Or malformed: no JSON object, or \
                     another content type than the documented one.",
                ),
            )
            .responds(
                409,
                document.failure("The sandbox holds as many cards as it can."),
            )
    }

    fn read(incoming: &Incoming, rules: &Rules) -> Result<Self, Refusal> {
        call::read(incoming, rules)
    }

    fn show(&self, see: &mut dyn FnMut(&str, &str)) {
        test_values::show(self, see);
    }

    async fn carry_out(self, app: &App) -> Result<Written<Reply>, Refusal> {
        let program = self.card_program_id.unwrap_or_default();
        if !PROGRAMS.contains(&program) {
            let unmet = UnmetRule::field("cardProgramID", Rule::Allowed, "one of 1001 and 1002");
            return Err(refused("cardProgramID", "there is no such programme").breaks([unmet]));
        }
        let after = lifecycle::after(Event::Create, None);
        let after = after.map_err(|(_, why)| refused(CUSTOMERS_ID, why))?;
        let customers_id = self.customers_id.unwrap_or_default();
        let context = Context {
            rules: app.rules(ProviderId::IBANERA),
            now: app.now_millis(),
            has_key: false,
        };
        let told = Kind::ALL.into_iter().filter(|kind| match kind {
            Kind::Personal => self.personal_review_details.is_some(),
            Kind::Business => self.business_review_details.is_some(),
        });
        let told: Vec<_> = told.collect();
        let today = context.today();
        let mut row = CardRow::made(self.currency.as_str(), after.is_suppressed());
        row.check(&context).map_err(failed)?;
        let settings = app.providers.get::<Ibanera>();
        let created = app
            .store
            .write(move |transaction| {
                review::settle(transaction, customers_id, &told, today)?;
                match settings.card_approval {
                    IbaneraCardApproval::AtOnce => {
                        let reply = create(transaction, row, customers_id)?;
                        let made = Approval::AtOnce { card: reply.id };
                        events::approval_updated(transaction, &settings, &made, context.now)?;
                        Ok(reply)
                    }
                    IbaneraCardApproval::Manual => {
                        request(transaction, self.currency.as_str(), customers_id)
                    }
                }
            })
            .await?;
        Ok(Written::of(&created))
    }
}

fn create(
    transaction: &Transaction<'_>,
    row: CardRow,
    customers_id: i64,
) -> Result<Reply, Refusal> {
    let id = row.create(transaction, customers_id).map_err(failed)?;
    let owned = customers::owned(transaction, id)?;
    let owned = owned.ok_or_else(|| refused(CUSTOMERS_ID, lifecycle::NO_CARD.1))?;
    let card = owned.card;
    Ok(Reply {
        id,
        details: Some(Details {
            customers_id,
            customers_reference: owned.customers_reference,
            card: Created {
                id,
                currency: card.currency,
                total_balance: card.total_balance,
                available_balance: card.available_balance,
                pending_balance: card.pending_balance,
                status: lifecycle::Status::of(card.suppressed).as_str(),
            },
        }),
        status: "1",
        errors: [],
    })
}

/// Keeps the request until it is approved or rejected.
fn request(
    transaction: &Transaction<'_>,
    currency: &str,
    customers_id: i64,
) -> Result<Reply, Refusal> {
    if !CUSTOMERS.has(transaction, customers_id)? {
        return Err(refused(CUSTOMERS_ID, "there is no such customer"));
    }
    let asked = RequestedRow::new(currency);
    let id = asked.add(transaction, customers_id, &Given::default());
    Ok(Reply {
        id: id.map_err(failed)?,
        details: None,
        status: "1",
        errors: [],
    })
}

/// Tells why a card is not added.
fn failed(error: WorldError) -> Refusal {
    match error {
        WorldError::Field(error) => {
            let field = <CreateCard as Request>::OPERATION.field(&error.field);
            refused(
                field.map_or("request", |field| field.wire),
                error.to_string(),
            )
        }
        WorldError::NotFound(_) => refused(CUSTOMERS_ID, "there is no such customer"),
        WorldError::Store(error) => error.into(),
    }
}

fn refused(field: &'static str, why: impl Into<String>) -> Refusal {
    Refusal::invalid(vec![ErrorItem::invalid(field)], why)
}

#[cfg(test)]
mod tests;
