//! The tables, and how a file comes to have them.

use cards_model::Date;
use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior};
use uuid::Uuid;

use super::StoreError;
use crate::{airpay, ibanera, paysafe};

/// The schema that this sandbox reads and writes (`user_version`).
pub(crate) const VERSION: i64 = 1;

/// Marks the file as a sandbox's (`application_id`): "CARD".
const APPLICATION: i64 = 0x4341_5244;

/// Airpay's `*_key` columns hold keyed fingerprints to compare by; NULL where
/// nothing has to be unique.
const TABLES: &str = "
    CREATE TABLE setting (
        name TEXT PRIMARY KEY,
        value BLOB NOT NULL
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE token (
        digest BLOB PRIMARY KEY,
        provider TEXT NOT NULL,
        subject TEXT NOT NULL,
        expires_at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX token_by_expiry ON token (expires_at);

    CREATE TABLE airpay_customer (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        entity_id TEXT NOT NULL UNIQUE,
        mobile_no TEXT NOT NULL,
        first_name TEXT NOT NULL,
        last_name TEXT NOT NULL,
        title TEXT NOT NULL,
        gender TEXT NOT NULL,
        dob TEXT NOT NULL,
        email TEXT NOT NULL,
        email_key BLOB UNIQUE,
        address TEXT NOT NULL,
        city TEXT NOT NULL,
        state TEXT NOT NULL,
        country TEXT,
        pincode TEXT NOT NULL,
        doc_type TEXT NOT NULL,
        doc_number TEXT NOT NULL,
        doc_expiry TEXT NOT NULL,
        doc_country_issue TEXT NOT NULL,
        password_hash TEXT NOT NULL,
        kyc_status TEXT NOT NULL,
        kyc_expiry_date TEXT NOT NULL
    ) STRICT;
    CREATE INDEX airpay_customer_by_mobile ON airpay_customer (mobile_no);

    CREATE TABLE airpay_card (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        entity_id TEXT NOT NULL REFERENCES airpay_customer (entity_id),
        card_key BLOB NOT NULL UNIQUE,
        first_six TEXT NOT NULL,
        last_four TEXT NOT NULL,
        kit_key BLOB NOT NULL UNIQUE,
        kit_shown TEXT NOT NULL,
        card_type TEXT NOT NULL,
        card_expiry TEXT NOT NULL
    ) STRICT;
    CREATE INDEX airpay_card_by_customer ON airpay_card (entity_id);

    CREATE TABLE airpay_preference (
        entity_id TEXT NOT NULL REFERENCES airpay_customer (entity_id),
        type TEXT NOT NULL,
        status TEXT NOT NULL,
        PRIMARY KEY (entity_id, type)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE paysafe_customer (
        customer_id TEXT PRIMARY KEY
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE paysafe_card (
        customer_id TEXT NOT NULL REFERENCES paysafe_customer (customer_id),
        position INTEGER NOT NULL,
        card_id TEXT NOT NULL UNIQUE,
        status TEXT NOT NULL,
        card_type TEXT NOT NULL,
        body TEXT NOT NULL,
        PRIMARY KEY (customer_id, position)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE ibanera_customer (
        customers_id INTEGER PRIMARY KEY,
        customers_reference TEXT NOT NULL
    ) STRICT;

    CREATE TABLE ibanera_card (
        id INTEGER PRIMARY KEY,
        customers_id INTEGER NOT NULL REFERENCES ibanera_customer (customers_id),
        currency TEXT NOT NULL,
        card_number TEXT NOT NULL,
        total_balance TEXT NOT NULL,
        available_balance TEXT NOT NULL,
        pending_balance TEXT NOT NULL,
        suppressed INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX ibanera_card_by_customer ON ibanera_card (customers_id);
";

/// Refuses a file that is not ours, or not ours any more, before anything in
/// it is changed.
pub(super) fn check(connection: &Connection) -> Result<(), StoreError> {
    let version = pragma(connection, "user_version")?;
    let application = pragma(connection, "application_id")?;
    let tables: i64 =
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    if application != APPLICATION && (tables > 0 || version > 0) {
        return Err(StoreError::Foreign);
    }
    if version > VERSION {
        return Err(StoreError::Newer { found: version });
    }
    Ok(())
}

/// Makes the tables and the world where there are none. Gives the key of the
/// store's fingerprints.
pub(super) fn bring_up_to_date(
    connection: &mut Connection,
    today: Date,
) -> Result<[u8; 32], StoreError> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let key = if pragma(&transaction, "user_version")? == 0 {
        create(&transaction, today)?
    } else {
        stored_key(&transaction)?
    };
    transaction.commit()?;
    Ok(key)
}

fn create(transaction: &Transaction<'_>, today: Date) -> Result<[u8; 32], StoreError> {
    transaction.execute_batch(TABLES)?;
    let mut key = [0; 32];
    key[..16].copy_from_slice(Uuid::new_v4().as_bytes());
    key[16..].copy_from_slice(Uuid::new_v4().as_bytes());
    transaction.execute(
        "INSERT INTO setting (name, value) VALUES ('fingerprint_key', ?1)",
        [&key[..]],
    )?;
    airpay::seed(
        transaction,
        &|number| super::fingerprint(&key, number),
        today,
    )?;
    paysafe::seed(transaction)?;
    ibanera::seed(transaction)?;
    transaction.pragma_update(None, "application_id", APPLICATION)?;
    transaction.pragma_update(None, "user_version", VERSION)?;
    Ok(key)
}

fn stored_key(transaction: &Transaction<'_>) -> Result<[u8; 32], StoreError> {
    let sql = "SELECT value FROM setting WHERE name = 'fingerprint_key'";
    transaction
        .query_row(sql, [], |row| row.get(0))
        .optional()?
        .ok_or(StoreError::Foreign)
}

fn pragma(connection: &Connection, name: &str) -> rusqlite::Result<i64> {
    connection.pragma_query_value(None, name, |row| row.get(0))
}
