//! `POST /api/v1/customer/simulations/payins`
//!
//! Ibanera, Simulated testing. A payment onto a card, which its balances and its
//! transactions show at once.

use cards_model::ibanera::{SimulatePayin, TransferType};
use cards_model::{Operation, Request, Rule, Rules};

use super::access::Access;
use super::call::{self, Handle};
use super::envelope::{DONE, Done, ErrorItem, Refusal};
use super::ledger::{self, Entry, Paid};
use super::section::Amount;
use super::test_values::{CODE, by_id, row};
use cards_sandbox_core::answer::UnmetRule;
use cards_sandbox_core::app::App;
use cards_sandbox_core::incoming::{Incoming, Takes};
use cards_sandbox_core::openapi::{About, Described, Document};
use cards_sandbox_core::store::StoreError;
use cards_sandbox_core::test_values::{self, TestValues};
use cards_sandbox_core::world_error::WorldError;
use cards_sandbox_core::written::Written;

const ACCOUNT: &str = "DestinationAccountId";
const AMOUNT: &str = "Amount";

impl Handle for SimulatePayin {
    const OPERATION: &'static Operation = <Self as Request>::OPERATION;
    const ACCESS: Access = Access::Headers;
    const TAKES: Takes = Takes::stated_by(<Self as Request>::OPERATION);
    const ABOUT: About = About {
        tag: "simulations",
        summary: "Pay an amount onto a card, as a bank would",
        text: "Every call pays in: a second one does so once more. Only the provider's own \
               sandbox has this call too. Assumption: `DestinationAccountId` is a card's id, as \
               no page says which account it is; the amount is in the card's currency, can be \
               spent at once, and comes onto a deactivated card too. Neither name nor reference \
               is kept.",
        page: Some("https://customer-api-docs.ibanera.com/api-endpoints/simulated-testing"),
    };
    const TEST_VALUES: TestValues = &[
        by_id!("DestinationAccountId", CODE),
        &[
            row!(
                "Amount" = "9400.01", BAD_REQUEST "Amount" "Invalid",
                "the amount is not taken"
            )
            .assuming(CODE),
            row!(
                "Amount" = "9500.01", INTERNAL_SERVER_ERROR "Amount" "Card_Provider_Error",
                "the card's provider failed"
            )
            .assuming(CODE),
            row!(
                "Reference" = "test-400", BAD_REQUEST "Reference" "Invalid",
                "the reference is not known"
            )
            .assuming(CODE),
        ],
    ];
    type Reply = Done;

    fn describe(document: &mut Document, operation: Described) -> Described {
        operation
            .responds(200, document.reply::<Done>("The amount is on the card."))
            .responds(
                400,
                document.failure(
                    "A field is missing (`Required`), or breaks a rule (`Invalid`), or there is \
                     no such card, or its balance would have more than 28 digits (`Invalid`). Or \
                     malformed: no JSON object, or another content type than the documented one.",
                ),
            )
            .responds(
                409,
                document.failure("The sandbox holds as many transactions as it can."),
            )
    }

    fn read(incoming: &Incoming, rules: &Rules) -> Result<Self, Refusal> {
        call::read(incoming, rules)
    }

    fn show(&self, see: &mut dyn FnMut(&str, &str)) {
        test_values::show(self, see);
    }

    async fn carry_out(self, app: &App) -> Result<Written<Done>, Refusal> {
        // A waived rule lets other texts through.
        let Some(amount) = Amount::of(self.amount.as_str()) else {
            return Err(refused(AMOUNT, "a plain decimal", "it is no plain decimal"));
        };
        let description = match &self.transfer_type {
            TransferType::Unknown(_) => "Pay-in".to_owned(),
            known => format!("{known} pay-in"),
        };
        let entry = Entry::new(amount, &description, app.now_millis());
        // The rule that it has to be given may be waived.
        let card = self.destination_account_id.unwrap_or_default();
        let write = app
            .store
            .write(move |transaction| ledger::pay_in(transaction, card, &entry));
        match write.await.map_err(failed)? {
            Paid::In => Ok(Written::of(&DONE)),
            Paid::NoCard => Err(refused(ACCOUNT, "a card's id", "there is no such card")),
            Paid::TooMuch => {
                let why = "the card's balance would have more than 28 digits";
                Err(refused(AMOUNT, "less than would not fit", why))
            }
        }
    }
}

fn refused(field: &'static str, limit: &'static str, why: &'static str) -> Refusal {
    let unmet = UnmetRule::field(field, Rule::Allowed, limit);
    Refusal::invalid(vec![ErrorItem::invalid(field)], why).breaks([unmet])
}

/// A pay-in has no field that a world could refuse, but its number.
fn failed(error: WorldError) -> Refusal {
    match error {
        WorldError::Store(error) => error.into(),
        WorldError::Field(_) | WorldError::NotFound(_) => StoreError::Gone.into(),
    }
}

#[cfg(test)]
mod tests;
