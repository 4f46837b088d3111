//! Stores as older sandboxes left them: what they hold is saved and loaded too.

use cards_model::paysafe::CardStatus;
use rusqlite::{Connection, params};
use serde_json::json;

use super::{held, save};
use crate::Sandbox;
use crate::testing::{Harness, Log, older_file, open, registration};
use cards_sandbox_core::limits::{BYTES, CARDS, CUSTOMERS};

/// Fills a store until it holds one too many of something.
type Overfill = fn(&Connection) -> rusqlite::Result<usize>;

const COUNT_UP: &str =
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1)";

/// The store's own count.
fn counted(connection: &Connection, of: &str) -> rusqlite::Result<i64> {
    connection.query_row(&format!("SELECT {of} FROM held"), [], |row| row.get(0))
}

fn customers(connection: &Connection) -> rusqlite::Result<usize> {
    let more = CUSTOMERS as i64 + 1 - counted(connection, "customers")?;
    let sql = format!("{COUNT_UP} INSERT INTO paysafe_customer SELECT 'many-' || i FROM n");
    connection.execute(&sql, [more])
}

fn cards(connection: &Connection) -> rusqlite::Result<usize> {
    let more = CARDS as i64 + 1 - counted(connection, "cards")?;
    let sql = format!(
        "{COUNT_UP} INSERT INTO ibanera_card
         SELECT 100000 + i, 11057, 'usd', '424242******4242', '0', '0', '0', 0 FROM n"
    );
    connection.execute(&sql, [more])
}

fn bytes(connection: &Connection) -> rusqlite::Result<usize> {
    let sql = "UPDATE airpay_customer SET country = ?1 WHERE entity_id = 'AIRPAYCUST0001'";
    connection.execute(sql, params!["x".repeat(BYTES)])
}

/// A sandbox with a file that was filled so before anybody counted.
async fn overfull(folder: &tempfile::TempDir, overfill: Overfill) -> Harness {
    let place = crate::Store::File(folder.path().join("sandbox.db"));
    let today = "2026-11-21".parse().unwrap();
    drop(open(&place, today).unwrap());
    let crate::Store::File(path) = &place else {
        unreachable!("it is in a file");
    };
    overfill(&Connection::open(path).unwrap()).unwrap();
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

/// A call that would add too much is refused in its provider's own way, with the
/// limit in the journal and no trouble in the log; all other calls are served.
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
            "otp": crate::providers::ibanera::testing::otp(&sandbox),
        });
        let path = "/api/v1/public/auth/login";
        let reply = sandbox.control("POST", path, &login.to_string()).await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        let headers = [("authorization", "YOUR_API_KEY"), ("otp", "text")];
        let path = "/api/v1/customer/cards/byuser?customersId=11058";
        assert_eq!(sandbox.get(path, &headers).await.status, 200);

        let log = log.take();
        // The one refusal is a warning of the journal's; nothing else went wrong.
        let is_refusal = |line: &&str| line.contains("WARN cards_sandbox::journal: exchange id=1 ");
        let warnings = log.lines().filter(|line| line.contains("WARN"));
        assert!(!log.contains("ERROR"), "{log}");
        assert_eq!(
            warnings.filter(|line| !is_refusal(line)).count(),
            0,
            "{log}"
        );
        assert!(log.contains("a world holds at most"), "{log}");
    }
}

