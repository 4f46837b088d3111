//! Checks files of every schema that sandboxes have left.

use cards_model::Date;
use rusqlite::{Connection, params};

use crate::providers::paysafe;
use crate::providers::tables;
use crate::testing::{Harness, older_file, open, registration};
use cards_sandbox_core::store::{Fingerprints, StoreError, migrations};

fn version_of(connection: &Connection) -> i64 {
    let version = connection.pragma_query_value(None, "user_version", |row| row.get(0));
    version.unwrap()
}

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
    let store = open(&place, today()).unwrap();
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
    let key = |connection: &Connection| -> Result<_, StoreError> {
        Ok(*Fingerprints::of(connection)?.key())
    };
    assert_eq!(store.read(key).await.unwrap(), [7; 32]);
    drop(store);

    // It is not migrated twice, and is served like any other.
    let sandbox = Harness::with(crate::Sandbox::builder().store(place));
    let bearer = ("authorization", "Bearer sandbox-paysafe-token");
    let reply = sandbox.get("/customers/2/prepaid/cards", &[bearer]).await;
    assert_eq!(reply.status, 200);
    assert!(reply.body.contains("card-5"), "{}", reply.body);
    let next = [("card_no", "4242424242424242"), ("kit_no", "8")];
    let fields = registration(&next);
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

    assert!(open(&crate::Store::File(path.clone()), today()).is_err());
    let connection = Connection::open(&path).unwrap();
    assert_eq!(all(&connection), before);
    assert_eq!(version_of(&connection), 1);
}

#[test]
fn an_old_file_and_a_new_one_have_the_same_schema() {
    let folder = tempfile::tempdir().unwrap();
    let versions = migrations(&tables()).into_iter().map(|one| one.version);
    let last = versions.max().unwrap();
    let schema = |name: &str, prepare: fn(&std::path::Path)| {
        let path = folder.path().join(name);
        prepare(&path);
        drop(open(&crate::Store::File(path.clone()), today()).unwrap());
        let connection = Connection::open(&path).unwrap();
        assert_eq!(version_of(&connection), last as i64);
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
        drop(connection);
        let opened = open(&crate::Store::File(path), today());
        assert!(matches!(opened, Err(StoreError::Foreign)));
    }
}

#[tokio::test]
async fn a_seeded_card_expires_with_its_last_month() {
    let store = open(&crate::Store::Memory, today()).unwrap();
    let differ = |connection: &Connection| -> Result<i64, StoreError> {
        let sql = "SELECT count(*) FROM paysafe_card
            WHERE expires <> (body ->> '$.expiry.year') * 12 + (body ->> '$.expiry.month') - 1";
        Ok(connection.query_row(sql, [], |row| row.get(0))?)
    };
    assert_eq!(store.read(differ).await.unwrap(), 0);
}
