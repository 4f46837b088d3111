//! `POST /airpay/ms/cards/api/set-pin`
//!
//! Airpay, Set PIN. Keeps a hash of the PIN and the day on which it lapses. That
//! `expiryDate` is the card's is a guess, which can be turned off.

use cards_model::airpay::SetPin;
use cards_model::{Date, ProviderId, Rule};
use rusqlite::params;
use serde_json::{Value, json};

use super::access::Access;
use super::call::Handle;
use super::lifecycle::{Event, after};
use super::password;
use super::reply::{Nothing, Refusal};
use super::settings::Airpay;
use super::standing::Standing;
use super::test_values::{BY_CUSTOMER, BY_KIT};
use cards_sandbox_core::answer::UnmetRule;
use cards_sandbox_core::app::App;
use cards_sandbox_core::openapi::About;
use cards_sandbox_core::store::StoreError;
use cards_sandbox_core::test_values::TestValues;

/// The days after which a PIN lapses.
const LIFETIME_DAYS: i64 = 365;

impl Handle for SetPin {
    const ACCESS: Access = Access::Token;
    const ABOUT: About = About {
        tag: "customers",
        summary: "Set a card's PIN",
        text: "Sets the PIN of a customer's card, which lapses after 365 days. The sandbox keeps a \
               hash of it and shows until when it is good. A card that is blocked for good or \
               replaced takes none. Assumption: `expiryDate` is the card's own expiry, and another \
               one is refused; the sandbox can be set to take any.",
        page: Some("https://docs.airpay.co.in/v4/prepaid-card/set-pin/"),
    };
    const MESSAGE: &'static str = "SUCCESS";
    const TEST_VALUES: TestValues = &[BY_CUSTOMER, BY_KIT];
    type Data = Nothing;

    fn example() -> Value {
        json!([])
    }

    async fn carry_out(self, app: &App) -> Result<Nothing, Refusal> {
        let is_any_taken = app.providers.get::<Airpay>().any_pin_expiry;
        let today = app.rules(ProviderId::AIRPAY).today();
        let until =
            Date::from_unix_seconds((today.unix_days() + LIFETIME_DAYS) * 86_400).to_string();
        let pin = self.pin.clone();
        let hash = move || password::hash(pin.expose());
        let hash = tokio::task::spawn_blocking(hash)
            .await
            .map_err(|_| StoreError::Gone)??;
        app.store
            .write(move |transaction| {
                let kit = ("kit_no", &*self.kit_no);
                let card = Standing::find(transaction, &self.entity_id, kit)?;
                after(card.state, Event::SetPin, false).map_err(Refusal::because)?;
                if !is_any_taken && card.month_and_year().as_deref() != Some(&*self.expiry_date) {
                    let unmet = UnmetRule::field("expiryDate", Rule::Allowed, "the card's own");
                    let why = "expiryDate: it is not the card's";
                    return Err(Refusal::because(why).breaks(unmet));
                }
                let sql = "UPDATE airpay_card SET pin_hash = ?2, pin_until = ?3 WHERE number = ?1";
                let mut set = transaction.prepare_cached(sql)?;
                set.execute(params![card.number, hash, until])?;
                Ok([])
            })
            .await
    }
}

#[cfg(test)]
mod tests;
