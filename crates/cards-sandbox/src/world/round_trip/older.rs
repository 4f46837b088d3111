//! Stores as older sandboxes left them: what they hold is saved and loaded too.

use rusqlite::{Transaction, params};
use serde_json::json;

use super::{held, save};
use crate::Sandbox;
use crate::store::{Store, StoreError, quota};
use crate::testing::{Harness, Log, registration};
use crate::world::limits::{BYTES, CARDS, CUSTOMERS};

/// Fills a store until it holds one too many of something.
type Overfill = fn(&Transaction<'_>) -> rusqlite::Result<usize>;

const COUNT_UP: &str =
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1)";

fn customers(transaction: &Transaction<'_>) -> rusqlite::Result<usize> {
    let more = CUSTOMERS as i64 + 1 - quota::held(transaction)?.customers;
    let sql = format!("{COUNT_UP} INSERT INTO paysafe_customer SELECT 'many-' || i FROM n");
    transaction.execute(&sql, [more])
}

fn cards(transaction: &Transaction<'_>) -> rusqlite::Result<usize> {
    let more = CARDS as i64 + 1 - quota::held(transaction)?.cards;
    let sql = format!(
        "{COUNT_UP} INSERT INTO ibanera_card
         SELECT 100000 + i, 11057, 'usd', '424242******4242', '0', '0', '0', 0 FROM n"
    );
    transaction.execute(&sql, [more])
}

fn bytes(transaction: &Transaction<'_>) -> rusqlite::Result<usize> {
    let sql = "UPDATE airpay_customer SET country = ?1 WHERE entity_id = 'AIRPAYCUST0001'";
    transaction.execute(sql, params!["x".repeat(BYTES)])
}

/// A sandbox with a file that was filled so before anybody counted.
async fn overfull(folder: &tempfile::TempDir, overfill: Overfill) -> Harness {
    let place = crate::Store::File(folder.path().join("sandbox.db"));
    let today = "2026-11-21".parse().unwrap();
    let store = Store::open(&place, today).unwrap().unlimited();
    let fill = move |transaction: &Transaction<'_>| -> Result<usize, StoreError> {
        Ok(overfill(transaction)?)
    };
    store.write(fill).await.unwrap();
    drop(store);
    Harness::with(Sandbox::builder().store(place))
}

#[tokio::test]
async fn a_store_that_holds_too_much_is_saved_once_it_does_not() {
    let fewer = [
        (
            customers as Overfill,
            "10000 customers, of all providers",
            "paysafe/customers/many-1",
        ),
        (
            cards,
            "50000 cards, of all customers",
            "ibanera/customers/11057/cards/100001",
        ),
        (
            bytes,
            "64 MiB, as a file",
            "airpay/customers/AIRPAYCUST0001",
        ),
    ];
    for (overfill, limit, one) in fewer {
        let folder = tempfile::tempdir().unwrap();
        let sandbox = overfull(&folder, overfill).await;
        let reply = sandbox.get("/_sandbox/world/file", &[]).await;
        assert_eq!(reply.status, 409, "{limit}");
        let error = format!(
            r#"{{"error":"a world holds at most {limit}; this one holds more: take some away, then save it"}}"#
        );
        assert_eq!(reply.body, error);
        let path = format!("/_sandbox/world/{one}");
        let reply = sandbox.control("DELETE", &path, "").await;
        assert_eq!(reply.status, 200, "{limit}: {}", reply.body);
        let file = held(&sandbox).await;
        assert!(file == save(&sandbox).await);
    }
}

/// What would be too much is refused as any call is, with the limit in the journal
/// and no trouble in the log; all other calls of the three providers are served.
#[tokio::test]
async fn the_providers_serve_a_full_world() {
    for overfill in [customers as Overfill, cards, bytes] {
        let folder = tempfile::tempdir().unwrap();
        let sandbox = overfull(&folder, overfill).await;
        let (log, _guard) = Log::capture();
        let reply = sandbox.airpay("register-user", &registration(&[])).await;
        assert_eq!(reply.status, 200);
        assert_eq!(reply.body, r#"{"status":400,"message":"fail"}"#);
        assert!(
            sandbox.why().starts_with("a world holds at most "),
            "{}",
            sandbox.why()
        );
        assert!(!sandbox.last().accepted);

        let person = [("mobile_no", "9000000978"), ("password", "PaSwd@1234")];
        let address = [("entity_id", "AIRPAYCUST0001"), ("city", "X")];
        let preference = [
            ("entity_id", "AIRPAYCUST0001"),
            ("status", "NOTALLOWED"),
            ("type", "ATM"),
        ];
        sandbox.airpay("user-login", &person).await;
        assert!(sandbox.last().accepted, "{}", sandbox.why());
        sandbox.airpay("update-customer", &address).await;
        assert!(sandbox.last().accepted, "{}", sandbox.why());
        sandbox.airpay("customer-preference", &preference).await;
        assert!(sandbox.last().accepted, "{}", sandbox.why());

        // "sandbox-client:sandbox-client-secret"
        let headers = [
            (
                "authorization",
                "Basic c2FuZGJveC1jbGllbnQ6c2FuZGJveC1jbGllbnQtc2VjcmV0",
            ),
            ("content-type", "application/x-www-form-urlencoded"),
        ];
        let path = "/digitalwallets/v1/auth/brands/sandbox/token";
        let grant = "grant_type=client_credentials";
        assert_eq!(sandbox.post(path, &headers, grant).await.status, 200);
        let bearer = ("authorization", "Bearer sandbox-paysafe-token");
        let path = "/customers/12345678/prepaid/cards";
        assert_eq!(sandbox.get(path, &[bearer]).await.status, 200);

        let login = json!({
            "username": "sandbox", "password": "Sandbox@1234",
            "otp": crate::ibanera::testing::otp(&sandbox),
        });
        let path = "/api/v1/public/auth/login";
        let reply = sandbox.control("POST", path, &login.to_string()).await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        let headers = [("authorization", "YOUR_API_KEY"), ("otp", "text")];
        let path = "/api/v1/customer/cards/byuser?customersId=11058";
        assert_eq!(sandbox.get(path, &headers).await.status, 200);

        let log = log.take();
        assert!(!log.contains("ERROR") && !log.contains("WARN"), "{log}");
        assert!(log.contains("a world holds at most"), "{log}");
    }
}
