//! `PATCH /customers/{customerId}/prepaid/cards/{cardId}`
//!
//! Paysafe, Update prepaid card. Brings a card into a status, as far as its life allows;
//! the reason and the browser are not kept.

use cards_model::paysafe::UpdatePrepaidCard;
use cards_model::{Operation, Request, Rule, Rules};
use serde_json::json;

use super::access::Access;
use super::call::{self, Handle};
use super::card::Card;
use super::change::{self, NotChanged};
use super::error::{FieldError, UNKNOWN_ID, forbidden, refused, refused_fields, store_trouble};
use super::settings::{Paysafe, PaysafeUpdateReply};
use super::test_values::{BY_CARD, BY_CUSTOMER, OF_THE_LIST, rows};
use cards_sandbox_core::answer::{Answer, UnmetRule};
use cards_sandbox_core::app::App;
use cards_sandbox_core::incoming::Incoming;
use cards_sandbox_core::openapi::{About, Described, Document};
use cards_sandbox_core::store::StoreError;
use cards_sandbox_core::test_values::{self, TestValues};
use cards_sandbox_core::written::Written;

/// The field that the page lists, and that this API does not have.
const PIN: (&str, &str) = ("pin", "absent: PINs are not changed by this API");

impl Handle for UpdatePrepaidCard {
    const OPERATION: &'static Operation = <Self as Request>::OPERATION;
    const ACCESS: Access = Access::Bearer;
    const ABOUT: About = About {
        tag: "cards",
        summary: "Update a prepaid card",
        text: "Brings a card of a customer into a status; a reason goes with it, which the \
               sandbox does not keep. A VIRTUAL card takes ACTIVE and CANCELLED. Of a PHYSICAL \
               card the page says once that it takes all, and once that it takes these two: the \
               sandbox can be set to either. CANCELLED is final. A field `pin`, which the page \
               lists as not available, is refused. Assumption: the answer is the card, or 204 \
               where the sandbox is set so; what a card's life forbids is answered with 409, or \
               with 400; a status that the card has already changes nothing.",
        page: Some(
            "https://docs.paysafe.com/api/embedded-wallets/business/2.0.0/prepaid-cards/update-prepaid-card",
        ),
    };
    const TEST_VALUES: TestValues = &[
        BY_CUSTOMER,
        OF_THE_LIST,
        BY_CARD,
        rows! {
            "cardId" ends_with "Bearer":
            "900000000409" => CONFLICT "DW-CUSTOMER-CONFLICT" "The card's status forbids it.",
        },
        rows! {
            "statusReason" is "Bearer":
            "test-400" => BAD_REQUEST "5068" "A field is missing or malformed.",
            "test-403" => FORBIDDEN "5270" "There is no permission.",
            "test-409" => CONFLICT "DW-CUSTOMER-CONFLICT" "The card's status forbids it.",
            "test-500" => INTERNAL_SERVER_ERROR "1000" "Internal Server Error.",
        },
    ];
    type Data = Card;

    fn describe(document: &mut Document, operation: Described) -> Described {
        let broken = "A field breaks a documented rule, or a card of this type takes no such \
                      status: `fieldErrors` names each. Or malformed: no JSON object, another \
                      content type than the documented one, or percent-encoding that is none.";
        let unknown = "There is no such customer, or none of the customer's cards has this id.";
        operation
            .responds(200, document.reply::<Card>("The card as it is now."))
            .responds(
                204,
                json!({"description": "Done, where the sandbox is set so."}),
            )
            .responds(400, document.failure(broken))
            .responds(404, document.failure(unknown))
            .responds(409, document.failure("The card's status forbids it."))
    }

    fn read(incoming: &Incoming, rules: &Rules) -> Result<Self, Answer> {
        call::read_without(Some(PIN), incoming, rules)
    }

    fn show(&self, see: &mut dyn FnMut(&str, &str)) {
        test_values::show(self, see);
    }

    async fn carry_out(self, app: &App) -> Result<Written<Card>, Answer> {
        let Paysafe {
            physical_updates,
            update_reply,
            update_refusal,
            ..
        } = app.providers.get::<Paysafe>();
        let (customer, card) = (self.customer_id, self.card_id);
        match change::update(app, customer, card, self.status, physical_updates).await {
            Ok(_) if update_reply == PaysafeUpdateReply::NoContent => Ok(Written::nothing()),
            Ok(card) => Ok(Written::of(&card.with(false, false))),
            Err(NotChanged::NoSuchCard) => {
                Err(refused(UNKNOWN_ID, "the customer has no such card"))
            }
            Err(NotChanged::NotTaken(what)) => {
                let (field, error) = ("status", what.to_owned());
                let unmet = UnmetRule::field(field, Rule::Consistency, what);
                Err(refused_fields(&[FieldError { field, error }]).unmet([unmet]))
            }
            Err(NotChanged::Forbidden(why)) => Err(forbidden(update_refusal, why)),
            Err(NotChanged::OverQuota(limit)) => Err(store_trouble(&StoreError::OverQuota(limit))),
            Err(NotChanged::Store(error)) => Err(store_trouble(&error)),
        }
    }
}

#[cfg(test)]
mod tests;
