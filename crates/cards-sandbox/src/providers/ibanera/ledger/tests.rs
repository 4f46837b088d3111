//! Balances and amounts: they agree whatever brings or changes a card.

use serde_json::{Value, json};

use crate::testing::{Harness, older_file};
use crate::{Sandbox, Store};
use cards_sandbox_core::decimal::{difference, is_zero, sum};
use cards_sandbox_core::store::StoreError;
use rusqlite::Connection;

/// Every card's balances: total, available, pending; and the sums of its amounts: all, pending.
type Card = (i64, [String; 3], [String; 2]);

fn read(connection: &Connection) -> Result<Vec<Card>, StoreError> {
    let sql = "SELECT id, total_balance, available_balance, pending_balance FROM ibanera_card";
    let mut cards = connection.prepare(sql)?;
    let mut entries = connection
        .prepare("SELECT amount, pending FROM ibanera_transaction WHERE cards_id = ?1")?;
    let cards = cards.query_map([], |row| {
        let id: i64 = row.get(0)?;
        let entries = entries.query_map([id], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let entries: Vec<(String, bool)> = entries.collect::<Result<_, _>>()?;
        let all = sum(entries.iter().map(|(amount, _)| &**amount)).unwrap();
        let pending = entries.iter().filter(|(_, is_pending)| *is_pending);
        let pending = sum(pending.map(|(amount, _)| &**amount)).unwrap();
        Ok((id, [row.get(1)?, row.get(2)?, row.get(3)?], [all, pending]))
    })?;
    Ok(cards.collect::<Result<_, _>>()?)
}

/// Holds the relation of the ledger for every card. Gives what is held back of each.
async fn held(sandbox: &Harness) -> Vec<(i64, String)> {
    let cards = sandbox.app.store.read(read).await.unwrap();
    let is_equal = |one: &str, other: &str| is_zero(&difference(one, other).unwrap());
    let held = cards.into_iter().map(|(id, balances, sums)| {
        let [total, available, pending] = &balances;
        assert!(is_equal(total, &sums[0]), "{id}: {balances:?} {sums:?}");
        assert!(is_equal(pending, &sums[1]), "{id}: {balances:?} {sums:?}");
        let settled = difference(total, pending).unwrap();
        (id, difference(&settled, available).unwrap())
    });
    held.collect()
}

async fn entries(sandbox: &Harness, card: i64) -> Vec<(String, String, bool)> {
    let read = move |connection: &Connection| -> Result<_, StoreError> {
        let entries = super::of_card(connection, card)?.into_iter();
        let text = |amount: super::Amount| amount.as_str().to_owned();
        let shown = entries.map(|one| (text(one.amount), one.description, one.is_pending));
        Ok(shown.collect())
    };
    sandbox.app.store.read(read).await.unwrap()
}

fn entry(amount: &str, description: &str, is_pending: bool) -> (String, String, bool) {
    (amount.to_owned(), description.to_owned(), is_pending)
}

#[tokio::test]
async fn a_new_world_adds_up_and_holds_nothing_back() {
    let sandbox = Harness::new();
    assert!(held(&sandbox).await.iter().all(|(_, held)| is_zero(held)));
    let opening = [
        entry("1200.25", "Opening balance", false),
        entry("50.50", "Pending at the opening", true),
    ];
    assert_eq!(entries(&sandbox, 1001).await, opening);
    assert!(entries(&sandbox, 1002).await.is_empty(), "of nothing");
}

#[tokio::test]
async fn a_change_is_booked_as_what_it_adds_or_takes() {
    let sandbox = Harness::new();
    for body in [
        r#"{"totalBalance":0.100,"availableBalance":-12.50}"#,
        r#"{"totalBalance":9999999999999999999999999999}"#,
        r#"{"pendingBalance":0.000000000000000000000000001}"#,
        r#"{"bSuppressed":true}"#,
        r#"{"totalBalance":20.00,"pendingBalance":5,"availableBalance":15}"#,
        r#"{"totalBalance":20.0}"#,
    ] {
        let path = "/_sandbox/ibanera/cards/1002";
        let reply = sandbox.control("PUT", path, body).await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        let back = held(&sandbox).await.into_iter().find(|(id, _)| *id == 1002);
        if body.contains("-12.50") {
            assert_eq!(back.unwrap().1, "12.600");
        }
    }
    let booked = entries(&sandbox, 1002).await;
    assert_eq!(booked[0], entry("0.100", "Adjustment", false));
    // What changes nothing is not booked.
    assert_eq!(booked.len(), 6, "{booked:?}");
    let sandbox = &Harness::new();
    sandbox
        .control(
            "PUT",
            "/_sandbox/ibanera/cards/1001",
            r#"{"totalBalance":1250.750}"#,
        )
        .await;
    assert_eq!(entries(sandbox, 1001).await.len(), 2);
}

#[tokio::test]
async fn a_file_of_before_gets_an_amount_for_each_balance() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("old.db");
    older_file(
        &path,
        3,
        "INSERT INTO ibanera_customer VALUES (11057, 'r');
         INSERT INTO ibanera_card VALUES
             (1, 11057, 'usd', '424242******4242', '1250.750', '1200.25', '50.50', 0),
             (2, 11057, 'usd', '424242******4242', '0.00', '0', '-0', 0),
             (3, 11057, 'usd', '424242******4242', '5', '7', '5.0', 0),
             (4, 11057, 'usd', '424242******4242', '9999999999999999999999999999', '0',
              '-0.000000000000000000000000001', 0);",
    );
    let sandbox = Harness::with(Sandbox::builder().store(Store::File(path)));
    let back = held(&sandbox).await;
    assert_eq!(back[0].1, "0.000");
    assert_eq!(back[2].1, "-7.0");
    let opening = [
        entry("1200.250", "Opening balance", false),
        entry("50.50", "Pending at the opening", true),
    ];
    assert_eq!(entries(&sandbox, 1).await, opening);
    assert!(entries(&sandbox, 2).await.is_empty());
    assert_eq!(entries(&sandbox, 3).await.len(), 1);
    assert_eq!(entries(&sandbox, 4).await.len(), 2);
    // The replies are as they were.
    let file = sandbox.get("/_sandbox/world/file", &[]).await.body;
    for balances in [
        r#""totalBalance":1250.750,"availableBalance":1200.25,"pendingBalance":50.50"#,
        r#""totalBalance":0.00,"availableBalance":0,"pendingBalance":-0"#,
    ] {
        assert!(file.contains(balances), "{file}");
    }
    let other = Harness::new();
    let reply = other.control("PUT", "/_sandbox/world", &file).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    assert_eq!(held(&other).await, back);
    let again = other.get("/_sandbox/world/file", &[]).await.body;
    assert_eq!(again, file);
}

