//! `POST /airpay/ms/cards/api/register-user`
//!
//! Airpay, User Registration. A new customer with a card; e-mail address, card
//! and kit must be new, and the mobile number where that is set; the card a test
//! card, the one-time password one that the control API gave out and that was not
//! used, `1234`, or, as in the document's example, empty.

use cards_model::airpay::RegisterUser;
use cards_model::{Date, Pan, ProviderId, Rule};
use rusqlite::{Connection, Transaction};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};

use super::access::Access;
use super::call::Handle;
use super::customers::{self, KYC_STATUS};
use super::reply::Refusal;
use super::section::{CardRow, CustomerRow};
use super::settings::Airpay;
use super::test_values::{NEW_CARD, TAKEN_EMAIL, TAKEN_MOBILE_NO, is};
use super::{listed, one_time_password, password};
use crate::world::airpay::{ONE_TIME_PASSWORD, PLACEHOLDER};
use cards_sandbox_core::answer::UnmetRule;
use cards_sandbox_core::app::App;
use cards_sandbox_core::card_number;
use cards_sandbox_core::intake::same;
use cards_sandbox_core::openapi::About;
use cards_sandbox_core::store::{Fingerprints, StoreError};
use cards_sandbox_core::test_values::TestValues;

/// `data` of the Success Response.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Registered {
    /// The customer's id, which every later call asks for.
    entity_id: String,
    /// Level to which the customer is known.
    #[schemars(schema_with = "listed::kyc_status")]
    kyc_status: &'static str,
    /// Day until which the customer is known so.
    #[schemars(extend("format" = "date"))]
    kyc_expiry_date: String,
    /// The KYC reference.
    #[serde(rename = "kycRefNo")]
    kyc_ref_no: Option<String>,
}

impl Handle for RegisterUser {
    const ACCESS: Access = Access::Affiliate;
    const ABOUT: About = About {
        tag: "customers",
        summary: "Register a customer",
        text: "Registers a customer with full KYC details and allocates a card. E-mail address, \
               card and kit must be new. The sandbox takes published test card numbers only, the \
               one-time password 1234 and, as in the document's example, an empty one.",
        page: Some("https://docs.airpay.co.in/v4/prepaid-card/user-registration/"),
    };
    const TEST_VALUES: TestValues = &[
        NEW_CARD,
        &[TAKEN_EMAIL, TAKEN_MOBILE_NO],
        &[
            is(
                "otp",
                "9401",
                "the one-time password is not the one that was sent",
            ),
            is(
                "otp",
                "9409",
                "the one-time password is used up by another registration",
            ),
            is("otp", "9410", "the one-time password has expired"),
            is(
                "otp",
                "9429",
                "others were tried too often for this mobile number",
            ),
        ],
    ];
    type Data = Registered;

    fn example() -> Value {
        json!({
            "entity_id": PLACEHOLDER,
            "kyc_status": "MIN_KYC",
            "kyc_expiry_date": "2021-06-18",
            "kycRefNo": null,
        })
    }

