//! The tables, and how a file comes to have them.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use cards_model::Date;
use rusqlite::backup::Backup;
use rusqlite::functions::FunctionFlags;
use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior};
use uuid::Uuid;

use super::{Fingerprints, StoreError, lock, quota};
use crate::card_number;
use crate::world::quota::Quota;

/// Leads from an older schema to a newer one. A migration that has been released is never
/// changed, only followed.
#[derive(Debug)]
pub(crate) struct Migration {
    /// The schema that it leads to, counted from 1 over all tables of a store, whoever they
    /// belong to: a file's `user_version` is the highest that it has had.
    pub(crate) version: usize,
    pub(crate) sql: &'static str,
}

/// Makes and fills some tables of a store: those of one provider.
pub(crate) struct Tables {
    /// The name of whose they are.
    pub(crate) owner: &'static str,
    pub(crate) migrations: &'static [Migration],
    /// Fills them with what is the same in every new store; it is made once in a process.
    pub(crate) seed_alike: fn(&Transaction<'_>) -> Result<(), StoreError>,
    /// Adds what depends on the store's key or on the day.
    pub(crate) seed: fn(&Transaction<'_>, &Fingerprints, Date) -> Result<(), StoreError>,
}

/// The store's own tables, which come before all others.
const OWN: &[Migration] = &[
    Migration {
        version: 1,
        sql: include_str!("migrations/01_tables.sql"),
    },
    Migration {
        version: 2,
        sql: include_str!("migrations/02_used_codes.sql"),
    },
    Migration {
        version: 4,
        sql: include_str!("migrations/04_quota.sql"),
    },
];

/// Lists all migrations of a store with these tables, in the order in which they are made.
fn migrations(tables: &[&'static Tables]) -> Vec<&'static Migration> {
    let others = tables.iter().flat_map(|tables| tables.migrations);
    let mut all: Vec<_> = OWN.iter().chain(others).collect();
    // Stable: of one version, the store's own come first.
    all.sort_by_key(|migration| migration.version);
    all
}

/// The schema that a sandbox with these tables reads and writes.
fn version(tables: &[&'static Tables]) -> usize {
    let versions = migrations(tables)
        .into_iter()
        .map(|migration| migration.version);
    versions.max().unwrap_or_default()
}

/// Marks the file as a sandbox's (`application_id`): "CARD".
const APPLICATION: i64 = 0x4341_5244;

/// Refuses a file that is not ours, or not ours any more, before anything in
/// it is changed.
pub(super) fn check(connection: &Connection, tables: &[&'static Tables]) -> Result<(), StoreError> {
    let known = version(tables);
    let version = pragma(connection, "user_version")?;
    let application = pragma(connection, "application_id")?;
    let count: i64 =
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    let is_new = version == 0 && count == 0;
    match usize::try_from(version) {
        _ if application != APPLICATION && !is_new => Err(StoreError::Foreign),
        Ok(found) if found > known => Err(StoreError::Newer { found, known }),
        Ok(0) if !is_new => Err(StoreError::Foreign),
        Ok(_) => Ok(()),
        Err(_) => Err(StoreError::Foreign),
    }
}

/// A new database in memory.
pub(super) fn in_memory<E: From<StoreError>>(
    tables: &[&'static Tables],
    today: Date,
    fill: impl FnOnce(&Transaction<'_>) -> Result<(), E>,
) -> Result<Connection, E> {
    let mut connection = from_template(tables)?;
    let transaction = connection.transaction().map_err(StoreError::from)?;
    new_key(&transaction)?;
    seed(&transaction, tables, today)?;
    fill(&transaction)?;
    quota::check(&transaction, Quota::MOST)?;
    settle(transaction)?;
    refer(&connection)?;
    Ok(connection)
}

fn from_template(tables: &[&'static Tables]) -> Result<Connection, StoreError> {
    let mut connection = Connection::open_in_memory()?;
    Backup::new(&lock(&*template(tables)?), &mut connection)?.step(-1)?;
    Ok(connection)
}

fn settle(transaction: Transaction<'_>) -> Result<(), StoreError> {
    Ok(transaction.commit()?)
}

/// From here on, SQLite sees to it that rows refer to rows.
fn refer(connection: &Connection) -> Result<(), StoreError> {
    Ok(connection.pragma_update(None, "foreign_keys", true)?)
}

/// The tables and all of the world that is the same in every new store. A copy
/// of its pages takes a tenth of the time that making them takes, and hundreds
/// of sandboxes may start in one process.
fn template(tables: &[&'static Tables]) -> Result<Arc<Mutex<Connection>>, StoreError> {
    static TEMPLATES: Mutex<BTreeMap<Vec<&str>, Arc<Mutex<Connection>>>> =
        Mutex::new(BTreeMap::new());
    let owners: Vec<_> = tables.iter().map(|tables| tables.owner).collect();
    if let Some(template) = lock(&TEMPLATES).get(&owners) {
        return Ok(Arc::clone(template));
    }
    let mut template = Connection::open_in_memory()?;
    let transaction = template.transaction()?;
    migrate(&transaction, tables, 0)?;
    seed_alike(&transaction, tables)?;
    transaction.commit()?;
    let template = Arc::new(Mutex::new(template));
    let mut templates = lock(&TEMPLATES);
    Ok(Arc::clone(templates.entry(owners).or_insert(template)))
}

/// Runs the migrations that the database has not had, all or none, and makes
/// the world in a new one, for which `fill` has the last word.
pub(super) fn bring_up_to_date<E: From<StoreError>>(
    connection: &mut Connection,
    tables: &[&'static Tables],
    today: Date,
    fill: impl FnOnce(&Transaction<'_>) -> Result<(), E>,
) -> Result<(), E> {
    let transaction = begin(connection)?;
    let is_new = migrate_or_make(&transaction, tables, today)?;
    if is_new {
        fill(&transaction)?;
        quota::check(&transaction, Quota::MOST)?;
    }
    settle(transaction)?;
    Ok(refer(connection)?)
}

fn begin(connection: &mut Connection) -> Result<Transaction<'_>, StoreError> {
    // A migration may have to make a table anew that others refer to. That has
    // to be said outside the transaction; within it, all references are checked.
    connection.pragma_update(None, "foreign_keys", false)?;
    Ok(connection.transaction_with_behavior(TransactionBehavior::Immediate)?)
}

/// Gives whether the database was new.
fn migrate_or_make(
    transaction: &Transaction<'_>,
    tables: &[&'static Tables],
    today: Date,
) -> Result<bool, StoreError> {
    let had = usize::try_from(pragma(transaction, "user_version")?).unwrap_or_default();
    migrate(transaction, tables, had)?;
    if had == 0 {
        new_key(transaction)?;
        seed_alike(transaction, tables)?;
        seed(transaction, tables, today)?;
    } else {
        check_key(transaction)?;
    }
    Ok(had == 0)
}

fn migrate(
    transaction: &Transaction<'_>,
    tables: &[&'static Tables],
    had: usize,
) -> Result<(), StoreError> {
    let version = version(tables);
    if had == version {
        return Ok(());
    }
    add_functions(transaction)?;
    let missing = migrations(tables).into_iter();
    for migration in missing.filter(|migration| migration.version > had) {
        transaction.execute_batch(migration.sql)?;
    }
    if transaction
        .prepare("PRAGMA foreign_key_check")?
        .exists([])?
    {
        return Err(StoreError::Corrupt("rows refer to none".to_owned()));
    }
    transaction.pragma_update(None, "application_id", APPLICATION)?;
    transaction.pragma_update(None, "user_version", version as i64)?;
    Ok(())
}

/// Adds what the migrations call and SQLite does not have.
fn add_functions(connection: &Connection) -> rusqlite::Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8
        | FunctionFlags::SQLITE_DETERMINISTIC
        | FunctionFlags::SQLITE_DIRECTONLY;
    type Function = fn(&str) -> String;
    let masked = ("masked", card_number::masked as Function);
    let starred = ("starred", card_number::starred as Function);
    for (name, function) in [masked, starred] {
        connection.create_scalar_function(name, 1, flags, move |context| {
            let text: Option<String> = context.get(0)?;
            Ok(text.map(|text| function(&text)))
        })?;
    }
    Ok(())
}

/// Leaves nothing but the settings, and the count of what is there, which follows.
/// Tables that refer to others were made after them, and go first.
pub(super) fn empty(transaction: &Transaction<'_>) -> Result<(), StoreError> {
    let tables: Vec<String> = transaction
        .prepare(
            "SELECT name FROM sqlite_schema
             WHERE type = 'table' AND name NOT IN ('setting', 'held', 'sqlite_stat1', 'sqlite_stat4')
             ORDER BY rowid DESC",
        )?
        .query_map([], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    for table in tables {
        // Among them SQLite's own, from which numbers count on.
        transaction.execute(&format!("DELETE FROM \"{table}\""), [])?;
    }
    Ok(())
}

/// Fills empty tables with what is the same in every new store.
pub(super) fn seed_alike(
    transaction: &Transaction<'_>,
    tables: &[&'static Tables],
) -> Result<(), StoreError> {
    tables
        .iter()
        .try_for_each(|tables| (tables.seed_alike)(transaction))
}

/// Adds what depends on the store's key or on the day.
pub(super) fn seed(
    transaction: &Transaction<'_>,
    tables: &[&'static Tables],
    today: Date,
) -> Result<(), StoreError> {
    let fingerprints = Fingerprints::of(transaction)?;
    tables
        .iter()
        .try_for_each(|tables| (tables.seed)(transaction, &fingerprints, today))
}

/// 244 of these bits are random.
fn draw_key() -> [u8; 32] {
    let mut key = [0; 32];
    key[..16].copy_from_slice(Uuid::new_v4().as_bytes());
    key[16..].copy_from_slice(Uuid::new_v4().as_bytes());
    key
}

fn new_key(transaction: &Transaction<'_>) -> Result<(), StoreError> {
    let key = draw_key();
    transaction.execute(
        "INSERT INTO setting (name, value) VALUES ('fingerprint_key', ?1)",
        [&key[..]],
    )?;
    Ok(())
}

/// Refuses a file without the key of its fingerprints, which is none of ours.
fn check_key(transaction: &Transaction<'_>) -> Result<(), StoreError> {
    let sql = "SELECT value FROM setting WHERE name = 'fingerprint_key'";
    let key: Option<[u8; 32]> = transaction
        .query_row(sql, [], |row| row.get(0))
        .optional()?;
    key.map(drop).ok_or(StoreError::Foreign)
}

fn pragma(connection: &Connection, name: &str) -> rusqlite::Result<i64> {
    connection.pragma_query_value(None, name, |row| row.get(0))
}

/// Makes a file as a sandbox of an older schema left it, with these rows.
#[cfg(test)]
pub(crate) fn older_file(path: &std::path::Path, version: usize, rows: &str) {
    let connection = Connection::open(path).unwrap();
    let migrations = migrations(&crate::providers::tables());
    for migration in migrations.iter().filter(|one| one.version <= version) {
        connection.execute_batch(migration.sql).unwrap();
    }
    connection.execute_batch(rows).unwrap();
    let key = "INSERT INTO setting VALUES ('fingerprint_key', ?1)";
    connection.execute(key, [&[7; 32][..]]).unwrap();
    let pragmas = [
        ("application_id", APPLICATION),
        ("user_version", version as i64),
    ];
    for (name, value) in pragmas {
        connection.pragma_update(None, name, value).unwrap();
    }
}

#[cfg(test)]
mod tests {
    use rusqlite::params;

    use super::*;
    use crate::paysafe;
    use crate::providers::tables;
    use crate::store::Store;

    fn today() -> Date {
        Date::new(2026, 11, 21).unwrap()
    }

    /// A file as the first schema's sandbox left it, with rows in every table.
    fn version_1(path: &std::path::Path) {
        older_file(
            path,
            1,
            "INSERT INTO token VALUES (x'0102', 'airpay', 'AIRPAYCUST0007', 9000000000);
                 INSERT INTO airpay_customer VALUES (
                     7, 'AIRPAYCUST0007', '9000000777', 'Asha', 'Nair', 'Ms', 'F', '1990-02-28',
                     'asha@example.com', x'aa', '12 MG Road', 'Kochi', 'Kerala', NULL, '682001',
                     'PASSPORT', 'P1234567', '2031-05-31', 'India', '$argon2id$', 'MIN_KYC',
                     '2028-11-21'
                 );
                 INSERT INTO airpay_card VALUES (
                     7, 'AIRPAYCUST0007', x'bb', '411111', '1111', x'cc', '7', 'V', '01/30'
                 );
                 INSERT INTO airpay_preference VALUES ('AIRPAYCUST0007', 'ATM', 'ALLOWED');
                 INSERT INTO paysafe_customer VALUES ('12345678'), ('2');
                 INSERT INTO ibanera_customer VALUES (11057, 'reference');
                 INSERT INTO ibanera_card VALUES (
                     1001, 11057, 'usd', '424242******4242', '1250.750', '0', '0.00', 1
                 );",
        );
        let connection = Connection::open(path).unwrap();
        let mut add_card = connection
            .prepare("INSERT INTO paysafe_card VALUES (?1, ?2, ?3, ?4, ?5, ?6)")
            .unwrap();
        for (customer, position, month, year) in [("12345678", 0, 12, 2028), ("2", 5, 1, 2021)] {
            let card_id = format!("card-{position}");
            let wallets = match position {
                0 => "",
                _ => {
                    r#","tokenizations":{"mobileWalletTokenizations":[{"dpanRef":"D1","walletType":"APPLE_PAY","status":"COMPLETED"}]}"#
                }
            };
            let body = format!(
                r#"{{"cardId":"{card_id}","status":"LOCKED","expiry":{{"month":{month},"year":{year}}},"bin":"533944","lastFour":"7009","customerId":"{customer}","cardType":"VIRTUAL","programName":"BRAND-VIRTUAL-MC","currency":"EUR","mobile":"+359 888333333","createdDate":"2019-08-24T14:15:22Z","accountId":"127623047","scheme":"MC","isPinSet":true{wallets}}}"#
            );
            add_card
                .execute(params![
                    customer, position, card_id, "LOCKED", "VIRTUAL", body
                ])
                .unwrap();
        }
    }

    /// Every row of a table, each as one text, the named columns only.
    fn rows(connection: &Connection, table: &str, columns: &str) -> Vec<String> {
        let sql = format!("SELECT json_array({columns}) FROM {table} ORDER BY 1");
        let mut statement = connection.prepare(&sql).unwrap();
        let rows = statement.query_map([], |row| row.get(0)).unwrap();
        rows.collect::<Result<_, _>>().unwrap()
    }

    /// A column of the Paysafe cards.
    fn column<T: rusqlite::types::FromSql>(connection: &Connection, name: &str) -> Vec<T> {
        let sql = format!("SELECT {name} FROM paysafe_card ORDER BY card_id");
        let mut statement = connection.prepare(&sql).unwrap();
        let column = statement.query_map([], |row| row.get(0)).unwrap();
        column.collect::<Result<_, _>>().unwrap()
    }

    const TABLES: [(&str, &str); 8] = [
        ("setting", "name, hex(value)"),
        ("token", "hex(digest), provider, subject, expires_at"),
        (
            "airpay_customer",
            "number, entity_id, mobile_no, first_name, last_name, title, gender, dob, email,
             hex(email_key), address, city, state, country, pincode, doc_type, doc_number,
             doc_expiry, doc_country_issue, password_hash, kyc_status, kyc_expiry_date",
        ),
        (
            "airpay_card",
            "number, entity_id, hex(card_key), first_six, last_four, hex(kit_key), kit_shown,
             card_type, card_expiry",
        ),
        ("airpay_preference", "entity_id, type, status"),
        ("paysafe_customer", "customer_id"),
        (
            "paysafe_card",
            "customer_id, position, card_id, status, card_type",
        ),
        (
            "ibanera_card",
            "id, customers_id, total_balance, suppressed",
        ),
    ];

    #[tokio::test]
    async fn a_file_of_the_first_schema_keeps_every_row_and_works() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("old.db");
        version_1(&path);
        let all = |connection: &Connection| TABLES.map(|(t, columns)| rows(connection, t, columns));
        let old = Connection::open(&path).unwrap();
        let before = all(&old);
        let bodies: Vec<String> = column(&old, "body");
        drop(old);

        let place = crate::Store::File(path.clone());
        let store = Store::open(&place, today()).unwrap();
        let after = store
            .read(move |connection| -> Result<_, StoreError> {
                let life = rows(
                    connection,
                    "paysafe_card",
                    "card_id, status_before_lock, expires",
                );
                let bodies: Vec<String> = column(connection, "body");
                let wallets: Vec<Option<String>> = column(connection, "tokenizations");
                let apart: Vec<_> = bodies.into_iter().zip(wallets).collect();
                Ok((all(connection), life, apart))
            })
            .await
            .unwrap();
        assert_eq!(after.0, before);
        assert_eq!(
            after.1,
            [
                format!("[\"card-0\",null,{}]", 2028 * 12 + 11),
                format!("[\"card-5\",null,{}]", 2021 * 12)
            ]
        );
        // The wallets are apart, and nothing else has changed.
        for (body, (rest, wallets)) in bodies.iter().zip(&after.2) {
            let wallets = wallets.as_ref();
            let wallets = wallets.map(|wallets| format!(r#","tokenizations":{wallets}"#));
            assert!(!rest.contains("tokenizations"));
            let rest = rest.strip_suffix('}').unwrap();
            assert_eq!(*body, format!("{rest}{}}}", wallets.unwrap_or_default()));
        }
        assert!(after.2[0].1.is_none() && after.2[1].1.is_some());
        paysafe::stored_as_listed(&store).await;
        let print = |connection: &Connection| -> Result<_, StoreError> {
            Ok(crate::store::Fingerprints::of(connection)?.make("1"))
        };
        assert_eq!(
            store.read(print).await.unwrap(),
            crate::store::fingerprint(&[7; 32], "1")
        );
        drop(store);

        // It is not migrated twice, and is served like any other.
        let sandbox = crate::testing::Harness::with(crate::Sandbox::builder().store(place));
        let bearer = ("authorization", "Bearer sandbox-paysafe-token");
        let reply = sandbox.get("/customers/2/prepaid/cards", &[bearer]).await;
        assert_eq!(reply.status, 200);
        assert!(reply.body.contains("card-5"), "{}", reply.body);
        let next = [("card_no", "4242424242424242"), ("kit_no", "8")];
        let fields = crate::testing::registration(&next);
        let reply = sandbox.airpay("register-user", &fields).await;
        assert!(reply.body.contains("AIRPAYCUST0008"), "{}", reply.body);
        assert_eq!(sandbox.get("/_sandbox/world", &[]).await.status, 200);
    }

    #[test]
    fn a_migration_that_fails_changes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("old.db");
        version_1(&path);
        let connection = Connection::open(&path).unwrap();
        // No month to be had.
        connection
            .execute("UPDATE paysafe_card SET body = '{}' WHERE position = 5", [])
            .unwrap();
        let all = |connection: &Connection| TABLES.map(|(t, columns)| rows(connection, t, columns));
        let before = all(&connection);
        drop(connection);

        assert!(Store::open(&crate::Store::File(path.clone()), today()).is_err());
        let connection = Connection::open(&path).unwrap();
        assert_eq!(all(&connection), before);
        assert_eq!(pragma(&connection, "user_version").unwrap(), 1);
    }

    #[test]
    fn an_old_file_and_a_new_one_have_the_same_schema() {
        let folder = tempfile::tempdir().unwrap();
        let schema = |name: &str, prepare: fn(&std::path::Path)| {
            let path = folder.path().join(name);
            prepare(&path);
            drop(Store::open(&crate::Store::File(path.clone()), today()).unwrap());
            let connection = Connection::open(&path).unwrap();
            assert_eq!(
                pragma(&connection, "user_version").unwrap(),
                version(&tables()) as i64
            );
            rows(&connection, "sqlite_schema", "type, name, tbl_name, sql")
        };
        assert_eq!(schema("old.db", version_1), schema("new.db", |_| {}));
    }

    #[test]
    fn a_version_below_the_first_or_without_its_tables_is_no_file_of_ours() {
        let folder = tempfile::tempdir().unwrap();
        for version in [-1, 0] {
            let path = folder.path().join(format!("{version}.db"));
            version_1(&path);
            let connection = Connection::open(&path).unwrap();
            connection
                .pragma_update(None, "user_version", version)
                .unwrap();
            assert!(matches!(
                check(&connection, &tables()),
                Err(StoreError::Foreign)
            ));
        }
    }

    #[test]
    fn every_key_is_read_back_from_a_world_file() {
        use crate::world::invented::{fingerprint_from, hex};
        for _ in 0..crate::testing::DRAWS {
            let key = draw_key();
            assert_eq!(fingerprint_from("key", Some(&hex(&key))), Ok(Some(key)));
        }
    }

    #[test]
    fn a_seeded_card_expires_with_its_last_month() {
        let mut connection = Connection::open_in_memory().unwrap();
        bring_up_to_date::<StoreError>(&mut connection, &tables(), today(), |_| Ok(())).unwrap();
        let differ = "SELECT count(*) FROM paysafe_card
            WHERE expires <> (body ->> '$.expiry.year') * 12 + (body ->> '$.expiry.month') - 1";
        let differ: i64 = connection.query_row(differ, [], |row| row.get(0)).unwrap();
        assert_eq!(differ, 0);
    }
}
