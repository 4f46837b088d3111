//! Checks that a sandbox's world, whatever brought it there, is saved as a file
//! that any sandbox loads and saves again as the same.

mod mobile;
mod older;
mod put;
mod random;
mod step;
mod waived;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use rusqlite::Connection;
use serde_json::json;

use self::random::step;
use self::step::Step;
use crate::Limits;
use crate::testing::{Harness, Reply, everything, for_each_drawn, registration};
use crate::{Sandbox, World};
use cards_sandbox_core::limits::{BYTES, CARDS, CUSTOMERS, ID, TEXT};
use cards_sandbox_core::store::StoreError;

async fn save(sandbox: &Harness) -> String {
    let reply = sandbox.get("/_sandbox/world/file", &[]).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    reply.body
}

/// A sandbox whose calls may have so many bytes.
fn with_bodies_of(bytes: usize) -> Harness {
    let mut limits = Limits::default();
    limits.body = bytes;
    Harness::with(Sandbox::builder().limits(limits))
}

async fn load(sandbox: &Harness, file: &str) -> Reply {
    sandbox.control("PUT", "/_sandbox/world", file).await
}

/// Saves, loads into another sandbox by another clock and into the same, and
/// saves again. Gives the file.
async fn held(sandbox: &Harness) -> String {
    let file = save(sandbox).await;
    let other = Harness::new();
    other.advance(9 * 366 * 86_400);
    let new = Harness::with(Sandbox::builder().world(World::from_json(&file).unwrap()));
    let new = rows(&new).await;
    for sandbox in [&other, sandbox] {
        let reply = load(sandbox, &file).await;
        assert_eq!(reply.status, 200, "{}: {file}", reply.body);
        assert!(save(sandbox).await == file, "it is another one: {file}");
        // Nothing is left of what was there before.
        let rows = rows(sandbox).await;
        let left: Vec<_> = rows.symmetric_difference(&new).collect();
        assert!(left.is_empty(), "{left:?}");
        let counted = counted(sandbox).await;
        assert_eq!(counted, recounted(sandbox).await);
        // The count of bytes covers the file.
        assert!(
            counted[2] >= file.len() as i64,
            "{counted:?}, {}",
            file.len()
        );
    }
    file
}

/// Every row of every table, but those of events, which go on.
async fn rows(sandbox: &Harness) -> BTreeSet<String> {
    let rows = sandbox.app.store.read_all(everything).await.unwrap();
    // What is the store's and not the world's.
    let is_of_store = |row: &String| {
        row.starts_with("event") || row.contains("|'event") || row.contains("|'drawn ")
    };
    rows.into_iter().filter(|row| !is_of_store(row)).collect()
}

/// Customers, cards and bytes, as the store counts them.
async fn counted(sandbox: &Harness) -> [i64; 3] {
    numbers(sandbox, "SELECT customers, cards, bytes FROM held").await
}

/// The same, counted anew.
async fn recounted(sandbox: &Harness) -> [i64; 3] {
    let of = |what: &str, kind: &str| {
        let one = |provider| format!("(SELECT coalesce({what}, 0) FROM {provider}_{kind})");
        ["airpay", "paysafe", "ibanera"].map(one).join(" + ")
    };
    let sql = format!(
        "SELECT {}, {}, 460 + {} + {}
             + 30 * (SELECT count(*) FROM shipment)
             + (SELECT coalesce(sum(file_bytes), 0) FROM ibanera_requested_card)
             + (SELECT coalesce(sum(file_bytes), 0) FROM ibanera_review)
              + (SELECT coalesce(sum(file_bytes), 0) FROM ibanera_document)
              + (SELECT coalesce(sum(file_bytes), 0) FROM ibanera_transaction)
              + (SELECT coalesce(sum(file_bytes), 0) FROM airpay_transaction)",
        of("count(*)", "customer"),
        of("count(*)", "card"),
        of("sum(file_bytes)", "customer"),
        of("sum(file_bytes)", "card"),
    );
    numbers(sandbox, &sql).await
}

