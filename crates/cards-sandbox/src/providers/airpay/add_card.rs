//! `POST /airpay/ms/cards/api/add-card`
//!
//! Airpay, Add card. A further card of a customer who is there already. Card and
//! kit must be nobody's, as where somebody registers.

use cards_model::CardExpiry;
use cards_model::airpay::AddCard;
use serde_json::{Value, json};

use super::access::Access;
use super::call::Handle;
use super::customers;
use super::register_user::{check_free, check_test_card};
use super::reply::{Nothing, Refusal};
use super::section::CardRow;
use super::test_values::{BY_CUSTOMER, NEW_CARD};
use cards_sandbox_core::app::App;
use cards_sandbox_core::openapi::About;
use cards_sandbox_core::store::Fingerprints;
use cards_sandbox_core::test_values::TestValues;

impl Handle for AddCard {
    const ACCESS: Access = Access::Token;
    const ABOUT: About = About {
        tag: "customers",
        summary: "Attach a further card to a customer",
        text: "Attaches a card to a customer who is there already. Card and kit must be new. The \
               sandbox takes published test card numbers only.\n\n\
               Assumption: a customer may have any number of cards, also while another of them \
               is locked or blocked; the page names no bound.",
        page: Some("https://docs.airpay.co.in/v4/prepaid-card/add-card/"),
    };
    const TEST_VALUES: TestValues = &[BY_CUSTOMER, NEW_CARD];
    type Data = Nothing;

    fn example() -> Value {
        json!([])
    }

    async fn carry_out(self, app: &App) -> Result<Nothing, Refusal> {
        check_test_card(&self.card_no)?;
        app.store
            .write(move |transaction| {
                if !customers::exists(transaction, &self.entity_id)? {
                    return Err(Refusal::because("entity_id: there is no such customer"));
                }
                let fingerprints = Fingerprints::of(transaction)?;
                let with_key = |number: &str| (number.to_owned(), fingerprints.make(number));
                let card_no = with_key(self.card_no.expose());
                let kit_no = with_key(&self.kit_no);
                check_free(transaction, &card_no.1, &kit_no.1)?;
                // Kept as a registration's: `MM/YY`.
                let expiry = CardExpiry::from_full(&self.card_expiry).map(String::from);
                let card = CardRow {
                    card_type: Some(self.card_type.as_str().to_owned()),
                    card_expiry: Some(expiry.unwrap_or(self.card_expiry)),
                    ..CardRow::default()
                };
                card.insert(transaction, &self.entity_id, &card_no, &kit_no)?;
                Ok([])
            })
            .await
    }
}

#[cfg(test)]
mod tests;
