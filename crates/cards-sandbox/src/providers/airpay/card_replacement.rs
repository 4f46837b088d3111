//! `POST /airpay/ms/cards/api/card-replacement`
//!
//! Airpay, Card Replacement. Makes a card of the same type with a number and, where none is given, a
//! kit of the sandbox's own, and links the old one to it. The balance is the customer's, so that
//! nothing moves. Whether the old card has to be blocked first is not said; that it does can be set.

use cards_model::ProviderId;
use cards_model::airpay::CardReplacement;
use rusqlite::{Transaction, params};
use serde_json::{Value, json};

use super::access::Access;
use super::call::Handle;
use super::customers;
use super::lifecycle::{Event, after};
use super::reply::{Nothing, Refusal};
use super::section::{CardRow, expiry, free_card, free_kit};
use super::settings::Airpay;
use super::standing::Standing;
use super::test_values::{BY_CUSTOMER, ends_with};
use cards_sandbox_core::app::App;
use cards_sandbox_core::card_number::masked;
use cards_sandbox_core::openapi::About;
use cards_sandbox_core::store::Fingerprints;
use cards_sandbox_core::test_values::TestValues;

/// The years for which a new card is good.
const YEARS: u16 = 5;

impl Handle for CardReplacement {
    const ACCESS: Access = Access::Token;
    const ABOUT: About = About {
        tag: "customers",
        summary: "Replace a card",
        text: "Gives a customer a new card of the same type, good for five years, in the place of an \
               old one, which then takes no lock, no PIN and no other replacement. The sandbox makes \
               up the number and, where `new_kit_no` is not given, the kit. Assumption: without \
               `old_kit_no` it is the customer's only card that can be replaced; and the old card may \
               be in any state, or has to be blocked for good where the sandbox is set so.",
        page: Some("https://docs.airpay.co.in/v4/prepaid-card/card-replacement/"),
    };
    const TEST_VALUES: TestValues = &[
        BY_CUSTOMER,
        &[
            ends_with(
                "old_kit_no",
                "00009404",
                "the customer has no card of this kit",
            ),
            ends_with("old_kit_no", "00009410", "the card is replaced already"),
            ends_with("old_kit_no", "00009412", "the card has to be blocked first"),
            ends_with("new_kit_no", "00009409", "the kit is registered already"),
        ],
    ];
    type Data = Nothing;

    fn example() -> Value {
        json!([])
    }

    async fn carry_out(self, app: &App) -> Result<Nothing, Refusal> {
        let is_block_needed = app.providers.get::<Airpay>().replaces_blocked_only;
        let card_expiry = expiry(app.rules(ProviderId::AIRPAY).today(), YEARS);
        app.store
            .write(move |transaction| {
                let fingerprints = Fingerprints::of(transaction)?;
                let old = match given(self.old_kit_no.as_ref()) {
                    Some(kit) => Standing::find(transaction, &self.entity_id, ("old_kit_no", kit))?,
                    None => only_one(transaction, &self.entity_id, is_block_needed)?,
                };
                after(old.state, Event::Replace, is_block_needed).map_err(Refusal::because)?;
                let kit = match given(self.new_kit_no.as_ref()) {
                    Some(kit) => (kit.to_owned(), fingerprints.make(kit)),
                    None => free_kit(transaction, &fingerprints)?,
                };
                if customers::is_kit_taken(transaction, &kit.1)? {
                    let why = "new_kit_no: the kit is registered already";
                    return Err(Refusal::because(why));
                }
                let card = free_card(transaction, &fingerprints)?;
                let new = CardRow {
                    card_type: Some(old.card_type),
                    card_expiry: Some(card_expiry),
                    ..CardRow::default()
                };
                new.insert(transaction, &self.entity_id, &card, &kit)?;
                transaction
                    .prepare_cached("UPDATE airpay_card SET replaced_by = ?2 WHERE number = ?1")?
                    .execute(params![old.number, masked(&kit.0)])?;
                Ok([])
            })
            .await
    }
}

/// Reads an empty kit as one that is not given.
fn given(kit: Option<&String>) -> Option<&str> {
    kit.map(String::as_str).filter(|kit| !kit.is_empty())
}

/// Finds the only card of a customer that can be replaced.
fn only_one(
    transaction: &Transaction<'_>,
    entity_id: &str,
    is_block_needed: bool,
) -> Result<Standing, Refusal> {
    if !customers::exists(transaction, entity_id)? {
        return Err(Refusal::because("entity_id: there is no such customer"));
    }
    let mut cards = transaction.prepare_cached("SELECT * FROM airpay_card WHERE entity_id = ?1")?;
    let cards = cards.query_map([entity_id], Standing::read)?;
    let mut cards = cards.collect::<Result<Vec<_>, _>>()?;
    cards.retain(|card| after(card.state, Event::Replace, is_block_needed).is_ok());
    match (cards.pop(), cards.is_empty()) {
        (Some(card), true) => Ok(card),
        (None, _) => Err(Refusal::because(
            "old_kit_no: the customer has no card that can be replaced",
        )),
        _ => Err(Refusal::because(
            "old_kit_no: the customer has more than one card that can be replaced",
        )),
    }
}

#[cfg(test)]
mod tests;