async fn numbers(sandbox: &Harness, sql: &str) -> [i64; 3] {
    let sql = sql.to_owned();
    let read = move |connection: &Connection| -> Result<_, StoreError> {
        let row = connection.query_row(&sql, [], |row| Ok([row.get(0)?, row.get(1)?, row.get(2)?]));
        Ok(row?)
    };
    sandbox.app.store.read(read).await.unwrap()
}

#[test]
fn whatever_happened_in_it_a_world_is_saved_and_loaded() {
    let accepted = RefCell::new(BTreeMap::<&'static str, u32>::new());
    let steps = proptest::collection::vec(step(), 0..24);
    for_each_drawn(96, &steps, async |steps| {
        let sandbox = Harness::new();
        for step in &steps {
            let reply = step.take(&sandbox).await;
            assert!(reply.status.as_u16() < 500, "{step:?}: {}", reply.body);
            if reply.status.is_success() && !reply.body.contains("\"fail\"") {
                *accepted.borrow_mut().entry(step.name()).or_default() += 1;
            }
        }
        held(&sandbox).await;
    });
    let accepted = accepted.into_inner();
    // Steps that are all refused would prove nothing: each kind was accepted at least once.
    for name in Step::NAMES {
        assert!(
            accepted.get(name).is_some_and(|times| *times > 0),
            "{name}: {accepted:?}"
        );
    }
}

/// Four bytes each, six as JSON, or two.
const ODD: [&str; 4] = ["x", "\u{1f4b3}", "\u{1}", "\""];

#[tokio::test]
async fn each_field_at_its_longest() {
    for odd in ODD {
        let text = odd.repeat(TEXT);
        let letters = |count: usize| "x".repeat(count);
        let sandbox = with_bodies_of(1024 * 1024);
        let wallet = json!({
            "dpanRef": text, "walletId": text, "walletType": "GOOGLE_PAY", "status": "INITIATED",
        });
        let world = json!({
            "airpay": {"customers": [{
                "entity_id": odd.repeat(ID), "mobile_no": "9".repeat(10), "first_name": letters(30),
                "last_name": letters(30), "title": "Mrs", "gender": "T", "dob": "0001-01-01",
                "email": format!("{}@{}.in", letters(40), letters(6)), "address": letters(100),
                "city": letters(20), "state": letters(20), "pincode": "9".repeat(15),
                "doc_type": "PASSPORT", "doc_number": odd.repeat(20), "doc_expiry": "9999-12-31",
                "doc_country_issue": letters(20), "country": odd.repeat(5000),
                "password": "Aa1!xxxxxxxxxxxxxxxx", "kyc_status": odd.repeat(ID),
                "kyc_expiry_date": "9999-12-31", "number": 99_999_999_999_i64,
                "preferences": {
                    "ATM": "NOTALLOWED", "POS": "NOTALLOWED", "ECOM": "NOTALLOWED",
                    "CONTACTLESS": "NOTALLOWED",
                },
                "cards": [{
                    "kit_no": odd.repeat(16), "card_type": "P", "card_expiry": "12/49",
                    "shipment": "delivered",
                }],
            }]},
            "paysafe": {"customers": [{"customerId": letters(ID), "cards": [{
                "cardId": letters(ID), "shipment": "delivered", "status": "SUSPENDED", "statusBeforeLock": "DIGITAL",
                "expiry": {"month": 12, "year": 9999}, "bin": "42424242", "lastFour": "9999",
                "cardType": "PHYSICAL", "programName": text, "currency": "\u{1f4b3}\u{1f4b3}\u{1f4b3}",
                "mobile": format!("+{} 9999999999999999", "9".repeat(5000)), "accountId": text,
                "createdDate": "9999-12-30T22:00:00.999999999+00:00", "scheme": "VISA",
                "activationDate": "2026-11-21T08:00:00.999999999Z", "isPinSet": false,
                "externalId": text, "tokenizations": {
                    "mobileWalletTokenizations": vec![wallet; 50],
                },
                "deliveryAddress": {
                    "address1": odd.repeat(40), "address2": odd.repeat(30),
                    "address3": odd.repeat(30), "city": "\u{141}".repeat(30), "countryCode": "BG",
                    "state": odd.repeat(3), "postalCode": odd.repeat(16),
                },
            }]}]},
            "ibanera": {"customers": [{
                "customersId": (1_i64 << 53) - 1, "customersReference": text,
                "documents": ["Corporate Authorization Document", "Tax Document"], "cards": [{
                    "id": (1_i64 << 53) - 1, "currency": text, "cardNumber": "4111111111111111",
                    "shipment": "delivered",
                    "bSuppressed": false, "transactions": [{
                        "id": (1_i64 << 53) - 1, "amount": 0, "description": text,
                        "dateTime": "9999-12-30T22:00:00.000Z", "bPending": true,
                        "RefundTransactionsID": (1_i64 << 53) - 1,
                    }],
                }],
                "requestedCards": [{"id": (1_i64 << 53) - 1, "currency": text}],
            }]},
        });
        // With digits that no float keeps.
        let amount = format!("-{}.{}", "9".repeat(14), "0".repeat(14));
        let balances = format!(
            r#""bSuppressed":false,"totalBalance":{amount},"availableBalance":{amount},"pendingBalance":{amount}"#
        );
        let world = world
            .to_string()
            .replace(r#""bSuppressed":false"#, &balances)
            .replace(r#""amount":0"#, &format!(r#""amount":{amount}"#));
        let reply = load(&sandbox, &world).await;
        assert_eq!(reply.status, 200, "{odd:?}: {}", reply.body);

        // By calls, which take more than the file's own rules do.
        let fields = [
            ("mobile_no", odd.repeat(5000)),
            ("email", format!("{}@{}.example", letters(64), letters(63))),
            ("address", letters(5000)),
            ("country", odd.repeat(5000)),
            ("city", letters(5000)),
            ("state", letters(5000)),
            ("pincode", "9".repeat(6)),
        ];
        let id = ("entity_id", odd.repeat(ID));
        let fields: Vec<_> = [id].into_iter().chain(fields).collect();
        let fields: Vec<_> = fields
            .iter()
            .map(|(name, value)| (*name, &**value))
            .collect();
        let reply = sandbox.airpay("update-customer", &fields).await;
        assert!(reply.body.contains("success"), "{odd:?}: {}", sandbox.why());
        let file = held(&sandbox).await;
        assert!(file.contains(&amount), "{file}");
    }
}

/// A world of nothing but one kind, so that no other's bytes make up for it.
#[tokio::test]
async fn what_is_counted_is_enough_for_each_kind() {
    let many = |one: &str| vec![one; 200].join(",");
    let preferences = r#"{"preferences":{"ATM":"NOTALLOWED","POS":"NOTALLOWED","ECOM":"NOTALLOWED","CONTACTLESS":"NOTALLOWED"},"country":""}"#;
    let wallets = r#"{"mobileWalletTokenizations":[]}"#;
    let locked =
        format!(r#"{{"status":"LOCKED","statusBeforeLock":"ACTIVE","tokenizations":{wallets}}}"#);
    for (provider, customers) in [
        ("airpay", many(preferences)),
        ("airpay", format!(r#"{{"cards":[{}]}}"#, many("{}"))),
        ("paysafe", many("{}")),
        ("paysafe", format!(r#"{{"cards":[{}]}}"#, many(&locked))),
        ("ibanera", many("{}")),
        (
            "ibanera",
            format!(r#"{{"cards":[{}]}}"#, many(r#"{"currency":"x"}"#)),
        ),
        (
            "ibanera",
            format!(r#"{{"cards":[{}]}}"#, many(r#"{"shipment":"delivered"}"#)),
        ),
        (
            "ibanera",
            format!(r#"{{"requestedCards":[{}]}}"#, many(r#"{"currency":"x"}"#)),
        ),
        // As long as it may be, and six bytes each in JSON.
        (
            "ibanera",
            format!(
                r#"{{"requestedCards":[{}]}}"#,
                many(&format!(r#"{{"currency":"{}"}}"#, r"\u0001".repeat(TEXT)))
            ),
        ),
        ("ibanera", many(r#"{"requestedCards":[{"currency":"x"}]}"#)),
        (
            "ibanera",
            format!(
                r#"{{"cards":[{{"transactions":[{}]}}]}}"#,
                many(r#"{"amount":1,"RefundTransactionsID":1}"#)
            ),
        ),
        (
            "ibanera",
            format!(
                r#"{{"cards":[{}]}}"#,
                many(r#"{"transactions":[{"amount":1}]}"#)
            ),
        ),
    ] {
        let sandbox = Harness::new();
        let world = format!(r#"{{"{provider}":{{"customers":[{customers}]}}}}"#);
        let reply = load(&sandbox, &world).await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        let (file, [_, _, counted]) = (held(&sandbox).await, counted(&sandbox).await);
        // And not much too much.
        let most = file.len() * 8 / 5 + 1000;
        assert!(
            counted <= most as i64,
            "{provider}: {counted}, {}",
            file.len()
        );
    }
    // The file of an empty world holds the names of the providers and the key.
    let sandbox = Harness::new();
    load(&sandbox, "{}").await;
    held(&sandbox).await;
}

/// Masked, the digits of a card number are more than they were.
#[tokio::test]
async fn what_is_longer_once_it_is_masked() {
    let sandbox = Harness::new();
    let runs = |count: usize| vec!["4111111111116"; count].join("x");
    let path = "/_sandbox/world/airpay/customers";
    for field in ["entity_id", "kyc_status"] {
        // They have 50 and 52 characters when they are masked.
        let (longest, too_long) = (runs(3), format!("{}xx", runs(3)));
        assert!(too_long.len() <= ID);
        let body = json!({ field: longest }).to_string();
        let reply = sandbox.control("POST", path, &body).await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        let body = json!({ field: too_long }).to_string();
        let reply = sandbox.control("POST", path, &body).await;
        assert_eq!(reply.status, 400, "{}", reply.body);
        assert!(reply.body.contains(field), "{}", reply.body);
    }
    let body = json!({ "country": runs(50) }).to_string();
    assert_eq!(sandbox.control("POST", path, &body).await.status, 200);
    let numbers = [
        ("address", runs(7)),
        ("doc_number", "4111111111116".to_owned()),
        ("kit_no", "4111111111116".to_owned()),
        ("email", format!("{}@example.com", runs(2))),
    ];
    let changes = numbers.each_ref().map(|(name, value)| (*name, &**value));
    let reply = sandbox
        .airpay("register-user", &registration(&changes))
        .await;
    assert!(reply.body.contains("success"), "{}", sandbox.why());
    let update = [("entity_id", "AIRPAYCUST0001"), ("mobile_no", &runs(500))];
    let reply = sandbox.airpay("update-customer", &update).await;
    assert!(reply.body.contains("success"), "{}", sandbox.why());
    held(&sandbox).await;
}

/// A card that expires by the clock while it is locked, and is then put into the
/// status that it shows, has no lock to undo any more.
#[tokio::test]
async fn a_locked_card_that_expires_is_loaded() {
    let sandbox = Harness::new();
    let card = format!("/_sandbox/paysafe/cards/12345678-0000-4000-8000-{:012}", 3);
    let locked = sandbox
        .control("POST", &format!("{card}/actions"), r#"{"action":"LOCK"}"#)
        .await;
    assert_eq!(locked.status, 200, "{}", locked.body);
    sandbox.advance(9 * 366 * 86_400);
    for status in ["EXPIRED", "EXPIRED"] {
        let body = json!({ "status": status }).to_string();
        let reply = sandbox
            .control("PUT", &format!("{card}/status"), &body)
            .await;
        assert_eq!(reply.status, 200, "{}", reply.body);
    }
    held(&sandbox).await;
}

/// Physical cards with wallets, as many as there may be, beside as many customers.
#[tokio::test]
async fn the_largest_world_is_saved_and_loaded() {
    let sandbox = Harness::new();
    let wallets = r#"[{"walletType":"APPLE_PAY"},{"walletType":"GOOGLE_PAY","walletId":"NMZlGi8-DezZZKaU06orvl0f"}]"#;
    let card = format!(
        r#"{{"cardType":"PHYSICAL","tokenizations":{{"mobileWalletTokenizations":{wallets}}}}}"#
    );
    let of = |count: usize, one: &str| vec![one; count].join(",");
    let half = CUSTOMERS / 2;
    let world = format!(
        r#"{{"paysafe":{{"customers":[{{"cards":[{}]}},{}]}},"airpay":{{"customers":[{}]}}}}"#,
        of(CARDS, &card),
        of(half - 1, "{}"),
        of(half, "{}")
    );
    let reply = load(&sandbox, &world).await;
    assert_eq!(reply.status, 200, "{}", &reply.body[..100]);
    drop(reply);
    let file = save(&sandbox).await;
    assert!(
        file.len() > 32 * 1024 * 1024 && file.len() <= BYTES,
        "{}",
        file.len()
    );
    let other = Harness::new();
    let reply = load(&other, &file).await;
    assert_eq!(reply.status, 200, "{}", &reply.body[..100]);
    assert!(save(&other).await == file);

    // Another customer or card is refused, whoever brings it, and a deleted customer makes room.
    let before = counted(&other).await;
    let customers = [
        ("airpay", r#"{"cards":[]}"#),
        ("paysafe", "{}"),
        ("ibanera", "{}"),
    ];
    for (provider, customer) in customers {
        let path = format!("/_sandbox/world/{provider}/customers");
        let reply = other.control("POST", &path, customer).await;
        assert_eq!(reply.status, 409);
        assert!(
            reply.body.contains("at most 10000 customers"),
            "{}",
            reply.body
        );
    }
    let reply = other.airpay("register-user", &registration(&[])).await;
    assert_eq!(reply.body, r#"{"status":400,"message":"fail"}"#);
    assert_eq!(
        other.why(),
        "a world holds at most 10000 customers, of all providers"
    );
    let customer = "/_sandbox/world/paysafe/customers/10000001";
    let reply = other
        .control("POST", &format!("{customer}/cards"), "{}")
        .await;
    assert_eq!(reply.status, 409);
    assert!(reply.body.contains("at most 50000 cards"), "{}", reply.body);
    assert_eq!(counted(&other).await, before);
    assert_eq!(other.control("DELETE", customer, "").await.status, 200);
    let reply = other
        .control("POST", "/_sandbox/world/ibanera/customers", "{}")
        .await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    assert_eq!(recounted(&other).await, counted(&other).await);
    let reply = other.control("POST", "/_sandbox/reset", "").await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    assert_eq!(counted(&other).await, counted(&Harness::new()).await);
}

/// A few texts can be as much as many cards.
#[tokio::test]
async fn a_world_holds_so_many_bytes_and_no_more() {
    let sandbox = with_bodies_of(1024 * 1024);
    let size = save(&sandbox).await.len();
    // Up to where one of these fits in, and two do not.
    let text = "x".repeat(60_000);
    let country = "x".repeat(BYTES - 400_000);
    let world = save(&sandbox).await;
    let world = world.replacen(
        r#""entity_id":"AIRPAYCUST0001","#,
        &format!(r#""entity_id":"AIRPAYCUST0001","country":"{country}","#),
        1,
    );
    let reply = load(&sandbox, &world).await;
    assert_eq!(reply.status, 200, "{}", &reply.body[..100]);
    let update = async |text: &str| {
        let fields = [
            ("entity_id", crate::world::airpay::PLACEHOLDER),
            ("country", text),
        ];
        sandbox.airpay("update-customer", &fields).await.body
    };
    let mut taken = 0;
    let refused = loop {
        let reply = update(&text.repeat(taken + 1)).await;
        if reply.contains("fail") {
            break sandbox.why();
        }
        taken += 1;
        assert!(taken < 10, "there is no end");
    };
    assert!(taken > 0 && size < 400_000);
    assert_eq!(refused, "a world holds at most 64 MiB, as a file");
    let file = save(&sandbox).await;
    assert!(file.len() <= BYTES);
    let other = Harness::new();
    let reply = load(&other, &file).await;
    assert_eq!(reply.status, 200, "{}", &reply.body[..100]);
    assert!(save(&other).await == file);
    // More than that is not even read.
    let reply = load(&other, &format!("{file}{}", " ".repeat(BYTES))).await;
    assert_eq!(reply.status, 413);
}
