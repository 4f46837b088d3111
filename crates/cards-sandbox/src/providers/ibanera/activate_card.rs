//! `POST /api/v1/customer/cards/activate`
//!
//! Ibanera, Activate card. A card that is suppressed is so no longer. The page's
//! sample has internal details beside the card, which the sandbox leaves out.

use cards_model::ibanera::ActivateCard;
use cards_model::{Operation, Request, Rules};
use rusqlite::Transaction;
use schemars::JsonSchema;
use serde::Serialize;

use super::access::Access;
use super::call::{self, Handle};
use super::customers::{self, Card};
use super::envelope::{ErrorItem, Refusal};
use super::lifecycle::{self, Event, Status};
use super::test_values::{STATUS, by_id, row};
use cards_sandbox_core::app::App;
use cards_sandbox_core::incoming::{Incoming, Takes};
use cards_sandbox_core::intake;
use cards_sandbox_core::openapi::{About, Described, Document};
use cards_sandbox_core::store::StoreError;
use cards_sandbox_core::test_values::{self, TestValues};
use cards_sandbox_core::written::Written;

const CARDS_ID: &str = "cardsId";

/// The reply, with the keys of the page's sample.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "IbaneraActivated")]
pub(super) struct Reply {
    #[schemars(extend("const" = "1"))]
    status: &'static str,
    errors: [ErrorItem; 0],
    /// The card's id.
    id: i64,
    details: Details,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "IbaneraActivatedCard")]
struct Details {
    customers_id: i64,
    /// Spelled without an s here.
    customer_reference: String,
    card: Card,
}

impl Handle for ActivateCard {
    const OPERATION: &'static Operation = <Self as Request>::OPERATION;
    const ACCESS: Access = Access::Headers;
    const TAKES: Takes = Takes::Json(intake::JSON);
    const ABOUT: About = About {
        tag: "cards",
        summary: "Activate a card",
        text: "A card that is deactivated can be used from now on. Assumption: one that is active \
               already is refused with `Card_Active`, and one that is nobody's with `Invalid`, both \
               under 400. The content type of the page's sample, `application/json-patch+json`, is \
               taken as `application/json` is. What the sample has in `notificationDetails` is \
               internal and left out.",
        page: Some(
            "https://customer-api-docs.ibanera.com/api-endpoints/cards/activation-deactivation",
        ),
    };
    const TEST_VALUES: TestValues = &[
        by_id!("cardsId", STATUS),
        &[
            row!(
                "cardsId" = "9004003", BAD_REQUEST "cardsId" "Card_Active",
                "the card is active already"
            )
            .assuming(STATUS),
            row!(
                "cardsId" = "9005001", INTERNAL_SERVER_ERROR "cardsId" "Card_Provider_Error",
                "the card's provider failed"
            ),
        ],
    ];
    type Reply = Reply;

    fn describe(document: &mut Document, operation: Described) -> Described {
        operation
            .parameter(CARDS_ID, "example", &1004.into())
            .responds(
                200,
                document.reply::<Reply>("The card, which is active now."),
            )
            .responds(
                400,
                document.failure(
                    "The card's id is missing (`Required`), no whole number from 1 on, or no \
                     card's (`Invalid`), or the card is active already (`Card_Active`). Or \
                     malformed: no JSON object, or another content type than the documented one.",
                ),
            )
    }

    fn read(incoming: &Incoming, rules: &Rules) -> Result<Self, Refusal> {
        call::read(incoming, rules)
    }

    fn show(&self, see: &mut dyn FnMut(&str, &str)) {
        test_values::show(self, see);
    }

    async fn carry_out(self, app: &App) -> Result<Written<Reply>, Refusal> {
        // The rule that it has to be given may be waived.
        let id = self.cards_id.unwrap_or_default();
        let activated = app
            .store
            .write(move |transaction| activate(transaction, id))
            .await?;
        Ok(Written::of(&activated))
    }
}

fn activate(transaction: &Transaction<'_>, id: i64) -> Result<Reply, Refusal> {
    let owned = customers::owned(transaction, id)?;
    let before = owned.as_ref().map(|one| Status::of(one.card.suppressed));
    let after = lifecycle::after(Event::Activate, before).map_err(refused)?;
    let owned = owned.ok_or_else(|| refused(lifecycle::NO_CARD))?;
    let sql = "UPDATE ibanera_card SET suppressed = ?2 WHERE id = ?1";
    let is_suppressed = after.is_suppressed();
    let mut update = transaction.prepare_cached(sql).map_err(StoreError::from)?;
    update
        .execute((id, is_suppressed))
        .map_err(StoreError::from)?;
    Ok(Reply {
        status: "1",
        errors: [],
        id,
        details: Details {
            customers_id: owned.customers_id,
            customer_reference: owned.customers_reference,
            card: Card {
                suppressed: is_suppressed,
                ..owned.card
            },
        },
    })
}

fn refused((code, why): lifecycle::Why) -> Refusal {
    Refusal::invalid(vec![ErrorItem::new(CARDS_ID, code)], why)
}

#[cfg(test)]
mod tests;