async fn load(card: Value) -> (Harness, u16, String) {
    let sandbox = Harness::new();
    let world = json!({"ibanera": {"customers": [{"customersId": 1, "cards": [card]}]}});
    let reply = sandbox
        .control("PUT", "/_sandbox/world", &world.to_string())
        .await;
    (sandbox, reply.status.as_u16(), reply.body)
}

#[tokio::test]
async fn a_file_brings_amounts_or_balances_or_both_that_agree() {
    let amounts = json!([
        {"id": 9, "amount": 20, "dateTime": "2026-02-01T01:00:00+01:00", "description": "Top-up"},
        {"amount": -5, "bPending": true, "RefundTransactionsID": 9},
    ]);
    let (sandbox, status, body) = load(json!({"id": 7, "transactions": amounts})).await;
    assert_eq!(status, 200, "{body}");
    let balances = r#""totalBalance":15,"availableBalance":15,"pendingBalance":-5"#;
    assert!(body.contains(balances), "{body}");
    // A pending payment is held back.
    assert_eq!(held(&sandbox).await[0].1, "5");
    let file = sandbox.get("/_sandbox/world/file", &[]).await.body;
    let saved = r#""transactions":[{"id":9,"amount":20,"description":"Top-up","dateTime":"2026-02-01T00:00:00.000Z","bPending":false},{"id":10,"amount":-5,"description":"","dateTime":"2026-11-21T08:00:00.000Z","bPending":true,"RefundTransactionsID":9}]"#;
    assert!(file.contains(saved), "{file}");

    let agreeing = json!({"transactions": amounts, "totalBalance": 15, "pendingBalance": -5});
    assert_eq!(load(agreeing).await.1, 200);
    let at = "ibanera.customers[0].cards[0]";
    for (card, field) in [
        (
            json!({"transactions": amounts, "totalBalance": 14.99}),
            "totalBalance",
        ),
        (
            json!({"transactions": amounts, "pendingBalance": 5}),
            "pendingBalance",
        ),
        (
            json!({"transactions": [], "totalBalance": 1}),
            "totalBalance",
        ),
        (
            json!({"transactions": [{"amount": "1"}]}),
            "transactions[0].amount",
        ),
        (
            json!({"transactions": [{"amount": 1, "id": 0}]}),
            "transactions[0].id",
        ),
        (
            json!({"transactions": [{"amount": 1, "dateTime": "now"}]}),
            "transactions[0].dateTime",
        ),
        (
            json!({"transactions": [{"amount": 1, "description": "4111111111111111"}]}),
            "transactions[0].description",
        ),
        (
            json!({"transactions": [{"amount": 1, "id": 3}, {"amount": 1, "id": 3}]}),
            "transactions[1].id",
        ),
    ] {
        let (_, status, body) = load(card).await;
        assert_eq!(status, 400, "{field}: {body}");
        assert!(body.contains(&format!("{at}.{field}")), "{field}: {body}");
    }
}

