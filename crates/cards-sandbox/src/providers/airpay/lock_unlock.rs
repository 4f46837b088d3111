//! `POST /airpay/ms/cards/api/lock-unlock`
//!
//! Airpay, Lock / Unlock. Keeps the state of a card, not the reason for it. That
//! a card which is in a state already is brought into it once more, and that a
//! blocked one stays blocked, are guesses: the page says neither.

use cards_model::airpay::{LockFlag, LockUnlock};
use rusqlite::{OptionalExtension, params};
use serde_json::{Value, json};

use super::access::Access;
use super::call::Handle;
use super::customers;
use super::reply::{Nothing, Refusal};
use cards_sandbox_core::app::App;
use cards_sandbox_core::openapi::About;
use cards_sandbox_core::store::Fingerprints;

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
    type Data = Nothing;

    fn example() -> Value {
        json!([])
    }

    async fn carry_out(self, app: &App) -> Result<Nothing, Refusal> {
        app.store
            .write(move |transaction| {
                if !customers::exists(transaction, &self.entity_id)? {
                    return Err(Refusal::because("entity_id: there is no such customer"));
                }
                let key = Fingerprints::of(transaction)?.make(&self.kit_no);
                let card = params![self.entity_id, key];
                let sql = "SELECT lock FROM airpay_card WHERE entity_id = ?1 AND kit_key = ?2";
                let mut lock = transaction.prepare_cached(sql)?;
                let lock = lock.query_row(card, |row| row.get::<_, Option<String>>(0));
                let lock = lock.optional()?.ok_or_else(|| {
                    Refusal::because("kit_no: the customer has no card of this kit")
                })?;
                let is_blocked = lock.as_deref() == Some(LockFlag::Block.as_str());
                if is_blocked && self.flag != LockFlag::Block {
                    return Err(Refusal::because("flag: the card is blocked for good"));
                }
                let is_lock = self.flag != LockFlag::Unlock;
                let lock = is_lock.then_some(self.flag.as_str());
                let sql = "UPDATE airpay_card SET lock = ?3 WHERE entity_id = ?1 AND kit_key = ?2";
                let mut set = transaction.prepare_cached(sql)?;
                set.execute(params![self.entity_id, key, lock])?;
                Ok([])
            })
            .await
    }
}

#[cfg(test)]
mod tests;
