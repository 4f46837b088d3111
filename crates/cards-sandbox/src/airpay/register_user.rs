//! `POST /airpay/ms/cards/api/register-user`
//!
//! Airpay, User Registration. A new customer with a card; e-mail address, card
//! and kit must be new, the card a test card, the one-time password one that the
//! control API gave out and that was not used, `1234`, or, as in the document's
//! example, empty.

use cards_model::airpay::RegisterUser;
use cards_model::{Date, Pan, Rule};
use rusqlite::{Connection, Transaction};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};

use super::call::Handle;
use super::credentials::Credentials;
use super::customers::{self, KYC_STATUS, NewCard, NewCustomer};
use super::{Refusal, one_time_password, password};
use crate::answer::UnmetRule;
use crate::app::App;
use crate::card_number;
use crate::intake::same;
use crate::openapi::{About, listed};
use crate::store::{Fingerprints, StoreError};
use crate::world::airpay::{ONE_TIME_PASSWORD, PLACEHOLDER};

/// `data` of the Success Response.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Registered {
    /// The customer's id, which every later call asks for.
    entity_id: String,
    /// How far the customer is known.
    #[schemars(schema_with = "listed::kyc_status")]
    kyc_status: &'static str,
    /// Until when.
    #[schemars(extend("format" = "date"))]
    kyc_expiry_date: String,
    /// The KYC reference.
    #[serde(rename = "kycRefNo")]
    kyc_ref_no: Option<String>,
}

impl Handle for RegisterUser {
    const CREDENTIALS: Credentials = Credentials::Affiliate;

    const ABOUT: About = About {
        tag: "customers",
        summary: "Register a customer",
        text: "Registers a customer with full KYC details and allocates a card. E-mail address, \
               card and kit must be new. The sandbox takes published test card numbers only, the \
               one-time password 1234 and, as in the document's example, an empty one.",
        page: Some("https://docs.airpay.co.in/v4/prepaid-card/user-registration/"),
    };

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
        if !card_number::is_test_card(self.card_no.expose()) {
            return Err(Refusal::because(
                "only test card numbers are taken: the first six digits are of no test range",
            ));
        }
        let kyc_expiry_date = kyc_expiry(app.today()).to_string();
        let now = app.now();
        let password = self.password.clone();
        let hash = move || password::hash(password.expose());
        let password_hash = tokio::task::spawn_blocking(hash)
            .await
            .map_err(|_| StoreError::Gone)??;
        app.store
            .write(move |transaction| {
                let fingerprints = Fingerprints::of(transaction)?;
                self.use_up_one_time_password(transaction, &fingerprints, now)?;
                let customer = self.customer(&fingerprints, password_hash, kyc_expiry_date);
                let card = self.card(&fingerprints);
                if customers::is_email_taken(transaction, customer.email_key.as_ref(), "")? {
                    return Err(Refusal::because("email: another customer has it")
                        .breaks(customers::EMAIL_IS_UNIQUE));
                }
                check_free(transaction, &card)?;
                let Some(entity_id) = customers::add(transaction, &customer)? else {
                    return Err(Refusal::because("entity_id: every number is given out"));
                };
                customers::add_card(transaction, &entity_id, &card)?;
                Ok(Registered {
                    entity_id,
                    kyc_status: KYC_STATUS,
                    kyc_expiry_date: customer.kyc_expiry_date,
                    kyc_ref_no: None,
                })
            })
            .await
    }
}

/// Takes a registration apart, into what is used up and what is kept.
pub(super) trait Registration {
    /// The standing one-time password goes on working; one that was given out
    /// works once.
    fn use_up_one_time_password(
        &self,
        transaction: &Transaction<'_>,
        fingerprints: &Fingerprints,
        now: i64,
    ) -> Result<(), Refusal>;

    /// The customer as kept.
    fn customer(
        &self,
        fingerprints: &Fingerprints,
        password_hash: String,
        kyc_expiry_date: String,
    ) -> NewCustomer;

