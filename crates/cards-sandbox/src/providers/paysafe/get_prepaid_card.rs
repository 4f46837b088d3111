//! `GET /customers/{customerId}/prepaid/cards/{cardId}`
//!
//! Paysafe, Get prepaid card. One card of a customer, as the list has it.

use cards_model::paysafe::{CardInclude, GetPrepaidCard};
use cards_model::{Operation, Request, Rules};

use super::access::Access;
use super::call::{self, Handle};
use super::card::{self, Card};
use super::error::{UNKNOWN_ID, refused, store_trouble};
use super::lifecycle;
use super::test_values::{BY_CARD, BY_CUSTOMER, OF_THE_LIST};
use cards_sandbox_core::answer::Answer;
use cards_sandbox_core::app::App;
use cards_sandbox_core::incoming::Incoming;
use cards_sandbox_core::openapi::{About, Described, Document};
use cards_sandbox_core::store::StoreError;
use cards_sandbox_core::test_values::{self, TestValues};
use cards_sandbox_core::written::Written;

impl Handle for GetPrepaidCard {
    const OPERATION: &'static Operation = <Self as Request>::OPERATION;
    const ACCESS: Access = Access::Bearer;
    const ABOUT: About = About {
        tag: "cards",
        summary: "Get one prepaid card",
        text: "One card of a customer by its id, as the list of cards has it.",
        page: Some(
            "https://docs.paysafe.com/api/embedded-wallets/business/2.0.0/prepaid-cards/get-prepaid-card",
        ),
    };
    const TEST_VALUES: TestValues = &[BY_CUSTOMER, OF_THE_LIST, BY_CARD];
    type Data = Card;

    fn describe(document: &mut Document, operation: Described) -> Described {
        let broken = "A parameter breaks a documented rule: `fieldErrors` names each. Or \
                      percent-encoding that is none.";
        let unknown = "There is no such customer, or none of the customer's cards has this id.";
        operation
            .responds(200, document.reply::<Card>("The card."))
            .responds(400, document.failure(broken))
            .responds(404, document.failure(unknown))
    }

    fn read(incoming: &Incoming, rules: &Rules) -> Result<Self, Answer> {
        call::read(incoming, rules)
    }

    fn show(&self, see: &mut dyn FnMut(&str, &str)) {
        test_values::show(self, see);
    }

    async fn carry_out(self, app: &App) -> Result<Written<Card>, Answer> {
        let month = lifecycle::this_month(app.today());
        let wallets = self.include.contains(&CardInclude::Tokenizations);
        let found = app
            .store
            .read(move |connection| {
                let found = card::find(connection, &self.card_id, month)?;
                let cards = found.into_iter().map(|found| found.card);
                let mut own = cards.filter(|card| card.customer_id == self.customer_id);
                Ok::<_, StoreError>(own.next())
            })
            .await
            .map_err(|error| store_trouble(&error))?;
        let card = found.ok_or_else(|| refused(UNKNOWN_ID, "the customer has no such card"))?;
        Ok(Written::of(&card.with(wallets, false)))
    }
}

#[cfg(test)]
mod tests;
