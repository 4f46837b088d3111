//! `POST /airpay/ms/cards/api/lock-unlock`
//!
//! Airpay, Lock / Unlock. Keeps the state of a card, not the reason for it. That
//! a card which is in a state already is brought into it once more, and that a
//! blocked one stays blocked, are guesses: the page says neither. [`after`] has the table.

use cards_model::airpay::LockUnlock;
use rusqlite::params;
use serde_json::{Value, json};

use super::access::Access;
use super::call::Handle;
use super::lifecycle::{Event, after};
use super::reply::{Nothing, Refusal};
use super::standing::Standing;
use super::test_values::{BY_CUSTOMER, BY_KIT};
use cards_sandbox_core::app::App;
use cards_sandbox_core::openapi::About;
use cards_sandbox_core::test_values::TestValues;

impl Handle for LockUnlock {
    const ACCESS: Access = Access::Token;
    const ABOUT: About = About {
        tag: "customers",
        summary: "Lock or unlock a card, or block it for good",
        text: "Brings a customer's card into a state, in which it may be already. A card that is \
               blocked for good is neither locked nor unlocked any more. Both are guesses of the \
               sandbox: the page says only that a block is permanent.",
        page: Some("https://docs.airpay.co.in/v4/prepaid-card/card-lock-unlock/"),
    };
    const TEST_VALUES: TestValues = &[BY_CUSTOMER, BY_KIT];
    type Data = Nothing;

    fn example() -> Value {
        json!([])
    }

    async fn carry_out(self, app: &App) -> Result<Nothing, Refusal> {
        app.store
            .write(move |transaction| {
                let kit = ("kit_no", &*self.kit_no);
                let card = Standing::find(transaction, &self.entity_id, kit)?;
                let event = Event::from(&self.flag);
                let state = after(card.state, event, false).map_err(Refusal::because)?;
                transaction
                    .prepare_cached("UPDATE airpay_card SET lock = ?2 WHERE number = ?1")?
                    .execute(params![card.number, state.lock()])?;
                Ok([])
            })
            .await
    }
}

#[cfg(test)]
mod tests;