    async fn carry_out(self, app: &App) -> Result<Registered, Refusal> {
        check_test_card(&self.card_no)?;
        let kyc_expiry_date = kyc_expiry(app.rules(ProviderId::AIRPAY).today()).to_string();
        let now = app.now();
        let settings = app.providers.get::<Airpay>();
        let is_unique = settings.unique_mobile_numbers;
        let takes_standing = !settings.issued_otp_only;
        let password = self.password.clone();
        let hash = move || password::hash(password.expose());
        let password_hash = tokio::task::spawn_blocking(hash)
            .await
            .map_err(|_| StoreError::Gone)??;
        app.store
            .write(move |transaction| {
                let fingerprints = Fingerprints::of(transaction)?;
                let otp = use_up(&self, transaction, &fingerprints, now, takes_standing)?;
                if let Some(refusal) = otp {
                    // That it was tried is kept.
                    return Ok(Err(refusal));
                }
                let email = self.email.expose().to_owned();
                let email_key = customers::email_key(&email, |email| fingerprints.make(email));
                let with_key = |number: &str| (number.to_owned(), fingerprints.make(number));
                let card_no = with_key(self.card_no.expose());
                let kit_no = with_key(&self.kit_no);
                if customers::is_email_taken(transaction, email_key.as_ref(), "")? {
                    return Err(Refusal::because("email: another customer has it")
                        .breaks(customers::EMAIL_IS_UNIQUE));
                }
                let mobile_no = self.mobile_no.expose();
                if is_unique && customers::is_mobile_no_taken(transaction, mobile_no, "")? {
                    return Err(Refusal::because("mobile_no: another customer has it")
                        .breaks(customers::MOBILE_NO_IS_UNIQUE));
                }
                check_free(transaction, &card_no.1, &kit_no.1)?;
                let Some(number) = customers::next_number(transaction)? else {
                    return Err(Refusal::because("entity_id: every number is given out"));
                };
                let entity_id = customers::entity_id(number);
                let customer = CustomerRow::of(&self, password_hash, kyc_expiry_date.clone());
                customer.insert(transaction, number, &entity_id, &(email, email_key))?;
                CardRow::of(&self).insert(transaction, &entity_id, &card_no, &kit_no)?;
                Ok(Ok(Registered {
                    entity_id,
                    kyc_status: KYC_STATUS,
                    kyc_expiry_date,
                    kyc_ref_no: None,
                }))
            })
            .await?
    }
}

/// Uses up the one-time password, or counts that a wrong one was tried and tells why it is refused.
/// The standing one goes on working where it is taken; one that was given out works once.
fn use_up(
    form: &RegisterUser,
    transaction: &Transaction<'_>,
    fingerprints: &Fingerprints,
    now: i64,
    takes_standing: bool,
) -> rusqlite::Result<Option<Refusal>> {
    let otp = form.otp.expose();
    // The rules let an empty one pass as the document's own sample only.
    if takes_standing && (otp.is_empty() || same(otp, ONE_TIME_PASSWORD)) {
        return Ok(None);
    }
    let mobile_no = form.mobile_no.expose();
    let state = one_time_password::use_up(transaction, fingerprints, mobile_no, otp, now)?;
    let Some(why) = state.why_not() else {
        return Ok(None);
    };
    one_time_password::missed(transaction, fingerprints, mobile_no)?;
    let unmet = UnmetRule::field("otp", Rule::Allowed, "the one that was sent");
    Ok(Some(Refusal::because(why).breaks(unmet)))
}

/// Refuses a number that may be a real card's.
pub(super) fn check_test_card(card_no: &Pan) -> Result<(), Refusal> {
    match card_number::is_test_card(card_no.expose()) {
        true => Ok(()),
        false => Err(Refusal::because(
            "only test card numbers are taken: 13 to 19 digits, the first six of a test range",
        )),
    }
}

/// Refuses a card or a kit that somebody has.
pub(super) fn check_free(
    connection: &Connection,
    card_key: &[u8; 32],
    kit_key: &[u8; 32],
) -> Result<(), Refusal> {
    if customers::is_card_taken(connection, card_key)? {
        return Err(Refusal::because("card_no: the card is registered already"));
    }
    if customers::is_kit_taken(connection, kit_key)? {
        return Err(Refusal::because("kit_no: the kit is registered already"));
    }
    Ok(())
}

/// The minimum KYC lasts 24 months.
pub(super) fn kyc_expiry(today: Date) -> Date {
    let year = today.year().saturating_add(2);
    Date::new(year, today.month(), today.day())
        // 29 February, of which there is none two years on; or the year 9999.
        .or_else(|_| Date::new(year, today.month(), 28))
        .unwrap_or(today)
}

#[cfg(test)]
mod tests;
