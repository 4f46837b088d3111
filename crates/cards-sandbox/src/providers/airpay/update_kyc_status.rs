//! `POST /airpay/ms/cards/api/update-kyc-status`
//!
//! Airpay, Update KYC Status. Changes the level, the document and, where it is given, the address;
//! keeps neither the day nor the reason. Which level may follow which is a guess: see [`kyc`].

use cards_model::Personal;
use cards_model::airpay::UpdateKycStatus;
use rusqlite::{OptionalExtension, params};
use serde_json::{Value, json};

use super::access::Access;
use super::call::Handle;
use super::kyc;
use super::reply::{Nothing, Refusal};
use super::settings::Airpay;
use super::test_values::{BY_CUSTOMER, is};
use cards_sandbox_core::app::App;
use cards_sandbox_core::card_number::masked;
use cards_sandbox_core::openapi::About;
use cards_sandbox_core::test_values::TestValues;

impl Handle for UpdateKycStatus {
    const ACCESS: Access = Access::Token;
    const ABOUT: About = About {
        tag: "customers",
        summary: "Change a customer's KYC level",
        text: "Changes the level to which a customer is known, the document that proves it and, \
               where it is given, the address. The day until which a KYC is good stays. \
               Assumption: `MIN` is what a registration calls `MIN_KYC`, `FULL` and `PARTIAL` are \
               shown as `FULL_KYC` and `PARTIAL_KYC`, and `FULL` comes after `MIN` only; the \
               sandbox can be set to take any order.",
        page: Some("https://docs.airpay.co.in/v4/prepaid-card/update-kyc-status/"),
    };
    const VALUES: &'static [(&'static str, &'static str)] = &[("doc_number", "ABCDE1234F")];
    const TEST_VALUES: TestValues = &[
        BY_CUSTOMER,
        &[is(
            "doc_number",
            "KYC-412",
            "the minimum KYC comes before the full one",
        )],
    ];
    type Data = Nothing;

    fn example() -> Value {
        json!([])
    }

    async fn carry_out(self, app: &App) -> Result<Nothing, Refusal> {
        let is_any_taken = app.providers.get::<Airpay>().any_kyc_order;
        app.store
            .write(move |transaction| {
                let sql = "SELECT kyc_status FROM airpay_customer WHERE entity_id = ?1";
                let mut before = transaction.prepare_cached(sql)?;
                let before = before.query_row([&self.entity_id], |row| row.get::<_, String>(0));
                let before = before
                    .optional()?
                    .ok_or_else(|| Refusal::because("entity_id: there is no such customer"))?;
                let level =
                    kyc::after(&before, &self.kyc_type, is_any_taken).map_err(Refusal::because)?;
                let address = self.update_kyc_address.as_ref();
                let address = address.map(Personal::expose);
                // Another document's expiry is not told.
                transaction
                    .prepare_cached(
                        "UPDATE airpay_customer SET
                            kyc_status = ?2,
                            doc_expiry = CASE
                                WHEN doc_type = ?3 AND doc_number = ?4 THEN doc_expiry ELSE ''
                            END,
                            doc_type = ?3,
                            doc_number = ?4,
                            address = coalesce(?5, address)
                         WHERE entity_id = ?1",
                    )?
                    .execute(params![
                        self.entity_id,
                        level,
                        masked(&self.doc_type),
                        masked(self.doc_number.expose()),
                        address.filter(|text| !text.is_empty()).map(masked),
                    ])?;
                Ok([])
            })
            .await
    }
}

#[cfg(test)]
mod tests;
