//! The customers that are there from the start.

use std::sync::OnceLock;

use cards_model::Date;
use rusqlite::Transaction;

use super::section::{CardRow, CustomerRow, SEEDED};
use super::{customers, password, register_user};
use crate::world::airpay::PASSWORD;
use cards_sandbox_core::store::StoreError;

pub(super) fn seed(
    transaction: &Transaction<'_>,
    fingerprint: &dyn Fn(&str) -> [u8; 32],
    today: Date,
) -> Result<(), StoreError> {
    let password_hash = password_hash()?;
    for seeded in &SEEDED {
        let customer = CustomerRow {
            password_hash: Some(password_hash.to_owned()),
            kyc_status: Some(customers::KYC_STATUS.to_owned()),
            kyc_expiry_date: Some(register_user::kyc_expiry(today).to_string()),
            ..seeded.person(today)
        };
        let email = seeded.email;
        let email = (email.to_owned(), customers::email_key(email, fingerprint));
        customer.insert(transaction, seeded.number, seeded.entity_id, &email)?;
        let card = CardRow {
            card_type: Some("V".to_owned()),
            card_expiry: Some("12/49".to_owned()),
            ..CardRow::default()
        };
        let with_key = |number: &str| (number.to_owned(), fingerprint(number));
        card.insert(
            transaction,
            seeded.entity_id,
            &with_key(seeded.card_no),
            &with_key(seeded.kit_no),
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
