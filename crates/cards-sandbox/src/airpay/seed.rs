//! The customers that are there from the start.

use std::sync::OnceLock;

use cards_model::{Date, Pan};
use rusqlite::Transaction;

use super::customers::{self, NewCustomer};
use super::{password, register_user};
use crate::store::StoreError;
use crate::world::airpay::{CUSTOMER, MOBILE_NO, PASSWORD, PLACEHOLDER};

pub(super) fn seed(
    transaction: &Transaction<'_>,
    fingerprint: &dyn Fn(&str) -> [u8; 32],
    today: Date,
) -> Result<(), StoreError> {
    let password_hash = password_hash()?;
    // Numbers with a wrong check digit, in the documents' own range: nobody
    // has these cards, and nobody will miss them when registering test cards.
    for (number, entity_id, mobile_no, email, card_no, kit_no) in [
        (
            0,
            PLACEHOLDER,
            "9000000513",
            "placeholder@sandbox.example",
            "4622940000000514",
            "100000000513",
        ),
        (
            1,
            CUSTOMER,
            MOBILE_NO,
            "standing@sandbox.example",
            "4622940000000979",
            "100000000978",
        ),
    ] {
        let customer = NewCustomer {
            mobile_no: mobile_no.to_owned(),
            first_name: "Sandbox".to_owned(),
            last_name: "Customer".to_owned(),
            title: "Ms".to_owned(),
            gender: "F".to_owned(),
            dob: "1990-01-31".to_owned(),
            email: email.to_owned(),
            email_key: customers::email_key(email, fingerprint),
            address: "1 Test Road".to_owned(),
            city: "Ernakulam".to_owned(),
            state: "Kerala".to_owned(),
            country: None,
            pincode: "682308".to_owned(),
            doc_type: "PASSPORT".to_owned(),
            doc_number: format!("SANDBOX{number}"),
            doc_expiry: "2049-12-31".to_owned(),
            doc_country_issue: "India".to_owned(),
            password_hash: password_hash.to_owned(),
            kyc_status: customers::KYC_STATUS.to_owned(),
            kyc_expiry_date: register_user::kyc_expiry(today).to_string(),
        };
        let card = register_user::new_card(&Pan::new(card_no), kit_no, "V", "12/49", fingerprint);
        customers::add_as(transaction, number, entity_id, &customer)?;
        customers::add_card(transaction, entity_id, &card)?;
    }
    Ok(())
}

/// Hashed once for all sandboxes of a process: it is the dearest part of a
/// start, and the password is no secret.
fn password_hash() -> Result<&'static str, StoreError> {
    static HASH: OnceLock<String> = OnceLock::new();
    if let Some(hash) = HASH.get() {
        return Ok(hash);
    }
    let hash = password::hash(PASSWORD)?;
    Ok(HASH.get_or_init(|| hash))
}
