//! `POST /airpay/ms/cards/api/topup`
//!
//! Airpay, Top-up. Adds a transaction, whose sums are the balances. That the limits
//! of the cardholders' pages hold for this call is a guess, and so is who can be
//! loaded at all: the page says neither.

use cards_model::airpay::TopUp;
use cards_model::{Date, Decimal};
use rusqlite::{Connection, OptionalExtension};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};

use super::access::Access;
use super::call::Handle;
use super::kyc;
use super::ledger::{self, DECIMALS, NewEntry};
use super::reply::Refusal;
use super::settings::Airpay;
use super::test_values::{BY_CUSTOMER, is};
use super::transaction_kind::TransactionKind;
use cards_sandbox_core::app::App;
use cards_sandbox_core::openapi::About;
use cards_sandbox_core::test_values::TestValues;

/// `data` of a load.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "AirpayToppedUp")]
pub(crate) struct ToppedUp {
    transaction_id: String,
}

impl Handle for TopUp {
    const ACCESS: Access = Access::Token;
    const ABOUT: About = About {
        tag: "money",
        summary: "Load a customer's card",
        text: "Loads a customer, who has one balance for all cards. There is no reference of the \
               caller's: a second call loads once more.\n\n\
               Assumption: the limits that Airpay's pages name for cardholders hold here, so \
               that no more than 10,000 rupees are loaded in a calendar month at the minimum \
               KYC and 1,00,000 at full KYC, and none after the minimum KYC has lapsed; a sandbox \
               can be set to load without limits. Assumption: somebody whose cards are all \
               blocked for good or replaced is not loaded, and somebody with a locked card is.",
        page: Some("https://docs.airpay.co.in/v4/prepaid-card/topup-card/"),
    };
    const TEST_VALUES: TestValues = &[
        BY_CUSTOMER,
        &[
            is(
                "amount",
                "9410.01",
                "the minimum KYC has lapsed, after which nothing is loaded",
            ),
            is(
                "amount",
                "9413.01",
                "the balance would have more digits than an amount",
            ),
            is(
                "amount",
                "9423.01",
                "the customer has no card that is neither blocked for good nor replaced",
            ),
            is("amount", "9429.01", "the limit of the month is reached"),
        ],
    ];
    type Data = ToppedUp;

    fn example() -> Value {
        json!({"transaction_id": ""})
    }

    async fn carry_out(self, app: &App) -> Result<ToppedUp, Refusal> {
        let airpay = app.providers.get::<Airpay>();
        let (zone, is_limited) = (airpay.utc_offset, airpay.load_limits);
        let now = app.now();
        // Where its rules are waived, the amount may be anything.
        let paise = self
            .amount
            .minor_units(DECIMALS)
            .filter(|paise| *paise >= 0);
        let paise = paise.ok_or_else(|| Refusal::because("amount: no whole number of paise"))?;
        app.store
            .write(move |transaction| {
                let Some(kyc) = Kyc::of(transaction, &self.entity_id)? else {
                    return Err(Refusal::because("entity_id: there is no such customer"));
                };
                if !has_card(transaction, &self.entity_id)? {
                    return Err(Refusal::because(
                        "entity_id: the customer has no card that is neither blocked for good nor replaced",
                    ));
                }
                if is_limited {
                    kyc.check_lapse(zone.date(now))?;
                    let month = ledger::month(now, zone);
                    let loaded = ledger::loaded(transaction, &self.entity_id, month)?;
                    kyc.check_limit(loaded, paise)?;
                }
                if !ledger::has_room(transaction, &self.entity_id, paise)? {
                    return Err(Refusal::because(
                        "amount: the balance would have more digits than an amount",
                    ));
                }
                let entry = NewEntry {
                    entity_id: &self.entity_id,
                    kind: TransactionKind::Load,
                    paise,
                    refund_of: None,
                    at: now,
                };
                let transaction_id = ledger::add(transaction, entry)?;
                Ok(ToppedUp { transaction_id })
            })
            .await
    }
}

/// The standing of a customer.
struct Kyc {
    status: String,
    expiry_date: String,
}

impl Kyc {
    fn of(connection: &Connection, entity_id: &str) -> rusqlite::Result<Option<Self>> {
        let sql = "SELECT kyc_status, kyc_expiry_date FROM airpay_customer WHERE entity_id = ?1";
        let mut customer = connection.prepare_cached(sql)?;
        let read = |row: &rusqlite::Row<'_>| {
            Ok(Self {
                status: row.get(0)?,
                expiry_date: row.get(1)?,
            })
        };
        customer.query_row([entity_id], read).optional()
    }

    /// Refuses to load somebody whose minimum KYC has lapsed.
    fn check_lapse(&self, today: Date) -> Result<(), Refusal> {
        let expiry: Option<Date> = self.expiry_date.parse().ok();
        if !kyc::is_full(&self.status) && expiry.is_some_and(|expiry| today > expiry) {
            return Err(Refusal::because(
                "entity_id: the minimum KYC has lapsed, after which nothing is loaded",
            ));
        }
        Ok(())
    }

    /// Refuses to load more in a month than the standing allows.
    fn check_limit(&self, loaded: i64, paise: i64) -> Result<(), Refusal> {
        let limit = ledger::monthly_limit(&self.status);
        if paise > limit - loaded {
            let rupees = |paise| ledger::rupees(paise).normalize();
            let left: Decimal = rupees((limit - loaded).max(0));
            return Err(Refusal::because(format!(
                "amount: {} may load {} rupees in a month, of which {left} are left",
                self.status,
                rupees(limit),
            )));
        }
        Ok(())
    }
}

/// Tells whether a customer has a card that is neither blocked for good nor replaced by another.
fn has_card(connection: &Connection, entity_id: &str) -> rusqlite::Result<bool> {
    let sql = "SELECT 1 FROM airpay_card
        WHERE entity_id = ?1 AND lock IS NOT 'BL' AND replaced_by IS NULL";
    connection.prepare_cached(sql)?.exists([entity_id])
}

#[cfg(test)]
mod stories;
#[cfg(test)]
mod tests;