/// Calls that make a card end at the limit of cards, and those that load one go on until the file
/// is full too.
#[tokio::test]
async fn no_call_adds_to_a_full_world() {
    let card = [
        ("entity_id", "AIRPAYCUST0001"),
        ("card_type", "P"),
        ("kit_no", "100000008888"),
        ("card_no", "4242424242424242"),
        ("card_expiry", "12/2040"),
    ];
    let replacement = [
        ("entity_id", "AIRPAYCUST0001"),
        ("new_kit_no", "100000008888"),
    ];
    let load = [("entity_id", "AIRPAYCUST0001"), ("amount", "1")];
    let address = json!({
        "shippingAddressLine1": "Suite 500", "shippingAddressCity": "New York",
        "shippingAddressState": "Texas", "shippingAddressPostcode": "55050",
        "shippingAddressCountry": "USA",
    });
    let at_ibanera = json!({
        "customersId": 11060, "currency": "USD", "cardReferenceId": "A", "cardProgramID": 1002,
        "shippingMethod": "Standard", "shippingAddress": address,
    })
    .to_string();
    let payin = r#"{"DestinationAccountId":1005,"TransferType":"ACH","Amount":1}"#;
    let at_paysafe = r#"{"programName":"BRAND-VIRTUAL-MC","currency":"EUR"}"#;
    let json = ("content-type", "application/json");
    let paysafe = [("authorization", "Bearer sandbox-paysafe-token"), json];
    let ibanera = [("authorization", "YOUR_API_KEY"), ("otp", "text"), json];

    let full = [
        (cards as Overfill, "50000 cards, of all customers", false),
        (bytes, "64 MiB, as a file", true),
    ];
    for (overfill, limit, ends_loads) in full {
        let folder = tempfile::tempdir().unwrap();
        let sandbox = overfull(&folder, overfill).await;
        let before = super::counted(&sandbox).await;
        let limit = format!("a world holds at most {limit}");
        for (name, fields) in [("add-card", &card[..]), ("card-replacement", &replacement)] {
            let reply = sandbox.airpay(name, fields).await;
            assert_eq!(reply.body, r#"{"status":400,"message":"fail"}"#, "{name}");
            assert_eq!(sandbox.why(), limit, "{name}");
        }
        let path = "/customers/12345678/prepaid/cards";
        let reply = sandbox.post(path, &paysafe, at_paysafe).await;
        assert_eq!(reply.status, 409, "{}", reply.body);
        assert!(reply.body.contains(&limit), "{}", reply.body);
        assert_eq!(sandbox.why(), limit);
        let path = "/api/v1/customer/cards/create";
        let reply = sandbox.post(path, &ibanera, &at_ibanera).await;
        assert_eq!(reply.status, 409, "{}", reply.body);
        assert_eq!(sandbox.why(), limit);
        assert_eq!(super::counted(&sandbox).await, before, "{limit}");

        sandbox.airpay("topup", &load).await;
        let why = sandbox.why();
        assert_eq!(why == limit, ends_loads, "{why}");
        let path = "/api/v1/customer/simulations/payins";
        let reply = sandbox.post(path, &ibanera, payin).await;
        let expected = if ends_loads { 409 } else { 200 };
        assert_eq!(reply.status, expected, "{}", reply.body);
        assert_eq!(
            super::counted(&sandbox).await == before,
            ends_loads,
            "{limit}"
        );
    }
}

#[tokio::test]
async fn whatever_adds_to_a_full_world_is_told_the_limit() {
    let folder = tempfile::tempdir().unwrap();
    let sandbox = overfull(&folder, bytes).await;
    let (log, _guard) = Log::capture();
    let card = "paysafe/cards/12345678-0000-4000-8000-000000000002";
    for (method, path, body) in [
        (
            "POST",
            &*format!("{card}/actions"),
            r#"{"action":"ACTIVATE"}"#,
        ),
        ("PUT", &*format!("{card}/status"), r#"{"status":"ACTIVE"}"#),
        (
            "PUT",
            "ibanera/cards/1005",
            r#"{"totalBalance":1234567890.10}"#,
        ),
        ("POST", "world/airpay/customers", "{}"),
        ("POST", "world/paysafe/customers", "{}"),
        ("POST", "world/ibanera/customers", "{}"),
        ("POST", "world/airpay/customers/AIRPAYCUST0001/cards", "{}"),
        ("POST", "world/paysafe/customers/12345678/cards", "{}"),
        ("POST", "world/ibanera/customers/11057/cards", "{}"),
    ] {
        let path = format!("/_sandbox/{path}");
        let reply = sandbox.control(method, &path, body).await;
        assert_eq!(reply.status, 409, "{path}: {}", reply.body);
        let error = r#"{"error":"a world holds at most 64 MiB, as a file"}"#;
        assert_eq!(reply.body, error, "{path}");
    }
    let headers = [("content-type", "application/x-www-form-urlencoded")];
    let form = "card_id=12345678-0000-4000-8000-000000000002&action=ACTIVATE";
    let page = sandbox.post("/_sandbox/page/customers/act", &headers, form);
    let page = page.await;
    assert_eq!(page.status, 409);
    assert!(
        page.body
            .contains("a world holds at most 64 MiB, as a file")
    );
    let log = log.take();
    assert!(!log.contains("ERROR"), "{log}");
}

/// A card number in every text in which an older sandbox could leave one.
pub(super) const GROUPED: &str = "to 4111 1111-1111 1111";

/// The rows of Airpay and Ibanera, which are the same in each of the schemas.
fn worst_rows(password_hash: &str) -> String {
    let id = ["411111******1116"; 3].join("x") + "xxxxxxxxx";
    let country = "x".repeat(5000) + GROUPED;
    let person = [GROUPED; 7].map(|text| format!("'{text}'")).join(", ");
    let address = [GROUPED; 3].map(|text| format!("'{text}'")).join(", ");
    let document = [GROUPED; 5].map(|text| format!("'{text}'")).join(", ");
    format!(
        "INSERT INTO airpay_customer VALUES (
             7, '{id}', {person}, randomblob(32), {address}, '{country}', {document},
             '{password_hash}', '{id}', '2028-11-21'
         );
         INSERT INTO airpay_card VALUES (
             7, '{id}', randomblob(32), '411111', '1111', randomblob(32), '4111-1111-11119', 'V',
             '01/30'
         ), (
             8, '{id}', randomblob(32), '', '', randomblob(32), '8', '{GROUPED}', '{GROUPED}'
         );
         INSERT INTO airpay_preference VALUES ('{id}', 'ATM', 'ALLOWED');
         INSERT INTO ibanera_customer VALUES (11057, 'customer-ref-4111111111111111');
         INSERT INTO ibanera_card VALUES (
             1001, 11057, '{GROUPED}', '424242******4242', '1250.750', '0', '0.00', 1
         );
         INSERT INTO paysafe_customer VALUES ('1');"
    )
}

/// A physical card's JSON; `more` goes before its end.
pub(super) fn body(card_id: &str, status: &str, more: &str) -> String {
    let longest = |most: usize| format!("{:x<most$}", "4111 1111 1111 9");
    let (address1, address2) = (longest(40), longest(30));
    format!(
        r#"{{"cardId":"{card_id}","status":"{status}","expiry":{{"month":1,"year":2021}},"bin":"533944","lastFour":"7009","customerId":"1","cardType":"PHYSICAL","programName":"{GROUPED}","currency":"EUR","mobile":"+4111111111119","deliveryAddress":{{"address1":"{address1}","address2":"{address2}","address3":"{address2}","city":"Sofia","countryCode":"BG","postalCode":"4111-1111-11119"}},"createdDate":"2019-08-24T14:15:22Z","accountId":"{GROUPED}","scheme":"MC","isPinSet":true,"externalId":"{GROUPED}"{more}}}"#
    )
}

const WALLETS: &str = r#"{"mobileWalletTokenizations":[{"dpanRef":"DAPL4111111111111111ab","walletId":"4111 1111 1111 1111","walletType":"GOOGLE_PAY","status":"COMPLETED"}]}"#;

#[tokio::test]
async fn the_worst_that_older_sandboxes_kept_is_saved_and_loaded() {
    let world: serde_json::Value = serde_json::from_str(&save(&Harness::new()).await).unwrap();
    let hash = world["airpay"]["customers"][0]["password_hash"].as_str();
    let rows = worst_rows(hash.unwrap());
    // The first schema knew no lock to undo, and had wallets among the rest.
    let first = format!(
        "INSERT INTO paysafe_card VALUES ('1', 0, 'card-0', 'LOCKED', 'PHYSICAL', '{}');",
        body(
            "card-0",
            "LOCKED",
            &format!(r#","tokenizations":{WALLETS}"#)
        )
    );
    let of_status = |(at, status): (usize, &CardStatus)| {
        let (status, expires) = (status.as_str(), 2021 * 12);
        let body = body(&format!("card-{at}"), status, "");
        format!(
            "INSERT INTO paysafe_card VALUES (
                 '1', {at}, 'card-{at}', '{status}', 'ACTIVE', 'PHYSICAL', {expires}, '{body}',
                 '{WALLETS}'
             );"
        )
    };
    let third: String = CardStatus::ALL.iter().enumerate().map(of_status).collect();
    for (version, cards) in [(1, first), (3, third)] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("old.db");
        older_file(&path, version, &format!("{rows}{cards}"));
        let place = crate::Store::File(path);
        let sandbox = Harness::with(Sandbox::builder().store(place));
        crate::providers::paysafe::stored_as_listed(&sandbox.app.store).await;
        let file = held(&sandbox).await;
        // Only card numbers are masked: the phone number is as it was, and no card number is whole.
        assert!(file.contains(r#""mobile":"+4111111111119""#), "{file}");
        let rest = file.replace("+4111111111119", "");
        for whole in ["1111 1111", "1111-1111", "411111111111"] {
            assert!(!rest.contains(whole), "{whole}: {file}");
        }
        let locks = file.matches("statusBeforeLock").count();
        assert_eq!(locks, if version == 1 { 0 } else { 2 });
    }
}

/// A card number was kept whole with other digits beside it, and with more than a space or a hyphen
/// between its groups. A UUID stays what it is.
#[tokio::test]
async fn a_card_number_beside_other_digits_or_far_apart_is_masked_in_an_older_file() {
    for (version, gap) in [(14, " "), (15, "."), (15, "\u{a0}"), (15, "/")] {
        an_older_file_is_masked(version, gap).await;
    }
}

async fn an_older_file_is_masked(version: usize, gap: &str) {
    let beside = &*format!("7 {}", ["4111", "1111", "1111", "1111"].join(gap));
    // Its first sixteen digits would be a card number by themselves.
    let uuid = "41111111-1111-1111-8378-8aa18b15698a";
    let card = |at: u8, external_id: &str| {
        let id = format!("card-{at}");
        let body = body(&id, "ACTIVE", "").replace(GROUPED, beside);
        let body = body.replace(
            &format!(r#""externalId":"{beside}""#),
            &format!(r#""externalId":"{external_id}""#),
        );
        let body = body
            .replace("4111 1111 1111 9", beside)
            .replace("xxxxx", "");
        let body = body.replace("4111-1111-11119", "1000");
        format!(
            "INSERT INTO paysafe_card
                 (customer_id, position, card_id, status, card_type, expires, body)
             VALUES ('1', {at}, '{id}', 'ACTIVE', 'PHYSICAL', {}, '{body}');",
            2049 * 12
        )
    };
    let rows = format!(
        "INSERT INTO paysafe_customer VALUES ('1'); {} {} {} {}
         INSERT INTO ibanera_customer VALUES (11057, 'ref {beside}');
         INSERT INTO ibanera_card VALUES (
             1001, 11057, 'usd', '424242******4242', '1', '1', '0', 0
         );
         INSERT INTO ibanera_transaction (cards_id, amount, description, date_time, pending)
         VALUES (1001, '1', 'to {beside}', 1767225600000, 0);",
        card(0, beside),
        card(1, uuid),
        card(2, &uuid.replace('-', "")),
        card(3, "4111-111-1111-1111-1----aaaaaaaaaaaa")
    );
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("old.db");
    older_file(&path, version, &rows);
    let sandbox = Harness::with(Sandbox::builder().store(crate::Store::File(path)));
    let file = held(&sandbox).await;
    assert!(!file.contains(&format!("1111{gap}1111")), "{file}");
    let kept = ["4111", "11**", "****", "1111"].join(gap);
    assert!(file.contains(&format!("7 {kept}")), "{file}");
    for kept in [
        uuid,
        "411111******111183788aa18b15698a",
        "4111-11*-****-*111-1----aaaaaaaaaaaa",
    ] {
        let kept = format!(r#""externalId":"{kept}""#);
        assert!(file.contains(&kept), "{file}");
    }
}

/// The rows of a customer of Airpay and of a card.
async fn customer() -> String {
    let world: serde_json::Value = serde_json::from_str(&save(&Harness::new()).await).unwrap();
    let hash = world["airpay"]["customers"][0]["password_hash"].as_str();
    format!(
        "INSERT INTO airpay_customer VALUES (
             7, 'AIRPAYCUST0007', '9000000777', 'Asha', 'Nair', 'Ms', 'F', '1990-02-28',
             'asha@example.com', randomblob(32), '12 MG Road', 'Kochi', 'Kerala', NULL, '682001',
             'PASSPORT', 'P1234567', '2049-05-31', 'India', '{}', 'MIN_KYC', '2028-11-21'
         );
         INSERT INTO airpay_card (
             entity_id, card_key, first_six, last_four, kit_key, kit_shown, card_type, card_expiry
         ) VALUES (
             'AIRPAYCUST0007', randomblob(32), '411111', '1111', randomblob(32), '100000001234', 'V',
             '01/30'
         );",
        hash.unwrap()
    )
}

/// A card number in an id, or in a kit's number, gets stars, and two ids do not become one.
#[tokio::test]
async fn a_card_number_in_a_transactions_id_is_masked_in_an_older_file() {
    let rows = "INSERT INTO airpay_transaction
            (transaction_id, entity_id, kind, paise, refund_of, at) VALUES
            ('7 4111111111111111', 'AIRPAYCUST0007', 'load', 50000, NULL, 1795200000),
            ('510510******5100-1', 'AIRPAYCUST0007', 'cleared', -500, NULL, 1795200001),
            ('5105105105105100-1', 'AIRPAYCUST0007', 'cleared', -700, NULL, 1795200002),
            ('back', 'AIRPAYCUST0007', 'refund', 700, '5105105105105100-1', 1795200003);
        UPDATE airpay_card SET kit_shown = '4111.1111.1111.1111', replaced_by = '4111.1111.1111.1111';";
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("old.db");
    older_file(&path, 14, &format!("{}{rows}", customer().await));
    let sandbox = Harness::with(Sandbox::builder().store(crate::Store::File(path)));
    let file = held(&sandbox).await;
    assert!(!file.contains("1111.1111"), "{file}");
    for id in [
        r#""transaction_id":"7 411111******1111""#,
        r#""transaction_id":"510510******5100-1""#,
        r#""transaction_id":"510510******5100-1*3""#,
        r#""refund_of":"510510******5100-1*3""#,
    ] {
        assert!(file.contains(id), "{id}: {file}");
    }
}

/// Loads were kept in a table without kinds, which is made anew: the money, its count and the numbers
/// that were given out are as they were.
#[tokio::test]
async fn the_loads_that_an_older_sandbox_kept_are_there() {
    let customer = customer().await;
    let rows = format!(
        "{customer}
         INSERT INTO airpay_transaction (number, transaction_id, entity_id, paise, at) VALUES
             (1, 'first', 'AIRPAYCUST0007', 10050, 1795200000),
             (3, 'third', 'AIRPAYCUST0007', 2500, 1795210000),
             (9, 'gone', 'AIRPAYCUST0007', 1, 1795210000);
         DELETE FROM airpay_transaction WHERE number = 9;"
    );
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("old.db");
    older_file(&path, 11, &rows);
    let place = crate::Store::File(path);
    let sandbox = Harness::with(Sandbox::builder().store(place));
    let of = [("entity_id", "AIRPAYCUST0007")];
    let told = sandbox.airpay("card-balance", &of).await.body;
    assert!(told.contains("125.5"), "{told}");
    let loaded = [("entity_id", "AIRPAYCUST0007"), ("amount", "4.50")];
    let told = sandbox.airpay("topup", &loaded).await.body;
    assert!(told.contains("success"), "{told}");
    let kept = "SELECT count(*), max(number), sum(paise) FROM airpay_transaction
                WHERE entity_id = 'AIRPAYCUST0007' AND kind = 'load'";
    assert_eq!(super::numbers(&sandbox, kept).await, [3, 10, 13_000]);
    held(&sandbox).await;
}