#[tokio::test]
async fn a_card_takes_its_amounts_along() {
    let sandbox = Harness::new();
    let path = "/_sandbox/world/ibanera/customers/11057/cards/1001";
    assert_eq!(sandbox.control("DELETE", path, "").await.status, 200);
    assert!(entries(&sandbox, 1001).await.is_empty());
    let path = "/_sandbox/world/ibanera/customers/11058";
    assert_eq!(sandbox.control("DELETE", path, "").await.status, 200);
    assert!(entries(&sandbox, 1005).await.is_empty());
    held(&sandbox).await;
}

/// A store of before may have zeros before an amount, and a damaged one what is no amount.
#[tokio::test]
async fn an_amount_is_shown_as_json_has_it_or_not_at_all() {
    for (kept, shown) in [
        ("009.50", Some("9.50")),
        ("-00.5", Some("-0.5")),
        ("-0", Some("-0")),
        ("1e3", None),
        ("null", None),
        ("\"9\"", None),
        ("", None),
    ] {
        let sandbox = Harness::new();
        let write = move |tx: &rusqlite::Transaction<'_>| -> Result<_, StoreError> {
            let sql = "UPDATE ibanera_transaction SET amount = ?1 WHERE cards_id = 1001";
            Ok(tx.execute(sql, [kept])?)
        };
        assert_eq!(sandbox.app.store.write(write).await.unwrap(), 2);
        let read = |connection: &Connection| -> Result<_, StoreError> {
            let entries = super::of_card(connection, 1001)?;
            Ok(entries[0].amount.as_str().to_owned())
        };
        match (sandbox.app.store.read(read).await, shown) {
            (Ok(text), Some(shown)) => assert_eq!(text, shown, "{kept}"),
            (Err(StoreError::Corrupt(what)), None) => {
                assert!(what.contains("ibanera_transaction"), "{what}");
            }
            (got, _) => panic!("{kept}: {got:?}"),
        }
    }
}