    /// The card as kept.
    fn card(&self, fingerprints: &Fingerprints) -> NewCard;
}

impl Registration for RegisterUser {
    fn use_up_one_time_password(
        &self,
        transaction: &Transaction<'_>,
        fingerprints: &Fingerprints,
        now: i64,
    ) -> Result<(), Refusal> {
        let otp = self.otp.expose();
        // The rules let an empty one pass as the document's own sample only.
        if otp.is_empty() || same(otp, ONE_TIME_PASSWORD) {
            return Ok(());
        }
        let mobile_no = self.mobile_no.expose();
        let state = one_time_password::use_up(transaction, fingerprints, mobile_no, otp, now)?;
        match state.why_not() {
            None => Ok(()),
            Some(why) => {
                let unmet = UnmetRule::field("otp", Rule::Allowed, "the one that was sent");
                Err(Refusal::because(why).breaks(unmet))
            }
        }
    }

    fn customer(
        &self,
        fingerprints: &Fingerprints,
        password_hash: String,
        kyc_expiry_date: String,
    ) -> NewCustomer {
        NewCustomer {
            mobile_no: card_number::masked(self.mobile_no.expose()),
            first_name: self.first_name.expose().to_owned(),
            last_name: self.last_name.expose().to_owned(),
            title: self.title.as_str().to_owned(),
            gender: self.gender.as_str().to_owned(),
            dob: self.dob.expose().to_owned(),
            email: card_number::masked(self.email.expose()),
            email_key: customers::email_key(self.email.expose(), |email| fingerprints.make(email)),
            address: card_number::masked(self.address.expose()),
            city: self.city.expose().to_owned(),
            state: self.state.expose().to_owned(),
            country: None,
            pincode: card_number::masked(self.pincode.expose()),
            doc_type: self.doc_type.as_str().to_owned(),
            doc_number: card_number::masked(self.doc_number.expose()),
            doc_expiry: self.doc_expiry.expose().to_owned(),
            doc_country_issue: self.doc_country_issue.expose().to_owned(),
            password_hash,
            kyc_status: KYC_STATUS.to_owned(),
            kyc_expiry_date,
        }
    }

    fn card(&self, fingerprints: &Fingerprints) -> NewCard {
        new_card(
            &self.card_no,
            &self.kit_no,
            self.card_type.as_str(),
            &self.card_expiry,
            &|number| fingerprints.make(number),
        )
    }
}

/// Refuses a card or a kit that somebody has.
pub(super) fn check_free(connection: &Connection, card: &NewCard) -> Result<(), Refusal> {
    if customers::is_card_taken(connection, &card.key)? {
        return Err(Refusal::because("card_no: the card is registered already"));
    }
    if customers::is_kit_taken(connection, &card.kit_key)? {
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

/// Makes what is kept of a card.
pub(super) fn new_card(
    card_no: &Pan,
    kit_no: &str,
    card_type: &str,
    expiry: &str,
    fingerprint: &dyn Fn(&str) -> [u8; 32],
) -> NewCard {
    let (key, kit_key) = (fingerprint(card_no.expose()), fingerprint(kit_no));
    kept_card((card_no, key), (kit_no, kit_key), card_type, expiry)
}

/// Makes the same from fingerprints that are there.
pub(super) fn kept_card(
    (card_no, key): (&Pan, [u8; 32]),
    (kit_no, kit_key): (&str, [u8; 32]),
    card_type: &str,
    expiry: &str,
) -> NewCard {
    NewCard {
        key,
        first_six: card_no.bin().unwrap_or_default().to_owned(),
        last_four: card_no.last_four().unwrap_or_default().to_owned(),
        kit_key,
        kit_shown: card_number::masked(kit_no),
        card_type: card_type.to_owned(),
        expiry: expiry.to_owned(),
    }
}

#[cfg(test)]
mod tests;
