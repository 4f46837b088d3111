//! Checks the store with the tables of the three providers.

use cards_model::Date;
use rusqlite::Transaction;

use crate::providers;
use crate::testing::{Harness, Log, everything, open};
use cards_sandbox_core::store::StoreError;

type Done<T> = Result<T, StoreError>;

#[tokio::test]
async fn a_reset_is_a_new_world_with_the_old_key() {
    let today = Date::new(2026, 11, 21).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = crate::Store::File(folder.path().join("sandbox.db"));
    for place in [crate::Store::Memory, file] {
        let store = open(&place, today).unwrap();
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

/// A row that holds what it may not fails who reads it, and the log says where it is.
#[tokio::test]
async fn a_damaged_row_is_named_in_the_log() {
    let page = "/_sandbox/page/customers";
    for (damage, targets, name) in [
        (
            "UPDATE airpay_customer SET email_key = x'01' WHERE entity_id = 'AIRPAYCUST0001'",
            &["/_sandbox/world/file"][..],
            "entity_id is AIRPAYCUST0001 in airpay_customer",
        ),
        (
            "UPDATE airpay_card SET kit_key = x'01' WHERE number = 1",
            &["/_sandbox/world/file"],
            "number is 1 in airpay_card",
        ),
        (
            "UPDATE paysafe_card SET body = '{}' WHERE card_id LIKE '%000000000002'",
            &["/_sandbox/world/file", "/_sandbox/world", page],
            "card_id is 12345678-0000-4000-8000-000000000002 in paysafe_card",
        ),
        (
            "UPDATE ibanera_card SET total_balance = '{' WHERE id = 1002",
            &["/_sandbox/world/file", "/_sandbox/world", page],
            "id is 1002 in ibanera_card",
        ),
    ] {
        let sandbox = Harness::new();
        let job = move |t: &Transaction<'_>| -> Done<()> { Ok(t.execute_batch(damage)?) };
        sandbox.app.store.write(job).await.unwrap();
        let (log, _guard) = Log::capture();
        for target in targets {
            let reply = sandbox.get(target, &[]).await;
            assert_eq!(reply.status, 500, "{damage}, {target}");
            assert!(
                reply.body.contains("its file is damaged"),
                "{target}: {}",
                reply.body
            );
            let said = log.take();
            assert!(said.contains(name), "{damage}, {target}: {said}");
        }
    }
}
