//! The customers that are there from the start.

use std::sync::OnceLock;

use cards_model::Date;
use rusqlite::Transaction;

use super::section::{CardRow, CustomerRow};
use super::{customers, password, register_user};
use crate::world::airpay::{CUSTOMER, MOBILE_NO, PASSWORD, PLACEHOLDER};
use cards_sandbox_core::store::StoreError;

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
        let mut customer = CustomerRow {
            mobile_no: Some(mobile_no.to_owned()),
            dob: Some("1990-01-31".to_owned()),
            email: Some(email.to_owned()),
            doc_number: Some(format!("SANDBOX{number}")),
            password_hash: Some(password_hash.to_owned()),
            kyc_status: Some(customers::KYC_STATUS.to_owned()),
            kyc_expiry_date: Some(register_user::kyc_expiry(today).to_string()),
            ..CustomerRow::default()
        };
        customer.make_up(today);
        let email = (email.to_owned(), customers::email_key(email, fingerprint));
        customer.insert(transaction, number, entity_id, &email)?;
        let card = CardRow {
            card_type: Some("V".to_owned()),
            card_expiry: Some("12/49".to_owned()),
            ..CardRow::default()
        };
        let with_key = |number: &str| (number.to_owned(), fingerprint(number));
        card.insert(
            transaction,
            entity_id,
            &with_key(card_no),
            &with_key(kit_no),
        )?;
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
