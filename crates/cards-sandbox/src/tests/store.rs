//! Checks the store with the tables of the three providers.

use cards_model::Date;
use rusqlite::{Connection, Transaction};

use crate::providers;
use crate::testing::open;
use cards_sandbox_core::store::StoreError;

type Done<T> = Result<T, StoreError>;

#[tokio::test]
async fn a_reset_is_a_new_world_with_the_old_key() {
    let today = Date::new(2026, 11, 21).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = crate::Store::File(folder.path().join("sandbox.db"));
    for place in [crate::Store::Memory, file] {
        let store = open(&place, today).unwrap();
        let everything = |connection: &Connection| -> Done<Vec<String>> {
            let mut tables = connection.prepare(
                "SELECT 'SELECT ''' || name || '''' || (
                     SELECT group_concat(', quote(' || name || ')', '')
                     FROM pragma_table_info(sqlite_schema.name)
                     WHERE name <> 'password_hash'
                 ) || ' FROM ' || name || ' ORDER BY 1, 2' FROM sqlite_schema
                 WHERE type = 'table' ORDER BY name",
            )?;
            let tables = tables.query_map([], |row| row.get::<_, String>(0))?;
            let mut all = Vec::new();
            for sql in tables {
                let mut statement = connection.prepare(&sql?)?;
                let columns = statement.column_count();
                let rows = statement.query_map([], |row| {
                    (0..columns).map(|at| row.get::<_, String>(at)).collect()
                })?;
                for row in rows {
                    let row: Vec<String> = row?;
                    all.push(row.join("|"));
                }
            }
            Ok(all)
        };
        let before = store.read_all(everything).await.unwrap();
        assert!(before.len() > 180);
        store
            .write(|t| -> Done<()> {
                t.execute_batch(
                    "DELETE FROM paysafe_card WHERE position > 3;
                     UPDATE airpay_customer SET city = 'Elsewhere';
                     INSERT INTO airpay_preference VALUES ('AIRPAYCUST0001', 'ATM', 'ALLOWED');
                     INSERT INTO token VALUES (x'01', 'airpay', 'x', 1);
                     INSERT INTO used_code VALUES ('ibanera', x'01', 1);
                     INSERT INTO airpay_one_time_password (digest, expires_at) VALUES (x'01', 1);
                     UPDATE sqlite_sequence SET seq = 9000;",
                )?;
                t.execute("INSERT INTO paysafe_customer VALUES ('new')", [])?;
                Ok(())
            })
            .await
            .unwrap();
        assert_ne!(store.read_all(everything).await.unwrap(), before);
        let start = move |t: &Transaction<'_>| {
            cards_sandbox_core::world::file::start(t, &providers::all(), None, today)
        };
        store.replace(start).await.unwrap();
        assert_eq!(store.read_all(everything).await.unwrap(), before);

        // A world that cannot be filled leaves the one that is there.
        let failed = store.replace(|_| Err::<(), _>(StoreError::Hash)).await;
        assert!(failed.is_err());
        assert_eq!(store.read_all(everything).await.unwrap(), before);
    }
}
