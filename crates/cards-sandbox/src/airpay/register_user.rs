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
mod tests {
    use super::*;
    use crate::testing::{Harness, registration};

    const FAIL: &str = r#"{"status":400,"message":"fail"}"#;

    #[tokio::test]
    async fn a_registration_is_answered_with_the_documented_keys_in_their_order() {
        let sandbox = Harness::new();
        let reply = sandbox.airpay("register-user", &registration(&[])).await;
        assert_eq!(reply.status, 200);
        assert_eq!(reply.headers["content-type"], "application/json");
        assert_eq!(
            reply.body,
            r#"{"status":200,"message":"success","data":{"entity_id":"AIRPAYCUST0002","kyc_status":"MIN_KYC","kyc_expiry_date":"2028-11-21","kycRefNo":null}}"#
        );
        assert!(sandbox.last().accepted);
    }

    #[tokio::test]
    async fn ids_count_up() {
        let sandbox = Harness::new();
        for (number, card, kit, email) in [
            (2, "4111111111111111", "1", "a@b.example"),
            (3, "4242424242424242", "2", "b@b.example"),
            (4, "5555555555554444", "3", "c@b.example"),
        ] {
            let fields = registration(&[("card_no", card), ("kit_no", kit), ("email", email)]);
            let reply = sandbox.airpay("register-user", &fields).await;
            let id = format!("\"AIRPAYCUST{number:04}\"");
            assert!(reply.body.contains(&id), "{}", reply.body);
        }
    }

    #[tokio::test]
    async fn card_kit_and_email_are_taken_once_whatever_the_case() {
        let sandbox = Harness::new();
        let others = [
            ("card_no", "4242424242424242"),
            ("kit_no", "2"),
            ("email", "other@example.com"),
        ];
        sandbox.airpay("register-user", &registration(&[])).await;
        for (at, repeated, why) in [
            (
                0,
                ("card_no", "4111111111111111"),
                "card_no: the card is registered already",
            ),
            (
                1,
                ("kit_no", "100000007777"),
                "kit_no: the kit is registered already",
            ),
            (
                2,
                ("email", "ASHA@example.com"),
                "email: another customer has it",
            ),
        ] {
            let mut changes = others;
            changes[at] = repeated;
            let reply = sandbox
                .airpay("register-user", &registration(&changes))
                .await;
            assert_eq!((reply.status.as_u16(), &*reply.body), (200, FAIL));
            assert_eq!(sandbox.why(), why);
        }
        let reply = sandbox
            .airpay("register-user", &registration(&others))
            .await;
        assert!(
            reply.body.contains("success"),
            "a refusal leaves nothing behind"
        );
        // Everything else may be the same: mobile number, name, document.
    }

    #[tokio::test]
    async fn a_wrong_one_time_password_is_refused_and_an_empty_one_is_the_documents() {
        let sandbox = Harness::new();
        let reply = sandbox
            .airpay("register-user", &registration(&[("otp", "4321")]))
            .await;
        assert_eq!(reply.body, FAIL);
        assert_eq!(sandbox.why(), "the one-time password is not the sandbox's");
        let reply = sandbox
            .airpay("register-user", &registration(&[("otp", "")]))
            .await;
        assert!(reply.body.contains("success"), "{}", reply.body);
    }

    #[tokio::test]
    async fn a_card_of_no_test_range_is_refused() {
        let sandbox = Harness::new();
        let fields = registration(&[("card_no", "4929000000000006")]);
        let reply = sandbox.airpay("register-user", &fields).await;
        assert_eq!(reply.body, FAIL);
        assert_eq!(
            sandbox.why(),
            "only test card numbers are taken: the first six digits are of no test range"
        );
    }

    #[tokio::test]
    async fn every_documented_rule_is_applied_and_named() {
        let sandbox = Harness::new();
        let fields: Vec<_> = registration(&[])
            .into_iter()
            .map(|(name, _)| (name, "?\u{e9}"))
            .collect();
        let reply = sandbox.airpay("register-user", &fields).await;
        assert_eq!(reply.body, FAIL);
        let broken: std::collections::BTreeSet<_> = sandbox
            .last()
            .violations
            .into_iter()
            .map(|v| v.field)
            .collect();
        // Any text of at most 16 and 20 characters is a kit and a document number.
        assert_eq!(broken.len(), 19, "{broken:?}");
    }

    #[tokio::test]
    async fn expiries_follow_the_sandboxs_clock() {
        let sandbox = Harness::new();
        sandbox.advance(4 * 366 * 86_400);
        let reply = sandbox.airpay("register-user", &registration(&[])).await;
        assert_eq!(reply.body, FAIL);
        assert_eq!(sandbox.last().violations[0].field, "card_expiry");
    }

    #[tokio::test]
    async fn a_field_that_is_left_out_is_named() {
        let sandbox = Harness::new();
        let mut fields = registration(&[]);
        fields.retain(|(name, _)| *name != "dob");
        let reply = sandbox.airpay("register-user", &fields).await;
        assert_eq!(reply.body, FAIL);
        let [violation] = &sandbox.last().violations[..] else {
            panic!("one violation");
        };
        assert_eq!(
            (&*violation.field, violation.rule.as_str()),
            ("dob", "required")
        );
    }

    #[test]
    fn the_kyc_of_a_leap_day_ends_on_the_28th() {
        let day = |text: &str| text.parse::<Date>().unwrap();
        assert_eq!(kyc_expiry(day("2019-06-18")), day("2021-06-18"));
        assert_eq!(kyc_expiry(day("2028-02-29")), day("2030-02-28"));
        assert_eq!(kyc_expiry(day("9999-12-31")), day("9999-12-31"));
    }
}
