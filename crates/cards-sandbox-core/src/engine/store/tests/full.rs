//! Checks stores that have no room: on their disk, or in the quota of a world.

use super::*;
use crate::engine::quota::Limit;

/// The file is as a sandbox left it that did not count yet.
#[tokio::test]
async fn a_file_with_more_than_there_may_be_goes_on_and_grows_no_more() {
    let folder = tempfile::tempdir().unwrap();
    let place = crate::Storage::File(folder.path().join("sandbox.db"));
    let store = open(&place).unwrap().unlimited();
    let customers = |t: &Transaction<'_>| -> Done<()> {
        for number in 0..=crate::engine::limits::CUSTOMERS {
            add(t, &format!("many-{number}"))?;
        }
        Ok(())
    };
    store.write(customers).await.unwrap();
    drop(store);

    let store = open(&place).unwrap();
    let change = "UPDATE card SET status = 'LOCKED'";
    let changed = store.write(move |t| -> Done<usize> { Ok(t.execute(change, [])?) });
    assert_eq!(changed.await.unwrap(), 3);
    let full = |done: Done<()>| matches!(done, Err(StoreError::OverQuota(Limit::Customers)));
    assert!(full(store.write(|t| add(t, "one-more")).await));
    let gone = |t: &Transaction<'_>| -> Done<usize> {
        Ok(t.execute("DELETE FROM customer WHERE customer_id = 'many-1'", [])?)
    };
    assert_eq!(store.write(gone).await.unwrap(), 1);
    assert!(full(store.write(|t| add(t, "one-more")).await), "as before");
    let in_exchange = move |t: &Transaction<'_>| -> Done<()> {
        t.execute("DELETE FROM customer WHERE customer_id = 'many-2'", [])?;
        add(t, "in-exchange")
    };
    store.write(in_exchange).await.unwrap();

    // Back within the limits, it has the limits of any other.
    let most_gone = |t: &Transaction<'_>| -> Done<usize> {
        let sql = "DELETE FROM customer WHERE customer_id LIKE 'many-%'";
        Ok(t.execute(sql, [])?)
    };
    assert_eq!(store.write(most_gone).await.unwrap(), 9_999);
    let customers = |t: &Transaction<'_>| -> Done<()> {
        for number in 0..crate::engine::limits::CUSTOMERS - 1 {
            add(t, &format!("anew-{number}"))?;
        }
        Ok(())
    };
    assert!(full(store.write(customers).await));
}

/// Writes as many customers as there is room for, and returns their number and the
/// error of the next one.
async fn fill(store: &Store) -> (usize, StoreError) {
    for at in 0..1000 {
        let one = move |t: &Transaction<'_>| add(t, &format!("{at:0>4000}"));
        if let Err(error) = store.write(one).await {
            return (at, error);
        }
    }
    panic!("there is no limit")
}

#[tokio::test]
async fn a_full_store_is_read_and_once_there_is_room_written_again() {
    for store in Both::new().stores {
        let limit = |pages: i64| {
            store
                .write(move |t| -> Done<()> { Ok(t.pragma_update(None, "max_page_count", pages)?) })
        };
        let pages = store
            .read(|c| -> Done<i64> { Ok(c.pragma_query_value(None, "page_count", |r| r.get(0))?) })
            .await
            .unwrap();
        limit(pages + 20).await.unwrap();
        let (added, error) = fill(&store).await;
        assert!(matches!(error, StoreError::Full), "{error}");
        assert!(added > 0);
        let count = |c: &Connection| -> Done<u32> {
            let sql = "SELECT count(*) FROM customer WHERE length(customer_id) = 4000";
            Ok(c.query_row(sql, [], |row| row.get(0))?)
        };
        assert_eq!(store.read(count).await.unwrap() as usize, added);

        // Those who wait together share the trouble, but not for longer.
        let held = hold(&store).await;
        let small = send(&store, |t| {
            t.execute("UPDATE card SET status = 'X' WHERE position = 0", [])?;
            Ok(())
        })
        .await;
        // Into a table that nothing counts: else SQLite could take back this alone.
        let large = send(&store, |t| {
            let sql = "INSERT INTO setting VALUES ('large', zeroblob(100000))";
            t.execute(sql, [])?;
            Ok(())
        })
        .await;
        let after = send(&store, |t| {
            t.execute("UPDATE card SET status = 'Y' WHERE position = 1", [])?;
            Ok(())
        })
        .await;
        drop(held);
        assert!(matches!(small.await.unwrap(), Err(StoreError::TakenBack)));
        assert!(matches!(large.await.unwrap(), Err(StoreError::Full)));
        after.await.unwrap().unwrap();
        let changed = |status: &'static str| {
            store.read(move |c| -> Done<bool> {
                let sql = "SELECT 1 FROM card WHERE status = ?1";
                Ok(c.prepare(sql)?.exists([status])?)
            })
        };
        assert!(!changed("X").await.unwrap());
        assert!(changed("Y").await.unwrap());

        limit(1 << 30).await.unwrap();
        store.write(|t| add(t, &"x".repeat(100_000))).await.unwrap();
        let sound = |c: &Connection| -> Done<String> {
            Ok(c.query_row("PRAGMA integrity_check", [], |row| row.get(0))?)
        };
        assert_eq!(store.read_all(sound).await.unwrap(), "ok");
    }
}
